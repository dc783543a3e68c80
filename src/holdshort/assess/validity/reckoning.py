"""What the sequential test of an area makes of a row of marks: the same items, marked another way.

Keys that are struck and samples that were cheated change marks, not the plan. The test runs over
the marks in item order and ends where it decides; marks that run out before it does leave the
finding *inconclusive*.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from holdshort.assess.outcome import OUTCOMES, Outcome
from holdshort.assess.statistics import Decision, RatePlan, SequentialRateTest
from holdshort.assess.validity.gate import Verdict
from holdshort.register.canonical import Json


class OnDifference(StrEnum):
    """What a protocol may say of a finding that a review changes: by default neither counts."""

    INCONCLUSIVE = "inconclusive"
    REVIEWED = "reviewed"


@dataclass(frozen=True)
class Reckoning:
    """Items counted, passes, the interval of their rate, and the finding."""

    items: int
    successes: int
    interval: tuple[Decimal, Decimal]
    outcome: Outcome

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.successes} of {self.items} [{low}, {high}], {self.outcome}"

    def to_fields(self) -> dict[str, Json]:
        """The reckoning as JSON values."""
        return {
            "items": self.items,
            "successes": self.successes,
            "low": str(self.interval[0]),
            "high": str(self.interval[1]),
            "outcome": self.outcome.value,
        }


def reckon(plan: RatePlan, marks: Iterable[bool]) -> Reckoning:
    """Run the test of ``plan`` over marks in item order."""
    test = SequentialRateTest(plan)
    for mark in marks:
        if test.update(mark) is not None:
            break
    outcome = OUTCOMES[test.decision or Decision.UNDECIDED]
    return Reckoning(test.n, test.successes, test.interval(), outcome)


def compare(
    before: Reckoning,
    after: Reckoning,
    bounds: Collection[Outcome],
    pending: int,
    on_difference: OnDifference,
) -> tuple[Verdict, str]:
    """The verdict on a finding ``before`` and ``after`` a review.

    ``bounds`` are the findings with everything that is pending counted one way and the other.
    """
    if set(bounds) != {after.outcome}:
        return Verdict.UNKNOWN, f"{pending} suspects are not decided, and the finding depends on it"
    if before.outcome is after.outcome:
        return Verdict.SOUND, f"{before.outcome} before the review and after it"
    told = f"before the review {before}; after it {after}"
    if on_difference is OnDifference.REVIEWED:
        return Verdict.SOUND, f"the protocol takes the reviewed finding: {told}"
    return Verdict.DOUBTFUL, told
