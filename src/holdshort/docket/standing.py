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
from holdshort.register.canonical import Json, canonical
from holdshort.register.status import Status, StatusSnapshot, changes_since

if TYPE_CHECKING:
    from holdshort.docket.docket import Docket


def status_of(docket: "Docket", case: Case, now: str) -> Status:
    """Status of the clearance of a review at ``now``."""
    gate = docket.book.gate
    barred = any(
        other.concerns == case.id and docket.state(other, now) in gate.bars.get(other.kind, ())
        for other in docket.cases.values()
    )
    env: Mapping[str, object] = {
        "state": docket.state(case, now),
        "case": case.facts,
        "barred": barred,
    }
    for status, condition in gate.status:
        if condition.decide(env) is True:
            return Status[status.upper()]
    return Status.INVALID


def clearance_index(docket: "Docket") -> bytes:
    """Which clearance stands at each place of the status list: a document that is published."""
    rows: list[Json] = [
        {"case": clearance.case, "entry": clearance.entry, "weights": clearance.weights}
        for clearance in docket.clearances
    ]
    return canonical(rows)


def snapshot(docket: "Docket", now: str) -> StatusSnapshot:
    """What the register has to state at ``now``."""
    statuses = tuple(
        int(status_of(docket, docket.cases[clearance.case], now)) for clearance in docket.clearances
    )
    last = docket.last_snapshot
    return StatusSnapshot(
        sequence=last.sequence + 1 if last else 0,
        issued_at=now,
        next_update=stamp(instant(now) + timedelta(minutes=docket.charter.status_minutes)),
        log_size=docket.size,
        log_root=docket.frontier.root().hex(),
        index=hashlib.sha256(clearance_index(docket)).hexdigest(),
        statuses=statuses,
        changes=changes_since(last.statuses if last else (), statuses),
    )
