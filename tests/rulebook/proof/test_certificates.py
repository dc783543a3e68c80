"""Changes and similarly safe models: each limit on them falls when its guard goes."""

from typing import TYPE_CHECKING

import pytest

from holdshort.docket.stories import replay
from holdshort.rulebook.load import open_rulebook

if TYPE_CHECKING:
    from tests.rulebook.proof.conftest import Edit, Verdict

KINDS = ("change", "similarity")
LIGHT = "          - {if: case.light_passed, says: The light test is passed.,"
FINDINGS = """\
          - if: areas.all(a, !(a in case.affected) || case.finding[a] == "acceptable")
            says: Every affected area"""
HEARD = """\
          - if: case.own || case.heard || duty["answer-for-base"] == "late"
"""
APPROVE = """        title: Approve the change
        by: authority.decision-maker
"""
VOID = """        title: Void the approval
        by: court
"""
APPEAL = "        from: [refused, voided]\n        fields:\n"
SIX_MONTHS = """        must_state: [reasons]
        expires: {within: {amount: 6, unit: months}, to: ended"""
DENY = """        title: Deny that it is similarly safe
        by: assessor
        who: review.assessor
"""
GIVE_UP = "        from: [claimed, confirmed, cleared]\n"

BROKEN = {
    "change-class": (LIGHT, LIGHT.replace("case.light_passed", "true")),
    "change-findings": (FINDINGS, "          - if: true\n            says: Every affected area"),
    "change-base": (HEARD, "          - if: true\n"),
    "change-decider": (APPROVE, APPROVE.replace("decision-maker", "case-officer")),
    "change-court": (VOID, VOID.replace("court", "authority.decision-maker")),
    "change-way-out": (APPEAL, APPEAL.replace("[refused, voided]", "refused")),
    "similarity-confirmed": ('sets: {confirmed: "true"}', 'sets: {confirmed: "false"}'),
    "similarity-expiry": (SIX_MONTHS, SIX_MONTHS.replace("expires", "#expires")),
    "similarity-assessor": (
        DENY,
        DENY.replace("assessor\n        who: review.assessor", "authority.case-officer"),
    ),
    "similarity-way-out": (GIVE_UP, GIVE_UP.replace("confirmed, ", "")),
}


def tried() -> list[object]:
    """The limits; a story of a change is long, and takes the prover half a minute."""
    slow = [pytest.mark.slow]
    return [
        pytest.param(limit, marks=slow if limit.startswith("change") else []) for limit in BROKEN
    ]


@pytest.mark.parametrize("limit", tried())
def test_without_its_guard_the_limit_falls_and_the_docket_agrees(
    edited: "Edit", verdict: "Verdict", limit: str
) -> None:
    book = edited(*BROKEN[limit])
    found = verdict(book, limit)
    assert found.verdict == "refuted", (found.verdict, found.why)
    assert found.story is not None
    replayed = replay(book, found.story)
    assert replayed.agrees, replayed.says


def test_every_limit_on_them_is_broken_here_but_those_of_equal_treatment() -> None:
    limits = open_rulebook("aaif").limits.values()
    assert set(BROKEN) == {each.id for each in limits if each.kind in KINDS and not each.equal}


@pytest.mark.parametrize("kind", KINDS)
def test_likes_are_treated_alike_in_each(kind: str) -> None:
    limits = open_rulebook("aaif").limits.values()
    assert [each.id for each in limits if each.kind == kind and each.equal]
