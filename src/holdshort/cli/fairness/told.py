"""The audit as it is told: one thing for the terminal, the JSON document, the CSV and the page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from holdshort.docket.fairness.measures import DAY, MEASURES, SHARES, stratum_of
from holdshort.docket.fairness.situations import seconds

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from holdshort.docket.fairness import Answer, Audit, Choice, Observation, Record
    from holdshort.docket.fairness.power import Power

NOTHING = "Nothing found, and this is how much could have been hidden."
SHORT = "This record is too short to show any bias: whatever was done in it, no test could tell."
CAUSE = (
    "A finding says that the facts which the law reads do not explain the difference. It does not "
    "say why: ask for the reasons."
)


@dataclass(frozen=True)
class Told:
    """An audit with what it was made of."""

    register: str
    record: "Record"
    observations: "Sequence[Observation]"
    audit: "Audit"
    powers: "Sequence[Power]"
    effect: Fraction
    seed: str
    runs: int
    groups: Mapping[str, str]

    @property
    def verdict(self) -> str:
        """The answer in one sentence."""
        number = len(self.audit.found)
        if number:
            things = "thing" if number == 1 else "things"
            return f"Found: {number} {things} that facts do not explain."
        return NOTHING if self.able else SHORT

    @property
    def able(self) -> bool:
        """Whether any bias at all could have been seen."""
        return self.audit.able or any(each.parties for each in self.powers)

    @property
    def summary(self) -> str:
        """What was read and tested."""
        choices = self.record.choices
        made = sum(each.act is not None for each in choices)
        parties = len({each.party for each in choices})
        matters = len({each.matter for each in choices})
        counted, planned = len(self.audit.family.counted), len(self.audit.tests)
        return (
            f"{self.record.entries} entries up to {self.record.end}: {made} choices made and "
            f"{len(choices) - made} open, in {matters} matters of {parties} parties. "
            f"{counted} of {planned} tests could tell anything; all of them together accuse a fair "
            f"record with a chance of {percent(self.audit.level)} at most."
        )

    def sampled(self) -> int:
        """How many tests were too large to be counted out."""
        return sum(bool(each.outcome.draws) for each in self.audit.tests)


def sentence(answer: "Answer") -> str:
    """What a test found, in words."""
    how = "worse" if answer.outcome.higher else "better"
    share = answer.standing if answer.outcome.higher else 1 - answer.standing
    who = f"The group {answer.label}" if answer.grouped else answer.label
    return (
        f"{who} fared {how} than {percent(share)} of its likes in {MEASURES[answer.measure]} "
        f"({answer.step}): {answer.matters} of {answer.likes} like matters, "
        f"p = {chance(answer.adjusted)} corrected, {chance(answer.outcome.p)} alone"
    )


def power_row(power: "Power") -> tuple[str, str, str, str]:
    """Measure, planted bias, chance of seeing it, smallest bias that is seen 4 times of 5."""
    kind = "points" if power.measure in SHARES else "% more"
    planted = f"{float(power.effect) * 100:g} {kind}"
    if not power.parties:
        return power.measure, planted, "0 %: too few like matters", "none"
    low, high = power.interval
    seen = f"{percent(power.share)} ({low * 100:.0f} to {high * 100:.0f} %)"
    smallest = "none tried" if power.visible is None else f"{float(power.visible) * 100:g} {kind}"
    return power.measure, planted, seen, smallest


def percent(share: Fraction) -> str:
    """``5 %``."""
    return f"{float(share) * 100:.3g} %"


def chance(p: Fraction) -> str:
    """A p-value with two digits."""
    return f"{float(p):.2g}"


def decimal(number: Fraction, places: int = 6) -> str:
    """An exact number as a decimal string, rounded where it does not end."""
    value = Decimal(number.numerator) / Decimal(number.denominator)
    return f"{value.normalize():.{places}g}" if value else "0"


HEADS = (
    "entry", "at", "case", "party", "office", "by", "state", "chosen", "also open", "weight",
    "days open", "like choices", "same act", "reasons",
)  # fmt: skip


def choice_rows(told: Told) -> "Iterator[tuple[str, ...]]":
    """Every choice with its reasons and what was chosen in those with equal facts."""
    alike: dict[Hashable, list[Choice]] = {}
    for each in told.record.choices:
        alike.setdefault(stratum_of(each), []).append(each)
    for each in told.record.choices:
        likes = [other for other in alike[stratum_of(each)] if other.case != each.case]
        made = [other for other in likes if other.act is not None]
        same = sum(other.act == each.act for other in made)
        days = Fraction(seconds(each.since, each.at), DAY)
        yield (
            "" if each.entry is None else str(each.entry),
            each.at,
            each.case,
            each.party,
            each.role,
            each.by or "",
            each.state,
            each.act or "still open",
            ", ".join(act for act in each.open if act != each.act),
            str(each.weights[each.act]) if each.act else "",
            f"{float(days):.2f}",
            ", ".join(dict.fromkeys(other.case for other in likes)),
            f"{same} of {len(made)}",
            each.reasons,
        )
