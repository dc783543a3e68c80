"""The tree of an expression, and the error that points into it.

Eleven kinds of node, all frozen. Two trees are equal when they say the same thing: the place where
a node was written (`offset` into `source`) does not count. A literal is never negative: the parser
writes `-1` as the negation of 1. In a tree that passed `check`, the right side of `/` and `%` is a
literal that `divisor` accepts.
"""

import typing
from dataclasses import dataclass, field
from decimal import Decimal

from holdshort.errors import RulebookError


class ExpressionError(RulebookError):
    """An expression cannot be read, or makes no sense of the declared facts.

    ``expression`` is its whole text and ``offset`` the character in it, from 0, at which the
    problem was found. ``where`` says the same in words.
    """

    def __init__(self, what: str, *, expression: str, offset: int, do: str | None = None) -> None:
        self.expression = expression
        self.offset = offset
        super().__init__(f"{what}.", where=f"line {self.line}, column {self.column}", do=do)

    @property
    def line(self) -> int:
        """The line within the expression, from 1."""
        return self.expression.count("\n", 0, self.offset) + 1

    @property
    def column(self) -> int:
        """The column within that line, from 1."""
        return self.offset - self.expression.rfind("\n", 0, self.offset)

    def excerpt(self) -> str:
        """The line at fault with a caret under the place."""
        text = self.expression.split("\n")[self.line - 1]
        # A tab before the caret keeps its width, whatever the reader's tab stops are.
        indent = "".join("\t" if c == "\t" else " " for c in text[: self.column - 1])
        return f"{text}\n{indent}^"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placed:
    """What every node has: where it was written."""

    offset: int = field(default=0, compare=False)
    source: str = field(default="", compare=False, repr=False)

    def error(self, what: str, do: str | None = None) -> ExpressionError:
        """Make an error that points here."""
        return ExpressionError(what, expression=self.source, offset=self.offset, do=do)


@dataclass(frozen=True, slots=True)
class Literal(_Placed):
    """``true``, ``3``, ``1e25`` or ``"text"``; a Decimal where written with point or exponent."""

    value: bool | int | Decimal | str

    def __eq__(self, other: object) -> bool:
        # True == 1 and 2 == Decimal("2.0") in Python, but `x / 2.0` is not `x / 2`.
        return (
            isinstance(other, Literal)
            and type(self.value) is type(other.value)
            and self.value == other.value
        )

    def __hash__(self) -> int:
        return hash((type(self.value), self.value))


@dataclass(frozen=True, slots=True)
class Name(_Placed):
    """A declared fact, or the variable of an enclosing comprehension."""

    name: str


@dataclass(frozen=True, slots=True)
class Select(_Placed):
    """``operand.field``; placed at the field's name."""

    operand: "Node"
    field: str


@dataclass(frozen=True, slots=True)
class Index(_Placed):
    """``operand[key]``; placed at the bracket."""

    operand: "Node"
    key: "Node"


@dataclass(frozen=True, slots=True)
class Has(_Placed):
    """``has(operand.field)``."""

    operand: "Node"
    field: str


@dataclass(frozen=True, slots=True)
class Size(_Placed):
    """``size(operand)``: code points of a string, elements of a list, keys of a map."""

    operand: "Node"


@dataclass(frozen=True, slots=True)
class ListLiteral(_Placed):
    """``[a, b]``."""

    elements: tuple["Node", ...]


UnaryOp: typing.TypeAlias = typing.Literal["!", "-"]
BinaryOp: typing.TypeAlias = typing.Literal[
    "||", "&&", "==", "!=", "<", "<=", ">", ">=", "in", "+", "-", "*", "/", "%"
]
Fold: typing.TypeAlias = typing.Literal["exists", "all", "exists_one"]


@dataclass(frozen=True, slots=True)
class Unary(_Placed):
    """``!operand`` or ``-operand``."""

    op: UnaryOp
    operand: "Node"


@dataclass(frozen=True, slots=True)
class Binary(_Placed):
    """``left op right``; placed at the operator."""

    op: BinaryOp
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Conditional(_Placed):
    """``condition ? then : otherwise``; placed at the question mark."""

    condition: "Node"
    then: "Node"
    otherwise: "Node"


@dataclass(frozen=True, slots=True)
class Comprehension(_Placed):
    """``over.fold(variable, body)``; a map is gone through by key. Placed at the macro's name."""

    fold: Fold
    over: "Node"
    variable: str
    body: "Node"


Node: typing.TypeAlias = (
    Literal
    | Name
    | Select
    | Index
    | Has
    | Size
    | ListLiteral
    | Unary
    | Binary
    | Conditional
    | Comprehension
)


def children(node: Node) -> tuple[Node, ...]:
    """List the parts of a node in the order in which they are written."""
    match node:
        case Literal() | Name():
            return ()
        case Select(operand=operand) | Has(operand=operand) | Size(operand=operand):
            return (operand,)
        case Unary(operand=operand):
            return (operand,)
        case Index(operand=operand, key=key):
            return (operand, key)
        case ListLiteral(elements=elements):
            return elements
        case Binary(left=left, right=right):
            return (left, right)
        case Conditional(condition=condition, then=then, otherwise=otherwise):
            return (condition, then, otherwise)
        case Comprehension(over=over, body=body):
            return (over, body)


def divisor(node: Binary) -> int | Decimal:
    """Read the right side of a `/` or `%`, which must be a literal that can divide.

    Raises ExpressionError when it is not a literal, is zero, or is of the wrong kind: a Decimal
    for `/` (CEL truncates a division by an int), an int for `%`.
    """
    right = node.right
    negative = isinstance(right, Unary) and right.op == "-"
    literal = right.operand if isinstance(right, Unary) and negative else right
    value = literal.value if isinstance(literal, Literal) else None
    if isinstance(value, bool | str | None):
        raise right.error(
            f"{node.op} needs a number written out on its right side",
            "Division by a fact could be division by zero; multiply the other side instead.",
        )
    if value == 0:
        raise right.error(f"{node.op} by zero")
    if node.op == "/" and isinstance(value, int):
        raise right.error(
            "/ needs a divisor with a decimal point, so that the division is exact",
            f"Write {value}.0 instead of {value}.",
        )
    if node.op == "%" and isinstance(value, Decimal):
        raise right.error("% needs a whole number without point or exponent on its right side")
    if not negative:
        return value
    return -value if isinstance(value, int) else value.copy_negate()
