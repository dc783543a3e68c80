"""What it is for a limit to fail: the four forms, as something that must never come about.

A *breach* is a rule that must never fire. Of an ``entering`` limit it is the act, or the lapse,
that leads into a state without what belongs to it. Of the others it changes nothing: it says where
the cases stand when the limit does not hold.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import z3

from holdshort.rulebook.entering import faults, wrong_lapses
from holdshort.rulebook.model import ActRule, Entering, Limit
from holdshort.rulebook.proof.logic import Truth, conj, disj, neg
from holdshort.rulebook.proof.reads import Cases, Key
from holdshort.rulebook.proof.shapes import Instants, Shape
from holdshort.rulebook.proof.story import SUBJECT
from holdshort.rulebook.proof.symbols import Word
from holdshort.rulebook.proof.table import Rule, System
from holdshort.rulebook.proof.terms import Open, decided
from holdshort.rulebook.soundness import REFUSING

_MOST = 4096  # combinations of what an act may state and the record answer


class Undecidable(Exception):
    """A limit that cannot be put into formulas that Z3 decides; the message says why."""


@dataclass(frozen=True)
class Breach:
    """A rule that must never fire; ``deed``: it is itself something that is done."""

    rule: Rule
    deed: bool


def roots(cases: Cases, limit: Limit) -> set[Key]:
    """What a limit reads itself."""
    state = (SUBJECT, "state", "")
    if limit.always:
        return {state} | cases.read(SUBJECT, [limit.always.tree])
    if limit.enabled:
        act = cases.kinds[SUBJECT].acts[limit.enabled.act]
        found = {state} | cases.read(SUBJECT, [limit.enabled.while_.tree])
        return found | cases.guard(SUBJECT, act) | _closed_to(cases, act)
    found = {state}
    for act in wrong_acts(cases, limit):
        found |= cases.guard(SUBJECT, act)
    return found


def breaches(system: System, limit: Limit) -> list[Breach]:
    """Every way for a limit to fail."""
    if limit.entering:
        return list(_entered(system, limit, limit.entering))
    rule = Rule("breach", SUBJECT, None, open=Open("breach:open"))
    env = system.env(SUBJECT, rule)
    if limit.always:
        rule.guard = neg(decided(limit.always.tree, env, rule.open).yes)
    elif limit.enabled:
        due = neg(decided(limit.enabled.while_.tree, env, rule.open).no)
        rule.guard = conj(due, neg(_is_open(system, limit.enabled.act)))
    rule.guard = conj(system.is_open(SUBJECT), rule.guard, rule.valid)
    return [Breach(rule, deed=False)]


# ---------------------------------------------------------------------- entering


def wrong_acts(cases: Cases, limit: Limit) -> list[ActRule]:
    """The acts that lead into a state of an ``entering`` limit without what belongs to it."""
    entering = limit.entering
    if entering is None:
        return []
    acts = cases.kinds[SUBJECT].acts.values()
    return [act for act in acts if act.to in entering.states and faults(cases.book, act, entering)]


def _entered(system: System, limit: Limit, entering: Entering) -> Iterator[Breach]:
    wrong = {act.name for act in wrong_acts(system.cases, limit)}
    for rule in system.rules:
        if rule.of != SUBJECT:
            continue
        if rule.act and rule.act.name in wrong:
            yield Breach(rule, deed=True)
        if rule.act is None and rule.name == f"{SUBJECT}:lapse":
            target = system.hold((SUBJECT, "lapse", ""), rule)
            closed = wrong_lapses(system.cases.book, system.cases.kinds[SUBJECT], entering)
            there = [target.is_(state) for state in closed if isinstance(target, Word)]
            guard = conj(rule.guard, disj(*there))
            yield Breach(replace(rule, guard=guard), deed=True)


# ---------------------------------------------------------------------- enabled


def _closed_to(cases: Cases, act: ActRule) -> set[Key]:
    """Whom an act is closed to, where it is reserved for someone who may be the same party."""
    if not act.who:
        return set()
    bound = [cases.bound(SUBJECT, name) for name in act.not_by]
    return {key for key in bound if key}


def _is_open(system: System, name: str) -> Truth:
    """Whether an act is open: stated in some way, the guards let it pass, whatever is answered."""
    act = system.cases.kinds[SUBJECT].acts[name]
    if act.effect in REFUSING:
        raise Undecidable(f"the effect {act.effect} of {act.type} may be refused by the record")
    rule = Rule("candidate", SUBJECT, act, open=Open("candidate:open"))
    env = system.asked(rule)
    guard = system.required(rule, env)
    stated = {k: v for k, v in rule.inputs.items() if k[0] == "field"}
    answered = [x for k, (_, terms) in rule.inputs.items() if k[0] != "field" for x in terms]
    guard = _for_all(guard, [*answered, *rule.open.made])
    valid = conj(*(_statable(shape, terms) for shape, terms in stated.values()))
    guard = _for_some(conj(valid, guard), [x for _, terms in stated.values() for x in terms])
    return conj(
        system.is_in(SUBJECT, act.origin),
        system.reserved(SUBJECT, act),
        _another(system, act),
        guard,
    )


def _statable(shape: Shape, terms: Sequence[Any]) -> Truth:
    """That an act can state the value. Of the texts between two instants it can state none."""
    valid = shape.valid(terms)
    return conj(valid, shape.told_by(terms)) if isinstance(shape, Instants) else valid


def _another(system: System, act: ActRule) -> Truth:
    """That whom the act is reserved for is not one of those to whom it is closed."""
    mine = system.cases.bound(SUBJECT, act.who) if act.who else None
    if mine is None:
        return True
    party, apart = system.held[mine], []
    for name in act.not_by:
        key = system.cases.bound(SUBJECT, name)
        other = system.held.get(key) if key else None
        if isinstance(party, Word) and isinstance(other, Word):
            # Two parties of two roles are two; of one role, they may be one and the same.
            apart += [neg(conj(party.is_(role), other.is_(role))) for role in party.options]
    return conj(*apart)


def _for_all(truth: Truth, variables: list[Any]) -> Truth:
    return neg(_for_some(neg(truth), variables))


def _for_some(truth: Truth, variables: list[Any]) -> Truth:
    """Without the variables: tried one by one where they are truths, eliminated where numbers."""
    if isinstance(truth, bool) or not variables:
        return truth
    bits = [x for x in variables if z3.is_bool(x)]
    if 1 << len(bits) > _MOST:
        raise Undecidable("the act can be stated in too many ways to try each")
    parts = []
    for values in product((False, True), repeat=len(bits)):
        pairs = [(bit, z3.BoolVal(value)) for bit, value in zip(bits, values, strict=True)]
        parts.append(z3.simplify(z3.substitute(truth, pairs)))
    found = z3.simplify(z3.Or(parts))
    numbers = [x for x in variables if not z3.is_bool(x)]
    if numbers and not (z3.is_true(found) or z3.is_false(found)):
        goals = z3.Tactic("qe2")(z3.Exists(numbers, found))
        found = z3.simplify(goals.as_expr())
        if not _plain(found):
            raise Undecidable("what the act may state cannot be eliminated from its conditions")
    if z3.is_true(found) or z3.is_false(found):
        return z3.is_true(found)
    return found


def _plain(truth: Any) -> bool:
    if z3.is_quantifier(truth):
        return False
    return all(_plain(child) for child in truth.children())
