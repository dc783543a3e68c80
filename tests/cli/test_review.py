"""``holdshort review``: the main job, told as it goes."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from holdshort.office.door import Office
from holdshort.office.place import Place
from holdshort.office.review.review import one_at_a_time

Holdshort = Callable[..., Any]
COMMAND = (sys.executable, "-c", "from holdshort.cli import main; main()")


@pytest.fixture
def review(holdshort: Holdshort, scripted: object, tmp_path: Path) -> Holdshort:
    """``holdshort review --data …``, the model's answers scripted."""

    def run(*arguments: str | Path, model: str = "reference/null") -> Any:
        return holdshort("review", "--model", model, "--data", tmp_path / "data", *arguments)

    return run


@pytest.mark.parametrize(
    ("model", "code", "state", "gate"),
    [
        ("reference/null", 0, "CLEARED", "PASS"),
        ("reference/guesser", 0, "CLEARED WITH CONDITIONS", "PASS"),
        ("reference/solver", 1, "REFERRED", "REFUSED"),
    ],
)
def test_it_ends_at_the_gate_with_its_verdict_and_where_to_look_further(
    review: Holdshort, tmp_path: Path, model: str, code: int, state: str, gate: str
) -> None:
    ran = review(model=model)
    assert ran.code == code
    assert f"REHEARSAL · {state}" in ran.out
    assert f"Gate: {gate}" in ran.out
    assert f"holdshort verify {tmp_path / 'data'}" in ran.out
    (report,) = (tmp_path / "data").glob("report-*.html")
    assert f"Report: {report}" in ran.out
    assert state.split()[0].lower() in report.read_text("utf-8")
    assert ran.err == ""


def test_it_tells_who_was_enrolled_who_was_drawn_and_what_was_found(review: Holdshort) -> None:
    out = review().out
    assert "assessor-harbour: Harbour Laboratory, as assessor" in out
    assert "court: Reviewing court, as court" in out
    assert "was drawn" in out
    assert "cybersecurity: acceptable" in out


def test_it_reads_out_a_clause_once(review: Holdshort) -> None:
    lines = Counter(line.strip() for line in review().out.splitlines() if line.endswith("]"))
    assert lines["A party is entered with its keys and its role. [house, public register]"] == 1


def test_json_is_one_document_with_the_verdict_the_findings_and_the_gate(
    review: Holdshort, tmp_path: Path
) -> None:
    ran = review("--json")
    assert ran.code == 0
    assert ran.err == ""
    assert json.loads(ran.out) == ran.json
    assert ran.json["state"] == "cleared"
    assert ran.json["gate"]["served"]
    assert ran.json["rehearsal"]
    assert not ran.json["resumed"]
    assert {each["statistics"]["outcome"] for each in ran.json["findings"].values()} == {
        "acceptable"
    }
    assert Path(ran.json["report"]).is_file()
    assert ran.json["log_size"] == Office.open(tmp_path / "data").docket.size


@pytest.mark.parametrize(("model", "code"), [("reference/null", 0), ("reference/solver", 1)])
def test_a_second_run_says_so_exits_the_same_and_files_nothing(
    review: Holdshort, tmp_path: Path, model: str, code: int
) -> None:
    assert review(model=model).code == code
    size = Office.open(tmp_path / "data").docket.size
    again = review(model=model)
    assert again.code == code
    assert "already; nothing was left to do" in again.out
    assert review("--json", model=model).json["resumed"]
    assert Office.open(tmp_path / "data").docket.size == size


def test_a_covered_model_is_told_so_with_reasons_and_its_duties_run(
    review: Holdshort, holdshort: Holdshort, tmp_path: Path
) -> None:
    ran = review("--facts", "llama-3.1-405b")
    assert ran.code == 0
    assert "Coverage: covered." in ran.out
    assert "3.8e25" in ran.out or "3.80e25" in ran.out
    assert "voluntary" not in ran.out
    owed = holdshort("duties", "--data", tmp_path / "data", "--json").json
    status = {each["duty"]: each["status"] for each in owed}
    assert status["risk-report"] == "running"
    assert status["pre-deployment-testing"] == "met"
    assert review("--facts", "llama-3.1-405b", "--json").json["coverage"] == "covered"


def test_without_facts_coverage_cannot_be_told(review: Holdshort) -> None:
    ran = review("--json")
    assert ran.json["coverage"] == "indeterminate"
    assert any("not known" in line for line in ran.json["summary"])


def test_weights_that_are_not_at_hand_leave_the_gate_nothing_to_check(
    review: Holdshort, holdshort: Holdshort, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A model behind an interface can be reviewed; a gate cannot check what nobody shows it."""
    from holdshort.office.review import review as module

    monkeypatch.setattr(module, "check_model", lambda subject: None)
    ran = review(model="openai/gpt")
    assert ran.code == 0
    assert "nothing to check" in ran.out
    assert "No weights are at hand" in ran.out


@pytest.mark.parametrize(
    ("model", "says"),
    [
        ("madeup/model", "madeup"),
        ("reference/genius", "reference/genius"),
        ("gguf/nowhere.gguf", "nowhere.gguf"),
        ("nonsense", "provider/name"),
    ],
)
def test_a_model_that_is_none_is_named_and_nothing_is_filed(
    review: Holdshort, tmp_path: Path, model: str, says: str
) -> None:
    ran = review(model=model)
    assert ran.code == 2
    assert says in ran.err
    assert "Traceback" not in ran.err
    assert not Place(tmp_path / "data").database.exists()


def test_facts_that_cannot_be_used_are_named_and_nothing_is_filed(
    review: Holdshort, tmp_path: Path
) -> None:
    path = tmp_path / "facts.yaml"
    for content, says in (
        ("model: [", "facts.yaml:1"),
        ("training: {tokens: many}", "facts.yaml:1"),
        ("colour: red", "colour"),
    ):
        path.write_text(content)
        ran = review("--facts", path)
        assert ran.code == 2
        assert says in ran.err
    assert not Place(tmp_path / "data").database.exists()


def test_a_second_review_at_the_same_time_is_told_to_wait(
    review: Holdshort, tmp_path: Path
) -> None:
    with one_at_a_time(Place(tmp_path / "data")):
        ran = review()
        assert ran.code == 2
        assert "Another review is at work" in ran.err
        assert review("--json").json["do"].startswith("Wait for it")


def test_a_real_register_is_not_rehearsed_on(
    review: Holdshort, holdshort: Holdshort, tmp_path: Path
) -> None:
    holdshort("init", tmp_path / "data")
    ran = review()
    assert ran.code == 2
    assert "not a rehearsal" in ran.err


def test_the_report_appears_whole_or_not_at_all(review: Holdshort, tmp_path: Path) -> None:
    review()
    (report,) = (tmp_path / "data").glob("report-*.html")
    report.unlink()
    report.mkdir()
    ran = review()
    assert ran.code == 2
    assert report.name in ran.err
    assert not list((tmp_path / "data").glob(".*.tmp"))


# ------------------------------------------------------------------ a process of its own


def interrupt_after(line: str, *arguments: str | Path) -> tuple[int, str, str]:
    """Run a review and press Ctrl-C once it has printed a line with this in it."""
    with subprocess.Popen(
        [*COMMAND, "review", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:
        assert process.stdout
        assert process.stderr
        said = ""
        for printed in process.stdout:
            said += printed
            if line in printed:
                break
        process.send_signal(signal.SIGINT)
        said += process.stdout.read()
        err = process.stderr.read()
        return process.wait(), said, err


@pytest.mark.slow
def test_ctrl_c_in_the_middle_of_the_assessment_loses_nothing(
    holdshort: Holdshort, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    arguments = ("--model", "reference/solver", "--data", data)
    code, _, err = interrupt_after("automated_rnd", *arguments)
    assert code == 130
    assert "Traceback" not in err
    assert f"To go on: holdshort review --model reference/solver --data {data}" in err
    assert holdshort("verify", data).code == 0
    (ledger,) = (data / "assessments").glob("*/1/areas/automated_rnd/samples.jsonl")
    before = ledger.read_bytes()
    assert before
    code, _, err = interrupt_after("cybersecurity", *arguments)
    assert code == 130, err
    ran = subprocess.run(
        [*COMMAND, "review", *map(str, arguments), "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1, ran.stderr
    assert ran.stderr == ""
    assert json.loads(ran.stdout)["state"] == "referred"  # and nothing of Inspect's around it
    assert ledger.read_bytes().startswith(before)
    counted = Counter(entry.act.type for entry in Office.open(data).entries())
    assert counted["review.file-finding"] == 4
    assert counted["review.lock-protocol"] == counted["review.conclude"] == 1
    assert holdshort("verify", data).code == 0
