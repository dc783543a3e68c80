"""Every short history of a book, tried on the docket: the oracle beside the prover.

It knows nothing of formulas. It files whatever can be filed, in every way that a guard could tell
apart, lets the record answer in every way, lets time pass to just before and just after whatever is
due next, and asks of each place where the cases then stand whether a limit fails there. Histories
that lead to the same standing are followed once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import chain, combinations, product
from typing import Any
from zoneinfo import ZoneInfo

from holdshort.docket.clocks import instant
from holdshort.docket.duties import duty_states, owed
from holdshort.docket.environment import of_limit
from holdshort.docket.law import values_on
from holdshort.docket.refusal import Unlawful
from holdshort.docket.stage import Player, Said, Stage
from holdshort.docket.state import Case
from holdshort.register.act import Act
from holdshort.register.entry import Entry
from holdshort.register.envelope import Envelope, Signature
from holdshort.rulebook.condition import Condition
from holdshort.rulebook.expression import Unknown, names
from holdshort.rulebook.model import ActRule, Entering, Limit, Rulebook
from holdshort.rulebook.proof.story import CONCERNED, SUBJECT, Deed, Standing, Story

SECOND = timedelta(seconds=1)
UNSIGNED = Envelope(b"", "none", (Signature("0" * 64, b""),))
COVERAGE = ("covered", "not covered", "indeterminate")
HOUR = timedelta(hours=1)
LONG_PAST = "1990-01-01T00:00:00Z"
END = "The limit fails."


@dataclass(frozen=True)
class Explored:
    """What was found: per limit a story that breaks it; and how far all was tried."""

    broken: Mapping[str, Story]
    depth: int
    complete: bool
    tried: int


@dataclass(frozen=True)
class Node:
    cases: Mapping[str, Case]
    moment: datetime
    deeds: tuple[Deed, ...]


def subsets(words: tuple[str, ...]) -> list[list[str]]:
    """Every set of the words, as a list in which a party might happen to name them."""
    sizes = range(len(words) + 1)
    return [list(some)[::-1] for some in chain(*(combinations(words, size) for size in sizes))]


class Explorer:
    """All histories of one kind of case, and of the one that it concerns."""

    def __init__(self, book: Rulebook, kind: str, budget: int) -> None:
        self.book, self.kind = book, book.cases[kind]
        self.limits = [limit for limit in book.limits.values() if limit.kind == kind]
        self.kinds = [self.kind.concerns, kind] if self.kind.concerns else [kind]
        self.budget, self.tried = budget, 0
        self.of = dict(zip(self.kinds, (CONCERNED, SUBJECT)[-len(self.kinds) :], strict=True))
        self.twins: list[str] = []
        self.broken: dict[str, Story] = {}

    # ------------------------------------------------------------------ the search

    def explore(self, depth: int) -> Explored:
        level = [node for start in self.starts() for node in [self.begin(start)]]
        reached = set()
        for done in range(depth):
            found = []
            for stage, node in level:
                for child in self.children(stage, node):
                    if self.tried > self.budget or len(self.broken) == len(self.limits):
                        return Explored(self.broken, done, False, self.tried)
                    key = self.standing(stage, child)
                    if key not in reached:
                        reached.add(key)
                        found.append((stage, child))
            if not found:
                return Explored(self.broken, depth, True, self.tried)
            level = found
        return Explored(self.broken, depth, False, self.tried)

    def starts(self) -> list[datetime]:
        """Instants on either side of, and well after, each day from which a value is in force."""
        changes = self.changes() or [datetime(2026, 3, 2, 14, tzinfo=UTC)]
        shifts = (-HOUR, timedelta(days=90)) if self.changes() else (timedelta(),)
        return sorted({change + shift for change in changes for shift in shifts})

    def changes(self) -> list[datetime]:
        """When the values change that a clause of a case reads."""
        zone = ZoneInfo(self.book.clocks.zone)
        _, _, cases = self.book.text.partition(b"\ncases:")
        days = {
            dated.since
            for value in self.book.values.values()
            for dated in value.history
            if f"value.{value.name}".encode() in cases
        }
        return [datetime(d.year, d.month, d.day, tzinfo=zone).astimezone(UTC) for d in sorted(days)]

    def begin(self, start: datetime) -> tuple[Stage, Node]:
        stage = Stage(replace(self.book, limits={}), start)
        for number, role in enumerate(self.book.roles):
            players = [Player(10 * number + twin, [role]) for twin in range(2)]
            self.twins = list(dict.fromkeys([*self.twins, players[0].id]))
            for player in players:
                stage.enrol(player)
        return stage, Node(dict(stage.docket.cases), start, ())

    def play(self, stage: Stage, node: Node) -> None:
        """Put the stage where the node is."""
        stage.docket.cases = {id_: case.copy() for id_, case in node.cases.items()}
        stage.moment = node.moment
        stage.docket.last_at = stage.now

    def children(self, stage: Stage, node: Node) -> Iterator[Node]:
        for moment in self.times(stage, node):
            before = self.told(stage, node)
            after = self.told(stage, Node(node.cases, moment, ()))
            ended = [
                kind
                for kind, case in node.cases.items()
                if case.lapse and node.moment < instant(case.lapse.at) <= moment
            ]
            passed = [
                Deed(
                    self.of[kind],
                    None,
                    None,
                    now,
                    lapses=kind in ended,
                    late=tuple(d for d, is_ in now.duties.items() if before[kind].duties[d] != is_),
                )
                for kind, now in after.items()
                if now != before[kind] or kind in ended
            ]
            child = Node(node.cases, moment, (*node.deeds, *passed))
            self.play(stage, child)
            self.judge(stage, child, None, None)
            yield child
        for kind in self.kinds:
            self.play(stage, node)
            case = stage.docket.cases.get(kind)
            state = stage.docket.state(case, stage.now) if case else "none"
            for rule in self.book.cases[kind].acts.values():
                if state in rule.origin:
                    yield from self.acts(stage, node, rule)

    def acts(self, stage: Stage, node: Node, rule: ActRule) -> Iterator[Node]:
        self.play(stage, node)
        checks = sorted(self.read(rule, "check"))
        outcomes = COVERAGE if rule.effect == "coverage" else (None,)
        twins: dict[tuple[object, ...], bool] = {}
        for party in self.parties(stage, rule):
            for said in self.choices(stage, rule):
                for answers in product((True, False), repeat=len(checks)):
                    self.tried += 1
                    stage.answers = dict(zip(checks, answers, strict=True))
                    fields = stage.fields(rule, said)
                    act = stage.act(rule, party, rule.kind, fields)
                    taken = self.takes(stage, act)
                    self.equal(stage, rule, party, (repr(fields), answers), taken, twins)
                    if not taken:
                        continue
                    for outcome in outcomes:
                        yield self.apply(stage, node, rule, act, said, outcome)
                        self.play(stage, node)

    def apply(
        self, stage: Stage, node: Node, rule: ActRule, act: Act, said: Said, outcome: str | None
    ) -> Node:
        docket = stage.docket
        stage.covered = outcome
        # The rest of `admit`, without a signature: millions of acts are tried.
        docket._apply(rule, Entry(docket.size + len(node.deeds), b"", UNSIGNED, act))
        deed = Deed(
            self.of[rule.kind],
            rule.type,
            docket.parties[act.by].role,
            self.stands(stage, rule.kind),
            said.read,
            dict(stage.answers),
            outcome,
        )
        child = Node(dict(docket.cases), node.moment, (*node.deeds, deed))
        self.judge(stage, child, rule, act)
        return child

    @staticmethod
    def takes(stage: Stage, act: Act) -> bool:
        try:
            stage.docket.check(act)
        except Unlawful:
            return False
        return True

    # ------------------------------------------------------------------ choices

    def parties(self, stage: Stage, rule: ActRule) -> list[str]:
        return [
            p.id
            for p in stage.docket.parties.values()
            if rule.permits(p.role) and p.id not in ("registrar", "register")
        ]

    def choices(self, stage: Stage, rule: ActRule) -> Iterator[Said]:
        read = self.read(rule, "act")
        options: dict[str, list[Any]] = {}
        areas = list(self.book.areas)
        started = {
            s.field for d in self.book.duties.values() for s in d.starts if s.act == rule.type
        }
        for field in rule.fields.values():
            if field.name not in read and field.name not in started:
                continue
            kinds: dict[str, list[Any]] = {
                "bool": [True, False],
                "one_of": list(field.type.values),
                "area": areas,
                "integer": self.integers(stage, rule),
                "list of area": subsets(tuple(areas)),
                "list of one_of": subsets(field.type.values),
                "instant": [LONG_PAST, stage.now],
            }
            values = kinds[field.type.name]
            options[field.name] = [*values, None] if field.optional else values
        concerned = {"concerns": self.kinds[0]} if "concerns" in rule.fields else {}
        bound = [each.source.removeprefix("act.") for each in rule.binds.values() if each]
        for chosen in product(*options.values()):
            told = {
                name: value
                for name, value in zip(options, chosen, strict=True)
                if value is not None
            }
            for parties in product(self.twins, repeat=len(bound)):
                yield Said(told, {**concerned, **dict(zip(bound, parties, strict=True))})

    def integers(self, stage: Stage, rule: ActRule) -> list[int]:
        case = stage.docket.cases.get(rule.kind)
        marks = {Fraction(dated.value) for v in self.book.values.values() for dated in v.history}
        marks |= {Fraction(0)}
        if case:
            marks |= {
                Fraction(v)
                for v in case.facts.values()
                if isinstance(v, int) and not isinstance(v, bool)
            }
        return sorted({int(mark) + step for mark in marks for step in (0, 1) if mark <= 4})

    def read(self, rule: ActRule, record: str) -> set[str]:
        conditions: list[Condition] = [each.condition for each in rule.requires]
        for setting in rule.sets:
            conditions += [setting.value, *([setting.index] if setting.index else [])]
        paths = (path.split(".") for each in conditions for path in names(each.tree))
        return {path[1] for path in paths if path[0] == record and len(path) > 1}

    def told(self, stage: Stage, node: Node) -> dict[str, Standing]:
        """Where the open cases stand at a node."""
        self.play(stage, node)
        return {kind: self.stands(stage, kind) for kind in self.kinds if kind in node.cases}

    def stands(self, stage: Stage, kind: str) -> Standing:
        case = stage.docket.cases[kind]
        duties = duty_states(stage.docket, case, stage.now)
        begun = {duty: is_ for duty, is_ in duties.items() if is_ != "none"}
        known = {name: settled(fact) for name, fact in case.facts.items()}
        facts: dict[str, Any] = {n: fact for n, fact in known.items() if fact not in (None, {})}
        return Standing(stage.docket.state(case, stage.now), facts, begun)

    def times(self, stage: Stage, node: Node) -> Iterator[datetime]:
        self.play(stage, node)
        ends = []
        for case in node.cases.values():
            if case.lapse:
                ends.append(instant(case.lapse.at))
            ends += [
                item.due.at + SECOND for item in owed(stage.docket, case, stage.now) if item.due
            ]
        if any(kind not in node.cases for kind in self.kinds):
            ends += self.changes()
        coming = sorted(each for each in ends if each > node.moment)
        if coming:
            if coming[0] - SECOND > node.moment:
                yield coming[0] - SECOND
            yield coming[0]

    # ------------------------------------------------------------------ judging

    def judge(self, stage: Stage, node: Node, rule: ActRule | None, act: Act | None) -> None:
        subject = stage.docket.cases.get(self.kind.name)
        if subject is None:
            return
        for limit in self.limits:
            if limit.id not in self.broken and self.fails(stage, subject, limit, rule, act, node):
                bases = [case.basis for id_, case in node.cases.items() if id_ in self.kinds]
                mixed = bases[0] if bases[0] != subject.basis else None
                self.broken[limit.id] = Story(limit.id, subject.basis, node.deeds, END, mixed)

    def fails(
        self,
        stage: Stage,
        subject: Case,
        limit: Limit,
        rule: ActRule | None,
        act: Act | None,
        node: Node,
    ) -> bool:
        docket, now = stage.docket, stage.now
        if limit.always:
            return limit.always.decide(of_limit(docket, subject, now)) is not True
        if limit.enabled:
            held = limit.enabled.while_.decide(of_limit(docket, subject, now))
            return held is not False and not self.open(stage, self.kind.acts[limit.enabled.act])
        if limit.entering:
            state, entering = docket.state(subject, now), limit.entering
            if state not in entering.states:
                return False
            if rule is None or act is None:
                lapsed = subject.lapse is not None and subject.lapse.at == now
                return lapsed and (entering.lapses or self.slips(entering, state))
            if act.kind != subject.kind or rule.to is None:
                return False
            role = docket.parties[act.by].role
            by = entering.by
            return (
                (bool(by) and not any(role == b or role.startswith(f"{b}.") for b in by))
                or any(not act.fields.get(name) for name in entering.must_state)
                or (
                    entering.lapses
                    and (subject.lapse is None or subject.lapse.to in entering.states)
                )
            )
        return False

    def slips(self, entering: Entering, state: str) -> bool:
        """Whether an act that lets a case lapse into a state is none that could lead there."""
        return any(
            any(name not in act.fields or act.fields[name].optional for name in entering.must_state)
            or any(act.permits(role) and not entering.permits(role) for role in self.book.roles)
            for act in self.kind.acts.values()
            if act.expires and act.expires.to == state
        )

    def open(self, stage: Stage, rule: ActRule) -> bool:
        """Whether somebody can do the act, whatever the record answers."""
        before, covered = stage.answers, stage.covered
        checks = sorted(self.read(rule, "check"))
        try:
            return any(
                all(
                    self.answered(stage, rule, party, said, dict(zip(checks, answers, strict=True)))
                    for answers in product((False, True), repeat=len(checks))
                )
                for party in self.parties(stage, rule)
                for said in self.choices(stage, rule)
            )
        finally:
            stage.answers, stage.covered = before, covered

    def answered(
        self, stage: Stage, rule: ActRule, party: str, said: Said, answers: Mapping[str, bool]
    ) -> bool:
        self.tried += 1
        stage.answers = answers
        return self.takes(stage, stage.act(rule, party, rule.kind, stage.fields(rule, said)))

    def equal(
        self,
        stage: Stage,
        rule: ActRule,
        party: str,
        said: tuple[object, ...],
        taken: bool,
        twins: dict[tuple[object, ...], bool],
    ) -> None:
        """Two parties that stand alike to the cases are answered alike."""
        bound = tuple(
            sorted(
                (case.kind, name)
                for case in stage.docket.cases.values()
                for name, id_ in case.bound.items()
                if id_ == party
            )
        )
        like = (stage.docket.parties[party].role, bound, said)
        if twins.setdefault(like, taken) != taken:
            for limit in self.limits:
                if limit.equal:
                    self.broken.setdefault(limit.id, Story(limit.id, stage.moment.date(), (), END))

    # ------------------------------------------------------------------ standing

    def standing(self, stage: Stage, node: Node) -> tuple[object, ...]:
        """Where the cases stand: what may come of it depends on nothing else."""
        self.play(stage, node)
        docket = stage.docket
        found: list[object] = []
        for kind in self.kinds:
            case = docket.cases.get(kind)
            if case is None:
                found.append(None)
                continue
            lapse = case.lapse and (instant(case.lapse.at) - node.moment, case.lapse.to)
            if lapse and lapse[0] <= timedelta(0):
                lapse = None
            running = [
                (item.duty.id, item.due.at - node.moment if item.due else None)
                for item in owed(docket, case, stage.now)
                if item.status == "running"
            ]
            found.append(
                (
                    docket.state(case, stage.now),
                    frozen(case.facts),
                    frozen(case.bound),
                    lapse,
                    frozen(duty_states(docket, case, stage.now)),
                    tuple(running[-3:]),
                    tuple((kind, act) for kind, act in self.started(case)),
                    frozen(values_on(case.book, case.basis)),
                )
            )
        if any(each is None for each in found):
            found.append(node.moment)
        return tuple(found)

    def started(self, case: Case) -> Iterator[tuple[str, bool]]:
        """Duties that have started, whether they apply now or not, and whether they were met."""
        for duty in self.book.duties.values():
            begun = [
                s
                for s in case.steps
                if any(f"{case.kind}.{s.act}" == start.act for start in duty.starts)
            ]
            if begun:
                met = any(
                    f"{case.kind}.{s.act}" in duty.met_by and s.index > begun[-1].index
                    for s in case.steps
                )
                yield duty.id, met


def settled(value: object) -> object:
    """A fact, without what is unknown in it."""
    if isinstance(value, Mapping):
        return {name: each for name, each in value.items() if not isinstance(each, Unknown)}
    return None if isinstance(value, Unknown) else value


def frozen(value: object) -> object:
    if isinstance(value, Mapping):
        return tuple(sorted((name, frozen(each)) for name, each in value.items()))
    if isinstance(value, list | tuple):
        return tuple(frozen(each) for each in value)
    return "?" if isinstance(value, Unknown) else repr(value)


def explore(book: Rulebook, kind: str, depth: int = 5, budget: int = 4000) -> Explored:
    return Explorer(book, kind, budget).explore(depth)
