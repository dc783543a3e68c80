"""Special conditions, issue papers and waivers: each limit on them falls when its guard goes."""

from typing import TYPE_CHECKING

import pytest

from holdshort.docket.stories import replay
from holdshort.rulebook.load import open_rulebook

if TYPE_CHECKING:
    from tests.rulebook.proof.conftest import Edit, Verdict

KINDS = ("special-condition", "issue-paper", "waiver")
ADOPT = """        title: Adopt the special condition
        by: authority.decision-maker
"""
ENDS = "        expires: {within: {amount: %s}, to: %s, cite: "
PROPOSAL = ENDS % ("45, unit: days", "lapsed")
ISSUE = ENDS % ("60, unit: days", "closed")
APPEAL_OF_ADDED = """        sets: {appealed: "true"}
        says: "The developer appeals at any time"""
LATE = """          - if: case.appealed && duty["decision-on-special-condition"] == "late"
"""
HEARD = (
    "          - if: case.authority_stated && "
    '(case.developer_stated || duty["position-of-developer"] == "late")\n'
)
DISSENT = """        sets: {dissented: "true"}
"""
POSITION = """        sets: {developer_stated: "true"}
        says: "The developer states its position, or"""
COMMENTS = "          - {if: check.comments_over}\n"
FREE = "          - {if: true, says: At will., cite: house}\n"
APPROVER = "        must_state: [reasons, approver]\n"
ONCE = "        requires: [{if: '!case.%s', says: Once., cite: house}]\n"

BROKEN = {
    "special-condition-comments": (COMMENTS, FREE),
    "special-condition-adopted": (ADOPT, ADOPT.replace("decision-maker", "case-officer")),
    "special-condition-holds-up-nothing": (PROPOSAL, PROPOSAL.replace("expires", "#expires")),
    "special-condition-way-out": (APPEAL_OF_ADDED, ONCE % "appealed" + APPEAL_OF_ADDED),
    "special-condition-end-as-of-right": (LATE, LATE.replace("case.appealed", "false")),
    "issue-both-sides": (HEARD, "          - if: true\n"),
    "issue-clock": (ISSUE, ISSUE.replace("expires", "#expires")),
    "issue-conclusion": ("must_state: [conclusion, reasons]", "must_state: [conclusion]"),
    "issue-right-to-state": (POSITION, ONCE % "developer_stated" + POSITION),
    "issue-right-to-dissent": (DISSENT, ONCE % "dissented" + DISSENT),
    "waiver-listed": ("          - {if: check.waivable}\n", FREE),
    "waiver-approver": (APPROVER, APPROVER.replace(", approver", "")),
    "waiver-way-out": ("        from: [refused, unanswered]\n", "        from: refused\n"),
}


@pytest.mark.parametrize("limit", BROKEN)
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
