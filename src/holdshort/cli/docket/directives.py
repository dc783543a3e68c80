"""``holdshort docket directives``: to whom directives apply, who complied, who is late, until when.

The list is computed from the record, so it is complete whether or not anybody was served.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from holdshort.cli.options import data_option, json_option, on
from holdshort.cli.output import emit, next_step, say, table
from holdshort.errors import BadInput

if TYPE_CHECKING:
    from holdshort.docket.directives import Affected
    from holdshort.docket.docket import Docket
    from holdshort.docket.state import Case
    from holdshort.register.canonical import Json


@click.command("directives")
@click.argument("directive", required=False)
@data_option
@json_option
def command(directive: str | None, data: Path, as_json: bool) -> None:
    """Show every clearance to which DIRECTIVE applies, served or not; without it, all directives.

    Who was served, who has acknowledged, who complied, who is late, and until when a time runs.
    """
    from holdshort.docket.clocks import stamp
    from holdshort.docket.directives import DIRECTIVE, affected
    from holdshort.office.door import Office

    docket = Office.open(data).docket
    now = max(stamp(datetime.now(UTC)), docket.last_at)
    known = {each.id: each for each in docket.cases.values() if each.kind == DIRECTIVE}
    if directive is not None and directive not in known:
        listed = ", ".join(known) or "none"
        raise BadInput(f"There is no directive {directive!r}.", do=f"Directives: {listed}.")
    shown = [known[directive]] if directive else list(known.values())
    found = [(each, affected(docket, each, now)) for each in shown]
    if as_json:
        rows: list[Json] = [_json(docket, each, rows, now) for each, rows in found]
        emit({"at": now, "directives": rows})
    elif directive is None:
        _list(docket, found, now, data)
    else:
        _show(docket, *found[0], now)


def _list(
    docket: "Docket", found: "list[tuple[Case, list[Affected]]]", now: str, data: Path
) -> None:
    if not found:
        say("There are no directives on this register.")
        return
    table(
        ("directive", "state", "applies to", "not served", "complied", "late"),
        [
            (
                each.id,
                docket.state(each, now),
                str(len(rows)),
                str(sum(row.served is None for row in rows)),
                str(sum(row.complied for row in rows)),
                str(sum(row.late for row in rows)),
            )
            for each, rows in found
        ],
    )
    next_step(f"holdshort docket directives DIRECTIVE{on(data)}", "for whom one concerns")


def _show(docket: "Docket", directive: "Case", rows: "list[Affected]", now: str) -> None:
    from holdshort.docket.directives import stated

    told = stated(directive)
    say(
        f"{directive.id}: {docket.state(directive, now)}. Ground: {told.get('ground')}, "
        f"{told.get('area')}, {told.get('record')}."
    )
    say(f"Unsafe: {told.get('unsafe_condition')}")
    say(f"Required: {told.get('required_action')} (within {told.get('time')} of a court's order)")
    say()
    if not rows:
        say("It applies to no clearance on this register.")
        return
    table(
        ("clearance", "holder", "model", "applies", "case", "state", "until"),
        [
            (
                row.review,
                row.holder,
                row.model,
                row.because,
                row.served or "-",
                row.state + (", acknowledged" if row.acknowledged else ""),
                row.until.at if row.until else "-",
            )
            for row in rows
        ],
    )


def _json(docket: "Docket", directive: "Case", rows: "list[Affected]", now: str) -> "Json":
    from holdshort.docket.directives import stated

    return {
        "directive": directive.id,
        "state": docket.state(directive, now),
        "stated": dict(stated(directive)),
        "affected": [
            {
                "clearance": row.review,
                "holder": row.holder,
                "model": row.model,
                "because": row.because,
                "case": row.served,
                "state": row.state,
                "acknowledged": row.acknowledged,
                "complied": row.complied,
                "late": row.late,
                "until": row.until.at if row.until else None,
            }
            for row in rows
        ],
    }
