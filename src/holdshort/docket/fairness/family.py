"""One error rate for all tests together: that any of them accuses where facts explain everything.

Step-down Bonferroni (Holm 1979) over the tests that could have said anything. A test whose smallest
attainable p-value is above the level that would be asked of it can never reject; Tarone (1990)
showed that such tests need not be counted, since which they are follows from the margins, not from
the labels. With few matters in many tables that is most of them, and the rest keep their power.

Considered and not chosen: the step-down min-P of Westfall & Young (1993; Romano & Wolf 2005) uses
how tests hang together, and is somewhat sharper. It needs the labels of all tables to be exchanged
at once, which tables of different steps do not allow, and it needs draws: who is accused would hang
on a seed. Holm's bound holds under any dependence, and whoever recomputes it gets the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Family:
    """The corrected p-values.

    ``counted`` are the places of the tests that count; ``first`` the p-value that the first
    rejection needs; ``adjusted`` has one p-value a test, 1 where it does not count.
    """

    counted: tuple[int, ...]
    first: Fraction
    adjusted: tuple[Fraction, ...]


def correct(p: Sequence[Fraction], least: Sequence[Fraction], level: Fraction) -> Family:
    """Adjust p-values, given the smallest that each test could have had."""
    counted = countable(least, level)
    adjusted = [Fraction(1)] * len(p)
    reached = Fraction(0)
    for rank, place in enumerate(sorted(counted, key=lambda each: p[each])):
        reached = max(reached, min(Fraction(1), (len(counted) - rank) * p[place]))
        adjusted[place] = reached
    first = level / len(counted) if counted else Fraction(0)
    return Family(tuple(counted), first, tuple(adjusted))


def countable(least: Sequence[Fraction], level: Fraction) -> list[int]:
    """The tests that could reject if as many were counted as there then are (Tarone 1990)."""
    for number in range(1, len(least) + 1):
        able = [place for place, each in enumerate(least) if each <= level / number]
        if len(able) <= number:
            return able
    return []
