"""What is owed, by whom, until when; and how that was counted.

A duty starts with an act and is met by an act. It is never stored: it follows from the steps of
its case and the clock of the rulebook.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from holdshort.docket.clocks import Due, due, instant
from holdshort.docket.state import Case, Step
from holdshort.rulebook.model import Amount, Duty

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
        start = case.done(act)
        if start is not None:
            found += _instances(docket, duty, case, start, now)
    return found


def duty_states(docket: "Docket", case: Case, now: str) -> dict[str, str]:
    """The duties of a case as conditions read them: none, running, met, late."""
    states = dict.fromkeys(docket.book.duties, "none")
    for item in owed(docket, case, now):
        states[item.duty.id] = item.status
    return states


def _applies(duty: Duty, case: Case) -> bool:
    return duty.when is None or duty.when.decide({"case": case.facts}) is True


def _instances(docket: "Docket", duty: Duty, case: Case, start: Step, now: str) -> list[Owed]:
    party = _owner(docket, duty, case)
    met = _met(duty, case, start)
    if duty.within is None:
        return [Owed(duty, case.id, party, start.at, None, "met" if met else "running")]
    ends = due(instant(start.at), duty.within, docket.book.clocks)
    rounds = [(start.at, ends)]
    while duty.every and ends.at < instant(now):
        began = ends.at
        ends = _next(docket, began, duty.every)
        rounds.append((began.isoformat(), ends))
    return [
        Owed(duty, case.id, party, began, each, _status(each, met, now)) for began, each in rounds
    ]


def _next(docket: "Docket", began: datetime, every: Amount) -> Due:
    return due(began, every, docket.book.clocks)


def _met(duty: Duty, case: Case, start: Step) -> Step | None:
    names = [act.partition(".")[2] for act in duty.met_by]
    return next(
        (step for step in case.steps if step.index > start.index and step.act in names), None
    )


def _status(ends: Due, met: Step | None, now: str) -> str:
    if met:
        return "met" if instant(met.at) <= ends.at else "late"
    return "late" if instant(now) > ends.at else "running"


def _owner(docket: "Docket", duty: Duty, case: Case) -> str | None:
    """The party of the case that owes the duty, where the case says who that is."""
    for id_ in case.bound.values():
        if docket.parties[id_].role == duty.owed_by:
            return id_
    if case.concerns:
        return _owner(docket, duty, docket.cases[case.concerns])
    return None
