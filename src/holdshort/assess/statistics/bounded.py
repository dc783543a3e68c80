"""Betting on whether a *finite pool* of scores in [0, 1] has a mean below a threshold or above.

For scores that are not only 0 and 1 (partial credit, shares of repeated runs) no table of counts
exists; a bettor does. The pool has ``N`` scores, drawn in uniformly random order. Were its mean
``τ``, the mean of what is left after ``t`` draws with sum ``S`` would be

    m_t = (N·τ − S) / (N − t),

so ``Π (1 + λ_t (x_{t+1} − m_t))`` is a non-negative martingale for any predictable bet with
``−1/(1 − m_t) ≤ λ_t ≤ 1/m_t``: the capital of one who bets on scores above (λ > 0) or below
(λ < 0) that mean (Waudby-Smith & Ramdas 2020, "Confidence sequences for sampling without
replacement"; 2024, "Estimating means of bounded random variables by betting"). With one sign of
the bet it is a supermartingale for every mean on the far side of ``τ`` as well. A mixture over
bets of several sizes is one too, and by Ville's inequality it ever reaches ``1/α`` with chance at
most ``α``. Once ``m_t`` leaves [0, 1] the answer is certain, whatever is left.
"""

import numpy as np
from numpy.typing import NDArray

from holdshort.errors import BadInput

_SHARES = np.array([0.05, 0.15, 0.3, 0.5, 0.75])
"""The bets of the mixture, as shares of the largest that cannot go bankrupt."""

_TINY = 1e-9


def pool_mean_crossing(
    scores: NDArray[np.float64], threshold: float, error_rate: float
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Where each row of ``scores`` (orders × items, each in [0, 1]) stops.

    Returns the items used and whether the decision was *above*; with the last item a row's mean
    is known. Each kind of wrong decision has at most chance ``error_rate`` over random orders.
    Raises :class:`BadInput` for scores, a threshold or an error rate that is none.
    """
    if scores.ndim != 2 or not scores.size or not ((scores >= 0) & (scores <= 1)).all():
        raise BadInput("scores must be rows of numbers from 0 to 1.", where="scores")
    for name, value in (("threshold", threshold), ("error_rate", error_rate)):
        if not 0 < value < 1:
            raise BadInput(f"must lie strictly between 0 and 1, not {value}.", where=name)
    orders, items = scores.shape
    used = np.full(orders, items, dtype=np.int64)
    above = scores.mean(axis=1) >= threshold - _TINY
    rising = np.zeros((orders, len(_SHARES)))  # log capital, by bet
    falling = np.zeros((orders, len(_SHARES)))
    total = np.zeros(orders)
    live = np.ones(orders, dtype=bool)
    bar = np.log(len(_SHARES) / error_rate)
    for t in range(items - 1):
        left = (items * threshold - total) / (items - t)
        mean = np.clip(left, _TINY, 1 - _TINY)[:, None]
        gain = scores[:, t, None] - mean
        rising += np.log1p(_SHARES / mean * gain)
        falling += np.log1p(-_SHARES / (1 - mean) * gain)
        total = total + scores[:, t]
        left = (items * threshold - total) / (items - t - 1)
        says_above = (np.logaddexp.reduce(rising, axis=1) >= bar) | (left < -_TINY)
        says_below = (np.logaddexp.reduce(falling, axis=1) >= bar) | (left > 1 + _TINY)
        ends = live & (says_above | says_below)
        used[ends], above[ends] = t + 1, says_above[ends]
        live &= ~ends
        if not live.any():
            break
    return used, above
