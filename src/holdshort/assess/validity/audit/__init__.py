"""The audit of items: suspect keys, reviewed on record, and what the finding owes to them."""

from holdshort.assess.validity.audit.bank import answers_of, read_bank, read_queue
from holdshort.assess.validity.audit.queue import Queue, Suspect, queue
from holdshort.assess.validity.audit.striking import (
    Answered,
    Audited,
    AuditPlan,
    Review,
    audited,
    check_review,
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
    "answers_of",
    "audited",
    "calibrate",
    "check_review",
    "queue",
    "read_bank",
    "read_queue",
    "shift",
    "signals",
]
