"""The benchmark of looks takes every item of a run, with each process and its peer."""

import importlib
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from holdshort.assess.statistics.sequential import Decision

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def benchmark(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(ROOT)
    return importlib.import_module("benchmarks.statistics")


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "benchmarks.statistics", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_every_process_stands_beside_a_peer() -> None:
    done = run("--items", "20", "--rounds", "5", "--json")
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)
    for ours, theirs in zip(rows[::2], rows[1::2], strict=True):
        assert ours["what"] == theirs["what"]
        assert ours["holdshort_ratio"] == 1
        assert "SciPy" in theirs["way"]


def test_no_process_ends_before_the_last_item(benchmark: ModuleType) -> None:
    outcomes = (np.arange(60) % 2).astype(float)
    looks = benchmark.looks(60)
    assert benchmark.exact_rate(outcomes) is Decision.UNDECIDED
    for what in ("finite pool, predicted", "finite pool of scores", "families", "scores"):
        used = looks[what][1](outcomes)[0]
        assert int(used[0]) >= 59  # the last item of a pool need not be asked: it can be known


def test_settings_that_say_nothing_are_refused() -> None:
    assert run("--items", "2").returncode == 2
    assert "quartiles of fewer" in run("--rounds", "2").stderr
