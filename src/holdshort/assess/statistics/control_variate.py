"""Predictions of single items save items, and can never spoil the decision.

From earlier models one knows which items of a pool are hard. Let a pool of ``N`` scores ``y_i`` in
[0, 1] be drawn from in random order, and let its mean be at most ``τ``; then the mean of what is
left is at most ``m = (N·τ − S)/(N − t)`` (`betting`). A bettor may pay out, on item ``i`` with
score ``y``,

    F_i(y) = (A_i + β·y) / (w_i · (Ā + β·m)),       β ≥ 0, A_i ≥ 0,

where ``Ā`` is the mean of ``A`` over the items left and item ``i`` is drawn next with chance
``w_i / (items left)`` (``w = 1``: every item alike). The expectation is ``(Ā + β·mean left)/(Ā +
β·m) ≤ 1`` **whatever** ``A`` and ``β`` are. So predictions choose ``A_i`` and ``β``, and with them
how fast the capital grows, and the chance that it ever reaches ``1/α`` stays at most ``α``, were
the predictions the reverse of the truth. ``A_i`` acts as a *control variate*: an item that is
passed as predicted pays little, one that is passed against the prediction pays much.

Given the chances ``p_i`` with which a possible model passes the items, the payoff of largest
expected growth (Kelly 1956; Waudby-Smith & Ramdas 2024 for bets in general) solves ``p/(A + β) +
(1 − p)/A = 1/w``, that is

    A_i = ((w_i − β) + √((w_i + β)² − 4·w_i·β·p_i)) / 2,

with ``β`` such that ``Ā + β·m = 1``. With alike items it is the likelihood ratio of ``p`` against
``m``. One does not know the model, so the capital is spread over many possible ones, *worlds*: pass
rates over the whole range, each with the predicted differences between items and with a third of
them. A world above ``τ`` bets on above, one below on below.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from holdshort.assess.statistics.betting import TINY, Array, check_rates, check_scores
from holdshort.errors import BadInput

RATES = tuple((step + 0.5) / 12 for step in range(12))
"""Pass rates of the possible models."""

STRENGTHS = (0.3, 1.0)
"""How far items differ in log odds, beside what is predicted: a third of it, and all of it."""

_CLASSES = 10
"""Predictions are rounded to so many values: items of one class are alike to the bettor."""

_EDGE = 0.005
"""A possible model passes no item with less chance, and none with more than 1 − so much."""

_NEWTON = 2
"""Corrections of ``β``: it need not be exact, for the payoff is fair with any."""


def predicted_worlds(predictions: Array) -> Array:
    """Possible models (worlds × items) from one predicted pass rate for each item of a pool.

    World by world, the mean over the items is one of :data:`RATES`; differences of log odds between
    items are the predicted ones times one of :data:`STRENGTHS`. Predictions are rounded to a few
    values first.
    """
    check_scores(predictions, axes=1)
    rank = np.argsort(np.argsort(predictions, kind="stable"), kind="stable")
    group = rank * _CLASSES // len(predictions)
    rounded = (np.bincount(group, predictions) / np.maximum(np.bincount(group), 1))[group]
    odds = logit(np.clip(rounded, _EDGE, 1 - _EDGE))
    lines = np.repeat(np.outer(STRENGTHS, odds), len(RATES), axis=0)
    aims = np.tile(RATES, len(STRENGTHS))
    low, high = np.full(len(aims), -20.0), np.full(len(aims), 20.0)
    for _ in range(40):
        middle = (low + high) / 2
        short = expit(lines + middle[:, None]).mean(axis=1) < aims
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    worlds: Array = np.clip(expit(lines + low[:, None]), _EDGE, 1 - _EDGE)
    return worlds


def predicted_pool_crossing(
    scores: Array,
    order: NDArray[np.int64],
    worlds: Array,
    threshold: float,
    error_rate: float,
    *,
    weights: Array | None = None,
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Where each row of ``order`` (orders × items: places in the pool) stops.

    ``scores`` are the pool's, in [0, 1]; ``worlds`` (worlds × items) pass rates of possible models,
    strictly between 0 and 1. Orders are uniformly random, or, with ``weights``, drawn by
    :func:`planned_order` with those very weights. Returns the items used and whether the
    decision was *above*, as :func:`bounded.pool_mean_crossing` does and with the same promise. An
    item's score is read when its turn comes, not before. Work grows with the number of items that
    differ in ``worlds`` or ``weights``.
    """
    check_scores(scores, axes=1)
    check_rates(threshold=threshold, error_rate=error_rate)
    items = len(scores)
    _check_pool(items, order, worlds, weights)
    book = _Book(worlds, np.ones(items) if weights is None else weights, threshold, len(order))
    used = np.full(len(order), items, dtype=np.int64)
    above = np.full(len(order), float(scores.mean()) >= threshold - TINY)
    live = np.arange(len(order))
    total = np.zeros(len(order))
    bar = -np.log(error_rate)
    for t in range(items - 1):
        place = order[live, t]
        mean = (items * threshold - total) / (items - t)
        book.settle(place, scores[place], mean, items - t)
        total = total + scores[place]
        left = (items * threshold - total) / (items - t - 1)
        rising, falling = book.evidence()
        says_above = (rising >= bar) | (left < -TINY)
        ends = says_above | (falling >= bar) | (left > 1 + TINY)
        used[live[ends]], above[live[ends]] = t + 1, says_above[ends]
        live, total = live[~ends], total[~ends]
        book.keep(~ends)
        if not len(live):
            break
    return used, above


class _Book:
    """The capital of every world in every order that still runs."""

    def __init__(self, worlds: Array, weights: Array, threshold: float, orders: int) -> None:
        kinds, self._kind = np.unique(np.vstack((worlds, weights)), axis=1, return_inverse=True)
        self._rising = worlds.mean(axis=1) > threshold
        rates, self._weight = kinds[:-1], kinds[-1]
        # A world below bets that items fail: for it a failure is the score, and all is reflected.
        self._rates = np.where(self._rising[:, None], rates, 1 - rates)
        counts = np.bincount(self._kind, minlength=kinds.shape[1]).astype(float)
        self._left = np.tile(counts, (orders, 1))
        self._capital = np.zeros((orders, len(worlds)))

    def settle(self, place: NDArray[np.int64], scores: Array, mean: Array, left: int) -> None:
        """Bet on the next item of each order, then take it in; ``mean`` is the null's mean left."""
        share = self._left / left
        scale = (share * self._weight).sum(axis=1, keepdims=True)
        weight = (self._weight / scale)[:, None, :]
        share = share[:, None, :]
        null = np.where(self._rising, mean[:, None], 1 - mean[:, None])
        null = np.clip(null, TINY, 1 - TINY)
        bet = _bets(self._rates, weight, share, null)
        payoff = _kept(self._rates, weight, bet[:, :, None])
        fair = (share * payoff).sum(axis=2) + bet * null
        rows, kind = np.arange(len(place)), self._kind[place]
        gained = np.where(self._rising, scores[:, None], 1 - scores[:, None])
        paid = payoff[rows, :, kind] + bet * gained
        self._capital += np.log(paid / (weight[rows, 0, kind][:, None] * fair))
        self._left[rows, kind] -= 1

    def evidence(self) -> tuple[Array, Array]:
        """Log capital of those who bet on *above* and of those who bet on *below*."""
        return self._mixed(self._rising), self._mixed(~self._rising)

    def keep(self, rows: NDArray[np.bool_]) -> None:
        """Forget the orders that have ended."""
        self._capital, self._left = self._capital[rows], self._left[rows]

    def _mixed(self, chosen: NDArray[np.bool_]) -> Array:
        if not chosen.any():
            return np.full(len(self._capital), -np.inf)
        mixed: Array = np.logaddexp.reduce(self._capital[:, chosen], axis=1) - np.log(chosen.sum())
        return mixed


def _kept(rates: Array, weight: Array, bet: Array) -> Array:
    """``A_i`` of each world and kind of item."""
    kept: Array = ((weight - bet) + np.sqrt((weight + bet) ** 2 - 4 * weight * bet * rates)) / 2
    return kept


def _bets(rates: Array, weight: Array, share: Array, null: Array) -> Array:
    """``β`` of each order and world: nearly the root of ``Ā + β·m = 1``, 0 if none is positive."""
    mean = (share * rates).sum(axis=2)
    spread = (share * rates * (1 - rates) / weight).sum(axis=2)
    start: Array = np.maximum(mean - null, 0.0) / spread
    bet = start
    for _ in range(_NEWTON):
        wide = bet[:, :, None]
        root = np.sqrt((weight + wide) ** 2 - 4 * weight * wide * rates)
        value = (share * root).sum(axis=2) - 1 - bet + 2 * bet * null
        slope = (share * (weight + wide - 2 * weight * rates) / root).sum(axis=2) - 1 + 2 * null
        step = np.where(slope > TINY, value / np.maximum(slope, TINY), -bet)
        bet = np.clip(bet - step, start / 4, start * 4)
    return bet


def _check_pool(items: int, order: NDArray[np.int64], worlds: Array, weights: Array | None) -> None:
    if order.ndim != 2 or not (np.sort(order, axis=1) == np.arange(items)).all():
        raise BadInput(f"each row must hold the places 0 to {items - 1} once.", where="order")
    if worlds.ndim != 2 or worlds.shape[1] != items or not ((worlds > 0) & (worlds < 1)).all():
        raise BadInput(
            f"worlds need a chance strictly between 0 and 1 for each of {items} items.",
            where="worlds",
        )
    if weights is not None and (weights.shape != (items,) or not (weights > 0).all()):
        raise BadInput(f"each of {items} items needs a weight above 0.", where="weights")
