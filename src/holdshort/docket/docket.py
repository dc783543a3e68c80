"""The docket: a pure fold of the acts of a register under its rulebook.

    docket = Docket(rulebook)
    for entry in entries:
        docket.admit(entry)          # refuses what is not lawful, naming the clause

Rules kept here:

- The docket runs the rulebook's transition table and nothing else. What is not in the table is
  refused.
- An act counts under the keys that the party it names holds at its place in the log.
- Acts come in the order of time. An act that was signed while others were entered takes effect when
  it is entered, not before; one that was signed more than a day ago is not entered any more.
- The same statement is never entered twice, whoever's signatures are on it.
- A state that lapses by itself has lapsed before the next act.
- ``check`` never changes anything; ``admit`` changes everything or nothing.
- A limit of the rulebook that a lawful act would break, or leave in doubt, stops the act: the last
  line of defence behind the proof that no such act exists.
"""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, replace

from holdshort.docket.checks import CHECKS, Procedure, computable
from holdshort.docket.choices import Chosen, chosen
from holdshort.docket.clocks import day_of, due, instant, stamp
from holdshort.docket.duties import Owed, owed
from holdshort.docket.effects import EFFECTS, Effect, effect_objections
from holdshort.docket.enrolment import vouch
from holdshort.docket.entitlement import concerned, entitlement, reserved, silenced, unfit
from holdshort.docket.environment import Answers, of_act
from holdshort.docket.fields import objections
from holdshort.docket.law import Adopted, Law, Texts, no_texts
from holdshort.docket.limitations import limitation_objections
from holdshort.docket.limits import broken_limits
from holdshort.docket.refusal import Unlawful
from holdshort.docket.scopes import end_scope, scope_objections
from holdshort.docket.state import Case, Clearance, Lapse, Objection, Step
from holdshort.docket.statements import Statements, taking_effect
from holdshort.errors import BadInput, RegisterError
from holdshort.register.act import Act
from holdshort.register.charter import Charter, Party, read_charter
from holdshort.register.entry import Entry
from holdshort.register.merkle import Frontier
from holdshort.register.status import StatusSnapshot
from holdshort.rulebook.expression import Unknown, names, remembered
from holdshort.rulebook.model import ActRule, Requirement, Rulebook


@dataclass(frozen=True)
class Option:
    """An act that a party could file in a case, and what still stands against it."""

    rule: ActRule
    objections: tuple[Objection, ...]

    @property
    def open(self) -> bool:
        """Whether nothing stands against it but what the act itself would say."""
        return not self.objections


class Docket:
    """Where every case of one register stands."""

    def __init__(
        self,
        book: Rulebook,
        texts: Texts = no_texts,
        *,
        checks: Mapping[str, Procedure] = CHECKS,
        effects: Mapping[str, Effect] = EFFECTS,
    ) -> None:
        """An empty docket under ``book``; ``texts`` are the laws that may be adopted later.

        A register has the ``checks`` and ``effects`` of the house. Others are for stories about
        acts, in which the record's answers are told (`holdshort.docket.stories`): an effect that is
        not among them does nothing, and asks nothing of its act.

        Raises:
            RulebookError: the book relies on a check that no procedure computes.
        """
        computable(book, checks)
        self.law = Law(book, texts)
        self.checks = checks
        self.effects = effects
        self.parties: dict[str, Party] = {}
        self.cases: dict[str, Case] = {}
        self.clearances: tuple[Clearance, ...] = ()
        self.last_snapshot: StatusSnapshot | None = None
        self.frontier = Frontier()
        self.size = 0
        self.last_at = ""
        self.charter_: Charter | None = None
        self.witness_policy: str | None = None
        """Who must cosign the checkpoints now: a C2SP tlog-policy without its ``log`` line."""
        self.witness_entry = 0
        """The entry that says so."""
        self.chosen: list[Chosen] = []
        """What offices did, with where their cases stood before: see `holdshort.docket.choices`."""
        self._statements = Statements()
        self._noted: dict[tuple[str, str], list[str]] = {}

    @property
    def book(self) -> Rulebook:
        """The law in force at the last act."""
        return self.law.at(self.last_at)

    def law_of(self, case: Case, now: str) -> Rulebook:
        """The law of a case at ``now``."""
        return self.law.of(case, case.kind, now)

    @property
    def charter(self) -> Charter:
        """The register's charter.

        Raises:
            RegisterError: the register is not open yet.
        """
        if self.charter_ is None:
            raise RegisterError("The register is not open.", do="Run `holdshort init`.")
        return self.charter_

    # ------------------------------------------------------------------ reading

    def state(self, case: Case, now: str) -> str:
        """State of a case at ``now``, lapses counted."""
        return case.lapse.to if case.lapse and now >= case.lapse.at else case.state

    def note(self, what: str, value: object, case: Case) -> None:
        """Note under ``value`` a case in which ``what`` may be that, so that it is found again."""
        cases = self._noted.setdefault((what, str(value)), [])
        if case.id not in cases:
            cases.append(case.id)

    def noted(self, what: str, value: object) -> list[Case]:
        """The cases noted under a value.

        Notes outlive an act that is taken back, so the case itself has the last word.
        """
        cases = (self.cases.get(id_) for id_ in self._noted.get((what, str(value)), ()))
        return [case for case in cases if case]

    def bound(self, kind: str, name: str, party: str | None) -> list[Case]:
        """The cases of a kind to which ``party`` is bound as ``name``, in the order of binding."""
        cases = self.noted("bound", party) if party else []
        return [case for case in cases if case.kind == kind and case.bound.get(name) == party]

    def duties(self, now: str) -> list[Owed]:
        """What is due, late or met at ``now``, soonest first."""
        found = [item for case in self.cases.values() for item in owed(self, case, now)]
        return sorted(found, key=lambda item: (item.due is None, item.due and item.due.at))

    def options(self, case: Case, party: Party, now: str) -> list[Option]:
        """Every act that the party's role and the case's state allow, with what is against it."""
        found = []
        for rule in self.law_of(case, now).cases[case.kind].acts.values():
            if rule.permits(party.role) and self.state(case, now) in rule.origin:
                env = of_act(self, rule, case, None, now)
                against = [
                    *silenced(self, rule, party, case, now),
                    *reserved(self, rule, party, case, None),
                    *self._unmet(rule, env, settled=False),
                ]
                found.append(Option(rule, tuple(against)))
        return found

    def frontier_after(self, entry: Entry) -> bytes:
        """Root of the log once ``entry``, the next one, is in it."""
        after = deepcopy(self.frontier)
        after.append(entry.leaf_hash)
        return after.root()

    # ------------------------------------------------------------------ deciding

    def check(self, act: Act) -> ActRule:
        """The rule under which the act is lawful now.

        Raises:
            BadInput: the rulebook knows no such act, or the act is meant for another register.
            Unlawful: it is not lawful here and now; every reason with its clause.
        """
        act = taking_effect(act, self.last_at)
        case = self.cases.get(act.case)
        book = self.law.of(case, act.kind, act.at)
        rule = book.act(act.type)
        self._belongs(act, rule, book)
        against = self._placed(rule, act, case) or [
            *entitlement(self, rule, act, case),
            *objections(
                rule, act.fields, book, self.parties, {each.sha256 for each in act.artefacts}
            ),
            *scope_objections(rule, act.fields),
            *limitation_objections(rule, act.fields),
        ]
        if not against:
            env = of_act(self, rule, case, act, act.at)
            against = self._unmet(rule, env, settled=True)
            against += self._unsettled(rule, act, env)
            if rule.effect in self.effects:
                against += effect_objections(self, rule, case, act)
        if against:
            raise Unlawful(f"{act.type} by {act.by} in {act.case}", against)
        return rule

    def admit(self, entry: Entry, *, signed: bool = False, checked: ActRule | None = None) -> None:
        """Take the next entry into the docket.

        ``signed`` says that its signatures were found to hold before, ``checked`` is what
        :meth:`check` has just answered for its act: neither is looked at again.

        Raises:
            RegisterError: out of order, or its signatures do not hold.
            Unlawful, BadInput: the act is not lawful here and now.

        Whatever is raised, the docket stays as it was.
        """
        if entry.index != self.size:
            raise RegisterError(f"Entry {self.size} was expected.", where=f"entry {entry.index}")
        act = taking_effect(entry.act, self.last_at)
        entry = entry if act is entry.act else replace(entry, act=act)
        rule = checked or self.check(act)
        if not signed:
            self.vouch(rule, entry)
        statement = self._statements.check(entry, self.last_at)
        before = self._remember(entry.act.case)
        try:
            case = self._apply(rule, entry)
            self._keep_limits(case, entry.act)
        except BaseException:
            self._restore(entry.act.case, before)
            raise
        self.frontier.append(entry.leaf_hash)
        self.size += 1
        self.last_at = act.at
        self._statements.add(statement, act.at)
        kept = chosen(self, rule, act, before.case)
        if kept:
            self.chosen.append(kept)

    def vouch(self, rule: ActRule, entry: Entry) -> None:
        """Check that the party signed the next entry, with the keys that it takes.

        Raises:
            RegisterError: it did not.
        """
        try:
            if self.charter_ is None:
                read_charter(entry)  # signed by the root whose keys it names
            else:
                vouch(self.parties[entry.act.by], rule, entry)
        except RegisterError as error:
            where = error.where or f"entry {entry.index} ({entry.act.by})"
            raise RegisterError(error.what, where=where) from None

    # ------------------------------------------------------------------ the parts of a decision

    def _belongs(self, act: Act, rule: ActRule, book: Rulebook) -> None:
        if act.rulebook != book.digest:
            raise BadInput(
                f"The act is under the rulebook {act.rulebook[:12]}…; to {act.case} the register "
                f"applies {book.id} {book.version} ({book.digest[:12]}…)."
            )
        if self.charter_ is None and rule.effect != "charter":
            raise RegisterError("The register is not open.", do="Run `holdshort init`.")
        if self.charter_ is not None and act.register != self.charter_.origin:
            raise BadInput(f"The act is meant for {act.register}, this is {self.charter_.origin}.")

    def _placed(self, rule: ActRule, act: Act, case: Case | None) -> list[Objection]:
        """Whether the case is there, of the right kind, in the right state."""
        if case is not None and case.kind != rule.kind:
            return [Objection(f"{case.id} is a case of the kind {case.kind}.", rule.clause.cite)]
        state = self.state(case, act.at) if case else "none"
        if state in rule.origin:
            return self._concern(rule, act) if state == "none" else []
        if case is None:
            missing = Objection(f"There is no case {act.case}.", rule.clause.cite)
            return [*entitlement(self, rule, act, None), missing]
        if rule.origin == ("none",):
            return [Objection(f"The case {case.id} is open already.", rule.clause.cite)]
        allowed = " or ".join(rule.origin)
        says = f"It needs the state {allowed}; the case is {state}."
        return [*entitlement(self, rule, act, case), Objection(says, rule.clause.cite)]

    def _concern(self, rule: ActRule, act: Act) -> list[Objection]:
        kind = self.law.at(act.at).cases[rule.kind].concerns
        if kind is None:
            return []
        other = concerned(self, None, act)
        if other is None or other.kind != kind:
            return [Objection(f"It must concern a {kind} on this register.", rule.clause.cite)]
        return []

    def _unsettled(self, rule: ActRule, act: Act, env: Mapping[str, object]) -> list[Objection]:
        """What the act would bind or change cannot be told."""
        found = []
        for name, condition in rule.binds.items():
            party = str(act.fields[_field(condition.source)]) if condition else act.by
            if party not in self.parties:
                found.append(Objection(f"There is no party {party!r}.", rule.clause.cite))
            elif says := unfit(self, rule, act, name, self.parties[party]):
                found.append(Objection(says, rule.clause.cite))
        for setting in rule.sets:
            index = setting.index.decide(env) if setting.index else None
            if isinstance(index, Unknown):
                missing = ", ".join(sorted(index.names))
                says = f"What it changes cannot be told while {missing} is unknown."
                found.append(Objection(says, rule.clause.cite))
        return found

    def _unmet(self, rule: ActRule, env: Mapping[str, object], *, settled: bool) -> list[Objection]:
        found = []
        for requirement in rule.requires:
            answer = requirement.condition.decide(env)
            if answer is False or (settled and answer is not True):
                found.append(_objection(requirement, answer, env))
        return found

    # ------------------------------------------------------------------ applying

    def _apply(self, rule: ActRule, entry: Entry) -> Case:
        act = entry.act
        case = self.cases.get(act.case) or self._open(rule, act)
        env = of_act(self, rule, case, act, act.at)
        before, origin = case.state, self.state(case, act.at) if case.steps else "none"
        if case.lapse and act.at >= case.lapse.at:
            case.state, case.lapse = case.lapse.to, None
        self._set(rule, case, env)
        for name, condition in rule.binds.items():
            case.bound[name] = str(act.fields[_field(condition.source)]) if condition else act.by
            self.note("bound", case.bound[name], case)
        if rule.to:
            case.state, case.lapse = rule.to, None
        if rule.expires:
            clocks = self.law_of(case, act.at).clocks
            ends = due(instant(act.at), rule.expires.within, clocks)
            case.lapse = Lapse(stamp(ends.at), rule.expires.to, ends.derivation)
        instants = {
            name: str(act.fields[name])
            for name, field in rule.fields.items()
            if field.type.name == "instant" and name in act.fields
        }
        end_scope(case, (before, origin, case.state))
        case.steps.append(Step(entry.index, act.at, act.name, act.by, origin, case.state, instants))
        if rule.effect and rule.effect in self.effects:
            self.effects[rule.effect](self, case, rule, entry)
        return case

    def _open(self, rule: ActRule, act: Act) -> Case:
        book = self.law.at(act.at)
        kind = book.cases[rule.kind]
        facts = {
            name: deepcopy(fact.default)
            for name, fact in kind.facts.items()
            if fact.default is not None
        }
        concerns = str(act.fields["concerns"]) if kind.concerns else None
        basis = day_of(act.at, book.clocks)
        case = Case(act.case, rule.kind, "none", act.at, book, basis, facts, concerns=concerns)
        self.cases[act.case] = case
        if concerns is not None:
            self.cases[concerns].concerned_by.append(act.case)
        return case

    def _set(self, rule: ActRule, case: Case, env: Mapping[str, object]) -> None:
        decided = []
        for setting in rule.sets:
            index = setting.index.decide(env) if setting.index else None
            decided.append((setting.fact, index, remembered(setting.value.decide(env))))
        for fact, index, value in decided:
            if index is not None:
                shelf = case.facts.get(fact)
                case.facts[fact] = {**(shelf if isinstance(shelf, dict) else {}), index: value}
            elif isinstance(value, Unknown):
                case.facts.pop(fact, None)  # what is not known is not there
            else:
                case.facts[fact] = value

    def _keep_limits(self, case: Case, act: Act) -> None:
        broken = broken_limits(self, case, act.at)
        if broken:
            raise Unlawful(f"{act.type} by {act.by} in {case.id}", broken)

    def _remember(self, id_: str) -> "_Before":
        """What an act can change."""
        case = self.cases.get(id_)
        return _Before(
            case.before() if case else None,
            len(case.steps) if case else 0,
            self.parties,
            self.clearances,
            self.last_snapshot,
            self.charter_,
            self.law.adopted,
            self.witness_policy,
            self.witness_entry,
        )

    def _restore(self, id_: str, before: "_Before") -> None:
        if before.case is None:
            opened = self.cases.pop(id_, None)
            if opened and opened.concerns is not None:
                self.cases[opened.concerns].concerned_by.remove(id_)
        else:
            del before.case.steps[before.steps :]
            self.cases[id_] = before.case
        self.parties = before.parties
        self.clearances = before.clearances
        self.last_snapshot = before.last_snapshot
        self.charter_ = before.charter
        self.law.adopted = before.adopted
        self.witness_policy, self.witness_entry = before.witness_policy, before.witness_entry


@dataclass(frozen=True)
class _Before:
    """The docket as it was before an act, as far as an act can change it."""

    case: Case | None
    steps: int
    parties: dict[str, Party]
    clearances: tuple[Clearance, ...]
    last_snapshot: StatusSnapshot | None
    charter: Charter | None
    adopted: tuple[Adopted, ...]
    witness_policy: str | None
    witness_entry: int


def _objection(requirement: Requirement, answer: object, env: Mapping[str, object]) -> Objection:
    says = requirement.clause.says
    if answer is False and isinstance(answers := env.get("check"), Answers):
        read = (path.partition(".") for path in sorted(names(requirement.condition.tree)))
        found = [answers.why(name) for record, _, name in read if record == "check"]
        says = " ".join([says, *(why for why in found if why)])
    if isinstance(answer, Unknown):
        missing = ", ".join(sorted(answer.names))
        says = f"{says} That cannot be told while {missing} is unknown."
    return Objection(f"not met: {says}", requirement.clause.cite)


def _field(source: str) -> str:
    return source.removeprefix("act.")
