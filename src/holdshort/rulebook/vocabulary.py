"""Which names a clause may read, and of what type.

======== ==================================================================================
coverage ``model.…`` and ``developer.…`` (the facts), ``value.…`` (dated values), ``areas``
acts     ``state``, ``case.…``, ``act.…`` (its fields), ``value.…``, ``areas``,
         ``check.…`` (computed by the docket), ``duty["id"]`` (none, running, met, late),
         and, where the case concerns another, that one's facts under the name of its kind
limits   as acts, without ``act`` and ``check``
gate     ``state``, ``case.…``, ``barred``, ``barred_itself``
======== ==================================================================================

The identity, nationality or politics of a party is not among them. Nor is anything that could carry
it: names and other free text, digests and whole documents are stated in acts and kept, but no
clause reads them.
"""

from collections.abc import Mapping, Sequence

from holdshort.rulebook.expression import BOOL, NUMBER, STRING, ListOf, MapOf, OneOf, Record, Type
from holdshort.rulebook.model import WORD_LISTS, CaseFact, Fact, Field, FieldType

DUTY_STATES = ("none", "running", "met", "late")

STATUSES = ("proposal", "enacted", "in force", "repealed")
"""What a regime can be."""

KEY_TYPES = ("ed25519", "ecdsa-p256", "ml-dsa-44", "ml-dsa-65", "webauthn")
"""Types of keys that a law can ask for; ``docs/reference/keys.md`` tells what each is."""

ACTIVITIES = (
    "pre-training",
    "fine-tuning",
    "reinforcement-learning",
    "synthetic-data-not-public",
    "synthetic-data-public",
    "synthetic-data-discarded",
    "merged-or-initial-weights",
    "distillation-parent",
    "auxiliary-models",
    "recomputation",
    "evaluation",
    "failed-experiments",
)
"""Where compute goes: what a regime's rules count, or do not."""

YEARS = range(1900, 2200)
"""Years of which an act or a facts file can speak: every zone and calendar is sure of them, and a
time that is counted from one of them never leaves the calendar."""

REGIMES = ("pass-to-deploy", "court-only", "advice", "submission-only", "order-only", "none")
"""How weights come to be served: on a clearance; unless a court bars; on advice, or when the time
for it is out; once what is asked for was handed in; unless the authority bars; or always."""

REQUIRED = (
    "grounds",
    "notice",
    "expiry",
    "reasons",
    "appeal",
    "lift",
    "consent",
    "equal-treatment",
)
"""The limits that a book with a bar must state, and prove. ``expiry`` only if it has provisional
bars."""

Names = Mapping[str, Type]


def field_type(type_: FieldType, areas: Sequence[str]) -> Type:
    """Type of a field or case fact, as expressions see it."""
    plain: Type
    match type_.name:
        case "bool":
            plain = BOOL
        case "integer" | "decimal":
            plain = NUMBER
        case "area" | "one_of":
            plain = OneOf(type_.words(areas))
        case name if name in WORD_LISTS:
            plain = ListOf(OneOf(type_.words(areas)))
        case _:
            plain = STRING
    return MapOf(plain, OneOf(tuple(areas))) if type_.per_area else plain


READABLE = ("bool", "integer", "decimal", "instant", "area", "one_of", *WORD_LISTS)
"""Types whose values a clause may read, and so a case remember. Every other could tell parties, or
models, apart by who they are."""


def act_record(fields: Mapping[str, Field], areas: Sequence[str]) -> Record:
    """What a clause may read of the act itself."""
    return Record(
        "act",
        {
            name: field_type(field.type, areas)
            for name, field in fields.items()
            if field.type.name in READABLE
        },
    )


def case_record(kind: str, facts: Mapping[str, CaseFact], areas: Sequence[str]) -> Record:
    """What a clause may read of a case."""
    return Record(kind, {name: field_type(fact.type, areas) for name, fact in facts.items()})


def fact_records(facts: Mapping[str, Fact]) -> dict[str, Type]:
    """The facts of the law, ``model.training_compute`` and the like, as records."""
    types: dict[str, Type] = {"number": NUMBER, "bool": BOOL}
    records: dict[str, dict[str, Type]] = {}
    for name, fact in facts.items():
        record, _, member = name.partition(".")
        records.setdefault(record, {})[member] = types[fact.type]
    return {record: Record(record, members) for record, members in records.items()}


def value_record(names: Sequence[str]) -> Record:
    """The dated values."""
    return Record("value", dict.fromkeys(names, NUMBER))


def areas_type(areas: Sequence[str]) -> Type:
    """The list of risk areas."""
    return ListOf(OneOf(tuple(areas)))


def check_record(checks: Sequence[str]) -> Record:
    """The facts that the docket computes."""
    return Record("check", dict.fromkeys(checks, BOOL))


def duty_map(duties: Sequence[str]) -> Type:
    """The duties of a case and where each stands."""
    return MapOf(OneOf(DUTY_STATES), OneOf(tuple(duties)))


def act_record_with_parties(fields: Mapping[str, Field], areas: Sequence[str]) -> Record:
    """The act with the parties that it names: for binding a party to a case, not for deciding."""
    named = {name: STRING for name, field in fields.items() if field.type.name == "identifier"}
    return Record("act", {**act_record(fields, areas).fields, **named})


def assignable(found: Type, wanted: Type) -> bool:
    """Whether a value of type ``found`` may be remembered where ``wanted`` is declared."""
    if isinstance(found, OneOf) and isinstance(wanted, OneOf):
        return set(found.values) <= set(wanted.values)
    if isinstance(found, ListOf) and isinstance(wanted, ListOf):
        return assignable(found.of, wanted.of)
    return found == wanted
