"""What a rulebook says, as values.

A rulebook is read once by `holdshort.rulebook.load` and never changes. Its parts carry the words
of the law beside its formulas: ``says`` is the sentence a person reads, ``cite`` the source, and
``where`` the place in the file, so that every refusal can name its clause.

    Rulebook ─┬─ sources, roles, areas      who and what the book speaks of
              ├─ facts, values              what a clause may read; dated numbers with citations
              ├─ coverage                   what is covered, and what compute counts
              ├─ events, duties             what happens in the world; who owes what by when
              ├─ checks                     facts that the docket computes from the record
              ├─ checklists                 conditions that a record goes through one by one
              ├─ cases ── acts              who may do what, from which state, under which clause
              ├─ gate                       what a clearance is worth
              ├─ limits, penalties          what nobody may do; what it costs
              └─ confidentiality            what may be kept from the public, and for how long
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from holdshort.errors import BadInput
from holdshort.rulebook.condition import Condition
from holdshort.rulebook.expression import as_set


@dataclass(frozen=True)
class Source:
    """Where a provision comes from, and how sure the reading of it is."""

    id: str
    title: str
    url: str
    confidence: str  # primary, secondary, uncertain, or choice (the source is silent)
    note: str | None


@dataclass(frozen=True)
class Clause:
    """The words behind a provision: sentence, citation, open conflict, place in the file."""

    says: str
    cite: str
    conflict: str | None
    where: str

    @property
    def source_id(self) -> str:
        """Id of the source, the first word of the citation."""
        return self.cite.split(",", 1)[0].strip()


@dataclass(frozen=True)
class Area:
    """An enumerated risk."""

    id: str
    title: str
    clause: Clause


@dataclass(frozen=True)
class Fact:
    """Something that a clause may read: its type, its unit, and who attests it."""

    name: str
    type: str
    unit: str | None
    attested_by: str
    says: str


@dataclass(frozen=True)
class DatedValue:
    """A number as it stands from a day on."""

    since: date
    value: Decimal
    cite: str
    conflict: str | None


@dataclass(frozen=True)
class Value:
    """A number that the law sets, with its history."""

    name: str
    unit: str
    says: str
    history: tuple[DatedValue, ...]

    def on(self, day: date) -> DatedValue | None:
        """The value in force on ``day``; None before its first date."""
        in_force = [dated for dated in self.history if dated.since <= day]
        return in_force[-1] if in_force else None


@dataclass(frozen=True)
class Amount:
    """A length of time: hours, days, business days, weeks, months or years."""

    number: int
    unit: str
    calendar: str | None

    def __str__(self) -> str:
        unit = self.unit.removesuffix("s") if self.number == 1 else self.unit
        return f"{self.number} {unit}" + (f" ({self.calendar})" if self.calendar else "")


@dataclass(frozen=True)
class Calendar:
    """Which days are no business days: a country of the `holidays` library and weekend days."""

    id: str
    holidays: str
    weekend: frozenset[int]  # Monday = 0


@dataclass(frozen=True)
class Clocks:
    """How the regime counts time: zone, end of its day, calendars."""

    zone: str
    day_ends: str  # HH:MM:SS
    calendars: Mapping[str, Calendar]
    cite: str


@dataclass(frozen=True)
class Phase:
    """What a regime is from a day on: a proposal, enacted, in force, or repealed."""

    status: str
    since: date
    cite: str


@dataclass(frozen=True)
class CoverageClass:
    """Some of those covered, on whom a duty may rest alone: large developers, for instance."""

    id: str
    when: Condition
    clause: Clause


@dataclass(frozen=True)
class Counting:
    """Whether an activity counts as training compute.

    ``totals`` names the regime's totals that it counts in: () none, None unknown.
    """

    activity: str  # one of `vocabulary.ACTIVITIES`
    totals: tuple[str, ...] | None
    clause: Clause


@dataclass(frozen=True)
class ComputeRules:
    """What a regime counts as training compute.

    The first of ``totals`` is the one that the coverage clause reads. ``margin`` is the error that
    the regime allows, as a fraction of the reported estimate, with its citation; None where it
    states none.
    """

    totals: Mapping[str, Clause]
    counts: Mapping[str, Counting]
    margin: Decimal | None
    margin_cite: str | None
    clause: Clause


@dataclass(frozen=True)
class Coverage:
    """When a model and its developer are covered, and what becomes of the others."""

    when: Condition
    clause: Clause
    classes: Mapping[str, CoverageClass]
    compute: ComputeRules
    otherwise: Clause


@dataclass(frozen=True)
class Start:
    """An act that starts a duty, at its own time or at the instant that ``field`` of it states."""

    act: str  # "review.declare"
    field: str | None


@dataclass(frozen=True)
class Event:
    """Something that happens in the world, and the acts that put it on the record."""

    id: str
    recorded_by: tuple[Start, ...]
    clause: Clause


@dataclass(frozen=True)
class Duty:
    """Who owes what to whom, from what on, within which time.

    A duty starts with an act, or with an event that acts record (``event``). Its time is one of

    - ``within``: at most this long after the start;
    - ``ahead``: at least this long before the start; nothing, where it is 0: no later than it;
    - ``keeps``: for at least this long after the start, something is kept or stays so.

    All are None where the source sets no time: unknown, not zero. ``of`` names the class of those
    covered on whom it rests, None for all of them. ``until`` are acts with which it ends: what
    would be due after them is not owed. ``filing`` says what kind of document meets it: duties of
    several regimes that ask for the like may be met by one.
    """

    id: str
    owed_by: str
    of: str | None
    owed_to: str
    starts: tuple[Start, ...]
    event: str | None
    met_by: tuple[str, ...]
    within: Amount | None
    ahead: Amount | None
    keeps: Amount | None
    every: Amount | None
    until: tuple[Start, ...]
    not_before: date | None
    when: Condition | None
    filing: str | None
    consequence: str | None  # a penalty
    clause: Clause


@dataclass(frozen=True)
class Check:
    """A fact that the docket computes from the record by a fixed procedure."""

    id: str
    clause: Clause


WORD_LISTS = {"list of area": "area", "list of one_of": "one_of"}
"""Types of lists whose elements are out of an enumeration, each with the type of an element."""


@dataclass(frozen=True)
class FieldType:
    """Type of a field of an act or of a fact of a case.

    ``name`` is one of text, bool, integer, decimal, identifier, digest, instant, object, list,
    area, role, one_of, or one of `WORD_LISTS`; ``values`` lists those of a one_of, or of the
    elements of a list of them; ``per_area`` makes a map.
    """

    name: str
    values: tuple[str, ...] = ()
    per_area: bool = False

    @property
    def element(self) -> "FieldType | None":
        """Type of the elements of a list of words; None of every other type."""
        name = WORD_LISTS.get(self.name)
        return FieldType(name, self.values) if name else None

    def words(self, areas: Iterable[str]) -> tuple[str, ...]:
        """The words that a value of the type, or each of its elements, can be."""
        return tuple(areas) if "area" in (self.name, WORD_LISTS.get(self.name)) else self.values


@dataclass(frozen=True)
class Field:
    """What an act must say. ``fact`` names the fact of the law that it attests."""

    name: str
    type: FieldType
    says: str
    unit: str | None
    fact: str | None
    optional: bool


@dataclass(frozen=True)
class CaseFact:
    """What a case remembers."""

    name: str
    type: FieldType
    default: object
    says: str


@dataclass(frozen=True)
class Requirement:
    """A condition on an act, with the clause that a refusal names."""

    condition: Condition
    clause: Clause


@dataclass(frozen=True)
class Setting:
    """What an act changes: ``fact`` or, for a map, ``fact[index]`` becomes ``value``."""

    fact: str
    index: Condition | None
    value: Condition


@dataclass(frozen=True)
class Expiry:
    """A state that ends by itself."""

    within: Amount
    to: str
    cite: str


@dataclass(frozen=True)
class SignedWith:
    """Types of keys of each of which one, at least, must sign an act."""

    keys: tuple[str, ...]
    cite: str


ANYONE = "anyone"
"""In the place of a role: whoever is enrolled."""


@dataclass(frozen=True)
class ActRule:
    """One row of the transition table: who may do what, from where to where, when."""

    kind: str
    name: str
    title: str
    by: str
    who: str | None
    not_by: tuple[str, ...]
    origin: tuple[str, ...]  # states; ("none",) opens the case
    to: str | None
    binds: Mapping[str, Condition | None]  # None binds the acting party
    effect: str | None
    fields: Mapping[str, Field]
    must_state: tuple[str, ...]
    requires: tuple[Requirement, ...]
    sets: tuple[Setting, ...]
    signed_with: SignedWith | None
    about: tuple[str, ...]  # roles of the parties that it enters, re-keys or suspends
    expires: Expiry | None
    clause: Clause

    @property
    def type(self) -> str:
        """``review.declare``: the name under which the act is filed."""
        return f"{self.kind}.{self.name}"

    def permits(self, role: str) -> bool:
        """Whether a party of ``role`` may do this; ``authority`` stands for all its offices."""
        return self.by in (role, ANYONE) or role.startswith(f"{self.by}.")


@dataclass(frozen=True)
class CaseKind:
    """A kind of case: its states, what it remembers, its acts."""

    name: str
    title: str
    concerns: str | None
    states: tuple[str, ...]
    facts: Mapping[str, CaseFact]
    acts: Mapping[str, ActRule]


@dataclass(frozen=True)
class Bars:
    """States of a case in which a deployment is barred: for the time being, or lastingly."""

    provisional: tuple[str, ...]
    lasting: tuple[str, ...]

    @property
    def states(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.provisional, *self.lasting)


@dataclass(frozen=True)
class Gate:
    """What a gate makes of a clearance: the first status whose condition holds, else invalid.

    ``clearances`` are the kinds of case that can hold one, ``bars`` those that can stand against
    it. ``regime`` says in one of `vocabulary.REGIMES` how weights come to be served.
    """

    regime: str
    bars: Mapping[str, Bars]  # by kind of case
    clearances: Mapping[str, tuple[tuple[str, Condition], ...]]  # by kind of case
    serve: tuple[str, ...]
    undecided: str
    clause: Clause


@dataclass(frozen=True)
class Enabled:
    """An act that is open to whom it belongs as long as a condition holds, with nobody's leave."""

    act: str
    while_: Condition


@dataclass(frozen=True)
class Entering:
    """What is so whenever a case comes into one of ``states``, or is put there again.

    ``by``: only an act of one of these roles, or offices, leads there; empty: anyone's.
    ``must_state``: the act states these. ``lapses``: what is entered ends by itself, in a state
    outside.
    """

    states: tuple[str, ...]
    by: tuple[str, ...]
    must_state: tuple[str, ...]
    lapses: bool

    def permits(self, role: str) -> bool:
        """Whether ``role`` may lead there; ``authority`` stands for all its offices."""
        return not self.by or any(role == by or role.startswith(f"{by}.") for by in self.by)


@dataclass(frozen=True)
class Limit:
    """What holds in every possible history: one of four forms.

    - ``always``: a condition on where a case stands;
    - ``enabled``: an act that stays open;
    - ``entering``: what comes with the entry into a state;
    - ``equal``: equal facts give equal lawful acts, whoever the parties are.

    ``required`` names the required limit that it is (`vocabulary.REQUIRED`), None for any other.
    """

    id: str
    kind: str
    required: str | None
    always: Condition | None
    enabled: Enabled | None
    entering: Entering | None
    equal: bool
    clause: Clause


@dataclass(frozen=True)
class Penalty:
    """What a violation costs, in ``unit``; ``amount`` is None where no source gives one.

    ``bound`` says how the formula is meant: at most, at least, or exactly.
    """

    id: str
    bound: str
    unit: str | None
    amount: Condition | None
    clause: Clause


@dataclass(frozen=True)
class Ground:
    """A ground on which matter may be kept from the public: trade secret, for instance."""

    id: str
    clause: Clause


@dataclass(frozen=True)
class Matter:
    """What of an act may be sealed: these ``fields``, and whole ``documents`` filed with it."""

    act: str  # "review.redact"
    fields: tuple[str, ...]
    documents: bool
    grounds: tuple[str, ...]
    clause: Clause


@dataclass(frozen=True)
class Retention:
    """How long the sealed matter of ``acts`` is kept: as long as ``duty`` says.

    ``duty`` is a duty of the book that keeps something, None where the source sets no time.
    ``destroyed`` says what is to become of the matter then: must, may, or unknown.
    """

    id: str
    acts: tuple[str, ...]
    duty: str | None
    destroyed: str
    clause: Clause


@dataclass(frozen=True)
class Public:
    """A kind of case of which nothing may be sealed, and why."""

    kind: str
    clause: Clause


@dataclass(frozen=True)
class Confidentiality:
    """What may be kept from the public, on which grounds, and for how long.

    ``public`` are the kinds of case of which nothing may be. A book without the section has an
    empty one: everything that is filed under it is public.
    """

    clause: Clause | None = None
    grounds: Mapping[str, Ground] = field(default_factory=dict)
    matter: Mapping[str, Matter] = field(default_factory=dict)
    retention: Mapping[str, Retention] = field(default_factory=dict)
    public: Mapping[str, Public] = field(default_factory=dict)

    def may_seal(self, act: str, name: str) -> bool:
        """Whether the field ``name`` of ``act`` may be sealed."""
        return act in self.matter and name in self.matter[act].fields


@dataclass(frozen=True)
class ChecklistOutcome:
    """What can become of a condition; ``justified``: it is worth nothing without its reasons."""

    id: str
    justified: bool
    says: str


@dataclass(frozen=True)
class ChecklistCondition:
    """One line of a checklist: a requirement, or else a recommendation."""

    id: str
    required: bool
    clause: Clause


@dataclass(frozen=True)
class Checklist:
    """Conditions of each of which a record says which outcome it has."""

    id: str
    title: str
    outcomes: Mapping[str, ChecklistOutcome]
    conditions: Mapping[str, ChecklistCondition]
    clause: Clause


@dataclass(frozen=True)
class Rulebook:
    """One regime."""

    id: str
    title: str
    version: str
    jurisdiction: str
    phases: tuple[Phase, ...]
    digest: str  # hex SHA-256 of the file
    text: bytes
    sources: Mapping[str, Source]
    clocks: Clocks
    roles: Mapping[str, str]
    areas: Mapping[str, Area]
    facts: Mapping[str, Fact]
    values: Mapping[str, Value]
    coverage: Coverage
    events: Mapping[str, Event]
    duties: Mapping[str, Duty]
    checks: Mapping[str, Check]
    cases: Mapping[str, CaseKind]
    gate: Gate
    limits: Mapping[str, Limit]
    penalties: Mapping[str, Penalty]
    confidentiality: Confidentiality
    checklists: Mapping[str, Checklist] = field(default_factory=dict)

    @property
    def area_words(self) -> list[str]:
        """The areas as clauses read them: the list of words that is the set of all."""
        return as_set(self.areas)

    def phase(self, day: date) -> Phase | None:
        """What the regime is on ``day``; None before its first phase."""
        reached = [phase for phase in self.phases if phase.since <= day]
        return reached[-1] if reached else None

    def standing(self, day: date) -> str:
        """What the regime is on ``day`` and since when, and what it is going to be."""
        now = self.phase(day)
        coming = next((phase for phase in self.phases if phase.since > day), None)
        parts = [f"{now.status} since {now.since}"] if now else []
        return ", ".join(parts + ([f"{coming.status} from {coming.since}"] if coming else []))

    def act(self, type_: str) -> ActRule:
        """The act filed as ``kind.name``.

        Raises:
            BadInput: the rulebook knows no such act; the message lists what it knows.
        """
        kind, _, name = type_.partition(".")
        case = self.cases.get(kind)
        if case is None:
            known = ", ".join(sorted(self.cases))
            raise BadInput(
                f"The rulebook {self.id} knows no case of the kind {kind!r}.",
                do=f"It knows: {known}.",
            )
        if name not in case.acts:
            known = ", ".join(f"{kind}.{act}" for act in case.acts)
            raise BadInput(
                f"The rulebook {self.id} knows no act {type_!r}.", do=f"It knows: {known}."
            )
        return case.acts[name]
