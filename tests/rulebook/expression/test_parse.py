"""The grammar: what binds to what, and what is refused, where and with which advice."""

from decimal import Decimal

import pytest

from holdshort.errors import RulebookError
from holdshort.rulebook.expression import (
    Binary,
    Comprehension,
    Conditional,
    ExpressionError,
    Has,
    Index,
    ListLiteral,
    Literal,
    Name,
    Node,
    Select,
    Size,
    Unary,
    parse,
    unparse,
)

A, B, C = Name("a"), Name("b"), Name("c")


@pytest.mark.parametrize(
    ("source", "tree"),
    [
        ("a || b && c", Binary("||", A, Binary("&&", B, C))),
        ("a && b == c", Binary("&&", A, Binary("==", B, C))),
        ("a == b == c", Binary("==", Binary("==", A, B), C)),
        ("a - b - c", Binary("-", Binary("-", A, B), C)),
        ("a + b * c", Binary("+", A, Binary("*", B, C))),
        ("a < b + c", Binary("<", A, Binary("+", B, C))),
        ("!a && b", Binary("&&", Unary("!", A), B)),
        ("!!a", Unary("!", Unary("!", A))),
        ("-a.b", Unary("-", Select(A, "b"))),
        ("a - -1", Binary("-", A, Unary("-", Literal(1)))),
        ("a ? b : c ? a : b", Conditional(A, B, Conditional(C, A, B))),
        ("!(a in [b, c])", Unary("!", Binary("in", A, ListLiteral((B, C))))),
        ("[]", ListLiteral(())),
        ("[a, b,]", ListLiteral((A, B))),
        ("a.b['c'][0]", Index(Index(Select(A, "b"), Literal("c")), Literal(0))),
        ("a.all(x, x.in_force)", Comprehension("all", A, "x", Select(Name("x"), "in_force"))),
        ("a.b.exists_one(x, x)", Comprehension("exists_one", Select(A, "b"), "x", Name("x"))),
        ("has(a.b.c)", Has(Select(A, "b"), "c")),
        ("size(a) > 0", Binary(">", Size(A), Literal(0))),
        ("a // who\n && // why\r\n b", Binary("&&", A, B)),
        ("a.package", Select(A, "package")),
    ],
)
def test_operators_bind_as_in_cel(source: str, tree: Node) -> None:
    assert parse(source) == tree
    assert parse(unparse(tree)) == tree


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("true", True),
        ("12", 12),
        ("9223372036854775807", 2**63 - 1),
        ("1e25", Decimal("1e25")),
        ("5.0e8", Decimal("5.0e8")),
        (".5", Decimal("0.5")),
        ("1E-3", Decimal("0.001")),
        (r"'it\'s'", "it's"),
        (r'"a\tb\n\\"', "a\tb\n\\"),
        (r"'\x41\u00e9\U0001F600\101\?'", "Aé😀A?"),
    ],
)
def test_literals_are_exact(source: str, value: object) -> None:
    tree = parse(source)
    assert isinstance(tree, Literal)
    assert tree.value == value
    assert type(tree.value) is type(value)


def test_a_number_with_a_point_is_another_literal_than_one_without() -> None:
    assert parse("2") != parse("2.0")
    assert parse("1") != parse("true")
    assert len({parse("1"), parse("1.0"), parse("true")}) == 3


@pytest.mark.parametrize(
    ("source", "offset", "what"),
    [
        ("", 0, "empty"),
        ("a &&", 4, "the expression ends"),
        ("a & b", 2, "& has no meaning"),
        ("a = b", 2, "= has no meaning"),
        ("a b", 2, "found b"),
        ("(a", 2, r"expected \)"),
        ("[a b]", 3, "expected ]"),
        ("a ? b", 5, "expected :"),
        ("a ? b ? c : a : b", 6, "found ?"),
        ("!-a", 1, "found -"),
        ("a.", 2, "name of a field"),
        ("a.in", 2, "name of a field"),
        ("a.1", 1, "found .1"),
        ("in", 0, "expected a value"),
        ("null", 0, "no null"),
        ("package", 0, "reserved"),
        ("007", 0, "does not begin with 0"),
        ("0x10", 0, "runs straight into a letter"),
        ("1u", 0, "runs straight into a letter"),
        ("9223372036854775808", 0, "goes up to"),
        ("1e308", 0, "below 1e308"),
        ("1e999999999999", 0, "below 1e308"),
        ("'open", 0, "not closed"),
        ("'a\nb'", 0, "not closed"),
        ("“a”", 0, "“ has no meaning"),
        ("a\u00a0&& b", 1, r"U\+00A0"),
        (r"'\q'", 1, "backslash"),
        (r"'ab\ud800'", 3, "backslash"),
        ("r'raw'", 0, "no prefix r"),
        ("'''a'''", 2, "side by side"),
        ("{'a': 1}", 0, "{ has no meaning"),
        ("a.map(x, x)", 2, "not a macro"),
        ("a.size()", 2, "not a macro"),
        ("int(a)", 0, "not a function"),
        ("has(a)", 4, "needs a field"),
        ("has(a['b'])", 4, "needs a field"),
        ("a.all(x.y, true)", 7, "after the variable"),
        ("a.all([x], true)", 6, "needs a variable"),
        ("a.all(true, true)", 6, "expected a value"),
        ("size(a, b)", 6, "after the argument"),
    ],
)
def test_what_is_not_in_the_language_is_refused_at_its_place(
    source: str, offset: int, what: str
) -> None:
    with pytest.raises(ExpressionError, match=what) as caught:
        parse(source)
    assert caught.value.offset == offset


def test_words_for_operators_are_met_with_the_operator() -> None:
    with pytest.raises(ExpressionError) as caught:
        parse("a and b")
    assert caught.value.do == "Write && instead of and."


def test_an_error_points_into_its_line() -> None:
    with pytest.raises(RulebookError) as caught:
        parse("a &&\n\tb or c")
    error = caught.value
    assert isinstance(error, ExpressionError)
    assert (error.line, error.column) == (2, 4)
    assert error.where == "line 2, column 4"
    assert error.excerpt() == "\tb or c\n\t  ^"


def test_nodes_know_where_they_were_written() -> None:
    tree = parse("a.b == c[0]")
    assert isinstance(tree, Binary)
    assert (tree.offset, tree.left.offset, tree.right.offset) == (4, 2, 8)


@pytest.mark.parametrize(
    "bomb",
    [
        "(" * 10_000,
        "[" * 10_000,
        "!" * 10_000 + "a",
        "a" + ".b" * 5_000,
        "a" + " || a" * 2_000,
        "a ? b : " * 2_000 + "c",
        "a.all(x, " * 1_000,
        "1" * 30_000,
    ],
)
def test_no_text_exhausts_the_stack(bomb: str) -> None:
    with pytest.raises(ExpressionError, match=r"nested|deep|longer"):
        parse(bomb)
