"""``holdshort accredit list``: who is accredited, for what, since when and until when."""

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from holdshort.cli.options import data_option, json_option, on
from holdshort.cli.output import emit, next_step, say, table

if TYPE_CHECKING:
    from holdshort.docket.assessors import Accreditation, Engagement


@click.command("list", short_help="Who is accredited, for what, since when and until when.")
@data_option
@json_option
def command(data: Path, as_json: bool) -> None:
    """List every accreditation on the register and where it stands."""
    from holdshort.docket.assessors import accreditations, engagements
    from holdshort.docket.clocks import stamp
    from holdshort.office.door import Office

    docket = Office.open(data).docket
    now = max(stamp(datetime.now(UTC)), docket.last_at)
    rows = accreditations(docket, now)
    held = {each.party: engagements(docket, now, each.party) for each in rows}
    if as_json:
        emit([_fields(each, held[each.party]) for each in rows])
        return
    if not rows:
        say("No assessor has applied for an accreditation.")
        return
    if docket.charter.rehearsal:
        say("This register is a rehearsal: one person played all parties.\n")
    table(
        ("assessor", "case", "state", "areas", "methods", "tier", "since", "until", "next visit"),
        [_row(each) for each in rows],
    )
    say()
    for party, files in held.items():
        say(f"{party}: {_conformance(files)}")
    next_step(f"holdshort accredit show {rows[0].party}{on(data)}", "for the file of one assessor")


def _row(each: "Accreditation") -> tuple[str, ...]:
    visit = _day(each.visit) + (" LATE" if each.visit_late else "")
    return (
        each.party,
        each.case,
        str(each),
        ", ".join(each.areas) or "-",
        ", ".join(each.methods) or "-",
        f"T{each.tier}" if each.areas else "-",
        _day(each.since),
        _day(each.until),
        visit,
    )


def _day(at: str | None) -> str:
    return at.partition("T")[0] if at else "-"


def _conformance(files: "list[Engagement]") -> str:
    """How often the requirements were met over all engagements, in a line."""
    attached = [each for each in files if each.checklist]
    if not attached:
        return "no engagement with a conformance yet"
    met = sum(each.required.get("fulfilled", 0) for each in attached)
    asked = sum(sum(each.required.values()) for each in attached)
    starved = sum(bool(each.starvations) for each in files)
    starving = f"; starved in {starved}" if starved else ""
    return (
        f"{len(attached)} engagement(s), {met} of {asked} requirements of "
        f"{attached[-1].checklist} fulfilled{starving}"
    )


def _fields(each: "Accreditation", files: "list[Engagement]") -> dict[str, Any]:
    return {
        **asdict(each),
        "in_force": each.in_force,
        "engagements": len(files),
        "required": _sum(files, "required"),
        "recommended": _sum(files, "recommended"),
        "starved": sum(bool(file.starvations) for file in files),
    }


def _sum(files: "list[Engagement]", rank: str) -> dict[str, int]:
    counted: dict[str, int] = {}
    for file in files:
        for outcome, number in getattr(file, rank).items():
            counted[outcome] = counted.get(outcome, 0) + number
    return counted
