"""What the record says of an assessor, and the rating that the law makes of it.

The book decides which class follows from the record and how many tickets each class has in a draw;
here the record is counted, from the acts alone:

============= ====================================================================================
tests         proficiency tests that were scored
right_percent of all that was asked in them, the share that was right, in whole percent, rounded
              down; 0 without a test
missed        planted models that hid an ability and were found acceptable
late          duties of the assessor that it did late, or has left undone until after they were due
reversed      acts by which an appeal changed what rested on its findings (effect ``reversal``)
============= ====================================================================================

A class is published by an act that states these numbers (`check.rating_true` counts again), so
nobody can give or keep back a class that the record does not. The last publication counts.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from holdshort.docket.duties import owed
from holdshort.docket.state import Case
from holdshort.register.canonical import Json
from holdshort.rulebook.model import Rulebook

if TYPE_CHECKING:
    from holdshort.docket.docket import Docket

RATING, ACCREDITATION, PROFICIENCY = "rating", "accreditation", "proficiency"
"""The kinds of case in which an assessor is rated, accredited and tested."""


@dataclass(frozen=True)
class Record:
    """An assessor's recorded performance; what each number counts is told above."""

    tests: int
    right_percent: int
    missed: int
    late: int
    reversed: int

    def to_fields(self) -> dict[str, Json]:
        """As the act that publishes a rating states it."""
        return {
            "tests": self.tests,
            "right_percent": self.right_percent,
            "missed": self.missed,
            "late": self.late,
            "reversed": self.reversed,
        }


def record(docket: "Docket", party: str, now: str) -> Record:
    """The recorded performance of an assessor at ``now``."""
    scores = list(_scores(docket, party))
    areas = [counts for score in scores for counts in score.values() if isinstance(counts, dict)]
    asked, right, missed = (
        sum(int(str(counts.get(name, 0))) for counts in areas)
        for name in ("asked", "right", "missed")
    )
    late = [
        item
        for case in docket.cases.values()
        for item in owed(docket, case, now)
        if item.party == party and item.status == "late"
    ]
    reversals = [each for case in docket.cases.values() for each in _reversals(docket, case, party)]
    return Record(
        tests=len(scores),
        right_percent=100 * right // asked if asked else 0,
        missed=missed,
        late=len(late),
        reversed=len(reversals),
    )


def rated(docket: "Docket", party: str, now: str) -> str | None:
    """The class in force: the one published last, else the one that the law gives who has none.

    None where the law rates nobody.
    """
    last = max(
        (
            (case.steps[-1].index, str(case.facts["class"]))
            for case in _concerning(docket, party, RATING)
            if case.steps and case.steps[-1].at <= now
        ),
        default=None,
    )
    if last is not None:
        return last[1]
    kind = docket.law.at(now).cases.get(RATING)
    fact = kind.facts.get("class") if kind else None
    return str(fact.default) if fact else None


def tickets_of(book: Rulebook, class_: str | None, day: date) -> int:
    """Tickets of a class in a draw, as the value ``tickets_<class>`` stood on ``day``.

    One where the law rates nobody, or says nothing of tickets; none where it says so.
    """
    value = book.values.get(f"tickets_{class_}")
    if value is None:
        return 1
    dated = value.on(day)
    return int(dated.value) if dated else 0


def holder(docket: "Docket", case: Case | None) -> str | None:
    """The assessor whose accreditation a case is, or concerns."""
    while case is not None and case.kind != ACCREDITATION:
        case = docket.cases.get(case.concerns) if case.concerns else None
    return case.bound.get("holder") if case else None


def _concerning(docket: "Docket", party: str, kind: str) -> Iterator[Case]:
    """Cases of a kind that concern an accreditation of ``party``."""
    for case in docket.bound(ACCREDITATION, "holder", party):
        found = (docket.cases[id_] for id_ in case.concerned_by)
        yield from (each for each in found if each.kind == kind)


def _scores(docket: "Docket", party: str) -> Iterator[Mapping[str, Json]]:
    """What came of each scored test: by area, how much was asked, right and missed."""
    for case in _concerning(docket, party, PROFICIENCY):
        score = case.memory.get("score")
        if isinstance(score, dict):
            yield score


def _reversals(docket: "Docket", case: Case, party: str) -> Iterator[Json]:
    """Acts of a case that changed on appeal what rested on the findings of ``party``."""
    kept = case.memory.get("reversals")
    if not isinstance(kept, list):
        return
    review = case if "assessor" in case.bound else docket.cases.get(case.concerns or "")
    if review is not None and review.bound.get("assessor") == party:
        yield from kept
