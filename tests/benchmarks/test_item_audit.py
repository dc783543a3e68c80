"""The benchmark of item audits holds the two halves apart, counts rightly and refuses the rest."""

import csv
import importlib
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
MODELS = tuple("abcdef")


@pytest.fixture
def benchmark(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(ROOT)
    return importlib.import_module("benchmarks.item_audit")


def table(path: Path, items: int = 400) -> Path:
    """Six models, right nine times of ten; every twentieth key is another option."""
    random = np.random.default_rng(1)
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["item", "key", "error_type", *MODELS])
        for n in range(items):
            truth, bad = random.integers(4), n % 20 == 0
            key = (truth + 1) % 4 if bad else truth
            answers = [truth if random.random() < 0.9 else random.integers(4) for _ in MODELS]
            kind = "wrong_groundtruth" if bad else "ok"
            out.writerow([f"i{n}", "ABCD"[key], kind, *("ABCD"[each] for each in answers)])
    return path


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "benchmarks.item_audit", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_planted_bad_keys_are_found_and_chance_does_not_find_them(tmp_path: Path) -> None:
    done = run(str(table(tmp_path / "t.csv")), "--resamples", "5", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["5%"]["recall"] > 0.8
    assert told["5%"]["recall_low"] <= told["5%"]["recall"]
    assert told["peers"]["chance"]["5%"]["recall"] < 0.3


def test_precision_and_recall_are_those_of_the_items_at_the_top(benchmark: ModuleType) -> None:
    score = np.arange(100.0)
    bad = np.zeros(100, dtype=bool)
    bad[[99, 95, 0]] = True
    found = benchmark.reviewed(score, bad, np.random.default_rng(0))
    expected = [(1, 1 / 3), (1 / 2, 1 / 3), (2 / 5, 2 / 3), (2 / 10, 2 / 3)]
    np.testing.assert_allclose(found, expected)


def test_a_table_without_its_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("item,key\nx,A\n")
    done = run(str(path))
    assert done.returncode == 2
    assert "no column error_type" in done.stderr
    assert run(str(tmp_path / "none.csv")).returncode == 2
