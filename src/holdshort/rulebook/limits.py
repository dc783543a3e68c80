"""Reading what the law does with a deployment and what nobody may do: gate, limits, penalties."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from holdshort.rulebook.condition import Condition, read_condition
from holdshort.rulebook.document import Place
from holdshort.rulebook.expression import BOOL, NUMBER, OneOf, Record, Type
from holdshort.rulebook.model import (
    Bars,
    CaseKind,
    Enabled,
    Entering,
    Fact,
    Gate,
    Limit,
    Penalty,
)
from holdshort.rulebook.parts import IDENTIFIER, KEBAB, Book
from holdshort.rulebook.vocabulary import (
    REGIMES,
    REQUIRED,
    areas_type,
    case_record,
    duty_map,
    fact_records,
    value_record,
)

FORMS = ("always", "enabled", "entering", "equal")
BOUNDS = ("at most", "at least", "exactly")


@dataclass(frozen=True)
class Names:
    """What clauses anywhere in a book may name."""

    facts: Mapping[str, Fact]
    values: tuple[str, ...]
    duties: tuple[str, ...]


def read_gate(book: Book, place: Place, cases: Mapping[str, CaseKind]) -> Gate:
    """The section ``gate``."""
    required, optional = book.CLAUSE
    parts = place.fields(
        ["regime", "undecided", *required], ["bars", "clearances", "serve", *optional]
    )
    if ("clearances" in parts) != ("serve" in parts):
        raise place.error(
            "`clearances:` says what a clearance is, `serve:` which of them is served.",
            "Write both, or neither.",
        )
    held = list(parts["clearances"].items()) if "clearances" in parts else []
    if "clearances" in parts and not held:
        raise parts["clearances"].error("No kind of case is named.", "Name one, as in `review:`.")
    clearances = {kind: _statuses(book, lines, kind, cases) for kind, lines in held}
    _all_listed(place, cases, clearances)
    bars = parts["bars"].items() if "bars" in parts else ()
    barring = {kind: _bars(states, kind, cases, clearances) for kind, states in bars}
    served = parts["serve"].list() if "serve" in parts else ()
    serve = tuple(each.one_of(("valid", "conditional")) for each in served)
    _partial_bars_served(parts.get("serve", place), [cases[kind] for kind in barring], serve)
    return Gate(
        parts["regime"].one_of(REGIMES),
        barring,
        clearances,
        serve,
        parts["undecided"].one_of(("refuse", "serve")),
        book.clause(place, parts),
    )


def _statuses(
    book: Book, place: Place, kind: str, cases: Mapping[str, CaseKind]
) -> tuple[tuple[str, Condition], ...]:
    """What a clearance of one kind of case is, line by line."""
    if kind not in cases:
        raise place.error(f"There is no case of the kind {kind!r}.", f"Known: {', '.join(cases)}.")
    names = {**standing_names(book.areas, cases[kind]), "barred": BOOL, "barred_itself": BOOL}
    found = []
    for line in place.some():
        fields = line.fields(["is", "when"])
        when = read_condition(fields["when"], names, BOOL)
        found.append((fields["is"].one_of(("valid", "suspended", "conditional")), when))
    return tuple(found)


def _all_listed(
    place: Place, cases: Mapping[str, CaseKind], clearances: Mapping[str, object]
) -> None:
    """Refuse a clearance of which the gate does not say what it is worth."""
    for kind in cases.values():
        for act in kind.acts.values():
            if act.effect == "clearance" and kind.name not in clearances:
                raise place.error(
                    f"{act.type} issues a clearance, and the gate does not say what it is worth.",
                    f"Add {kind.name!r} to `clearances:`.",
                )


def _partial_bars_served(place: Place, kinds: Sequence[CaseKind], serve: Sequence[str]) -> None:
    """Refuse a partial bar that would bar the whole: what it restricts is conditional."""
    for kind in kinds:
        for act in kind.acts.values():
            if act.effect == "scope" and serve and "conditional" not in serve:
                raise place.error(
                    f"By {act.type} a bar can be partial: the clearance is conditional then, which "
                    "this gate does not serve.",
                    "Add `conditional`, or take the effect scope out of the act.",
                )


def _bars(
    place: Place, kind: str, cases: Mapping[str, CaseKind], clearances: Mapping[str, object]
) -> Bars:
    barred = tuple(clearances or cases)  # without clearances, whatever a case can concern
    if kind not in cases or cases[kind].concerns not in barred:
        known = [each.name for each in cases.values() if each.concerns in barred]
        of = f"one that can hold a clearance ({', '.join(clearances)})" if clearances else "another"
        raise place.error(
            f"There is no case of the kind {kind!r} that concerns {of}.",
            f"Known: {', '.join(known) or 'none'}.",
        )
    parts = place.fields(["provisional", "lasting"])
    states = cases[kind].states
    bars = Bars(
        tuple(state.one_of(states) for state in parts["provisional"].list()),
        tuple(state.one_of(states) for state in parts["lasting"].list()),
    )
    if not bars.states:
        raise place.error("No state bars a deployment.", "Name one, or take the line out.")
    return bars


def standing_names(areas: Sequence[str], kind: CaseKind) -> dict[str, Type]:
    """Names that a condition on the standing of a case may read."""
    return {
        "state": OneOf(kind.states),
        "case": case_record(kind.name, kind.facts, areas),
    }


def read_limits(
    book: Book, place: Place, cases: Mapping[str, CaseKind], names: Names, gate: Gate
) -> dict[str, Limit]:
    """The section ``limits``. A book with a bar states the required ones.

    Raises:
        RulebookError: a limit is malformed, or a required one is missing.
    """
    limits = {
        id_: _limit(book, id_, each, cases, names)
        for id_, each in place.named(KEBAB, "way-out").items()
    }
    for kind, bars in gate.bars.items():
        stated = {limit.required for limit in limits.values() if limit.kind == kind}
        for required in REQUIRED:
            if required not in stated and (required != "expiry" or bars.provisional):
                raise place.error(
                    f"A case of the kind {kind} can bar a deployment, and no limit on that power "
                    f"is stated as `required: {required}`.",
                    f"A book with a bar states these limits: {', '.join(REQUIRED)}.",
                )
    return limits


def _limit(
    book: Book, id_: str, place: Place, cases: Mapping[str, CaseKind], known: Names
) -> Limit:
    required, optional = book.CLAUSE
    parts = place.fields(["case", *required], [*FORMS, "required", *optional])
    forms = [form for form in FORMS if form in parts]
    if len(forms) != 1:
        raise place.error(
            "A limit states one of `always:`, `enabled:`, `entering:` and `equal:`.",
            "A formula; an act and a `while:`; states and what comes with them; or `true`.",
        )
    kind = cases[parts["case"].one_of(tuple(cases))]
    names = limit_names(book.areas, kind, cases, known.values, known.duties)
    if "equal" in parts and not parts["equal"].flag():
        raise parts["equal"].error("A limit is not stated by its contrary.", "Write `true`.")
    return Limit(
        id=id_,
        kind=kind.name,
        required=parts["required"].one_of(REQUIRED) if "required" in parts else None,
        always=read_condition(parts["always"], names, BOOL) if "always" in parts else None,
        enabled=_enabled(parts["enabled"], kind, names) if "enabled" in parts else None,
        entering=_entering(book, parts["entering"], kind) if "entering" in parts else None,
        equal="equal" in parts,
        clause=book.clause(place, parts),
    )


def limit_names(
    areas: Sequence[str],
    kind: CaseKind,
    cases: Mapping[str, CaseKind],
    values: Sequence[str],
    duties: Sequence[str],
) -> dict[str, Type]:
    """Names that a limit on cases of a kind may read."""
    names = standing_names(areas, kind)
    names["areas"] = areas_type(areas)
    names["value"] = value_record(values)
    names["duty"] = duty_map(duties)
    if kind.concerns:
        other = cases[kind.concerns]
        names[kind.concerns] = case_record(other.name, other.facts, areas)
    return names


def _enabled(place: Place, kind: CaseKind, names: Mapping[str, Type]) -> Enabled:
    parts = place.fields(["act", "while"])
    act = parts["act"].one_of(tuple(kind.acts))
    return Enabled(act, read_condition(parts["while"], names, BOOL))


def _entering(book: Book, place: Place, kind: CaseKind) -> Entering:
    parts = place.fields(["states"], ["by", "must_state", "lapses"])
    if parts.keys() == {"states"}:
        raise place.error(
            "Nothing is said of those who enter these states.",
            "Add `by:`, `must_state:` or `lapses: true`.",
        )
    return Entering(
        tuple(state.one_of(kind.states) for state in parts["states"].some()),
        tuple(book.role(role) for role in parts["by"].some()) if "by" in parts else (),
        parts["must_state"].named_texts(IDENTIFIER, "reasons") if "must_state" in parts else (),
        "lapses" in parts and parts["lapses"].flag(),
    )


def read_penalty(book: Book, id_: str, place: Place, names: Names) -> Penalty:
    """One penalty: a formula of facts, values and the violation, or unknown."""
    required, optional = book.CLAUSE
    parts = place.fields(["amount", *required], ["bound", "unit", *optional])
    amount = None
    if not parts["amount"].is_unknown:
        if not parts.keys() >= {"bound", "unit"}:
            raise place.error("An amount has a unit and a bound.", "Add `unit:` and `bound:`.")
        amount = read_condition(parts["amount"], penalty_names(names.facts, names.values), NUMBER)
    return Penalty(
        id_,
        parts["bound"].one_of(BOUNDS) if "bound" in parts else BOUNDS[0],
        parts["unit"].text() if "unit" in parts else None,
        amount,
        book.clause(place, parts),
    )


def penalty_names(facts: Mapping[str, Fact], values: Sequence[str]) -> dict[str, Type]:
    """What the formula of a penalty may read: the facts, the values, and the violation itself.

    ``violation.number`` counts the developer's violations with this one, ``violation.days`` the
    days for which it has lasted.
    """
    return {
        **fact_records(facts),
        "value": value_record(values),
        "violation": Record("violation", {"number": NUMBER, "days": NUMBER}),
    }
