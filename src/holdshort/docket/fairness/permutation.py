"""Exact stratified permutation tests of a sum of whole numbers.

In each cell, ``taken`` of the scores are the party's. If facts explain everything, every choice of
as many is equally likely, cells apart from each other; the test asks how many of all of them give a
sum as small, or as large, as the one observed (Good 2005, chapter 3; Ernst 2004).

They are counted, not sampled. The generating function of a cell is the coefficient of y^taken in
the product of (1 + y·x^score); that of the table is the product over its cells. A polynomial with
counts for coefficients is one long integer, with room for the largest count per coefficient
(Kronecker's substitution): adding an element is a shift and an addition, joining two cells a
multiplication. All is exact.

Where that would take too long, labels are drawn at random within the cells: p = (1 + how many are
as extreme) / (1 + how many were drawn), which is never zero and never too small (Phipson & Smyth
2010).

A p-value here is two-sided: twice the smaller tail, 1 at most.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb, gcd

LARGE = 200_000_000
"""Machine words that a test may touch before it is sampled: a second or two."""

DRAWS = 19_999

Drawn = tuple[tuple[int, ...], int]
"""The scores of a cell, and how many of them are the party's."""


@dataclass(frozen=True)
class Outcome:
    """A test's answer.

    ``lower`` and ``upper`` are the probabilities of a sum as small, or as large. ``least`` is the
    smallest p-value that any labels could have given here. ``draws`` is 0 where all was counted.
    """

    lower: Fraction
    upper: Fraction
    least: Fraction
    draws: int = 0

    @property
    def p(self) -> Fraction:
        """Two-sided: twice the smaller tail."""
        return min(Fraction(1), 2 * min(self.lower, self.upper))

    @property
    def higher(self) -> bool:
        """Whether the sum is high for the party: it fared worse."""
        return self.upper <= self.lower


def permutation_test(
    cells: Sequence[Drawn], observed: int, *, seed: str, large: int = LARGE
) -> Outcome:
    """How extreme the sum ``observed`` is. ``seed`` counts only where labels have to be drawn."""
    told = [(scores, taken) for scores, taken in cells if 0 < taken < len(scores)]
    fixed = sum(sum(scores) for scores, taken in cells if taken == len(scores))
    small = [_smaller(scores, taken) for scores, taken in told]
    turned = sum(sum(scores) for scores, _, turned in small if turned)
    # Of a cell of which the party has most, the rest is counted: the sum of both is known.
    plain = [(_signed(scores, turned), taken) for scores, taken, turned in small]
    rest = observed - fixed - turned
    if not plain:
        one = Fraction(1)
        return Outcome(one, one, one)
    if work(plain) > large:
        return _drawn(plain, rest, random.Random(seed))  # noqa: S311 - a stated seed, no secret
    return _counted(plain, rest)


def work(cells: Sequence[Drawn]) -> int:
    """About how many machine words an exact count touches."""
    bits = _room(cells)
    step = _step(cells)
    total = reach = 0
    for scores, taken in cells:
        span = (max(scores) - min(scores)) // step * taken + 1
        total += len(scores) * taken * span * bits // 64
        reach += span
    return total + len(cells) * reach * bits // 64


def _smaller(scores: tuple[int, ...], taken: int) -> tuple[tuple[int, ...], int, bool]:
    turn = 2 * taken > len(scores)
    return scores, len(scores) - taken if turn else taken, turn


def _signed(scores: tuple[int, ...], turned: bool) -> tuple[int, ...]:
    return tuple(-score for score in scores) if turned else scores


def _room(cells: Sequence[Drawn]) -> int:
    """Bits for a coefficient: the number of all labellings fits, in whole bytes."""
    ways = 1
    for scores, taken in cells:
        ways *= comb(len(scores), taken)
    return -(-(ways.bit_length() + 1) // 8) * 8


def _counted(cells: Sequence[Drawn], observed: int) -> Outcome:
    bits = _room(cells)
    step = _step(cells)
    joined, offset, ways = 1, 0, 1
    for scores, taken in cells:
        low = min(scores)
        joined *= _counts([(score - low) // step for score in scores], taken, bits)
        offset += low * taken
        ways *= comb(len(scores), taken)
    place = (observed - offset) // step
    top = (joined.bit_length() - 1) // bits
    modulus = (1 << bits) - 1  # digits of a number add up to it, modulo the base less one
    lower = (joined & ((1 << bits * (place + 1)) - 1)) % modulus
    upper = (joined >> bits * place) % modulus
    first = (joined & -joined).bit_length() - 1
    ends = (joined >> first // bits * bits) & modulus, (joined >> top * bits) & modulus
    least = min(Fraction(1), Fraction(2 * min(ends), ways))
    return Outcome(Fraction(lower, ways), Fraction(upper, ways), least)


def _step(cells: Sequence[Drawn]) -> int:
    """The largest step in which all sums lie."""
    return gcd(*(score - min(scores) for scores, _ in cells for score in scores)) or 1


def _counts(scores: Sequence[int], taken: int, bits: int) -> int:
    """How many ways of taking ``taken`` scores give each sum, packed."""
    packed = [1] + [0] * taken
    for number, score in enumerate(scores):
        for many in range(min(taken, number + 1), 0, -1):
            packed[many] += packed[many - 1] << score * bits
    return packed[taken]


def _drawn(cells: Sequence[Drawn], observed: int, lot: random.Random) -> Outcome:
    below = above = 0
    for _ in range(DRAWS):
        drawn = sum(sum(lot.sample(scores, taken)) for scores, taken in cells)
        below += drawn <= observed
        above += drawn >= observed
    all_ = DRAWS + 1
    return Outcome(Fraction(1 + below, all_), Fraction(1 + above, all_), Fraction(2, all_), DRAWS)
