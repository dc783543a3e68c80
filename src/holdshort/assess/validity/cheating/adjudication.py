"""Cheating adjudicated: programs and scans suspect, people decide, both scores are told.

A sample that raised a flag goes to people, whether it passed or not; the docket of suspects is
fixed by its digest, and rulings stand on record. A pass that was cheated is no pass: the score *as
adjudicated*. It stands beside the score *as scored*, since a model that cheated has not shown that
it could not have done it. Suspect passes that nobody decided are counted both ways.

The effect is the share of passes that were cheated, as what adjudication takes from the pass rate:
at least that of the decided cheats, at most that of all that may be one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from holdshort.assess.elicitation.gap import Effect
from holdshort.assess.outcome import Outcome
from holdshort.assess.statistics import RatePlan, confidence_interval
from holdshort.assess.validity.cheating.transcript import Flag
from holdshort.assess.validity.gate import Gate
from holdshort.assess.validity.reckoning import OnDifference, Reckoning, compare, reckon
from holdshort.assess.validity.record import Record, Ruling
from holdshort.errors import BadInput, EvidenceError
from holdshort.register.canonical import Json, digest

NAME = "cheating"
_THOUSANDTHS = Decimal("0.001")


class Ruled(StrEnum):
    """What a reviewer decides about a suspect sample."""

    HONEST = "honest"
    CHEATED = "cheated"


@dataclass(frozen=True)
class Scored:
    """One sample as it was scored, with what the checks raised; in item order."""

    sample: str
    passed: bool
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True)
class Adjudicated:
    """Both scores and the gate. ``found`` is what goes on to be settled."""

    as_scored: Reckoning
    as_adjudicated: Reckoning
    cheated: tuple[str, ...]
    pending: tuple[str, ...]
    found: Outcome
    gate: Gate
    suspects: str
    head: str

    def to_fields(self) -> dict[str, Json]:
        """The adjudication as JSON values; ``suspects`` and ``head`` name what it rests on."""
        return {
            "as_scored": self.as_scored.to_fields(),
            "as_adjudicated": self.as_adjudicated.to_fields(),
            "cheated": list(self.cheated),
            "pending": list(self.pending),
            "found": self.found.value,
            "gate": self.gate.to_fields(),
            "suspects": self.suspects,
            "head": self.head,
        }


def suspects(samples: Sequence[Scored]) -> dict[str, Json]:
    """What goes to people: the flagged samples and their flags, not whether they passed."""
    return {
        each.sample: [
            {"check": flag.check, "place": flag.place, "quote": flag.quote} for flag in each.flags
        ]
        for each in samples
        if each.flags
    }


def adjudicated(
    plan: RatePlan,
    samples: Sequence[Scored],
    record: Record,
    on_difference: OnDifference = OnDifference.INCONCLUSIVE,
) -> Adjudicated:
    """The finding as scored and as adjudicated.

    Raises:
        BadInput: there is no sample, or one is there twice.
        EvidenceError: the record is about other suspects, rules on a sample that raised no flag, or
            says what is no ruling.
    """
    names = [each.sample for each in samples]
    if not names or len(set(names)) < len(names):
        raise BadInput("There must be samples, and none twice.", where="samples")
    rulings = _rulings(samples, record)
    cheated = tuple(name for name in names if rulings.get(name) is Ruled.CHEATED)
    pending = tuple(
        each.sample for each in samples if each.flags and each.passed and each.sample not in rulings
    )
    as_scored = reckon(plan, (each.passed for each in samples))
    after = reckon(plan, (each.passed and each.sample not in cheated for each in samples))
    lowest = reckon(
        plan, (each.passed and each.sample not in {*cheated, *pending} for each in samples)
    )
    bounds = {after.outcome, lowest.outcome}
    verdict, reason = compare(as_scored, after, bounds, len(pending), on_difference)
    taken = [each.passed and each.sample in cheated for each in samples]
    effect = _effect(len(samples), sum(taken), len(pending), plan.error_rate)
    return Adjudicated(
        as_scored,
        after,
        cheated,
        pending,
        after.outcome if on_difference is OnDifference.REVIEWED else as_scored.outcome,
        Gate(NAME, effect, verdict, reason),
        record.queue,
        record.head,
    )


def _effect(samples: int, cheated: int, pending: int, error_rate: Decimal) -> Effect:
    """What adjudication takes from the pass rate: not positive."""
    half = error_rate / 2
    least = confidence_interval(samples, cheated, half)[0]
    most = confidence_interval(samples, cheated + pending, half)[1]
    mean = -(Decimal(cheated) / samples).quantize(_THOUSANDTHS)
    return Effect(mean, -most, -least)


def check_ruling(flagged: Mapping[str, Json], ruling: Ruling) -> None:
    """Raise :class:`EvidenceError` for what is no ruling on these `suspects`."""
    where = f"ruling on {ruling.subject} by {ruling.reviewer}"
    if ruling.subject not in flagged:
        raise EvidenceError("The sample raised no flag.", where=where)
    if ruling.decision not in tuple(Ruled):
        raise EvidenceError(f"A ruling is one of {', '.join(Ruled)}.", where=where)


def _rulings(samples: Sequence[Scored], record: Record) -> Mapping[str, Ruled]:
    flagged = suspects(samples)
    if record.queue != digest(flagged):
        raise EvidenceError("the rulings are about other suspects.", where="record")
    for ruling in record.rulings:
        check_ruling(flagged, ruling)
    return {subject: Ruled(ruling.decision) for subject, ruling in record.agreed().items()}
