"""A rulebook as it stands on one day, asked about training compute."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Context, Decimal
from fractions import Fraction
from functools import cached_property
from typing import TypeGuard

from holdshort.errors import BadInput
from holdshort.rulebook.condition import Condition
from holdshort.rulebook.expression import (
    Binary,
    Name,
    Node,
    Select,
    Unknown,
    children,
    compile_closure,
    names,
)
from holdshort.rulebook.expression import Value as Known
from holdshort.rulebook.model import Rulebook

COMPUTE = "model.training_compute"
"""The one fact of the law that the table of models knows."""

_COMPUTE = Select(Name("model"), "training_compute")
_EXACT = Context(prec=28)
_ORDER = {"<", "<=", ">", ">="}


@dataclass(frozen=True)
class Law:
    """The coverage clause of ``book`` with its values as they stand on ``day``.

    ``of`` names the class of those covered that is asked about, None for all. ``line`` is the
    dated value that compute is held against; ``changed`` says that it is not the law's own.
    """

    book: Rulebook
    day: date
    of: str | None
    conditions: tuple[Condition, ...]
    values: Mapping[str, Decimal]
    line: str
    changed: bool = False

    @cached_property
    def threshold(self) -> Decimal:
        """What compute is held against, in FLOP."""
        return _lines(self.conditions, self.values)[self.line]

    @property
    def clause(self) -> str:
        """The condition that decides, in the language of rulebooks."""
        texts = [" ".join(condition.source.split()) for condition in self.conditions]
        return texts[0] if len(texts) == 1 else " && ".join(f"({text})" for text in texts)

    @property
    def unread(self) -> tuple[str, ...]:
        """The facts that the clause reads and the table of models does not know."""
        return tuple(sorted(_reads(self.conditions) & (self.book.facts.keys() - {COMPUTE})))

    def what_if(self, value: Decimal) -> "Law":
        """The same law with another number for its line."""
        same = value == self.values[self.line]
        return replace(self, values={**self.values, self.line: value}, changed=not same)

    def of_class(self, class_: str) -> "Law":
        """The same law, asked about one of the book's classes."""
        return replace(self, of=class_, conditions=_conditions(self.book, class_))

    def decide(self, flop: Decimal | None, facts: Mapping[str, Known]) -> bool | Unknown:
        """Whether a model of ``flop`` is covered, its other facts being ``facts`` or unknown.

        What a clause reads only where it is claimed, ``has(model.designated)``, nobody claims here.
        """
        known: dict[str, dict[str, Known]] = {}
        for path in self.book.facts:
            record, _, member = path.partition(".")
            stated = known.setdefault(record, {})
            if path in facts:
                stated[member] = facts[path]
        if flop is not None:
            known["model"]["training_compute"] = flop
        environment = {**known, "value": self.values, "areas": self.book.area_words}
        answers = [condition.decide(environment) for condition in self.conditions]
        return every(answer if isinstance(answer, Unknown) else bool(answer) for answer in answers)

    def excludes(self, flop: Decimal) -> bool:
        """Whether compute alone keeps a model out, whatever its other facts are."""
        return self.decide(flop, {}) is False


def stand(book: Rulebook, day: date, *, of: str | None = None, value: str | None = None) -> Law:
    """The law of ``book`` on ``day``, for everyone covered or for the class ``of``.

    ``value`` names the dated value that is the line, where the clause has several; left out, a
    class's own line goes before the one that everyone covered is over.

    Raises:
        BadInput: no such class or value, no compute line, several, or a value not in force yet.
    """
    conditions = _conditions(book, of)
    reads = _reads(conditions)
    if COMPUTE not in reads:
        raise BadInput(
            f"The coverage clause of {book.id} does not read {COMPUTE}.",
            where=conditions[0].where,
            do="A table of models knows training compute alone, so it can say nothing of this law.",
        )
    values: dict[str, Decimal] = {}
    for name, dated in book.values.items():
        in_force = dated.on(day)
        if in_force is not None:
            values[name] = in_force.value
        elif f"value.{name}" in reads:
            first = dated.history[0].since
            raise BadInput(
                f"{book.id} sets no {name} on {day}; it does from {first} on.",
                where=conditions[0].where,
                do=f"Ask with --as-of {first}.",
            )
    lines = _lines(conditions, values)
    narrower = _lines(conditions[1:], values)  # a class's own line goes before the one above it
    if value is None and len(narrower) == 1:
        lines = narrower
    return Law(book, day, of, conditions, values, _choose(book, lines, value))


def every(answers: Iterator[bool | Unknown]) -> bool | Unknown:
    """Kleene's `and`: false if one is false, else unknown if one is unknown."""
    unknown: Unknown | None = None
    for answer in answers:
        if answer is False:
            return False
        if isinstance(answer, Unknown):
            unknown = answer if unknown is None else unknown | answer
    return True if unknown is None else unknown


def _conditions(book: Rulebook, of: str | None) -> tuple[Condition, ...]:
    if of is None:
        return (book.coverage.when,)
    if of not in book.coverage.classes:
        known = ", ".join(book.coverage.classes) or "none"
        raise BadInput(
            f"{book.id} knows no class {of!r} of those covered.",
            where="--class",
            do=f"It knows: {known}.",
        )
    return book.coverage.when, book.coverage.classes[of].when


def _reads(conditions: tuple[Condition, ...]) -> frozenset[str]:
    return frozenset().union(*(names(condition.tree) for condition in conditions))


def _choose(book: Rulebook, lines: Mapping[str, Decimal], value: str | None) -> str:
    """The line that is asked for, or the only one."""
    known = ", ".join(f"{name} ({book.values[name].unit})" for name in lines) or "none"
    if value is not None and value not in lines:
        raise BadInput(
            f"The coverage clause of {book.id} compares {COMPUTE} with no value {value!r}.",
            where="--value",
            do=f"It compares it with: {known}.",
        )
    if value is None and len(lines) != 1:
        some = "several values" if lines else "no dated value"
        raise BadInput(
            f"The coverage clause of {book.id} compares {COMPUTE} with {some}.",
            do=f"Name one with --value: {known}." if lines else "There is no line to replay.",
        )
    return value if value is not None else next(iter(lines))


def _lines(conditions: tuple[Condition, ...], values: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """What the clause compares compute with: name of the dated value -> FLOP."""
    found: dict[str, Decimal] = {}
    for condition in conditions:
        for side in _compared(condition.tree):
            read = [path.partition(".") for path in names(side)]
            line = compile_closure(side)({"value": values})
            if len(read) == 1 and read[0][0] == "value" and _is_number(line) and line > 0:
                found[read[0][2]] = _decimal(line)
    return found


def _is_number(value: Known) -> TypeGuard[int | Decimal | Fraction]:
    return isinstance(value, int | Decimal | Fraction) and not isinstance(value, bool)


def _decimal(number: int | Decimal | Fraction) -> Decimal:
    if isinstance(number, Fraction):
        return _EXACT.divide(Decimal(number.numerator), Decimal(number.denominator))
    return Decimal(number)


def _compared(node: Node) -> Iterator[Node]:
    """Each side of an order comparison whose other side is the training compute itself."""
    if isinstance(node, Binary) and node.op in _ORDER:
        if node.left == _COMPUTE:
            yield node.right
        elif node.right == _COMPUTE:
            yield node.left
    for child in children(node):
        yield from _compared(child)
