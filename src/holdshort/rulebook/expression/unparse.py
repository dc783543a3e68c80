"""Write trees and values back as text.

`unparse(tree)` is the canonical source of a tree: brackets only where the grammar needs them,
texts in double quotes, numbers as they were written. `parse(unparse(tree)) == tree` for every tree
that `parse` gives.
"""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Final, assert_never

from holdshort.rulebook.expression.parse import LEVELS
from holdshort.rulebook.expression.tokens import IDENTIFIER, KEYWORDS
from holdshort.rulebook.expression.tree import (
    Binary,
    Comprehension,
    Conditional,
    Has,
    Index,
    ListLiteral,
    Literal,
    Name,
    Node,
    Select,
    Size,
    Unary,
)
from holdshort.rulebook.expression.values import Unknown, Value

_UNARY: Final = 6
MEMBER: Final = 7  # the level of a name, a literal or a selection: never needs brackets
_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def unparse(node: Node, level: int = 0) -> str:
    """Write a tree as source, in brackets if it binds more loosely than ``level`` (0 to 7)."""
    text, own = _text(node)
    return text if own >= level else f"({text})"


def _text(node: Node) -> tuple[str, int]:
    """The source of a node and the level at which it binds."""
    match node:
        case Literal(value=value):
            return _literal(value), MEMBER
        case Name(name=name):
            return name, MEMBER
        case Select(operand=operand, field=field):
            return f"{unparse(operand, MEMBER)}.{field}", MEMBER
        case Index(operand=operand, key=key):
            return f"{unparse(operand, MEMBER)}[{unparse(key)}]", MEMBER
        case Has(operand=operand, field=field):
            return f"has({unparse(operand, MEMBER)}.{field})", MEMBER
        case Size(operand=operand):
            return f"size({unparse(operand)})", MEMBER
        case ListLiteral(elements=elements):
            return f"[{', '.join(map(unparse, elements))}]", MEMBER
        case Comprehension(fold=fold, over=over, variable=variable, body=body):
            return f"{unparse(over, MEMBER)}.{fold}({variable}, {unparse(body)})", MEMBER
        case Unary(op=op, operand=operand):
            repeated = isinstance(operand, Unary) and operand.op == op
            return op + unparse(operand, _UNARY if repeated else MEMBER), _UNARY
        case Binary(op=op, left=left, right=right):
            own = LEVELS[op]
            return f"{unparse(left, own)} {op} {unparse(right, own + 1)}", own
        case Conditional(condition=condition, then=then, otherwise=otherwise):
            return f"{unparse(condition, 1)} ? {unparse(then, 1)} : {unparse(otherwise)}", 0
    assert_never(node)


def _literal(value: bool | int | Decimal | str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, int):
        return str(value)
    text = str(value).lower().replace("+", "")
    return text if "." in text or "e" in text else f"{text}.0"


def quote(text: str) -> str:
    """Write text as a CEL string literal."""
    return '"' + "".join(_ESCAPES.get(c) or _printed(c) for c in text) + '"'


def _printed(char: str) -> str:
    control = char < " " or "\x7f" <= char <= "\x9f"
    return f"\\u{ord(char):04x}" if control else char


def key_suffix(key: str | int | Decimal | Fraction) -> str:
    """Write the last step of a path: ``.name`` where the grammar allows it, else ``[key]``."""
    if isinstance(key, str):
        plain = IDENTIFIER.fullmatch(key) and key not in KEYWORDS
        return f".{key}" if plain else f"[{quote(key)}]"
    return f"[{show_number(key)}]"


def show(value: Value) -> str:
    """Write a value for a reader; exact, so that 1/3 stays a fraction."""
    if isinstance(value, Unknown):
        return "unknown"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, int | Decimal | Fraction):
        return show_number(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{quote(k)}: {show(v)}" for k, v in value.items()) + "}"
    return "[" + ", ".join(show(v) for v in value) + "]"


_PLAIN: Final = range(-6, 15)  # powers of ten; beyond them 3.8e25 is easier to read


def show_number(value: int | Decimal | Fraction) -> str:
    """Write a number exactly: ``12``, ``0.5``, ``3.8e25``, or ``1/3`` where decimals do not end."""
    places = 0
    whole: int | Decimal
    if isinstance(value, Fraction):
        twos = (value.denominator & -value.denominator).bit_length() - 1
        fives, rest = 0, value.denominator >> twos
        while rest % 5 == 0:
            fives, rest = fives + 1, rest // 5
        if rest != 1:
            return f"{show_number(value.numerator)}/{show_number(value.denominator)}"
        places = max(twos, fives)
        whole = value.numerator * 10**places // value.denominator
    else:
        whole = value
    # Decimal() is exact, and unlike str(int) has no limit on the number of digits.
    sign, figures, exponent = Decimal(whole).as_tuple()
    digits = "".join(map(str, figures)).rstrip("0")
    if not digits or not isinstance(exponent, int):
        return "0"
    exponent += len(figures) - len(digits) - places
    number = Decimal((sign, tuple(map(int, digits)), exponent))
    if number.adjusted() in _PLAIN:
        return format(number, "f")
    mantissa = f"{digits[0]}.{digits[1:]}" if len(digits) > 1 else digits
    return f"{'-' * sign}{mantissa}e{number.adjusted()}"
