"""``holdshort seal restore``: the original of a redacted document."""

from pathlib import Path

import click

from holdshort.cli.options import json_option
from holdshort.cli.output import emit, say
from holdshort.cli.seal.entries import fresh
from holdshort.cli.seal.redact import read_text


@click.command("restore")
@click.argument("public", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--redactions",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="The statement: NAME.redactions.json.",
)
@click.option(
    "--withheld",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="The passages: NAME.withheld.json.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the original to this file, mode 0600; without it, only check.",
)
@json_option
def command(
    public: Path, redactions: Path, withheld: Path, output: Path | None, as_json: bool
) -> None:
    """Put the original of PUBLIC together again, and check it against every commitment.

    Exit 0: these are the passages that were taken out, and nothing else was changed.
    """
    from holdshort.register.keys.files import write
    from holdshort.register.sealing.redaction import read_statement, restore

    statement = read_statement(read_text(redactions).encode(), str(redactions))
    original = restore(read_text(public), statement, read_text(withheld).encode())
    if output:
        write(fresh(output), original.encode())
    if as_json:
        emit({"holds": True, "written": str(output) if output else None})
        return
    say("Yes: public copy and withheld passages give the original that was committed to.")
    if output:
        say(f"Written: {output}")
