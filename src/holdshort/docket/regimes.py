"""Whether one regime covers a model and its developer: facts against a book, without a register.

- The answer has three values. A fact that nobody attested, or a number that is not known well
  enough, makes it *indeterminate* only if the answer hangs on it.
- Training compute is what the regime counts, with its interval; where the regime allows an error
  of its own, with that one if it is wider.
- A regime that is not in force is asked as it will be on the day on which it comes into force, or,
  if no day is set, as it is proposed. Whoever reads the answer is told.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import cast

from holdshort.docket.spans import (
    Environment,
    Line,
    Number,
    Span,
    decide,
    decide_over,
    lines,
)
from holdshort.rulebook.condition import Condition
from holdshort.rulebook.expression import Unknown, Value, explain, names, show
from holdshort.rulebook.model import DatedValue, Rulebook

COMPUTE = "model.training_compute"
"""The fact that is estimated; every other one is attested."""

COVERED, NOT_COVERED, INDETERMINATE = "covered", "not covered", "indeterminate"
IN_FORCE = "in force"


@dataclass(frozen=True)
class Situation:
    """What is known of one model and its developer, as one regime counts.

    ``compute`` is the training compute on a day, None where nothing is known of it; ``days`` are
    those between which it is reckoned, empty where it is not known how it grew; ``released`` is the
    day on which the model was.
    """

    facts: Mapping[str, bool | Decimal]
    compute: Callable[[date], Span | None]
    days: tuple[date, ...] = ()
    released: date | None = None


@dataclass(frozen=True)
class Answer:
    """Covered, not covered, or indeterminate for want of ``missing`` facts.

    ``uncertain`` says that it hangs on where in its interval the training compute lies.
    """

    verdict: str
    missing: tuple[str, ...] = ()
    uncertain: bool = False


@dataclass(frozen=True)
class Odds:
    """A line that the training compute is held against, and how likely it is above."""

    line: Line
    over: Decimal | None


@dataclass(frozen=True)
class Ruling:
    """The answer for all who may be covered, or for one class, and every comparison behind it."""

    answer: Answer
    odds: tuple[Odds, ...]
    reasons: tuple[str, ...]


def rule(book: Rulebook, situation: Situation, day: date, of: str | None = None) -> Ruling:
    """What the book says of the situation on ``day``; of one class of those covered, if named."""
    conditions = conditions_of(book, of)
    env = environment(book, situation.facts, day)
    span = span_on(book, situation, day)
    odds = [
        Odds(line, span.over(_decimal(line)) if span and span.over else None)
        for line in lines(conditions, env, COMPUTE) or ()
    ]
    return Ruling(
        answer(book, situation, day, of), tuple(odds), tuple(_reasons(conditions[-1], env, span))
    )


def answer(book: Rulebook, situation: Situation, day: date, of: str | None = None) -> Answer:
    """Whether the situation on ``day`` is covered; by one class, if it is named."""
    return answer_for(book, situation.facts, day, of, span_on(book, situation, day))


def answer_for(
    book: Rulebook,
    facts: Mapping[str, bool | Decimal],
    day: date,
    of: str | None,
    span: Span | None,
) -> Answer:
    """The same for a training compute that is given."""
    env, conditions = environment(book, facts, day), conditions_of(book, of)
    if span is None:
        decided = decide(conditions, lambda _: env(None), 0)
    else:
        decided = decide_over(conditions, env, COMPUTE, span)
    if not isinstance(decided, Unknown):
        return Answer(COVERED if decided else NOT_COVERED)
    uncertain = span is not None and COMPUTE in decided.names
    missing = decided.names - ({COMPUTE} if uncertain else set())
    return Answer(INDETERMINATE, tuple(sorted(missing)), uncertain)


def conditions_of(book: Rulebook, of: str | None) -> tuple[Condition, ...]:
    """The coverage clause, and with a class its own beside it."""
    everyone = book.coverage.when
    return (everyone,) if of is None else (everyone, book.coverage.classes[of].when)


def environment(book: Rulebook, facts: Mapping[str, bool | Decimal], day: date) -> Environment:
    """What the coverage clause may read on ``day``, for any training compute."""
    records: dict[str, dict[str, object]] = {"model": {}}
    for name in book.facts:
        record, _, member = name.partition(".")
        records.setdefault(record, {})
        if name in facts:
            records[record][member] = facts[name]
    values = {name: dated.value for name, dated in foreseen_values(book, day).items()}
    common: dict[str, object] = {**records, "value": values, "areas": book.area_words}

    def known(compute: Number | None) -> Mapping[str, object]:
        if compute is None:
            return common
        return {**common, "model": {**records["model"], "training_compute": compute}}

    return known


def foreseen_values(book: Rulebook, day: date) -> dict[str, DatedValue]:
    """The dated values of the law on ``day``.

    Of a regime not in force, those of the day on which it comes into force; of a proposal, the
    first ones where none holds yet.
    """
    if in_force(book, day):
        found = {name: value.on(day) for name, value in book.values.items()}
    else:
        coming = takes_effect(book, day)
        asked = max(day, coming) if coming else day
        found = {name: value.on(asked) or value.history[0] for name, value in book.values.items()}
    return {name: dated for name, dated in found.items() if dated}


def values_read(book: Rulebook, day: date, of: str | None = None) -> dict[str, DatedValue]:
    """Those dated values that the clause reads."""
    read = {path for condition in conditions_of(book, of) for path in names(condition.tree)}
    return {n: dated for n, dated in foreseen_values(book, day).items() if f"value.{n}" in read}


def in_force(book: Rulebook, day: date) -> bool:
    """Whether the regime is law on ``day``."""
    phase = book.phase(day)
    return phase is not None and phase.status == IN_FORCE


def takes_effect(book: Rulebook, day: date) -> date | None:
    """The day after ``day`` on which the regime comes into force; None if none is set."""
    coming = (phase.since for phase in book.phases if phase.status == IN_FORCE)
    return next((since for since in coming if since > day), None)


def span_on(book: Rulebook, situation: Situation, day: date) -> Span | None:
    """Training compute on ``day``, with the error that the regime allows if that is wider."""
    span, margin = situation.compute(day), book.coverage.compute.margin
    return span.widened(margin) if span and margin is not None else span


def _reasons(condition: Condition, env: Environment, span: Span | None) -> Sequence[str]:
    """Every comparison with its values; of an uncertain one, what its ends say."""

    def at(number: Decimal | None) -> list[tuple[str, Value]]:
        known = cast("Mapping[str, Value]", env(number))
        return [(each.text, each.value) for each in explain(condition.tree, known)]

    if span is None:
        return [text for text, _ in at(None)]
    found = []
    for (text, _), (_, low), (_, high) in zip(
        at(span.value), at(span.low), at(span.high), strict=True
    ):
        ends = f"; {show(low)} at {show(span.low)}, {show(high)} at {show(span.high)}"
        found.append(text + (ends if low != high else ""))
    return found


def _decimal(line: Line) -> Decimal:
    return Decimal(line.at.numerator) / Decimal(line.at.denominator)
