"""``holdshort submit``: enter an act that was signed elsewhere."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from holdshort.cli.options import data_option, json_option, on
from holdshort.cli.output import emit, next_step, say
from holdshort.cli.passphrase import ask

if TYPE_CHECKING:
    from holdshort.office.door import Document


@click.command("submit", short_help="Enter an act that was signed elsewhere.")
@click.argument("draft", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--attach",
    multiple=True,
    metavar="NAME=FILE",
    help="A document that the act names, to publish with it; repeatable.",
)
@data_option
@json_option
def command(draft: Path, attach: tuple[str, ...], data: Path, as_json: bool) -> None:
    """Enter the act in DRAFT, which its holders signed (holdshort key sign).

    It must be entered within a day of its date. A charter opens the register in --data.
    """
    from holdshort.cli.file import attached
    from holdshort.cli.init import tell_opening
    from holdshort.office.door import Office
    from holdshort.office.opening import open_signed
    from holdshort.office.place import Place
    from holdshort.register.charter import CHARTER
    from holdshort.register.draft import Draft

    read = Draft.read(draft)
    documents: list[Document] = [attached(each) for each in attach]
    if read.act.type == CHARTER:
        tell_opening(*open_signed(Place(data), read.envelope(), ask), data, as_json=as_json)
        return
    office = Office.open(data, ask)
    receipt = office.submit(read.envelope(), documents)
    act, index = receipt.entry.act, receipt.entry.index
    if as_json:
        emit({"entry": index, "act": act.type, "case": act.case, "by": act.by})
        return
    say(f"Entered {act.type} by {act.by} as entry {index}. [{receipt.rule.clause.cite}]")
    next_step(f"holdshort docket {act.case}{on(data)}", "to see what may be done now")
