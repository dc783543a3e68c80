"""The audit: every party in every table, one error rate over all of them, one verdict."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from holdshort.docket.fairness.family import Family, correct
from holdshort.docket.fairness.measures import Observation
from holdshort.docket.fairness.permutation import LARGE, Drawn, Outcome, permutation_test
from holdshort.docket.fairness.tables import GRAIN, Table, regrouped, tables

LEVEL = Fraction(1, 20)

Heard = Callable[[str, int, int], None]


def unheard(what: str, done: int, total: int) -> None:
    """Nobody waits."""


@dataclass(frozen=True)
class Answer:
    """One party, or group, in one table.

    ``matters`` are its own, ``likes`` all in its cells. ``standing`` is the share of its likes than
    which it fared worse on the average, ties counted half: 1/2 is neither better nor worse.
    ``adjusted`` is the p-value after the correction; ``counts`` says whether the test could reject.
    """

    measure: str
    step: str
    label: str
    grouped: bool
    matters: int
    likes: int
    standing: Fraction
    outcome: Outcome
    adjusted: Fraction
    counts: bool

    def found(self, level: Fraction) -> bool:
        """Whether facts do not explain what is seen here."""
        return self.counts and self.adjusted <= level


@dataclass(frozen=True)
class Audit:
    """What was tested, at which family-wise level."""

    level: Fraction
    tests: tuple[Answer, ...]
    family: Family
    tables: tuple[Table, ...]

    @property
    def found(self) -> tuple[Answer, ...]:
        """What facts do not explain, the least likely first."""
        found = [each for each in self.tests if each.found(self.level)]
        return tuple(sorted(found, key=lambda each: (each.adjusted, each.outcome.p)))

    @property
    def able(self) -> bool:
        """Whether any bias at all could have been seen in this record."""
        return bool(self.family.counted)


def audit(
    observations: Iterable[Observation],
    *,
    level: Fraction = LEVEL,
    groups: Mapping[str, str] | None = None,
    seed: str = "0",
    large: int = LARGE,
    heard: Heard = unheard,
) -> Audit:
    """Test every party, and every group that the user brings, in every table."""
    made = tables(observations)
    planned = [(table, label, False) for table in made for label in labels(table)]
    for table in made if groups else ():
        grouped = regrouped(table, groups or {})
        planned += [(grouped, label, True) for label in labels(grouped)] if grouped else []
    outcomes = []
    for number, (table, label, _) in enumerate(planned):
        heard("testing", number, len(planned))
        outcomes.append(outcome_of(table, label, seed=seed, large=large))
    family = correct([each.p for each in outcomes], [each.least for each in outcomes], level)
    counted = set(family.counted)
    tests = tuple(
        _told(table, label, grouped, outcome, family.adjusted[place], place in counted)
        for place, ((table, label, grouped), outcome) in enumerate(
            zip(planned, outcomes, strict=True)
        )
    )
    return Audit(level, tests, family, tuple(made))


def labels(table: Table) -> Sequence[str]:
    """Whom to test: everyone; of two, the one with fewer matters, since the other is its mirror."""
    count = Counter(party for cell in table.cells for party in cell.parties)
    order = sorted(count, key=lambda each: (count[each], each))
    return order[:1] if len(order) == 2 else sorted(order)


def outcome_of(table: Table, label: str, *, seed: str = "0", large: int = LARGE) -> Outcome:
    """The test of one party in one table."""
    return permutation_test(
        drawn(table, label),
        total(table, label),
        seed=f"{seed} {table.measure} {table.step} {label}",
        large=large,
    )


def drawn(table: Table, label: str) -> list[Drawn]:
    """The cells in which a party has matters."""
    cells = ((cell.scores, cell.parties.count(label)) for cell in table.cells)
    return [(scores, taken) for scores, taken in cells if taken]


def total(table: Table, label: str) -> int:
    """The sum of a party's scores."""
    return sum(
        score
        for cell in table.cells
        for party, score in zip(cell.parties, cell.scores, strict=True)
        if party == label
    )


def _told(
    table: Table, label: str, grouped: bool, outcome: Outcome, adjusted: Fraction, counts: bool
) -> Answer:
    matters = sum(cell.parties.count(label) for cell in table.cells)
    likes = sum(len(cell.units) for cell in table.cells if label in cell.parties)
    steps = _steps_summed(table)
    lead = Fraction(total(table, label), matters * GRAIN * steps)
    standing = min(Fraction(1), max(Fraction(0), Fraction(1, 2) + lead / 2))
    return Answer(
        table.measure, table.step, label, grouped, matters, likes, standing, outcome, adjusted,
        counts,
    )  # fmt: skip


def _steps_summed(table: Table) -> int:
    """How many ranks a score of this table is made of, at least."""
    largest = max(abs(score) for cell in table.cells for score in cell.scores)
    return max(1, -(-largest // GRAIN))
