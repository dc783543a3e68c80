"""The second interpreter of the rulebook's language: a tree becomes Z3 terms.

It means what `compile_closure` means, value for value and unknown for unknown; a property test
holds the two together. Names are looked up in an environment of symbols (`symbols`).

What Z3 is not told exactly is left open, so that whatever is proven holds all the more: the size of
a text of which only the order is known. There a `Fresh` variable stands in.
"""

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, TypeAlias, assert_never

import z3

from holdshort.rulebook.expression import (
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
from holdshort.rulebook.expression.tree import divisor
from holdshort.rulebook.proof.logic import (
    Quantity,
    Truth,
    choose_number,
    compared,
    computed,
    conj,
    disj,
    more_than_one,
    neg,
    remainder,
)
from holdshort.rulebook.proof.symbols import (
    FALSE,
    NOTHING,
    TRUE,
    Amount,
    Answer,
    Branch,
    Items,
    Subset,
    Symbol,
    Table,
    Text,
    Word,
    answer,
    as_amount,
    as_answer,
    as_text,
    equal,
    every,
    given,
    known,
    merged,
    some,
    when,
)

Env = Mapping[str, Symbol]
Fresh: TypeAlias = Callable[[str], Any]
"""Makes a variable of the sort ``Bool`` or ``Real`` that nothing constrains."""

_ORDER: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_SUMS: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}


class Open:
    """Variables for what is left open, numbered in the order in which they are asked for."""

    def __init__(self, prefix: str = "open") -> None:
        self.prefix = prefix
        self.made: list[Any] = []

    def __call__(self, sort: str) -> Any:
        """A new variable of the sort ``Bool`` or ``Real``."""
        make = z3.Bool if sort == "Bool" else z3.Real
        self.made.append(make(f"{self.prefix}!{len(self.made)}"))
        return self.made[-1]


def interpret(tree: Node, env: Env, fresh: Fresh | None = None) -> Symbol:
    """The value of a checked expression."""
    return _Interpreter(fresh or Open()).value(tree, env)


def decided(tree: Node, env: Env, fresh: Fresh | None = None) -> Answer:
    """The answer of a condition."""
    return as_answer(interpret(tree, env, fresh))


def literal(value: object) -> Symbol:
    """A value that was written down, or that a case remembers at first."""
    match value:
        case bool():
            return TRUE if value else FALSE
        case str():
            return Word({value: True})
        case Mapping():
            return Table(True, {key: (True, literal(part)) for key, part in value.items()})
        case list() | tuple():
            return Items(True, tuple(literal(part) for part in value))
        case None:
            return NOTHING
        case int() | Decimal() | Fraction():
            return Amount(True, Fraction(value))
    raise TypeError(f"{value!r} is no value of an expression.")


class _Interpreter:
    def __init__(self, fresh: Fresh) -> None:
        self.fresh = fresh

    def value(self, node: Node, env: Env) -> Symbol:
        match node:
            case Literal(value=value):
                return literal(value)
            case Name(name=name):
                return env.get(name, NOTHING)
            case Select(operand=operand, field=field):
                table = self.value(operand, env)
                there, part = _entry(table, field)
                return when(there, part)
            case Has(operand=operand, field=field):
                table = self.value(operand, env)
                there, part = _entry(table, field)
                return Answer(conj(there, known(part)), conj(known(table), neg(there)))
            case Index():
                return self.index(self.value(node.operand, env), self.value(node.key, env))
            case Size(operand=operand):
                return self.size(self.value(operand, env))
            case ListLiteral(elements=elements):
                return Items(True, tuple(self.value(each, env) for each in elements))
            case Unary(op="!", operand=operand):
                truth = as_answer(self.value(operand, env))
                return Answer(truth.no, truth.yes)
            case Unary(operand=operand):
                amount = as_amount(self.value(operand, env))
                return Amount(amount.known, -amount.value)
            case Binary():
                return self.binary(node, env)
            case Conditional():
                return self.conditional(node, env)
            case Comprehension():
                return self.fold(node, env)
        assert_never(node)

    def conditional(self, node: Conditional, env: Env) -> Symbol:
        truth = as_answer(self.value(node.condition, env))
        then, otherwise = self.value(node.then, env), self.value(node.otherwise, env)
        return when(known(truth), merged(truth.yes, then, otherwise))

    # --- parts of a whole -----------------------------------------------------------------------

    def index(self, whole: Symbol, key: Symbol) -> Symbol:
        match whole:
            case Table(entries=entries):
                if isinstance(key, Word) and [*key.options.values()] == [True]:
                    there, part = _entry(whole, *key.options)  # one entry is read, not all of them
                    return when(there, part)
                found: Symbol = NOTHING
                for name, (there, part) in entries.items():
                    here = equal(key, Word({name: True})).yes
                    found = merged(conj(whole.known, there, here), part, found)
                return found
            case Items(elements=elements):
                return self._element(whole.known, elements, as_amount(key))
            case Subset(has=has):
                words = [whole.at(place) for place in range(len(has))]
                return self._element(whole.known, words, as_amount(key))
            case Branch(condition=condition, then=then, otherwise=otherwise):
                return merged(condition, self.index(then, key), self.index(otherwise, key))
        return NOTHING

    def _element(self, there: Truth, elements: Sequence[Symbol], at: Amount) -> Symbol:
        found: Symbol = NOTHING
        for place, part in enumerate(elements):
            here = conj(at.known, compared(at.value, Fraction(place), operator.eq))
            found = merged(conj(there, here), part, found)
        return found

    def size(self, whole: Symbol) -> Symbol:
        match whole:
            case Word(options=options):
                length: Quantity = Fraction(0)
                for text, condition in options.items():
                    length = choose_number(condition, Fraction(len(text)), length)
                return Amount(whole.known, length)
            case Text():
                length = self.fresh("Real")
                return Amount(conj(whole.known, length >= 0, z3.IsInt(length)), length)
            case Items(elements=elements):
                return Amount(whole.known, Fraction(len(elements)))
            case Subset():
                length = Fraction(0)
                for number, condition in enumerate(whole.sizes()):
                    length = choose_number(condition, Fraction(number), length)
                return Amount(whole.known, length)
            case Branch(condition=condition, then=then, otherwise=otherwise):
                return merged(condition, self.size(then), self.size(otherwise))
            case Table(entries=entries):
                length = Fraction(0)
                for there, _ in entries.values():
                    one = choose_number(there, Fraction(1), Fraction(0))
                    length = computed(length, one, operator.add)
                return Amount(whole.known, length)
        return NOTHING

    # --- operators ------------------------------------------------------------------------------

    def binary(self, node: Binary, env: Env) -> Symbol:
        left = self.value(node.left, env)
        if node.op == "/":
            amount, by = as_amount(left), Fraction(divisor(node))
            return Amount(amount.known, computed(amount.value, by, operator.truediv))
        if node.op == "%":
            amount = as_amount(left)
            return Amount(amount.known, remainder(amount.value, int(divisor(node))))
        right = self.value(node.right, env)
        match node.op:
            case "&&":
                return every((as_answer(left), as_answer(right)))
            case "||":
                return some((as_answer(left), as_answer(right)))
            case "==":
                return equal(left, right)
            case "!=":
                alike = equal(left, right)
                return Answer(alike.no, alike.yes)
            case "in":
                return self.membership(left, right)
            case "<" | "<=" | ">" | ">=":
                return _ordered(left, right, _ORDER[node.op])
        a, b = as_amount(left), as_amount(right)
        return Amount(conj(a.known, b.known), computed(a.value, b.value, _SUMS[node.op]))

    def membership(self, element: Symbol, whole: Symbol) -> Answer:
        match whole:
            case Items(elements=elements):
                found = some(equal(element, each) for each in elements)
                return given(whole.known, found)
            case Table(entries=entries):
                empty = neg(disj(*(there for there, _ in entries.values())))
                parts = [
                    conj(there, equal(element, Word({key: True})).yes)
                    for key, (there, _) in entries.items()
                ]
                yes = disj(*parts)
                no = disj(empty, conj(known(element), neg(yes)))
                return given(whole.known, Answer(yes, no))
            case Subset(has=has):
                parts = [
                    conj(there, equal(element, Word({text: True})).yes)
                    for text, there in has.items()
                ]
                yes = disj(*parts)
                no = disj(neg(disj(*has.values())), conj(known(element), neg(yes)))
                return given(whole.known, Answer(yes, no))
            case Branch(condition=condition, then=then, otherwise=otherwise):
                one, other = self.membership(element, then), self.membership(element, otherwise)
                return as_answer(merged(condition, one, other))
        return Answer(False, False)

    # --- macros ---------------------------------------------------------------------------------

    def fold(self, node: Comprehension, env: Env) -> Answer:
        return self._folded(node, self.value(node.over, env), env)

    def _folded(self, node: Comprehension, whole: Symbol, env: Env) -> Answer:
        if isinstance(whole, Branch):
            then, otherwise = (
                self._folded(node, part, env) for part in (whole.then, whole.otherwise)
            )
            return as_answer(merged(whole.condition, then, otherwise))
        members = [
            (there, as_answer(self.value(node.body, {**env, node.variable: element})))
            for there, element in _members(whole)
        ]
        if node.fold == "exists":
            yes = disj(*(conj(there, body.yes) for there, body in members))
            no = conj(*(disj(neg(there), body.no) for there, body in members))
        elif node.fold == "all":
            yes = conj(*(disj(neg(there), body.yes) for there, body in members))
            no = disj(*(conj(there, body.no) for there, body in members))
        else:
            yes, no = _exactly_one(members)
        return given(known(whole), Answer(yes, no))


def _exactly_one(members: Iterable[tuple[Truth, Answer]]) -> tuple[Truth, Truth]:
    """When exactly one is true; when that is ruled out. Two that are true settle it."""
    found = list(members)
    true = [conj(there, body.yes) for there, body in found]
    sure = conj(*(disj(neg(there), body.yes, body.no) for there, body in found))
    two = more_than_one(true)
    return conj(sure, disj(*true), neg(two)), disj(two, conj(sure, neg(disj(*true))))


def _entry(table: Symbol, field: str) -> tuple[Truth, Symbol]:
    if not isinstance(table, Table):
        return False, NOTHING
    there, part = table.entries.get(field, (False, NOTHING))
    return conj(table.known, there), part


def _members(whole: Symbol) -> list[tuple[Truth, Symbol]]:
    """What a macro goes through, each with the condition under which it is there."""
    match whole:
        case Items(elements=elements):
            return [(True, each) for each in elements]
        case Table(entries=entries):
            return [(there, Word({key: True})) for key, (there, _) in entries.items()]
        case Subset(has=has):
            return [(there, Word({text: True})) for text, there in has.items()]
    return []


def _ordered(a: Symbol, b: Symbol, by: Callable[[Any, Any], Any]) -> Answer:
    if isinstance(a, Word | Text) or isinstance(b, Word | Text):
        left, right = as_text(a), as_text(b)
        both, found = conj(left.known, right.known), compared(left.place, right.place, by)
    else:
        one, two = as_amount(a), as_amount(b)
        both, found = conj(one.known, two.known), compared(one.value, two.value, by)
    return given(both, answer(found))
