"""Operating limitations of a clearance: for whom, where, and under what else in words.

A determination may limit a clearance to *audiences* (out of those that the book lists) and
*territories*; an empty list limits nothing. A gate refuses what is outside. Rules kept here:

- What the developer declared itself for its model is limited to that and to nothing else, where the
  book says so: a clearance that all findings bear out gives nobody a lever.
- What a court puts in the place of limitations forbids nothing that was allowed.
- The case remembers what was stated last, beside the words of the conditions.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from holdshort.docket.scopes import BOUNDS, listed, widens
from holdshort.docket.state import Case, Objection
from holdshort.register.canonical import Json
from holdshort.register.entry import Entry
from holdshort.register.territory import is_territory
from holdshort.rulebook.model import ActRule

if TYPE_CHECKING:
    from holdshort.docket.checks import Question
    from holdshort.docket.docket import Docket

LISTS = ("audiences", "territories")
LIMITATIONS = "limitations"
DECLARED = "declared_limits"
"""Where a case remembers for whom and where its developer has declared its model."""

EFFECTS = ("coverage", "limitations")
"""Effects of acts that may name audiences and territories as limits of a clearance."""


def limitation_objections(rule: ActRule, fields: Mapping[str, Json]) -> list[Objection]:
    """Why a limitation means nothing: a territory that is none."""
    if rule.effect not in EFFECTS or "territories" not in rule.fields:
        return []
    return [
        Objection(
            f"{place!r} is no territory: write a country as in ISO 3166-1 alpha-2, DE, or a part "
            "of one as in ISO 3166-2, US-CA.",
            rule.clause.cite,
        )
        for place in listed(fields, "territories")
        if not is_territory(place)
    ]


def declare_limits(case: Case, rule: ActRule, fields: Mapping[str, Json]) -> None:
    """What the developer itself declares of a model: for whom, where, and within which use."""
    if any(name in rule.fields for name in LISTS):
        told: dict[str, Json] = {name: listed(fields, name) for name in LISTS}
        case.memory[DECLARED] = {**told, "words": fields.get("use_limits") or ""}


def limit(docket: "Docket", case: Case, rule: ActRule, entry: Entry) -> None:
    """The clearance is limited to what the act names; empty lists limit nothing.

    In words: the conditions that the act states, or else the limits of use that were declared.
    """
    fields = entry.act.fields
    told: dict[str, Json] = {name: listed(fields, name) for name in LISTS}
    words = fields.get("conditions") or _shelf(case, DECLARED).get("words") or ""
    case.memory[LIMITATIONS] = {**told, "words": words, "entry": entry.index}


def limitations_as_declared(question: "Question") -> bool:
    """The limitations are those that the developer declared, no more and no fewer."""
    declared = _shelf(question.case, DECLARED)
    return all(
        sorted(map(str, listed(question.fields, name))) == sorted(map(str, listed(declared, name)))
        for name in LISTS
    )


def limitations_not_harder(question: "Question") -> bool:
    """Nothing is forbidden that the limitations stated last allowed."""
    last = _shelf(question.case, LIMITATIONS)
    # A list of what is allowed grows harder where, read as a list of what is barred, it shrinks.
    old = {name: last.get(name) or [] for name in BOUNDS}
    new = {name: question.fields.get(name) or [] for name in BOUNDS}
    return not widens(old, new)


def _shelf(case: Case | None, name: str) -> Mapping[str, Json]:
    kept = case.memory.get(name) if case else None
    return kept if isinstance(kept, dict) else {}
