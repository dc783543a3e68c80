"""The benchmark of the law refuses what would say nothing, and measures what it says."""

import importlib
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from holdshort.rulebook.load import open_rulebook

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def benchmark(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(ROOT)
    return importlib.import_module("benchmarks.rulebook")


def test_both_runtimes_decide_the_same_clauses(benchmark: ModuleType) -> None:
    books = [open_rulebook(name) for name in ("us-ca-sb53", "kr-basic-act")]
    ways = benchmark._conditions(books)  # asserts that the answers are the same
    assert {run() for run in ways.values()} == {2 * 2000}


def test_the_prover_and_its_peer_are_asked_the_same_limits(benchmark: ModuleType) -> None:
    ways = benchmark._proofs([open_rulebook("us-ca-sb53")])
    ours = next(iter(ways.values()))
    asked = [each for each in open_rulebook("us-ca-sb53").limits.values() if not each.equal]
    assert ours() == len(asked)
    assert all(rate() > 0 for rate in benchmark._timed(ways).values())


def test_too_few_rounds_are_refused() -> None:
    command = [sys.executable, "-m", "benchmarks.rulebook", "--rounds", "3"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
    assert "quartiles of fewer" in done.stderr
