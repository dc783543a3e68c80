"""The values of an expression: exact numbers, text, lists, maps, and what is not known.

Numbers are int, Decimal and Fraction, mixed freely and never rounded: Python compares the three
exactly, and sums are made of ints or Fractions, since Decimal arithmetic rounds to its context.
Two numbers that are equal behave alike, whichever class holds them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, NoReturn, TypeAlias


@dataclass(frozen=True, slots=True)
class Unknown:
    """The value of a fact that nobody has attested, or of what depends on one.

    ``names`` are the paths of the facts that are missing. `UNKNOWN`, without names, is what an
    environment holds; reading it gives an Unknown that names the place where it was read.
    """

    names: frozenset[str] = frozenset()

    def __or__(self, other: "Unknown") -> "Unknown":
        return self if self.names >= other.names else Unknown(self.names | other.names)

    def __bool__(self) -> NoReturn:
        # `if requires(facts): allow()` would let through what nobody has established.
        raise TypeError("what is unknown is neither true nor false: compare with `is True`")


UNKNOWN: Final = Unknown()

Number: TypeAlias = int | Decimal | Fraction
_SCALARS: Final = frozenset({bool, int, Decimal, Fraction, str})  # asked first: most values are
Value: TypeAlias = (
    "bool | int | Decimal | Fraction | str | Unknown | Sequence[Value] | Mapping[str, Value]"
)


def as_set(words: Iterable[str]) -> list[str]:
    """Give words as the list that stands for the set of them: each once, by the alphabet.

    Lists of words out of an enumeration are sets in law. CEL has none, so acts and cases give
    clauses this list, of which there is one for each set: `==` of two such lists is `==` of sets.
    """
    return sorted(set(words))


def remembered(value: Value) -> Value:
    """Give what a case remembers of a value: of a list that is not wholly known, nothing."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        missing = [each for each in value if isinstance(each, Unknown)]
        return Unknown(frozenset().union(*(each.names for each in missing))) if missing else value
    return value


def exact(number: Number) -> int | Fraction:
    """Give a number as one that adds and multiplies without rounding."""
    return Fraction(number) if isinstance(number, Decimal) else number


def settled(number: int | Fraction) -> int | Fraction:
    """Give a whole number as an int."""
    return number.numerator if number.denominator == 1 else number


def add(a: Number, b: Number) -> Number:
    """Sum of two numbers."""
    return settled(exact(a) + exact(b))


def subtract(a: Number, b: Number) -> Number:
    """Difference of two numbers."""
    return settled(exact(a) - exact(b))


def multiply(a: Number, b: Number) -> Number:
    """Product of two numbers."""
    return settled(exact(a) * exact(b))


def divide(a: Number, b: Number) -> Number:
    """Exact quotient; ``b`` is not zero."""
    return settled(Fraction(a) / Fraction(b))


def remainder(a: Number, b: int) -> Number:
    """Remainder of the division truncated toward zero: it has the sign of ``a``."""
    dividend = Fraction(a)
    rest = abs(dividend) % abs(b)
    return settled(-rest if dividend < 0 else rest)


def negate(a: Number) -> Number:
    """The number with its sign changed (`-Decimal` would round it)."""
    return a.copy_negate() if isinstance(a, Decimal) else -a


def equal(a: Any, b: Any) -> bool | Unknown:
    """Kleene equality of two values of one type, parts compared in turn.

    One pair of parts that differ makes the whole differ, whatever is unknown elsewhere.
    """
    if a.__class__ is Unknown:
        return a | b if b.__class__ is Unknown else a
    if b.__class__ is Unknown:
        return b
    if a.__class__ in _SCALARS:
        return bool(a == b)
    if isinstance(a, Mapping):
        if a.keys() != b.keys():
            return False
        return _all_equal([(value, b[key]) for key, value in a.items()])
    if isinstance(a, Sequence) and not isinstance(a, str):
        return len(a) == len(b) and _all_equal(list(zip(a, b, strict=True)))
    return bool(a == b)


def _all_equal(pairs: list[tuple[Any, Any]]) -> bool | Unknown:
    unknown: Unknown | None = None
    for a, b in pairs:
        same = equal(a, b)
        if same is False:
            return False
        if same is not True:
            unknown = same if unknown is None else unknown | same
    return True if unknown is None else unknown


def contains(element: Any, container: Any) -> bool | Unknown:
    """Kleene membership: of a list by `equal`, of a map by its keys."""
    if not container:
        return False
    if container.__class__ is not list and isinstance(container, Mapping):
        return element if element.__class__ is Unknown else element in container
    unknown: Unknown | None = None
    for member in container:
        same = equal(element, member)
        if same is True:
            return True
        if same is not False:
            unknown = same if unknown is None else unknown | same
    return False if unknown is None else unknown
