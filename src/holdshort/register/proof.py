"""Offline proofs that an entry is on the record — C2SP tlog-proof, files named ``.tlog-proof``.

::

    c2sp.org/tlog-proof@v1
    extra <base64>                    what the application likes; nothing authenticates it
    index 73894                       place of the entry in the log
    gSKyXoYZUgZ6jduWYrkDOARi…=        RFC 6962 audit path, from the leaf's sibling upwards
    …
    <blank line>
    <the log's checkpoint with its cosignatures, as it was published>

Whoever has the entry, such a file and a trust policy can check without a network that the entry
stood in the log, and that the witnesses whom the policy asks for had seen that log. Reading and
writing a proof gives the same bytes.
"""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from holdshort.errors import BadInput, RegisterError
from holdshort.register.checkpoint import parse_checkpoint
from holdshort.register.merkle import HASH_SIZE, leaf_hash, verify_inclusion
from holdshort.register.note import MAX_BYTES as MAX_NOTE
from holdshort.register.note import Note, decode_base64
from holdshort.register.policy import Cosigned, Policy

HEADER = "c2sp.org/tlog-proof@v1"
SUFFIX = ".tlog-proof"

MAX_PATH = 63
"""Most hashes of an audit path: a log has fewer than 2^63 entries."""

MAX_EXTRA = 1 << 16
"""Most bytes of ``extra``; the specification sets no bound."""

MAX_BYTES = MAX_NOTE + 2 * MAX_EXTRA
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")


@dataclass(frozen=True)
class Proof:
    """Place and audit path of an entry, and the checkpoint that they lead to."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: bytes
    """The signed note, byte for byte."""
    extra: bytes = b""
    """For the application. Nothing authenticates it: never trust it."""

    def __post_init__(self) -> None:
        if not 0 <= self.index < 1 << 63:
            raise BadInput(f"{self.index} cannot be the place of an entry.")
        if len(self.path) > MAX_PATH or any(len(each) != HASH_SIZE for each in self.path):
            raise BadInput(f"An audit path is at most {MAX_PATH} hashes of {HASH_SIZE} bytes.")
        if len(self.extra) > MAX_EXTRA:
            raise BadInput(f"The extra data has over {MAX_EXTRA} bytes.")
        try:
            parse_checkpoint(Note.parse(self.checkpoint).text)
        except RegisterError as error:
            raise BadInput(error.what, where="checkpoint") from None

    def to_bytes(self) -> bytes:
        """The file."""
        lines = [HEADER]
        if self.extra:
            lines.append(f"extra {base64.b64encode(self.extra).decode()}")
        lines.append(f"index {self.index}")
        lines += [base64.b64encode(each).decode() for each in self.path]
        return "".join(f"{line}\n" for line in (*lines, "")).encode() + self.checkpoint

    @classmethod
    def parse(cls, data: bytes, where: str = "proof") -> "Proof":
        """Read a proof file, checking form only; RegisterError says what is wrong."""
        if len(data) > MAX_BYTES:
            raise RegisterError(f"The proof is larger than {MAX_BYTES} bytes.", where=where)
        head, blank, checkpoint = data.partition(b"\n\n")
        if not blank or not head.isascii():
            raise RegisterError("The proof has no blank line before its checkpoint.", where=where)
        try:
            index, path, extra = _read_head(head.decode().split("\n"))
            return cls(index, path, checkpoint, extra)
        except (RegisterError, BadInput) as error:
            raise RegisterError(error.what, where=where) from None


def verify_proof(
    proof: Proof,
    leaf: bytes,
    policy: Policy,
    *,
    now: int | None = None,
    max_age: int | None = None,
    where: str = "proof",
) -> Cosigned:
    """Return the checkpoint under which the entry ``leaf`` stands, if ``policy`` holds it valid.

    "Verifying a tlog proof": the leaf hash, the log's signature under its own origin, the
    witnesses, the audit path. ``now`` and ``max_age`` as in :meth:`Policy.check`.

    Raises:
        RegisterError: the checkpoint does not satisfy the policy, or the path does not lead to it.
    """
    cosigned = policy.check(proof.checkpoint, now=now, max_age=max_age, where=where)
    head = cosigned.checkpoint
    try:
        verify_inclusion(leaf_hash(leaf), proof.index, head.size, proof.path, head.root)
    except RegisterError as error:
        raise RegisterError(error.what, where=where) from None
    return cosigned


def _read_head(lines: Sequence[str]) -> tuple[int, tuple[bytes, ...], bytes]:
    """Index, path and extra data of the lines above the checkpoint."""
    if lines[0] != HEADER:
        raise RegisterError(f"A proof begins with the line {HEADER!r}.")
    rest = list(lines[1:])
    extra = b""
    if rest and rest[0].startswith("extra"):
        word, _, text = rest.pop(0).partition(" ")
        extra = decode_base64(text) or b""
        if word != "extra" or not extra:
            raise RegisterError("The extra line is not 'extra' and canonical base64.")
    form = _INDEX.fullmatch(rest[0]) if rest else None
    if form is None:
        raise RegisterError("The proof does not state the index of its entry.")
    path = [decode_base64(line) for line in rest[1:]]
    if any(each is None for each in path):
        raise RegisterError("A line of the audit path is not canonical base64.")
    return int(form[1]), tuple(each for each in path if each is not None), extra
