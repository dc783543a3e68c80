"""Laws that every expression keeps, tried on random well-typed ones.

The independent runtime is the PyPI package `common-expression-language` (a Rust implementation of
CEL). Where it and we are compared, the domain is the one on which both are exact: ints far below
2**63, decimal numbers that are sums of few binary fractions, ASCII text. Left out are what CEL
does not define (sums of an int and a double, indexes by a double) and what that runtime does not
do by the specification (`size` of text that is not ASCII, which it counts in bytes). Where it
reports a missing key or index we may give a value or say unknown, since CEL only lets `&&` and
`||` absorb an error and its `exists` need not.
"""

import string
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

import cel
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdshort.rulebook.expression import (
    BOOL,
    NUMBER,
    STRING,
    UNKNOWN,
    Binary,
    Comprehension,
    Conditional,
    ExpressionError,
    Has,
    Index,
    ListLiteral,
    ListOf,
    Literal,
    MapOf,
    Name,
    Node,
    OneOf,
    Record,
    Select,
    Size,
    Type,
    Unary,
    Unknown,
    check,
    children,
    compile_closure,
    explain,
    mismatch,
    names,
    parse,
    unparse,
)
from holdshort.rulebook.expression.tree import Fold

AREA = OneOf(("bio", "cyber"))
GRADE = OneOf(("none", "acceptable", "unacceptable"))
ITEM = Record("item", {"n": NUMBER, "tag": STRING})
FACTS: dict[str, Type] = {
    "p": BOOL,
    "q": BOOL,
    "i": NUMBER,
    "j": NUMBER,
    "d": NUMBER,
    "s": STRING,
    "grade": GRADE,
    "xs": ListOf(NUMBER),
    "areas": ListOf(AREA),
    "finding": MapOf(GRADE, AREA),
    "marks": MapOf(NUMBER),
    "case": Record("case", {"imminent": BOOL, "count": NUMBER, "items": ListOf(ITEM)}),
}
TYPES = {"bool": BOOL, "int": NUMBER, "decimal": NUMBER, "text": STRING}
TEXT = st.text(string.printable, max_size=4)

# --- random expressions -------------------------------------------------------------------------

DEPTH = 3
Scope = tuple[tuple[str, str], ...]  # the variables of the macros around, with their kinds

CASE = Name("case")
ATOMS: dict[str, list[Node]] = {
    "bool": [Literal(True), Name("p"), Name("q"), Select(CASE, "imminent")],
    "int": [
        Name("i"),
        Name("j"),
        Select(CASE, "count"),
        Index(Name("xs"), Literal(0)),
        Index(Name("marks"), Literal("a")),
        Select(Name("marks"), "b"),
        Size(Name("areas")),
        Size(Name("marks")),
        Size(Name("s")),
    ],
    "decimal": [Name("d")],
    "text": [Name("s")],
    "area": [Literal("bio"), Literal("cyber"), Index(Name("areas"), Literal(0))],
    "grade": [Name("grade"), Select(Name("finding"), "bio"), Literal("none")],
}
LITERALS: dict[str, st.SearchStrategy[Node]] = {
    "bool": st.booleans().map(Literal),
    "int": st.integers(0, 9).map(Literal),
    "decimal": st.integers(0, 40).map(lambda k: Literal(Decimal(k) / 4 + Decimal("0.00"))),
    "text": TEXT.map(Literal),
    "area": st.sampled_from(AREA.values).map(Literal),
    "grade": st.sampled_from(GRADE.values).map(Literal),
}
RANGES: list[tuple[Node, str]] = [
    (Name("xs"), "int"),
    (Name("areas"), "area"),
    (Name("finding"), "area"),
    (Name("marks"), "text"),
    (Select(CASE, "items"), "item"),
]


@st.composite
def trees(draw: st.DrawFn, kind: str = "bool", depth: int = DEPTH, scope: Scope = ()) -> Node:
    """A well-typed expression of a kind; "int" and "decimal" are both numbers."""

    def one(kind: str, scope: Scope = scope) -> Node:
        return draw(trees(kind, depth - 1, scope))

    def pick(*options: Any) -> Any:
        return draw(st.sampled_from(options))

    if depth == 0 or (depth < DEPTH and pick(False, False, True)):
        near: list[Node] = []  # what the macros around give
        for variable, its_kind in scope:
            if its_kind == kind:
                near.append(Name(variable))
            elif its_kind == "item" and kind in ("int", "text"):
                near.append(Select(Name(variable), "n" if kind == "int" else "tag"))
        far = st.sampled_from(ATOMS[kind]) | LITERALS[kind]
        return draw(st.sampled_from(near) | far if near else far)
    if pick(True, False, False):
        return Conditional(one("bool"), one(kind), one(kind))
    match kind:
        case "int" | "decimal":
            op = pick("-", "+", "*", "neg", "div")
            if op == "neg":
                return Unary("-", one(kind))
            if op == "div" and kind == "int":
                return Binary("%", one(kind), Literal(pick(2, 3, 7)))
            if op == "div":
                return Binary("/", one(kind), Literal(pick(Decimal("2.0"), Decimal("8.0"))))
            return Binary(op, one(kind), one(kind))
        case "grade":
            return Index(Name("finding"), one("area"))
        case "bool":
            return draw(_bools(depth, scope))
    return one(kind)


@st.composite
def _bools(draw: st.DrawFn, depth: int, scope: Scope) -> Node:
    def one(kind: str, scope: Scope = scope) -> Node:
        return draw(trees(kind, depth - 1, scope))

    def pick(*options: Any) -> Any:
        return draw(st.sampled_from(options))

    match pick("!", "&&", "&&", "<", "==", "==", "list", "in", "map", "has", "fold", "fold"):
        case "!":
            return Unary("!", one("bool"))
        case "&&":
            return Binary(pick("&&", "||"), one("bool"), one("bool"))
        case "<":
            left, right = pick(("int", "int"), ("int", "decimal"), ("text", "text"))
            return Binary(pick("<", "<=", ">", ">="), one(left), one(right))
        case "==":
            kind = pick("bool", "int", "decimal", "text", "area", "grade")
            return Binary(pick("==", "!="), one(kind), one(kind))
        case "list":
            return Binary("==", ListLiteral((one("int"), one("int"))), Name("xs"))
        case "in":
            kind = pick("int", "text", "grade")
            return Binary("in", one(kind), ListLiteral((one(kind), one(kind))))
        case "map":
            element, container = pick(("int", "xs"), ("area", "areas"), ("text", "marks"))
            return Binary("in", one(element), Name(container))
        case "has":
            holder, field = pick((CASE, "count"), (Name("marks"), "a"), (Name("finding"), "bio"))
            return Has(holder, field)
    return draw(macros(depth, scope))


@st.composite
def macros(draw: st.DrawFn, depth: int = DEPTH, scope: Scope = ()) -> Node:
    over, kind = draw(st.sampled_from(RANGES))
    variable = f"x{len(scope)}"
    body = draw(trees("bool", depth - 1, (*scope, (variable, kind))))
    fold = draw(st.sampled_from(["exists", "all", "exists_one"]))
    return Comprehension(cast("Fold", fold), over, variable, body)


ANY_KIND = st.one_of(macros(), *(trees(kind) for kind in TYPES))


# --- random facts -------------------------------------------------------------------------------

INTS = st.integers(-50, 50)
GRADES = st.sampled_from(GRADE.values)
KNOWN: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "p": st.booleans(),
        "q": st.booleans(),
        "i": INTS,
        "j": INTS,
        "d": st.integers(-40, 40).map(lambda k: Decimal(k) / 4),
        "s": TEXT,
        "grade": GRADES,
        "xs": st.lists(INTS, max_size=3),
        "areas": st.lists(st.sampled_from(AREA.values), max_size=2),
        "finding": st.dictionaries(st.sampled_from(AREA.values), GRADES),
        "marks": st.dictionaries(st.sampled_from("abc"), INTS),
        "case": st.fixed_dictionaries(
            {
                "imminent": st.booleans(),
                "count": INTS,
                "items": st.lists(st.fixed_dictionaries({"n": INTS, "tag": TEXT}), max_size=2),
            }
        ),
    }
)


@st.composite
def obscured(draw: st.DrawFn, value: Any, type_: Type, drop: bool) -> Any:
    """The value with some of its parts unknown; with ``drop``, some fields of records missing."""
    if draw(st.sampled_from([True, False, False, False])):
        return UNKNOWN
    match type_:
        case ListOf(of=of):
            return [draw(obscured(v, of, drop)) for v in value]
        case MapOf(of=of):
            return {k: draw(obscured(v, of, drop)) for k, v in value.items()}
        case Record(fields=fields):
            return draw(partial(value, fields, drop))
    return value


@st.composite
def partial(draw: st.DrawFn, env: Any, types: Mapping[str, Type], drop: bool) -> dict[str, Any]:
    shown = {k: draw(obscured(v, types[k], drop)) for k, v in env.items()}
    return {k: v for k, v in shown.items() if not (drop and v is UNKNOWN and draw(st.booleans()))}


def holds(node: Node, kind: type[Any]) -> bool:
    return isinstance(node, kind) or any(holds(child, kind) for child in children(node))


def as_doubles(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value


# --- the laws -----------------------------------------------------------------------------------


@given(st.sampled_from(sorted(TYPES)).flatmap(lambda kind: st.tuples(st.just(kind), trees(kind))))
def test_a_well_typed_expression_is_found_well_typed(case: tuple[str, Node]) -> None:
    kind, tree = case
    assert check(tree, FACTS) == TYPES[kind]


@given(trees())
def test_what_is_written_back_reads_as_the_same_expression(tree: Node) -> None:
    source = unparse(tree)
    assert parse(source) == tree
    assert unparse(parse(source)) == source


@settings(max_examples=250)
@given(ANY_KIND, KNOWN)
def test_where_cel_has_a_value_ours_is_the_same(tree: Node, env: dict[str, Any]) -> None:
    ours = compile_closure(tree)(env)
    source = unparse(tree)
    try:
        theirs = cel.evaluate(source, {name: as_doubles(value) for name, value in env.items()})
    except (KeyError, IndexError):
        return  # an element that is not there: CEL fails, and what we say is the next law's matter
    assert not isinstance(ours, Unknown), source
    assert ours == theirs, source
    assert isinstance(ours, bool) is isinstance(theirs, bool), source


@settings(max_examples=250)
@given(st.data(), ANY_KIND, KNOWN)
def test_a_definite_result_survives_whatever_is_attested_later(
    data: st.DataObject, tree: Node, env: dict[str, Any]
) -> None:
    # A field that is dropped is known to be absent, which is what has() asks.
    now = data.draw(partial(env, FACTS, drop=not holds(tree, Has)))
    run = compile_closure(tree)
    result = run(now)
    if not isinstance(result, Unknown):
        assert run(env) == result


@settings(max_examples=200)
@given(st.data(), ANY_KIND, KNOWN)
def test_an_unknown_result_names_facts_that_are_unknown(
    data: st.DataObject, tree: Node, env: dict[str, Any]
) -> None:
    now = data.draw(partial(env, FACTS, drop=True))
    result = compile_closure(tree)(now)
    if isinstance(result, Unknown):
        assert result.names
        for name in result.names:
            assert isinstance(compile_closure(parse(name))(now), Unknown), name


@given(st.data(), trees(), KNOWN)
def test_facts_that_an_expression_does_not_name_do_not_matter(
    data: st.DataObject, tree: Node, env: dict[str, Any]
) -> None:
    read = {path.split(".")[0].split("[")[0] for path in names(tree)}
    other = {**data.draw(KNOWN), **{name: env[name] for name in read}}
    assert compile_closure(tree)(other) == compile_closure(tree)(env)


@given(trees(), KNOWN)
def test_equal_numbers_behave_alike(tree: Node, env: dict[str, Any]) -> None:
    recast = {
        **env,
        "i": Decimal(env["i"]),
        "j": Fraction(env["j"]),
        "d": Fraction(env["d"]),
        "xs": [Decimal(f"{x}.000") for x in env["xs"]],
    }
    assert compile_closure(tree)(recast) == compile_closure(tree)(env)


@given(st.data(), trees(), KNOWN)
def test_every_atom_can_be_explained(data: st.DataObject, tree: Node, env: dict[str, Any]) -> None:
    now = data.draw(partial(env, FACTS, drop=True))
    tree = parse(unparse(tree))
    for reason in explain(tree, now):
        assert bool(reason.missing) is isinstance(reason.value, Unknown)


@given(st.data(), KNOWN)
def test_the_facts_drawn_here_match_their_types(data: st.DataObject, env: dict[str, Any]) -> None:
    now = data.draw(partial(env, FACTS, drop=True))
    assert mismatch(now, Record("facts", FACTS), "facts") is None


WORDS = (
    "a a.b xs true 1 0.5 1e25 'text' ( ) [ ] , . ? : ! - + * / % && || == < in has( size( "
    ".exists(x, .all(x, // \n =  & null 1u 'open \\ 01 { } @ for x"
).split(" ")


@given(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join) | st.text(max_size=30))
def test_any_text_is_cel_or_is_refused_with_its_place(source: str) -> None:
    try:
        tree = parse(source)
    except ExpressionError as error:
        place, excerpt = error.offset, error.excerpt()
    else:
        assert parse(unparse(tree)) == tree
        cel.compile(source)
        return
    assert 0 <= place <= len(source)
    assert excerpt.endswith("^")


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_can_be_quoted(text: str) -> None:
    source = unparse(Literal(text))
    assert parse(source) == Literal(text)
    assert cel.evaluate(source) == text


@pytest.mark.parametrize(
    ("source", "value"),
    [("-7 % 2", -1), ("7 % -2", 1), ("7 % 2", 1), ("-5.0 / 2.0", -2.5), ("2 - 3 - 4", -5)],
)
def test_arithmetic_rounds_and_associates_as_in_cel(source: str, value: float) -> None:
    assert compile_closure(parse(source))({}) == cel.evaluate(source) == value
