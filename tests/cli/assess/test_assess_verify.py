"""``holdshort assess verify``, on the evidence of a whole review."""

import dataclasses
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Holdshort = Callable[..., Any]


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@dataclasses.dataclass
class Filed:
    """A register, a bundle that its findings rest on, and their case."""

    data: Path
    bundle: Path
    case: str


@pytest.fixture
def filed(operator: Callable[[Path], Any], referred: Path, tmp_path: Path) -> Filed:
    made = operator(referred)
    act = made.entry(made.find("review.file-finding")[0]).act
    bundle = tmp_path / "evidence.tar"
    bundle.write_bytes(made.folder.read_blob(act.fields["evidence"]))
    return Filed(referred, bundle, act.case)


def forged(bundle: Path, out: Path) -> Path:
    """The bundle with one byte of an answer changed and no digest made to agree."""
    data = bytearray(bundle.read_bytes())
    data[data.index(b"ANSWER: ") + 3] ^= 1
    out.write_bytes(data)
    return out


def test_a_bundle_alone_is_recomputed_and_what_follows_is_said(
    holdshort: Holdshort, filed: Filed
) -> None:
    ran = holdshort("assess", "verify", filed.bundle)
    assert ran.code == 0
    assert "FAIL" not in ran.out
    assert "cybersecurity: unacceptable, " in ran.out
    assert "Nobody signed for it here." in ran.out
    assert "Next: holdshort assess verify" in ran.out


def test_it_is_compared_with_what_the_register_locked_and_found(
    holdshort: Holdshort, filed: Filed
) -> None:
    ran = holdshort("assess", "verify", filed.bundle, "--register", filed.data, "--json")
    assert ran.code == 0
    said = ran.json
    assert said["holds"]
    assert said["faults"] == []
    assert said["checks"][0]["name"] == "record"
    assert filed.case in said["checks"][0]["detail"]
    assert {each["outcome"] for each in said["findings"]} == {"unacceptable"}


def test_a_tampered_bundle_is_named_and_does_not_verify(
    holdshort: Holdshort, filed: Filed, tmp_path: Path
) -> None:
    bad = forged(filed.bundle, tmp_path / "forged.tar")
    ran = holdshort("assess", "verify", bad)
    assert ran.code == 1
    assert "[member]" in ran.out
    assert "This evidence does not hold: member" in ran.out
    on = holdshort("assess", "verify", bad, "--register", filed.data)
    assert on.code == 2
    assert "No finding on the register rests on this very file" in on.err
    named = holdshort(
        "assess", "verify", bad, "--register", filed.data, "--case", filed.case, "--json"
    )
    assert named.code == 1
    assert named.json["faults"][:2] == ["record", "member"]
    assert named.json["findings"] == []


def test_honest_evidence_of_another_review_is_not_that_of_this_one(
    holdshort: Holdshort, operator: Callable[[Path], Any], filed: Filed, cleared: Path
) -> None:
    other = operator(cleared)
    case = other.entry(other.find("review.file-finding")[0]).act.case
    ran = holdshort(
        "assess", "verify", filed.bundle, "--register", cleared, "--case", case, "--json"
    )
    assert ran.code == 1
    assert ran.json["faults"] == ["record", "protocol"]


def test_what_is_no_bundle_does_not_verify(holdshort: Holdshort, tmp_path: Path) -> None:
    junk = tmp_path / "junk.tar"
    junk.write_bytes(b"junk" * 1000)
    ran = holdshort("assess", "verify", junk, "--json")
    assert ran.code == 1
    assert ran.json["faults"] == ["archive"]
    assert ran.json["protocol"] is None


def test_what_cannot_be_asked_is_said(holdshort: Holdshort, filed: Filed, tmp_path: Path) -> None:
    for arguments, says in (
        ((tmp_path / "nowhere.tar",), "The bundle cannot be read"),
        ((filed.bundle, "--case", "x"), "go with --register"),
        ((filed.bundle, "--register", tmp_path / "nowhere"), "nowhere"),
        ((filed.bundle, "--register", filed.data, "--case", "x"), "no case 'x'"),
        ((filed.bundle, "--register", filed.data, "--charter", "0" * 64), "not the one that is"),
    ):
        ran = holdshort("assess", "verify", *arguments)
        assert ran.code == 2
        assert says in ran.err + ran.out


def test_a_damaged_register_says_nothing_of_a_bundle(
    holdshort: Holdshort, filed: Filed, tmp_path: Path
) -> None:
    broken = Path(shutil.copytree(filed.data, tmp_path / "broken"))
    tile = next(path for path in broken.rglob("tile/entries/**/*") if path.is_file())
    data = bytearray(tile.read_bytes())
    data[100] ^= 1
    tile.write_bytes(data)
    ran = holdshort("assess", "verify", filed.bundle, "--register", broken)
    assert ran.code == 2
    assert "nothing can be concluded" in ran.err
