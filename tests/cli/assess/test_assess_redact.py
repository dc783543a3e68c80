"""``holdshort assess redact`` and ``restore``, and what verify says of a public copy."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from holdshort.register.sealing.age import identity_file, new_identity, recipient_of

Holdshort = Callable[..., Any]


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def test_a_copy_is_checked_against_the_register_and_opened_by_its_reader(
    holdshort: Holdshort, operator: Callable[[Path], Any], referred: Path, tmp_path: Path
) -> None:
    made = operator(referred)
    act = made.entry(made.find("review.file-finding")[0]).act
    bundle, copy, full = (tmp_path / name for name in ("evidence.tar", "public.tar", "full.tar"))
    bundle.write_bytes(made.folder.read_blob(act.fields["evidence"]))
    reader, key = new_identity(), tmp_path / "reader.age"
    key.write_bytes(identity_file(reader))
    options = ("--part", "answers", "--reader", recipient_of(reader), "--out", copy)

    ran = holdshort("assess", "redact", bundle, *options, "--json")
    assert ran.code == 0
    assert ran.json["of"] == act.fields["evidence"]
    assert holdshort("assess", "redact", bundle, *options).code == 2  # nothing is replaced

    ran = holdshort("assess", "verify", copy, "--register", referred, "--json")
    assert ran.code == 0
    assert (ran.json["grade"], ran.json["copy_of"]) == ("redacted", act.fields["evidence"])
    skipped = {each["name"] for each in ran.json["checks"] if each["unchecked"]}
    assert "record" in skipped  # that it is a copy of that very bundle takes the key
    assert {name.split(": ")[1] for name in skipped - {"record"}} == {"items", "logs"}
    assert "give --identity" in holdshort("assess", "verify", copy).out

    ran = holdshort("assess", "verify", copy, "--identity", key, "--register", referred, "--json")
    assert ran.code == 0
    assert (ran.json["grade"], ran.json["sha256"]) == ("full", act.fields["evidence"])
    assert not any(each["unchecked"] for each in ran.json["checks"])

    assert holdshort("assess", "restore", copy, "--identity", key, "--out", full).code == 0
    assert full.read_bytes() == bundle.read_bytes()


def test_what_cannot_be_done_with_a_copy_is_said(
    holdshort: Holdshort, operator: Callable[[Path], Any], referred: Path, tmp_path: Path
) -> None:
    made = operator(referred)
    act = made.entry(made.find("review.file-finding")[0]).act
    bundle, copy, other = (tmp_path / name for name in ("evidence.tar", "public.tar", "other.age"))
    bundle.write_bytes(made.folder.read_blob(act.fields["evidence"]))
    other.write_bytes(identity_file(new_identity()))
    reader = recipient_of(new_identity())
    assert holdshort("assess", "redact", bundle, "--reader", reader, "--out", copy).code == 0
    for arguments, code, says in (
        (("report", copy, "--html", tmp_path / "r.html"), 2, "Parts of it are sealed"),
        (("export", copy, "--format", "oscal", "--out", tmp_path / "o"), 2, "Parts of it are"),
        (("verify", copy, "--identity", other), 1, "sealed to other readers"),
        (("verify", copy, "--identity", tmp_path / "none"), 2, "The identity cannot be read"),
        (("verify", bundle, "--identity", other), 2, "Nothing is sealed in it"),
        (("redact", bundle, "--reader", "me", "--out", tmp_path / "b"), 2, "no age recipient"),
    ):
        ran = holdshort("assess", *arguments)
        assert (ran.code, says in ran.err) == (code, True), ran.err
