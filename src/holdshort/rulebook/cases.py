"""Reading the cases of a rulebook: the transition table that the docket runs."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from holdshort.rulebook.condition import Condition, read_condition
from holdshort.rulebook.document import Place
from holdshort.rulebook.expression import BOOL, ListLiteral, ListOf, Literal, OneOf, Type, as_set
from holdshort.rulebook.model import (
    WORD_LISTS,
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
    SignedWith,
)
from holdshort.rulebook.parts import IDENTIFIER, KEBAB, Book, read_amount
from holdshort.rulebook.soundness import EFFECTS, check_cases
from holdshort.rulebook.terms import OWN
from holdshort.rulebook.vocabulary import (
    KEY_TYPES,
    READABLE,
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
TYPES = (*PLAIN, *WORD_LISTS)
ENUMERATED = ("one_of", "list of one_of")
"""Types that list their `values:`."""

ATTESTS = {"number": "decimal", "bool": "bool"}
"""The type of the field in which a fact of the law is stated."""

NONE = "none"

_OPTIONAL = (
    "to who not_by binds effect fields must_state requires sets signed_with about expires".split()
)
"""Keys that an act may have, beside those of its clause."""


def read_cases(
    book: Book,
    place: Place,
    facts: Mapping[str, Fact],
    values: Sequence[str],
    checks: Mapping[str, Check],
    duties: Sequence[str],
) -> dict[str, CaseKind]:
    """All case kinds. A kind is read in two passes: what it remembers, then its acts."""
    places = place.named(KEBAB, "review")
    remembered = {kind: _facts(book, kind_place) for kind, kind_place in places.items()}
    cases = {
        kind: _Reader(book, kind_place, kind, remembered, facts, values, checks, duties).read()
        for kind, kind_place in places.items()
    }
    check_cases(place, cases, tuple(book.roles))
    return cases


def _type(place: Place, parts: Mapping[str, Place]) -> FieldType:
    name = parts["type"].one_of(TYPES)
    if (name in ENUMERATED) != ("values" in parts):
        raise place.error(
            "`values:` belongs to the type one_of and lists of it, and one_of needs it.",
            "Add `values: [...]`." if name in ENUMERATED else "Take `values:` out.",
        )
    values = parts["values"].texts() if "values" in parts and parts["values"].some() else ()
    per_area = "per" in parts and parts["per"].one_of(("area",)) == "area"
    return FieldType(name, values, per_area)


def _facts(book: Book, place: Place) -> dict[str, CaseFact]:
    kind = place.fields(["title", "states", "acts"], ["concerns", "facts"])
    if "facts" not in kind:
        return {}
    facts = {}
    for name, fact in kind["facts"].named(IDENTIFIER, "less_restrictive").items():
        parts = fact.fields(["type", "says"], ["values", "per", "default"])
        type_ = _type(fact, parts)
        if type_.name not in READABLE:
            raise parts["type"].error(
                f"A case remembers no {type_.name}: a clause could tell parties apart by it.",
                f"Use one of: {', '.join(READABLE)}.",
            )
        default = _default(parts.get("default"), type_, book)
        facts[name] = CaseFact(name, type_, default, parts["says"].text())
    return facts


def _default(place: Place | None, type_: FieldType, book: Book) -> object:
    if place is None:
        return None
    value = _plain_default(place, type_, book)
    return dict.fromkeys(book.areas, value) if type_.per_area else value


def _plain_default(place: Place, type_: FieldType, book: Book) -> object:
    match type_.name:
        case "bool":
            return place.flag()
        case "area" | "one_of":
            return place.one_of(type_.words(book.areas))
        case name if name in WORD_LISTS:
            return _default_words(place, type_.words(book.areas))
        case "integer" | "decimal":
            number = place.number()
            if number < 0 or (type_.name == "integer" and number != int(number)):
                raise place.error(f"{number} is not {type_.name}, 0 or more.", "Give one.")
            return int(number) if type_.name == "integer" else number
    raise place.error(f"A fact of the type {type_.name} has no default.", "Take it out.")


def _default_words(place: Place, known: Sequence[str]) -> tuple[str, ...]:
    found: list[str] = []
    for word in place.list():
        text = word.one_of(known)
        if text in found:
            raise word.error(f"{text!r} stands twice.", "A list of words is a set: write it once.")
        found.append(text)
    return tuple(as_set(found))


def _narrowed(condition: Condition) -> Type:
    """The type of a condition; of a word, or a list of words, written out: those very words."""
    match condition.tree:
        case Literal(value=str(word)):
            return OneOf((word,))
        case ListLiteral(elements=elements):
            words = [each.value for each in elements if isinstance(each, Literal)]
            texts = tuple(word for word in words if isinstance(word, str))
            if len(texts) == len(elements):
                return ListOf(OneOf(texts))
    return condition.type


def _bound_names(acts: Place) -> list[str]:
    """The names under which acts bind parties to a case: no facts of it."""
    binds = [act.at("binds") for _, act in acts.items() if "binds" in dict(act.items())]
    return [
        name
        for place in binds
        for name in ([n for n, _ in place.items()] if place.is_mapping else [place.text()])
    ]


def _unread(fields: Mapping[str, Field]) -> list[str]:
    """Fields that no clause may read."""
    return [name for name, field in fields.items() if field.type.name not in READABLE]


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
        duties: Sequence[str],
    ) -> None:
        self.book = book
        self.place = place
        self.kind = kind
        self.facts = remembered[kind]
        self.remembered = remembered
        self.law_facts = facts
        self.checks = checks
        self.parts = place.fields(["title", "states", "acts"], ["concerns", "facts"])
        if kind in OWN:
            raise place.error(f"{kind!r} means something else in clauses.", "Rename the kind.")
        self.states = tuple(self.parts["states"].named_texts(IDENTIFIER, "assessed"))
        if NONE in self.states:
            raise self.parts["states"].error(
                f"{NONE!r} is the state of a case not yet opened.", "Give the state another name."
            )
        self.concerns = (
            self.parts["concerns"].one_of(tuple(remembered)) if "concerns" in self.parts else None
        )
        self.names: dict[str, Type] = {
            "state": OneOf((NONE, *self.states)),
            "case": case_record(kind, self.facts, book.areas),
            "areas": areas_type(book.areas),
            "value": value_record(values),
            "check": check_record(tuple(checks)),
            "duty": duty_map(duties),
        }
        self.withheld = ["act.by", *(f"case.{name}" for name in _bound_names(self.parts["acts"]))]
        if self.concerns:
            self.names[self.concerns] = case_record(
                self.concerns, remembered[self.concerns], book.areas
            )

    def read(self) -> CaseKind:
        places = self.parts["acts"].named(KEBAB, "give-notice")
        acts = {name: self._act(name, place) for name, place in places.items()}
        return CaseKind(
            self.kind, self.parts["title"].text(), self.concerns, self.states, self.facts, acts
        )

    def _act(self, name: str, place: Place) -> ActRule:
        required, optional = self.book.CLAUSE
        parts = place.fields(
            ["title", "by", "from", *required],
            [*_OPTIONAL, *optional],
        )
        fields = dict(self._fields(parts["fields"])) if "fields" in parts else {}
        must_state: tuple[str, ...] = ()
        if "must_state" in parts:
            must_state = parts["must_state"].named_texts(IDENTIFIER, "technical_facts")
        for statement in must_state:
            if statement in fields:
                raise parts["must_state"].error(
                    f"{statement!r} is a field of the act already.", "Keep one of the two."
                )
            fields[statement] = Field(
                statement, FieldType("text"), statement.replace("_", " "), None, None, False
            )
        names = {**self.names, "act": act_record(fields, self.book.areas)}
        withheld = [*self.withheld, *(f"act.{field}" for field in _unread(fields))]
        origin = tuple(state.one_of((NONE, *self.states)) for state in parts["from"].some())
        return ActRule(
            kind=self.kind,
            name=name,
            title=parts["title"].text(),
            by=self.book.actor(parts["by"]),
            who=parts["who"].text() if "who" in parts else None,
            not_by=parts["not_by"].texts() if "not_by" in parts else (),
            origin=origin,
            to=parts["to"].one_of(self.states) if "to" in parts else None,
            binds=self._binds(parts["binds"], fields) if "binds" in parts else {},
            effect=parts["effect"].one_of(tuple(EFFECTS)) if "effect" in parts else None,
            fields=fields,
            must_state=must_state,
            requires=(
                self._requires(parts["requires"], names, withheld) if "requires" in parts else ()
            ),
            sets=self._sets(parts["sets"], names, withheld) if "sets" in parts else (),
            signed_with=(
                self._signed_with(parts["signed_with"]) if "signed_with" in parts else None
            ),
            about=(
                tuple(self.book.role(each) for each in parts["about"].some())
                if "about" in parts
                else ()
            ),
            expires=self._expires(parts["expires"]) if "expires" in parts else None,
            clause=self.book.clause(place, parts),
        )

    def _signed_with(self, place: Place) -> SignedWith:
        parts = place.fields(["keys", "cite"])
        for key in parts["keys"].some():
            key.one_of(KEY_TYPES)
        return SignedWith(parts["keys"].texts(), self.book.cite(parts["cite"]))

    def _fields(self, place: Place) -> list[tuple[str, Field]]:
        fields = []
        for name, field in place.named(IDENTIFIER, "training_compute").items():
            parts = field.fields(["type", "says"], ["values", "unit", "fact", "optional"])
            type_ = _type(field, parts)
            unit = parts["unit"].text() if "unit" in parts else None
            if type_.name == "decimal" and unit is None:
                raise field.error("A number needs a unit.", "Add `unit:`.")
            fact = self._attested(parts["fact"], type_, unit) if "fact" in parts else None
            optional = "optional" in parts and parts["optional"].flag()
            says = parts["says"].text()
            fields.append((name, Field(name, type_, says, unit, fact, optional)))
        return fields

    def _attested(self, place: Place, type_: FieldType, unit: str | None) -> str:
        """The fact of the law that a field states, in the type and unit that the law asks for."""
        name = place.one_of(tuple(self.law_facts))
        fact = self.law_facts[name]
        if fact.unit != unit:
            raise place.error(
                f"The fact {name} has the unit {fact.unit!r}, not {unit!r}.", "Use that unit."
            )
        if ATTESTS[fact.type] != type_.name:
            raise place.error(
                f"The fact {name} is stated as a {ATTESTS[fact.type]}.", "Use that type."
            )
        return name

    def _binds(self, place: Place, fields: Mapping[str, Field]) -> dict[str, Condition | None]:
        if not place.is_mapping:
            return {place.text(): None}
        bound: dict[str, Condition | None] = {}
        names = {"act": act_record_with_parties(fields, self.book.areas)}
        for name, value in place.items():
            field = fields.get(value.text().removeprefix("act."))
            if field is None or field.type.name != "identifier" or field.optional:
                raise value.error(
                    f"{value.text()!r} is no party that the act must name.",
                    "Write `act.` and a field of the type identifier that is not optional.",
                )
            bound[name] = read_condition(value, names, None)
        return bound

    def _requires(
        self, place: Place, names: Mapping[str, Type], withheld: Sequence[str]
    ) -> tuple[Requirement, ...]:
        found = []
        for entry in place.list():
            parts = entry.fields(["if"], ["says", "cite", "conflict"])
            condition = read_condition(parts["if"], names, BOOL, withheld)
            check = condition.source.removeprefix("check.")
            if parts.keys() == {"if"} and check in self.checks:
                clause = self.checks[check].clause
            elif "says" in parts and "cite" in parts:
                clause = self.book.clause(entry, parts)
            else:
                raise entry.error(
                    "A requirement says what it asks and cites its source.",
                    "Add `says:` and `cite:`; only a check alone, `check.name`, brings its own.",
                )
            found.append(Requirement(condition, clause))
        return tuple(found)

    def _sets(
        self, place: Place, names: Mapping[str, Type], withheld: Sequence[str]
    ) -> tuple[Setting, ...]:
        found = []
        for target, value in place.items():
            match = re.fullmatch(r"([a-z][a-z0-9_]*)(?:\[(.+)\])?", target)
            if match is None or match[1] not in self.facts:
                raise value.error(
                    f"The case remembers no fact {target!r}.",
                    f"Declare it under `facts:`. Known here: {', '.join(self.facts) or 'none'}.",
                )
            remembered = self.facts[match[1]].type
            type_ = field_type(remembered, self.book.areas)
            index = None
            if match[2]:
                index = self._area_index(value.quoting(match[2]), names, remembered)
                type_ = field_type(replace(remembered, per_area=False), self.book.areas)
            condition = read_condition(value, names, None, withheld)
            if not assignable(_narrowed(condition), type_):
                raise value.error(
                    f"{condition.source!r} is {condition.type}, but {match[1]} is {type_}.",
                    "Give a value of that type, or declare the fact with another.",
                )
            found.append(Setting(match[1], index, condition))
        return tuple(found)

    def _area_index(self, place: Place, names: Mapping[str, Type], type_: FieldType) -> Condition:
        index = read_condition(place, names, None)
        if not type_.per_area or not assignable(index.type, OneOf(self.book.areas)):
            raise place.error(
                f"{index.source!r} is {index.type}: only an area can stand in brackets.",
                "Name an area, of a fact that is remembered `per: area`.",
            )
        return index

    def _expires(self, place: Place) -> Expiry:
        parts = place.fields(["within", "to", "cite"])
        within = read_amount(self.book, parts["within"])
        if within is None:
            raise parts["within"].error("What expires needs a time.", "Give `amount:` and `unit:`.")
        return Expiry(within, parts["to"].one_of(self.states), self.book.cite(parts["cite"]))
