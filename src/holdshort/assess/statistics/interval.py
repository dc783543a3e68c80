"""A confidence sequence of a rate: an interval that covers at all times at once.

For a rate ``p`` let ``M_p(n) = ∫ q^s (1−q)^(n−s) dq / (p^s (1−p)^(n−s))``, the uniform mixture of
likelihood ratios against ``p``. It is a martingale under ``p`` that starts at 1, so the chance
that it ever reaches ``1/α`` is at most ``α`` (Ville); the rates that have not been rejected form
a confidence sequence (Robbins 1970; Howard et al. 2021). The integral is
``1 / ((n+1)·C(n,s))``, so that

    p is kept   ⇔   α < (n+1) · C(n,s) · p^s (1−p)^(n−s),

an inequality between integers for every ``p`` on a grid. The right-hand side rises to ``p = s/n``
and falls after it, hence the kept rates are an interval and each end is found by bisection.
Ends are rounded outwards to thousandths: coverage is never lost to rounding.
"""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from math import comb

_GRID = 1000


def confidence_interval(items: int, successes: int, error_rate: Decimal) -> tuple[Decimal, Decimal]:
    """Lower and upper end, in thousandths, at level ``1 − error_rate`` uniformly over time."""
    if not 0 <= successes <= items:
        raise ValueError(f"{successes} successes in {items} items")
    if items == 0:
        return _thousandths(0), _thousandths(_GRID)
    failures = items - successes
    level = Fraction(error_rate) * _GRID**items / ((items + 1) * comb(items, successes))

    def kept(point: int) -> bool:
        likelihood: int = point**successes * (_GRID - point) ** failures
        return bool(level < likelihood)

    def kept_from_above(point: int) -> bool:
        return kept(_GRID - point)

    low = _edge(kept, _GRID * successes // items) if successes else 0
    high = _GRID - _edge(kept_from_above, _GRID * failures // items) if failures else _GRID
    return _thousandths(low), _thousandths(high)


def _edge(kept: Callable[[int], bool], mode: int) -> int:
    """The greatest rejected point at or below the mode; point 0 is rejected, the rest rises."""
    low, high = 0, mode + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if kept(middle) else (middle, high)
    return low


def _thousandths(point: int) -> Decimal:
    return Decimal(f"{point // _GRID}.{point % _GRID:03d}")
