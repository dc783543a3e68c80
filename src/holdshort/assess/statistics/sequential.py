"""Is a model's pass rate below or above a threshold? Decide as soon as the evidence does.

Around the threshold ``τ`` lies an indifference zone of half-width ``δ``. Two hypotheses are put
to the test at once:

    high: the rate is at least τ + δ      low: the rate is at most τ − δ

The test says *below* when the evidence against *high* reaches ``1/α``, and *above* when the
evidence against *low* does. A model of rate ``τ + δ`` or more is called *below* with chance at
most ``α``, a model of rate ``τ − δ`` or less is called *above* with chance at most ``α``, however
often anyone looks and whenever the test stops (`eprocess`). At most one hypothesis is true, so
``α`` need not be split between them. Inside the zone either answer is right. A test that reaches
its last item without a decision is *undecided*; that is an answer, not a failure.

Sources: Wald 1945 (indifference zone); Robbins 1970; Howard et al. 2021; Waudby-Smith & Ramdas
2024; Grünwald et al. 2024.
"""

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from fractions import Fraction

from holdshort.assess.statistics.eprocess import GRID, OneSidedEProcess, Side
from holdshort.assess.statistics.interval import confidence_interval
from holdshort.errors import BadInput

_CORRECTED_PLACES = Decimal("0.000001")


class Decision(StrEnum):
    """What the test says of the rate."""

    BELOW = "below"
    ABOVE = "above"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class RatePlan:
    """A test fixed in advance.

    ``threshold`` and ``zone`` are rates in whole percentages (``0.50``, ``0.15``); ``error_rate``
    is the chance of a wrong decision, after any correction over areas; ``max_items`` ends the
    test and before ``min_items`` it does not decide, so that every kind of item has its say. The
    error rate holds for any rule of stopping, this one too. Raises :class:`BadInput` when no such
    test exists.
    """

    threshold: Decimal
    zone: Decimal
    error_rate: Decimal
    max_items: int
    min_items: int = 1

    def __post_init__(self) -> None:
        for name, value in (("threshold", self.threshold), ("zone", self.zone)):
            if not value.is_finite() or value < 0 or value * GRID % 1 != 0:
                raise BadInput(
                    f"{name} must be a rate in whole percentages such as 0.50, not {value}.",
                    where=name,
                )
        if not (self.threshold - self.zone > 0 and self.threshold + self.zone < 1):
            raise BadInput(
                f"threshold {self.threshold} ± zone {self.zone} must lie strictly between 0 and 1.",
                where="zone",
            )
        if not (self.error_rate.is_finite() and 0 < self.error_rate < 1):
            raise BadInput(
                f"error_rate must lie strictly between 0 and 1, not {self.error_rate}.",
                where="error_rate",
            )
        if self.max_items < 1:
            raise BadInput(
                f"max_items must be at least 1, not {self.max_items}.", where="max_items"
            )
        if not 1 <= self.min_items <= self.max_items:
            raise BadInput(
                f"min_items must be from 1 to max_items ({self.max_items}), not {self.min_items}.",
                where="min_items",
            )

    @property
    def low_boundary(self) -> int:
        """``τ − δ`` in per cent."""
        return int((self.threshold - self.zone) * GRID)

    @property
    def high_boundary(self) -> int:
        """``τ + δ`` in per cent."""
        return int((self.threshold + self.zone) * GRID)


class SequentialRateTest:
    """The test while it runs. Feed it outcomes in the order fixed in advance, one by one."""

    def __init__(self, plan: RatePlan) -> None:
        self.plan = plan
        self.n = 0
        self.successes = 0
        self.decision: Decision | None = None
        self._alpha = Fraction(plan.error_rate)
        self._below = OneSidedEProcess(plan.high_boundary, Side.AT_LEAST)
        self._above = OneSidedEProcess(plan.low_boundary, Side.AT_MOST)

    def update(self, correct: bool) -> Decision | None:
        """Take in the next item's outcome; the decision once there is one.

        An item after the decision would be evidence that nobody may count: ``ValueError``.
        """
        if self.decision is not None:
            raise ValueError(f"the test ended after item {self.n}: {self.decision}")
        self.n += 1
        self.successes += correct
        self._below.update(correct)
        self._above.update(correct)
        if self.n < self.plan.min_items:
            return None
        if self._below.reaches(self._alpha):
            self.decision = Decision.BELOW
        elif self._above.reaches(self._alpha):
            self.decision = Decision.ABOVE
        elif self.n == self.plan.max_items:
            self.decision = Decision.UNDECIDED
        return self.decision

    @property
    def e_below(self) -> Decimal:
        """Evidence for *below* (against "at least τ + δ"), rounded down to four places."""
        return self._below.reported

    @property
    def e_above(self) -> Decimal:
        """Evidence for *above* (against "at most τ − δ"), rounded down to four places."""
        return self._above.reported

    def interval(self) -> tuple[Decimal, Decimal]:
        """Confidence sequence of the rate at level ``1 − error_rate``, in thousandths."""
        return confidence_interval(self.n, self.successes, self.plan.error_rate)


def bonferroni(total: Decimal, areas: int) -> Decimal:
    """Each area's share of a total error rate, rounded down to six places (Bonferroni 1936).

    The chance that any area's decision is wrong is then at most ``total``, whatever the
    dependence between areas.
    """
    if areas < 1:
        raise BadInput(f"an error rate cannot be shared among {areas} areas.")
    share = (total / areas).quantize(_CORRECTED_PLACES, rounding=ROUND_DOWN).normalize()
    if share <= 0:
        raise BadInput(f"an error rate of {total} is too small to share among {areas} areas.")
    return share
