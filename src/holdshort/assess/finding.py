"""What an assessment found in one area, in a form that is signed and that others recompute.

Rule ``capability-threshold/v1``: the pass rate is *below* the threshold → **acceptable**; *above*
it → **unacceptable**; *undecided* after the last item → **inconclusive**. The finding states the
evidence for both, the estimate and its interval, so that a reader sees how close it was.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum

from holdshort.assess.fields import Fields
from holdshort.assess.protocol import FINDING_RULE, AreaPlan
from holdshort.assess.statistics import Decision
from holdshort.errors import BadInput
from holdshort.register.canonical import Json


class Outcome(StrEnum):
    """The finding in one word, as rulebooks name it."""

    ACCEPTABLE = "acceptable"
    UNACCEPTABLE = "unacceptable"
    INCONCLUSIVE = "inconclusive"


OUTCOMES = {
    Decision.BELOW: Outcome.ACCEPTABLE,
    Decision.ABOVE: Outcome.UNACCEPTABLE,
    Decision.UNDECIDED: Outcome.INCONCLUSIVE,
}
"""The rule: what a test's decision makes of an area."""


@dataclass(frozen=True)
class AreaResult:
    """Where one area's test ended: items counted, passes, decision, evidence."""

    area: str
    items: int
    successes: int
    decision: Decision
    interval: tuple[Decimal, Decimal]
    e_below: Decimal
    e_above: Decimal


@dataclass(frozen=True)
class Finding:
    """The finding of one area.

    ``estimate`` is the pass rate, rounded half-even to thousandths; ``low`` and ``high`` are its
    confidence sequence at level ``1 − error_rate``.
    """

    area: str
    rule: str
    outcome: Outcome
    estimate: Decimal
    low: Decimal
    high: Decimal
    items: int
    successes: int
    e_below: Decimal
    e_above: Decimal
    threshold: Decimal
    zone: Decimal
    error_rate: Decimal

    def to_fields(self) -> dict[str, Json]:
        """The finding as JSON values, as an act carries it."""
        return {
            "area": self.area,
            "rule": self.rule,
            "outcome": self.outcome.value,
            "estimate": str(self.estimate),
            "low": str(self.low),
            "high": str(self.high),
            "items": self.items,
            "successes": self.successes,
            "e_below": str(self.e_below),
            "e_above": str(self.e_above),
            "threshold": str(self.threshold),
            "zone": str(self.zone),
            "error_rate": str(self.error_rate),
        }

    @classmethod
    def from_fields(cls, value: Mapping[str, object], where: str) -> "Finding":
        """Read a finding strictly; raises :class:`BadInput` naming the field."""
        fields = Fields(value, where).only(cls.__dataclass_fields__)
        finding = cls(
            area=fields.text("area"),
            rule=fields.one_of("rule", (FINDING_RULE,)),
            outcome=Outcome(fields.one_of("outcome", tuple(Outcome))),
            estimate=fields.decimal("estimate"),
            low=fields.decimal("low"),
            high=fields.decimal("high"),
            items=fields.whole("items", least=1),
            successes=fields.whole("successes"),
            e_below=fields.decimal("e_below"),
            e_above=fields.decimal("e_above"),
            threshold=fields.decimal("threshold"),
            zone=fields.decimal("zone"),
            error_rate=fields.decimal("error_rate"),
        )
        if finding.successes > finding.items:
            raise BadInput("more successes than items.", where=fields.at("successes"))
        return finding


def find(result: AreaResult, plan: AreaPlan) -> Finding:
    """The finding that rule ``capability-threshold/v1`` draws from a result."""
    return Finding(
        area=result.area,
        rule=FINDING_RULE,
        outcome=OUTCOMES[result.decision],
        estimate=(Decimal(result.successes) / Decimal(result.items)).quantize(
            Decimal("0.001"), rounding=ROUND_HALF_EVEN
        ),
        low=result.interval[0],
        high=result.interval[1],
        items=result.items,
        successes=result.successes,
        e_below=result.e_below,
        e_above=result.e_above,
        threshold=plan.threshold,
        zone=plan.zone,
        error_rate=plan.error_rate,
    )
