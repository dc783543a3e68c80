"""What an act says, held against what the rulebook asks of it.

Every field has a type; what is missing or of another type is an objection, with the clause of the
act. Numbers travel as decimal strings and become `Decimal` here, for conditions to read.

Where the book lets a field be sealed, a sealed value stands for one of any type, in its own form
(`holdshort.register.sealing.values`); no condition reads it. Everywhere else it is an objection.
"""

import re
from collections.abc import Container, Mapping
from decimal import Decimal

from holdshort.docket.state import Objection
from holdshort.errors import BadInput
from holdshort.register.act import check_instant
from holdshort.register.canonical import Json
from holdshort.register.sealing.values import Sealed, is_sealed
from holdshort.rulebook.expression import NUMBER, as_set, mismatch
from holdshort.rulebook.model import ActRule, Field, FieldType, Rulebook
from holdshort.rulebook.vocabulary import YEARS

_DIGEST = re.compile(r"[0-9a-f]{64}")
_IDENTIFIER = re.compile(r"[a-z0-9][a-z0-9._-]{0,127}")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,4})?")


def objections(
    rule: ActRule,
    fields: Mapping[str, Json],
    book: Rulebook,
    parties: Container[str] | None = None,
    artefacts: Container[str] | None = None,
) -> list[Objection]:
    """What is missing from, or wrong in, the fields of an act.

    ``parties`` are those enrolled, among whom whoever holds a sealed value must be; ``artefacts``
    the digests of what is filed with the act, among which its age file must be. None where nobody
    can tell.
    """
    found = []
    for name, field in rule.fields.items():
        if fields.get(name) is None:
            if not field.optional:
                what = f"The act must state {name!r} ({field.says.rstrip('.').lower()})."
                found.append(Objection(what, rule.clause.cite))
        elif is_sealed(fields[name]):
            found += _sealed_objections(rule, name, fields[name], book, parties, artefacts)
        elif not fits(field.type, fields[name], book):
            what = f"{name} = {_short(fields[name])} is not {expected(field.type, book)}."
            found.append(Objection(what, rule.clause.cite))
    for name, value in fields.items():
        if name not in rule.fields and is_sealed(value):
            found += _sealed_objections(rule, name, value, book, parties, artefacts)
    if "clearance" in fields and rule.effect != "clearance":
        # A gate takes what the register signs under this name for a clearance.
        found.append(Objection("It carries a clearance, and issues none.", rule.clause.cite))
    return found


def _sealed_objections(
    rule: ActRule,
    name: str,
    value: Json,
    book: Rulebook,
    parties: Container[str] | None,
    artefacts: Container[str] | None,
) -> list[Objection]:
    """What stands against a sealed value in the field ``name``."""
    law = book.confidentiality
    if not law.may_seal(rule.type, name):
        what = f"{name} cannot be sealed: no ground of this book keeps it from the public."
        return [Objection(what, rule.clause.cite)]
    matter = law.matter[rule.type]
    cite = matter.clause.cite
    try:
        sealed = Sealed.from_json(value, name)
    except BadInput as error:
        return [Objection(f"{error.where}: {error.what}", cite)]
    found = []
    if sealed.ground not in matter.grounds:
        grounds = ", ".join(matter.grounds)
        found.append(
            Objection(
                f"{name} can be sealed on the ground {grounds}, not on {sealed.ground!r}.", cite
            )
        )
    if artefacts is not None and sealed.blob not in artefacts:
        found.append(Objection(f"{name} is sealed in a file that is not filed with the act.", cite))
    if parties is not None:
        found += [
            Objection(f"{name} is sealed to {party!r}, and there is no such party.", cite)
            for party in sealed.held_by
            if party not in parties
        ]
    return found


def fits(type_: FieldType, value: Json, book: Rulebook) -> bool:
    """Whether ``value`` is of the type."""
    match type_.name:
        case "bool":
            return isinstance(value, bool)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool) and value >= 0
        case "decimal":
            return decimal(value) is not None
        case "digest":
            return is_digest(value)
        case "identifier":
            return isinstance(value, str) and _IDENTIFIER.fullmatch(value) is not None
        case "instant":
            return _is_instant(value)
        case "object":
            return isinstance(value, dict)
        case "list":
            return isinstance(value, list)
        case "area" | "one_of":
            return isinstance(value, str) and value in type_.words(book.areas)
        case "role":
            return isinstance(value, str) and value in book.roles
        case _ if type_.element:
            words = _words(value)
            known = all(fits(type_.element, each, book) for each in words or ())
            return words is not None and known and len(as_set(words)) == len(words)
        case _:
            return isinstance(value, str) and bool(value.strip())


def expected(type_: FieldType, book: Rulebook) -> str:
    """The type in words."""
    match type_.name:
        case "bool":
            return "true or false"
        case "integer":
            return "a whole number, 0 or more"
        case "decimal":
            return "a number of 0 or more, written as a text like '3.8e25'"
        case "digest":
            return "64 lower-case hexadecimal digits"
        case "identifier":
            return "an id of lower-case letters, digits, '.', '_' and '-'"
        case "instant":
            return f"an instant like 2026-11-23T10:15:00Z, in the years {YEARS[0]} to {YEARS[-1]}"
        case "area" | "one_of":
            return f"one of {', '.join(type_.words(book.areas))}"
        case "role":
            return f"one of {', '.join(book.roles)}"
        case "list of area":
            return f"a list of areas ({', '.join(book.areas)}), each once at most"
        case "list of one_of":
            return f"a list of words out of {', '.join(type_.values)}, each once at most"
        case "text":
            return "a text that is not empty"
        case other:
            return f"an {other}" if other == "object" else f"a {other}"


def decimal(value: Json) -> Decimal | None:
    """A number of 0 or more, from its text; None if it is none, or too large to reckon with."""
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        return None
    number = Decimal(value)
    return number if mismatch(number, NUMBER, "") is None else None


def is_digest(value: Json) -> bool:
    """Whether ``value`` is 32 bytes in lower-case hexadecimal."""
    return isinstance(value, str) and _DIGEST.fullmatch(value) is not None


def readable(rule: ActRule, fields: Mapping[str, Json]) -> dict[str, object]:
    """The fields as conditions read them; what is absent, or sealed, is unknown.

    A list of words is read by the alphabet, in whatever order the act states it.
    """
    return {
        name: _value(field, fields[name])
        for name, field in rule.fields.items()
        if fields.get(name) is not None and not is_sealed(fields[name])
    }


def _value(field: Field, value: Json) -> object:
    if field.type.name == "decimal":
        return decimal(value)
    words = _words(value) if field.type.element else None
    return value if words is None else as_set(words)


def _words(value: Json) -> list[str] | None:
    """The texts of a list; None of anything else."""
    if not isinstance(value, list):
        return None
    words = [each for each in value if isinstance(each, str)]
    return words if len(words) == len(value) else None


def _is_instant(value: Json) -> bool:
    try:
        check_instant(value, "")
    except BadInput:
        return False
    return int(str(value)[:4]) in YEARS


def _short(value: Json) -> str:
    text = repr(value)
    return text if len(text) < 60 else text[:57] + "…"
