"""What an expression is worth: exact numbers, and three truth values that say what is missing."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from holdshort.rulebook.expression import UNKNOWN, Unknown, compile_closure, parse

FACTS: dict[str, Any] = {
    "yes": True,
    "no": False,
    "u": UNKNOWN,
    "v": UNKNOWN,
    "n": 5,
    "compute": Decimal("3.8e25"),
    "name": "é😀",
    "areas": ["bio", "cyber"],
    "finding": {"bio": "none", "cyber": UNKNOWN},
    "marks": {"a": 1, "b c": UNKNOWN},
    "case": {"imminent": True, "items": [{"n": 1}, {}, {"n": UNKNOWN}]},
    "lists": [[1, UNKNOWN], [2]],
}


def value(source: str, facts: Mapping[str, Any] = FACTS) -> Any:
    return compile_closure(parse(source))(facts)


def missing(*names: str) -> Unknown:
    return Unknown(frozenset(names))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("compute > 1e25", True),
        ("0.1 + 0.2 == 0.3", True),
        ("1e25 + 1 == 1e25", False),
        ("9223372036854775807 + 1 > 9223372036854775807", True),
        ("1 == 1.0 && 1 in [1.0]", True),
        ("1 / 3.0", Fraction(1, 3)),
        ("1 / 3.0 * 3", 1),
        ("n / 2.0", Fraction(5, 2)),
        ("-7 % 3", -1),
        ("7.5 % 2", Fraction(3, 2)),
        ("-1.00000000000000000000000000000001", Decimal("-1.00000000000000000000000000000001")),
        ("size(name) + size(areas) + size(marks)", 6),
        ("areas == ['bio', 'cyber'] && areas != []", True),
        ("areas[1] == 'cyber' && areas[1.0] == 'cyber'", True),
        ("'bio' in areas && 'bio' in finding && !('x' in finding)", True),
        ("'a' < 'b' && 'b' <= 'b'", True),
        ("yes ? 1 : 2", 1),
        ("marks.exists(k, k == 'a' && marks[k] == 1)", True),
        ("areas.exists(a, areas.exists(b, a != b))", True),
        ("[1, 2, 3].exists_one(x, x > 2)", True),
        ("[1, 2, 3].exists_one(x, x > 1)", False),
        ("has(case.imminent) && !has(case.verdict)", True),
        ("case.items.exists(x, [1].exists(y, x.n == y))", True),
    ],
)
def test_known_facts_give_an_exact_value(source: str, expected: object) -> None:
    found = value(source)
    assert found == expected
    assert isinstance(found, bool) is isinstance(expected, bool)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("no && u", False),
        ("u && no", False),
        ("yes || u", True),
        ("u || yes", True),
        ("yes && u", missing("u")),
        ("u && yes", missing("u")),
        ("no || u", missing("u")),
        ("u && v", missing("u", "v")),
        ("!u", missing("u")),
        ("-u", missing("u")),
        ("u + v > 1", missing("u", "v")),
        ("1 < u", missing("u")),
        ("u == u", missing("u")),
        ("u ? yes : yes", missing("u")),
        ("yes ? 1 : u", 1),
        ("u % 2 == u / 2.0", missing("u")),
        ("size(u) == 0", missing("u")),
        ("u in []", False),
        ("u in [1]", missing("u")),
        ("u in marks", missing("u")),
        ("1 in [u, 1]", True),
        ("[1, u] == [2, v]", False),
        ("[1, u] == [1]", False),
        ("[1, u] == [1, v]", missing("u", "v")),
    ],
)
def test_the_unknown_is_absorbed_or_spreads_as_kleene_says(source: str, expected: object) -> None:
    assert value(source) == expected


@pytest.mark.parametrize(
    ("source", "path"),
    [
        ("absent", "absent"),
        ("case.verdict == 1", "case.verdict"),
        ("absent.deep.deeper", "absent"),
        ("finding.cyber == 'none'", "finding.cyber"),
        ("finding['loc'] == 'none'", "finding.loc"),
        ("areas.exists(a, finding[a] == 'unacceptable')", "finding.cyber"),
        ("marks['b c'] > 1", 'marks["b c"]'),
        ("areas[2] == 'bio'", "areas[2]"),
        ("areas[n] == 'bio'", "areas[5]"),
        ("areas[-1] == 'bio'", "areas[-1]"),
        ("areas[0.5] == 'bio'", "areas[0.5]"),
        ("case.items[2].n == 1", "case.items[2].n"),
        ("[1].exists(y, lists[0].all(x, x == y))", "lists[0][1]"),
        ("lists.exists(l, 7 in l)", "lists[0][1]"),
        ("lists.exists(l, l.exists(x, x == 7))", "lists[0][1]"),
        ("lists == [[1, 2], [2]]", "lists[0][1]"),
        ("has(marks.a) && has(finding.cyber)", "finding.cyber"),
    ],
)
def test_an_unknown_result_says_which_fact_is_missing(source: str, path: str) -> None:
    assert value(source) == missing(path)


def test_elements_that_lack_a_fact_are_told_apart() -> None:
    found = value("case.items.exists(x, x.n > 1)")
    assert found == missing("case.items[1].n", "case.items[2].n")
    assert value("case.items.all(x, x.n > 1)") is False
    assert value("case.items.exists_one(x, x.n == 1)") == found
    assert value("[1, 1, u].exists_one(x, x == 1)") is False


def test_a_fact_may_arrive_unknown_for_a_reason_of_its_own() -> None:
    facts = {"compute": missing("logs.march")}
    assert value("compute > 1e25", facts) == missing("logs.march")


def test_what_is_unknown_cannot_pass_for_true() -> None:
    with pytest.raises(TypeError, match="neither true nor false"):
        bool(value("u"))


def test_nested_keys_compile_in_proportion_to_their_number() -> None:
    nested = "m[" * 30 + "'k'" + "].x" * 30
    assert value(nested, {"m": {}}) == missing("m.k")
