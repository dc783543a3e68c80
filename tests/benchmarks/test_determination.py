"""The benchmark of determinations reads any table, counts rightly and refuses the rest."""

import importlib
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def benchmark(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(ROOT)
    return importlib.import_module("benchmarks.determination")


def table(path: Path, rows: list[str], columns: str = "item,model,correct,bank") -> Path:
    path.write_text("\n".join([columns, *rows]) + "\n", encoding="utf-8")
    return path


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "benchmarks.determination", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_model_and_bank_is_a_case_and_json_tells_the_costs(tmp_path: Path) -> None:
    rows = [
        f"{item},{model},{int((item * step) % 10 < 7)},{bank}"
        for model, step in (("a", 3), ("b", 1))
        for bank in ("x", "y")
        for item in range(40)
    ]
    done = run(str(table(tmp_path / "t.csv", rows)), "--orders", "3", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["cases"] == 4 * 8 * 3
    assert 0 < told["items_used"] < 1
    assert 0 <= told["wrong"] <= 0.05
    assert {"items_used", "wrong", "undecided", "cases"} <= set(told)
    assert sum(each["cases"] for each in told["by_distance"].values()) == told["cases"]
    assert len(told["peers"]) == 4


def test_no_rule_knows_more_than_it_has_asked(benchmark: ModuleType) -> None:
    random = np.random.default_rng(5)
    scores = (random.random((50, 80)) < 0.6).astype(float)
    for rule in benchmark.RULES.values():
        used, above = rule(scores, 0.5, 0.05)
        changed = scores.copy()
        for row, count in enumerate(used):
            rest = changed[row, count:]
            changed[row, count:] = random.permutation(rest)
        again, same = rule(changed, 0.5, 0.05)
        assert used.tolist() == again.tolist()
        assert above.tolist() == same.tolist()


def test_partial_credit_is_decided_too(benchmark: ModuleType, tmp_path: Path) -> None:
    rows = [f"{item},a,{(item % 4) / 4}" for item in range(40)]
    path = table(tmp_path / "t.csv", rows, "item,model,correct")
    told = benchmark.measure(benchmark.read(path), (0.2, 0.8), 10, 0.05)
    assert told["holdshort"]["all"].wrong <= 0.1
    assert told["holdshort"]["all"].items_used < 1


def test_predictions_come_from_other_developers_alone(
    benchmark: ModuleType, tmp_path: Path
) -> None:
    rows = [
        f"{item},{model},{int((item + shift) % 4 > 0)},{developer}"
        for model, shift, developer in (("a", 0, "x"), ("b", 0, "x"), ("c", 1, "y"))
        for item in range(40)
    ]
    path = table(tmp_path / "t.csv", rows, "item,model,correct,developer")
    cases = {case.model: case for case in benchmark.read(path, with_others=True)}
    assert cases["a"].others.tolist() == [cases["c"].scores.tolist()]
    assert cases["c"].others.tolist() == [cases["a"].scores.tolist(), cases["b"].scores.tolist()]
    names = ["holdshort, with predictions", "holdshort, planned order"]
    told = benchmark.measure(list(cases.values()), (0.4, 0.9), 5, 0.05, told=names)
    assert [told[name]["all"].cases for name in names] == [3 * 2 * 5] * 2


def test_without_another_developer_there_is_no_prediction(tmp_path: Path) -> None:
    done = run(str(table(tmp_path / "t.csv", ["1,a,1,x"])), "--with-predictions")
    assert done.returncode == 2
    assert "no other developer" in done.stderr


def test_no_order_is_planned_from_partial_credit(tmp_path: Path) -> None:
    rows = [f"{item},{model},0.5" for model in "ab" for item in range(4)]
    done = run(str(table(tmp_path / "t.csv", rows, "item,model,correct")), "--planned")
    assert done.returncode == 2
    assert "0, 1 or NaN" in done.stderr


@pytest.mark.parametrize(
    ("columns", "row", "said"),
    [
        ("item,model", "1,a", "no column correct"),
        ("item,model,correct", "1,a,1.5", "line 2"),
        ("item,model,correct", "1,a,yes", "line 2"),
        ("item,model,correct", "1,a,nan", "line 2"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_by_line(
    tmp_path: Path, columns: str, row: str, said: str
) -> None:
    done = run(str(table(tmp_path / "t.csv", [row], columns)))
    assert done.returncode == 2
    assert said in done.stderr


@pytest.mark.parametrize(
    "wrong", [("--thresholds", "1.2"), ("--error-rate", "0"), ("--orders", "0")]
)
def test_settings_that_say_nothing_are_refused(tmp_path: Path, wrong: tuple[str, str]) -> None:
    done = run(str(table(tmp_path / "t.csv", ["1,a,1,x"])), *wrong)
    assert done.returncode == 2
    assert wrong[0] in done.stderr


def test_no_file_is_said(tmp_path: Path) -> None:
    assert run(str(tmp_path / "none.csv")).returncode == 2


def test_the_shared_answers_become_a_table(tmp_path: Path) -> None:
    responses = ROOT.parent / "shared/data/assess/mmlu_redux_responses.csv"
    if not responses.exists():
        pytest.skip("../shared/data is not beside the project")
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.mmlu_redux", str(responses), "--bank-size", "100"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    lines = done.stdout.splitlines()
    assert lines[0] == "item,model,correct,bank,developer"
    assert len(lines) == 1 + 5700 * 14
