"""Whether a required limit says enough: one that is proven but says nothing protects nobody.

For every state in which a case of a kind bars a deployment (``gate.bars``):

- *grounds* and *notice* can fail there: there are facts with which the limit would not hold. And
  whoever bars does not find the ground: no act that leads into a bar sets a fact that *grounds*
  reads.
- *expiry*, *reasons* and *consent* speak of it. A provisional bar does not end in another bar. Who
  must consent does not bring the case as well.
- *appeal* and *lift* are open there whatever the facts are. Whoever may appeal cannot bar; lifting
  leads out of the bar.
"""

from collections.abc import Callable, Iterable, Mapping

import z3

from holdshort.rulebook.model import ActRule, Bars, Limit
from holdshort.rulebook.proof.forms import breaches
from holdshort.rulebook.proof.kept import Lore
from holdshort.rulebook.proof.logic import Truth, conj, neg, term
from holdshort.rulebook.proof.reads import Cases, roles
from holdshort.rulebook.proof.solve import PATIENCE_MS
from holdshort.rulebook.proof.story import SUBJECT
from holdshort.rulebook.proof.symbols import Word
from holdshort.rulebook.proof.table import Rule, System
from holdshort.rulebook.proof.terms import Open, decided


def weakness(lore: Lore, limit: Limit) -> str | None:
    """Why a required limit says too little, in a sentence; None if it says enough."""
    bars = lore.book.gate.bars.get(limit.kind)
    if limit.required is None or bars is None:
        return None
    return _ASKED[limit.required](_Asked(lore, limit, bars))


class _Asked:
    """A required limit, and what it has to hold against."""

    def __init__(self, lore: Lore, limit: Limit, bars: Bars) -> None:
        self.lore = lore
        self.limit = limit
        self.bars = bars
        self.cases = Cases(lore.book, limit.kind)
        self.kind = self.cases.kinds[SUBJECT]

    @property
    def barring(self) -> list[ActRule]:
        """The acts that lead into a bar, at once or when a state lapses."""
        states = self.bars.states
        return [
            act
            for act in self.kind.acts.values()
            if act.to in states or (act.expires and act.expires.to in states)
        ]

    def sharing(self, act: ActRule, others: Iterable[ActRule]) -> tuple[str, ActRule] | None:
        """A role that may do ``act`` and one of the others."""
        mine = roles(self.lore.book, act)
        for other in others:
            for role in roles(self.lore.book, other):
                if role in mine:
                    return role, other
        return None

    # ------------------------------------------------------------------ whatever the facts are

    def _system(self, trees: Iterable[z3.AstRef]) -> System:
        keys = self.cases.read(SUBJECT, trees) | {(SUBJECT, "state", "")}
        return System(self.lore, self.cases, tuple(sorted(keys)))

    def can_fail(self, state: str) -> bool:
        """Whether an ``always`` limit fails in a state with some facts."""
        if self.limit.always is None:
            return False
        system = self._system([self.limit.always.tree])
        return self._can_be(system, state, breaches(system, self.limit)[0].rule.guard)

    def is_due(self, state: str) -> bool:
        """Whether the condition of an ``enabled`` limit holds in a state whatever the facts are."""
        if self.limit.enabled is None:
            return False
        tree = self.limit.enabled.while_.tree
        system = self._system([tree])
        rule = Rule("while", SUBJECT, None, open=Open("while:open"))
        holds = decided(tree, system.env(SUBJECT, rule), rule.open).yes
        return not self._can_be(system, state, conj(rule.valid, neg(holds)))

    def _can_be(self, system: System, state: str, truth: Truth) -> bool:
        here = system.held[SUBJECT, "state", ""]
        valid = conj(*(shape.valid(system.now[key]) for key, shape in system.shapes.items()))
        solver = z3.SimpleSolver()
        solver.set("timeout", PATIENCE_MS)
        there = here.is_(state) if isinstance(here, Word) else False
        solver.add(term(conj(valid, there, truth)))
        return bool(solver.check() == z3.sat)


def _form(asked: _Asked, form: str) -> str | None:
    if getattr(asked.limit, form):
        return None
    return f"It has to be of the form `{form}`."


def _grounds(asked: _Asked) -> str | None:
    return _form(asked, "always") or _vacuous(asked) or _found_by_whoever_bars(asked)


def _vacuous(asked: _Asked) -> str | None:
    for state in asked.bars.states:
        if not asked.can_fail(state):
            return f"It asks nothing of a {asked.kind.name} that is {state}: no facts can break it."
    return None


def _found_by_whoever_bars(asked: _Asked) -> str | None:
    limit = asked.limit
    read = asked.cases.read(SUBJECT, [limit.always.tree]) if limit.always else set()
    facts = {name for of, part, name in read if of == SUBJECT and part == "fact"}
    for act in asked.barring:
        for setting in act.sets:
            if setting.fact in facts:
                return f"Whoever bars finds the ground: {act.type} sets {setting.fact} itself."
    return None


def _notice(asked: _Asked) -> str | None:
    return _form(asked, "always") or _vacuous(asked)


def _spoken_of(asked: _Asked, states: Iterable[str]) -> str | None:
    entering = asked.limit.entering
    for state in states:
        if entering is None or state not in entering.states:
            return f"It does not speak of the state {state}, in which a {asked.kind.name} bars."
    return None


def _expiry(asked: _Asked) -> str | None:
    entering = asked.limit.entering
    if entering is None or not entering.lapses:
        return "It has to say `entering:` with `lapses: true`."
    for act in asked.kind.acts.values():
        if act.to in asked.bars.provisional and act.expires and act.expires.to in asked.bars.states:
            return f"What {act.type} leads to ends in {act.expires.to}, which is a bar as well."
    return _spoken_of(asked, asked.bars.provisional)


def _reasons(asked: _Asked) -> str | None:
    entering = asked.limit.entering
    if entering is None or not entering.must_state:
        return "It has to say `entering:` with what `must_state`."
    return _spoken_of(asked, asked.bars.states)


def _consent(asked: _Asked) -> str | None:
    entering = asked.limit.entering
    if entering is None or not entering.by:
        return "It has to say `entering:` with `by`, the body that must consent."
    weak = _spoken_of(asked, asked.bars.states)
    if weak:
        return weak
    for act in asked.kind.acts.values():
        if act.origin == ("none",):
            for role in roles(asked.lore.book, act):
                if entering.permits(role):
                    return f"The {role} that must consent brings the case itself, by {act.type}."
    return None


def _act_of(asked: _Asked) -> ActRule | None:
    return asked.kind.acts[asked.limit.enabled.act] if asked.limit.enabled else None


def _always_due(asked: _Asked) -> str | None:
    for state in asked.bars.states:
        if not asked.is_due(state):
            return (
                f"It does not hold of every {asked.kind.name} that is {state}: `while` asks more."
            )
    return None


def _appeal(asked: _Asked) -> str | None:
    act = _act_of(asked)
    weak = _form(asked, "enabled") or _always_due(asked)
    if weak or act is None:
        return weak
    shared = asked.sharing(act, asked.barring)
    if shared:
        return f"The {shared[0]}, who may appeal by {act.type}, bars as well, by {shared[1].type}."
    return None


def _lift(asked: _Asked) -> str | None:
    act = _act_of(asked)
    weak = _form(asked, "enabled") or _always_due(asked)
    if weak or act is None:
        return weak
    if act.to is None or act.to in asked.bars.states:
        return f"{act.type} does not lead out of the bar."
    return None


def _equal_treatment(asked: _Asked) -> str | None:
    return _form(asked, "equal")


_ASKED: Mapping[str, Callable[[_Asked], str | None]] = {
    "grounds": _grounds,
    "notice": _notice,
    "expiry": _expiry,
    "reasons": _reasons,
    "appeal": _appeal,
    "lift": _lift,
    "consent": _consent,
    "equal-treatment": _equal_treatment,
}
