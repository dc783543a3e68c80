"""No byte of a bundle can be changed without notice, and none is left over to hide anything in."""

import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from holdshort.assess.bundle import pack
from holdshort.assess.campaign import run
from holdshort.assess.protocol import Protocol
from holdshort.assess.verify import Claims, checks_of

# Fixtures come from conftest; their types cannot be imported from there.
Finished = Any
Forger = Any


@pytest.fixture(scope="module")
def small(
    tmp_path_factory: pytest.TempPathFactory,
    protocol_for: Callable[..., Protocol],
    seed_of: Callable[[Protocol], bytes],
    nonces: tuple[bytes, bytes],
) -> tuple[bytes, Claims]:
    """The bytes of a bundle of three items, and what is claimed of it."""
    folder = tmp_path_factory.mktemp("small")
    protocol = protocol_for("reference/noisy-0.5", max_items=3)
    run(protocol, seed_of(protocol), folder)
    out = folder / "small.tar"
    pack(folder, out, assessor_nonce=nonces[0], developer_nonce=nonces[1])
    return out.read_bytes(), Claims.of(out)


def faults(data: bytes, claims: Claims, path: Path) -> list[str]:
    path.write_bytes(data)
    return [check.detail for check in checks_of(path, claims) if not check.ok]


def test_nothing_is_wrong_with_the_bundle_itself(
    small: tuple[bytes, Claims], tmp_path: Path
) -> None:
    assert faults(*small, tmp_path / "same.tar") == []


@pytest.mark.slow
@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_changed_byte_is_noticed(
    small: tuple[bytes, Claims], tmp_path: Path, data: st.DataObject
) -> None:
    honest, claims = small
    place = data.draw(st.integers(0, len(honest) - 1))
    flipped = bytearray(honest)
    flipped[place] ^= data.draw(st.integers(1, 255))
    assert faults(bytes(flipped), claims, tmp_path / "flipped.tar")


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data[:-1],
        lambda data: data[:-10240],
        lambda data: data + b"\0" * 512,
        lambda data: data + b"\0" * 10240,
        lambda data: data + b"more",
        lambda data: b"\0" * 512 + data,
        lambda data: b"",
    ],
)
def test_a_longer_or_shorter_bundle_is_noticed(
    small: tuple[bytes, Claims], tmp_path: Path, change: Callable[[bytes], bytes]
) -> None:
    honest, claims = small
    assert faults(change(honest), claims, tmp_path / "other.tar")


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("index.json", lambda value: json.dumps(value, indent=1)),
        ("seed.json", lambda value: json.dumps(value, indent=1)),
        ("protocol.json", lambda value: json.dumps(value, sort_keys=True)),
    ],
)
def test_the_same_values_in_another_form_are_noticed(
    finished: Finished,
    forger: Forger,
    tmp_path: Path,
    name: str,
    form: Callable[[Any], str],
) -> None:
    """Else one bundle could have many digests."""
    forger.members[name] = form(json.loads(forger.members[name])).encode()
    forged = forger.close(tmp_path / "forged.tar", reindex=name != "index.json")
    claims = Claims(finished.protocol, finished.findings)
    assert [check for check in checks_of(forged, claims) if not check.ok]


def test_a_ledger_in_another_form_is_noticed(
    forger: Forger, finished: Finished, tmp_path: Path
) -> None:
    name = "areas/cybersecurity/samples.jsonl"
    forger.members[name] = forger.members[name].replace(b'{"completed":', b'{ "completed":', 1)
    forged = forger.close(tmp_path / "forged.tar", reindex=False)
    said = [each.detail for each in checks_of(forged, Claims(finished.protocol, finished.findings))]
    assert any("not canonical JSON" in each for each in said)


def test_a_member_beyond_what_a_plain_header_can_say_is_read_again(tmp_path: Path) -> None:
    """Nine sparse gigabytes, of which nothing is read to check the form."""
    from holdshort.assess.archive import Archive
    from holdshort.assess.bundle import member_format, member_header

    out = tmp_path / "large.tar"
    size = 9 << 30
    header = member_header("large", size).tobuf(member_format(size))
    with out.open("wb") as file:
        file.write(header)
        file.seek(len(header) + size)
        last = member_header("index.json", 2)
        file.write(last.tobuf(member_format(2)) + b"{}")
        blocks = file.tell() // tarfile.BLOCKSIZE + 1 + 2  # what is begun, and two that end it
        records = -(-blocks * tarfile.BLOCKSIZE // tarfile.RECORDSIZE)
        file.truncate(records * tarfile.RECORDSIZE)
    with Archive(out) as archive:
        assert archive.names == ["large", "index.json"]
        archive.check_form()
