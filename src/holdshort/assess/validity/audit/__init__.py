"""The audit of items: suspect keys, reviewed on record, and what the finding owes to them."""

from holdshort.assess.validity.audit.queue import Queue, Suspect, queue
from holdshort.assess.validity.audit.striking import (
    Answered,
    Audited,
    AuditPlan,
    Review,
    audited,
    shift,
)
from holdshort.assess.validity.audit.suspicion import (
    MMLU_REDUX,
    Calibration,
    Responses,
    calibrate,
    signals,
)

__all__ = [
    "MMLU_REDUX",
    "Answered",
    "AuditPlan",
    "Audited",
    "Calibration",
    "Queue",
    "Responses",
    "Review",
    "Suspect",
    "audited",
    "calibrate",
    "queue",
    "shift",
    "signals",
]
