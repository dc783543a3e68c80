"""Reading the JSON of protocols, findings and evidence, field by field.

The reader is strict and names the very field that it cannot use. Writing is
`holdshort.register.canonical`: no floats, so a rate is a decimal string.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from holdshort.errors import BadInput

T = TypeVar("T")


class Fields:
    """One JSON object, read field by field; every complaint names its place."""

    def __init__(self, value: object, where: str) -> None:
        if not isinstance(value, Mapping):
            raise BadInput(f"expected an object, not {_said(value)}.", where=where)
        self._value = value
        self.where = where

    def only(self, names: Iterable[str]) -> "Fields":
        """Refuse fields that nobody reads: a misspelt field would otherwise be lost silently."""
        unknown = sorted(str(name) for name in set(self._value) - set(names))
        if unknown:
            raise BadInput(f"unknown field {unknown[0]!r}.", where=self.where)
        return self

    @property
    def value(self) -> Mapping[str, object]:
        """The object itself."""
        return self._value

    @property
    def names(self) -> list[str]:
        """The names of the fields."""
        return list(self._value)

    def at(self, name: str) -> str:
        """The place of a field, for a message."""
        return f"{self.where}.{name}"

    def text(self, name: str, *, empty: bool = False) -> str:
        """A string; an empty one only where ``empty`` says so."""
        value = self._typed(name, str)
        if not value and not empty:
            raise BadInput("must not be empty.", where=self.at(name))
        return value

    def hexadecimal(self, name: str) -> str:
        """A SHA-256 as 64 lower-case hexadecimal digits."""
        value = self.text(name)
        if len(value) != 64 or set(value) - set("0123456789abcdef"):
            raise BadInput("must be 64 lower-case hexadecimal digits.", where=self.at(name))
        return value

    def whole(self, name: str, *, least: int = 0) -> int:
        """An integer, not below ``least``."""
        value = self._typed(name, int)
        if isinstance(value, bool) or value < least:
            raise BadInput(
                f"must be a whole number, {least} or more, not {_said(value)}.",
                where=self.at(name),
            )
        return value

    def boolean(self, name: str) -> bool:
        """True or false."""
        return self._typed(name, bool)

    def decimal(self, name: str) -> Decimal:
        """A finite decimal written as a string, such as ``"0.50"``."""
        value = self._typed(name, str)
        try:
            number = Decimal(value)
        except InvalidOperation:
            number = Decimal("nan")
        if not number.is_finite():
            raise BadInput(
                f'must be a decimal written as a string, such as "0.50", not {_said(value)}.',
                where=self.at(name),
            )
        return number

    def one_of(self, name: str, allowed: Sequence[str]) -> str:
        """A string among ``allowed``."""
        value = self.text(name)
        if value not in allowed:
            raise BadInput(
                f"must be one of {', '.join(allowed)}, not {value!r}.", where=self.at(name)
            )
        return value

    def nested(self, name: str) -> "Fields":
        """A nested object."""
        return Fields(self._get(name), self.at(name))

    def nested_list(self, name: str) -> list["Fields"]:
        """A list of nested objects."""
        value = self._typed(name, list)
        return [Fields(item, f"{self.at(name)}[{i}]") for i, item in enumerate(value)]

    def texts(self, name: str) -> list[str]:
        """A list of strings, none of them empty."""
        value = self._typed(name, list)
        for i, each in enumerate(value):
            if not isinstance(each, str) or not each:
                raise BadInput(f"must be a text, not {_said(each)}.", where=f"{self.at(name)}[{i}]")
        return value

    def absent(self, name: str) -> bool:
        """Whether the field is missing or null."""
        return self._value.get(name) is None

    def _get(self, name: str) -> object:
        if name not in self._value:
            raise BadInput(f"the field {name!r} is missing.", where=self.where)
        return self._value[name]

    def _typed(self, name: str, kind: type[T]) -> T:
        value = self._get(name)
        if not isinstance(value, kind):
            raise BadInput(f"must be {_KINDS[kind]}, not {_said(value)}.", where=self.at(name))
        return value


_KINDS: dict[type, str] = {
    str: "a text",
    int: "a whole number",
    list: "a list",
    bool: "true or false",
}


def _said(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
