"""Cheating: what programs and a scan of the transcript suspect, and what people decide of it."""

from holdshort.assess.validity.cheating.adjudication import (
    Adjudicated,
    Ruled,
    Scored,
    adjudicated,
    check_ruling,
    suspects,
)
from holdshort.assess.validity.cheating.checks import (
    Canary,
    Check,
    Observed,
    Offline,
    Protected,
    run_checks,
    snapshot,
)
from holdshort.assess.validity.cheating.transcript import (
    PATTERNS,
    Flag,
    Kind,
    Part,
    Pattern,
    parts_of,
    scan,
)

__all__ = [
    "PATTERNS",
    "Adjudicated",
    "Canary",
    "Check",
    "Flag",
    "Kind",
    "Observed",
    "Offline",
    "Part",
    "Pattern",
    "Protected",
    "Ruled",
    "Scored",
    "adjudicated",
    "check_ruling",
    "parts_of",
    "run_checks",
    "scan",
    "snapshot",
    "suspects",
]
