"""A confidence sequence for the mean of a score with few values: exact, and valid at all times.

Let ``x_1, x_2, …`` take values ``0, 1/s, 2/s, …, 1`` with conditional mean μ given the past. For a
mean ``m`` and a bet ``β`` in (0, 1) put

    K_m(n) = Π (1 − β + β·x_i / m).

Each factor is not negative and, if μ ≤ m, has conditional expectation at most 1: ``K_m`` is a
supermartingale that starts at 1, and so is a mixture over bets. By Ville's inequality it ever
reaches ``1/α`` with chance at most ``α`` (Waudby-Smith & Ramdas 2024, with bets fixed in advance).
It falls as ``m`` grows; hence the rejected means are those up to a point, which bisection finds.
The upper end is that of ``1 − x``. Each end has half of the error rate.

The capital depends on how often each value came, and on nothing else. On the grid ``m =
g/(1000·s)`` the factors are quotients of integers: nothing is rounded, and ends lie outside of
what is kept. Nothing is assumed of the scores but their values and that the mean is the same for
each item.
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

_GRID = 1000
_BETS = (1, 2, 4, 8, 16, 24, 32, 40, 48, 56, 60, 63)
_WHOLE = 64
"""Bets are these parts of 64: small ones for scores that vary, great ones for those that do not."""


def mean_interval(counts: Sequence[int], error_rate: Decimal) -> tuple[Fraction, Fraction]:
    """Ends of the interval of the mean; ``counts[j]`` items had the score ``j/s``, j = 0 … s.

    Both ends are multiples of ``1/(1000·s)``; with no item the interval is [0, 1].
    """
    steps = len(counts) - 1
    if steps < 1 or any(each < 0 for each in counts):
        raise ValueError(f"these are no counts of scores: {counts}")
    half = Fraction(error_rate) / 2
    if not 0 < half < Fraction(1, 2):
        raise ValueError(f"the error rate must lie strictly between 0 and 1, not {error_rate}")
    top = _GRID * steps
    low = _lower(tuple(counts), half)
    high = top - _lower(tuple(reversed(counts)), half)
    return Fraction(low, top), Fraction(high, top)


def rejects(counts: Sequence[int], point: int, level: Fraction) -> bool:
    """Whether "the mean is at most ``point/(1000·s)``" is rejected at ``level``; point ≥ 1."""
    items = sum(counts)
    capital = 0
    for bet in _BETS:
        product = 1
        for value, count in enumerate(counts):
            if count:
                product *= ((_WHOLE - bet) * point + bet * _GRID * value) ** count
        capital += product
    return bool(capital * level >= len(_BETS) * (_WHOLE * point) ** items)


@lru_cache(maxsize=4096)
def _lower(counts: tuple[int, ...], level: Fraction) -> int:
    """The greatest rejected point, 0 if none is."""
    low, high = 0, _GRID * (len(counts) - 1) + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if rejects(counts, middle, level) else (low, middle)
    return low
