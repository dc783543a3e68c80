"""Whether a *finite pool* of scores in [0, 1] has a mean below a threshold or above.

For scores that are not only 0 and 1 (partial credit, shares of repeated runs) no table of counts
exists; a bettor does (`betting`). The pool's scores are drawn in uniformly random order; the
capital of who bets on a mean above the threshold, or below it, decides when it reaches ``1/α``.
Once what is left can no longer change the answer, the answer is certain, and the last item tells
the mean (Waudby-Smith & Ramdas 2020).
"""

import numpy as np
from numpy.typing import NDArray

from holdshort.assess.statistics.betting import TINY, Array, check_rates, crossing


def pool_mean_crossing(
    scores: Array, threshold: float, error_rate: float
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Where each row of ``scores`` (orders × items, each in [0, 1]) stops.

    Returns the items used and whether the decision was *above*; with the last item a row's mean
    is known. Each kind of wrong decision has at most chance ``error_rate`` over random orders.
    Raises :class:`BadInput` for scores, a threshold or an error rate that is none.
    """
    check_rates(threshold=threshold, error_rate=error_rate)
    items = scores.shape[-1] if scores.ndim else 0
    used, said = crossing(scores, threshold, threshold, error_rate, pool=items)
    known = scores.mean(axis=1) >= threshold - TINY
    return used, np.where(used == items, known, said > 0)
