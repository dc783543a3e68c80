"""Stopping boundaries of low cost that keep a promised error rate, for a finite pool.

An e-process (`eprocess`, `bounded`) keeps its promise under every rule of stopping, and pays for
that with items. A protocol, though, fixes its rule before it runs. Then the rule may be made for
the one purpose: to ask few items on average while both error rates stay at most ``α``.

**How the boundaries come about.** Let ``k`` be the fewest passes of a pool that reaches the
threshold. To say *below* costs a fine if the pool has exactly ``k`` passes, to say *above* costs
one if it has ``k − 1``, each item costs one, and the pass rate is drawn from a beta distribution.
The rule of least expected cost follows by backward induction over (items, passes) (Wald &
Wolfowitz 1948; Arrow, Blackwell & Girshick 1949). The two fines are raised until each error is at
most ``α`` (the Lagrangian of the constrained problem; Kiefer & Weiss 1957).

**Why the promise holds.** It rests on none of that: `pool_operation` follows every path of the
finished boundaries, without approximation, from the law of draws without replacement. And the two
pools next to the threshold are the worst ones: turn one failing item of a pool into a passing one
and in every order of the items each count of passes stays or grows by one, so *below* is reached
no sooner and *above* no later. The prior shapes only what the test costs.

The promise rests on the random order alone: outcomes may be any fixed 0/1 vector, and items may be
as alike as they please. The last item settles the pool's rate exactly. Boundaries are integers,
so a plan can carry them; the floating-point search behind them need not be repeated.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, log, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln, gammaln

from holdshort.assess.statistics.design import Operation
from holdshort.assess.statistics.sequential import Decision
from holdshort.errors import BadInput

Array = NDArray[np.float64]

_SLACK = 1e-9
"""By how much a computed error stays under the promised one: far above the rounding of doubles."""

_ROUNDS = 10
"""At most so many corrections of the two fines."""

_STEP = 0.5
"""Share of a correction that is made: an error answers to its own fine and, late, to the other."""

_NEAR = 0.98
_AIM = 0.99
"""Shares of the promised error: near enough to stop searching, and what the search aims at."""

_BAND = 5.0
"""Standard deviations of a count without replacement: outside them every path has stopped."""


@dataclass(frozen=True)
class Boundaries:
    """When to stop, and with which decision.

    After ``n`` items with ``s`` passes: *below* if ``s ≤ low[n]``, *above* if ``s ≥ high[n]``.
    ``low`` and ``high`` have an entry for each ``n`` from 0 to the pool's size.

    Raises :class:`BadInput` when they do not settle every pool: an end that leaves a count open,
    or a count that is both.
    """

    low: tuple[int, ...]
    high: tuple[int, ...]

    def __post_init__(self) -> None:
        if len(self.low) != len(self.high) or len(self.low) < 2:
            raise BadInput("low and high need one entry for each number of items.", where="low")
        for n, (low, high) in enumerate(zip(self.low, self.high, strict=True)):
            if low >= high:
                raise BadInput(
                    f"after {n} items {high} passes would be both below and above.", where="low"
                )
        if self.low[-1] + 1 != self.high[-1]:
            raise BadInput("the last item does not settle every count.", where="high")

    @property
    def items(self) -> int:
        """The size of the pool."""
        return len(self.low) - 1

    @property
    def fewest(self) -> int:
        """The fewest passes with which a pool is *above* once every item is asked."""
        return self.high[-1]

    def decide(self, items: int, passes: int) -> Decision | None:
        """What the test says after ``items`` items of which ``passes`` passed."""
        if passes <= self.low[items]:
            return Decision.BELOW
        return Decision.ABOVE if passes >= self.high[items] else None


def pool_boundaries(
    items: int, fewest: int, error_rate: float, *, prior: tuple[float, float] = (1.0, 1.0)
) -> Boundaries:
    """The boundaries of least expected cost for a pool of ``items`` items.

    A pool with ``fewest`` passes or more is *above*. Each kind of wrong decision has at most
    chance ``error_rate``, whatever the pool; ``prior`` (a beta distribution of the pass rate) is
    what the average cost is taken over.
    """
    if items < 1 or not 0 < fewest <= items:
        raise BadInput(f"{fewest} of {items} items is no threshold of a pool.", where="fewest")
    if not 0 < error_rate < 0.5:
        raise BadInput(f"must lie between 0 and 0.5, not {error_rate}.", where="error_rate")
    promise = error_rate - _SLACK
    fines = np.full(2, log(items))
    best: Boundaries | None = None
    spent = 0.0
    for _ in range(_ROUNDS):
        found = _rule(items, fewest, fines, prior)
        errors = np.asarray(_errors(found))
        if errors.max() <= promise and (best is None or errors.sum() > spent):
            best, spent = found, errors.sum()
        if np.all((errors <= promise) & (errors >= _NEAR * promise)):
            break
        # An error falls about as its fine grows; lattices of small pools make that rough.
        fines = fines + _STEP * np.log(np.maximum(errors, 1e-3) / (promise * _AIM))
    while best is None:
        fines = fines + 0.05
        found = _rule(items, fewest, fines, prior)
        best = found if max(_errors(found)) <= promise else None
    return best


def pool_operation(boundaries: Boundaries, passes: int) -> Operation:
    """How a test behaves on a pool with ``passes`` passes: exact, over all orders of its items."""
    size = boundaries.items
    if not 0 <= passes <= size:
        raise BadInput(f"a pool of {size} items has no {passes} passes.", where="passes")
    below = above = mean = 0.0
    first = 0  # the passes that chances[0] belongs to
    chances: Array = np.ones(1)
    for n in range(size + 1):
        low = min(max(boundaries.low[n] - first + 1, 0), len(chances))
        high = min(max(boundaries.high[n] - first, low), len(chances))
        ends_below, ends_above = float(chances[:low].sum()), float(chances[high:].sum())
        below, above = below + ends_below, above + ends_above
        mean += n * (ends_below + ends_above)
        chances, first = chances[low:high], first + low
        if n == size or not len(chances):
            break
        counts = first + np.arange(len(chances))
        rate = np.clip((passes - counts) / (size - n), 0.0, 1.0)
        following = np.zeros(len(chances) + 1)
        following[1:] += chances * rate
        following[:-1] += chances * (1 - rate)
        chances = following
    return Operation(below, above, 0.0, mean)


def pool_rate_crossing(
    boundaries: Boundaries, outcomes: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Where each row of ``outcomes`` (orders × items) stops: items used, and whether *above*."""
    counts = np.cumsum(outcomes, axis=1)
    above = counts >= np.asarray(boundaries.high[1:])
    stops = above | (counts <= np.asarray(boundaries.low[1:]))
    at = stops.argmax(axis=1)
    return at + 1, above[np.arange(len(at)), at]


def _errors(boundaries: Boundaries) -> tuple[float, float]:
    """Of *below* on the least pool that is above, and of *above* on the greatest below."""
    return (
        pool_operation(boundaries, boundaries.fewest).below,
        pool_operation(boundaries, boundaries.fewest - 1).above,
    )


def _rule(items: int, fewest: int, fines: Array, prior: tuple[float, float]) -> Boundaries:
    """The rule of least expected cost under two fines (logarithms), by backward induction."""
    low, high = [0] * (items + 1), [0] * (items + 1)
    low[items], high[items] = fewest - 1, fewest
    costs, first = np.zeros(0), items
    for n, start, stop in _bands(items, fewest):
        # Costs after one item more: inside its band as found, outside it the test has stopped.
        following = _stopping(items, n + 1, start, stop + 1, fewest, fines, prior)
        shift = first - start
        begin = max(shift, 0)
        inside = slice(begin, max(begin, min(shift + len(costs), len(following))))
        following[inside] = costs[inside.start - shift : inside.stop - shift]
        counts = np.arange(start, stop)
        rate = (prior[0] + counts) / (prior[0] + prior[1] + n)
        going_on = 1 + rate * following[1:] + (1 - rate) * following[:-1]
        ended = _stopping(items, n, start, stop, fewest, fines, prior)
        costs, first = np.minimum(ended, going_on), start
        on = np.flatnonzero(ended > going_on)
        if len(on):
            low[n], high[n] = start + int(on[0]) - 1, start + int(on[-1]) + 1
        else:
            high[n] = _least_above(items, n, fewest)
            low[n] = high[n] - 1
    return Boundaries(tuple(low), tuple(high))


def _bands(items: int, fewest: int) -> Iterator[tuple[int, int, int]]:
    """From the last item but one to none: the range of passes worth a look, ends excluded."""
    rate = fewest / items
    for n in range(items - 1, -1, -1):
        spread = sqrt(n * (items - n) / items) / 2
        reach = ceil(_BAND * spread) + 8
        middle = round(rate * n)
        yield n, max(middle - reach, 0), min(middle + reach, n) + 1


def _stopping(
    items: int,
    n: int,
    start: int,
    stop: int,
    fewest: int,
    fines: Array,
    prior: tuple[float, float],
) -> Array:
    """The expected fine for stopping at each count of passes from start to stop.

    Said is what the rate so far says. To let the fines choose what is said would let the smaller
    one decide everywhere: two pools that differ by one item look alike at every count.
    """
    counts = np.arange(start, stop, dtype=float)
    path = betaln(prior[0] + counts, prior[1] + n - counts) - betaln(*prior)

    def fine(size: float, passes: int) -> Array:
        rest = items - n
        left = passes - counts
        possible = (left >= 0) & (left <= rest)
        left = np.clip(left, 0, rest)
        orders = gammaln(rest + 1) - gammaln(left + 1) - gammaln(rest - left + 1)
        pools = gammaln(items + 1) - gammaln(passes + 1) - gammaln(items - passes + 1)
        cost = np.exp(np.minimum(size + orders - pools - path, 700.0))
        return np.where(possible, cost, 0.0)

    below = counts < _least_above(items, n, fewest)
    return np.where(below, fine(float(fines[0]), fewest), fine(float(fines[1]), fewest - 1))


def _least_above(items: int, n: int, fewest: int) -> int:
    """The fewest passes among ``n`` items whose rate is nearer to a pool above than below."""
    return ceil(n * (fewest - 0.5) / items)
