"""How much favouritism this very record could hide.

A record without any is made of the one at hand: within each stratum the outcomes are dealt anew.
Then one party is treated worse, and the very test of the audit is asked at the very p-value that
the first rejection needed. Whom it hits is drawn among those who stand in the measure's tables, so
the power is that against a party picked at random. How often it is found is the power; its interval
is Wilson's (1927), at 95 %.

Planted is, with an effect of 0.2,

- in a share (`measures.SHARES`): with probability 0.2 the worst outcome that was lawful, whatever
  the outcome was: 20 percentage points;
- in a time, an amount, a count: 20 % more (of ``haste``: the step comes in 1/1.2 of the time). A
  count stays whole: what is beyond is a chance.

Outcomes are dealt at each step apart, so dependence within a matter is not in the simulation: where
matters differ by themselves in ways that the law does not see, the power is smaller than stated.
"""

import random
from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb, erfc, floor, sqrt

from holdshort.docket.fairness.audit import Audit, Heard, drawn, labels, unheard
from holdshort.docket.fairness.measures import MEASURES, SHARES, Observation
from holdshort.docket.fairness.permutation import Drawn, permutation_test, work
from holdshort.docket.fairness.tables import COURSE, Table, firsts, ranked, tables

RUNS = 400
WANTED = Fraction(4, 5)
"""The power at which a bias counts as one that would be seen."""

_LADDER = [Fraction(n, 100) for n in (5, 10, 15, 20, 25, 30, 40, 50, 60, 70, 80, 90, 100)]
_STEEP = [*_LADDER, *(Fraction(n) for n in (2, 3, 5, 10, 20))]
_EXACT = 3_000_000
"""Machine words beyond which a simulated test is answered by its normal limit."""


_Value = tuple[Fraction | float, bool]
"""A value and whether it is open-ended. Simulated values are only ranked, so they may be floats."""


@dataclass(frozen=True)
class Power:
    """The chance of seeing ``effect`` in a measure, with its interval, from ``runs`` simulations.

    ``visible`` is the smallest effect of the ladder that is seen with 80 % power, None if none is.
    ``parties`` is how many could be compared, ``limit`` whether tests were answered by their limit.
    """

    measure: str
    effect: Fraction
    parties: int
    runs: int
    found: int
    visible: Fraction | None
    limit: bool

    @property
    def share(self) -> Fraction:
        """The power."""
        return Fraction(self.found, self.runs) if self.runs else Fraction(0)

    @property
    def interval(self) -> tuple[float, float]:
        """Of the simulation, at 95 %."""
        return wilson(self.found, self.runs) if self.runs else (0.0, 0.0)


def powers(
    observations: Sequence[Observation],
    done: Audit,
    *,
    effect: Fraction = Fraction(1, 5),
    seed: str = "0",
    runs: int = RUNS,
    heard: Heard = unheard,
) -> list[Power]:
    """The power of every measure that the record holds."""
    found = []
    present = [each for each in MEASURES if any(one.measure == each for one in observations)]
    for number, measure in enumerate(present):
        heard("simulating favouritism", number, len(present))
        planted = Planting([one for one in observations if one.measure == measure], done, seed)
        found.append(_power(planted, effect, runs))
    return found


def _power(planted: "Planting", effect: Fraction, runs: int) -> Power:
    if not planted.parties:
        return Power(planted.measure, effect, 0, 0, 0, None, False)
    seen = planted.seen(effect, runs)
    ladder = _LADDER if planted.measure in SHARES else _STEEP
    fewer = max(50, runs // 4)
    low, high = 0, len(ladder)
    while low < high:
        middle = (low + high) // 2
        if planted.seen(ladder[middle], fewer) >= WANTED * fewer:
            high = middle
        else:
            low = middle + 1
    visible = ladder[low] if low < len(ladder) else None
    parties = len(planted.parties)
    return Power(planted.measure, effect, parties, runs, seen, visible, planted.limit)


class Planting:
    """One measure of a record, on which records without and with favouritism are simulated."""

    def __init__(self, members: Sequence[Observation], done: Audit, seed: str) -> None:
        self.measure = members[0].measure
        self.limit = False
        self._seed = seed
        self._worse = -1 if self.measure == "haste" else 1
        able, self._first = _able(members, done)
        strata: defaultdict[Hashable, list[Observation]] = defaultdict(list)
        for member in members:
            strata[member.stratum].append(member)
        self._strata = [alike for alike in strata.values() if len(alike) > 1]
        begun = {id(each) for each in firsts(members)}
        self._firsts = [
            [place for place, each in enumerate(alike) if id(each) in begun]
            for alike in self._strata
        ]
        self._tests = _places(self._strata, self._firsts, able)
        self.parties = sorted(self._tests)

    def seen(self, effect: Fraction, runs: int) -> int:
        """In how many of ``runs`` records the planted bias is found."""
        lot = random.Random(f"{self._seed} {self.measure} {effect}")  # noqa: S311 - a stated seed
        return sum(self._found(lot.choice(self.parties), effect, lot) for _ in range(runs))

    def _found(self, party: str, effect: Fraction, lot: random.Random) -> bool:
        strata = zip(self._strata, self._firsts, strict=True)
        given = [self._outcomes(alike, begun, party, effect, lot) for alike, begun in strata]
        for cells in self._tests[party]:
            filled = [cell.filled(given) for cell in cells]
            if (
                self._p([each for each, _ in filled], sum(each for _, each in filled))
                <= self._first
            ):
                return True
        return False

    def _outcomes(
        self,
        alike: Sequence[Observation],
        begun: Sequence[int],
        party: str,
        effect: Fraction,
        lot: random.Random,
    ) -> "_Dealt":
        dealt: list[_Value] = [(float(each.value), each.open_ended) for each in alike]
        lot.shuffle(dealt)
        for place, each in enumerate(alike):
            if each.party == party:
                dealt[place] = self._worsened(dealt[place], each, effect, lot)
        whole = ranked(dealt, worse=self._worse)
        if len(begun) == len(alike):
            return _Dealt(whole, whole)
        return _Dealt(whole, ranked([dealt[place] for place in begun], worse=self._worse))

    def _worsened(
        self,
        outcome: "_Value",
        of: Observation,
        effect: Fraction,
        lot: random.Random,
    ) -> "_Value":
        value, waits = outcome
        if self.measure in SHARES:
            hit = of.worst is not None and lot.random() < effect
            return (float(of.worst) if hit and of.worst is not None else value), waits
        if waits:
            return outcome
        if self.measure == "haste":
            return value / float(1 + effect), waits
        more = value * float(1 + effect)
        if self.measure == "conditions":
            more = floor(more) + (lot.random() < more - floor(more))
        return more, waits

    def _p(self, cells: Sequence[Drawn], observed: int) -> Fraction | float:
        told = [(scores, taken) for scores, taken in cells if 0 < taken < len(scores)]
        told = [(scores, taken) for scores, taken in told if len(set(scores)) > 1]
        if not told:
            return 1.0
        if work([(scores, min(taken, len(scores) - taken)) for scores, taken in told]) > _EXACT:
            self.limit = True
            return normal_p(cells, observed)
        return permutation_test(cells, observed, seed=self._seed).p


@dataclass(frozen=True)
class _Dealt:
    """The scores of a stratum: of all its observations, and among the first of each matter."""

    all: list[int]
    first: list[int]


@dataclass(frozen=True)
class _Place:
    """A cell of one party's test: for each matter the places of its scores, (stratum, place)."""

    matters: tuple[tuple[tuple[int, int], ...], ...]
    own: tuple[bool, ...]
    firsts: bool

    def filled(self, given: Sequence[_Dealt]) -> tuple[Drawn, int]:
        """The cell with the scores that were dealt, and the party's sum."""
        scores = []
        for places in self.matters:
            shelves = (
                (given[s].first if self.firsts else given[s].all)[place] for s, place in places
            )
            scores.append(sum(shelves))
        mine = sum(score for score, own in zip(scores, self.own, strict=True) if own)
        return (tuple(scores), sum(self.own)), mine


def _able(members: Sequence[Observation], done: Audit) -> tuple[list[tuple[Table, str]], Fraction]:
    """The tests that can tell a bias of one measure, and the p-value that the first of all needs.

    Those of the audit that count, and those that tell nothing only because all outcomes were equal:
    favouritism would have made them unequal.
    """
    counted = len(done.family.counted)
    known = {
        (each.step, each.label) for each in done.tests if each.counts and not each.grouped
        if each.measure == members[0].measure
    }  # fmt: skip
    candidates = [(table, label) for table in tables(members, dull=True) for label in labels(table)]
    more = [
        (table, label)
        for table, label in candidates
        if (table.step, label) not in known and _least(table, label) <= done.level / (counted + 1)
    ]
    first = done.level / max(1, counted + len(more))
    more = [(table, label) for table, label in more if _least(table, label) <= first]
    return [each for each in candidates if (each[0].step, each[1]) in known] + more, first


def _least(table: Table, label: str) -> Fraction:
    """The smallest p-value that a table can give, if no two outcomes in it are equal."""
    ways = 1
    for scores, taken in drawn(table, label):
        ways *= comb(len(scores), taken)
    return Fraction(2, ways)


def _places(
    strata: Sequence[Sequence[Observation]],
    begun: Sequence[Sequence[int]],
    able: Sequence[tuple[Table, str]],
) -> dict[str, list[list[_Place]]]:
    """The cells of every test, by party, with the places of their scores among the strata."""
    whole: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    first: dict[tuple[str, str], tuple[int, int]] = {}
    for number, alike in enumerate(strata):
        for place, each in enumerate(alike):
            whole[each.unit].append((number, place))
        for place, old in enumerate(begun[number]):
            first[alike[old].step, alike[old].unit] = (number, place)
    found: dict[str, list[list[_Place]]] = {}
    for table, label in able:
        course = table.step == COURSE
        cells = [
            _Place(
                tuple(
                    tuple(whole[unit]) if course else (first[table.step, unit],)
                    for unit in cell.units
                ),
                tuple(party == label for party in cell.parties),
                not course,
            )
            for cell in table.cells
            if label in cell.parties
        ]
        found.setdefault(label, []).append(cells)
    return found


def normal_p(cells: Sequence[Drawn], observed: int) -> float:
    """The two-sided p-value by the normal limit of the permutations (Hoeffding 1951)."""
    mean = variance = 0.0
    for scores, taken in cells:
        number = len(scores)
        average = sum(scores) / number
        mean += taken * average
        if number > 1:
            spread = sum((score - average) ** 2 for score in scores) / (number - 1)
            variance += taken * (number - taken) / number * spread
    return erfc(abs(observed - mean) / sqrt(2 * variance)) if variance else 1.0


def wilson(found: int, runs: int) -> tuple[float, float]:
    """The score interval of a proportion, at 95 % (Wilson 1927)."""
    z = 1.959964  # the 97.5 % point of the normal distribution
    share = found / runs
    middle = share + z * z / (2 * runs)
    half = z * sqrt(share * (1 - share) / runs + z * z / (4 * runs * runs))
    below = 1 + z * z / runs
    return max(0.0, (middle - half) / below), min(1.0, (middle + half) / below)
