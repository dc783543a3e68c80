"""The benchmark of the register refuses what would say nothing, and measures what it says."""

import importlib
import itertools
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def benchmark(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(ROOT)
    module = importlib.import_module("benchmarks.register")
    for name, small in (("SINGLE", 2), ("TOGETHER", 4), ("READY", 50)):
        monkeypatch.setattr(module, name, small)
    return module


def test_every_way_of_appending_appends(benchmark: ModuleType, tmp_path: Path) -> None:
    places = (tmp_path / str(number) for number in itertools.count())
    ways = benchmark._appends(places, None)
    assert all(run() > 0 for run in ways.values())
    assert [way.split(",")[0] for way in ways][:3] == ["holdshort"] * 3


def test_proofs_are_made_and_verified(benchmark: ModuleType) -> None:
    for ways in (benchmark._proofs(300), benchmark._checks(300)):
        assert all(run() > 0 for run in ways.values())


def test_what_grows_is_asked_at_its_size(benchmark: ModuleType, tmp_path: Path) -> None:
    ways = benchmark._growth(iter([tmp_path / "place"]), 500)
    assert all(run() > 0 for run in ways.values())


@pytest.mark.parametrize("options", [("--rounds", "4"), ("sideways",)])
def test_what_would_say_nothing_is_refused(options: tuple[str, ...]) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks.register", *options],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert ran.returncode == 2
    assert ran.stdout == ""


def test_a_whole_verification_is_timed_stage_by_stage() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks.verify", "--acts", "80", "--json"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout)
    assert found["acts"] > 40
    assert {row["stage"] for row in found["rows"]} >= {"fold, signatures aside"}
    assert all(row["wall"] > 0 for row in found["rows"])
