"""Typing errors in a law are found before it is adopted, at their place, with advice."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

import pytest

from holdshort.rulebook.expression import (
    BOOL,
    NUMBER,
    STRING,
    UNKNOWN,
    Binary,
    ExpressionError,
    ListOf,
    MapOf,
    Name,
    OneOf,
    Record,
    Type,
    check,
    compile_closure,
    mismatch,
    parse,
)

FINDING = OneOf(("none", "acceptable", "inconclusive", "unacceptable"))
AREA = OneOf(("cybersecurity", "biological_weapons"))
FACTS: Mapping[str, Type] = {
    "state": OneOf(("opened", "provisional", "ordered")),
    "areas": ListOf(AREA),
    "model": Record("model", {"training_compute": NUMBER, "name": STRING}),
    "case": Record("case", {"finding": MapOf(FINDING, AREA), "imminent": BOOL}),
    "notes": MapOf(STRING),
    "parts": ListOf(Record("part", {"size_gb": NUMBER})),
    "n": NUMBER,
}


@pytest.mark.parametrize(
    ("source", "type_"),
    [
        ("case.imminent && areas.exists(a, case.finding[a] == 'unacceptable')", BOOL),
        ("model.training_compute > 1e25", BOOL),
        ("model.training_compute * 2 + n % 3 - n / 2.0", NUMBER),
        ("state in ['provisional', 'ordered']", BOOL),
        ("case.finding.cybersecurity", FINDING),
        ("case.imminent ? case.finding['cybersecurity'] : 'none'", STRING),
        ("(case.imminent ? state : 'undecided') == 'undecided'", BOOL),
        ("'cybersecurity' in case.finding && 'x' in notes", BOOL),
        ("notes.all(k, notes[k] != '')", BOOL),
        ("parts.exists_one(p, p.size_gb >= 2)", BOOL),
        ("[1, 2.5]", ListOf(NUMBER)),
        ("areas == []", BOOL),
        ("[[], ['a']]", ListOf(ListOf(STRING))),
        ("areas == ['biological_weapons', 'cybersecurity']", BOOL),
        ("areas in [[], ['biological_weapons', 'cybersecurity']]", BOOL),
        ("state in ['provisional', 'opened', model.name]", BOOL),
        ("['provisional', 'opened', state].exists_one(s, s == state)", BOOL),
        ("size(['b', 'a']) == 1 && ['b', 'a'][0] == 'b'", BOOL),
        ("has(case.finding) && has(notes.x)", BOOL),
        ("size(areas) + size(notes) + size(model.name)", NUMBER),
        ("model.name < 'm'", BOOL),
        ("parts[0].size_gb", NUMBER),
    ],
)
def test_a_sensible_expression_has_a_type(source: str, type_: Type) -> None:
    assert check(parse(source), FACTS) == type_


@pytest.mark.parametrize(
    ("source", "at", "what"),
    [
        ("stat == 'opened'", "stat", "stat is not declared. Did you mean state"),
        ("State == 'opened'", "State", "Did you mean state"),
        ("zzz", "zzz", "Known are: areas, case"),
        ("case.findng == n", "findng", "no field findng. Did you mean finding"),
        ("has(case.x)", "has", "no field x. Known are: finding, imminent"),
        ("n.x", "x", "a number and has no field"),
        ("state == 'orderd'", "'orderd'", "not one of opened, provisional, ordered"),
        ("'orderd' != state", "'orderd'", "Did you mean ordered"),
        ("state in ['opened', 'orderd']", "'orderd'", "'orderd' is not one of"),
        ("state == (case.imminent ? 'opened' : 'shut')", "'shut'", "'shut' is not one of"),
        ("(case.imminent ? state : 'new') == 'old'", "'old'", "'old' is not one of"),
        ("areas.exists(a, case.finding[a] == 'unacceptible')", "'unacc", "mean unacceptable"),
        ("areas.exists(a, a == 'cyber')", "'cyber'", "not one of cybersecurity"),
        ("case.finding['cyber'] == 'none'", "'cyber'", "not one of cybersecurity"),
        ("case.finding.cyber == 'none'", "cyber", "not one of cybersecurity"),
        ("'cyber' in areas", "'cyber'", "not one of cybersecurity"),
        ("'cyber' in case.finding", "'cyber'", "not one of cybersecurity"),
        ("state == areas[0]", "[0]", "not one of opened"),
        ("state in areas", "state", "'opened' is not one of cybersecurity"),
        ("notes.x in areas && state in case.finding", "state", "not one of cybersecurity"),
        ("state < 'ordered'", "<", "order an enumeration"),
        ("n == 'one'", "==", "never equal"),
        ("n in ['one']", "in", "never in"),
        ("n in n", "n", "in needs a list or a map"),
        ("n && true", "n", "&& needs true or false, but n is a number"),
        ("true || n", "n", "|| needs true or false"),
        ("!n", "n", "! needs true or false"),
        ("-state", "state", "- needs a number"),
        ("n + model.name", "name", "+ needs a number"),
        ("1 < n < 3", "<", "Write a < b && b < c"),
        ("'a' < 3", "3", "< beside text needs text"),
        ("n ? 1 : 2", "n", "condition before ? needs"),
        ("case.imminent ? 1 : 'a'", "'a'", "two outcomes"),
        ("[1, 'a']", "'a'", "elements of a list"),
        ("n[0]", "[", "cannot be indexed"),
        ("areas['x']", "'x'", "index of a list needs a number"),
        ("notes[1]", "1", "key of a map needs text"),
        ("model['name']", "[", "Write record.field"),
        ("size(n)", "n", "size needs"),
        ("n.all(x, true)", "all", "goes through a list or a map"),
        ("model.all(x, true)", "all", "goes through a list or a map"),
        ("[].all(x, true)", "[]", "nothing to go through"),
        ("areas.all(n, true)", "all", "n already has a meaning"),
        ("areas.all(a, areas.all(a, true))", "all(a, true", "a already has a meaning"),
        ("areas.all(a, n)", "n)", "condition of all needs true or false"),
        ("areas.all(a, true) && a == 'x'", "a == ", "a is not declared"),
        ("parts[0] == parts[1]", "==", "not compared whole"),
        ("parts[0] in parts", "in", "not compared whole"),
        ("n / n", "n", "a number written out"),
        ("n / 0.0", "0.0", "by zero"),
        ("n % 0", "0", "by zero"),
        ("n / 100", "100", "Write 100.0 instead of 100"),
        ("n % 2.0", "2.0", "whole number"),
        ("areas == ['cybersecurity', 'biological_weapons']", "['c", 'Write ["biological_weapons",'),
        ("areas == ['cybersecurity', 'cybersecurity']", "['c", 'Write ["cybersecurity"].'),
        ("areas in [[], ['b', 'a']]", "['b", "by the alphabet"),
        ("(case.imminent ? ['b', 'a'] : []) != areas", "['b", "by the alphabet"),
        ("areas == [areas[0], areas[1]]", "[areas[0]", "not written out"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_place(source: str, at: str, what: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        check(parse(source), FACTS)
    error = caught.value
    assert what in str(error)
    assert error.expression == source
    assert source.startswith(at, error.offset)


def test_an_unchecked_division_by_a_fact_does_not_compile() -> None:
    with pytest.raises(ExpressionError, match="a number written out"):
        compile_closure(Binary("/", Name("a"), Name("b")))


def test_checking_a_deep_expression_takes_no_exponential_time() -> None:
    truth = "(" * 25 + "true" + " == true)" * 25
    order = "n" + " < 1 ? 1 : 2)" * 25
    assert check(parse(truth), {}) == BOOL
    assert check(parse("(" * 25 + order), FACTS) == NUMBER


@pytest.mark.parametrize("source", ["true" + " || true" * 127, "a" + ".x" * 127])
def test_the_deepest_expression_that_is_read_can_be_checked_and_run(source: str) -> None:
    tree = parse(source)
    type_: Type = BOOL
    for _ in range(127):
        type_ = Record("r", {"x": type_})
    check(tree, {"a": type_})
    compile_closure(tree)({"a": UNKNOWN})


@pytest.mark.parametrize(
    ("value", "type_", "where"),
    [
        (1, BOOL, "f is 1"),
        (True, NUMBER, "f is True"),
        (0.5, NUMBER, "f is 0.5"),
        (Decimal("NaN"), NUMBER, "f is"),
        (Decimal("1e999999"), NUMBER, "f is"),
        pytest.param(10**7000, NUMBER, "f is too long to show", id="7000 digits"),
        ("shut", FACTS["state"], "f is 'shut', not one of opened"),
        ("abc", ListOf(STRING), "f is 'abc'"),
        ([1, "a"], ListOf(NUMBER), "f[1] is 'a'"),
        ({"finding": {"cybersecurity": "bad"}}, FACTS["case"], "f.finding.cybersecurity is 'bad'"),
        ({"finding": {"cyber": "none"}}, FACTS["case"], "f.finding is"),
        ({"a b": 1}, MapOf(STRING), 'f["a b"] is 1'),
        (None, STRING, "f is None"),
    ],
)
def test_a_value_of_another_type_is_named_with_its_place(
    value: object, type_: Type, where: str
) -> None:
    found = mismatch(value, type_, "f")
    assert found is not None
    assert found.startswith(where)


def test_unknown_and_missing_values_match_every_type() -> None:
    facts = {"case": {"finding": {"cybersecurity": UNKNOWN}}, "n": Fraction(1, 3), "extra": None}
    assert mismatch(facts, Record("facts", FACTS), "facts") is None
