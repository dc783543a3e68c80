"""Anytime-valid statistics of a pass rate, exact where a finding rests on them.

A campaign looks at the evidence after every item and stops as soon as it decides; a fixed-sample
test would then err far more often than it says. Everything here keeps its promise at every
stopping time, and every number that enters a signed finding is an exact rational rounded once,
so that another machine recomputes the same bytes.

Imported from here is what a campaign uses. The other modules bear on what is asked around it, in
floating point: `boundaries`, `bounded`, `control_variate`, `irt` and `planning` (a finite pool),
`confidence` (intervals of means), `clusters`, `families` (many areas), `paired` (two models),
`horizon` (time horizons), `attempts` (pass@k, pass^k), `judges` and `agreement` (graders that err).
"""

from holdshort.assess.statistics.design import Operation, operation
from holdshort.assess.statistics.eprocess import OneSidedEProcess, Side
from holdshort.assess.statistics.interval import confidence_interval
from holdshort.assess.statistics.sequential import (
    Decision,
    RatePlan,
    SequentialRateTest,
    bonferroni,
)

__all__ = [
    "Decision",
    "OneSidedEProcess",
    "Operation",
    "RatePlan",
    "SequentialRateTest",
    "Side",
    "bonferroni",
    "confidence_interval",
    "operation",
]
