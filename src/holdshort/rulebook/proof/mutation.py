"""What each guard is for: it is taken away, and the limits are asked again.

The guards of an act are its requirements, the states from which it is done, the role that does it,
what it must state, and that what it leads to expires. Of an act that a limit keeps open, each state
from which it can be done is one more.

A limit that was proven has an invariant. If what the changed act does stays within it, the limit
holds as before, and nothing else has to be asked: that settles most of it. Else a story is looked
for, and if there is none, a new proof.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from holdshort.rulebook.model import ANYONE, ActRule, CaseKind, Limit, Rulebook
from holdshort.rulebook.proof.forms import Undecidable, breaches
from holdshort.rulebook.proof.kept import Lore
from holdshort.rulebook.proof.proving import Case, Decision, decide, layers_of, refute
from holdshort.rulebook.proof.reads import Cases
from holdshort.rulebook.proof.result import PROVEN, REFUTED, UNDECIDED, Guard, Mutations
from holdshort.rulebook.proof.solve import Invariant, kept, possible, proven
from holdshort.rulebook.proof.story import Story
from holdshort.rulebook.proof.table import System

_GLANCE_MS = 1500  # for a proof on one layer
_NEAR = 16  # deeds of a story that is looked for before a proof


@dataclass(frozen=True)
class _Without:
    """An act without one of its guards."""

    act: ActRule
    part: str
    says: str


def mutate(book: Rulebook, progress: Callable[[Guard], None] | None) -> Mutations:
    """Take each guard of a book away in turn."""
    base = _Base(book)
    guards = []
    for kind in book.cases.values():
        for act in kind.acts.values():
            for without in _guards(book, kind, act):
                guards.append(base.judged(act, without))
                if progress:
                    progress(guards[-1])
    return Mutations(book, tuple(guards), tuple(base.proofs))


def _guards(book: Rulebook, kind: CaseKind, act: ActRule) -> Iterator[_Without]:
    for number, requirement in enumerate(act.requires):
        rest = (*act.requires[:number], *act.requires[number + 1 :])
        yield _Without(replace(act, requires=rest), "requires", requirement.condition.source)
    if act.origin != ("none",) and set(act.origin) != set(kind.states):
        says = f"from {', '.join(act.origin)}"
        yield _Without(replace(act, origin=kind.states), "from", says)
    if act.by != ANYONE:
        yield _Without(replace(act, by=ANYONE), "by", f"by {act.by}")
    for statement in act.must_state:
        rest_stated = tuple(each for each in act.must_state if each != statement)
        fields = {name: field for name, field in act.fields.items() if name != statement}
        bare = replace(act, must_state=rest_stated, fields=fields)
        yield _Without(bare, "must_state", statement)
    if act.expires:
        yield _Without(replace(act, expires=None), "expires", f"ends in {act.expires.to}")
    if any(x.enabled and x.kind == kind.name and x.enabled.act == act.name for x in _limits(book)):
        for state in act.origin:
            rest_states = tuple(each for each in act.origin if each != state)
            yield _Without(replace(act, origin=rest_states), "open", f"open in {state}")


def _limits(book: Rulebook) -> Iterator[Limit]:
    return iter(book.limits.values())


class _Base:
    """The proofs of a book as it is."""

    def __init__(self, book: Rulebook) -> None:
        self.book = book
        self.proofs: dict[str, Decision] = {}
        lore = Lore(book)
        for limit in book.limits.values():
            if not limit.equal and (found := _decided(lore, limit)).verdict == PROVEN:
                self.proofs[limit.id] = found

    def judged(self, act: ActRule, without: _Without) -> Guard:
        """What becomes of the limits without a guard."""
        book = _with(self.book, without.act)
        lore = Lore(book)
        fails: list[str] = []
        unsure: list[str] = []
        stories: dict[str, Story] = {}
        for id_, proof in self.proofs.items():
            limit = book.limits[id_]
            if not self._bears(limit, act) or self._same(lore, limit, act, proof):
                continue
            found = _decided(lore, limit, _NEAR, proof)
            if found.verdict == REFUTED:
                fails.append(id_)
                if found.story:
                    stories[id_] = found.story
            elif found.verdict == UNDECIDED:
                unsure.append(id_)
        return Guard(act.type, without.part, without.says, tuple(fails), tuple(unsure), stories)

    def _bears(self, limit: Limit, act: ActRule) -> bool:
        """Whether an act is done in one of the two cases that a limit speaks of."""
        return act.kind in (limit.kind, self.book.cases[limit.kind].concerns)

    def _same(self, lore: Lore, limit: Limit, act: ActRule, proof: Decision) -> bool:
        """Whether the proof of a limit holds of the changed book as well."""
        if proof.case is None or proof.invariant is None:
            return False
        system = System(lore, Cases(lore.book, limit.kind), proof.case.system.keys)
        # Shapes depend on what acts can set; where they are others, the formula speaks of others.
        if [str(x) for x in system.flat] != [str(x) for x in proof.case.system.flat]:
            return False
        changed = [
            rule
            for of, each in system.cases.acts()
            if each.type == act.type
            for rule in system.done(of, each)
        ]
        if not all(kept(system, rule, proof.invariant) for rule in changed):
            return False
        if limit.always or act.kind != limit.kind:
            return True
        try:
            return not any(possible(each, proof.invariant) for each in breaches(system, limit))
        except Undecidable:
            return False


def _decided(
    lore: Lore, limit: Limit, near: int | None = None, before: Decision | None = None
) -> Decision:
    """The verdict on a limit; ``near``: after a look for a story of at most so many deeds.

    A glance at all layers but the last comes before it: what holds there needs no long search.
    ``before`` is the verdict with the guard in its place. Without it more can happen on every
    layer, so one that was too small for the proof then is too small now.
    """
    try:
        layers = _worth(layers_of(lore, limit), before)
        for case in layers[:-1] if near else ():
            found = proven(case.system, case.breaches, _GLANCE_MS)
            if isinstance(found, Invariant):
                return Decision(PROVEN, invariant=found, case=case)
        if near and (story := refute(layers[-1], near)).verdict == REFUTED:
            return story
        return decide(layers)
    except Undecidable as undecidable:
        return Decision(UNDECIDED, why=str(undecidable))


def _worth(layers: list[Case], before: Decision | None) -> list[Case]:
    """The layers on which a proof may be found, the last of all in any case."""
    if before is None or before.case is None:
        return layers
    least = set(before.case.system.keys)
    return [case for case in layers[:-1] if not set(case.system.keys) < least] + layers[-1:]


def _with(book: Rulebook, act: ActRule) -> Rulebook:
    kind = book.cases[act.kind]
    changed = replace(kind, acts={**kind.acts, act.name: act})
    return replace(book, cases={**book.cases, act.kind: changed})
