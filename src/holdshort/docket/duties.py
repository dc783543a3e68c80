"""What is owed, by whom, until when; and how that was counted.

A duty starts with an act, or with an event that an act puts on the record, and is met by an act. It
is never stored: it follows from the steps of its case and the clock of the rulebook.

- Each time that the act is done starts the duty anew, and leaves what was owed before.
- An event happened when the act that records it says; the same act may meet the duty.
- What is owed *ahead* of an event is met by an act in time before it, whether the event was on the
  record then or not. What has to be *kept* runs until it may end, and is met then.
- A duty that ends with an act (``until``) is not owed where it would be due after it.
- No duty is due before the day before which its source says that it is not.
- What comes again is owed round by round: a round begins when the one before is due, and is met by
  the first act after it began that met no earlier round. One report does not count for two rounds.
- A filing whose deadline was waived is due when the waiver ends (`holdshort.docket.waivers`).
- Rounds are counted from the first due date, so that the end of a month stays the end of a month.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from holdshort.docket.attested import rests_on
from holdshort.docket.clocks import Due, ahead, due, instant, not_before, stamp
from holdshort.docket.state import Case, Step
from holdshort.docket.waivers import put_off
from holdshort.rulebook.model import Clocks, Duty

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
    for duty in docket.law_of(case, now).duties.values():
        began = {start.act: start.field for start in duty.starts}
        for step in case.steps:
            act = f"{case.kind}.{step.act}"
            if act in began and _applies(docket, duty, case, now):
                field = began[act]
                at = step.instants.get(field) if field else step.at
                if at is None:
                    continue  # an act of the register under an older law, which did not ask for it
                found += _instances(docket, duty, case, _Began(step, at, bool(field)), now)
    return found


def duty_states(docket: "Docket", case: Case, now: str) -> dict[str, str]:
    """The duties of a case as conditions read them: none, running, met, late.

    Of a duty that started several times, or comes again, the last one counts.
    """
    states = dict.fromkeys(docket.law_of(case, now).duties, "none")
    for item in owed(docket, case, now):
        states[item.duty.id] = item.status
    return states


@dataclass(frozen=True)
class _Began:
    """How a duty started: the step, the instant from which it counts, and who says so."""

    step: Step
    at: str
    stated: bool  # by a field of the act


def _applies(docket: "Docket", duty: Duty, case: Case, now: str) -> bool:
    if duty.when is not None and duty.when.decide({"case": case.facts}) is not True:
        return False
    return rests_on(docket, duty.of, case, now)


def _instances(docket: "Docket", duty: Duty, case: Case, start: _Began, now: str) -> list[Owed]:
    party = _owner(docket, duty, case)
    clocks = docket.law_of(case, now).clocks
    meeting = [
        step for step in case.steps if _meets(duty, step) and (duty.ahead or _after(step, start))
    ]
    over = _over(duty, case, start)
    if duty.ahead:
        ends = ahead(instant(start.at), duty.ahead, clocks)
        return [Owed(duty, case.id, party, start.at, ends, _status(ends, _first(meeting), now))]
    if duty.keeps:
        ends = due(instant(start.at), duty.keeps, clocks)
        kept = "met" if instant(now) > ends.at else "running"
        return [Owed(duty, case.id, party, start.at, ends, kept)]
    if duty.within is None:
        if over and not meeting:
            return []
        return [Owed(duty, case.id, party, start.at, None, "met" if meeting else "running")]
    found = []
    for began, counted in rounds(clocks, duty, start.at, now):
        ends = put_off(docket, case, duty.id, counted)
        met = next((step for step in meeting if step.at >= began), None)
        if met:
            meeting.remove(met)
        elif over and ends.at > over:
            break
        found.append(Owed(duty, case.id, party, began, ends, _status(ends, met, now)))
    return found


def _over(duty: Duty, case: Case, start: _Began) -> datetime | None:
    """When a duty that has started ended, if it did."""
    fields = {end.act: end.field for end in duty.until}
    ends = [
        instant(step.instants.get(field, step.at) if (field := fields[act]) else step.at)
        for step in case.steps
        if step.index > start.step.index and (act := f"{case.kind}.{step.act}") in fields
    ]
    return min(ends, default=None)


def _after(step: Step, start: _Began) -> bool:
    return step.index > start.step.index or (start.stated and step is start.step)


def _first(steps: list[Step]) -> Step | None:
    return steps[0] if steps else None


def rounds(clocks: Clocks, duty: Duty, start: str, now: str) -> Iterator[tuple[str, Due]]:
    """When each round of a duty with a time began and is due, up to the one that runs at ``now``.

    A duty that does not come again has one round.
    """
    if duty.within is None:
        return
    first = ends = not_before(due(instant(start), duty.within, clocks), duty.not_before, clocks)
    yield start, first
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
