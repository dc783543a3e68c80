"""Truth and numbers for Z3, folded where they are constant.

A ``Truth`` is a Python bool where the answer is plain and a Z3 term where it is not; a ``Quantity``
a Fraction or a real term. What is built with these functions stays small, and a condition that
reads constants alone becomes a constant, with no solver asked.

Texts are compared as code points, one after the other, so each has its place among the reals
between 0 and 1 (`place_of`): the first code point counts most, and the end of a text comes before
everything. Order and equality are exact.
"""

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any, TypeAlias

import z3

Truth: TypeAlias = Any  # bool | z3.BoolRef: the library carries no types
Quantity: TypeAlias = Any  # Fraction | z3.ArithRef

# Z3 would take Ctrl-C for an answer of its own, "unknown", and the prover would go on to the next
# question. Python has it instead, as soon as the question that runs is answered.
z3.set_param("ctrl_c", False)
# Nor may it come up in Z3's callback on errors, in which Python would drop it. Without one, errors
# are raised all the same.
z3.Z3_set_error_handler(z3.main_ctx().ref(), 0)

_BASE = 0x110001  # one more than there are code points: 0 is the end of the text


def conj(*parts: Truth) -> Truth:
    """All of them."""
    return _join(parts, False, z3.And)


def disj(*parts: Truth) -> Truth:
    """At least one of them."""
    return _join(parts, True, z3.Or)


def _join(parts: Iterable[Truth], stop: bool, join: Callable[..., Truth]) -> Truth:
    kept: dict[int, Truth] = {}
    for part in parts:
        if part is stop:
            return stop
        if part is not (not stop):
            kept[part.get_id()] = part
    if not kept:
        return not stop
    terms = list(kept.values())
    return terms[0] if len(terms) == 1 else join(terms)


def neg(part: Truth) -> Truth:
    """Not."""
    if isinstance(part, bool):
        return not part
    return part.arg(0) if z3.is_not(part) else z3.Not(part)


def choose(condition: Truth, then: Truth, otherwise: Truth) -> Truth:
    """If, for truths."""
    if isinstance(condition, bool):
        return then if condition else otherwise
    if isinstance(then, bool):
        return disj(condition, otherwise) if then else conj(neg(condition), otherwise)
    if isinstance(otherwise, bool):
        return disj(neg(condition), then) if otherwise else conj(condition, then)
    return then if then.eq(otherwise) else z3.If(condition, then, otherwise)


def same(a: Truth, b: Truth) -> Truth:
    """Both or neither."""
    return choose(a, b, neg(b))


def more_than_one(parts: Iterable[Truth]) -> Truth:
    """Two of them or more."""
    one: Truth = False
    two: Truth = False
    for part in parts:
        two = disj(two, conj(one, part))
        one = disj(one, part)
    return two


def term(value: Truth) -> Any:
    """A truth as a term."""
    return z3.BoolVal(value) if isinstance(value, bool) else value


def number(value: Quantity) -> Any:
    """A quantity as a term."""
    if isinstance(value, Fraction):
        return z3.RealVal(f"{value.numerator}/{value.denominator}")
    return value


def choose_number(condition: Truth, then: Quantity, otherwise: Quantity) -> Quantity:
    """If, for quantities."""
    if isinstance(condition, bool):
        return then if condition else otherwise
    if isinstance(then, Fraction) and isinstance(otherwise, Fraction) and then == otherwise:
        return then
    return z3.If(condition, number(then), number(otherwise))


def compared(a: Quantity, b: Quantity, by: Callable[[Any, Any], Truth]) -> Truth:
    """``a`` and ``b`` compared by an operator."""
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return bool(by(a, b))
    return by(number(a), number(b))


def computed(a: Quantity, b: Quantity, by: Callable[[Any, Any], Quantity]) -> Quantity:
    """``a`` and ``b`` put together by an operator."""
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return by(a, b)
    return by(number(a), number(b))


def remainder(a: Quantity, by: int) -> Quantity:
    """Remainder of the division truncated toward zero."""
    if isinstance(a, Fraction):
        rest = abs(a) % abs(by)
        return -rest if a < 0 else rest
    size = abs(by)
    whole = z3.ToReal(z3.ToInt(z3.If(a < 0, -a, a) / size))
    return z3.If(a < 0, a + size * whole, a - size * whole)


def place_of(text: str) -> Fraction:
    """The place of a text in the order of texts."""
    place = Fraction(0)
    for character in reversed(text):
        place = (place + ord(character) + 1) / _BASE
    return place
