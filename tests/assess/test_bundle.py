import dataclasses
import hashlib
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from holdshort.assess.bundle import load_protocol, pack
from holdshort.assess.campaign import run
from holdshort.assess.faults import Fault
from holdshort.assess.verify import Claims, checks_of
from holdshort.errors import BadInput, StorageError
from holdshort.register.canonical import canonical, parse
from holdshort.register.merkle import Tree, leaf_hash

# Fixtures come from conftest; their types cannot be imported from there.
Finished = Any
Forger = Any


def repack(finished: Finished, out: Path) -> Path:
    return pack(
        finished.folder,
        out,
        assessor_nonce=finished.nonces[0],
        developer_nonce=finished.nonces[1],
    )


def test_the_same_evidence_gives_the_same_bytes(finished: Finished, tmp_path: Path) -> None:
    assert repack(finished, tmp_path / "b.tar").read_bytes() == finished.bundle.read_bytes()


def test_the_archive_tells_nothing_of_the_machine_that_made_it(finished: Finished) -> None:
    with tarfile.open(finished.bundle) as tar:
        for entry in tar.getmembers():
            assert (entry.mtime, entry.uid, entry.gid, entry.uname) == (0, 0, 0, "")
            assert entry.mode == 0o644


def test_the_index_comes_last_and_lists_every_other_member(
    finished: Finished, forger: Forger
) -> None:
    names = list(forger.members)
    assert names[-1] == "index.json"
    assert sorted(forger.json("index.json")["members"]) == names[:-1]


def test_the_root_is_that_of_the_registers_own_tree(forger: Forger) -> None:
    for area, entry in forger.json("index.json")["areas"].items():
        data = forger.members[f"areas/{area}/samples.jsonl"].rstrip(b"\n").split(b"\n")
        assert entry == {
            "samples": len(data),
            "root": Tree(leaf_hash(line) for line in data).root().hex(),
        }


def test_every_record_is_canonical_json(forger: Forger) -> None:
    for name, data in forger.members.items():
        if name.endswith(".json"):
            assert canonical(parse(data, name)) == data


def test_the_environment_names_the_packages_that_ran(forger: Forger) -> None:
    (environment,) = json.loads(forger.members["environment.json"])
    assert environment["packages"]["inspect_ai"]
    assert environment["packages"]["holdshort"]
    assert environment["packages"]["numpy"]  # whatever is installed, not what we thought of


def test_nonces_of_another_protocol_are_refused(finished: Finished, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="does not open"):
        pack(
            finished.folder,
            tmp_path / "b.tar",
            assessor_nonce=b"x" * 32,
            developer_nonce=finished.nonces[1],
        )
    assert not list(tmp_path.iterdir())


def test_a_place_that_cannot_be_written_is_said(finished: Finished, tmp_path: Path) -> None:
    with pytest.raises(StorageError) as caught:
        repack(finished, tmp_path / "missing" / "b.tar")
    assert "missing/b.tar" in str(caught.value)


def test_a_folder_without_a_campaign_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no campaign"):
        load_protocol(tmp_path)


def test_the_models_manifest_lies_beside_the_evidence_and_is_the_protocols(
    tmp_path: Path, protocol_for: Any, seed_of: Any, nonces: tuple[bytes, bytes]
) -> None:
    manifest = b'{"files":[]}'
    digest = hashlib.sha256(manifest).hexdigest()
    protocol = dataclasses.replace(protocol_for("reference/solver"), model_digest=digest)
    run(protocol, seed_of(protocol), tmp_path)
    given = {"assessor_nonce": nonces[0], "developer_nonce": nonces[1]}
    with pytest.raises(BadInput, match="not that of the protocol's weights"):
        pack(tmp_path, tmp_path / "other.tar", **given, manifest=b"{}")
    assert not (tmp_path / "other.tar").exists()
    bundle = pack(tmp_path, tmp_path / "evidence.tar", **given, manifest=manifest)
    claims = Claims.of(bundle)
    said = {check.name: check for check in checks_of(bundle, claims)}
    assert said["manifest"].ok
    swapped = dataclasses.replace(protocol, model_digest="0" * 64)
    other = dataclasses.replace(claims, protocol=swapped)
    assert Fault.PROTOCOL in {check.fault for check in checks_of(bundle, other)}
