"""What starts quickly loads little: heavy libraries wait for the command that needs them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("inspect_ai", "django", "numpy", "scipy", "pydantic", "holidays", "openai", "jinja2")

ASK = """
import json, sys
sys.argv = ["holdshort", *sys.argv[1:]]
from holdshort.cli import main
try:
    main()
except SystemExit as ended:
    code = ended.code
print(json.dumps({"code": code, "loaded": sorted({name.split(".")[0] for name in sys.modules})}))
"""


def loaded(*arguments: str | Path) -> tuple[int, set[str]]:
    """Exit code of a command in a fresh process, and the packages that it imported."""
    ran = subprocess.run(
        [sys.executable, "-c", ASK, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=True,
    )
    said = json.loads(ran.stdout.splitlines()[-1])
    return said["code"], set(said["loaded"])


@pytest.mark.parametrize(
    "arguments", [("--help",), ("--version",), ("review", "--help"), ("verify", "--help")]
)
def test_asking_for_help_loads_nothing_heavy(arguments: tuple[str, ...]) -> None:
    code, packages = loaded(*arguments)
    assert code == 0
    assert not packages & {*HEAVY, "yaml", "cryptography", "rich"}


def test_the_gate_answers_without_anything_heavy(cleared: Path) -> None:
    weights = cleared / "models" / "reference-null"
    code, packages = loaded(
        "gate", "check", weights, "--register", cleared, "--allow-rehearsal", "--json"
    )
    assert code == 0
    assert not packages & {*HEAVY, "yaml", "rich"}


def test_reading_a_case_loads_no_test_engine(cleared: Path) -> None:
    code, packages = loaded("docket", "--data", cleared)
    assert code == 0
    assert "django" in packages
    assert not packages & {"inspect_ai", "numpy", "scipy", "openai"}
