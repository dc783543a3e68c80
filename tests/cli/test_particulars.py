"""``holdshort docket CASE``: what holds for a review in particular, and what was said in it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Holdshort = Callable[..., Any]
DECLARED = ("model=M", "facts={}", "training_compute=3e25", "ai_revenue=1e9")
ISSUE = (
    "concerns=r",
    "subject=evidence",
    "statement=What counts?",
    "background=Nobody says.",
    "position=What was logged.",
)
PARTIES = {
    "acme": "developer",
    "officer": "authority.case-officer",
    "decider": "authority.decision-maker",
}


@pytest.fixture
def data(holdshort: Holdshort, tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    assert holdshort("init", folder).code == 0
    for party, role in PARTIES.items():
        assert holdshort("party", party, "--role", role, "--data", folder).code == 0
    assert file(holdshort, folder, "review.declare", "r", "acme", *DECLARED).code == 0
    return folder


def file(holdshort: Holdshort, data: Path, act: str, case: str, by: str, *said: str) -> Any:
    pairs = [part for pair in said for part in ("--set", pair)]
    return holdshort("file", act, "--case", case, "--as", by, "--data", data, *pairs)


def test_a_review_without_any_says_nothing_of_them(holdshort: Holdshort, data: Path) -> None:
    assert "for this review" not in holdshort("docket", "r", "--data", data).out
    assert json.loads(holdshort("docket", "r", "--data", data, "--json").out)["particulars"] == []


def test_an_issue_shows_with_its_review_and_its_words_with_itself(
    holdshort: Holdshort, data: Path
) -> None:
    assert file(holdshort, data, "issue-paper.open-by-developer", "i", "acme", *ISSUE).code == 0
    assert "evidence; no conclusion" in holdshort("docket", "r", "--data", data).out
    assert "position: What was logged." in holdshort("docket", "i", "--data", data).out
    (shown,) = json.loads(holdshort("docket", "r", "--data", data, "--json").out)["particulars"]
    assert (shown["case"], shown["kind"], shown["state"]) == ("i", "issue-paper", "open")
    (said,) = json.loads(holdshort("docket", "i", "--data", data, "--json").out)["said"]
    assert (said["by"], said["words"]["statement"]) == ("acme", "What counts?")


def test_a_refusal_names_the_clause(holdshort: Holdshort, data: Path) -> None:
    assert file(holdshort, data, "issue-paper.open-by-developer", "i", "acme", *ISSUE).code == 0
    told = ("outcome=authority", "conclusion=No.", "reasons=No.")
    ran = file(holdshort, data, "issue-paper.conclude", "i", "decider", *told)
    assert ran.code == 1
    assert "Both positions are stated" in ran.err
    assert "[aaif, process: fair]" in ran.err
