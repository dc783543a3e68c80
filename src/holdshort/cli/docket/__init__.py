"""``holdshort docket``: where cases stand, what may be done next, whether likes fare alike.

``holdshort docket CASE`` shows a case; the names in ``COMMANDS`` are commands below it. A case of
such a name is shown by ``holdshort docket -- NAME``.
"""

from pathlib import Path
from typing import Any

import click

from holdshort.cli.lazy import LazyGroup
from holdshort.cli.options import data_option, json_option

COMMANDS = {
    "directives": "To whom safety directives apply, who complied, who is late.",
    "sheet": "The data sheet of a clearance: all that the record says of it.",
    "fairness": "Whether facts explain how choices were made, over a whole record.",
}


class _CaseOrCommand(LazyGroup):
    """A command with an argument of its own, and with commands below it."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """The context of the command that is named, else that of showing cases."""
        if args and args[0] in COMMANDS:
            below = super().get_command(click.Context(self), args[0])
            if below is not None:
                return below.make_context(f"{info_name} {args[0]}", args[1:], parent, **extra)
        return super().make_context(info_name, args, parent, **extra)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read ``CASE`` and options: no word of them is a command."""
        ctx.allow_interspersed_args = True
        return click.Command.parse_args(self, ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Show cases."""
        return click.Command.invoke(self, ctx)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """``[OPTIONS] [CASE]``."""
        return click.Command.collect_usage_pieces(self, ctx)


@click.group(
    "docket",
    cls=_CaseOrCommand,
    package="holdshort.cli.docket",
    lazy=COMMANDS,
    invoke_without_command=True,
    short_help="Where cases stand, and what may be done next.",
)
@click.argument("case", required=False)
@click.option("--as", "party", help="Only what this party may do; without CASE, in any.")
@data_option
@json_option
def command(case: str | None, party: str | None, data: Path, as_json: bool) -> None:
    """List all cases, or show one: its history, its facts, and every act now lawful.

    With --as and no CASE: everything that the party may do, in any case or to open one.
    """
    from holdshort.cli.docket.cases import show

    show(case, party, data, as_json)
