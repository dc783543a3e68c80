"""Values of expressions as Z3 sees them: what each may be, and when it is known.

======== ===========================================================================================
Answer   true where ``yes`` holds, false where ``no`` does, unknown where neither
Amount   a number where ``known``
Word     a text out of few: each under its own condition; unknown where none holds
Text     any text, by its place in the order of texts
Items    a list whose length is known
Subset   a list of words out of an enumeration, as acts state and cases remember it: each word once
         at most, by the alphabet. So which words there are is all that there is to know
Branch   the one list or the other, which have not the same form
Table    a map or a record: each entry with the condition under which it is there
Nothing  unknown, of any type
======== ===========================================================================================
"""

import operator
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from holdshort.rulebook.proof.logic import (
    Quantity,
    Truth,
    choose,
    choose_number,
    compared,
    conj,
    disj,
    neg,
    place_of,
    same,
)


@dataclass(frozen=True)
class Answer:
    """True, false or unknown."""

    yes: Truth
    no: Truth


@dataclass(frozen=True)
class Amount:
    """A number, or unknown."""

    known: Truth
    value: Quantity


@dataclass(frozen=True)
class Word:
    """One of a few texts, or unknown. No two conditions hold together."""

    options: Mapping[str, Truth]

    @property
    def known(self) -> Truth:
        """Whether it is one of them."""
        return disj(*self.options.values())

    def is_(self, text: str) -> Truth:
        """Whether it is this text."""
        return self.options.get(text, False)


@dataclass(frozen=True)
class Text:
    """A text, or unknown."""

    known: Truth
    place: Quantity


@dataclass(frozen=True)
class Items:
    """A list of a known length, or unknown."""

    known: Truth
    elements: tuple["Symbol", ...]


@dataclass(frozen=True)
class Subset:
    """A list of words, or unknown. ``has``: by the alphabet, whether each is in it."""

    known: Truth
    has: Mapping[str, Truth]

    def sizes(self) -> list[Truth]:
        """By number: whether exactly so many words are in it."""
        return _counts(self.has.values())

    def at(self, place: int) -> Word:
        """The word at a place of the list; unknown if there are not so many."""
        words = list(self.has)
        here = {}
        for number, word in enumerate(words):
            before = _counts([self.has[each] for each in words[:number]])
            if place < len(before):
                here[word] = conj(self.known, self.has[word], before[place])
        return Word(here)


@dataclass(frozen=True)
class Branch:
    """One list where the condition holds, another where it does not."""

    condition: Truth
    then: "Symbol"
    otherwise: "Symbol"


@dataclass(frozen=True)
class Table:
    """A map or a record, or unknown."""

    known: Truth
    entries: Mapping[str, tuple[Truth, "Symbol"]]


@dataclass(frozen=True)
class Nothing:
    """What is not known, and of no type in particular."""


Symbol: TypeAlias = Answer | Amount | Word | Text | Items | Subset | Branch | Table | Nothing

NOTHING = Nothing()
TRUE, FALSE, UNSURE = Answer(True, False), Answer(False, True), Answer(False, False)


def answer(truth: Truth) -> Answer:
    """A truth that is known."""
    return Answer(truth, neg(truth))


def known(symbol: Symbol) -> Truth:
    """Whether a value is known as a whole."""
    match symbol:
        case Answer(yes=yes, no=no):
            return disj(yes, no)
        case Branch(condition=condition, then=then, otherwise=otherwise):
            return choose(condition, known(then), known(otherwise))
        case Nothing():
            return False
    return symbol.known


def as_answer(symbol: Symbol) -> Answer:
    """A value of a type that was checked to be true or false."""
    return symbol if isinstance(symbol, Answer) else UNSURE


def as_amount(symbol: Symbol) -> Amount:
    """A value of a type that was checked to be a number."""
    return symbol if isinstance(symbol, Amount) else Amount(False, Fraction(0))


def as_text(symbol: Symbol) -> Text:
    """A text by its place."""
    match symbol:
        case Text():
            return symbol
        case Word(options=options):
            place: Quantity = Fraction(0)
            for text, condition in options.items():
                place = choose_number(condition, place_of(text), place)
            return Text(symbol.known, place)
    return Text(False, Fraction(0))


def blank(like: Symbol) -> Symbol:
    """Unknown, in the form of another value."""
    match like:
        case Answer():
            return UNSURE
        case Amount():
            return Amount(False, Fraction(0))
        case Word():
            return Word({})
        case Text():
            return Text(False, Fraction(0))
        case Items():
            return Items(False, tuple(blank(each) for each in like.elements))
        case Subset():
            return Subset(False, {})
        case Branch():
            return Items(False, ())
        case Table():
            return Table(False, {})
    return NOTHING


def when(condition: Truth, symbol: Symbol) -> Symbol:
    """The value where the condition holds; unknown elsewhere."""
    return merged(condition, symbol, NOTHING)


def merged(condition: Truth, then: Symbol, otherwise: Symbol) -> Symbol:
    """One value or the other."""
    if isinstance(condition, bool):
        return then if condition else otherwise
    if isinstance(then, Nothing):
        if isinstance(otherwise, Nothing):
            return NOTHING
        then = blank(otherwise)
    elif isinstance(otherwise, Nothing):
        otherwise = blank(then)
    match then, otherwise:
        case Answer(), Answer():
            return Answer(
                choose(condition, then.yes, otherwise.yes), choose(condition, then.no, otherwise.no)
            )
        case Amount(), Amount():
            return Amount(
                choose(condition, then.known, otherwise.known),
                choose_number(condition, then.value, otherwise.value),
            )
        case Word(), Word():
            texts = dict.fromkeys([*then.options, *otherwise.options])
            return Word({t: choose(condition, then.is_(t), otherwise.is_(t)) for t in texts})
        case Table(), Table():
            return _merged_tables(condition, then, otherwise)
    if isinstance(then, Text | Word):
        a, b = as_text(then), as_text(otherwise)
        place = choose_number(condition, a.place, b.place)
        return Text(choose(condition, a.known, b.known), place)
    return _merged_lists(condition, then, otherwise)


def _merged_tables(condition: Truth, then: Table, otherwise: Table) -> Table:
    entries = {}
    for key in dict.fromkeys([*then.entries, *otherwise.entries]):
        here, a = then.entries.get(key, (False, NOTHING))
        there, b = otherwise.entries.get(key, (False, NOTHING))
        entries[key] = choose(condition, here, there), merged(condition, a, b)
    return Table(choose(condition, then.known, otherwise.known), entries)


def _merged_lists(condition: Truth, then: Symbol, otherwise: Symbol) -> Symbol:
    if (
        isinstance(then, Items)
        and isinstance(otherwise, Items)
        and len(then.elements) == len(otherwise.elements)
    ):
        pairs = zip(then.elements, otherwise.elements, strict=True)
        return Items(
            choose(condition, then.known, otherwise.known),
            tuple(merged(condition, a, b) for a, b in pairs),
        )
    if isinstance(then, Subset) and isinstance(otherwise, Subset):
        return _merged_subsets(condition, then, otherwise)
    return Branch(condition, then, otherwise)


def _merged_subsets(condition: Truth, then: Subset, otherwise: Subset) -> Subset:
    has = {
        text: choose(condition, then.has.get(text, False), otherwise.has.get(text, False))
        for text in sorted({*then.has, *otherwise.has})
    }
    return Subset(choose(condition, then.known, otherwise.known), has)


def _counts(truths: Iterable[Truth]) -> list[Truth]:
    """By number: whether exactly so many of some truths hold."""
    found: list[Truth] = [True]
    for truth in truths:
        found = [
            choose(truth, more, same_)
            for more, same_ in zip([False, *found], [*found, False], strict=True)
        ]
    return found


def as_subset(symbol: Symbol) -> Subset:
    """A list of words as a case remembers it: unknown, if one of them is."""
    match symbol:
        case Subset():
            return symbol
        case Items(known=is_known, elements=elements):
            words = [each if isinstance(each, Word) else Word({}) for each in elements]
            has = {
                text: disj(*(word.is_(text) for word in words))
                for text in sorted({text for word in words for text in word.options})
            }
            return Subset(conj(is_known, *(word.known for word in words)), has)
        case Branch(condition=condition, then=then, otherwise=otherwise):
            return _merged_subsets(condition, as_subset(then), as_subset(otherwise))
    return Subset(False, {})


def equal(a: Symbol, b: Symbol) -> Answer:
    """Kleene equality: parts that differ make the whole differ, whatever is unknown elsewhere."""
    match a, b:
        case (Nothing(), _) | (_, Nothing()):
            return UNSURE
        case Answer(), Answer():
            yes = disj(conj(a.yes, b.yes), conj(a.no, b.no))
            return Answer(yes, disj(conj(a.yes, b.no), conj(a.no, b.yes)))
        case Amount(), Amount():
            return _told(conj(a.known, b.known), compared(a.value, b.value, operator.eq))
        case Word(), Word():
            yes = disj(*(conj(cond, b.is_(text)) for text, cond in a.options.items()))
            return _told(conj(a.known, b.known), yes)
        case Table(), Table():
            return _equal_tables(a, b)
    if isinstance(a, Text | Word):
        left, right = as_text(a), as_text(b)
        return _told(conj(left.known, right.known), compared(left.place, right.place, operator.eq))
    return _equal_lists(a, b)


def _told(is_known: Truth, truth: Truth) -> Answer:
    return Answer(conj(is_known, truth), conj(is_known, neg(truth)))


def every(answers: Iterable[Answer]) -> Answer:
    """Kleene's and."""
    found = list(answers)
    return Answer(conj(*(each.yes for each in found)), disj(*(each.no for each in found)))


def some(answers: Iterable[Answer]) -> Answer:
    """Kleene's or."""
    found = list(answers)
    return Answer(disj(*(each.yes for each in found)), conj(*(each.no for each in found)))


def given(condition: Truth, result: Answer) -> Answer:
    """The result where the condition holds; unknown elsewhere."""
    return Answer(conj(condition, result.yes), conj(condition, result.no))


def _equal_tables(a: Table, b: Table) -> Answer:
    parts = []
    for key in dict.fromkeys([*a.entries, *b.entries]):
        here, left = a.entries.get(key, (False, NOTHING))
        there, right = b.entries.get(key, (False, NOTHING))
        both = equal(left, right)
        alike = disj(conj(here, there, both.yes), conj(neg(here), neg(there)))
        parts.append(Answer(alike, disj(neg(same(here, there)), conj(here, there, both.no))))
    return given(conj(a.known, b.known), every(parts))


def _equal_lists(a: Symbol, b: Symbol) -> Answer:
    """Lists are equal if they are of one length and their elements are, one by one."""
    match a, b:
        case (Branch(), _):
            return _branched(a.condition, equal(a.then, b), equal(a.otherwise, b))
        case (_, Branch()):
            return _branched(b.condition, equal(a, b.then), equal(a, b.otherwise))
        case Items(), Items():
            if len(a.elements) != len(b.elements):
                return given(conj(a.known, b.known), FALSE)
            pairs = zip(a.elements, b.elements, strict=True)
            return given(conj(a.known, b.known), every(equal(x, y) for x, y in pairs))
        case Subset(), Subset():
            texts = {*a.has, *b.has}
            parts = [same(a.has.get(t, False), b.has.get(t, False)) for t in sorted(texts)]
            return _told(conj(a.known, b.known), conj(*parts))
        case Items(), Subset():
            return _equal_items(a, b)
        case Subset(), Items():
            return _equal_items(b, a)
    return UNSURE


def _branched(condition: Truth, then: Answer, otherwise: Answer) -> Answer:
    return Answer(
        choose(condition, then.yes, otherwise.yes), choose(condition, then.no, otherwise.no)
    )


def _equal_items(items: Items, subset: Subset) -> Answer:
    is_known, sizes = conj(items.known, subset.known), subset.sizes()
    if len(items.elements) >= len(sizes):
        return given(is_known, FALSE)
    long = sizes[len(items.elements)]
    pairs = ((each, subset.at(place)) for place, each in enumerate(items.elements))
    # Past the end of a shorter list there is no word; then it is the length that differs.
    alike = every(equal(x, y) for x, y in pairs)
    return given(is_known, Answer(conj(long, alike.yes), disj(neg(long), alike.no)))
