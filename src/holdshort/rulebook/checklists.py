"""Reading the checklists of a rulebook: conditions that a record goes through one by one.

A checklist stands in the law, for instance the evaluators' own minimum operating conditions. Who
fills it in gives each condition one of its outcomes; some outcomes are worth nothing without a
justification. Whether a record is whole the docket says (`holdshort.docket.conformance`).
"""

import re

from holdshort.rulebook.document import Place
from holdshort.rulebook.model import Checklist, ChecklistCondition, ChecklistOutcome
from holdshort.rulebook.parts import KEBAB, Book

_NUMBER = re.compile(r"(?=.{1,64}\Z)[a-z0-9]+(?:[.-][a-z0-9]+)*")


def read_checklists(book: Book, place: Place | None) -> dict[str, Checklist]:
    """The section ``checklists``; none where a book has no such section.

    Raises:
        RulebookError: it is malformed, or a checklist asks for nothing.
    """
    if place is None:
        return {}
    return {id_: _checklist(book, id_, each) for id_, each in place.named(KEBAB, "aef-1").items()}


def _checklist(book: Book, id_: str, place: Place) -> Checklist:
    required, optional = book.CLAUSE
    parts = place.fields(["title", "outcomes", "conditions", *required], optional)
    outcomes = {
        name: _outcome(name, each)
        for name, each in parts["outcomes"].named(KEBAB, "not-applicable").items()
    }
    if len(outcomes) < 2:
        raise parts["outcomes"].error(
            "A condition that can have one outcome only says nothing.", "Name two outcomes or more."
        )
    conditions = {
        name: _condition(book, name, each)
        for name, each in parts["conditions"].named(_NUMBER, "2.1").items()
    }
    if not conditions:
        raise parts["conditions"].error("At least one is expected here.", "Write it below.")
    return Checklist(id_, parts["title"].text(), outcomes, conditions, book.clause(place, parts))


def _outcome(name: str, place: Place) -> ChecklistOutcome:
    parts = place.fields(["says"], ["justified"])
    justified = "justified" in parts and parts["justified"].flag()
    return ChecklistOutcome(name, justified, parts["says"].text())


def _condition(book: Book, name: str, place: Place) -> ChecklistCondition:
    required, optional = book.CLAUSE
    parts = place.fields(["required", *required], optional)
    return ChecklistCondition(name, parts["required"].flag(), book.clause(place, parts))
