"""The two interpreters of the language agree: closures for the docket, Z3 terms for the prover."""

import importlib.util
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import cel
import pytest
import z3
from hypothesis import given, settings
from hypothesis import strategies as st

from holdshort.rulebook.expression import (
    BOOL,
    NUMBER,
    STRING,
    UNKNOWN,
    ListOf,
    MapOf,
    Node,
    OneOf,
    Record,
    Type,
    Unknown,
    as_set,
    check,
    compile_closure,
    parse,
    unparse,
)
from holdshort.rulebook.proof.logic import place_of, term
from holdshort.rulebook.proof.symbols import (
    NOTHING,
    Amount,
    Answer,
    Items,
    Nothing,
    Subset,
    Symbol,
    Table,
    Text,
    Word,
)
from holdshort.rulebook.proof.terms import interpret

_spec = importlib.util.spec_from_file_location(
    "expression_laws", Path(__file__).parents[1] / "expression" / "test_laws.py"
)
assert _spec is not None
assert _spec.loader is not None
laws: Any = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(laws)


class Facts:
    """Facts as symbols: a variable for every leaf, and what each variable is."""

    def __init__(self) -> None:
        self.pairs: list[tuple[Any, Any]] = []

    def bit(self, value: bool) -> Any:
        self.pairs.append((z3.Bool(f"b{len(self.pairs)}"), z3.BoolVal(value)))
        return self.pairs[-1][0]

    def real(self, value: Fraction) -> Any:
        told = z3.RealVal(f"{value.numerator}/{value.denominator}")
        self.pairs.append((z3.Real(f"r{len(self.pairs)}"), told))
        return self.pairs[-1][0]

    def symbol(self, value: Any, type_: Type) -> Symbol:
        known = not isinstance(value, Unknown)
        match type_:
            case OneOf(values=words):
                return Word({word: self.bit(known and word == value) for word in words})
            case ListOf(of=of):
                parts = value if known else []
                return Items(self.bit(known), tuple(self.symbol(part, of) for part in parts))
            case MapOf(of=of, key=key):
                keys = key.values if isinstance(key, OneOf) else "abc"
                here = value if known else {}
                return Table(
                    self.bit(known),
                    {k: (self.bit(k in here), self.symbol(here.get(k, UNKNOWN), of)) for k in keys},
                )
            case Record(fields=fields):
                here = value if known else {}
                return Table(
                    self.bit(known),
                    {
                        k: (self.bit(k in here), self.symbol(here.get(k, UNKNOWN), t))
                        for k, t in fields.items()
                    },
                )
        if type_ == BOOL:
            return Answer(self.bit(value is True), self.bit(value is False))
        if type_ == NUMBER:
            return Amount(self.bit(known), self.real(Fraction(value) if known else Fraction(0)))
        assert type_ == STRING
        # Of a text of which only the place is known, Z3 does not know the size: words have one.
        return Word({value: self.bit(True)} if known else {})

    def subset(self, value: Any) -> Symbol:
        """A list of areas as a case remembers it."""
        known = not isinstance(value, Unknown)
        has = {word: self.bit(known and word in value) for word in as_set(AREAS.values)}
        return Subset(self.bit(known), has)

    def env(self, env: Mapping[str, Any]) -> dict[str, Symbol]:
        return {
            name: self.symbol(env[name], type_) if name in env else NOTHING
            for name, type_ in laws.FACTS.items()
        }

    def told(self, found: Any) -> Any:
        """What a term is worth when every variable is what it is."""
        found = z3.simplify(z3.substitute(term(found), self.pairs))
        assert z3.is_true(found) or z3.is_false(found), found
        return z3.is_true(found)

    def value(self, symbol: Symbol) -> Any:
        match symbol:
            case Answer(yes=yes, no=no):
                truth = self.told(yes), self.told(no)
                assert truth != (True, True)
                return True if truth[0] else False if truth[1] else UNKNOWN
            case Amount(known=known, value=number):
                if not self.told(known):
                    return UNKNOWN
                if isinstance(number, Fraction):
                    return number
                return z3.simplify(z3.substitute(number, self.pairs)).as_fraction()
            case Word(options=options):
                return next((w for w, c in options.items() if self.told(c)), UNKNOWN)
            case Text(known=known, place=place):
                if not self.told(known):
                    return UNKNOWN
                return place if isinstance(place, Fraction) else self.value(Amount(True, place))
            case Nothing():
                return UNKNOWN
        raise AssertionError(symbol)


def same(found: Any, wanted: Any) -> bool:
    if isinstance(wanted, Unknown) or isinstance(found, Unknown):
        return isinstance(wanted, Unknown) and isinstance(found, Unknown)
    if isinstance(wanted, str) and isinstance(found, Fraction):
        return found == place_of(wanted)
    return bool(found == wanted)


@settings(max_examples=200)
@given(st.data(), laws.ANY_KIND, laws.KNOWN, st.booleans())
def test_a_term_is_worth_what_the_closure_says(
    data: st.DataObject, tree: Node, env: dict[str, Any], drop: bool
) -> None:
    now = data.draw(laws.partial(env, laws.FACTS, drop=drop))
    facts = Facts()
    found = facts.value(interpret(tree, facts.env(now)))
    assert same(found, compile_closure(tree)(now)), unparse(tree)


@settings(max_examples=100)
@given(laws.ANY_KIND, laws.KNOWN)
def test_a_term_is_worth_what_cel_says(tree: Node, env: dict[str, Any]) -> None:
    source = unparse(tree)
    plain = {name: laws.as_doubles(value) for name, value in env.items()}
    try:
        theirs = cel.evaluate(source, plain)
    except (KeyError, IndexError):
        return
    facts = Facts()
    assert same(facts.value(interpret(tree, facts.env(env))), theirs), source


@given(st.text(), st.text())
def test_texts_have_their_place_in_the_order_of_texts(a: str, b: str) -> None:
    assert (place_of(a) < place_of(b)) is (a < b)
    assert (place_of(a) == place_of(b)) is (a == b)


AREAS = OneOf(("bio", "cyber", "control"))
ON_LISTS: dict[str, Type] = {
    "act": ListOf(AREAS),
    "other": ListOf(AREAS),
    "p": BOOL,
    "n": NUMBER,
    "s": STRING,
    "area": AREAS,
}
SOURCES = [
    "act.all(a, a in ['bio', 'cyber'])",
    "act.exists(a, a == 'bio')",
    "act.exists_one(a, a != 'bio')",
    "size(act) > 1",
    "'bio' in act",
    "area in act",
    "act == ['bio', 'cyber']",
    "act != []",
    "act == [area]",
    "[area, 'bio'][0] == act[0]",
    "act == other",
    "act[0] == 'bio' || act[1] in ['control']",
    "act[n] == other[0]",
    "act in [['bio'], other, []]",
    "[act, other].exists_one(each, each == ['control'])",
    "(p ? act : other) == ['bio', 'control']",
    "(p ? act : ['control', 'cyber']) == other",
    "(p ? act : ['cyber']) == (p ? ['bio', 'cyber'] : other)",
    "act in (p ? [other, ['bio']] : [['bio', 'cyber']])",
    "(p ? [act] : [])[0] == other",
    "(p ? act : ['cyber']).all(a, a in other)",
    "(p ? act : [area]).exists_one(a, a != 'bio')",
    "size(p ? act : [area]) == n",
    "area in (p ? act : ['bio', 'cyber'])",
    # Of what there are no facts: lists of other things, of unlike length.
    "n in (p ? [1, n, 0] : [1])",
    "(p ? [n, 0] : [1]).all(x, x >= 0)",
    "(p ? [n, 0] : [1])[1] == 0",
    "(p ? [n, 0] : [1]) == [1]",
    "(p ? [p] : []) != [true]",
    "s in (p ? [s] : [])",
    "(size(act) > 1 ? [s] : []).exists_one(x, x == s)",
]


@pytest.mark.parametrize("source", SOURCES)
@settings(max_examples=40)
@given(
    data=st.data(),
    env=st.fixed_dictionaries(
        {
            "act": st.sets(st.sampled_from(AREAS.values)).map(as_set),
            "other": st.sets(st.sampled_from(AREAS.values)).map(as_set),
            "p": st.booleans(),
            "n": st.integers(-1, 3),
            "s": laws.TEXT,
            "area": st.sampled_from(AREAS.values),
        }
    ),
)
def test_of_a_set_of_words_a_term_is_worth_what_the_closure_and_cel_say(
    source: str, data: st.DataObject, env: dict[str, Any]
) -> None:
    tree = parse(source)
    assert check(tree, ON_LISTS) == BOOL
    now = {n: UNKNOWN if data.draw(st.integers(0, 7)) == 0 else v for n, v in env.items()}
    facts = Facts()
    symbols = {name: facts.symbol(now[name], type_) for name, type_ in ON_LISTS.items()}
    symbols |= {name: facts.subset(now[name]) for name in ("act", "other")}
    ours = compile_closure(tree)(now)
    assert same(facts.value(interpret(tree, symbols)), ours)
    if not any(isinstance(value, Unknown) for value in now.values()):
        try:
            theirs = cel.evaluate(source, dict(now))
        except (KeyError, IndexError):
            return
        assert ours == theirs


@pytest.mark.parametrize(
    ("source", "value"),
    [("7 % 2 == 1 && 5 / 2.0 == 2.5", True), ("-7 % 3 == -1", True), ("'a' < 'b'", True)],
)
def test_what_reads_nothing_is_plain(source: str, value: bool) -> None:
    assert interpret(parse(source), {}) == Answer(value, not value)


def test_a_remainder_of_a_variable_has_the_sign_of_the_dividend() -> None:
    for dividend in (-7, 7, Decimal("7.5"), Decimal("-7.5")):
        facts = Facts()
        env = {"n": facts.symbol(Fraction(dividend), NUMBER)}
        for divisor in ("3", "-3"):
            tree = parse(f"n % {divisor}")
            assert facts.value(interpret(tree, env)) == compile_closure(tree)({"n": dividend})
