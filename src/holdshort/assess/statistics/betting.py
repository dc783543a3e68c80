"""The capital of one who bets on scores in [0, 1], with and without replacement.

Let scores ``x_1, x_2, …`` lie in [0, 1] with conditional mean at most ``m`` given the past. For a
share ``b`` in (0, 1) of the largest bet that cannot go bankrupt,

    K_b(t) = Π (1 − b + b·x_i / m_i)

is a non-negative supermartingale that starts at 1 (Waudby-Smith & Ramdas 2024, "Estimating means of
bounded random variables by betting", JRSS B), and so is the mean over several shares. Here ``m_i =
m`` for draws with replacement. Where a pool of ``N`` scores is drawn from without replacement, in
uniformly random order, ``m_i = (N·m − S_{i−1}) / (N − i + 1)`` is the mean of what is left
(Waudby-Smith & Ramdas 2020, "Confidence sequences for sampling without replacement"). By Ville's
inequality the capital ever reaches ``1/α`` with chance at most ``α``.

Nothing is assumed of the scores but their range and that conditional mean: they may depend on one
another in every other way.
"""

import numpy as np
from numpy.typing import NDArray

from holdshort.errors import BadInput

Array = NDArray[np.float64]

Crossing = tuple[NDArray[np.int64], NDArray[np.int8]]
"""For each row: items used, and what is said: 1 above, −1 below, 0 undecided."""

SHARES = (0.05, 0.15, 0.3, 0.5, 0.75)
"""The bets of the mixture, as shares of the largest that cannot go bankrupt."""

TINY = 1e-9


def log_capital(scores: Array, mean: float | Array, *, pool: int | None = None) -> Array:
    """After each item, the log capital of who bets that scores lie above ``mean``.

    ``scores`` has items along its last axis, ``mean`` broadcasts with it. With ``pool`` the scores
    are draws without replacement from so many; once they add up to more than the pool could have
    at that mean, the capital is infinite. To bet on scores *below* a mean, pass ``1 − scores`` and
    ``1 − mean``.
    """
    left, spent = _means(scores, mean, pool)
    ratio = scores / np.clip(left, TINY, 1.0) - 1.0
    mixed = np.full(ratio.shape, -np.inf)
    for share in SHARES:
        mixed = np.logaddexp(mixed, np.cumsum(np.log1p(share * ratio), axis=-1))
    mixed -= np.log(len(SHARES))
    return np.where(spent, np.inf, mixed)


def _means(scores: Array, mean: float | Array, pool: int | None) -> tuple[Array, NDArray[np.bool_]]:
    """For each item the null's mean before it, and whether the null is impossible after it."""
    if pool is None:
        left = np.broadcast_to(np.asarray(mean, dtype=float), scores.shape)
        return left, np.zeros(scores.shape, dtype=np.bool_)
    total = np.cumsum(scores, axis=-1)
    before = total - scores
    remaining = pool - np.arange(scores.shape[-1])
    return (pool * mean - before) / remaining, total > pool * mean + TINY


def crossing(
    scores: Array, low: float, high: float, error_rate: float, *, pool: int | None = None
) -> Crossing:
    """Where each row of ``scores`` (rows × items) decides between two hypotheses.

    *Above* is said once the capital against "the mean is at most ``low``" reaches
    ``1/error_rate``, *below* once that against "at least ``high``" does. Between the two lies an
    indifference zone; at most one hypothesis is true, so each kind of wrong decision has at most
    chance ``error_rate``, at all times at once. Raises :class:`BadInput` for what is no score, no
    mean or no error rate.
    """
    check_scores(scores)
    check_rates(low=low, high=high, error_rate=error_rate)
    if low > high:
        raise BadInput(f"the zone from {low} to {high} is empty.", where="low")
    bar = -np.log(error_rate)
    above = log_capital(scores, low, pool=pool) >= bar
    below = log_capital(1 - scores, 1 - high, pool=pool) >= bar
    return earliest(above, below)


def earliest(above: NDArray[np.bool_], below: NDArray[np.bool_]) -> Crossing:
    """The first item at which a row of either says so; the row's last, undecided, if none does."""
    stops = above | below
    at = stops.argmax(axis=1)
    rows = np.arange(len(at))
    said = above[rows, at].astype(np.int8) - below[rows, at].astype(np.int8)
    used = np.where(stops[rows, at], at + 1, stops.shape[1])
    return used.astype(np.int64), said.astype(np.int8)


def check_scores(scores: Array, *, axes: int = 2) -> None:
    """Raise :class:`BadInput` unless these are scores in [0, 1] along that many axes."""
    if scores.ndim != axes or not scores.size or not ((scores >= 0) & (scores <= 1)).all():
        raise BadInput("scores must be rows of numbers from 0 to 1.", where="scores")


def check_rates(**rates: float) -> None:
    """Raise :class:`BadInput`, naming it, unless each lies strictly between 0 and 1."""
    for name, value in rates.items():
        if not 0 < value < 1:
            raise BadInput(f"must lie strictly between 0 and 1, not {value}.", where=name)
