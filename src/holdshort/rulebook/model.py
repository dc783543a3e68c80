"""What a rulebook says, as values.

A rulebook is read once by `holdshort.rulebook.load` and never changes. Its parts carry the words
of the law beside its formulas: ``says`` is the sentence a person reads, ``cite`` the source, and
``where`` the place in the file, so that every refusal can name its clause.

    Rulebook ─┬─ sources, roles, areas      who and what the book speaks of
              ├─ facts, values              what a clause may read; dated numbers with citations
              ├─ coverage, duties           what is covered, who owes what by when
              ├─ checks                     facts that the docket computes from the record
              ├─ cases ── acts              who may do what, from which state, under which clause
              ├─ gate                       what a clearance is worth
              └─ limits, penalties          what nobody may do; what it costs
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from holdshort.errors import BadInput
from holdshort.rulebook.condition import Condition


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
class Coverage:
    """When a model and its developer are covered, and what becomes of the others."""

    when: Condition
    clause: Clause
    counts: Clause
    otherwise: Clause


@dataclass(frozen=True)
class Duty:
    """Who owes what to whom, from which act on, within which time.

    ``within`` is None where the source sets no time: unknown, not zero.
    """

    id: str
    owed_by: str
    owed_to: str
    starts: str  # "review.declare"
    met_by: tuple[str, ...]
    within: Amount | None
    every: Amount | None
    when: Condition | None
    clause: Clause


@dataclass(frozen=True)
class Check:
    """A fact that the docket computes from the record by a fixed procedure."""

    id: str
    clause: Clause


@dataclass(frozen=True)
class FieldType:
    """Type of a field of an act or of a fact of a case.

    ``name`` is one of text, bool, integer, decimal, identifier, digest, instant, object, list,
    area, role, one_of, or ``list of area``; ``values`` lists a one_of's; ``per_area`` makes a map.
    """

    name: str
    values: tuple[str, ...] = ()
    per_area: bool = False


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
    expires: Expiry | None
    clause: Clause

    @property
    def type(self) -> str:
        """``review.declare``: the name under which the act is filed."""
        return f"{self.kind}.{self.name}"

    def permits(self, role: str) -> bool:
        """Whether a party of ``role`` may do this; ``authority`` stands for all its offices."""
        return role == self.by or role.startswith(f"{self.by}.")


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
class Gate:
    """What a gate makes of a review: the first status whose condition holds, else invalid."""

    bars: Mapping[str, tuple[str, ...]]  # case kind -> states that bar
    status: tuple[tuple[str, Condition], ...]
    serve: tuple[str, ...]
    undecided: str
    clause: Clause


@dataclass(frozen=True)
class Limit:
    """What holds in every possible history: a condition on states, or an act always open."""

    id: str
    kind: str
    always: Condition | None
    enabled_act: str | None
    enabled_while: Condition | None
    clause: Clause


@dataclass(frozen=True)
class Penalty:
    """What a violation costs; ``amount`` is "unknown" where no source gives one."""

    id: str
    amount: str
    clause: Clause


@dataclass(frozen=True)
class Rulebook:
    """One regime."""

    id: str
    title: str
    version: str
    jurisdiction: str
    status: str
    since: date
    digest: str  # hex SHA-256 of the file
    text: bytes
    sources: Mapping[str, Source]
    clocks: Clocks
    roles: Mapping[str, str]
    areas: Mapping[str, Area]
    facts: Mapping[str, Fact]
    values: Mapping[str, Value]
    coverage: Coverage
    duties: Mapping[str, Duty]
    checks: Mapping[str, Check]
    cases: Mapping[str, CaseKind]
    gate: Gate
    limits: Mapping[str, Limit]
    penalties: Mapping[str, Penalty]

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
