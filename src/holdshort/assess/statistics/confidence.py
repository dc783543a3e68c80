"""A confidence sequence for the mean of scores in [0, 1]: an interval that holds at all times.

Two gamblers bet against each mean ``m``, one that scores lie above it, one that they lie below:

    K⁺(m) = Π (1 + min(λ_i, c/m_i) (x_i − m_i)),   K⁻(m) = Π (1 − min(λ_i, c/(1−m_i)) (x_i − m_i)).

Both are martingales if ``m`` is the mean, so ``max(K⁺, K⁻)/2`` ever reaches ``1/α`` with chance at
most ``α``: the *hedged capital process*. ``K⁺`` falls and ``K⁻`` rises with ``m``; hence the means
that are kept form an interval. The bets ``λ_i`` are the predictable plug-in of an empirical
Bernstein bound: they need the scores before ``x_i`` and nothing else, so they shape the width and
never the coverage (Waudby-Smith & Ramdas 2024, "Estimating means of bounded random variables by
betting", sections 4.2 and 4.4; without replacement ``m_i`` is the mean of what is left, their
section 5).

Means are looked at on a grid, and ends rounded outwards to it.
"""

import numpy as np
from numpy.typing import NDArray

from holdshort.assess.statistics.betting import Array, check_rates, check_scores

GRID = 1000
"""The ends of an interval are multiples of 1/GRID."""

_SHARE = 0.75
"""``c``: the greatest share of the capital that is ever at stake."""

_TINY = 1e-12


def mean_sequence(
    scores: Array, error_rate: float, *, pool: int | None = None, aim: int | None = None
) -> tuple[Array, Array]:
    """Lower and upper ends after each of ``scores``, which cover the mean at all times at once.

    With ``pool`` the scores are draws without replacement, in random order, from so many, and the
    mean is the pool's. With ``aim`` the bets are made for an interval that is read after so many
    items; the coverage is the same. The ends would cross only if scores do not share one mean.
    Raises :class:`BadInput` for what are no scores or is no error rate.
    """
    check_scores(scores, axes=1)
    check_rates(error_rate=error_rate)
    means = np.arange(GRID + 1) / GRID
    rising, falling = log_capitals(scores, means[:, None], error_rate, pool=pool, aim=aim)
    bar = -np.log(error_rate / 2)
    low = np.maximum.accumulate(_greatest(rising >= bar, means))
    high = 1 - np.maximum.accumulate(_greatest((falling >= bar)[::-1], means))
    if pool is not None:
        total = np.cumsum(scores)
        low = np.maximum(low, np.floor(total / pool * GRID + _TINY) / GRID)
        unseen = pool - np.arange(1, len(scores) + 1)
        high = np.minimum(high, np.ceil((total + unseen) / pool * GRID - _TINY) / GRID)
    return low, high


def mean_interval(
    scores: Array, error_rate: float, *, pool: int | None = None
) -> tuple[float, float]:
    """The interval after the last of ``scores``, with bets made for that many items."""
    low, high = mean_sequence(scores, error_rate, pool=pool, aim=len(scores))
    return float(low[-1]), float(high[-1])


def log_capitals(
    scores: Array,
    mean: float | Array,
    error_rate: float,
    *,
    pool: int | None = None,
    aim: int | None = None,
) -> tuple[Array, Array]:
    """Log ``K⁺`` and log ``K⁻`` after each item; ``mean`` broadcasts with ``scores`` (… × items).

    A mean that the pool can no longer have makes one of them infinite.
    """
    bets = _bets(scores, error_rate, aim)
    if pool is None:
        left = np.asarray(mean, dtype=float)
    else:
        before = np.cumsum(scores, axis=-1) - scores
        left = (pool * mean - before) / (pool - np.arange(scores.shape[-1]))
    inside = np.clip(left, 0.0, 1.0)
    gain = scores - inside
    up = np.log1p(np.minimum(bets, _SHARE / np.maximum(inside, _TINY)) * gain)
    down = np.log1p(-np.minimum(bets, _SHARE / np.maximum(1 - inside, _TINY)) * gain)
    rising = np.cumsum(np.where(left < -_TINY, np.inf, up), axis=-1)
    falling = np.cumsum(np.where(left > 1 + _TINY, np.inf, down), axis=-1)
    return rising, falling


def _bets(scores: Array, error_rate: float, aim: int | None) -> Array:
    """The predictable plug-in: each bet follows from the scores before it."""
    count = np.arange(1, scores.shape[-1] + 1)
    mean = (0.5 + np.cumsum(scores, axis=-1)) / (count + 1)
    variance = (0.25 + np.cumsum((scores - mean) ** 2, axis=-1)) / (count + 1)
    before = np.concatenate((np.full((*scores.shape[:-1], 1), 0.25), variance[..., :-1]), axis=-1)
    horizon = count * np.log(count + 1) if aim is None else aim
    bets: Array = np.sqrt(2 * np.log(2 / error_rate) / (before * horizon))
    return bets


def _greatest(rejected: NDArray[np.bool_], means: Array) -> Array:
    """After each item the greatest rejected mean, 0 if none is; rejection is downwards closed."""
    found: Array = means[np.maximum(rejected.sum(axis=0) - 1, 0)]
    return found
