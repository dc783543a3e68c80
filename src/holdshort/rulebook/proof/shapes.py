"""How a value that can change is kept in Z3 variables: its shape.

A shape makes variables, reads a symbol from them, writes a symbol into them, and decodes what a
model says. Finite values are kept in bits, so that Spacer reasons about truths alone; ``maybe``
shapes have one more value, unknown.

========= =========== ========================================================================
Choice    one_of etc. the number of the word, in bits; unknown is one more word
Flag      bool        one bit, and one for whether it is known
Measure   numbers     a real, and a bit for whether it is known; ``least``: 0 for what acts state
Instants  instant     the place of the text in the order of texts (`logic.place_of`)
Words     lists       a bit for each word, and one for whether the list is known
Mapped    per area    the entries, each with a bit for whether it is there, if it can be missing
========= =========== ========================================================================
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

import z3

from holdshort.rulebook.expression import UNKNOWN, Value
from holdshort.rulebook.proof.logic import (
    Truth,
    compared,
    conj,
    disj,
    neg,
    number,
    term,
)
from holdshort.rulebook.proof.symbols import (
    NOTHING,
    Amount,
    Answer,
    Subset,
    Symbol,
    Table,
    Text,
    Word,
    as_amount,
    as_answer,
    as_subset,
    as_text,
    known,
    when,
)

Terms = Sequence[Any]


class Shape(Protocol):
    """Keeps the values of one type in variables."""

    @property
    def sorts(self) -> list[Any]:
        """Sorts of the variables."""

    def read(self, terms: Terms) -> Symbol:
        """The value that the variables hold."""

    def write(self, symbol: Symbol) -> list[Any]:
        """What the variables have to be for them to hold a value."""

    def valid(self, terms: Terms) -> Truth:
        """Whether the variables hold a value at all."""

    def decode(self, found: Sequence[Any]) -> Value:
        """The value that the variables hold in a model: bools and Fractions."""

    def tidy(self, terms: Terms) -> list[Truth]:
        """What a reader would rather see, most wanted first."""


@dataclass(frozen=True)
class Choice:
    """One of ``words``; unknown too, if ``maybe``."""

    words: tuple[str, ...]
    maybe: bool = False

    @property
    def sorts(self) -> list[Any]:
        """As many bits as the number of words needs."""
        return [z3.BoolSort()] * (len(self.words) + self.maybe - 1).bit_length()

    def _code(self, terms: Terms, code: int) -> Truth:
        return conj(*(bit if code >> n & 1 else neg(bit) for n, bit in enumerate(terms)))

    def read(self, terms: Terms) -> Symbol:
        """A word for each code; unknown is the code after the last."""
        return Word({word: self._code(terms, code) for code, word in enumerate(self.words)})

    def write(self, symbol: Symbol) -> list[Any]:
        """The bits of the word's code."""
        word = symbol if isinstance(symbol, Word) else Word({})
        codes = {code: word.is_(text) for code, text in enumerate(self.words)}
        if self.maybe:
            codes[len(self.words)] = neg(word.known)
        return [
            term(disj(*(cond for code, cond in codes.items() if code >> n & 1)))
            for n in range(len(self.sorts))
        ]

    def valid(self, terms: Terms) -> Truth:
        """Not every code is a word's."""
        count = len(self.words) + self.maybe
        return conj(*(neg(self._code(terms, code)) for code in range(count, 1 << len(terms))))

    def decode(self, found: Sequence[Any]) -> Value:
        """The word, or unknown."""
        code = sum(1 << n for n, bit in enumerate(found) if bit)
        return self.words[code] if code < len(self.words) else UNKNOWN

    def tidy(self, terms: Terms) -> list[Truth]:
        """Unknown, where it can be: what need not be said is not; then the first word."""
        codes = [*([len(self.words)] if self.maybe else []), *range(len(self.words))]
        return [self._code(terms, code) for code in codes[:-1]]


@dataclass(frozen=True)
class Flag:
    """True or false; unknown too, if ``maybe``."""

    maybe: bool = False

    @property
    def sorts(self) -> list[Any]:
        """The truth, and whether it is known."""
        return [z3.BoolSort()] * (1 + self.maybe)

    def read(self, terms: Terms) -> Symbol:
        """The truth, where it is known."""
        is_known = terms[1] if self.maybe else True
        return Answer(conj(is_known, terms[0]), conj(is_known, neg(terms[0])))

    def write(self, symbol: Symbol) -> list[Any]:
        """The truth, and whether it is known."""
        truth = as_answer(symbol)
        return [term(truth.yes), *([term(known(truth))] if self.maybe else [])]

    def valid(self, terms: Terms) -> Truth:
        """What is unknown is held as false."""
        return disj(neg(terms[0]), terms[1]) if self.maybe else True

    def decode(self, found: Sequence[Any]) -> Value:
        """The truth, or unknown."""
        return UNKNOWN if self.maybe and not found[1] else bool(found[0])

    def tidy(self, terms: Terms) -> list[Truth]:
        """Unknown, where it can be; then false."""
        return [*([neg(terms[1])] if self.maybe else []), neg(terms[0])]


@dataclass(frozen=True)
class Measure:
    """A number; unknown too, if ``maybe``. ``stated``: by an act, so 0 or more, maybe ``whole``."""

    maybe: bool = False
    stated: bool = False
    whole: bool = False
    near: tuple[Fraction, ...] = ()  # numbers that clauses compare with: good to tell of

    @property
    def sorts(self) -> list[Any]:
        """The number, and whether it is known."""
        return [z3.RealSort(), *([z3.BoolSort()] if self.maybe else [])]

    def read(self, terms: Terms) -> Symbol:
        """The number, where it is known."""
        return Amount(terms[1] if self.maybe else True, terms[0])

    def write(self, symbol: Symbol) -> list[Any]:
        """The number, 0 where it is unknown."""
        amount = as_amount(symbol)
        value = number(amount.value)
        if amount.known is not True:
            value = z3.If(term(amount.known), value, number(Fraction(0)))
        return [value, *([term(amount.known)] if self.maybe else [])]

    def valid(self, terms: Terms) -> Truth:
        """Acts state numbers of 0 or more."""
        whole = z3.IsInt(terms[0]) if self.whole else True
        return conj(terms[0] >= 0, whole) if self.stated else True

    def decode(self, found: Sequence[Any]) -> Value:
        """The number, or unknown."""
        if self.maybe and not found[1]:
            return UNKNOWN
        value: Fraction = found[0]
        return value.numerator if value.denominator == 1 else value

    def tidy(self, terms: Terms) -> list[Truth]:
        """Unknown, where it can be; then a number that the law knows, or one beside it."""
        wanted = dict.fromkeys(
            beside
            for each in (Fraction(0), Fraction(1), *self.near)
            for beside in (each, each + 1, each - 1)
            if not self.whole or beside.denominator == 1
        )
        told = [compared(terms[0], each, lambda a, b: a == b) for each in wanted if each >= 0]
        return [*([neg(terms[1])] if self.maybe else []), *told]


@dataclass(frozen=True)
class Instants:
    """An instant, as a text; unknown too, if ``maybe``. ``told``: those that a story may tell."""

    maybe: bool = False
    told: tuple[tuple[Fraction, str], ...] = ()

    @property
    def sorts(self) -> list[Any]:
        """The place of the text, and whether it is known."""
        return [z3.RealSort(), *([z3.BoolSort()] if self.maybe else [])]

    def read(self, terms: Terms) -> Symbol:
        """The text, where it is known."""
        return Text(terms[1] if self.maybe else True, terms[0])

    def write(self, symbol: Symbol) -> list[Any]:
        """The place of the text, 0 where it is unknown."""
        text = as_text(symbol)
        place = number(text.place)
        if text.known is not True:
            place = z3.If(term(text.known), place, number(Fraction(0)))
        return [place, *([term(text.known)] if self.maybe else [])]

    def valid(self, terms: Terms) -> Truth:
        """Texts stand between 0 and 1."""
        return conj(terms[0] >= 0, terms[0] < 1)

    def decode(self, found: Sequence[Any]) -> Value:
        """The text, or unknown; one that a story cannot tell is unknown too."""
        if self.maybe and not found[1]:
            return UNKNOWN
        return dict(self.told).get(found[0], UNKNOWN)

    def tidy(self, terms: Terms) -> list[Truth]:
        """Unknown, where it can be; then one that can be told."""
        return [*([neg(terms[1])] if self.maybe else []), *self.tells(terms)]

    def told_by(self, terms: Terms) -> Truth:
        """That an act can state it, and a story tell it: unknown, or one of those that can be."""
        return disj(neg(terms[1]) if self.maybe else False, *self.tells(terms))

    def tells(self, terms: Terms) -> list[Truth]:
        """That it is the one or the other of those that can be told."""
        return [compared(terms[0], place, lambda a, b: a == b) for place, _ in self.told]


@dataclass(frozen=True)
class Words:
    """A list of ``words``, which stand by the alphabet here as there; unknown too, if ``maybe``."""

    words: tuple[str, ...]
    maybe: bool = False

    @property
    def sorts(self) -> list[Any]:
        """A bit a word; whether the list is known."""
        return [z3.BoolSort()] * (len(self.words) + self.maybe)

    def _parts(self, terms: Terms) -> tuple[Terms, Truth]:
        return terms[: len(self.words)], terms[-1] if self.maybe else True

    def read(self, terms: Terms) -> Symbol:
        """The words that are in it."""
        bits, is_known = self._parts(terms)
        return Subset(is_known, dict(zip(self.words, bits, strict=True)))

    def write(self, symbol: Symbol) -> list[Any]:
        """Each word's bit, none where the list is unknown."""
        subset = as_subset(symbol)
        return [
            *(term(conj(subset.known, subset.has.get(word, False))) for word in self.words),
            *([term(subset.known)] if self.maybe else []),
        ]

    def valid(self, terms: Terms) -> Truth:
        """What is unknown is held as empty."""
        bits, is_known = self._parts(terms)
        return disj(is_known, neg(disj(*bits)))

    def decode(self, found: Sequence[Any]) -> Value:
        """The words, or unknown."""
        bits, is_known = self._parts(found)
        if not is_known:
            return UNKNOWN
        return [word for word, bit in zip(self.words, bits, strict=True) if bit]

    def tidy(self, terms: Terms) -> list[Truth]:
        """Unknown, where it can be; then few words."""
        bits, is_known = self._parts(terms)
        return [*([neg(is_known)] if self.maybe else []), *(neg(bit) for bit in bits)]


@dataclass(frozen=True)
class Mapped:
    """A map by ``keys``; unknown too, if ``maybe``. ``gaps``: entries may be missing."""

    keys: tuple[str, ...]
    of: Shape
    maybe: bool = False
    gaps: bool = False

    @property
    def sorts(self) -> list[Any]:
        """For each key whether it is there, if that is not sure, and its value; at last the map."""
        entry = [*([z3.BoolSort()] if self.gaps else []), *self.of.sorts]
        return entry * len(self.keys) + [z3.BoolSort()] * self.maybe

    def _entries(self, terms: Terms) -> list[tuple[str, Truth, Terms]]:
        width = len(self.of.sorts) + self.gaps
        found = []
        for place, key in enumerate(self.keys):
            entry = terms[place * width : (place + 1) * width]
            found.append((key, entry[0] if self.gaps else True, entry[self.gaps :]))
        return found

    def read(self, terms: Terms) -> Symbol:
        """The map."""
        entries = {key: (there, self.of.read(part)) for key, there, part in self._entries(terms)}
        return Table(terms[-1] if self.maybe else True, entries)

    def write(self, symbol: Symbol) -> list[Any]:
        """Every entry, unknown where it is not there."""
        table = symbol if isinstance(symbol, Table) else Table(False, {})
        written: list[Any] = []
        for key in self.keys:
            there, part = table.entries.get(key, (False, NOTHING))
            there = conj(table.known, there)
            if self.gaps:
                written.append(term(there))
            written += self.of.write(when(there, part))
        return [*written, *([term(table.known)] if self.maybe else [])]

    def valid(self, terms: Terms) -> Truth:
        """Every entry is."""
        return conj(*(self.of.valid(part) for _, _, part in self._entries(terms)))

    def decode(self, found: Sequence[Any]) -> Value:
        """The map, or unknown."""
        if self.maybe and not found[-1]:
            return UNKNOWN
        return {
            key: self.of.decode(part)
            for key, there, part in self._entries(found)
            if there is True or there
        }

    def tidy(self, terms: Terms) -> list[Truth]:
        """Every entry."""
        return [wish for _, _, part in self._entries(terms) for wish in self.of.tidy(part)]
