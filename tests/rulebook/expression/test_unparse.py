"""Text made from trees and values."""

from decimal import Decimal
from fractions import Fraction

import pytest

from holdshort.rulebook.expression import UNKNOWN, Value, names, parse, show, unparse


@pytest.mark.parametrize(
    ("source", "canonical"),
    [
        ("((a)&&(b||c))", "a && (b || c)"),
        ("(a-b)-(c-1)", "a - b - (c - 1)"),
        ("!(a)", "!a"),
        ("!(!a)", "!!a"),
        ("-(1+a)", "-(1 + a)"),
        ("(a?b:c)?b:(c?a:b)", "(a ? b : c) ? b : c ? a : b"),
        ("(a?b:c).d", "(a ? b : c).d"),
        ("m['k'] == 'it\\'s \"so\"'", 'm["k"] == "it\'s \\"so\\""'),
        ("5.0E+8+1e25", "5.0e8 + 1e25"),
        ("a.all( x,(x) )", "a.all(x, x)"),
        ("[a,b,]", "[a, b]"),
        ("'\\x00'", '"\\u0000"'),
    ],
)
def test_canonical_source_has_only_the_brackets_it_needs(source: str, canonical: str) -> None:
    assert unparse(parse(source)) == canonical


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (0, "0"),
        (Decimal("-0.00"), "0"),
        (600, "600"),
        (-12, "-12"),
        (Decimal("0.50"), "0.5"),
        (Decimal(500000000), "500000000"),
        (38 * 10**24, "3.8e25"),
        (Decimal("1e25"), "1e25"),
        (-(10**26) - 1, "-1.00000000000000000000000001e26"),
        (Decimal("1.5e-9"), "1.5e-9"),
        (Fraction(5, 2), "2.5"),
        (Fraction(-3, 8), "-0.375"),
        (Fraction(1, 3), "1/3"),
        ("a", '"a"'),
        ([1, "a"], '[1, "a"]'),
        ({"k": UNKNOWN}, '{"k": unknown}'),
    ],
)
def test_values_are_shown_exactly(value: Value, text: str) -> None:
    assert show(value) == text


def test_a_number_of_any_length_can_be_shown() -> None:
    assert show(10**20_000) == "1e20000"


@pytest.mark.parametrize(
    ("source", "paths"),
    [
        ("areas.exists(a, case.finding[a] == act.ground)", {"areas", "case.finding", "act.ground"}),
        ("case.finding['bio'] == 'none'", {"case.finding.bio"}),
        ("m['a b'].c[0]", {'m["a b"].c[0]'}),
        ("m[k].c", {"m", "k"}),
        ("has(a.b) && size(c.d) > 0", {"a.b", "c.d"}),
        ("xs.all(x, x.n > y.n)", {"xs", "y.n"}),
        ("x && xs.all(x, x)", {"x", "xs"}),
        ("1 + 2 == 3", set()),
    ],
)
def test_names_lists_the_facts_that_are_read(source: str, paths: set[str]) -> None:
    assert names(parse(source)) == paths
