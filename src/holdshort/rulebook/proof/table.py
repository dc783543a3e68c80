"""The transition table of a limit: what can happen to the two cases that it speaks of, as terms.

The docket's rules, one by one (`docket.docket`, `docket.duties`):

- An act is done if the state is one of its origins (lapses counted), every requirement is
  definitely true, whom it is reserved for is bound and of a role that may do it, and no index of
  what it sets is unknown. What it sets is computed from what was before, all at once. A value that
  is unknown makes the fact unknown. An act that opens a case is asked while nothing is known of the
  case, and sets from what a case remembers at first.
- ``to`` moves the case and takes away what lapses; ``expires`` sets what lapses. The effect
  ``coverage`` comes last.
- Time passes: a state lapses; duties that run become late.

Left open, so that more can happen here than on a docket, never less:

- Time is not measured. Anything that can lapse or become late may do so before or after anything
  else. A duty that starts at a stated instant may be late at once, or met by what was done before.
  One that comes again, is owed ahead of something or has to be kept may stand anywhere once it has
  started, and at any time anywhere else.
- Checks answer as they like, coverage is decided as it likes, and effects refuse nothing.
- Parties are enrolled at will: for whom an act is closed to (``not_by``) there is another of the
  same role. A party that an act names (``binds: {x: act.x}``) has any role.
- Whether a duty rests on a class of those covered (``of``), and whether it is over (``until``), is
  decided as it likes.
- A case that the concerned case concerns itself may remember anything.
- The docket's limits at run time are not assumed.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import z3

from holdshort.rulebook.expression import Node
from holdshort.rulebook.model import ActRule, CaseKind, Duty
from holdshort.rulebook.proof.kept import COVERAGE, Lore, shape_of
from holdshort.rulebook.proof.logic import Truth, conj, disj, neg
from holdshort.rulebook.proof.reads import Cases, Key, paths
from holdshort.rulebook.proof.shapes import Choice, Flag, Shape
from holdshort.rulebook.proof.story import CONCERNED, SUBJECT
from holdshort.rulebook.proof.symbols import (
    NOTHING,
    TRUE,
    Answer,
    Items,
    Symbol,
    Table,
    Word,
    as_answer,
    known,
    merged,
    when,
)
from holdshort.rulebook.proof.terms import Open, decided, interpret, literal
from holdshort.rulebook.vocabulary import READABLE

Input = tuple[str, str]
"""Part and name: field, check, role, named, coverage, late, stands, of, other, any."""

ANYWHERE = ("running", "met", "late")


@dataclass
class Rule:
    """Something that can happen: ``guard`` says when, ``next`` what it changes."""

    name: str
    of: str
    act: ActRule | None
    inputs: dict[Input, tuple[Shape, list[Any]]] = field(default_factory=dict)
    guard: Truth = True
    next: dict[Key, list[Any]] = field(default_factory=dict)
    open: Open = field(default_factory=Open)

    @property
    def variables(self) -> list[Any]:
        """The variables that only this rule reads."""
        return [x for _, terms in self.inputs.values() for x in terms] + self.open.made

    def ask(self, part: str, name: str, shape: Shape) -> Symbol:
        """The value of an input, made when it is first asked for."""
        if (part, name) not in self.inputs:
            terms = variables(f"{self.name}:{part}:{name}", shape)
            self.inputs[part, name] = shape, terms
        shape, terms = self.inputs[part, name]
        return shape.read(terms)

    @property
    def valid(self) -> Truth:
        """Whether the inputs are values."""
        return conj(*(shape.valid(terms) for shape, terms in self.inputs.values()))


def variables(name: str, shape: Shape) -> list[Any]:
    """Variables for a value."""
    return [z3.Const(f"{name}#{n}", sort) for n, sort in enumerate(shape.sorts)]


@dataclass
class System:
    """The two cases as far as a limit rests on them: what they hold, and what can happen."""

    lore: Lore
    cases: Cases
    keys: tuple[Key, ...]

    @cached_property
    def shapes(self) -> dict[Key, Shape]:
        """The shape of everything in the cone."""
        return {key: shape_of(self.lore, self.cases, key) for key in self.keys}

    @cached_property
    def now(self) -> dict[Key, list[Any]]:
        """The variables that hold it."""
        return {key: variables(":".join(key), shape) for key, shape in self.shapes.items()}

    @cached_property
    def held(self) -> dict[Key, Symbol]:
        """What they hold."""
        return {key: shape.read(self.now[key]) for key, shape in self.shapes.items()}

    @cached_property
    def valid(self) -> Truth:
        """That the variables hold values: so it is at the start, and so it stays."""
        return conj(*(shape.valid(self.now[key]) for key, shape in self.shapes.items()))

    @property
    def flat(self) -> list[Any]:
        """All variables, in one order."""
        return [term for key in self.keys for term in self.now[key]]

    @cached_property
    def start(self) -> dict[Key, list[Any]]:
        """What they hold before anything happens; the bases of the two cases are any."""
        found = {}
        for key, shape in self.shapes.items():
            of, part, name = key
            first: Symbol = NOTHING
            if part in ("state", "duty"):
                first = Word({"none": True})
            elif part == "open":
                first = Answer(False, True)
            elif part == "fact":
                first = literal(self.cases.kinds[of].facts[name].default)
            found[key] = self.now[key] if part == "basis" else shape.write(first)
        return found

    @cached_property
    def bases(self) -> Truth:
        """The case that is concerned was opened first, so its basis is not the newer one."""
        mine, other = (SUBJECT, "basis", ""), (CONCERNED, "basis", "")
        valid = conj(*(self.shapes[k].valid(self.now[k]) for k in (mine, other) if k in self.now))
        if mine not in self.held or other not in self.held:
            return valid
        a, b = self.held[mine], self.held[other]
        newest = self.lore.bases
        pairs = [
            conj(a.is_(newer), b.is_(older))
            for n, newer in enumerate(newest)
            for older in newest[n:]
            if isinstance(a, Word) and isinstance(b, Word)
        ]
        return conj(valid, disj(*pairs))

    @cached_property
    def rules(self) -> list[Rule]:
        """Everything that can happen to what is in the cone."""
        found = [rule for of, act in self.cases.acts() for rule in self.done(of, act)]
        for of in self.cases.kinds:
            found += [*self._lapse(of), *self._late(of)]
        return found

    def done(self, of: str, act: ActRule) -> list[Rule]:
        """An act as a rule, if it changes anything in the cone."""
        return [self._act(of, act)] if self.cases.writes(of, act) & set(self.keys) else []

    # ------------------------------------------------------------------ what clauses read

    def hold(self, key: Key, rule: Rule) -> Symbol:
        """What is held under a key; anything, where the system leaves it out."""
        if key in self.held:
            return self.held[key]
        return rule.ask("any", ":".join(key), shape_of(self.lore, self.cases, key))

    def env(self, of: str, rule: Rule, *, opened: bool = True) -> dict[str, Symbol]:
        """What a clause reads in one of the cases. ``opened``: False for one about to be opened."""
        kind = self.cases.kinds[of]
        here: Symbol = Word({"none": True})
        if opened and (of, "state", "") in self.held:
            here = self.held[of, "state", ""]
        elif opened:
            here = rule.ask("any", f"{of}:state", Choice(kind.states))
        env: dict[str, Symbol] = {
            "state": here,
            "case": self.facts(of, rule) if opened else Table(True, {}),
            "areas": Items(True, tuple(Word({each: True}) for each in self.lore.book.area_words)),
            "value": Table(True, Drawn(self.lore.book.values, lambda x: self._value(of, x, rule))),
            "duty": self._duties(of, rule) if opened else Table(True, {}),
        }
        if kind.concerns:
            other = self.facts(CONCERNED, rule) if of == SUBJECT else self._outside(kind, rule)
            env[kind.concerns] = other
        return env

    def facts(self, of: str, rule: Rule) -> Table:
        """What a case remembers. A fact that is not known is not there."""

        def draw(name: str) -> tuple[Truth, Symbol]:
            symbol = self.hold((of, "fact", name), rule)
            return known(symbol), symbol

        return Table(True, Drawn(self.cases.kinds[of].facts, draw))

    def _outside(self, kind: CaseKind, rule: Rule) -> Table:
        """What the case remembers that the concerned case concerns: anything."""
        other = self.lore.book.cases[str(kind.concerns)]

        def draw(name: str) -> tuple[Truth, Symbol]:
            shape = self.lore.fact(other.name, other.facts[name])
            symbol = rule.ask("other", name, shape)
            return known(symbol), symbol

        return Table(True, Drawn(other.facts, draw))

    def _value(self, of: str, name: str, rule: Rule) -> tuple[Truth, Symbol]:
        basis, value = self.hold((of, "basis", ""), rule), self.lore.book.values[name]
        symbol: Symbol = NOTHING
        for day in self.lore.dates:
            dated = value.on(day)
            if dated and isinstance(basis, Word):
                symbol = merged(basis.is_(str(day)), literal(dated.value), symbol)
        return known(symbol), symbol

    def _duties(self, of: str, rule: Rule) -> Table:
        """Where every duty stands: none, where it cannot start or does not apply."""
        none, here = Word({"none": True}), self.cases.duties(of)

        def draw(id_: str) -> tuple[Truth, Symbol]:
            duty = here.get(id_)
            if duty is None:
                return True, none
            applies: Truth = True
            if duty.when:
                applies = decided(duty.when.tree, {"case": self.facts(of, rule)}).yes
            if duty.of or duty.until:
                applies = conj(applies, as_answer(rule.ask("of", duty.id, Flag())).yes)
            return True, merged(applies, self.hold((of, "duty", id_), rule), none)

        return Table(True, Drawn(self.lore.book.duties, draw))

    def inputs(self, rule: Rule, trees: Iterable[Node]) -> dict[str, Symbol]:
        """What an act states and the record answers, as far as its clauses read it."""
        act = rule.act
        if act is None:
            return {}
        read = {path for tree in trees for path in paths(tree)}
        stated: dict[str, tuple[Truth, Symbol]] = {}
        for name, each in act.fields.items():
            if ("act", name) in read and each.type.name in READABLE:
                shape = self.lore.plain(each.type, maybe=each.optional, stated=True)
                symbol = rule.ask("field", name, shape)
                stated[name] = known(symbol), symbol
        checks = {
            id_: (True, rule.ask("check", id_, Flag()))
            for id_ in self.lore.book.checks
            if ("check", id_) in read
        }
        return {"act": Table(True, stated), "check": Table(True, checks)}

    # ------------------------------------------------------------------ acts

    def _act(self, of: str, act: ActRule) -> Rule:
        rule = Rule(f"{of}:{act.type}", of, act)
        rule.open = Open(f"{rule.name}:open")
        opening = act.origin == ("none",)
        env = self.asked(rule)
        rule.guard = conj(self._placed(of, act), self.reserved(of, act), self.required(rule, env))
        then = {**env, **self.env(of, rule)} if opening else env
        if opening:
            then["state"] = Word({"none": True})
        held = self._set(rule, then)
        self._bind(rule, held)
        self._move(rule, held)
        self._owe(rule, held)
        if act.effect == "coverage":
            held[of, "fact", "coverage"] = rule.ask("coverage", "", Choice(COVERAGE))
        rule.next = {
            key: self.shapes[key].write(symbol) for key, symbol in held.items() if key in self.held
        }
        rule.guard = conj(rule.guard, rule.valid)
        return rule

    def asked(self, rule: Rule) -> dict[str, Symbol]:
        """What the requirements of an act read."""
        act = rule.act
        if act is None:
            return {}
        opened = act.origin != ("none",)
        trees = [each.condition.tree for each in act.requires]
        trees += [each.index.tree for each in act.sets if each.index]
        trees += [s.value.tree for s in act.sets if (rule.of, "fact", s.fact) in self.held]
        return {**self.env(rule.of, rule, opened=opened), **self.inputs(rule, trees)}

    def required(self, rule: Rule, env: Mapping[str, Symbol]) -> Truth:
        """Whether every requirement is met, and what the act sets can be told."""
        act = rule.act
        if act is None:
            return True
        met = [decided(each.condition.tree, env, rule.open).yes for each in act.requires]
        told = [
            known(interpret(setting.index.tree, env, rule.open))
            for setting in act.sets
            if setting.index
        ]
        return conj(*met, *told)

    def _placed(self, of: str, act: ActRule) -> Truth:
        if act.origin != ("none",):
            return self.is_in(of, act.origin)
        there = self._is_open(of)
        other = self._is_open(CONCERNED) if of == SUBJECT else None
        return conj(True if there is None else neg(there), True if other is None else other)

    def is_open(self, of: str) -> Truth:
        """Whether a case is open; it may be, where the system does not say."""
        there = self._is_open(of)
        return True if there is None else there

    def _is_open(self, of: str) -> Truth:
        state = self.held.get((of, "state", ""))
        if isinstance(state, Word):
            return neg(state.is_("none"))
        is_open = self.held.get((of, "open", ""))
        return None if is_open is None else as_answer(is_open).yes

    def is_in(self, of: str, states: Iterable[str]) -> Truth:
        """Whether a case is in one of some states; it may be, where the system does not say."""
        state = self.held.get((of, "state", ""))
        return disj(*(state.is_(each) for each in states)) if isinstance(state, Word) else True

    def reserved(self, of: str, act: ActRule) -> Truth:
        """Whether whom an act is reserved for is bound, and of a role that may do it.

        Nobody may who would be bound as what its role is not fit for.
        """
        if act.who in act.not_by:
            return not act.who  # reserved for whom it is closed to: nobody can do it
        bound = self.cases.bound(of, act.who) if act.who else None
        party = self.held.get(bound) if bound else None
        may = self.lore.acting(act)
        named = (self.lore.naming(act, each.source) for each in act.binds.values() if each)
        if not may or not all(named):
            return False
        return disj(*(party.is_(role) for role in may)) if isinstance(party, Word) else True

    def _set(self, rule: Rule, env: Mapping[str, Symbol]) -> dict[Key, Symbol]:
        held: dict[Key, Symbol] = {}
        for setting in rule.act.sets if rule.act else ():
            key = (rule.of, "fact", setting.fact)
            if key not in self.held:
                continue
            value = interpret(setting.value.tree, env, rule.open)
            if setting.index:
                index = interpret(setting.index.tree, env, rule.open)
                value = _entered(held.get(key, self.held[key]), index, value)
            held[key] = value
        return held

    def _bind(self, rule: Rule, held: dict[Key, Symbol]) -> None:
        act, of = rule.act, rule.of
        for name, party in (act.binds if act else {}).items():
            key = (of, "bound", name)
            if key not in self.held or act is None:
                continue
            if party:
                fit = self.lore.naming(act, party.source) or self.lore.named(act.kind, name)
                held[key] = rule.ask("named", party.source, Choice(fit))
                continue
            who = self.cases.bound(of, act.who) if act.who else None
            if who:
                held[key] = self.hold(who, rule)
            else:
                can = self.lore.acting(act) or self.lore.named(act.kind, name)
                held[key] = rule.ask("role", "", Choice(can))

    def _move(self, rule: Rule, held: dict[Key, Symbol]) -> None:
        act, of = rule.act, rule.of
        if act is None:
            return
        if act.to:
            held[of, "state", ""] = Word({act.to: True})
            held[of, "lapse", ""] = Word({})
        if act.expires:
            held[of, "lapse", ""] = Word({act.expires.to: True})
        if act.origin == ("none",):
            held[of, "open", ""] = TRUE

    # ------------------------------------------------------------------ duties and time

    def _owe(self, rule: Rule, held: dict[Key, Symbol]) -> None:
        act, of = rule.act, rule.of
        for duty in self.cases.duties(of).values():
            key = (of, "duty", duty.id)
            if key not in self.held or act is None:
                continue
            starts = {start.act: start.field for start in duty.starts}
            base = self.held[key]
            if act.type in starts:
                stands = _started(duty, stated=bool(starts[act.type]), act=act.type)
                held[key] = rule.ask("stands", duty.id, Choice(stands))
            elif act.type in duty.met_by and isinstance(base, Word):
                turns = neg(base.is_("none")) if adrift(duty) else base.is_("running")
                stands = ANYWHERE if adrift(duty) else ("met", "running")[: 1 + stated(duty)]
                held[key] = merged(turns, rule.ask("stands", duty.id, Choice(stands)), base)

    def _lapse(self, of: str) -> Iterator[Rule]:
        state, lapse = (of, "state", ""), (of, "lapse", "")
        acts = self.cases.kinds[of].acts.values()
        if state not in self.held or not any(act.expires for act in acts):
            return
        rule = Rule(f"{of}:lapse", of, None)
        target = self.hold(lapse, rule)
        rule.guard = conj(known(target), rule.valid)
        rule.next = {state: self.shapes[state].write(target)}
        if lapse in self.held:
            rule.next[lapse] = self.shapes[lapse].write(Word({}))
        yield rule

    def _late(self, of: str) -> Iterator[Rule]:
        """Duties become late, some or all at once; what is adrift may come to stand anywhere."""
        rule = Rule(f"{of}:late", of, None)
        turned, fine = [], []
        for duty in self.cases.duties(of).values():
            key = (of, "duty", duty.id)
            base = self.held.get(key)
            if not isinstance(base, Word) or (duty.within is None and not adrift(duty)):
                continue
            turns = as_answer(rule.ask("late", duty.id, Flag())).yes
            if adrift(duty):
                fine.append(disj(neg(turns), neg(base.is_("none"))))
                late = rule.ask("stands", duty.id, Choice(ANYWHERE))
            else:
                fine.append(disj(neg(turns), base.is_("running")))
                late = Word({"late": True})
            turned.append(turns)
            rule.next[key] = self.shapes[key].write(merged(turns, late, base))
        rule.guard = conj(disj(*turned), *fine, rule.valid)
        if turned:
            yield rule


class Drawn(Mapping[str, tuple[Truth, Symbol]]):
    """Entries of a table that are made when they are read."""

    def __init__(self, names: Iterable[str], draw: Callable[[str], tuple[Truth, Symbol]]) -> None:
        self.names = dict.fromkeys(names)
        self.draw = draw

    def __getitem__(self, name: str) -> tuple[Truth, Symbol]:
        if name not in self.names:
            raise KeyError(name)
        return self.draw(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


def adrift(duty: Duty) -> bool:
    """Whether where a duty stands is not followed: once it has started, it may stand anywhere."""
    return bool(duty.every or duty.ahead or duty.keeps or duty.until)


def stated(duty: Duty) -> bool:
    """Whether a duty may start at an instant that an act states: before the act, or after it."""
    return any(start.field for start in duty.starts)


def _started(duty: Duty, *, stated: bool, act: str) -> tuple[str, ...]:
    """Where a duty may stand once an act has started it. One that sets an instant may meet it."""
    if duty.ahead or (stated and adrift(duty)):
        return ANYWHERE
    if not stated:
        return ("running",)
    late = ("late",) if duty.within else ()
    return ("running", *(("met",) if act in duty.met_by else ()), *late)


def _entered(whole: Symbol, index: Symbol, value: Symbol) -> Symbol:
    """A map in which one entry is another. One that was not known has that entry alone."""
    table = whole if isinstance(whole, Table) else Table(False, {})
    entries = {}
    for key, (there, part) in table.entries.items():
        here = index.is_(key) if isinstance(index, Word) else False
        there = disj(here, conj(table.known, there))
        entries[key] = there, merged(here, value, when(table.known, part))
    return Table(True, entries)
