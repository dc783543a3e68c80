"""Where every clearance stands, and the snapshot that a gate reads.

The rulebook's ``gate`` section decides the status of a clearance: the first line whose condition
holds, else *invalid*. Once in a while the register states all of them in one act, so that nobody
can show an old clearance and hide what came after it.
"""

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from holdshort.docket.clocks import instant, stamp
from holdshort.docket.state import Case
from holdshort.errors import BadInput
from holdshort.register.canonical import Json, canonical
from holdshort.register.status import Status, StatusSnapshot, changes_since

if TYPE_CHECKING:
    from holdshort.docket.docket import Docket


def status_of(docket: "Docket", case: Case, now: str) -> Status:
    """Status of the clearance of a review at ``now``."""
    gate = case.book.gate
    bars = (docket.cases[id_] for each in same_weights(docket, case) for id_ in each.concerned_by)
    barred = any(_bars(bar, docket.state(bar, now)) for bar in bars)
    env: Mapping[str, object] = {
        "state": docket.state(case, now),
        "case": case.facts,
        "barred": barred,
    }
    for status, condition in gate.status:
        answer = condition.decide(env)
        if answer is True:
            return Status[status.upper()]
        if answer is not False:
            break  # it cannot be told whether this line holds, so no later one may be relied on
    return Status.INVALID


def _bars(case: Case, state: str) -> bool:
    bars = case.book.gate.bars.get(case.kind)
    return bars is not None and state in bars.states


def same_weights(docket: "Docket", review: Case) -> list[Case]:
    """A review, and every other of the very same weights: a bar on one is a bar on all."""
    weights = review.memory.get("weights")
    if not isinstance(weights, str):
        return [review]
    others = docket.noted("weights", weights)
    same = (each for each in others if each.memory.get("weights") == weights)
    return [review, *(each for each in same if each is not review)]


def clearance_index(docket: "Docket") -> bytes:
    """Which clearance stands at each place of the status list: a document that is published."""
    rows: list[Json] = [
        {"case": clearance.case, "entry": clearance.entry, "weights": clearance.weights}
        for clearance in docket.clearances
    ]
    return canonical(rows)


def snapshot(docket: "Docket", now: str) -> StatusSnapshot:
    """What the register has to state at ``now``.

    A case has one clearance: a second one, after an appeal, leaves the first without worth.

    Raises:
        BadInput: the next update would be beyond the calendar.
    """
    latest = {clearance.case: clearance for clearance in docket.clearances}
    statuses = tuple(
        int(
            status_of(docket, docket.cases[clearance.case], now)
            if clearance is latest[clearance.case]
            else Status.INVALID
        )
        for clearance in docket.clearances
    )
    last = docket.last_snapshot
    try:
        next_update = instant(now) + timedelta(minutes=docket.charter.status_minutes)
    except OverflowError:
        raise BadInput("The next update would be beyond the calendar.", where="at") from None
    return StatusSnapshot(
        sequence=last.sequence + 1 if last else 0,
        issued_at=now,
        next_update=stamp(next_update),
        log_size=docket.size,
        log_root=docket.frontier.root().hex(),
        index=hashlib.sha256(clearance_index(docket)).hexdigest(),
        witnesses=docket.witness_entry,
        statuses=statuses,
        changes=changes_since(last.statuses if last else (), statuses),
    )
