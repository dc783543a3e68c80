"""A witness: cosigns a log only as long as it sees it grow — C2SP tlog-witness v1.0.0.

::

    old 20852014                       the size that the log believes the witness holds
    PlRNCrwHpqhGrupue0L7gxbj…          at most 63 lines: RFC 6962 consistency proof from there
    <empty line>
    example.com/behind-the-sofa        the new checkpoint, signed by the log
    20852163
    CsUYapGGPo4dkMgIAUqom/Xa…

    — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZni…

What is asked of a request, in the order of the specification ("add-checkpoint"):

1. 400  it has this form;
2. 404  the witness knows the origin;
3. 403  a known key of the log signed, and no signature under a known key is false;
4. 400  the old size is not above the checkpoint's;
5. 409  the old size is what the witness holds; the answer tells what that is;
6. 422  an empty tree has the root of the empty tree;
7. 422  the proof is empty from size 0, and otherwise proves that the log continued.

Rules kept here:

- From 5 on all happens while this log is held, in this process and every other, and the new
  checkpoint is on the disk before the answer exists: so no later, smaller one can roll it back.
- Signatures by unknown keys are ignored, and not kept.
- Times of cosignatures never go backwards for a log, and are never 0. A cosignature says "as of
  this time, this is the largest tree that I have seen"; with a clock set back two of them could
  contradict each other. A step back of up to a minute is waited out by repeating the last time; at
  a longer one nothing is cosigned until the clock is mended.
- What the log signed and what contradicts the checkpoint held is kept: see
  :mod:`holdshort.register.witness.fork`.
"""

import base64
import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import product

from holdshort.errors import BadInput, HoldshortError, RegisterError
from holdshort.register.checkpoint import Checkpoint, parse_checkpoint
from holdshort.register.cosignature import ML_DSA_44_COSIGNATURE, Cosigner, subtree_message
from holdshort.register.merkle import EMPTY_ROOT, verify_consistency
from holdshort.register.note import Note, NoteKey, NoteSignature, NoteVerifier
from holdshort.register.witness import fork
from holdshort.register.witness.state import LogState, StateStore

MAX_REQUEST = 1 << 17
"""Bytes: 63 lines of proof and a checkpoint with 16 signatures of post-quantum size."""
MAX_PROOF = 63
MAX_CLOCK_STEP = 60
"""Seconds by which the clock may have been set back."""

SIZE_TYPE = "text/x.tlog.size"
TEXT_TYPE = "text/plain; charset=utf-8"

_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})")
_HASH = re.compile(r"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=")  # canonical base64 of 32 bytes


@dataclass(frozen=True)
class Request:
    """An add-checkpoint request: the size the log proves from, the proof, the signed checkpoint."""

    old: int
    proof: tuple[bytes, ...]
    checkpoint: bytes

    def to_bytes(self) -> bytes:
        """The body to POST."""
        lines = [f"old {self.old}", *(base64.b64encode(each).decode() for each in self.proof)]
        return "".join(f"{line}\n" for line in lines).encode() + b"\n" + self.checkpoint

    @classmethod
    def parse(cls, body: bytes) -> "Request":
        """Read a body, strictly; BadInput says what is wrong with it."""
        if len(body) > MAX_REQUEST:
            raise BadInput(f"The request is larger than {MAX_REQUEST} bytes.")
        head, blank, checkpoint = body.partition(b"\n\n")
        old, *proof = head.decode("ascii", "replace").split("\n")
        form = _OLD.fullmatch(old)
        if not blank or form is None or int(form[1]) >= 1 << 63:
            raise BadInput("A request starts with 'old', a size, the proof and an empty line.")
        if len(proof) > MAX_PROOF:
            raise BadInput(f"The proof has more than {MAX_PROOF} lines.")
        if not all(map(_HASH.fullmatch, proof)):
            raise BadInput("A line of the proof is not the base64 of 32 bytes.")
        return cls(int(form[1]), tuple(map(base64.b64decode, proof)), checkpoint)


@dataclass(frozen=True)
class Answer:
    """What the witness answers over HTTP; ``about`` is for its own journal only."""

    status: int
    content_type: str
    body: bytes
    about: str = ""


@dataclass(frozen=True)
class KnownLog:
    """A log that the witness follows: its origin and the keys by which it may sign."""

    origin: str
    keys: tuple[NoteKey, ...]

    def signatures(self, note: Note) -> tuple[NoteSignature, ...]:
        """The log's own signatures on a checkpoint, verified; RegisterError if there is none.

        A line that names a known key but does not verify spoils the whole note (signed-note,
        "Signatures"). Lines after the root must be under a signature of the log, too: an ML-DSA-44
        one does not cover them, and ours would.
        """
        made: dict[NoteSignature, NoteKey] = {}
        for signature in note.signatures:
            for key in self.keys:
                if key.made(signature):
                    key.check(signature, note.text)
                    made[signature] = key
        if not made:
            raise RegisterError(f"No known key of {self.origin} signed the checkpoint.")
        covered = any(isinstance(key, NoteVerifier) for key in made.values())
        if not covered and parse_checkpoint(note.text).extensions:
            raise RegisterError("The log's signature does not cover the lines after the root.")
        return tuple(made)


@dataclass(frozen=True)
class Held:
    """The latest cosigned checkpoint of a log: as the log signed it, as read, and the time."""

    note: Note
    checkpoint: Checkpoint
    time: int


class Witness:
    """A witness's keys and the logs that it follows; safe for any number of threads.

    ``clock`` gives POSIX seconds. BadInput if a key cannot cosign one of the logs.
    """

    def __init__(
        self,
        cosigners: Sequence[Cosigner],
        logs: Iterable[KnownLog],
        state: StateStore,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if not cosigners:
            raise BadInput("A witness needs a key to cosign with.")
        self.cosigners = tuple(cosigners)
        self.logs = {log.origin: log for log in logs}
        for origin, each in product(self.logs, self.cosigners):
            if each.verifier.type == ML_DSA_44_COSIGNATURE:  # too long an origin shows now
                subtree_message(each.name, 0, origin, 0, 0, EMPTY_ROOT)
        self.state = state
        self._clock = clock

    def add_checkpoint(self, body: bytes) -> Answer:
        """Answer one request.

        Raises:
            StorageError: the state cannot be read or written; nothing was cosigned.
            RegisterError: the state is not this witness's own.
            HoldshortError: the clock cannot be relied on.
        """
        try:
            request = Request.parse(body)
            note = Note.parse(request.checkpoint)
            new = parse_checkpoint(note.text)
        except HoldshortError as error:
            return _refuse(400, error.what)
        about = f"{new.origin!a} {new.size}"
        log = self.logs.get(new.origin)
        if log is None:
            return _refuse(404, "This witness does not follow this log.", about)
        try:
            shown = Note(note.text, log.signatures(note))
        except RegisterError as error:
            return _refuse(403, error.what, about)
        if request.old > new.size:
            return _refuse(400, "The old size is above the checkpoint's.", about)
        with self.state.hold(new.origin) as state:
            return self._decide(request, shown, new, state)

    def latest(self, origin: str) -> Held | None:
        """The latest checkpoint cosigned for a log; RegisterError if it is another witness's."""
        return self._read(origin, self.state.read(origin))

    def _decide(self, request: Request, shown: Note, new: Checkpoint, state: LogState) -> Answer:
        held = self._read(new.origin, state.read())
        size = held.checkpoint.size if held else 0
        about = f"{new.origin!a} {request.old}→{new.size}"
        if held and size == new.size > 0 and held.checkpoint.root != new.root:
            kept = self._keep("fork", held, shown, new, state)
            about += f" FORK: the log signed two trees of {size} entries{kept}"
        if request.old != size:
            return Answer(409, SIZE_TYPE, f"{size}\n".encode(), f"{about}, held {size}")
        try:
            _check_growth(request, held, new)
        except RegisterError as error:
            if held and size < new.size:
                about += " UNPROVEN" + self._keep("unproven", held, shown, new, state)
            return _refuse(422, error.what, about)
        now = self._time(held)
        cosigned = tuple(each.cosign(new, now) for each in self.cosigners)
        state.replace(Note(shown.text, (*shown.signatures, *cosigned)).to_bytes())
        return Answer(200, TEXT_TYPE, "".join(map(str, cosigned)).encode(), about)

    def _read(self, origin: str, data: bytes | None) -> Held | None:
        """What is held, with the time of its cosignature checked: the folder is not trusted."""
        if data is None:
            return None
        where = f"state of {origin}"
        note = Note.parse(data, where)
        checkpoint = parse_checkpoint(note.text, where)
        times = [
            cosigner.verifier.verify(signature, checkpoint)
            for signature in note.signatures
            for cosigner in self.cosigners
            if cosigner.verifier.made(signature)
        ]
        if checkpoint.origin != origin or not times:
            raise RegisterError(
                "The checkpoint held was not cosigned by a key of this witness.",
                where=where,
                do="Give a witness with new keys a new name and a new folder.",
            )
        ours = [each.verifier for each in self.cosigners]
        logs = tuple(s for s in note.signatures if not any(key.made(s) for key in ours))
        return Held(Note(note.text, logs), checkpoint, max(times))

    def _time(self, held: Held | None) -> int:
        now, last = int(self._clock()), held.time if held else 0
        if now <= 0 or now < last - MAX_CLOCK_STEP:
            raise HoldshortError(
                f"The clock says {now}, but the last cosignature was made at {last}.",
                do="Mend the clock; nothing is cosigned for this log until it is past that time.",
            )
        return max(now, last)

    def _keep(self, kind: str, held: Held, shown: Note, new: Checkpoint, state: LogState) -> str:
        content = fork.pair(held.note.to_bytes(), shown.to_bytes())
        name = state.keep_conflict(kind, new.size, content)
        return f", kept as {name}" if name else ", not kept: enough are"


def _check_growth(request: Request, held: Held | None, new: Checkpoint) -> None:
    """The new tree continues the old one, whose size is known to be right; else RegisterError."""
    if new.size == 0 and new.root != EMPTY_ROOT:
        raise RegisterError("A tree without entries has the root of the empty tree.")
    if request.old == 0:
        if request.proof:
            raise RegisterError("There is nothing to prove from size 0, but a proof was given.")
    elif held:
        old = held.checkpoint
        verify_consistency(old.size, new.size, request.proof, old.root, new.root)


def _refuse(status: int, what: str, about: str = "") -> Answer:
    return Answer(status, TEXT_TYPE, f"{what}\n".encode(), f"{about}: {what}" if about else what)
