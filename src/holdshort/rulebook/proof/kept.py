"""In which shape each thing that can change is kept: whether it can be unknown, and what it can be.

A fact can be unknown if it is at first, or if an act can set it to what may be unknown. That is
read off the trees: an expression is *sure* if nothing in it can be unknown. Facts are taken to be
sure until an act is found that may unsettle them; then whatever rests on them is looked at again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from holdshort.rulebook.expression import (
    Comprehension,
    Has,
    Index,
    ListLiteral,
    Literal,
    Name,
    Node,
    Select,
    Size,
    as_set,
    children,
)
from holdshort.rulebook.model import WORD_LISTS, ActRule, CaseFact, FieldType, Rulebook
from holdshort.rulebook.parties import reserved_for
from holdshort.rulebook.proof.logic import place_of
from holdshort.rulebook.proof.reads import Cases, Key, roles
from holdshort.rulebook.proof.shapes import (
    Choice,
    Flag,
    Instants,
    Mapped,
    Measure,
    Shape,
    Words,
)
from holdshort.rulebook.vocabulary import YEARS

DUTY = ("none", "running", "met", "late")
COVERAGE = ("covered", "not covered", "indeterminate")
STAMP = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True)
class Lore:
    """What is the same for every limit of a book."""

    book: Rulebook

    @cached_property
    def areas(self) -> tuple[str, ...]:
        """The ids of the areas."""
        return tuple(self.book.areas)

    @cached_property
    def dates(self) -> tuple[date, ...]:
        """The days from which a value has been another."""
        dated = (each for value in self.book.values.values() for each in value.history)
        return tuple(sorted({each.since for each in dated}))

    @cached_property
    def bases(self) -> tuple[str, ...]:
        """What tells one basis from another: the last of the dates; the newest first."""
        return (*(str(day) for day in reversed(self.dates)), "before")

    def trees(self) -> Iterator[Node]:
        """Every tree of an act or a limit."""
        for kind in self.book.cases.values():
            for act in kind.acts.values():
                yield from (requirement.condition.tree for requirement in act.requires)
                for setting in act.sets:
                    yield from (c.tree for c in (setting.index, setting.value) if c)
        for limit in self.book.limits.values():
            if limit.always:
                yield limit.always.tree
            if limit.enabled:
                yield limit.enabled.while_.tree

    @cached_property
    def literals(self) -> tuple[Literal, ...]:
        """Everything that is written out in a tree."""
        return tuple(each for tree in self.trees() for each in _literals(tree))

    @cached_property
    def numbers(self) -> tuple[Fraction, ...]:
        """Numbers that clauses know."""
        written = [x.value for x in self.literals if isinstance(x.value, int | Decimal)]
        dated = [each.value for v in self.book.values.values() for each in v.history]
        return tuple(sorted({Fraction(each) for each in (*written, *dated)}))

    @cached_property
    def instants(self) -> tuple[tuple[Fraction, str], ...]:
        """Instants that a story can tell: those that clauses know, and those beside them."""
        known = {datetime(year, 1, 2) for year in (2026, 1970, 2199)}  # noqa: DTZ001 — written as UTC
        for each in self.literals:
            try:
                known.add(datetime.strptime(str(each.value), STAMP))  # noqa: DTZ007 — as above
            except ValueError:
                continue
        second = timedelta(seconds=1)
        beside = {each + n * second for each in known for n in (-2, -1, 0, 1, 2)}
        texts = {each.strftime(STAMP) for each in beside if each.year in YEARS}
        return tuple((place_of(text), text) for text in sorted(texts))

    # ------------------------------------------------------------------ what can be unknown

    @cached_property
    def unsure(self) -> frozenset[tuple[str, str]]:
        """Facts (kind and name) that may be unknown, as a whole or in part."""
        found = {
            (kind.name, fact.name)
            for kind in self.book.cases.values()
            for fact in kind.facts.values()
            if fact.default is None
        }
        while True:
            more = {
                (act.kind, setting.fact)
                for kind in self.book.cases.values()
                for act in kind.acts.values()
                for setting in act.sets
                if not _sure(setting.value.tree, act, self.book, found)
            }
            if more <= found:
                return frozenset(found)
            found |= more

    def fact(self, kind: str, fact: CaseFact) -> Shape:
        """The shape of a fact."""
        maybe = (kind, fact.name) in self.unsure
        if not fact.type.per_area:
            return self.plain(fact.type, maybe=maybe)
        settings = [
            setting
            for act in self.book.cases[kind].acts.values()
            for setting in act.sets
            if setting.fact == fact.name and setting.index is None
        ]
        gaps = fact.default is None or bool(settings)
        entry = self.plain(fact.type, maybe=maybe or gaps)
        return Mapped(self.areas, entry, maybe=gaps, gaps=gaps)

    def plain(self, type_: FieldType, *, maybe: bool, stated: bool = False) -> Shape:
        """The shape of a fact or a field of a type that clauses may read."""
        match type_.name:
            case "bool":
                return Flag(maybe)
            case "integer" | "decimal":
                whole = type_.name == "integer"
                return Measure(maybe, stated=stated, whole=whole and stated, near=self.numbers)
            case "area" | "one_of":
                return Choice(type_.words(self.areas), maybe)
            case name if name in WORD_LISTS:
                return Words(tuple(as_set(type_.words(self.areas))), maybe)
        return Instants(maybe, self.instants)

    # ------------------------------------------------------------------ parties

    def roles_of(self, kind: str, name: str) -> tuple[str, ...]:
        """The roles that a party bound under a name can have: as it acts, or as it is named."""
        found: set[str] = set()
        for act in self.book.cases[kind].acts.values():
            if name in act.binds:
                found |= set(roles(self.book, act) if act.binds[name] is None else self.book.roles)
        fit = self.named(kind, name)
        return tuple(role for role in fit if role in found) or fit

    def acting(self, act: ActRule) -> tuple[str, ...]:
        """The roles in which an act can be done: fit for all that it binds the acting party as."""
        mine = [name for name, party in act.binds.items() if party is None]
        fit = [self.named(act.kind, name) for name in mine]
        return tuple(r for r in roles(self.book, act) if all(r in each for each in fit))

    def naming(self, act: ActRule, source: str) -> tuple[str, ...]:
        """The roles that a party can have whom an act names in the field ``source``."""
        names = [name for name, party in act.binds.items() if party and party.source == source]
        fit = [self.named(act.kind, name) for name in names]
        return tuple(role for role in self.book.roles if all(role in each for each in fit))

    def named(self, kind: str, name: str) -> tuple[str, ...]:
        """The roles in which a party can do all that is reserved for it: no other can be bound."""
        reserved = reserved_for(self.book.cases, kind, name)
        return tuple(
            role
            for role in self.book.roles
            if all(role in roles(self.book, act) for act in reserved)
        )


def shape_of(lore: Lore, cases: Cases, key: Key) -> Shape:
    """The shape of what a key names."""
    of, part, name = key
    kind = cases.kinds[of]
    match part:
        case "state":
            return Choice(("none", *kind.states))
        case "open":
            return Flag()
        case "lapse":
            targets = dict.fromkeys(a.expires.to for a in kind.acts.values() if a.expires)
            return Choice(tuple(targets), maybe=True)
        case "fact":
            return lore.fact(kind.name, kind.facts[name])
        case "bound":
            return Choice(lore.roles_of(kind.name, name), maybe=True)
        case "duty":
            return Choice(DUTY)
    return Choice(lore.bases)


def _literals(tree: Node) -> Iterator[Literal]:
    if isinstance(tree, Literal):
        yield tree
    for child in children(tree):
        yield from _literals(child)


def _sure(tree: Node, act: ActRule, book: Rulebook, unsure: set[tuple[str, str]]) -> bool:
    """Whether an expression in an act is known, in all its parts, whatever happened before."""
    concerned = book.cases[act.kind].concerns

    def sure(node: Node, variables: frozenset[str]) -> bool:
        match node:
            case Literal():
                return True
            case Name(name=name):
                return name in variables or name in ("areas", "state", "duty")
            case Select(operand=Name(name="case"), field=field):
                return (act.kind, field) not in unsure
            case Select(operand=Name(name="act"), field=field):
                return not act.fields[field].optional
            case Select(operand=Name(name="check")):
                return True
            case Select(operand=Name(name=name), field=field) if name == concerned:
                return (name, field) not in unsure
            case Index(operand=operand, key=key):
                # A list may be shorter; a map by area or of duties has every key.
                return _mapped(operand) and sure(operand, variables) and sure(key, variables)
            case Comprehension(over=over, variable=variable, body=body):
                return sure(over, variables) and sure(body, variables | {variable})
            case Has() | Select():
                return False
            case Size() | ListLiteral():
                return all(sure(child, variables) for child in children(node))
        return all(sure(child, variables) for child in children(node))

    def _mapped(node: Node) -> bool:
        match node:
            case Name(name="duty"):
                return True
            case Select(operand=Name(name="case"), field=field):
                return book.cases[act.kind].facts[field].type.per_area
            case Select(operand=Name(name=name), field=field) if name == concerned:
                return book.cases[str(name)].facts[field].type.per_area
        return False

    return sure(tree, frozenset())
