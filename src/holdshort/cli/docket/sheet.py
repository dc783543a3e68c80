"""``holdshort docket sheet``: the data sheet of a clearance, for a person, a program or paper."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from holdshort.cli.options import data_option, json_option, on
from holdshort.cli.output import emit, next_step, say, table, write
from holdshort.errors import BadInput

if TYPE_CHECKING:
    from holdshort.docket.docket import Docket
    from holdshort.docket.sheet import DataSheet


@click.command("sheet")
@click.argument("case")
@click.option(
    "--html",
    "html_file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write it as a page.",
)
@data_option
@json_option
def command(case: str, html_file: Path | None, data: Path, as_json: bool) -> None:
    """Show the data sheet of the clearance that CASE holds, or is to hold.

    Model and weights, the law of which day, findings, operating limitations, status, bars,
    directives, changes, every other case that concerns it, and its history: from the record alone.
    """
    from holdshort.docket.clocks import stamp
    from holdshort.docket.sheet import data_sheet
    from holdshort.office.door import Office

    docket = Office.open(data).docket
    now = max(stamp(datetime.now(UTC)), docket.last_at)
    if case not in docket.cases:
        raise BadInput(f"There is no case {case!r}.", do=f"Cases: {', '.join(docket.cases)}.")
    sheet = data_sheet(docket, docket.cases[case], now)
    if html_file:
        from holdshort.cli.docket.sheet_page import page

        write(html_file, page(docket, sheet))
    if as_json:
        emit({**sheet.to_json(), "written": [str(html_file)] if html_file else []})
        return
    _tell(docket, sheet)
    if html_file:
        say(f"\nWritten: {html_file}")
    else:
        next_step(f"holdshort docket sheet {case} --html sheet.html{on(data)}", "for paper")


def _tell(docket: "Docket", sheet: "DataSheet") -> None:
    from holdshort.cli.docket.sheet_page import facts, tables

    if docket.charter.rehearsal:
        say("This register is a rehearsal: one person played all parties.\n")
    say(f"{sheet.model}: {sheet.status}.")
    for term, told, _ in facts(sheet):
        say(f"  {term}: {told}")
    for part in tables(sheet):
        if part.rows and part.title not in ("Values of the law", "History"):
            say(f"\n{part.title}")
            table(part.heads, part.rows)
