"""A way that Z3 found, played through with the rulebook's own closures: the story that people read.

Z3 knows of a case what the limit rests on. The rest is filled in here, by doing deed after deed
with the closures that the docket runs. That is a check as well: a deed that the closures do not
allow, or an end at which they find nothing wrong, is no story (`Differs`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from holdshort.rulebook.entering import faults, wrong_lapses
from holdshort.rulebook.expression import Unknown, Value, remembered
from holdshort.rulebook.model import WORD_LISTS, ActRule, Duty, FieldType, Limit
from holdshort.rulebook.proof.kept import COVERAGE, Lore
from holdshort.rulebook.proof.reads import Cases, Key, paths, roles
from holdshort.rulebook.proof.solve import Step, Way
from holdshort.rulebook.proof.story import CONCERNED, SUBJECT, Deed, Standing, Story
from holdshort.rulebook.vocabulary import READABLE


class Differs(Exception):
    """The closures do not come where Z3 says."""


@dataclass
class Case:
    """One of the two cases as it stands."""

    state: str
    facts: dict[str, Any]
    bound: dict[str, str] = field(default_factory=dict)
    lapse: str | None = None
    duties: dict[str, str] = field(default_factory=dict)  # whether they apply or not


@dataclass
class Player:
    """Plays a way through."""

    lore: Lore
    cases: Cases
    keys: frozenset[Key]
    bases: Mapping[str, date]
    standing: dict[str, Case] = field(default_factory=dict)

    def play(self, step: Step) -> Deed:
        """Do one deed."""
        of = step.rule.of
        if step.rule.act:
            return self._act(of, step.rule.act, step)
        case = self.standing[of]
        if step.rule.name.endswith(":lapse"):
            if case.lapse is None:
                raise Differs("Nothing lapses.")
            case.state, case.lapse = case.lapse, None
            return Deed(of, None, None, self.told(of), lapses=True)
        late = tuple(name for (part, name), on in step.inputs.items() if part == "late" and on)
        for name in late:
            case.duties[name] = step.inputs.get(("stands", name), "late")
        return Deed(of, None, None, self.told(of), late=late)

    # ------------------------------------------------------------------ acts

    def _act(self, of: str, act: ActRule, step: Step) -> Deed:
        stated = self._stated(act, step)
        checks = self._checks(act, step)
        opening = act.origin == ("none",)
        case = self.standing.get(of)
        if (case is None) is not opening or (case and case.state not in act.origin):
            raise Differs(f"{act.type} cannot be done there.")
        case = case or self._opened(of)
        said = {"act": stated, "check": checks, **self._other(of, step)}
        asked = {**self.env(of), **said}
        if opening:
            asked |= {"case": {}, "duty": {}, "state": "none"}
        for requirement in act.requires:
            if requirement.condition.decide(asked) is not True:
                raise Differs(f"{act.type} is not allowed: {requirement.clause.says}")
        by = self._by(of, act, step)
        self._set(act, case, {**self.env(of, case), **said})
        for name, party in act.binds.items():
            named = step.inputs.get(("named", party.source)) if party else by
            case.bound[name] = named or self.lore.naming(act, party.source if party else "")[0]
        if act.to:
            case.state, case.lapse = act.to, None
        if act.expires:
            case.lapse = act.expires.to
        for duty in self.cases.duties(of).values():
            self._owe(case, duty, act, step)
        coverage = None
        if act.effect == "coverage":
            coverage = step.inputs.get(("coverage", ""), COVERAGE[0])
            case.facts["coverage"] = coverage
        self.standing[of] = case
        return Deed(of, act.type, by, self.told(of), stated, checks, coverage)

    def _stated(self, act: ActRule, step: Step) -> dict[str, Value]:
        found = {}
        for name, each in act.fields.items():
            if each.type.name not in READABLE:
                continue
            value = step.inputs.get(("field", name))
            if ("field", name) not in step.inputs and not each.optional:
                value = self._any(each.type)
            if value is not None and not isinstance(value, Unknown):
                found[name] = written(value)
        return found

    def _any(self, type_: FieldType) -> Value:
        match type_.name:
            case "bool":
                return False
            case "integer" | "decimal":
                return 0
            case "one_of" | "area":
                return type_.words(self.lore.areas)[0]
            case name if name in WORD_LISTS:
                return []
        return self.lore.instants[0][1]

    def _checks(self, act: ActRule, step: Step) -> dict[str, bool]:
        conditions = [each.condition for each in act.requires]
        conditions += [c for s in act.sets for c in (s.index, s.value) if c]
        read = {
            member for each in conditions for name, member in paths(each.tree) if name == "check"
        }
        return {
            check: step.inputs.get(("check", check), True)
            for check in self.lore.book.checks
            if check in read
        }

    def _other(self, of: str, step: Step) -> dict[str, object]:
        kind = self.cases.kinds[of].concerns
        if kind is None or of == SUBJECT:
            return {}
        told = {name: value for (part, name), value in step.inputs.items() if part == "other"}
        return {kind: {k: v for k, v in told.items() if not isinstance(v, Unknown)}}

    def _by(self, of: str, act: ActRule, step: Step) -> str:
        may = self.lore.acting(act)
        bound = self.cases.bound(of, act.who) if act.who else None
        if bound:
            party = self.standing[bound[0]].bound.get(bound[2])
            if party is None:
                raise Differs(f"Nobody is the {act.who}.")
            return party
        return str(step.inputs.get(("role", ""), may[0] if may else act.by))

    def _opened(self, of: str) -> Case:
        kind = self.cases.kinds[of]
        if of == SUBJECT and CONCERNED in self.cases.kinds and CONCERNED not in self.standing:
            raise Differs("There is no case for it to concern.")
        facts = {
            name: dict(fact.default) if isinstance(fact.default, Mapping) else fact.default
            for name, fact in kind.facts.items()
            if fact.default is not None
        }
        return Case("none", facts)

    def _set(self, act: ActRule, case: Case, env: Mapping[str, object]) -> None:
        decided = []
        for setting in act.sets:
            index = setting.index.decide(env) if setting.index else None
            if isinstance(index, Unknown):
                raise Differs(f"What {act.type} sets cannot be told.")
            decided.append((setting.fact, index, remembered(setting.value.decide(env))))
        for fact, index, value in decided:
            if index is not None:
                case.facts[fact] = {**case.facts.get(fact, {}), index: value}
            elif isinstance(value, Unknown):
                case.facts.pop(fact, None)
            else:
                case.facts[fact] = value

    def _owe(self, case: Case, duty: Duty, act: ActRule, step: Step) -> None:
        stands = step.inputs.get(("stands", duty.id))
        if any(start.act == act.type for start in duty.starts):
            case.duties[duty.id] = stands or "running"
        elif act.type in duty.met_by and case.duties.get(duty.id) == "running":
            case.duties[duty.id] = stands or "met"
        elif act.type in duty.met_by and duty.id in case.duties and stands:
            adrift = duty.every or duty.ahead or duty.keeps
            case.duties[duty.id] = stands if adrift else case.duties[duty.id]

    # ------------------------------------------------------------------ what clauses read

    def env(self, of: str, case: Case | None = None) -> dict[str, object]:
        """What a clause reads in a case."""
        case = case or self.standing.get(of) or Case("none", {})
        book, kind = self.lore.book, self.cases.kinds[of]
        values = {name: value.on(self.bases[of]) for name, value in book.values.items()}
        env: dict[str, object] = {
            "state": case.state,
            "case": case.facts,
            "areas": self.lore.book.area_words,
            "value": {name: dated.value for name, dated in values.items() if dated},
            "duty": {**dict.fromkeys(book.duties, "none"), **self._duties(of, case)},
        }
        if kind.concerns and of == SUBJECT:
            other = self.standing.get(CONCERNED)
            env[kind.concerns] = other.facts if other else {}
        return env

    def _duties(self, of: str, case: Case) -> dict[str, str]:
        """The duties that have begun and apply."""
        known = self.cases.duties(of)
        found = {}
        for id_, stands in case.duties.items():
            applies = known[id_].when
            if applies is None or applies.decide({"case": case.facts}) is True:
                found[id_] = stands
        return found

    def told(self, of: str) -> Standing:
        """Where a case stands, as a story tells it: the duties that the limit rests on."""
        case = self.standing[of]
        duties = {
            id_: stands
            for id_, stands in self._duties(of, case).items()
            if (of, "duty", id_) in self.keys
        }
        return Standing(case.state, {k: _known(v) for k, v in case.facts.items()}, duties)


def _known(value: Any) -> Any:
    """A value that does not change when the case does."""
    return dict(value) if isinstance(value, Mapping) else value


def written(value: Value) -> Value:
    """A number as an act can state it: a decimal, where it is one."""
    if not isinstance(value, Fraction):
        return value
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact if rest == 1 and Fraction(exact) == value else value


def story(lore: Lore, cases: Cases, keys: tuple[Key, ...], limit: Limit, way: Way) -> Story:
    """A way as a story.

    Raises:
        Differs: the closures do not come to an end at which the limit fails.
    """
    bases = {of: _basis(lore, way.bases.get((of, "basis", ""))) for of in (SUBJECT, CONCERNED)}
    if (CONCERNED, "basis", "") not in way.bases:
        bases[CONCERNED] = bases[SUBJECT]
    if (SUBJECT, "basis", "") not in way.bases:
        bases[SUBJECT] = max(bases.values())
    player = Player(lore, cases, frozenset(keys), bases)
    deeds = tuple(player.play(step) for step in way.steps)
    if SUBJECT not in player.standing:
        raise Differs("The case that the limit is about is not open.")
    end = _end(player, limit, way.steps[-1] if way.steps else None)
    other = bases[CONCERNED] if bases[CONCERNED] != bases[SUBJECT] else None
    return Story(limit.id, bases[SUBJECT], deeds, end, other)


def _basis(lore: Lore, found: object) -> date:
    newest = max((*lore.dates, *(phase.since for phase in lore.book.phases)))
    if found is None:
        return newest
    return (
        lore.dates[0] - timedelta(days=1) if found == "before" else date.fromisoformat(str(found))
    )


def _why_closed(player: Player, act: ActRule) -> str:
    """Whom the act is reserved for, where that is the reason."""
    key = player.cases.bound(SUBJECT, act.who) if act.who else None
    if key is None:
        return ""
    role = player.standing[key[0]].bound.get(key[2])
    if role is None:
        return f": nobody is the {key[2]}"
    if role in roles(player.lore.book, act):
        return ""
    return f": the party named as the {key[2]} is a {role}, which may not do it"


def _end(player: Player, limit: Limit, last: Step | None) -> str:
    """What is wrong at the end, in words.

    Raises:
        Differs: nothing is.
    """
    title = player.cases.kinds[SUBJECT].title.lower()
    state = player.standing[SUBJECT].state
    env = player.env(SUBJECT)
    says = limit.clause.says
    if limit.entering:
        act = last.rule.act if last else None
        if act:
            wrong = (
                faults(player.cases.book, act, limit.entering)
                if act.to in limit.entering.states
                else []
            )
        else:
            kind = player.cases.kinds[SUBJECT]
            slips = wrong_lapses(player.cases.book, kind, limit.entering)
            wrong = [slips[state]] if state in slips else []
        if not wrong or state not in limit.entering.states:
            raise Differs("The last deed leads nowhere that the limit speaks of.")
        return f"The {title} is {state}, and {'; '.join(wrong)}. The law says: {says}"
    if limit.enabled:
        if limit.enabled.while_.decide(env) is False:
            raise Differs("The act need not be open there.")
        act = player.cases.kinds[SUBJECT].acts[limit.enabled.act]
        closed = f"“{act.title}” is closed{_why_closed(player, act)}"
        return f"The {title} is {state}, and {closed}. The law says: {says}"
    answer = limit.always.decide(env) if limit.always else True
    if answer is True:
        raise Differs("The limit holds there.")
    fails = "cannot be told to hold" if isinstance(answer, Unknown) else "does not hold"
    return f"The {title} is {state}, and the limit {fails}: {says}"
