"""A mixture likelihood ratio against "the rate is at least (or at most) a boundary".

Let ``b`` be the boundary and ``x_1, x_2, …`` be 0 or 1. For a rate ``q`` on the other side of it,

    L_q(n) = Π (q/b)^x ((1−q)/(1−b))^(1−x).

Under any law whose conditional pass rate ``p`` given the past lies on the hypothesis's side, one
factor has expectation ``f(p) = p·q/b + (1−p)(1−q)/(1−b)``. ``f`` is linear in ``p``, equals 1 at
``p = b`` and falls as ``p`` moves away from ``q``; so ``L_q`` is a non-negative supermartingale
that starts at 1, for every law in the hypothesis at once (Wald 1945 for the ratio; Grünwald, de
Heide & Koolen 2024 for the composite null). A mixture of supermartingales is one too (Robbins
1970), and Ville's inequality bounds the chance that it *ever* reaches ``1/α`` by ``α`` (Howard,
Ramdas, McAuliffe & Sekhon 2021). In the words of Waudby-Smith & Ramdas 2024 each ``L_q`` is a
betting capital process with a constant bet.

The mixture is uniform over the percentages ``q = k/100`` on the far side of the boundary, 0 and 1
included. With boundary ``a/100`` the common factors cancel:

    E(n) = Σ_k k^s (100−k)^(n−s)  /  (m · a^s (100−a)^(n−s)),      s passes among n items,

a quotient of two integers: nothing is ever rounded while the test runs.
"""

from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

GRID = 100
"""The mixture and the boundaries live on whole percentages."""

_REPORTED = 4
"""Decimal places of a reported e-value, rounded down: never more evidence than there is."""


class Side(StrEnum):
    """Which hypothesis the process bets against."""

    AT_LEAST = "at least"
    """Against "the rate is at least the boundary": grows as items fail."""

    AT_MOST = "at most"
    """Against "the rate is at most the boundary": grows as items pass."""


class OneSidedEProcess:
    """The e-process of one hypothesis; ``boundary`` in whole percentages, 1 to 99."""

    def __init__(self, boundary: int, side: Side) -> None:
        if not 0 < boundary < GRID:
            raise ValueError(f"boundary must be 1 to {GRID - 1} per cent, not {boundary}")
        self._boundary = boundary
        self._rates = range(boundary) if side is Side.AT_LEAST else range(boundary + 1, GRID + 1)
        self._terms = [1] * len(self._rates)
        self._reference = len(self._rates)

    def update(self, passed: bool) -> None:
        """Take in one item's outcome; about 65 small multiplications."""
        if passed:
            self._terms = [t * k for t, k in zip(self._terms, self._rates, strict=True)]
            self._reference *= self._boundary
        else:
            self._terms = [t * (GRID - k) for t, k in zip(self._terms, self._rates, strict=True)]
            self._reference *= GRID - self._boundary

    @property
    def value(self) -> Fraction:
        """The evidence against the hypothesis, exactly."""
        return Fraction(sum(self._terms), self._reference)

    @property
    def reported(self) -> Decimal:
        """The evidence, rounded down to four places."""
        scale = 10**_REPORTED
        whole, part = divmod(sum(self._terms) * scale // self._reference, scale)
        return Decimal(f"{whole}.{part:0{_REPORTED}d}")

    def reaches(self, error_rate: Fraction) -> bool:
        """Whether the evidence is at least ``1/error_rate``: the hypothesis is rejected."""
        return sum(self._terms) * error_rate.numerator >= self._reference * error_rate.denominator
