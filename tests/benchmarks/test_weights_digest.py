"""The benchmark of the weights digest runs and measures what it says."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def run(*options: str, folder: Path) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-m", "benchmarks.weights_digest"]
    command = [*program, "--directory", str(folder), *options]
    return subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)


def test_it_measures_itself_and_its_peers_and_leaves_nothing_behind(tmp_path: Path) -> None:
    small = ("--size", "1MiB", "--files", "3", "--file-size", "4KiB", "--rounds", "5", "--json")
    done = run(*small, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    programs = {row["way"].split(",")[0] for row in found["rows"]}
    assert programs | set(found["missing"]) == {"holdshort", "b3sum", "sha256sum", "openssl"}
    assert all(
        row["low_quartile"] <= row["median"] <= row["high_quartile"] for row in found["rows"]
    )
    assert not list(tmp_path.iterdir())


def test_too_few_rounds_and_unclear_sizes_are_refused(tmp_path: Path) -> None:
    assert "quartiles of fewer" in run("--rounds", "3", folder=tmp_path).stderr
    assert "write 64KiB" in run("--size", "1000", folder=tmp_path).stderr
