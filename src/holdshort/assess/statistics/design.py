"""What a plan will do before it is run: chances of each decision and items needed.

The test's state is the pair (items, successes), and the decision depends on it alone. So the law
of the outcome follows exactly from one sweep over items — no simulation. Used to show an assessor
the price of a plan, and by the tests of the error rate. Not part of any signed finding: floats.
"""

from dataclasses import dataclass
from fractions import Fraction

from holdshort.assess.statistics.eprocess import GRID
from holdshort.assess.statistics.sequential import Decision, RatePlan


@dataclass(frozen=True)
class Operation:
    """How a plan behaves at one true rate."""

    below: float
    above: float
    undecided: float
    mean_items: float


def operation(plan: RatePlan, rate: float) -> Operation:
    """Chance of each decision and expected number of items, for independent items of ``rate``."""
    states = {0: 1.0}
    ended = dict.fromkeys(Decision, 0.0)
    mean = 0.0
    low, high = stopping_bounds(plan)
    for n in range(1, plan.max_items + 1):
        following: dict[int, float] = {}
        for successes, chance in states.items():
            mean += chance
            following[successes] = following.get(successes, 0.0) + chance * (1 - rate)
            following[successes + 1] = following.get(successes + 1, 0.0) + chance * rate
        states = {}
        for successes, chance in following.items():
            if successes <= low[n]:
                ended[Decision.BELOW] += chance
            elif successes >= high[n]:
                ended[Decision.ABOVE] += chance
            else:
                states[successes] = chance
    ended[Decision.UNDECIDED] = sum(states.values())
    return Operation(ended[Decision.BELOW], ended[Decision.ABOVE], ended[Decision.UNDECIDED], mean)


def stopping_bounds(plan: RatePlan) -> tuple[list[int], list[int]]:
    """Per number of items: most successes that decide *below*, fewest that decide *above*.

    Where no count decides, the bounds are −1 and n + 1. Exact, in integers.
    """
    alpha = Fraction(plan.error_rate)
    low, high = [-1], [1]
    below, passes_missing = -1, -1
    for n in range(1, plan.max_items + 1):
        # Evidence moves one way with successes, so each bound moves at most one step per item.
        while below + 1 <= n and _decides_below(plan.high_boundary, n, below + 1, alpha):
            below += 1
        while passes_missing + 1 <= n and _decides_below(
            GRID - plan.low_boundary, n, passes_missing + 1, alpha
        ):
            passes_missing += 1
        decides = n >= plan.min_items
        low.append(below if decides else -1)
        high.append(n - passes_missing if decides else n + 1)
    return low, high


def _decides_below(boundary: int, n: int, successes: int, alpha: Fraction) -> bool:
    """Whether the evidence against "at least ``boundary``" reaches ``1/α`` at this state."""
    failures = n - successes
    evidence: int = sum(k**successes * (GRID - k) ** failures for k in range(boundary))
    reference: int = boundary * boundary**successes * (GRID - boundary) ** failures
    return evidence * alpha.numerator >= reference * alpha.denominator
