"""``holdshort docket sheet``, and a change from its filing to the gate."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Holdshort = Callable[..., Any]
NO_CRITERIA: dict[str, Any] = dict.fromkeys(
    ("architecture", "training_method", "assumption", "capability", "safeguards"), False
)
INTERESTS: dict[str, Any] = {
    "conflict": False,
    "ownership": False,
    "control": False,
    "contingent_pay": False,
    "funding_share": "0",
    "funding": "Pooled.",
    "statement": "None.",
}


class Desk:
    """A register on which a model was cleared, and somebody who files on it."""

    def __init__(self, holdshort: Holdshort, data: Path) -> None:
        self.run, self.data = holdshort, data
        self.review = next((data / "assessments").iterdir()).name

    def file(self, act: str, by: str, case: str = "change-1", **said: Any) -> Any:
        told = {k: v if isinstance(v, str) else json.dumps(v) for k, v in said.items()}
        pairs = [part for name, value in told.items() for part in ("--set", f"{name}={value}")]
        ran = self.run("file", act, "--case", case, "--as", by, "--data", self.data, *pairs)
        assert ran.code == 0, ran.err
        return ran

    def sheet(self, case: str = "") -> Any:
        ran = self.run("docket", "sheet", case or self.review, "--data", self.data, "--json")
        assert ran.code == 0, ran.err
        return json.loads(ran.out)

    def asked(self, weights: Path) -> int:
        asked = ("gate", "check", weights, "--register", self.data, "--allow-rehearsal")
        return int(self.run(*asked).code)


@pytest.fixture
def desk(holdshort: Holdshort, cleared: Path) -> Desk:
    return Desk(holdshort, cleared)


def test_a_sheet_tells_what_is_on_the_record(desk: Desk, tmp_path: Path) -> None:
    ran = desk.run(
        *("docket", "sheet", desk.review, "--data", desk.data, "--html", tmp_path / "sheet.html")
    )
    assert ran.code == 0
    assert "reference/null: valid." in ran.out
    assert "Offensive cyber operations" in ran.out
    page = (tmp_path / "sheet.html").read_text()
    assert "Basis" in page
    assert "compute threshold" in page
    told = desk.sheet()
    assert [each["kind"] for each in told["related"]] == ["engagement"]
    assert told["supplements"] == []


def test_what_has_no_sheet_is_refused_with_what_to_do(desk: Desk) -> None:
    ran = desk.run("docket", "sheet", "nothing", "--data", desk.data)
    assert ran.code == 2
    assert "There is no case 'nothing'" in ran.err
    ran = desk.run("docket", "sheet", f"engagement-{desk.review}", "--data", desk.data)
    assert ran.code == 2
    assert "Name a case of the kind review, change" in ran.err


def test_a_minor_change_is_served_by_the_gate_until_its_base_is_not(
    desk: Desk, tmp_path: Path
) -> None:
    tuned = tmp_path / "tuned"
    tuned.mkdir()
    (tuned / "model.gguf").write_bytes(b"tuned")
    base = desk.sheet()
    weights = json.loads(desk.run("gate", "digest", tuned, "--json").out)["digest"]
    assert desk.asked(tuned) == 1
    ran = desk.run("party", "tuner", "--role", "developer", "--data", desk.data)
    assert ran.code == 0

    desk.file(
        "change.file",
        "tuner",
        concerns=desk.review,
        model="tuned",
        weights=weights,
        parents=[base["weights"]],
        affected=[],
        what_changed="A word in its prompt.",
        **NO_CRITERIA,
    )
    by = base["assessor"]
    desk.file("change.answer-for-base", "developer", agrees=True, answer="Go ahead.")
    desk.file("change.declare-interests", by, **INTERESTS)
    seen: dict[str, Any] = {"capability": False, "safeguards": False, "affected": []}
    desk.file("change.confirm", by, technical_facts="Compared.", **seen)
    results = {each["area"]: {"model": "0", "reference": "0"} for each in base["findings"]}
    desk.file("change.record-light-test", by, results=results, evidence="ab" * 32)
    desk.file("change.accept-minor", "register", reasons="It is passed.")
    assert desk.asked(tuned) == 1
    desk.file("change.issue-clearance", "register")
    assert desk.asked(tuned) == 0

    (row,) = desk.sheet()["supplements"]
    assert (row["case"], row["status"], row["weights"]) == ("change-1", "valid", weights)
    told = desk.sheet("change-1")
    assert told["rests_on"] == [[desk.review, "valid"]]
    assert {each["case"] for each in told["findings"]} == {desk.review}

    desk.file("review.hold", "developer", case=desk.review, reasons="A fault.")
    assert desk.asked(tuned) == 1
    desk.file("review.release", "developer", case=desk.review, reasons="Mended.")
    assert desk.asked(tuned) == 0
    assert desk.run("verify", desk.data).code == 0
