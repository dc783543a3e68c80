"""``holdshort gate``: may these weights run?"""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Holdshort = Callable[..., Any]
WEIGHTS = Path("models") / "reference-null"


def ask(holdshort: Holdshort, data: Path, *more: str | Path) -> Any:
    return holdshort("gate", "check", data / WEIGHTS, "--register", data, *more)


def test_a_rehearsals_clearance_passes_only_on_demand(holdshort: Holdshort, cleared: Path) -> None:
    refused = ask(holdshort, cleared)
    assert refused.code == 1
    assert "REFUSED" in refused.out
    assert "--allow-rehearsal" in refused.out
    passed = ask(holdshort, cleared, "--allow-rehearsal")
    assert passed.code == 0
    assert "PASS" in passed.out
    assert passed.out.startswith("REHEARSAL: no authority stands behind this clearance.")


def test_the_published_folder_and_its_parent_mean_the_same(
    holdshort: Holdshort, cleared: Path
) -> None:
    answers = [
        holdshort("gate", "check", cleared / WEIGHTS, "--register", place, "--json").json
        for place in (cleared, cleared / "public")
    ]
    assert answers[0] == answers[1]


def test_it_offers_the_charter_to_pin_and_then_holds_to_it(
    holdshort: Holdshort, cleared: Path, referred: Path
) -> None:
    offered = ask(holdshort, cleared, "--allow-rehearsal").out.splitlines()[-1]
    assert offered.startswith("Next: holdshort gate check")
    charter = offered.split("--charter ")[1].split()[0]
    pinned = ask(holdshort, cleared, "--allow-rehearsal", "--charter", charter)
    assert pinned.code == 0
    assert "Next:" not in pinned.out
    wrong = holdshort(
        *("gate", "check", cleared / WEIGHTS, "--register", referred, "--charter", charter)
    )
    assert wrong.code == 2
    assert f"not the pinned {charter}" in wrong.err


def test_a_byte_changed_in_the_weights_is_refused_with_the_place(
    holdshort: Holdshort, cleared: Path
) -> None:
    path = cleared / WEIGHTS / "reference-model.json"
    content = bytearray(path.read_bytes())
    content[10] ^= 1
    path.write_bytes(content)
    ran = ask(holdshort, cleared, "--allow-rehearsal", "--json")
    assert ran.code == 1
    assert not ran.json["served"]
    assert "reference-model.json: bytes 0–" in ran.json["reasons"][1]
    assert "review-reference-null" in ran.json["reasons"][1]


def test_a_model_that_was_referred_is_refused(holdshort: Holdshort, referred: Path) -> None:
    weights = referred / "models" / "reference-solver"
    ran = holdshort("gate", "check", weights, "--register", referred, "--allow-rehearsal")
    assert ran.code == 1
    assert "hold no clearance" in ran.out


def test_what_cannot_be_read_is_neither_yes_nor_no(
    holdshort: Holdshort, cleared: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "link").mkdir()
    (tmp_path / "link" / "model").symlink_to(cleared / WEIGHTS / "reference-model.json")
    for weights, says in (
        (tmp_path / "empty", "no file with any content"),
        (tmp_path / "nowhere", "cannot be opened"),
        (cleared / WEIGHTS / "reference-model.json", "not a directory"),
        (tmp_path / "link", "symbolic link"),
    ):
        ran = holdshort("gate", "check", weights, "--register", cleared, "--allow-rehearsal")
        assert ran.code == 2, weights
        assert says in ran.err
        assert "PASS" not in ran.out


@pytest.mark.parametrize("name", ["checkpoint", "tile/0/000.p", "tile/entries/000.p"])
def test_a_damaged_register_is_neither_yes_nor_no(
    holdshort: Holdshort, cleared: Path, name: str
) -> None:
    path = cleared / "public" / name
    path = path if path.is_file() else next(path.iterdir())
    content = bytearray(path.read_bytes())
    for damaged in (b"", bytes(len(content)), bytes(content[:-7]), None):
        if damaged is None:
            path.unlink()
        else:
            path.write_bytes(damaged)
        ran = ask(holdshort, cleared, "--allow-rehearsal")
        assert ran.code == 2
        assert ran.out == ""
        assert "Traceback" not in ran.err


def test_a_memory_refuses_yesterdays_register(
    holdshort: Holdshort, cleared: Path, tmp_path: Path
) -> None:
    """The hold of today cannot be hidden by the copy of yesterday."""
    memory = ("--allow-rehearsal", "--memory", tmp_path / "memory" / "seen")
    yesterday = Path(shutil.copytree(cleared / "public", tmp_path / "yesterday"))
    assert ask(holdshort, cleared, *memory).code == 0
    listed = holdshort("docket", "--data", cleared, "--json").json["cases"]
    case = next(each["case"] for each in listed if each["kind"] == "review")
    hold = ("file", "review.hold", "--case", case, "--as", "developer", "--data", cleared)
    assert holdshort(*hold, "--set", "reasons=Unsafe.").code == 0
    held = ask(holdshort, cleared, *memory)
    assert held.code == 1
    assert "suspended" in held.out
    old = holdshort("gate", "check", cleared / WEIGHTS, "--register", yesterday, *memory)
    assert old.code == 2
    assert "went back" in old.err
    without = holdshort(
        *("gate", "check", cleared / WEIGHTS, "--register", yesterday, "--allow-rehearsal")
    )
    assert without.code == 0  # what a gate that remembers nothing can be shown


def test_digest_names_every_file_and_the_whole(holdshort: Holdshort, cleared: Path) -> None:
    ran = holdshort("gate", "digest", cleared / WEIGHTS)
    assert ran.code == 0
    asked = holdshort("gate", "digest", cleared / WEIGHTS, "--threads", "1", "--json").json
    assert asked["digest"] in ran.out
    assert [each["path"] for each in asked["files"]] == ["reference-model.json"]
    decision = ask(holdshort, cleared, "--json").json
    assert decision["weights"] == asked["digest"]
