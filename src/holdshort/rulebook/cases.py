"""Reading the cases of a rulebook: the transition table that the docket runs."""

import re
from collections.abc import Mapping, Sequence

from holdshort.rulebook.condition import Condition, read_condition
from holdshort.rulebook.document import Place
from holdshort.rulebook.expression import BOOL, Type
from holdshort.rulebook.model import (
    ActRule,
    CaseFact,
    CaseKind,
    Check,
    Expiry,
    Fact,
    Field,
    FieldType,
    Requirement,
    Setting,
)
from holdshort.rulebook.parts import Book, read_amount
from holdshort.rulebook.vocabulary import (
    act_record,
    act_record_with_parties,
    areas_type,
    assignable,
    case_record,
    check_record,
    duty_map,
    field_type,
    value_record,
)

PLAIN = ("text bool integer decimal identifier digest instant object list area role one_of").split()
TYPES = (*PLAIN, "list of area")
EFFECTS = (
    "charter enrol suspend-party snapshot coverage interests commit reveal contribute finding"
    " clearance"
).split()
NONE = "none"


def read_cases(
    book: Book,
    place: Place,
    facts: Mapping[str, Fact],
    values: Sequence[str],
    checks: Mapping[str, Check],
) -> dict[str, CaseKind]:
    """All case kinds. A kind is read in two passes: what it remembers, then its acts."""
    places = dict(place.items())
    remembered = {kind: _facts(book, kind_place) for kind, kind_place in places.items()}
    return {
        kind: _Reader(book, kind_place, kind, remembered, facts, values, checks).read()
        for kind, kind_place in places.items()
    }


def _type(place: Place, parts: Mapping[str, Place]) -> FieldType:
    name = parts["type"].one_of(TYPES)
    if (name == "one_of") != ("values" in parts):
        raise place.error("`values:` belongs to the type one_of, and one_of needs it.")
    values = parts["values"].texts() if "values" in parts else ()
    per_area = "per" in parts and parts["per"].one_of(("area",)) == "area"
    return FieldType(name, values, per_area)


def _facts(book: Book, place: Place) -> dict[str, CaseFact]:
    kind = place.fields(["title", "states", "acts"], ["concerns", "facts"])
    if "facts" not in kind:
        return {}
    facts = {}
    for name, fact in kind["facts"].items():
        parts = fact.fields(["type", "says"], ["values", "per", "default"])
        type_ = _type(fact, parts)
        default = _default(parts.get("default"), type_, book)
        facts[name] = CaseFact(name, type_, default, parts["says"].text())
    return facts


def _default(place: Place | None, type_: FieldType, book: Book) -> object:
    value: object = None
    if place is not None:
        match type_.name:
            case "bool":
                value = place.flag()
            case "list of area":
                value = place.texts() if place.list() else ()
            case "one_of":
                value = place.one_of(type_.values)
            case _:
                value = place.text()
    return dict.fromkeys(book.areas, value) if type_.per_area else value


class _Reader:
    """Reads one case kind."""

    def __init__(
        self,
        book: Book,
        place: Place,
        kind: str,
        remembered: Mapping[str, Mapping[str, CaseFact]],
        facts: Mapping[str, Fact],
        values: Sequence[str],
        checks: Mapping[str, Check],
    ) -> None:
        self.book = book
        self.place = place
        self.kind = kind
        self.facts = remembered[kind]
        self.remembered = remembered
        self.law_facts = facts
        self.checks = checks
        self.parts = place.fields(["title", "states", "acts"], ["concerns", "facts"])
        self.states = self.parts["states"].texts()
        self.concerns = (
            self.parts["concerns"].one_of(tuple(remembered)) if "concerns" in self.parts else None
        )
        self.names: dict[str, Type] = {
            "state": book.states((NONE, *self.states)),
            "case": case_record(kind, self.facts, book.areas),
            "areas": areas_type(book.areas),
            "value": value_record(values),
            "check": check_record(tuple(checks)),
            "duty": duty_map(),
        }
        if self.concerns:
            self.names[self.concerns] = case_record(
                self.concerns, remembered[self.concerns], book.areas
            )

    def read(self) -> CaseKind:
        acts = {name: self._act(name, place) for name, place in self.parts["acts"].items()}
        self._reachable(acts)
        return CaseKind(
            self.kind, self.parts["title"].text(), self.concerns, self.states, self.facts, acts
        )

    def _reachable(self, acts: Mapping[str, ActRule]) -> None:
        reached = {act.to for act in acts.values()} | {
            act.expires.to for act in acts.values() if act.expires
        }
        for state in self.states:
            if state not in reached:
                raise self.parts["states"].error(f"No act leads to the state {state!r}.")
        if not any(act.origin == (NONE,) for act in acts.values()):
            raise self.parts["acts"].error("No act opens this case.", "Give one `from: none`.")

    def _act(self, name: str, place: Place) -> ActRule:
        required, optional = self.book.CLAUSE
        parts = place.fields(
            ["title", "by", "from", *required],
            "to who not_by binds effect fields must_state requires sets expires".split() + optional,
        )
        fields = dict(self._fields(parts["fields"])) if "fields" in parts else {}
        must_state = parts["must_state"].texts() if "must_state" in parts else ()
        for statement in must_state:
            fields[statement] = Field(
                statement, FieldType("text"), statement.replace("_", " "), None, None, False
            )
        names = {**self.names, "act": act_record(fields, self.book.areas)}
        origin = tuple(state.one_of((NONE, *self.states)) for state in parts["from"].list())
        return ActRule(
            kind=self.kind,
            name=name,
            title=parts["title"].text(),
            by=self.book.role(parts["by"]),
            who=parts["who"].text() if "who" in parts else None,
            not_by=parts["not_by"].texts() if "not_by" in parts else (),
            origin=origin,
            to=parts["to"].one_of(self.states) if "to" in parts else None,
            binds=self._binds(parts["binds"], fields) if "binds" in parts else {},
            effect=parts["effect"].one_of(EFFECTS) if "effect" in parts else None,
            fields=fields,
            must_state=must_state,
            requires=self._requires(parts["requires"], names) if "requires" in parts else (),
            sets=self._sets(parts["sets"], names) if "sets" in parts else (),
            expires=self._expires(parts["expires"]) if "expires" in parts else None,
            clause=self.book.clause(place, parts),
        )

    def _fields(self, place: Place) -> list[tuple[str, Field]]:
        fields = []
        for name, field in place.items():
            parts = field.fields(["type", "says"], ["values", "unit", "fact", "optional"])
            type_ = _type(field, parts)
            unit = parts["unit"].text() if "unit" in parts else None
            fact = parts["fact"].one_of(tuple(self.law_facts)) if "fact" in parts else None
            if type_.name == "decimal" and unit is None:
                raise field.error("A number needs a unit.", "Add `unit:`.")
            if fact and self.law_facts[fact].unit != unit:
                raise field.error(f"The fact {fact} has the unit {self.law_facts[fact].unit!r}.")
            optional = "optional" in parts and parts["optional"].flag()
            says = parts["says"].text()
            fields.append((name, Field(name, type_, says, unit, fact, optional)))
        return fields

    def _binds(self, place: Place, fields: Mapping[str, Field]) -> dict[str, Condition | None]:
        if not place.is_mapping:
            return {place.text(): None}
        bound: dict[str, Condition | None] = {}
        names = {"act": act_record_with_parties(fields, self.book.areas)}
        for name, value in place.items():
            bound[name] = read_condition(value, names, None)
        return bound

    def _requires(self, place: Place, names: Mapping[str, Type]) -> tuple[Requirement, ...]:
        found = []
        for entry in place.list():
            parts = entry.fields(["if"], ["says", "cite", "conflict"])
            condition = read_condition(parts["if"], names, BOOL)
            check = condition.source.removeprefix("check.")
            if "says" not in parts and check in self.checks:
                clause = self.checks[check].clause
            elif "says" in parts and "cite" in parts:
                clause = self.book.clause(entry, parts)
            else:
                raise entry.error("A requirement says what it asks and cites its source.")
            found.append(Requirement(condition, clause))
        return tuple(found)

    def _sets(self, place: Place, names: Mapping[str, Type]) -> tuple[Setting, ...]:
        found = []
        for target, value in place.items():
            match = re.fullmatch(r"([a-z_]+)(?:\[(.+)\])?", target)
            if match is None or match[1] not in self.facts:
                raise value.error(f"The case remembers no fact {target!r}.")
            type_ = field_type(self.facts[match[1]].type, self.book.areas)
            index = None
            if match[2]:
                index = read_condition(value.quoting(match[2]), names, None)
                type_ = field_type(_plain(self.facts[match[1]].type), self.book.areas)
            condition = read_condition(value, names, None)
            if not assignable(condition.type, type_):
                raise value.error(f"{condition.source!r} is {condition.type}, not {type_}.")
            found.append(Setting(match[1], index, condition))
        return tuple(found)

    def _expires(self, place: Place) -> Expiry:
        parts = place.fields(["within", "to", "cite"])
        within = read_amount(self.book, parts["within"])
        if within is None:
            raise parts["within"].error("What expires needs a time.")
        return Expiry(within, parts["to"].one_of(self.states), self.book.cite(parts["cite"]))


def _plain(type_: FieldType) -> FieldType:
    return FieldType(type_.name, type_.values)
