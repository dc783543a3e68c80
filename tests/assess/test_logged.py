"""Each sample that Inspect logged, and each header, has a digest under a root."""

import hashlib
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from holdshort.assess.faults import Fault
from holdshort.assess.logged import LOGGED, Entry, is_log
from holdshort.assess.verify import examine
from holdshort.register.canonical import canonical
from holdshort.register.merkle import Tree, leaf_hash

# Fixtures come from conftest; their types cannot be imported from there.
Finished = Any
Forger = Any
Rewrite = Callable[[dict[str, bytes]], None]


@pytest.fixture
def faults(finished: Finished, forger: Forger, tmp_path: Path) -> Callable[[], dict[Any, str]]:
    def found() -> dict[Any, str]:
        forged = forger.close(tmp_path / "forged.tar")
        checks = examine(
            forged, protocol_fields=finished.protocol.to_fields(), findings=finished.findings
        )
        return {check.fault: check.detail for check in checks if not check.ok}

    return found


def first_log(forger: Forger) -> str:
    return str(next(name for name in forger.members if is_log(name)))


def rewrite(forger: Forger, tmp_path: Path, change: Rewrite) -> str:
    """Change the entries of the first log; its name."""
    import inspect_ai.log  # noqa: F401 - teaches `zipfile` Zstandard

    name, path = first_log(forger), tmp_path / "log.eval"
    path.write_bytes(forger.members[name])
    with zipfile.ZipFile(path) as archive:
        members = {each: archive.read(each) for each in archive.namelist()}
    change(members)
    with zipfile.ZipFile(path, "w") as archive:
        for entry, data in members.items():
            archive.writestr(entry, data)
    forger.members[name] = path.read_bytes()
    return str(name)


def edited(entry: str, old: bytes, new: bytes) -> Rewrite:
    def change(members: dict[str, bytes]) -> None:
        assert old in members[entry]
        members[entry] = members[entry].replace(old, new, 1)

    return change


def moved(members: dict[str, bytes]) -> None:
    first = next(iter(members))
    members[first] = members.pop(first)


SAMPLE = "samples/00002_epoch_1.json"


def test_every_entry_is_listed_and_anyone_can_take_its_digest_again(forger: Forger) -> None:
    import inspect_ai.log  # noqa: F401 - teaches `zipfile` Zstandard

    lines = forger.members[LOGGED].splitlines()
    by_place = {(each.log, each.entry): each for each in map(Entry.from_bytes, lines, lines)}
    for log in filter(is_log, forger.members):
        with zipfile.ZipFile(io.BytesIO(forger.members[log])) as archive:
            for name in archive.namelist():
                data, listed = archive.read(name), by_place.pop((log, name))
                assert listed.sha256 == hashlib.sha256(data).hexdigest()
                assert listed.size == len(data)
    assert not by_place
    assert forger.json("index.json")["logged"] == {
        "entries": len(lines),
        "root": Tree(map(leaf_hash, lines)).root().hex(),
    }


def test_the_same_entries_in_another_zip_file_are_the_same(
    forger: Forger, faults: Callable[[], dict[Any, str]], tmp_path: Path
) -> None:
    """The forger's tools are sound, and compression is no part of what was logged."""
    forger.relist = False
    rewrite(forger, tmp_path, lambda members: None)
    assert faults() == {}


@pytest.mark.parametrize(
    ("change", "fault", "says"),
    [
        (edited(SAMPLE, b'"total_tokens":', b'"total_tokens":1'), Fault.SAMPLE, SAMPLE),
        (edited(SAMPLE, b'"event":"state"', b'"event":"stale"'), Fault.SAMPLE, SAMPLE),
        (edited("header.json", b'"created":"2', b'"created":"3'), Fault.HEADER, "header.json"),
        (lambda members: members.pop("_journal/start.json"), Fault.MISSING, "_journal/start"),
        (lambda members: members.update({"more.json": b"{}"}), Fault.EXTRA, "more.json"),
        (moved, Fault.ORDER, ""),
    ],
)
def test_what_nothing_else_recomputes_is_named_by_sample(
    forger: Forger,
    faults: Callable[[], dict[Any, str]],
    tmp_path: Path,
    change: Rewrite,
    fault: Fault,
    says: str,
) -> None:
    """A usage number, an event, a date: the ledger does not have them, the digest does."""
    forger.relist = False
    log = rewrite(forger, tmp_path, change)
    found = faults()
    assert fault in found
    assert (f"{log}, {says}" if says else log) in found[fault]


def test_a_root_that_is_not_that_of_the_entries_is_named(
    forger: Forger, faults: Callable[[], dict[Any, str]]
) -> None:
    forger.relist = False
    lines = forger.members[LOGGED].splitlines(keepends=True)
    forger.members[LOGGED] = b"".join(lines[:-1])
    assert faults().keys() == {Fault.ROOT, Fault.EXTRA}


def test_a_log_that_is_left_out_is_named(
    forger: Forger, faults: Callable[[], dict[Any, str]]
) -> None:
    forger.relist = False
    log = first_log(forger)
    del forger.members[log]
    assert log in faults()[Fault.MISSING]


def test_a_bundle_of_the_first_format_is_verified_as_far_as_it_goes(
    finished: Finished, forger: Forger, tmp_path: Path
) -> None:
    forger.close(tmp_path / "unused.tar")
    del forger.members[LOGGED]
    index = forger.json("index.json")
    members = {name: each for name, each in index["members"].items() if name != LOGGED}
    forger.members["index.json"] = canonical({"areas": index["areas"], "members": members})
    old = forger.close(tmp_path / "old.tar", reindex=False)
    checks = examine(old, protocol_fields=finished.protocol.to_fields(), findings=finished.findings)
    assert all(check.ok for check in checks)
    assert "logged" not in {check.name for check in checks}


def test_a_format_of_the_future_is_said(finished: Finished, forger: Forger, tmp_path: Path) -> None:
    forger.members["index.json"] = canonical(forger.json("index.json") | {"format": 3})
    new = forger.close(tmp_path / "new.tar", reindex=False)
    checks = examine(new, protocol_fields=finished.protocol.to_fields(), findings=finished.findings)
    assert any("Install a newer holdshort" in check.detail for check in checks if not check.ok)
