"""Whether an assessor is qualified for what it is to do: accredited for it, and proficient.

An accreditation is a box: areas × methods × the highest access tier. An assessor may hold several,
and is qualified for a review if each of its areas lies, with each method that is used and at the
tier at which it is used, in a box that is in force.

- What a review asks of its assessor before anything is agreed stands in the book: the fact
  ``method`` of a review and the value ``least_access_tier``. Once an engagement has terms, theirs
  count: see `holdshort.docket.engagement`.
- A book whose accreditations know no methods, or no tiers, asks for none. An accreditation from
  before the law knew them says nothing of them, and so does not cover them.
- One that is suspended at once (the fact ``paused`` of an accreditation) qualifies nobody until the
  hearing is over, but costs nobody a draw that it has won: else whoever suspends could draw anew.
- An area counts as tested for proficiency if a test that concerns the accreditation was scored and
  passed in it, no longer ago than the value ``proficiency_validity_months`` of the book says.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from holdshort.docket.clocks import day_of, due, instant
from holdshort.docket.engagement import terms
from holdshort.docket.law import values_on
from holdshort.docket.state import Case
from holdshort.rulebook.model import Amount

if TYPE_CHECKING:
    from holdshort.docket.docket import Docket

ACCREDITATION = "accreditation"
PROFICIENCY = "proficiency"
IN_FORCE = "granted"
SCORED = "scored"


@dataclass(frozen=True)
class Box:
    """What one accreditation in force covers. ``tier``: the highest access tier."""

    case: str
    areas: frozenset[str]
    methods: frozenset[str]
    tier: int


@dataclass(frozen=True)
class Need:
    """What is asked of an assessor: these areas, each with all these methods, at this tier."""

    areas: tuple[str, ...]
    methods: tuple[str, ...]
    tier: int


def boxes(docket: "Docket", party: str, now: str, *, paused: bool = False) -> list[Box]:
    """The accreditations of ``party`` that are in force at ``now``.

    With ``paused`` also those that are suspended at once, before any hearing.
    """
    return [
        Box(case.id, _words(case, "scope"), _words(case, "methods"), _whole(case, "tier"))
        for case in docket.bound(ACCREDITATION, "holder", party)
        if docket.state(case, now) == IN_FORCE and (paused or case.facts.get("paused") is not True)
    ]


def need(docket: "Docket", review: Case | None, now: str) -> Need:
    """What a review asks of its assessor; of none in particular: what the law at ``now`` asks."""
    if review and review.kind != "review" and review.concerns in docket.cases:
        review = docket.cases[review.concerns]  # what builds upon a review asks what that one asks
    agreed = terms(docket, review) if review else None
    book = docket.law.of(review, "review", now)
    if agreed:
        return Need(tuple(book.areas), agreed.methods, agreed.tier)
    kind = book.cases.get("review")
    asked = kind.facts.get("method") if kind else None
    method = review.facts.get("method") if review else asked.default if asked else None
    day = review.basis if review else day_of(now, book.clocks)
    tier = values_on(book, day).get("least_access_tier", 0)
    return Need(tuple(book.areas), (str(method),) if method else (), int(tier))


def uncovered(held: Iterable[Box], asked: Need) -> list[tuple[str, str]]:
    """The areas, each with a method, that no box covers at the tier asked for."""
    held = list(held)
    methods = asked.methods or ("",)
    return [
        (area, method)
        for area in asked.areas
        for method in methods
        if not any(
            area in box.areas and (not method or method in box.methods) and box.tier >= asked.tier
            for box in held
        )
    ]


def qualified(
    docket: "Docket", party: str, review: Case | None, now: str, *, paused: bool = False
) -> bool:
    """Whether ``party`` is accredited for all that the review asks of its assessor."""
    return not uncovered(boxes(docket, party, now, paused=paused), need(docket, review, now))


def why_unqualified(docket: "Docket", party: str, review: Case | None, now: str) -> str | None:
    """For what ``party`` holds no accreditation in force, in words; None if for nothing."""
    asked = need(docket, review, now)
    missing = uncovered(boxes(docket, party, now), asked)
    if not missing:
        return None
    named = ", ".join(f"{area} by {method}" if method else area for area, method in missing)
    tier = f" at access tier {asked.tier}" if asked.tier else ""
    return f"{party} holds none for {named}{tier}."


# ---------------------------------------------------------------------- proficiency


def passed(docket: "Docket", accreditation: Case, now: str) -> dict[str, str]:
    """The areas in which a proficiency test counts at ``now``, each with when it was scored."""
    months = values_on(accreditation.book, accreditation.basis).get("proficiency_validity_months")
    found: dict[str, str] = {}
    for id_ in accreditation.concerned_by:
        test = docket.cases[id_]
        if test.kind != PROFICIENCY or docket.state(test, now) != SCORED:
            continue
        scored = next(step.at for step in test.steps if step.to == SCORED)
        if months is not None:
            valid = Amount(int(months), "months", None)
            if instant(now) > due(instant(scored), valid, accreditation.book.clocks).at:
                continue
        for area in _words(test, "passed"):
            found[area] = max(scored, found.get(area, scored))
    return found


def unproven(docket: "Docket", accreditation: Case, areas: Iterable[str], now: str) -> list[str]:
    """Those of ``areas`` in which no proficiency test that still counts was passed."""
    counts = passed(docket, accreditation, now)
    return [area for area in areas if area not in counts]


def _words(case: Case, fact: str) -> frozenset[str]:
    value = case.facts.get(fact)
    return frozenset(map(str, value)) if isinstance(value, list | tuple) else frozenset()


def _whole(case: Case, fact: str) -> int:
    value = case.facts.get(fact)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
