"""Matters of equal facts side by side: what is permuted, and what is summed.

A *table* belongs to a measure. Its *cells* hold matters that are exchangeable if facts explain
everything, each with one whole number, its *score*, and with whose it is. Two sorts:

- of a **step**: the matters that came to this point of the proceedings with equal facts; each is
  counted once, by its first choice there. The score is the matter's rank among its likes.
- of the **whole course**: the matters that came through the very same points with equal facts at
  each; the score is the sum of the ranks. So a little at every step adds up.

Whole matters are exchanged, never single choices, since those of one matter hang together: the same
officer, the same difficulty. That a matter stands in several tables is no harm: the correction over
all tests (`holdshort.docket.fairness.family`) holds however they depend on each other.

The rank score of an observation is the number of its likes that are certainly smaller less the
number that are certainly larger (Gehan 1965; without open-ended values, twice the centred
mid-rank), over the number of likes, in whole ``GRAIN``-ths: so each matter weighs alike in strata
of all sizes (van Elteren 1960). Scores depend on outcomes alone, not on parties, so rounding costs
no validity.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from holdshort.docket.fairness.measures import Observation

GRAIN = 24
"""Parts into which half the range of a rank is cut: 20 like matters keep their ranks."""

COURSE = "whole course"


@dataclass(frozen=True)
class Cell:
    """Matters that are exchangeable: whose each is, its score, and its name."""

    parties: tuple[str, ...]
    scores: tuple[int, ...]
    units: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """The cells of one measure at one step, or over the whole course."""

    measure: str
    step: str
    cells: tuple[Cell, ...]

    @property
    def matters(self) -> int:
        """How many matters can be compared in it."""
        return sum(len(cell.units) for cell in self.cells)


def tables(found: Iterable[Observation], *, dull: bool = False) -> list[Table]:
    """Every table in which something can be compared, measure by measure.

    Cells in which all outcomes are equal tell nothing and are left out, unless ``dull``: had
    someone been treated otherwise, they would have told it.
    """
    by_measure: defaultdict[str, list[Observation]] = defaultdict(list)
    for each in found:
        by_measure[each.measure].append(each)
    made: list[Table] = []
    for measure, members in by_measure.items():
        steps = _steps(measure, members, dull=dull)
        made += steps
        course = _course(measure, members, dull=dull)
        single = {cell for table in steps for cell in table.cells} if len(steps) == 1 else set()
        if course.cells and not set(course.cells) <= single:  # else it says what the step says
            made.append(course)
    return made


def scores(stratum: Sequence[Observation]) -> list[int]:
    """The rank score of each observation of a stratum; more is worse for the party."""
    outcomes: list[tuple[Fraction | float, bool]]
    outcomes = [(each.value, each.open_ended) for each in stratum]
    return ranked(outcomes, worse=-1 if stratum[0].measure == "haste" else 1)


def ranked(outcomes: Sequence[tuple[Fraction | float, bool]], *, worse: int) -> list[int]:
    """The rank scores of values, each with whether it is open-ended; ``worse`` is 1 or -1."""
    settled = sorted(value for value, waits in outcomes if not waits)
    waiting = sorted(value for value, waits in outcomes if waits)
    found = []
    for value, waits in outcomes:
        if waits:
            lead = bisect_right(settled, value)
        else:
            smaller = bisect_left(settled, value)
            larger = len(settled) - bisect_right(settled, value)
            lead = smaller - larger - len(waiting) + bisect_left(waiting, value)
        found.append(worse * _rounded(GRAIN * lead, len(outcomes)))
    return found


def _rounded(number: int, by: int) -> int:
    """The nearest whole number, halves away from zero: the same for both directions."""
    whole = (2 * abs(number) + by) // (2 * by)
    return whole if number >= 0 else -whole


def firsts(members: Iterable[Observation]) -> list[Observation]:
    """The first observation of each matter at each step."""
    found: dict[tuple[str, str], Observation] = {}
    for each in members:
        found.setdefault((each.unit, each.step), each)
    return list(found.values())


def _steps(measure: str, members: Sequence[Observation], *, dull: bool) -> list[Table]:
    steps: dict[str, dict[Hashable, list[Observation]]] = {}
    for each in firsts(members):
        steps.setdefault(each.step, {}).setdefault(each.stratum, []).append(each)
    made = []
    for step, strata in steps.items():
        cells = [
            _cell(
                [(e.unit, e.party, score) for e, score in zip(alike, given, strict=True)], dull=dull
            )
            for alike in strata.values()
            for given in [scores(alike)]
        ]
        kept = tuple(cell for cell in cells if cell)
        if kept:
            made.append(Table(measure, step, kept))
    return made


def _course(measure: str, members: Sequence[Observation], *, dull: bool) -> Table:
    strata: defaultdict[Hashable, list[Observation]] = defaultdict(list)
    for each in members:
        strata[each.stratum].append(each)
    sums: defaultdict[tuple[str, str], int] = defaultdict(int)
    courses: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for number, alike in enumerate(strata.values()):
        for each, score in zip(alike, scores(alike), strict=True):
            sums[each.unit, each.party] += score
            courses[each.unit, each.party].append(number)
    alike_throughout: defaultdict[tuple[int, ...], list[tuple[str, str, int]]] = defaultdict(list)
    for (unit, party), course in courses.items():
        alike_throughout[tuple(sorted(course))].append((unit, party, sums[unit, party]))
    cells = (_cell(rows, dull=dull) for rows in alike_throughout.values())
    return Table(measure, COURSE, tuple(cell for cell in cells if cell))


def _cell(rows: Sequence[tuple[str, str, int]], *, dull: bool = False) -> Cell | None:
    """A cell, if it can tell anything: several parties in it, and several scores."""
    units, parties, given = zip(*sorted(rows), strict=True)
    if len(set(parties)) < 2 or (len(set(given)) < 2 and not dull):
        return None
    return Cell(parties, given, units)


def regrouped(table: Table, groups: Mapping[str, str]) -> Table | None:
    """The table with groups in the place of parties; parties in no group are left out."""
    cells = []
    for cell in table.cells:
        rows = [
            (unit, groups[party], score)
            for unit, party, score in zip(cell.units, cell.parties, cell.scores, strict=True)
            if party in groups
        ]
        made = _cell(rows) if rows else None
        cells += [made] if made else []
    return Table(table.measure, table.step, tuple(cells)) if cells else None
