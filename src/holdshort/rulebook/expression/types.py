"""The types of facts and of expressions.

::

    BOOL, NUMBER, STRING       NUMBER is exact: whole, decimal or fraction
    OneOf(values)              a string out of an enumeration
    ListOf(of)
    MapOf(of, key)             by string; `key` may be an enumeration
    Record(name, fields)       a fixed set of named fields
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Final, TypeAlias, assert_never

from holdshort.rulebook.expression.unparse import key_suffix
from holdshort.rulebook.expression.values import Unknown


@dataclass(frozen=True, slots=True)
class Scalar:
    """A type without parts; see `BOOL`, `NUMBER` and `STRING`."""

    name: str

    def __str__(self) -> str:
        return self.name


BOOL: Final = Scalar("true or false")
NUMBER: Final = Scalar("a number")
STRING: Final = Scalar("text")
# The type of the elements of `[]`: agrees with every other.
NOTHING: Final = Scalar("nothing")


@dataclass(frozen=True, slots=True)
class OneOf:
    """A string that is one of ``values``, in the order of the law."""

    values: tuple[str, ...]

    def __str__(self) -> str:
        return f"one of {', '.join(self.values)}"


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of ``of``."""

    of: "Type"

    def __str__(self) -> str:
        return f"a list ({self.of})"


@dataclass(frozen=True, slots=True)
class MapOf:
    """A map from ``key``, which is STRING or a OneOf, to ``of``. Not every key need be present."""

    of: "Type"
    key: "Scalar | OneOf" = STRING

    def __str__(self) -> str:
        return f"a map ({self.of})"


@dataclass(frozen=True, slots=True)
class Record:
    """A thing with named fields, called ``name`` in messages. Not every field need be attested."""

    name: str
    fields: "Mapping[str, Type]" = field(hash=False)

    def __str__(self) -> str:
        return f"a record ({self.name})"


Type: TypeAlias = Scalar | OneOf | ListOf | MapOf | Record
TypeEnv: TypeAlias = Mapping[str, Type]


def is_text(type_: Type) -> bool:
    """Tell whether the values of a type are strings."""
    return type_ == STRING or isinstance(type_, OneOf)


def join(a: Type, b: Type) -> Type | None:
    """Find the type that holds the values of both, or None if they do not belong together."""
    if a == b or b == NOTHING:
        return a
    if a == NOTHING:
        return b
    match a, b:
        case (OneOf(values=left), OneOf(values=right)):
            return OneOf(tuple(dict.fromkeys(left + right)))
        case (ListOf(of=left), ListOf(of=right)):
            of = join(left, right)
            return None if of is None else ListOf(of)
        case (MapOf(of=left, key=left_key), MapOf(of=right, key=right_key)):
            of, key = join(left, right), join(left_key, right_key)
            return MapOf(of, key) if of is not None and isinstance(key, Scalar | OneOf) else None
    return STRING if is_text(a) and is_text(b) else None


# Of IEEE 754 decimal128. A number beyond it measures nothing, and could exhaust memory.
_MAX_EXPONENT: Final = 6144
_MAX_BITS: Final = 20_410  # of 10**6144


def mismatch(value: object, type_: Type, path: str) -> str | None:
    """Say, in a sentence, why ``value``, found at ``path``, is not of a type; None if it is.

    An environment that matches its declared types makes every checked expression run without
    error. Unknown matches every type; a field may be missing; undeclared fields are ignored.
    """
    if isinstance(value, Unknown):
        return None
    parts: list[tuple[object, Type, str]] = []
    match type_:
        case Scalar():
            fits = _is_scalar(value, type_)
        case OneOf(values=values):
            fits = isinstance(value, str) and value in values
        case ListOf(of=of):
            fits = isinstance(value, Sequence) and not isinstance(value, str)
            if isinstance(value, Sequence):
                parts = [(v, of, key_suffix(i)) for i, v in enumerate(value)]
        case MapOf(of=of, key=key):
            fits = isinstance(value, Mapping) and not any(mismatch(k, key, "") for k in value)
            if isinstance(value, Mapping):
                parts = [(v, of, key_suffix(k)) for k, v in value.items()]
        case Record(fields=fields):
            fits = isinstance(value, Mapping)
            if isinstance(value, Mapping):
                parts = [(value[k], t, key_suffix(k)) for k, t in fields.items() if k in value]
        case _:
            assert_never(type_)
    if not fits:
        return f"{path} is {_excerpt(value)}, not {type_}"
    return next((m for v, t, step in parts if (m := mismatch(v, t, path + step))), None)


def _excerpt(value: object) -> str:
    try:
        return f"{value!r:.80}"
    except ValueError:  # Python does not write out ints of more than 4,300 digits
        return "too long to show"


def _is_scalar(value: object, type_: Scalar) -> bool:
    if type_ == BOOL:
        return isinstance(value, bool)
    if type_ == STRING:
        return isinstance(value, str)
    match value:
        case bool():
            return False
        case Decimal():
            return value.is_finite() and abs(value.adjusted()) <= _MAX_EXPONENT
        case int() | Fraction():
            return max(value.numerator.bit_length(), value.denominator.bit_length()) <= _MAX_BITS
        case _:
            return False
