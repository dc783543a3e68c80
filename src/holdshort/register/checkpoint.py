"""Checkpoints: what the log says it is — C2SP tlog-checkpoint v1.0.0.

::

    holdshort.example/aaif                           origin: which log
    1207                                             size: how many entries
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=     root: RFC 6962 hash of all of them

as a signed note. A log that signs two checkpoints of which neither continues the other has forked,
and both together prove it. Other logs may write further lines ("extension lines"); ours writes
none, because no monitor can audit them and an ML-DSA-44 cosignature does not cover them.
"""

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass

from holdshort.errors import BadInput, RegisterError
from holdshort.register.merkle import EMPTY_ROOT, HASH_SIZE
from holdshort.register.note import NoteKey, NoteSigner, decode_base64, open_note, sign_note

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_ONLY_LINE = re.compile(r"[^\x00-\x1f\ud800-\udfff]+")


@dataclass(frozen=True)
class Checkpoint:
    """Origin, number of entries, and the 32-byte root over them."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()
    """Further lines, which other logs may write and ours never does."""

    def __post_init__(self) -> None:
        if not _ONLY_LINE.fullmatch(self.origin):
            raise BadInput(f"{self.origin!r} cannot be a log's origin.")
        if not 0 <= self.size < 1 << 63:
            raise BadInput(f"A log cannot have {self.size} entries.")
        if len(self.root) != HASH_SIZE:
            raise BadInput(f"A root has {HASH_SIZE} bytes, not {len(self.root)}.")
        for line in self.extensions:
            if not _ONLY_LINE.fullmatch(line):
                raise BadInput(f"{line!r} cannot be an extension line.")

    def text(self) -> str:
        """The note text, ending in a newline."""
        root = base64.b64encode(self.root).decode()
        return "".join(f"{line}\n" for line in (self.origin, self.size, root, *self.extensions))


def parse_checkpoint(text: str, where: str = "checkpoint") -> Checkpoint:
    """Read a checkpoint's note text; RegisterError if it is not exactly one."""
    lines = text.split("\n")
    if len(lines) < 4 or lines.pop() or not all(lines):
        raise RegisterError("A checkpoint has three lines: origin, size, root.", where=where)
    origin, size, root, *extensions = lines
    if not _SIZE.fullmatch(size):
        raise RegisterError(f"{size[:24]!r} is not a tree size.", where=where)
    decoded = decode_base64(root)
    if decoded is None:
        raise RegisterError("The root is not in canonical base64.", where=where)
    try:
        return Checkpoint(origin, int(size), decoded, tuple(extensions))
    except BadInput as error:
        raise RegisterError(error.what, where=where) from None


def sign_checkpoint(checkpoint: Checkpoint, signer: NoteSigner) -> bytes:
    """The signed note to publish. The signer's key name is the log's origin."""
    if signer.name != checkpoint.origin:
        raise BadInput(f"The key of {signer.name} cannot sign for {checkpoint.origin}.")
    return sign_note(checkpoint.text(), [signer])


def open_checkpoint(
    data: bytes,
    verifiers: Iterable[NoteKey],
    *,
    strict: bool = True,
    where: str = "checkpoint",
) -> Checkpoint:
    """Verify and read a signed checkpoint; RegisterError says why it cannot be trusted.

    ``strict`` is for our own registers: every signature line must verify, the log's own key (named
    like the origin) must be among them, and there are no extension lines. Where witnesses are to
    be counted, ask :meth:`holdshort.register.policy.Policy.check` instead.
    """
    note, verified = open_note(data, verifiers, strict=strict, where=where)
    checkpoint = parse_checkpoint(note.text, where)
    check_empty(checkpoint, where)
    if strict:
        if checkpoint.extensions:
            raise RegisterError("The checkpoint has lines after its root.", where=where)
        if all(key.name != checkpoint.origin for key in verified):
            raise RegisterError(f"{checkpoint.origin} itself did not sign.", where=where)
    return checkpoint


def check_empty(checkpoint: Checkpoint, where: str = "checkpoint") -> None:
    """RegisterError if an empty log has another root than RFC 6962 gives the empty tree."""
    if checkpoint.size == 0 and checkpoint.root != EMPTY_ROOT:
        raise RegisterError("A log of no entries has another root than that.", where=where)
