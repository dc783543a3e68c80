"""A finding with all items as keyed, and with the reviewed ones struck or keyed anew.

Reviews are blind to the model under test, so the items that remain are still drawn at random from
the good items of the bank, and the sequential test keeps its error rate on them. How far the pass
rate *c* of the reviewed bank lies from that as keyed, *p*, is an effect on all items:

    c − p = c·P(dropped, wrong) − (1 − c)·P(dropped, right) + P(wrong → right) − P(right → wrong)

Each of the five rates has a confidence sequence at a fifth of the error rate, and the right-hand
side rises or falls in each, so its interval holds at all times.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import StrEnum

from holdshort.assess.elicitation.gap import Effect
from holdshort.assess.outcome import Outcome
from holdshort.assess.statistics import RatePlan, confidence_interval
from holdshort.assess.suites.answers import same_text
from holdshort.assess.validity.audit.queue import Queue
from holdshort.assess.validity.gate import Gate
from holdshort.assess.validity.reckoning import OnDifference, Reckoning, compare, reckon
from holdshort.assess.validity.record import Record, Ruling
from holdshort.errors import EvidenceError
from holdshort.register.canonical import Json

NAME = "item-audit"
_THOUSANDTHS = Decimal("0.001")


class Review(StrEnum):
    """What a reviewer decides about an item."""

    KEEP = "keep"
    DROP = "drop"
    REKEY = "rekey"


@dataclass(frozen=True)
class AuditPlan:
    """Fixed before any answer of the model under test is seen."""

    rate: RatePlan
    on_difference: OnDifference = OnDifference.INCONCLUSIVE


@dataclass(frozen=True)
class Answered:
    """What the model under test answered to an item of the bank; in item order."""

    item: str
    key: str
    answer: str


@dataclass(frozen=True)
class Audited:
    """Both findings and the gate. ``found`` is what goes on to be settled."""

    as_keyed: Reckoning
    reviewed: Reckoning
    dropped: int
    rekeyed: int
    pending: tuple[str, ...]
    found: Outcome
    gate: Gate
    queue: str
    head: str

    def to_fields(self) -> dict[str, Json]:
        """The audit as JSON values; ``queue`` and ``head`` name what it rests on."""
        return {
            "as_keyed": self.as_keyed.to_fields(),
            "reviewed": self.reviewed.to_fields(),
            "dropped": self.dropped,
            "rekeyed": self.rekeyed,
            "pending": list(self.pending),
            "found": self.found.value,
            "gate": self.gate.to_fields(),
            "queue": self.queue,
            "head": self.head,
        }


def audited(
    plan: AuditPlan,
    queue: Queue,
    record: Record,
    answers: Sequence[Answered],
    correct: Callable[[str, str], bool] = same_text,
) -> Audited:
    """The finding with and without the items that reviewers struck.

    ``correct`` marks (answer, key). Items to be reviewed on which there is no agreed decision are
    counted for the model, against it, and not at all; if that makes a difference, the gate is
    *unknown*.

    Raises:
        EvidenceError: the record is of another queue, decides on an item that was not to be
            reviewed, or says what is no decision; an answer is to an item or key not of the bank.
    """
    top = {suspect.item for suspect in queue.to_review}
    struck = _decisions(queue, record)
    _check_answers(queue, answers)
    before = [correct(each.answer, each.key) for each in answers]
    after = [
        _reviewed(each, mark, struck.get(each.item), correct)
        for each, mark in zip(answers, before, strict=True)
    ]
    pending = tuple(each.item for each in answers if each.item in top and each.item not in struck)
    as_keyed = reckon(plan.rate, before)
    reviewed = reckon(plan.rate, (mark for mark in after if mark is not None))
    bounds = {
        reckon(plan.rate, _with(answers, after, pending, mark)).outcome
        for mark in (False, True, None)
    }
    verdict, reason = compare(as_keyed, reviewed, bounds, len(pending), plan.on_difference)
    follows = plan.on_difference is OnDifference.REVIEWED
    return Audited(
        as_keyed,
        reviewed,
        dropped=after.count(None),
        rekeyed=sum(
            struck[each.item][0] is Review.REKEY for each in answers if each.item in struck
        ),
        pending=pending,
        found=reviewed.outcome if follows else as_keyed.outcome,
        gate=Gate(NAME, shift(before, after, plan.rate.error_rate), verdict, reason),
        queue=queue.digest,
        head=record.head,
    )


def _reviewed(
    answer: Answered,
    mark: bool,
    decided: tuple[Review, str] | None,
    correct: Callable[[str, str], bool],
) -> bool | None:
    """The mark of an answer once its item was reviewed; None if the item is dropped."""
    if decided is None or decided[0] is Review.KEEP:
        return mark
    return None if decided[0] is Review.DROP else correct(answer.answer, decided[1])


def shift(before: Sequence[bool], after: Sequence[bool | None], error_rate: Decimal) -> Effect:
    """``c − p`` and its interval at all times; None in ``after`` is an item that was dropped."""
    moves = list(zip(before, after, strict=True))
    kept = [mark for mark in after if mark is not None]
    each = error_rate / 5
    c = confidence_interval(len(kept), sum(kept), each)
    lost, shed, up, down = (
        confidence_interval(len(moves), moves.count(move), each)
        for move in ((False, None), (True, None), (False, True), (True, False))
    )
    low = c[0] * lost[0] - (1 - c[0]) * shed[1] + up[0] - down[1]
    high = c[1] * lost[1] - (1 - c[1]) * shed[0] + up[1] - down[0]
    mean = (
        Decimal(sum(kept)) / len(kept) - Decimal(sum(before)) / len(before) if kept else Decimal(0)
    )
    return Effect(
        mean.quantize(_THOUSANDTHS),
        low.quantize(_THOUSANDTHS, rounding=ROUND_FLOOR),
        high.quantize(_THOUSANDTHS, rounding=ROUND_CEILING),
    )


def check_review(queue: Queue, ruling: Ruling) -> None:
    """Raise :class:`EvidenceError` for a ruling that is no review of the queue."""
    where = f"review of {ruling.subject} by {ruling.reviewer}"
    key = next((each.key for each in queue.to_review if each.item == ruling.subject), None)
    if key is None:
        raise EvidenceError(
            "The item is not among those to be reviewed.",
            where=where,
            do="Items are struck in the order of the queue, down to its share.",
        )
    if ruling.decision not in tuple(Review):
        raise EvidenceError(
            f"{ruling.decision!r} is no decision.", where=where, do=f"One of {', '.join(Review)}."
        )
    if (ruling.decision == Review.REKEY) != bool(ruling.value):
        raise EvidenceError("A new key goes with 'rekey', and with nothing else.", where=where)
    if ruling.value == key:
        raise EvidenceError("The new key is the old one.", where=where)


def _decisions(queue: Queue, record: Record) -> dict[str, tuple[Review, str]]:
    if record.queue != queue.digest:
        raise EvidenceError("the reviews are about another queue.", where="record")
    for ruling in record.rulings:
        check_review(queue, ruling)
    return {
        item: (Review(ruling.decision), ruling.value) for item, ruling in record.agreed().items()
    }


def _check_answers(queue: Queue, answers: Sequence[Answered]) -> None:
    keys = {suspect.item: suspect.key for suspect in queue.suspects}
    if not answers or len({each.item for each in answers}) < len(answers):
        raise EvidenceError("Each item is answered once, and one at least.", where="answers")
    for each in answers:
        if keys.get(each.item) != each.key:
            raise EvidenceError("The item or its key is not the bank's.", where=each.item)


def _with(
    answers: Sequence[Answered],
    after: Sequence[bool | None],
    pending: Sequence[str],
    mark: bool | None,
) -> list[bool]:
    """The reviewed marks, with every pending item marked alike, or dropped."""
    marks = [
        mark if each.item in pending else was for each, was in zip(answers, after, strict=True)
    ]
    return [each for each in marks if each is not None]
