"""Status snapshots: which clearances hold."""

import base64
import re
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdshort.errors import BadInput
from holdshort.register.canonical import Json, canonical, parse
from holdshort.register.status import (
    Change,
    Status,
    StatusSnapshot,
    changes_since,
    decode_list,
    encode_list,
)

STATUSES = st.lists(st.integers(0, 3), max_size=60).map(tuple)

VECTORS = Path(__file__).parent / "vectors"


def snapshot(**changes: object) -> StatusSnapshot:
    made: dict[str, object] = {
        "sequence": 4,
        "issued_at": "2026-11-23T10:15:00Z",
        "next_update": "2026-11-23T10:20:00Z",
        "log_size": 17,
        "log_root": "ab" * 32,
        "index": "cd" * 32,
        "witnesses": 0,
        "statuses": (0, 2, 0, 3, 1),
        "changes": (Change(1, 2),),
    }
    return StatusSnapshot(**(made | changes))  # type: ignore[arg-type]


@given(STATUSES, STATUSES)
def test_a_snapshot_survives_the_act_that_logs_it(
    before: tuple[int, ...], now: tuple[int, ...]
) -> None:
    made = snapshot(statuses=now, changes=changes_since(before, now))
    fields = parse(canonical(made.to_fields()), "fields")
    assert isinstance(fields, dict)
    assert StatusSnapshot.from_fields(fields) == made


def test_the_short_example_of_the_draft_is_reproduced() -> None:
    statuses = (1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3)
    assert decode_list("eNo76fITAAPfAgc", 12) == statuses
    assert encode_list(statuses) == "eNo76fITAAPfAgc"


def test_the_one_bit_example_of_the_draft_is_reproduced() -> None:
    bits = tuple(byte >> at & 1 for byte in (0xB9, 0xA3) for at in range(8))
    assert encode_list(bits, bits=1) == "eNrbuRgAAhcBXQ"
    assert decode_list("eNrbuRgAAhcBXQ", 16, bits=1) == bits


@pytest.mark.parametrize(("bits", "stated"), [(1, 11), (2, 11), (4, 15), (8, 256)])
def test_the_vector_of_every_width_is_read_and_reproduced(
    bits: int, stated: int, vectors: Callable[[str], Path]
) -> None:
    """The draft's "Test vectors for Status List encoding": 2^20 statuses, a few of them stated."""
    text = (vectors("tlog/token-status-list") / "test-vectors-from-draft.md").read_text()
    section = text.split(f"## {bits}-bit Status List")[1].split("JSON encoding")[0]
    statuses = [0] * (1 << 20)
    found = re.findall(r"status\[(\d+)\] ?= 0b([01]+)", section)
    for index, value in found:
        statuses[int(index)] = int(value, 2)
    lst = (VECTORS / f"status-list-{bits}-bit.lst").read_text().strip()
    assert len(found) == stated
    assert decode_list(lst, 1 << 20, bits) == tuple(statuses)
    # Another build of ZLIB may compress otherwise; what it writes must still be read as the same.
    ours = encode_list(statuses, bits)
    assert decode_list(ours, 1 << 20, bits) == tuple(statuses)
    if zlib.ZLIB_RUNTIME_VERSION.startswith("1.2"):
        assert ours == lst


@given(st.sampled_from([1, 2, 4, 8]), st.data())
def test_a_list_of_any_width_gives_its_statuses_back(bits: int, data: st.DataObject) -> None:
    statuses = tuple(data.draw(st.lists(st.integers(0, (1 << bits) - 1), max_size=40)))
    lst = encode_list(statuses, bits)
    assert decode_list(lst, len(statuses), bits) == statuses
    packed = zlib.decompress(base64.urlsafe_b64decode(lst + "=" * (-len(lst) % 4)))
    assert len(packed) == -(-len(statuses) * bits // 8)


@pytest.mark.parametrize("bits", [0, 3, 5, 16])
def test_a_status_has_1_2_4_or_8_bits(bits: int) -> None:
    with pytest.raises(BadInput, match="1, 2, 4 or 8 bits"):
        encode_list([0], bits)
    with pytest.raises(BadInput, match="1, 2, 4 or 8 bits"):
        decode_list("eNoDAAAAAAE", 0, bits)


def test_the_status_values_are_the_registered_ones() -> None:
    assert [status.name for status in Status] == ["VALID", "INVALID", "SUSPENDED", "CONDITIONAL"]
    assert list(Status) == [0, 1, 2, 3]


def test_a_hundred_thousand_clearances_fit_a_log_entry() -> None:
    statuses = [2 if index % 100 == 7 else 0 for index in range(100_000)]
    assert len(encode_list(statuses)) < 16_000


def test_a_clearance_that_is_new_counts_as_a_change() -> None:
    assert changes_since((0, 0), (0, 2, 0)) == (Change(1, 2), Change(2, 0))


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"sequence": -1}, "sequence"),
        ({"log_size": 2**53}, "log_size"),
        ({"witnesses": -1}, "witnesses"),
        ({"issued_at": "2026-11-23"}, "issued_at"),
        ({"next_update": "2026-11-23T10:15:00Z"}, "next_update"),
        ({"log_root": "AB" * 32}, "log_root"),
        ({"changes": (Change(1, 0),)}, "changes"),
        ({"changes": (Change(5, 0),)}, "changes"),
        ({"changes": (Change(3, 3), Change(1, 2))}, "changes"),
        ({"changes": (Change(1, 2), Change(1, 2))}, "changes"),
    ],
)
def test_a_snapshot_that_contradicts_itself_is_refused(
    change: dict[str, object], where: str
) -> None:
    with pytest.raises(BadInput) as caught:
        snapshot(**change)
    assert caught.value.where == where


def lst(value: str, bits: Json = 2) -> Json:
    return {"bits": bits, "lst": value}


DEFLATED = zlib.compress(b"\x48\x01", 9)


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "changes",
    [
        {"extra": 1},
        {"sequence": "4"},
        {"sequence": True},
        {"count": -1},
        {"count": 1 << 25},
        {"count": 4},
        {"count": 9},
        {"status_list": lst("eNo76fITAAPfAgc", 1)},
        {"status_list": lst("!")},
        {"status_list": lst("A")},
        {"status_list": lst("eNo76fITAAPfAgc=")},
        {"status_list": lst(b64(DEFLATED + b"\x00"))},
        {"status_list": lst(b64(DEFLATED[:-1]))},
        {"status_list": lst(b64(DEFLATED[:-1] + b"\x00"))},
        {"status_list": lst(b64(zlib.compress(bytes(10_000_000))))},
        {"status_list": ["eNo"]},
        {"changes": {}},
        {"changes": [{"index": 1}]},
    ],
)
def test_malformed_fields_are_refused(changes: dict[str, Json]) -> None:
    fields = snapshot().to_fields() | changes
    with pytest.raises(BadInput, match=r"^entry 9"):
        StatusSnapshot.from_fields(fields, "entry 9")


def test_every_flipped_bit_of_a_list_is_noticed() -> None:
    """Save those of ZLIB's own free choices, which change no status."""
    statuses = (1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3)
    data = base64.urlsafe_b64decode("eNo76fITAAPfAgc=")
    for at in range(len(data)):
        for bit in range(8):
            damaged = bytearray(data)
            damaged[at] ^= 1 << bit
            try:
                assert decode_list(b64(bytes(damaged)), 12) == statuses
            except BadInput:
                continue


def test_a_status_that_does_not_fit_is_refused() -> None:
    with pytest.raises(BadInput, match="2 bits"):
        encode_list([4])
