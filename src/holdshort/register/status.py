"""Status snapshots: which clearances hold, so that no gate misses a suspension.

An inclusion proof shows that a clearance was given; it cannot show that no later entry took it
away. So the register logs, every few minutes, one small act that states the status of *every*
clearance as of a size and root of the log. Whoever holds the log can recompute it; one that lies
is public evidence. A gate accepts a snapshot until ``next_update``, and none with a lower sequence
or log size than it has seen.

Encoding: IETF Token Status List — two bits a clearance, least significant first, ZLIB (RFC 1950),
base64url without padding. 0 VALID, 1 INVALID, 2 SUSPENDED as registered there; 3 is left to the
application, and means CONDITIONAL here. Different ZLIB builds may compress differently, so what is
read need not compress to the same bytes; it must be one whole stream and nothing else.
"""

import base64
import binascii
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from holdshort.errors import BadInput
from holdshort.register.act import check_instant
from holdshort.register.canonical import MAX_INTEGER, Json

BITS = 2
MAX_CLEARANCES = 1 << 24
"""Most clearances that one snapshot is read for: a bound against decompression bombs."""

_SHA256 = re.compile(r"[0-9a-f]{64}")
_FIELDS = {
    *("sequence", "issued_at", "next_update", "log_size", "log_root"),
    *("index", "count", "status_list", "changes", "witnesses"),
}


class Status(IntEnum):
    """What a clearance is worth now (Token Status List, Status Types)."""

    VALID = 0
    INVALID = 1
    SUSPENDED = 2
    CONDITIONAL = 3


@dataclass(frozen=True)
class Change:
    """A clearance, by its index in the list, whose status is not what the last snapshot said."""

    index: int
    status: int


@dataclass(frozen=True)
class StatusSnapshot:
    """The status of every clearance in the first ``log_size`` entries; BadInput if it cannot be."""

    sequence: int
    """0, 1, 2, …: one more than the snapshot before."""
    issued_at: str
    next_update: str
    """The instant by which the next one will be there. Both RFC 3339, UTC, whole seconds."""
    log_size: int
    log_root: str
    """Hex root of the log at ``log_size``, from which anyone can recompute this snapshot."""
    index: str
    """Hex SHA-256 of the published document that names the clearance at each place of the list."""
    witnesses: int
    """The entry that says who must cosign the checkpoints: 0, the charter, until another does."""
    statuses: tuple[int, ...]
    """Status by clearance index."""
    changes: tuple[Change, ...] = ()
    """What differs from the snapshot before, ascending by index."""

    def __post_init__(self) -> None:
        for name, value in (
            ("sequence", self.sequence),
            ("log_size", self.log_size),
            ("witnesses", self.witnesses),
        ):
            if not 0 <= value <= MAX_INTEGER:
                raise BadInput(f"{value} cannot be the {name}.", where=name)
        check_instant(self.issued_at, "issued_at")
        check_instant(self.next_update, "next_update")
        if self.next_update <= self.issued_at:
            raise BadInput("The next update is not after this one.", where="next_update")
        for name, digest in (("log_root", self.log_root), ("index", self.index)):
            if not _SHA256.fullmatch(digest):
                raise BadInput(f"The {name} is not a hex SHA-256.", where=name)
        indexes = [change.index for change in self.changes]
        if indexes != sorted(set(indexes)):
            raise BadInput("The changes are not ascending by index.", where="changes")
        for change in self.changes:
            in_list = 0 <= change.index < len(self.statuses)
            if not in_list or self.statuses[change.index] != change.status:
                raise BadInput(f"Change {change} is not what the list says.", where="changes")

    def to_fields(self) -> dict[str, Json]:
        """The fields of the act that logs this snapshot."""
        return {
            "sequence": self.sequence,
            "issued_at": self.issued_at,
            "next_update": self.next_update,
            "log_size": self.log_size,
            "log_root": self.log_root,
            "index": self.index,
            "witnesses": self.witnesses,
            "count": len(self.statuses),
            "status_list": {"bits": BITS, "lst": encode_list(self.statuses)},
            "changes": [{"index": each.index, "status": each.status} for each in self.changes],
        }

    @classmethod
    def from_fields(cls, fields: Mapping[str, Json], where: str = "snapshot") -> "StatusSnapshot":
        """The inverse of :meth:`to_fields`, strict; BadInput names the field."""
        try:
            _members("snapshot", fields, _FIELDS)
            return cls(
                sequence=_integer(fields, "sequence"),
                issued_at=_text(fields, "issued_at"),
                next_update=_text(fields, "next_update"),
                log_size=_integer(fields, "log_size"),
                log_root=_text(fields, "log_root"),
                index=_text(fields, "index"),
                witnesses=_integer(fields, "witnesses"),
                statuses=_statuses(fields["status_list"], _integer(fields, "count")),
                changes=_changes(fields["changes"]),
            )
        except BadInput as error:
            error.where = f"{where}, {error.where}" if error.where else where
            raise


def changes_since(before: Sequence[int], now: Sequence[int]) -> tuple[Change, ...]:
    """What ``now`` says otherwise than ``before``; a clearance that is new counts as a change."""
    return tuple(
        Change(index, int(status))
        for index, status in enumerate(now)
        if index >= len(before) or before[index] != status
    )


def encode_list(statuses: Sequence[int], bits: int = BITS) -> str:
    """``lst`` of a Token Status List of 1, 2, 4 or 8 ``bits``; BadInput if a status needs more."""
    _check_bits(bits)
    if any(not 0 <= status < 1 << bits for status in statuses):
        raise BadInput(f"A status does not fit {bits} bits.", where="statuses")
    per_byte = 8 // bits
    packed = bytearray(-(-len(statuses) // per_byte))
    for index, status in enumerate(statuses):
        if status:
            packed[index // per_byte] |= status << index % per_byte * bits
    # Level and window are spelled out: they decide the bytes, and the bytes are signed.
    deflate = zlib.compressobj(level=9, wbits=15, memLevel=8, strategy=zlib.Z_DEFAULT_STRATEGY)
    compressed = deflate.compress(bytes(packed)) + deflate.flush()
    return base64.urlsafe_b64encode(compressed).rstrip(b"=").decode()


def decode_list(lst: str, count: int, bits: int = BITS) -> tuple[int, ...]:
    """The first ``count`` statuses of ``lst``, which must hold no more; BadInput if not."""
    _check_bits(bits)
    if not 0 <= count <= MAX_CLEARANCES:
        raise BadInput(f"A snapshot of {count} clearances is not read.", where="count")
    packed = _inflate(lst, -(-count * bits // 8))
    mask = (1 << bits) - 1
    statuses = [byte >> shift & mask for byte in packed for shift in range(0, 8, bits)]
    if any(statuses[count:]):
        raise BadInput("The list goes on after its last clearance.", where="lst")
    return tuple(statuses[:count])


def _check_bits(bits: int) -> None:
    if bits not in (1, 2, 4, 8):
        raise BadInput(f"A status has 1, 2, 4 or 8 bits, not {bits}.", where="bits")


def _inflate(lst: str, size: int) -> bytes:
    try:
        compressed = base64.b64decode(lst + "=" * (-len(lst) % 4), altchars=b"-_", validate=True)
        inflate = zlib.decompressobj()
        packed = inflate.decompress(compressed, size + 1)
    except (binascii.Error, ValueError, zlib.error):
        raise BadInput("The list is not base64url of a ZLIB stream.", where="lst") from None
    if base64.urlsafe_b64encode(compressed).rstrip(b"=").decode() != lst:
        raise BadInput("The list is not in canonical base64url.", where="lst")
    if not inflate.eof or inflate.unused_data or len(packed) != size:
        raise BadInput(f"The list is not one ZLIB stream of {size} bytes.", where="lst")
    return packed


def _statuses(value: Json, count: int) -> tuple[int, ...]:
    members = _members("status_list", value, {"bits", "lst"})
    if _integer(members, "bits") != BITS:
        raise BadInput(f"The list is not of {BITS} bits.", where="bits")
    return decode_list(_text(members, "lst"), count)


def _changes(value: Json) -> tuple[Change, ...]:
    if not isinstance(value, list):
        raise BadInput("The changes are not a list.", where="changes")
    members = [_members("change", each, {"index", "status"}) for each in value]
    return tuple(Change(_integer(each, "index"), _integer(each, "status")) for each in members)


def _members(what: str, value: Json, names: set[str]) -> Mapping[str, Json]:
    if not isinstance(value, Mapping) or set(value) != names:
        raise BadInput(f"It has not exactly the members {', '.join(sorted(names))}.", where=what)
    return value


def _integer(members: Mapping[str, Json], name: str) -> int:
    value = members[name]
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadInput(f"{value!r} is not an integer.", where=name)
    return value


def _text(members: Mapping[str, Json], name: str) -> str:
    value = members[name]
    if not isinstance(value, str):
        raise BadInput(f"{value!r} is not a string.", where=name)
    return value
