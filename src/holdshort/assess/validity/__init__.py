"""Whether a finding means what it says: one gate for each way in which it may not.

`audit` (bad keys), `judges` (a judge that errs), `cheating`, `contamination` (items remembered),
`sandbagging` (ability held back); and `gate`, the one shape that all of them have and the one place
where a finding is settled. Decisions of people stand on `record`.
"""

from holdshort.assess.validity.gate import (
    RULE,
    Gate,
    Settled,
    Verdict,
    from_elicitation,
    settle,
    verdict_of,
)
from holdshort.assess.validity.reckoning import OnDifference, Reckoning, reckon
from holdshort.assess.validity.record import Record, Ruling, read_record, rule

__all__ = [
    "RULE",
    "Gate",
    "OnDifference",
    "Reckoning",
    "Record",
    "Ruling",
    "Settled",
    "Verdict",
    "from_elicitation",
    "read_record",
    "reckon",
    "rule",
    "settle",
    "verdict_of",
]
