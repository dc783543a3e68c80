"""``holdshort accredit show``: the file of one assessor, as the record has it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from holdshort.cli.options import data_option, json_option, on
from holdshort.cli.output import emit, next_step, say
from holdshort.errors import BadInput

if TYPE_CHECKING:
    from holdshort.docket.assessors import Accreditation, Engagement
    from holdshort.register.canonical import Json

UNREMARKABLE = (False, "0", None)
"""Values of a declaration that say that there is nothing: they are left out."""


@click.command("show", short_help="The file of one assessor.")
@click.argument("party")
@data_option
@json_option
def command(party: str, data: Path, as_json: bool) -> None:
    """Accreditations, proficiency, interests, ties, engagements, recusals and starvation."""
    from holdshort.docket.assessors import accreditations, engagements, interests, ties
    from holdshort.docket.clocks import stamp
    from holdshort.office.door import Office

    docket = Office.open(data).docket
    now = max(stamp(datetime.now(UTC)), docket.last_at)
    known = [each.id for each in docket.parties.values() if each.role == "assessor"]
    if party not in known:
        raise BadInput(
            f"There is no assessor {party!r}.", do=f"Enrolled: {', '.join(known) or 'none'}."
        )
    held = accreditations(docket, now, party)
    declared, kept = interests(docket, party), ties(docket, party)
    files = engagements(docket, now, party)
    if as_json:
        emit(
            {
                "party": party,
                "accreditations": [asdict(each) for each in held],
                "interests": declared,
                "ties": [asdict(each) for each in kept],
                "engagements": [asdict(each) for each in files],
            }
        )
        return
    say(f"{party}: {docket.parties[party].name}")
    _tell("Accreditations", [line for each in held for line in _accreditation(each)])
    _tell("Interests declared", list(_interests(declared)))
    _tell("Ties on record", [f"{tie}{_mark(tie.disqualifying)}" for tie in kept])
    _tell("Engagements", [line for each in files for line in _engagement(each)])
    if held:
        next_step(f"holdshort docket {held[0].case}{on(data)}", "for the history of one case")


def _tell(title: str, lines: Sequence[str]) -> None:
    say(f"\n{title}")
    for line in lines or ("none",):
        say(f"  {line}")


def _mark(disqualifying: bool) -> str:
    return ", which disqualifies" if disqualifying else ""


def _accreditation(each: "Accreditation") -> Iterator[str]:
    covers = f"{', '.join(each.areas)} by {', '.join(each.methods)} up to T{each.tier}"
    yield f"{each.case}: {each}{f', {covers}' if each.areas else ''}"
    if each.since:
        yield f"  since {each.since}" + (f", lapses {each.until}" if each.until else "")
    if each.visit:
        yield f"  next visit due {each.visit}" + (" (LATE)" if each.visit_late else "")
    for area, at in each.passed.items():
        yield f"  proficient in {area}, scored {at}"


def _interests(declared: "Mapping[str, Mapping[str, Json]]") -> Iterator[str]:
    for review, said in declared.items():
        verdict = "a conflict" if said.get("conflict") else "no conflict"
        yield f"{review}: {verdict}"
        for name, value in said.items():
            if name != "conflict" and value not in UNREMARKABLE:
                yield f"  {name.replace('_', ' ')}: {'yes' if value is True else value}"


def _engagement(each: "Engagement") -> Iterator[str]:
    yield f"{each.case} for {each.review}: {each.state}"
    if each.checklist:
        yield f"  {each.checklist}: {_counted('required', each.required)}"
        yield f"  {each.checklist}: {_counted('recommended', each.recommended)}"
    else:
        yield "  no conformance attached"
    if each.short_of_time:
        yield "  less time agreed than is usual"
    if each.starvations:
        lacks = f"still of {', '.join(each.starved_of)}" if each.starved_of else "all ended"
        yield f"  starved: {each.starvations} on record, {lacks}"
    yield from (f"  recused: {person}" for person in each.recused)


def _counted(rank: str, counted: Mapping[str, int]) -> str:
    parts = ", ".join(f"{number} {outcome}" for outcome, number in sorted(counted.items()))
    return f"{sum(counted.values())} {rank}: {parts}"
