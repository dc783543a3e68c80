"""What is owed, by whom, until when; and how that was counted.

A duty starts with an act and is met by an act. It is never stored: it follows from the steps of
its case and the clock of the rulebook.

- Each time that the act is done starts the duty anew, and leaves what was owed before.
- What comes again is owed round by round: a round begins when the one before is due, and is met by
  the first act after it began that met no earlier round. One report does not count for two rounds.
- Rounds are counted from the first due date, so that the end of a month stays the end of a month.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from holdshort.docket.clocks import Due, due, instant, stamp
from holdshort.docket.state import Case, Step
from holdshort.rulebook.model import Amount, Clocks, Duty

if TYPE_CHECKING:
    from holdshort.docket.docket import Docket


@dataclass(frozen=True)
class Owed:
    """One duty in one case. ``due`` is None where the law sets no time.

    ``status`` is running, met, or late; a duty without a time is running until it is met.
    """

    duty: Duty
    case: str
    party: str | None
    started: str
    due: Due | None
    status: str


def owed(docket: "Docket", case: Case, now: str) -> list[Owed]:
    """Every duty that the case has started, as it stands at ``now``."""
    found = []
    for duty in docket.book.duties.values():
        kind, _, act = duty.starts.partition(".")
        if kind != case.kind or not _applies(duty, case):
            continue
        for start in case.steps:
            if start.act == act:
                found += _instances(docket, duty, case, start, now)
    return found


def duty_states(docket: "Docket", case: Case, now: str) -> dict[str, str]:
    """The duties of a case as conditions read them: none, running, met, late.

    Of a duty that started several times, or comes again, the last one counts.
    """
    states = dict.fromkeys(docket.book.duties, "none")
    for item in owed(docket, case, now):
        states[item.duty.id] = item.status
    return states


def _applies(duty: Duty, case: Case) -> bool:
    return duty.when is None or duty.when.decide({"case": case.facts}) is True


def _instances(docket: "Docket", duty: Duty, case: Case, start: Step, now: str) -> list[Owed]:
    party = _owner(docket, duty, case)
    meeting = [step for step in case.steps if step.index > start.index and _meets(duty, step)]
    if duty.within is None:
        return [Owed(duty, case.id, party, start.at, None, "met" if meeting else "running")]
    found = []
    for began, ends in _rounds(docket.book.clocks, duty, duty.within, start, now):
        met = next((step for step in meeting if step.at >= began), None)
        if met:
            meeting.remove(met)
        found.append(Owed(duty, case.id, party, began, ends, _status(ends, met, now)))
    return found


def _rounds(
    clocks: Clocks, duty: Duty, within: Amount, start: Step, now: str
) -> Iterator[tuple[str, Due]]:
    """When each round began and is due, up to the one that is running now."""
    first = ends = due(instant(start.at), within, clocks)
    yield start.at, first
    number = 0
    while duty.every and ends.at < instant(now):
        began = stamp(ends.at)
        number += 1
        ends = due(first.at, replace(duty.every, number=number * duty.every.number), clocks)
        yield began, ends


def _meets(duty: Duty, step: Step) -> bool:
    return any(step.act == act.partition(".")[2] for act in duty.met_by)


def _status(ends: Due, met: Step | None, now: str) -> str:
    if met:
        return "met" if instant(met.at) <= ends.at else "late"
    return "late" if instant(now) > ends.at else "running"


def _owner(docket: "Docket", duty: Duty, case: Case) -> str | None:
    """The party of the case that owes the duty, where the case says who that is."""
    for id_ in case.bound.values():
        role = docket.parties[id_].role
        if role == duty.owed_by or role.startswith(f"{duty.owed_by}."):
            return id_
    if case.concerns:
        return _owner(docket, duty, docket.cases[case.concerns])
    return None
