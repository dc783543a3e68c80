"""The engagement of an assessor for a review: its terms, its conformance, what it was starved of.

An engagement is a case that concerns the review and that the review's assessor opened. The one that
was agreed last counts.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from holdshort.docket.state import Case

if TYPE_CHECKING:
    from holdshort.docket.docket import Docket

ENGAGEMENT = "engagement"


@dataclass(frozen=True)
class Terms:
    """What assessor and developer agreed: with which methods, at which access tier."""

    case: str
    methods: tuple[str, ...]
    tier: int


def engagements(docket: "Docket", review: Case) -> list[Case]:
    """The engagements of the review's assessor, in the order in which they were opened."""
    concerning = (docket.cases[id_] for id_ in review.concerned_by)
    return [
        case
        for case in concerning
        if case.kind == ENGAGEMENT
        and case.bound.get("evaluator") == review.bound.get("assessor") is not None
    ]


def terms(docket: "Docket", review: Case) -> Terms | None:
    """The terms agreed last; None before any are."""
    agreed = [case for case in engagements(docket, review) if case.facts.get("agreed") is True]
    if not agreed:
        return None
    facts = agreed[-1].facts
    methods, tier = facts.get("methods"), facts.get("tier")
    return Terms(
        agreed[-1].id,
        tuple(map(str, methods)) if isinstance(methods, list | tuple) else (),
        tier if isinstance(tier, int) else 0,
    )


def engaged(docket: "Docket", review: Case) -> bool:
    """Whether the terms are agreed and the conformance with them is on record."""
    agreed = terms(docket, review)
    return agreed is not None and docket.cases[agreed.case].facts.get("conformance") is True


def why_not_engaged(docket: "Docket", review: Case) -> str | None:
    """What is missing, in words; None if nothing is."""
    agreed = terms(docket, review)
    if agreed is None:
        return "No engagement of the assessor has agreed terms."
    if not engaged(docket, review):
        return f"{agreed.case} has no conformance attached."
    return None
