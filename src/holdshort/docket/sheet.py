"""The data sheet of a clearance: everything that the record says of it, on one sheet.

What an aircraft's type certificate data sheet is to its certificate: for which model, under which
law of which day, within which limits, what was found, and what has come since. Nothing here is
stated by anybody for the sheet: it is computed from the record, so two readers have the same one.

Every case that concerns the clearance is on it, whatever its kind: what a kind means, the book
says.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from holdshort.docket.directives import affected, stated
from holdshort.docket.limitations import LIMITATIONS
from holdshort.docket.scopes import scope
from holdshort.docket.standing import Standings, foundations
from holdshort.docket.state import Case
from holdshort.errors import BadInput
from holdshort.register.canonical import Json

if TYPE_CHECKING:
    from holdshort.docket.docket import Docket

DIRECTIVE = "directive"


@dataclass(frozen=True)
class ValueInForce:
    """A number of the law as it was on the day of the basis."""

    name: str
    says: str
    value: str
    unit: str
    since: str
    cite: str


@dataclass(frozen=True)
class Basis:
    """The law under which a clearance was applied for, and keeps."""

    law: str
    title: str
    version: str
    digest: str
    day: str
    values: tuple[ValueInForce, ...]


@dataclass(frozen=True)
class AreaFinding:
    """What was found in an area, and in which case; ``statistics`` as the assessor filed them.

    ``entry`` is None where nothing was found.
    """

    area: str
    title: str
    outcome: str
    case: str
    entry: int | None
    statistics: Mapping[str, Json]


@dataclass(frozen=True)
class Limits:
    """Operating limitations as a case states them; empty lists and words limit nothing."""

    case: str
    audiences: tuple[str, ...]
    territories: tuple[str, ...]
    words: str


@dataclass(frozen=True)
class StandingBar:
    """A bar that stands now. ``scope`` is empty if it bars the whole."""

    case: str
    kind: str
    state: str
    scope: Mapping[str, Json]
    until: str | None


@dataclass(frozen=True)
class DirectiveOn:
    """A directive that applies to this clearance, and how far its holder has come."""

    directive: str
    state: str
    unsafe_condition: str
    required_action: str
    because: str
    case: str | None
    compliance: str


@dataclass(frozen=True)
class Related:
    """A case that concerns the clearance; ``status`` where it can hold one itself.

    ``subject`` is the first thing that whoever opened it had to state, if the record kept it.
    """

    case: str
    kind: str
    title: str
    subject: str
    state: str
    open: bool
    opened_at: str
    last_act: str
    last_at: str
    status: str | None
    model: str | None
    weights: str | None


@dataclass(frozen=True)
class Event:
    """An act in the case itself."""

    entry: int
    at: str
    act: str
    title: str
    by: str
    state: str


@dataclass(frozen=True)
class DataSheet:
    """One clearance, whole. Instants are RFC 3339; digests hexadecimal.

    ``held``: its holder has put it on hold. ``rests_on``: the cases on which it is built, with the
    status of each.
    """

    at: str
    case: str
    kind: str
    title: str
    state: str
    status: str
    held: bool
    ends: str | None
    model: str
    weights: str | None
    parents: tuple[str, ...]
    holder: str
    assessor: str | None
    rests_on: tuple[tuple[str, str], ...]
    clearance_entry: int | None
    basis: Basis
    findings: tuple[AreaFinding, ...]
    limitations: tuple[Limits, ...]
    bars: tuple[StandingBar, ...]
    directives: tuple[DirectiveOn, ...]
    supplements: tuple[Related, ...]
    related: tuple[Related, ...]
    history: tuple[Event, ...]

    def to_json(self) -> dict[str, Json]:
        """The sheet as it is printed for programs."""
        return asdict(self)


def data_sheet(docket: "Docket", case: Case, now: str) -> DataSheet:
    """The data sheet of a case that can hold a clearance, at the instant ``now``.

    Raises:
        BadInput: cases of its kind hold none.
    """
    gate = case.book.gate
    if case.kind not in gate.clearances:
        able = ", ".join(gate.clearances) or "none"
        raise BadInput(
            f"{case.id} is a {case.kind}: it can hold no clearance, and has no data sheet.",
            do=f"Name a case of the kind {able}.",
        )
    standings = Standings(docket, now)
    chain = [case, *foundations(docket, case)]
    concerning = [docket.cases[id_] for id_ in case.concerned_by]
    supplements = [each for each in concerning if each.kind in each.book.gate.clearances]
    entry = case.memory.get("clearance")
    weights = case.memory.get("weights")
    kind = docket.law_of(case, now).cases[case.kind]
    return DataSheet(
        at=now,
        case=case.id,
        kind=case.kind,
        title=kind.title,
        state=docket.state(case, now),
        status=standings.of(case).name.lower(),
        held=case.facts.get("held") is True,
        ends=case.lapse.at if case.lapse and now < case.lapse.at else None,
        model=str(case.memory.get("model")),
        weights=weights if isinstance(weights, str) else None,
        parents=_texts(case.memory.get("parents")),
        holder=case.bound.get("holder", ""),
        assessor=case.bound.get("assessor"),
        rests_on=tuple((each.id, standings.of(each).name.lower()) for each in chain[1:]),
        clearance_entry=entry if isinstance(entry, int) else None,
        basis=_basis(case),
        findings=tuple(_finding(area, chain) for area in case.book.areas),
        limitations=tuple(limits for each in chain if (limits := _limits(each))),
        bars=tuple(_bar(docket, bar, now) for bar in standings.bars(case)),
        directives=tuple(_directives(docket, case, now)),
        supplements=tuple(_related(docket, standings, each, now) for each in supplements),
        related=tuple(
            _related(docket, standings, each, now) for each in concerning if each not in supplements
        ),
        history=tuple(
            Event(
                step.index,
                step.at,
                step.act,
                kind.acts[step.act].title if step.act in kind.acts else "",
                step.by,
                step.to,
            )
            for step in case.steps
        ),
    )


def _basis(case: Case) -> Basis:
    book = case.book
    in_force = {name: value.on(case.basis) for name, value in book.values.items()}
    values = tuple(
        ValueInForce(
            name,
            book.values[name].says,
            str(dated.value),
            book.values[name].unit,
            str(dated.since),
            dated.cite,
        )
        for name, dated in in_force.items()
        if dated
    )
    return Basis(book.id, book.title, book.version, book.digest, str(case.basis), values)


def _finding(area: str, chain: list[Case]) -> AreaFinding:
    """The finding in an area: of the case itself, else of what it builds upon."""
    title = chain[0].book.areas[area].title
    for case in chain:
        outcomes, findings = case.facts.get("finding"), case.memory.get("findings")
        found = findings.get(area) if isinstance(findings, dict) else None
        if isinstance(found, dict) and isinstance(outcomes, dict):
            statistics, entry = found.get("statistics"), found.get("entry")
            return AreaFinding(
                area,
                title,
                str(outcomes.get(area)),
                case.id,
                entry if isinstance(entry, int) else None,
                statistics if isinstance(statistics, dict) else {},
            )
    return AreaFinding(area, title, "none", chain[0].id, None, {})


def _limits(case: Case) -> Limits | None:
    kept = case.memory.get(LIMITATIONS)
    if not isinstance(kept, dict):
        return None
    limits = Limits(
        case.id,
        _texts(kept.get("audiences")),
        _texts(kept.get("territories")),
        str(kept.get("words") or ""),
    )
    return limits if limits.audiences or limits.territories or limits.words else None


def _bar(docket: "Docket", bar: Case, now: str) -> StandingBar:
    until = bar.lapse.at if bar.lapse and now < bar.lapse.at else None
    bounds = {name: value for name, value in scope(bar).items() if name in _BOUNDS and value}
    return StandingBar(bar.id, bar.kind, docket.state(bar, now), bounds, until)


_BOUNDS = ("audiences", "territories", "versions")


def _directives(docket: "Docket", case: Case, now: str) -> list[DirectiveOn]:
    found = []
    for directive in docket.cases.values():
        if directive.kind != DIRECTIVE:
            continue
        told = stated(directive)
        found += [
            DirectiveOn(
                directive.id,
                docket.state(directive, now),
                str(told.get("unsafe_condition")),
                str(told.get("required_action")),
                row.because,
                row.served,
                row.state,
            )
            for row in affected(docket, directive, now)
            if row.review == case.id
        ]
    return found


def _related(docket: "Docket", standings: Standings, case: Case, now: str) -> Related:
    kind = docket.law_of(case, now).cases[case.kind]
    state = docket.state(case, now)
    holds = case.kind in case.book.gate.clearances
    model, weights = case.memory.get("model"), case.memory.get("weights")
    return Related(
        case.id,
        case.kind,
        kind.title,
        _subject(case),
        state,
        any(state in act.origin for act in kind.acts.values()),
        case.opened_at,
        case.steps[-1].act,
        case.steps[-1].at,
        standings.of(case).name.lower() if holds else None,
        str(model) if model else None,
        weights if isinstance(weights, str) else None,
    )


def _subject(case: Case) -> str:
    opening = case.book.cases[case.kind].acts[case.steps[0].act]
    told = stated(case)
    said = (told.get(name) for name in opening.must_state)
    return next((each for each in said if isinstance(each, str)), "")


def _texts(value: Json) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()
