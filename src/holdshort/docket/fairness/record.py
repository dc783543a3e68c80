"""Reading a whole record for the choices in it: one fold, with a look before and after each act.

Every act by an office or a court in a case that is somebody's is a *choice*: among the acts that
were then open to it, and for as long as they had been. What was still open when the record ends is
a choice too, which nobody has made yet: its time is known only to be longer than that.

Left out, because they are about nobody: enrolment, keys, witnesses, adoption of laws, the review of
the criteria. An act that opens a case which concerns no earlier one (an incident that is noted) has
no situation before it, and so no likes.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from holdshort.docket.choices import offices
from holdshort.docket.clocks import instant
from holdshort.docket.docket import Docket
from holdshort.docket.duties import owed
from holdshort.docket.entitlement import concerned
from holdshort.docket.fairness.facts import Facts, Sight, matter_of
from holdshort.docket.fairness.severity import Scale, money
from holdshort.docket.fairness.situations import Situation, Situations
from holdshort.docket.law import Texts, no_texts
from holdshort.docket.state import Case
from holdshort.docket.statements import taking_effect
from holdshort.register.act import Act
from holdshort.register.canonical import Json
from holdshort.register.entry import Entry
from holdshort.rulebook.model import ActRule, Rulebook

_TOLD = 1000
_HOURS = {"hours": 1, "days": 24, "business days": 24, "weeks": 168, "months": 730, "years": 8766}
"""Units in which acts state a duration, in hours; months and years on the average."""


@dataclass(frozen=True)
class Choice:
    """One choice of an office or a court, made or, where ``act`` is None, still to be made.

    ``matter`` is the root case; ``party`` whose it is. ``weights`` holds how hard each open act is
    (`holdshort.docket.fairness.severity`); ``against`` says that all of them are steps against the
    party. ``burdens`` are what the act fixes: an amount, a duration in hours, a count.
    """

    entry: int | None
    at: str
    since: str
    matter: str
    case: str
    party: str
    role: str
    by: str | None
    kind: str
    state: str
    act: str | None
    weights: Mapping[str, int]
    against: bool
    facts: Facts
    law: str
    burdens: tuple[tuple[str, Fraction], ...] = ()
    reasons: str = ""

    @property
    def open(self) -> tuple[str, ...]:
        """The acts that were open."""
        return tuple(self.weights)


@dataclass(frozen=True)
class Service:
    """A duty of an office towards a party, done or not: late, or in time."""

    duty: str
    matter: str
    case: str
    party: str
    law: str
    started: str
    late: bool


@dataclass(frozen=True)
class Record:
    """What a register holds of choices. ``end`` is the instant up to which it tells."""

    choices: tuple[Choice, ...]
    services: tuple[Service, ...]
    end: str
    entries: int
    docket: Docket = field(repr=False, compare=False)


def read_record(
    entries: Iterable[Entry],
    book: Rulebook,
    texts: Texts = no_texts,
    *,
    now: str | None = None,
    heard: Callable[[int], None] | None = None,
) -> Record:
    """Fold the entries, checking their signatures, and note every choice.

    ``now`` is the instant up to which what is open counts as waiting; by default the last act's.

    Raises:
        HoldshortError: an act was not lawful when it was done, or is not signed as it must be.
    """
    watch = _Watch(Docket(book, texts))
    for entry in entries:
        watch.take(entry)
        if heard and entry.index % _TOLD == 0:
            heard(entry.index)
    return watch.record(now)


@dataclass(frozen=True)
class _Law:
    """One book as the audit reads it."""

    offices: frozenset[str]
    sight: Sight
    scale: Scale


class _Watch:
    def __init__(self, docket: Docket) -> None:
        self._docket = docket
        self._situations = Situations(docket, self._offices)
        self._laws: dict[str, _Law] = {}
        self._choices: list[Choice] = []
        self._opened: set[tuple[str, str]] = set()
        """Cases, and the kind of step against them that was taken already."""

    def take(self, entry: Entry) -> None:
        """Note what was chosen, and admit the act."""
        docket = self._docket
        act = taking_effect(entry.act, docket.last_at)
        self._follow(docket.cases.get(act.case), act.at)
        chosen = self._chosen(act, entry.index) if docket.charter_ else None
        docket.admit(entry)
        if chosen:
            self._choices.append(chosen)
        self._follow(docket.cases[act.case], act.at)

    def _follow(self, case: Case | None, now: str) -> None:
        if case is not None and _followed(case):
            for each in self._situations.touching(case):
                self._situations.follow(each, now)

    def record(self, now: str | None) -> Record:
        """Everything, and what is still to be chosen at the end."""
        docket = self._docket
        end = max(now or docket.last_at, docket.last_at)
        for case in docket.cases.values():
            if not _followed(case):
                continue
            for situation in self._situations.of(case, end):
                if situation.opening and (case.id, situation.acts[0]) in self._opened:
                    continue
                pending = self._choice(case, situation, None, end)
                if pending:
                    self._choices.append(pending)
        return Record(tuple(self._choices), tuple(self._services(end)), end, docket.size, docket)

    def _chosen(self, act: Act, index: int) -> Choice | None:
        docket = self._docket
        party = docket.parties.get(act.by)
        case = docket.cases.get(act.case)
        book = docket.law.of(case, act.kind, act.at)
        if party is None or party.role not in self._offices(book):
            return None
        rule = book.act(act.type)
        case = case or concerned(docket, None, act)
        if case is None or not _followed(case):
            return None
        for situation in self._situations.of(case, act.at):
            if situation.role == party.role and act.type in situation.acts:
                self._situations.used(case, situation, act.at)
                if situation.opening:
                    self._opened.add((case.id, act.type))
                return self._choice(case, situation, (act, rule, index), act.at)
        return None

    def _choice(
        self,
        case: Case,
        situation: Situation,
        done: tuple[Act, ActRule, int] | None,
        at: str,
    ) -> Choice | None:
        docket = self._docket
        matter = matter_of(docket, case)
        party = whose(docket, case)
        if party is None:
            return None
        book = docket.law_of(case, at)
        law = self._law(book)
        state = docket.state(case, at)
        rules = [book.act(each) for each in situation.acts]
        before = "none" if situation.opening else state
        act, rule, index = done or (None, None, None)
        return Choice(
            entry=index,
            at=at,
            since=situation.since,
            matter=matter.id,
            case=case.id,
            party=party,
            role=situation.role,
            by=act.by if act else None,
            kind=case.kind,
            state=state,
            act=act.type if act else None,
            weights={each.type: law.scale.of_act(each, before) for each in rules},
            against=all(law.scale.adverse(each, before) for each in rules),
            facts=law.sight.facts(docket, case, at),
            law=book.digest,
            burdens=tuple(burdens(rule, act)) if act and rule else (),
            reasons=_reasons(rule, act) if act and rule else "",
        )

    def _law(self, book: Rulebook) -> "_Law":
        if book.digest not in self._laws:
            roles = offices(book, self._docket.charter.register.role)
            self._laws[book.digest] = _Law(roles, Sight(book), Scale(book, roles))
        return self._laws[book.digest]

    def _offices(self, book: Rulebook) -> frozenset[str]:
        return self._law(book).offices

    def _services(self, end: str) -> Iterable[Service]:
        docket = self._docket
        for case in docket.cases.values():
            party = whose(docket, case) if _followed(case) else None
            if party is None:
                continue
            roles = self._offices(docket.law_of(case, end))
            for each in owed(docket, case, end):
                settled = each.status in ("met", "late")
                by = each.duty.owed_by
                office = by in roles or any(role.startswith(f"{by}.") for role in roles)
                if office and each.due and settled:
                    yield Service(
                        each.duty.id,
                        matter_of(docket, case).id,
                        case.id,
                        party,
                        docket.law_of(case, end).digest,
                        each.started,
                        each.status == "late",
                    )


def whose(docket: Docket, case: Case) -> str | None:
    """The party whom a case is about: its holder, or that of the case that it concerns."""
    if case.concerns is not None:
        return whose(docket, docket.cases[case.concerns])
    return case.bound.get("holder", next(iter(case.bound.values()), None))


def burdens(rule: ActRule, act: Act) -> Iterable[tuple[str, Fraction]]:
    """What an act fixes, by ``money``, ``hours FIELD`` and ``count FIELD``.

    A condition is counted as a line of a text, or an element of a list.
    """
    amount = money(rule)
    for name, declared in rule.fields.items():
        value = act.fields.get(name)
        number = _number(value)
        if name == amount and number is not None:
            yield "money", number
        elif number is not None and declared.unit in _HOURS:
            yield f"hours {name}", number * _HOURS[declared.unit]
        elif declared.type.name == "instant" and isinstance(value, str) and value > act.at:
            elapsed = instant(value) - instant(act.at)
            yield f"hours {name}", Fraction(int(elapsed.total_seconds()), 3600)
        elif declared.type.name.startswith("list") and isinstance(value, list) and name != "inputs":
            yield f"count {name}", Fraction(len(value))
        elif name == "conditions" and isinstance(value, str):
            yield (
                "count conditions",
                Fraction(sum(bool(line.strip()) for line in value.split("\n"))),
            )


def _number(value: Json) -> Fraction | None:
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    try:
        return Fraction(value)
    except ValueError:
        return None


def _followed(case: Case) -> bool:
    return case.kind != "register"


def _reasons(rule: ActRule, act: Act) -> str:
    said = (act.fields.get(name) for name in rule.must_state)
    return " ".join(each for each in said if isinstance(each, str))
