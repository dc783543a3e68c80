"""A judge model, held against people: how often it is right, and what that leaves of a pass rate.

A judge passes and fails answers as a diagnostic test does: with a *sensitivity* (it passes what
people pass) and a *specificity* (it fails what people fail). Both are measured on answers that
people labelled without seeing the judge's word, drawn by a hash with a secret seed so that nobody
picks easy ones. Intervals are exact (Clopper & Pearson 1934).

The pass rate *q* that the judge reports is corrected (Rogan & Gladen 1978),

    p = (q + specificity − 1) / (sensitivity + specificity − 1),

which is monotone in each of the three, so the interval of *p* is spanned by the corners of their
intervals, each at a third of the error rate.

The gate is *sound* if both rates are surely as good as the protocol demands and the corrected
interval still bears the finding out.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from itertools import product

from scipy.stats import beta

from holdshort.assess.elicitation.gap import Effect
from holdshort.assess.outcome import Outcome
from holdshort.assess.statistics import RatePlan, confidence_interval
from holdshort.assess.validity.gate import Gate, Verdict
from holdshort.assess.validity.record import Record
from holdshort.errors import BadInput, EvidenceError
from holdshort.register.canonical import Json, digest

NAME = "judge"
PASS, FAIL = "pass", "fail"
_THOUSANDTHS = Decimal("0.001")
_SLACK = 1e-9
"""What an end may lie further out for the error of floating point."""


@dataclass(frozen=True)
class JudgePlan:
    """What the protocol demands of a judge; ``labels`` answers are labelled by people."""

    rate: RatePlan
    least_sensitivity: Decimal = Decimal("0.80")
    least_specificity: Decimal = Decimal("0.80")
    labels: int = 200
    error_rate: Decimal = Decimal("0.05")

    def __post_init__(self) -> None:
        for name in ("least_sensitivity", "least_specificity", "error_rate"):
            value = getattr(self, name)
            if not (value.is_finite() and 0 < value < 1):
                raise BadInput(f"must lie strictly between 0 and 1, not {value}.", where=name)
        if self.least_sensitivity + self.least_specificity <= 1:
            raise BadInput(
                "a judge that does no better than chance corrects nothing: "
                "the two must add up to more than 1.",
                where="least_sensitivity",
            )
        if self.labels < 1:
            raise BadInput(f"must be 1 or more, not {self.labels}.", where="labels")


@dataclass(frozen=True)
class Share:
    """``hits`` of ``number``, and the exact interval of the rate behind them."""

    hits: int
    number: int
    low: Decimal
    high: Decimal

    def __str__(self) -> str:
        return f"{self.hits} of {self.number} [{self.low}, {self.high}]"

    def to_fields(self) -> dict[str, Json]:
        """The share as JSON values."""
        return {
            "hits": self.hits,
            "number": self.number,
            "low": str(self.low),
            "high": str(self.high),
        }


@dataclass(frozen=True)
class Calibrated:
    """A judge's rates, the pass rate corrected for them (None: it cannot be), and the gate."""

    sensitivity: Share
    specificity: Share
    corrected: Effect | None
    gate: Gate
    head: str

    def to_fields(self) -> dict[str, Json]:
        """The calibration as JSON values; ``head`` names the record of labels."""
        return {
            "sensitivity": self.sensitivity.to_fields(),
            "specificity": self.specificity.to_fields(),
            "corrected": self.corrected.to_fields() if self.corrected else None,
            "gate": self.gate.to_fields(),
            "head": self.head,
        }


def to_label(samples: Sequence[str], seed: bytes, labels: int) -> tuple[str, ...]:
    """Which samples people label: those with the least hashes under a seed kept until then."""
    drawn = sorted(samples, key=lambda each: hashlib.sha256(seed + each.encode()).digest())
    return tuple(drawn[:labels])


def calibrated(
    plan: JudgePlan, verdicts: Mapping[str, bool], seed: bytes, record: Record, measured: Outcome
) -> Calibrated:
    """Hold a judge's ``verdicts`` (by sample) against the labels on record.

    ``measured`` is the finding that rests on the verdicts. Samples on which people differ have no
    label. Raises :class:`BadInput` without verdicts, and :class:`EvidenceError` for a record whose
    queue is not the digest of the drawn samples, for a label of another sample, or of no word.
    """
    if not verdicts:
        raise BadInput("There are no verdicts.", where="verdicts")
    drawn = to_label(tuple(verdicts), seed, plan.labels)
    if record.queue != digest(drawn):
        raise EvidenceError("the labels are of other samples than those drawn.", where="record")
    for ruling in record.rulings:
        where = f"label of {ruling.subject} by {ruling.reviewer}"
        if ruling.subject not in drawn:
            raise EvidenceError("The sample was not drawn to be labelled.", where=where)
        if ruling.decision not in (PASS, FAIL):
            raise EvidenceError(f"A label is {PASS!r} or {FAIL!r}.", where=where)
    pairs = [
        (verdicts[sample], ruling.decision == PASS) for sample, ruling in record.agreed().items()
    ]
    each = plan.error_rate / 3
    sensitivity = share([judge for judge, human in pairs if human], each)
    specificity = share([not judge for judge, human in pairs if not human], each)
    passes = sum(verdicts.values())
    corrected, shift = _corrected(passes, len(verdicts), sensitivity, specificity, each)
    unlabelled = len(drawn) - len(pairs)
    verdict, reason = _judged(plan, sensitivity, specificity, corrected, measured, unlabelled)
    return Calibrated(
        sensitivity, specificity, corrected, Gate(NAME, shift, verdict, reason), record.head
    )


def share(marks: Sequence[bool], error_rate: Decimal) -> Share:
    """The exact interval of Clopper and Pearson, ends rounded outwards to thousandths."""
    number, hits = len(marks), sum(marks)
    half = float(error_rate) / 2
    low = beta.ppf(half, hits, number - hits + 1) if hits else 0.0
    high = beta.ppf(1 - half, hits + 1, number - hits) if hits < number else 1.0
    return Share(
        hits,
        number,
        Decimal(max(float(low) - _SLACK, 0.0)).quantize(_THOUSANDTHS, rounding=ROUND_FLOOR),
        Decimal(min(float(high) + _SLACK, 1.0)).quantize(_THOUSANDTHS, rounding=ROUND_CEILING),
    )


def rogan_gladen(rate: Decimal, sensitivity: Decimal, specificity: Decimal) -> Decimal:
    """The corrected rate, not cut to [0, 1]."""
    return (rate + specificity - 1) / (sensitivity + specificity - 1)


def _corrected(
    passes: int, number: int, sensitivity: Share, specificity: Share, error_rate: Decimal
) -> tuple[Effect | None, Effect | None]:
    """The corrected rate, and how far it lies from the judge's; None if it could be anything."""
    if sensitivity.low + specificity.low <= 1:
        return None, None
    seen = Decimal(passes) / number
    best = rogan_gladen(
        seen,
        Decimal(sensitivity.hits) / sensitivity.number,
        Decimal(specificity.hits) / specificity.number,
    )
    box = product(
        confidence_interval(number, passes, error_rate),
        (sensitivity.low, sensitivity.high),
        (specificity.low, specificity.high),
    )
    corners = [(rogan_gladen(*corner), corner[0]) for corner in box]
    rates = [_cut(rate, 0) for rate, _ in corners]
    shifts = [_cut(rate - judged, -1) for rate, judged in corners]
    return _effect(_cut(best, 0), rates), _effect(_cut(best - seen, -1), shifts)


def _cut(value: Decimal, least: int) -> Decimal:
    return min(max(value, Decimal(least)), Decimal(1))


def _effect(best: Decimal, ends: Sequence[Decimal]) -> Effect:
    return Effect(
        best.quantize(_THOUSANDTHS, rounding=ROUND_HALF_EVEN),
        min(ends).quantize(_THOUSANDTHS, rounding=ROUND_FLOOR),
        max(ends).quantize(_THOUSANDTHS, rounding=ROUND_CEILING),
    )


def _judged(
    plan: JudgePlan,
    sensitivity: Share,
    specificity: Share,
    corrected: Effect | None,
    measured: Outcome,
    unlabelled: int,
) -> tuple[Verdict, str]:
    told = f"sensitivity {sensitivity}, specificity {specificity}"
    demands = (
        (sensitivity, plan.least_sensitivity),
        (specificity, plan.least_specificity),
    )
    if any(found.high < least for found, least in demands):
        return Verdict.DOUBTFUL, f"the judge is worse than the protocol demands: {told}"
    if unlabelled:
        return Verdict.UNKNOWN, f"{unlabelled} of the drawn answers have no agreed label: {told}"
    if corrected is None or any(found.low < least for found, least in demands):
        return Verdict.UNKNOWN, f"the labels do not show that the judge is good enough: {told}"
    low, high = plan.rate.threshold - plan.rate.zone, plan.rate.threshold + plan.rate.zone
    borne_out = {
        Outcome.ACCEPTABLE: corrected.high < high,
        Outcome.UNACCEPTABLE: corrected.low > low,
        Outcome.INCONCLUSIVE: True,
    }[measured]
    if not borne_out:
        return Verdict.UNKNOWN, f"corrected for the judge, {corrected}, the rate is not settled"
    return Verdict.SOUND, f"corrected for the judge the pass rate is {corrected}: {told}"
