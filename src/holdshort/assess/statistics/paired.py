"""Is one model better than another? On the same items, at every time.

Both models answer each item; ``d = a − b`` is the difference of their scores, in [−1, 1]. What
makes an item hard for both drops out of ``d``, so pairs need fewer items than two separate rates
(Miller 2024, "Adding error bars to evals", section 4).

Where scores are 0 or 1, items on which both do alike say nothing, and the others are wins of the
one or the other: a sequential form of McNemar's test (1947). For a win rate ``q`` the factor of a
win is ``2q``, of a loss ``2(1 − q)``, of a tie 1; its expectation is ``1 + (2q − 1)(P(win) −
P(loss))``. So while the conditional mean of ``d`` is at most 0, the mixture over ``q > ½`` of
`eprocess` with boundary ½, kept over the unlike items only, is a supermartingale, however many
ties there are and however that number changes. It is exact, in integers.

Scores between 0 and 1, a margin (*better by more than*), or a finite pool of items: ``x = (1 +
d)/2`` lies in [0, 1], and `betting` bets on it.
"""

from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

import numpy as np

from holdshort.assess.statistics.betting import (
    Array,
    Crossing,
    check_rates,
    check_scores,
    earliest,
    log_capital,
)
from holdshort.assess.statistics.confidence import mean_sequence
from holdshort.assess.statistics.eprocess import OneSidedEProcess, Side
from holdshort.errors import BadInput

_HALF = 50
"""Per cent: the win rate of equals among the unlike items."""


class Better(StrEnum):
    """Which of two models the items speak for."""

    FIRST = "first"
    SECOND = "second"
    UNDECIDED = "undecided"


class PairedTest:
    """Which of two models passes more items; one update an item, both outcomes at once.

    Models that are equally good are told apart with chance at most ``error_rate`` at any time, and
    the worse one is called the better one with chance at most half of it.
    """

    def __init__(self, error_rate: Decimal) -> None:
        check_rates(error_rate=float(error_rate))
        self._half = Fraction(error_rate) / 2
        self._first = OneSidedEProcess(_HALF, Side.AT_MOST)
        self._second = OneSidedEProcess(_HALF, Side.AT_LEAST)
        self.items = 0
        self.wins = 0
        self.losses = 0
        self.decision = Better.UNDECIDED

    def update(self, first: bool, second: bool) -> Better:
        """Take in one item's two outcomes. ``ValueError`` once the test has ended."""
        if self.decision is not Better.UNDECIDED:
            raise ValueError(f"the test ended after item {self.items}: {self.decision}")
        self.items += 1
        if first == second:
            return self.decision
        self.wins += first
        self.losses += second
        self._first.update(first)
        self._second.update(first)
        if self._first.reaches(self._half):
            self.decision = Better.FIRST
        elif self._second.reaches(self._half):
            self.decision = Better.SECOND
        return self.decision

    @property
    def e_first(self) -> Decimal:
        """Evidence against "the first is no better", rounded down to four places."""
        return self._first.reported

    @property
    def e_second(self) -> Decimal:
        """Evidence against "the second is no better", rounded down to four places."""
        return self._second.reported


def paired_crossing(
    first: Array,
    second: Array,
    error_rate: float,
    *,
    margin: float = 0.0,
    pool: int | None = None,
) -> Crossing:
    """Where each row (orders × items, scores in [0, 1]) tells two models apart.

    Said is 1 if the first is better by more than ``margin``, −1 if the second is; each side has
    half of ``error_rate``. With ``pool`` the items are drawn in random order from a pool of so
    many, and the question is about that pool.
    """
    share = _mapped(first, second)
    check_rates(error_rate=error_rate)
    if not 0 <= margin < 1:
        raise BadInput(f"must lie from 0 to below 1, not {margin}.", where="margin")
    bar = -np.log(error_rate / 2)
    null = (1 + margin) / 2
    return earliest(
        log_capital(share, null, pool=pool) >= bar, log_capital(1 - share, null, pool=pool) >= bar
    )


def difference_sequence(
    first: Array, second: Array, error_rate: float, *, pool: int | None = None
) -> tuple[Array, Array]:
    """Ends of the mean difference after each item, which cover it at all times at once."""
    low, high = mean_sequence(_mapped(first, second), error_rate, pool=pool)
    return 2 * low - 1, 2 * high - 1


def _mapped(first: Array, second: Array) -> Array:
    if first.shape != second.shape:
        raise BadInput(
            f"{first.shape[-1]} and {second.shape[-1]} items are no pairs.", where="second"
        )
    check_scores(first, axes=first.ndim)
    check_scores(second, axes=first.ndim)
    mapped: Array = (1 + first - second) / 2
    return mapped
