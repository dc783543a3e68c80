"""What clauses read, and so what a limit rests on: its cone of influence.

A key names one thing that can change in one of the two cases of a proof:

    (of, part, name)     of    subject or concerned: see `story`
                         part  state, open, lapse, fact, bound, duty, basis

``open`` stands for the state where it only matters that the case is open. A limit rests on what it
reads; on whatever an act that changes that reads; and so on. What is not in the cone is left out of
the proof: it decides nothing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from holdshort.rulebook.expression import Has, Index, Literal, Name, Node, Select, children
from holdshort.rulebook.model import ActRule, CaseKind, Duty, Rulebook
from holdshort.rulebook.proof.story import CONCERNED, SUBJECT

Key: TypeAlias = tuple[str, str, str]


def paths(tree: Node) -> Iterator[tuple[str, str | None]]:
    """What a tree reads: the name and its member; None for all of them."""
    match tree:
        case (
            Select(operand=Name(name=name), field=field) | Has(operand=Name(name=name), field=field)
        ):
            yield name, field
        case Index(operand=Name(name=name), key=Literal(value=str() as key)):
            yield name, key
        case Name(name=name):
            yield name, None
        case _:
            for child in children(tree):
                yield from paths(child)


def roles(book: Rulebook, rule: ActRule) -> tuple[str, ...]:
    """The roles that may do an act."""
    return tuple(role for role in book.roles if rule.permits(role))


@dataclass(frozen=True)
class Cases:
    """The two cases of a proof: one of the kind that a limit is about, and what it concerns."""

    book: Rulebook
    subject: str

    @cached_property
    def kinds(self) -> dict[str, CaseKind]:
        """The kind of each case."""
        kind = self.book.cases[self.subject]
        other = {CONCERNED: self.book.cases[kind.concerns]} if kind.concerns else {}
        return {SUBJECT: kind, **other}

    def acts(self) -> Iterator[tuple[str, ActRule]]:
        """Every act, with the case in which it is done."""
        for of, kind in self.kinds.items():
            for act in kind.acts.values():
                yield of, act

    def duties(self, of: str) -> dict[str, Duty]:
        """The duties that can start in a case."""
        return self._duties_of[of]

    @cached_property
    def _duties_of(self) -> dict[str, dict[str, Duty]]:
        return {
            of: {
                duty.id: duty
                for duty in self.book.duties.values()
                if any(start.act.partition(".")[0] == kind.name for start in duty.starts)
            }
            for of, kind in self.kinds.items()
        }

    # ------------------------------------------------------------------ what is read

    def read(self, of: str, trees: Iterable[Node]) -> set[Key]:
        """What trees read that stand in clauses of one of the cases."""
        found: set[Key] = set()
        for tree in trees:
            for name, member in paths(tree):
                found |= self._named(of, name, member)
        return found

    def _named(self, of: str, name: str, member: str | None) -> set[Key]:
        kind = self.kinds[of]
        if name == "state":
            return {(of, "state", "")}
        if name == "value":
            return {(of, "basis", "")}
        if name == "case":
            return {(of, "fact", fact) for fact in ([member] if member else kind.facts)}
        if name == "duty":
            known = self.duties(of)
            wanted = [known[member]] if member in known else [] if member else known.values()
            return {key for duty in wanted for key in self._duty(of, duty)}
        if name == kind.concerns and of == SUBJECT:
            facts = self.kinds[CONCERNED].facts
            return {(CONCERNED, "fact", fact) for fact in ([member] if member else facts)}
        return set()

    def _duty(self, of: str, duty: Duty) -> set[Key]:
        facts = self.read(of, [duty.when.tree]) if duty.when else set()
        return {(of, "duty", duty.id), *facts}

    def guard(self, of: str, act: ActRule) -> set[Key]:
        """What decides whether an act is done."""
        trees = [requirement.condition.tree for requirement in act.requires]
        trees += [setting.index.tree for setting in act.sets if setting.index]
        found = self.read(of, trees)
        if act.origin == ("none",):
            found.add((of, "open", ""))
            if of == SUBJECT and CONCERNED in self.kinds:
                found.add((CONCERNED, "open", ""))
        else:
            found.add((of, "state", ""))
        if act.who and (bound := self.bound(of, act.who)):
            found.add(bound)
        return found

    def bound(self, of: str, who: str) -> Key | None:
        """Where a party is remembered; None outside of the two cases."""
        kind, _, name = who.rpartition(".")
        if not kind:
            return of, "bound", name
        return (CONCERNED, "bound", name) if of == SUBJECT else None

    # ------------------------------------------------------------------ what is changed

    def writes(self, of: str, act: ActRule) -> set[Key]:
        """What an act can change."""
        found: set[Key] = {(of, "fact", setting.fact) for setting in act.sets}
        found |= {(of, "bound", name) for name in act.binds}
        if act.origin == ("none",):
            found.add((of, "open", ""))
        if act.to:
            found |= {(of, "state", ""), (of, "lapse", "")}
        if act.expires:
            found.add((of, "lapse", ""))
        if act.effect == "coverage":
            found.add((of, "fact", "coverage"))
        for duty in self.duties(of).values():
            if act.type in (*(start.act for start in duty.starts), *duty.met_by):
                found.add((of, "duty", duty.id))
        return found

    def needs(self, of: str, act: ActRule, cone: set[Key]) -> set[Key]:
        """What decides how an act changes what is in the cone."""
        trees = [s.value.tree for s in act.sets if (of, "fact", s.fact) in cone]
        found = self.read(of, trees)
        if act.who and any((of, "bound", name) in cone for name in act.binds):
            bound = self.bound(of, act.who)
            found |= {bound} if bound else set()
        return found

    def layers(self, roots: Iterable[Key]) -> Iterator[tuple[Key, ...]]:
        """What ``roots`` rest on: themselves, then what that rests on as well, at last the cone.

        Each time first a part of it: how cases and parties stand to each other, then everything but
        the duties. They take long to follow, and seldom decide anything.
        """
        first: set[Key] = set(roots)
        cone = first
        while True:
            if cone != first:
                structure = {key for key in cone if key[1] not in ("duty", "fact")} | first
                plain = {key for key in cone if key[1] != "duty"} | first
                yield from (self._sorted(part) for part in (structure, plain) if part < cone)
            yield self._sorted(cone)
            more = self._next(cone)
            if more <= cone:
                return
            cone = cone | more

    def _next(self, cone: set[Key]) -> set[Key]:
        more: set[Key] = set()
        for of, act in self.acts():
            if self.writes(of, act) & cone:
                more |= self.guard(of, act) | self.needs(of, act, cone)
        for of, kind in self.kinds.items():
            if (of, "state", "") in cone and any(a.expires for a in kind.acts.values()):
                more.add((of, "lapse", ""))
            if (of, "lapse", "") in cone:
                more.add((of, "state", ""))
        return more

    def _sorted(self, cone: set[Key]) -> tuple[Key, ...]:
        """Without ``open`` where the state says as much."""
        told = {(of, "open", "") for of in self.kinds if (of, "state", "") in cone}
        return tuple(sorted(cone - told))
