"""Typed reading of located values: every leaf with its unit, its limits and its citation.

A leaf stands bare or as ``{value: …, source: …, note: …}``. Nothing is guessed: what cannot be read
is a BadInput that names file, line, key, and what would be accepted.
"""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Generic, NoReturn, TypeVar

from holdshort.compute.decimals import decimal_text, engineering, exact
from holdshort.compute.units import NUMBER, Dimension, UnitMissingError, parse_quantity
from holdshort.errors import BadInput
from holdshort.located import Mapping, Node, Scalar, Sequence
from holdshort.register.canonical import Json
from holdshort.rulebook.vocabulary import YEARS

T = TypeVar("T", Decimal, str)

# Ten orders beyond the largest training run or budget known: more is a slip of the keyboard.
_LARGEST = Decimal(10) ** 36
_SMALLEST = 1 / _LARGEST
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})", re.ASCII)
_CITED_KEYS = ("value", "source", "note")


@dataclass(frozen=True)
class Cited(Generic[T]):
    """A value, the unit it is in (empty for texts), where it stands, and what it rests on."""

    value: T
    where: str
    unit: str = ""
    source: str | None = None
    note: str | None = None

    def to_fields(self) -> dict[str, Json]:
        """The value as a decimal string or text, with unit, source and note where there are any."""
        value = decimal_text(self.value) if isinstance(self.value, Decimal) else self.value
        beside: dict[str, Json] = {"unit": self.unit, "source": self.source, "note": self.note}
        return {"value": value, **{key: text for key, text in beside.items() if text}}


@dataclass(frozen=True)
class _Leaf:
    key: str
    scalar: Scalar
    source: str | None
    note: str | None


class Section:
    """One mapping of a facts file, read key by key.

    A key that is not known is refused at once; where ``known`` is None, any name may stand.
    """

    def __init__(self, node: Mapping, name: str, known: Iterable[str] | None) -> None:
        self._node = node
        self._name = name
        if known is not None:
            _check_keys(node, name, tuple(known))

    @property
    def where(self) -> str:
        """Where the section stands, as ``file:line``."""
        return self._node.where

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that are there, in the order of the file."""
        return tuple(self._node.items)

    def line(self, key: str) -> str:
        """Where ``key`` stands, as ``file:line``."""
        return self._node.lines[key]

    def sections(self, key: str, known: Iterable[str]) -> tuple["Section", ...]:
        """The sections that are listed under ``key``; none if the file has none."""
        node, accepted = self._node.items.get(key), tuple(known)
        if node is None:
            return ()
        items = node.items if isinstance(node, Sequence) else (node,)
        found = []
        for item in items:
            if not isinstance(item, Mapping):
                _refuse(
                    f"{self._name}{key} must list entries like {{{accepted[0]}: …}}.", item.where
                )
            found.append(Section(item, f"{self._name}{key}.", accepted))
        return tuple(found)

    def section(self, key: str, known: Iterable[str] | None) -> "Section":
        """The section under ``key``; an empty one if the file has none."""
        node = self._node.items.get(key)
        if node is None:
            return Section(Mapping({}, {}, self._node.where), f"{self._name}{key}.", known)
        if not isinstance(node, Mapping):
            _refuse(f"{self._name}{key} must hold 'key: value' lines.", self.line(key))
        return Section(node, f"{self._name}{key}.", known)

    @exact
    def number(
        self,
        key: str,
        unit: str,
        *,
        example: str = "2e12",
        whole: bool = False,
        most: Decimal | None = None,
    ) -> Cited[Decimal] | None:
        """A positive number in ``unit``, which the key itself names."""
        leaf = self._leaf(key)
        if leaf is None:
            return None
        text = leaf.scalar.text
        if not NUMBER.fullmatch(text):
            self._refuse_number(leaf, f"it must be a plain number ({unit}), such as {example}")
        value = self._bounded(leaf, Decimal(text))
        if whole and value != value.to_integral_value():
            self._refuse_number(leaf, "it must be a whole number")
        if most is not None and value > most:
            self._refuse_number(leaf, f"it can be at most {engineering(most)}")
        return Cited(value, leaf.scalar.where, unit, leaf.source, leaf.note)

    @exact
    def quantity(self, key: str, dimension: Dimension) -> Cited[Decimal] | None:
        """A positive quantity with its unit, such as ``54 days``, kept in ``dimension.unit``."""
        leaf = self._leaf(key)
        if leaf is None:
            return None
        try:
            value = self._bounded(leaf, parse_quantity(leaf.scalar.text, dimension))
        except ValueError as error:
            missing = isinstance(error, UnitMissingError)
            units = ", ".join(dimension.accepted)
            raise BadInput(
                f"{self._name}{key}: {error}.",
                where=leaf.scalar.where,
                do=f"{'Add a unit' if missing else 'Write'}, as in {dimension.example!r}; "
                f"accepted are: {units}.",
            ) from error
        return Cited(value, leaf.scalar.where, dimension.unit, leaf.source, leaf.note)

    def text(self, key: str) -> Cited[str] | None:
        """A text."""
        leaf = self._leaf(key)
        if leaf is None:
            return None
        return Cited(leaf.scalar.text, leaf.scalar.where, "", leaf.source, leaf.note)

    def choice(self, key: str, options: Iterable[str]) -> Cited[str] | None:
        """One of ``options``, whatever its case."""
        found = self.text(key)
        if found is None:
            return None
        known = {option.casefold(): option for option in options}
        option = known.get(found.value.casefold())
        if option is None:
            _refuse(
                f"{self._name}{key} is {found.value!r}; known are: {', '.join(known.values())}."
                + suggestion(found.value.casefold(), known),
                found.where,
            )
        return Cited(option, found.where, "", found.source, found.note)

    def date(self, key: str) -> Cited[str] | None:
        """A calendar date ``2026-11-23``."""
        found = self.text(key)
        if found is not None and not _is_date(found.value):
            _refuse(
                f"{self._name}{key} is {found.value!r}, not a date like 2026-11-23.", found.where
            )
        if found is not None:
            self._near(key, int(found.value[:4]))
        return found

    def moment(self, key: str) -> Cited[str] | None:
        """A calendar date, or an instant with its zone ``2026-11-23T09:30:00Z`` (RFC 3339)."""
        found = self.text(key)
        if found is None:
            return None
        if not (_is_date(found.value) or _INSTANT.fullmatch(found.value)):
            _refuse(
                f"{self._name}{key} is {found.value!r}, neither a date like 2026-11-23 nor an "
                "instant with its zone like 2026-11-23T09:30:00Z.",
                found.where,
            )
        try:
            year = datetime.fromisoformat(found.value).year
        except ValueError:
            _refuse(f"{self._name}{key}: there is no such day or hour.", self.line(key))
        self._near(key, year)
        return found

    def _near(self, key: str, year: int) -> None:
        if year not in YEARS:
            _refuse(f"{self._name}{key} lies outside {YEARS[0]} to {YEARS[-1]}.", self.line(key))

    def count(self, key: str, unit: str, *, example: str) -> Cited[Decimal] | None:
        """A plain number in ``unit`` that may also be zero."""
        leaf = self._leaf(key)
        if leaf is not None and leaf.scalar.text == "0":
            return Cited(Decimal(0), leaf.scalar.where, unit, leaf.source, leaf.note)
        return self.number(key, unit, example=example)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; one text stands for a list of one."""
        node = self._node.items.get(key)
        if node is None:
            return ()
        items = node.items if isinstance(node, Sequence) else (node,)
        return tuple(self._scalar(item, key).text for item in items)

    def _leaf(self, key: str) -> _Leaf | None:
        node = self._node.items.get(key)
        if node is None:
            return None
        if not isinstance(node, Mapping):
            return _Leaf(key, self._scalar(node, key), None, None)
        name = f"{self._name}{key}"
        cited = Section(node, f"{name}.", _CITED_KEYS)
        if "value" not in node.items:
            _refuse(f"{name} has no 'value' beside its source.", self.line(key))
        source, note = cited.text("source"), cited.text("note")
        return _Leaf(
            key,
            cited._scalar(node.items["value"], "value"),
            source.value if source else None,
            note.value if note else None,
        )

    def _scalar(self, node: Node, key: str) -> Scalar:
        if not isinstance(node, Scalar):
            _refuse(f"{self._name}{key} must be a single value.", node.where)
        if not node.text.strip() or (not node.quoted and node.text in ("~", "null")):
            _refuse(f"{self._name}{key} has no value; leave out what is not known.", node.where)
        return node

    def _bounded(self, leaf: _Leaf, value: Decimal) -> Decimal:
        if not _SMALLEST <= value <= _LARGEST:
            self._refuse_number(leaf, f"it must be above zero, and at most {engineering(_LARGEST)}")
        return value

    def _refuse_number(self, leaf: _Leaf, must: str) -> NoReturn:
        text = leaf.scalar.text[:60]
        _refuse(f"{self._name}{leaf.key} is {text!r}; {must}.", leaf.scalar.where)


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _check_keys(node: Mapping, name: str, known: tuple[str, ...]) -> None:
    for key in node.items:
        if key not in known:
            place = f"in '{name.removesuffix('.')}'" if name else "at the top"
            _refuse(
                f"Unknown key {key!r} {place}; known are: {', '.join(known)}."
                + suggestion(key, known),
                node.lines[key],
            )


def suggestion(word: str, known: Iterable[str]) -> str:
    """The name that is close to ``word``, as a question; empty if none is."""
    close = difflib.get_close_matches(word, list(known), n=1)
    return f" Did you mean {close[0]!r}?" if close else ""


def _refuse(what: str, where: str) -> NoReturn:
    raise BadInput(what, where=where)
