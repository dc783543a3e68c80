"""The shipped proposal is proven, and each of its guards is there for a reason."""

import subprocess
import sys
from collections.abc import Callable

import pytest

from holdshort.docket.stories import replay
from holdshort.rulebook.load import open_rulebook
from holdshort.rulebook.model import Rulebook
from holdshort.rulebook.proof import Result, prove, tell
from holdshort.rulebook.proof.kept import Lore
from holdshort.rulebook.proof.proving import decide, layers_of
from holdshort.rulebook.proof.solve import Invariant, holds

Edit = Callable[..., Rulebook]
Verdict = Callable[[Rulebook, str], Result]


def test_every_limit_of_the_proposal_is_proven() -> None:
    told: list[str] = []
    proof = prove(open_rulebook("aaif"), progress=lambda result: told.append(result.limit.id))
    assert proof.proven, [(each.limit.id, each.verdict, each.why) for each in proof.results]
    assert told == list(open_rulebook("aaif").limits)


def test_a_proof_is_an_invariant_that_a_plain_solver_checks() -> None:
    lore = Lore(open_rulebook("aaif"))
    for limit in ("grounds", "notice", "way-out"):
        found = decide(layers_of(lore, lore.book.limits[limit]))
        assert found.case is not None
        assert found.invariant is not None
        assert holds(found.case.system, found.case.breaches, found.invariant)
        anything = Invariant(True)
        assert not holds(found.case.system, found.case.breaches, anything)


def test_loading_a_book_does_not_load_the_solver() -> None:
    code = (
        "import sys, holdshort.rulebook.load, holdshort.rulebook.proof, holdshort.docket.stories;"
        "assert 'z3' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


GROUND = '- if: review.finding[case.ground] == "unacceptable"'
HEARD = """          - if: >-
              case.answered
              || duty["answer-to-notice"] == "late"
              || duty["answer-to-notice-of-order"] == "late"
            says: The developer has answered or its time has run out.
            cite: "aaif, process: fair"
"""
APPEAL = """        sets: {appealed: "true"}
        must_state: [grounds]
        says: Whoever is barred appeals
"""[:-1]
LEAVE = "        requires: [{if: '!case.appealed', says: Once., cite: house}]\n" + APPEAL
BY_COURT = "        title: Order\n        by: court\n"
EXPIRES = "        expires: {within: {amount: 7, unit: days}, to: lifted"
FOUND = 'case.finding[act.area] == "none"'

BROKEN = {
    "hearing": ((HEARD, ""), "restriction.order-conditions"),
    "imminence": (("- if: act.imminent", "- if: act.imminent || true"), "order-provisionally"),
    "way-out": ((APPEAL, LEAVE), "restriction.appeal"),
    "reasons": (("[reasons, evidence, scope]", "[reasons, scope]"), "order-provisionally"),
    "court": (
        (BY_COURT, BY_COURT.replace("court", "authority.decision-maker")),
        "restriction.order",
    ),
    "grounds": ((FOUND, f"{FOUND} || true"), "review.file-finding"),
}


@pytest.mark.parametrize("limit", BROKEN)
def test_without_its_guard_a_limit_fails_and_the_docket_agrees(
    edited: Edit, verdict: Verdict, limit: str
) -> None:
    words, last = BROKEN[limit]
    book = edited(*words)
    found = verdict(book, limit)
    assert found.verdict == "refuted", found.why
    assert found.story is not None
    assert str(found.story.deeds[-1].act).endswith(last)
    lines = tell(book, found.story)
    assert lines[0].startswith("1. The developer: declare the model (review.declare).")
    assert len(lines) == len(found.story.deeds) + 1
    replayed = replay(book, found.story)
    assert replayed.agrees, replayed.says


def test_a_provisional_bar_that_does_not_end_breaks_expiry(edited: Edit, verdict: Verdict) -> None:
    lines = open_rulebook("aaif").text.decode().splitlines(keepends=True)
    expires = next(line for line in lines if line.startswith(EXPIRES))
    # Without it, only the appeal ends the state, and it stays where it is.
    found = verdict(edited(expires, ""), "expiry")
    assert found.verdict == "refuted"
    assert found.story is not None
    assert "does not end by itself" in found.story.end


def test_a_provisional_bar_that_ends_in_a_lasting_one_is_no_expiry(
    edited: Edit, verdict: Verdict
) -> None:
    found = verdict(edited(EXPIRES, EXPIRES.replace("lifted", "ordered")), "expiry")
    assert found.verdict == "too weak"
    assert "ends in ordered" in str(found.why)


# ---------------------------------------------------------------------- what says too little

BAR = "state in ['provisional', 'continued', 'ordered']"
LONG = "state in ['provisional', 'continued', 'ordered', 'stayed', 'conditioned']"
WEAK = {
    "grounds, vacuous in a bar": ("grounds", (f"!({BAR}) || areas.exists(a, review", "state != 'ordered' || areas.exists(a, review"), "that is provisional"),  # noqa: E501
    "notice, vacuous": ("notice", ("case.noticed\n      || (state != 'ordered' && case.imminent)", "true"), "no facts can break it"),  # noqa: E501
    "appeal, not in every bar": ("way-out", (f'{{act: appeal, while: "{LONG}"}}', "{act: appeal, while: \"state == 'ordered'\"}"), "that is provisional"),  # noqa: E501
    "lift, only on a fact": ("lift", (f'{{act: lift, while: "{LONG}"}}', f'{{act: lift, while: "{LONG} && case.heard"}}'), "asks more"),  # noqa: E501
    "lift, not out of the bar": ("lift", (f'{{act: lift, while: "{LONG}"}}', f'{{act: confirm-anyway, while: "{LONG}"}}', "      lift:\n        title: Lift the order\n", "      confirm-anyway:\n        title: Confirm\n        by: court\n        from: [provisional, continued, ordered, stayed, conditioned]\n        says: It stands.\n        cite: house\n      lift:\n        title: Lift the order\n"), "does not lead out"),  # noqa: E501
    "reasons, of one bar": ("reasons", ("{states: [provisional, continued, ordered], must_state: [reasons, evidence]}", "{states: [ordered], must_state: [reasons]}"), "the state provisional"),  # noqa: E501
    "consent, of one bar": ("court", ("entering: {states: [provisional, continued, ordered, conditioned], by: court}\n    cite: aaif, safeguards, court", "entering: {states: [ordered], by: court}\n    cite: aaif, safeguards, court"), "the state provisional"),  # noqa: E501
}  # fmt: skip


@pytest.mark.parametrize("weakness", WEAK)
def test_a_required_limit_that_says_too_little_is_refused(
    edited: Edit, verdict: Verdict, weakness: str
) -> None:
    limit, words, why = WEAK[weakness]
    found = verdict(edited(*words), limit)
    assert found.verdict == "too weak", (found.verdict, found.story)
    assert why in str(found.why)


def test_whoever_bars_does_not_find_the_ground(edited: Edit, verdict: Verdict) -> None:
    ground = "areas.exists(a, review.finding[a] == 'unacceptable')\"\n    cite: aaif, safeguards, scope\n  notice"  # noqa: E501
    book = edited(
        ground,
        ground.replace(
            "areas.exists(a, review.finding[a] == 'unacceptable')", "case.imminent || case.heard"
        ),
    )
    found = verdict(book, "grounds")
    assert found.verdict == "too weak"
    assert "order-provisionally sets imminent" in str(found.why)


def test_who_may_appeal_does_not_bar(edited: Edit, verdict: Verdict) -> None:
    book = edited(BY_COURT, BY_COURT.replace("by: court", "by: developer"))
    assert "who may appeal" in str(verdict(book, "way-out").why)


def test_who_must_consent_does_not_bring_the_case(edited: Edit, verdict: Verdict) -> None:
    opening = "        title: Open a restriction case\n        by: "
    book = edited(f"{opening}authority.case-officer", f"{opening}court")
    assert "brings the case itself" in str(verdict(book, "court").why)


def test_a_machine_on_which_every_quick_attempt_fails_comes_to_the_same_verdicts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("holdshort.rulebook.proof.proving.GLANCE_MS", 1)
    monkeypatch.setattr("holdshort.rulebook.proof.solve.SEARCH_MS", 1)
    assert prove(open_rulebook("us-ca-sb53")).proven
