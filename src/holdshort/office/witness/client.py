"""Talking to one witness: the log's side of C2SP tlog-witness, with every answer mistrusted.

Rules kept here:

- Only a 409 is tried again, once, with a proof from the size that it tells (what the witness holds
  is not known before, or was changed by another process meanwhile).
- Each wait is bounded by one deadline, each answer by a size; redirections are not followed.
- A witness that holds more of this log, or another tree, is asked to show it. What it shows proves
  something only if the log's own key signed it.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from holdshort import __version__
from holdshort.errors import HoldshortError, RegisterError
from holdshort.register.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from holdshort.register.merkle import verify_consistency
from holdshort.register.note import Note, NoteKey, NoteSignature, parse_signatures
from holdshort.register.witness.state import origin_hash
from holdshort.register.witness.witness import MAX_PROOF, MAX_REQUEST, SIZE_TYPE, Request

if TYPE_CHECKING:
    import urllib3

ConsistencyProver = Callable[[int, int], list[bytes]]
"""``prove(old, new)`` gives the RFC 6962 proof; BadInput or RegisterError if it cannot."""


class Diverged(RegisterError):
    """A witness holds what does not go together with this log: ours is stale, or it forked.

    ``shown`` is the signed checkpoint that proves it, None if there is only the witness's word.
    """

    def __init__(self, what: str, *, shown: bytes | None = None) -> None:
        super().__init__(
            what,
            do="Do not go on from this copy. Find out whether it is an old one (then bring back the"
            " latest) or whether someone else signs with the log's key; keep both.",
        )
        self.shown = shown


@dataclass(frozen=True)
class WitnessReply:
    """What came from one URL."""

    status: int | None = None
    lines: tuple[NoteSignature, ...] = ()
    said: str = ""
    held: int | None = None
    """The size that the witness holds now, as far as it told."""
    diverged: Diverged | None = None


@dataclass(frozen=True)
class WitnessClient:
    """One round of questions about one checkpoint."""

    signed: bytes
    ours: Checkpoint
    consistency: ConsistencyProver
    keys: list[NoteKey]
    deadline: float
    late: str = "it did not answer in time"
    _pool: "urllib3.PoolManager" = field(default_factory=lambda: _pool())

    def ask(self, url: str, old: int) -> WitnessReply:
        """Ask one witness; never raises for what it does."""
        from urllib3.exceptions import HTTPError

        try:
            return self._add_checkpoint(url.rstrip("/"), min(old, self.ours.size))
        except (HTTPError, OSError, ValueError) as error:
            reason = self.late if time.monotonic() >= self.deadline else _reason(error)
            return WitnessReply(said=reason)
        except HoldshortError as error:
            return WitnessReply(said=error.what)

    def _add_checkpoint(self, url: str, old: int) -> WitnessReply:
        status, kind, body = self._post(url, old)
        if status == 409:
            told = _size(kind, body)
            if told is None:
                return WitnessReply(status, said="it told a conflict, but no size")
            if told > self.ours.size:
                return self._beyond(url, told)
            old = told
            status, kind, body = self._post(url, old)
        if status == 200:
            lines = parse_signatures(body.decode("utf-8", "replace"), f"answer of {url}")
            return WitnessReply(status, lines, held=self.ours.size)
        if status == 422 and old > 0:
            return self._refused(url, old)
        if status == 409:
            return WitnessReply(
                status, said="what it holds changed between two requests", held=_size(kind, body)
            )
        return WitnessReply(status, said=f"it answered {status}: {_plain(body)}")

    def _beyond(self, url: str, told: int) -> WitnessReply:
        said = f"it holds {told} entries of this log, of which this copy has {self.ours.size}"
        return self._diverged(url, 409, said)

    def _refused(self, url: str, old: int) -> WitnessReply:
        said = f"it holds another log of {old} entries than the beginning of this one"
        return self._diverged(url, 422, said)

    def _diverged(self, url: str, status: int, said: str) -> WitnessReply:
        """See what the witness holds: whether our key signed it, and whether it excludes ours."""
        shown = self._shown(url)
        if shown is None:
            what = f"The witness at {url} says: {said}. It shows nothing that the log signed."
            return WitnessReply(status, said=f"{said}, it says", diverged=Diverged(what))
        theirs = parse_checkpoint(Note.parse(shown).text)
        if self._continues(theirs):
            return WitnessReply(status, said="it refuses a proof that holds", held=theirs.size)
        what = (
            f"The witness at {url} shows what the log's own key signed: {_tree(theirs)}. Here are"
            f" {_tree(self.ours)}."
        )
        if theirs.size == self.ours.size:
            what += " These two signed checkpoints prove that the log forked."
        return WitnessReply(status, said=said, diverged=Diverged(what, shown=shown))

    def _continues(self, theirs: Checkpoint) -> bool:
        """Whether our log continues what they hold, by our own proof; its errors are not theirs."""
        old, new = theirs.size, self.ours.size
        if not 0 < old <= new:
            return old == 0
        proof = self.consistency(old, new) if old < new else []
        try:
            verify_consistency(old, new, proof, theirs.root, self.ours.root)
        except RegisterError:
            return False
        return True

    def _shown(self, url: str) -> bytes | None:
        """The checkpoint of this log that the witness holds, if the log's key signed it."""
        from urllib3.exceptions import HTTPError

        try:
            path = f"{url}/{origin_hash(self.ours.origin)}/checkpoint"
            status, _, body = self._request("GET", path, None)
            head = open_checkpoint(body, self.keys, strict=False) if status == 200 else None
        except (HTTPError, OSError, ValueError, HoldshortError):
            return None
        return body if head and head.origin == self.ours.origin else None

    def _post(self, url: str, old: int) -> tuple[int, str, bytes]:
        new = self.ours.size
        proof = self.consistency(old, new) if 0 < old < new else []
        if len(proof) > MAX_PROOF:
            raise RegisterError("The consistency proof is longer than a witness may be sent.")
        body = Request(old, tuple(proof), self.signed).to_bytes()
        return self._request("POST", f"{url}/add-checkpoint", body)

    def _request(self, method: str, url: str, body: bytes | None) -> tuple[int, str, bytes]:
        """Status, content type and body; each wait is bounded by what is left of the time."""
        import urllib3

        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError(self.late)
        response = self._pool.request(
            method,
            url,
            body=body,
            headers={"user-agent": f"holdshort/{__version__}"},
            timeout=urllib3.Timeout(connect=left, read=left),
            retries=False,
            redirect=False,
            preload_content=False,
        )
        content = bytearray()
        while chunk := response.read1(1 << 14, decode_content=False):
            content += chunk
            if len(content) > MAX_REQUEST or time.monotonic() > self.deadline:
                response.close()
                raise ValueError("its answer is too long, or too slow")
        response.release_conn()
        return response.status, response.headers.get("content-type", ""), bytes(content)


def _pool() -> "urllib3.PoolManager":
    import urllib3

    return urllib3.PoolManager(num_pools=128, maxsize=1)


def _size(kind: str, body: bytes) -> int | None:
    """The size in the body of a 409; None if there is none."""
    text = body.decode("ascii", "replace").removesuffix("\n")
    if kind.partition(";")[0].strip().lower() != SIZE_TYPE or not body.endswith(b"\n"):
        return None
    return int(text) if text.isdigit() and len(text) <= 19 and str(int(text)) == text else None


def _tree(checkpoint: Checkpoint) -> str:
    return f"{checkpoint.size} entries under the root {checkpoint.root.hex()[:16]}…"


def _plain(body: bytes) -> str:
    """The first line of an answer, safe to print."""
    line = body.decode("utf-8", "replace").strip().split("\n")[0][:120]
    return "".join(each if each.isprintable() else "?" for each in line)


def _reason(error: Exception) -> str:
    return f"it cannot be reached ({type(error).__name__})"
