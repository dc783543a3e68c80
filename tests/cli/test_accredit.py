"""``holdshort accredit``: who may test models, and the file of an assessor."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Holdshort = Callable[..., Any]

BOX = ("scope=cybersecurity", "methods=red-teaming", "tier=3")


@pytest.fixture
def data(holdshort: Holdshort, tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    assert holdshort("init", folder).code == 0
    parties = {"acme": "developer", "lab": "assessor", "accreditor": "authority.accreditor"}
    for party, role in parties.items():
        assert holdshort("party", party, "--role", role, "--data", folder).code == 0
    return folder


@pytest.fixture
def file(holdshort: Holdshort, data: Path) -> Callable[..., None]:
    def run(act: str, case: str, party: str, *pairs: str) -> None:
        said = [part for pair in pairs for part in ("--set", pair)]
        ran = holdshort("file", act, "--case", case, "--as", party, "--data", data, *said)
        assert ran.code == 0, ran.err

    return run


@pytest.fixture
def prove_proficiency(holdshort: Holdshort, tmp_path: Path) -> Callable[[Path], None]:
    """A test of planted models, answered by an honest assessor, and scored."""
    secret, answers = tmp_path / "planted.json", tmp_path / "answers.json"

    def run(data: Path) -> None:
        for words in (
            ("plant", "test", "--accreditation", "box", "--as", "accreditor", "--models", 4,
             "--area", "cybersecurity", "--secret", secret, "--data", data),
            ("examine", secret, "--out", answers, "--seed", "5e" * 32),
            ("answer", "test", "--as", "lab", "--answers", answers, "--data", data),
            ("score", "test", "--as", "accreditor", "--secret", secret, "--data", data),
        ):  # fmt: skip
            ran = holdshort("proficiency", *words)
            assert ran.code == 0, ran.err

    return run


@pytest.fixture
def granted(
    file: Callable[..., None], prove_proficiency: Callable[[Path], None], data: Path
) -> Path:
    file("accreditation.apply", "box", "lab", *BOX, "statement=Able.")
    file("accreditation.review-documents", "box", "accreditor", "findings=Whole.")
    prove_proficiency(data)
    file("accreditation.grant", "box", "accreditor", *BOX, "reasons=Shown.")
    return data


def test_a_register_without_assessors_says_so(holdshort: Holdshort, data: Path) -> None:
    assert "No assessor has applied" in holdshort("accredit", "list", "--data", data).out
    assert holdshort("accredit", "list", "--data", data, "--json").json == []


def test_the_list_says_for_what_since_when_until_when_and_when_the_next_visit_is(
    holdshort: Holdshort, granted: Path
) -> None:
    (row,) = holdshort("accredit", "list", "--data", granted, "--json").json
    assert (row["party"], row["state"], row["in_force"]) == ("lab", "granted", True)
    assert (row["areas"], row["methods"], row["tier"]) == (["cybersecurity"], ["red-teaming"], 3)
    assert row["since"] < row["until"] < row["visit"]
    assert row["visit_late"] is False
    assert list(row["passed"]) == ["cybersecurity"]
    out = holdshort("accredit", "list", "--data", granted).out
    assert "T3" in out
    assert "lab: no engagement with a conformance yet" in out
    assert f"holdshort accredit show lab --data {granted}" in out


def test_a_suspended_one_is_listed_and_not_in_force(
    holdshort: Holdshort, file: Callable[..., None], granted: Path
) -> None:
    said = ("imminent=true", "reasons=Harm.", "evidence=A log.")
    file("accreditation.suspend-at-once", "box", "accreditor", *said)
    file("accreditation.appeal", "box", "lab", "grounds=None.")
    (row,) = holdshort("accredit", "list", "--data", granted, "--json").json
    assert (row["state"], row["paused"], row["in_force"]) == ("granted", True, False)
    assert "suspended at once, appealed" in holdshort("accredit", "list", "--data", granted).out


def test_the_file_of_an_assessor_holds_what_others_declare_of_it(
    holdshort: Holdshort, file: Callable[..., None], granted: Path
) -> None:
    file("ties.open", "ties", "acme")
    said = ("other=lab", "kind=loan", "share=1", "disqualifying=true")
    file("ties.declare-tie", "ties", "acme", *said)
    ran = holdshort("accredit", "show", "lab", "--data", granted)
    assert ran.code == 0
    assert "acme has on record loan of 1 % with lab" in ran.out
    assert "which disqualifies" in ran.out
    assert "proficient in cybersecurity" in ran.out
    (tie,) = holdshort("accredit", "show", "lab", "--data", granted, "--json").json["ties"]
    assert (tie["holder"], tie["kind"], tie["disqualifying"]) == ("acme", "loan", True)


def test_the_file_says_what_was_declared_and_leaves_out_what_is_not_there(
    holdshort: Holdshort, file: Callable[..., None], granted: Path
) -> None:
    none = dict.fromkeys(
        "conflict ownership control contingent_pay personal_equity equity_recused dual_roles "
        "shared_model_lineage paid_by_competitor separate_agreements".split(),
        False,
    )
    said = none | {"funding_share": "3", "funding": "A fee.", "statement": "None."}
    file("review.declare", "r", "acme", "model=M", "facts={}")
    pairs = [f"{k}={json.dumps(v) if isinstance(v, bool) else v}" for k, v in said.items()]
    file("review.declare-interests", "r", "lab", *pairs)
    shown = holdshort("accredit", "show", "lab", "--data", granted).out
    assert "r: no conflict" in shown
    assert "funding share: 3" in shown
    assert "ownership" not in shown


def test_who_is_no_assessor_has_no_file(holdshort: Holdshort, data: Path) -> None:
    for party in ("nobody", "acme"):
        ran = holdshort("accredit", "show", party, "--data", data)
        assert ran.code == 2
        assert f"There is no assessor '{party}'" in ran.err
        assert "Enrolled: lab." in ran.err
