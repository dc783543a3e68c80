"""Asking witnesses for their cosignatures: the log's side of C2SP tlog-witness.

Rules kept here:

- All witnesses of the policy that have a URL are asked at once, each URL once: a witness with two
  keys answers with two lines. Nobody waits for the slowest beyond the quorum and a short grace.
- An answer counts if it is a cosignature by the key that the policy names, over exactly this
  checkpoint, of a time that is not in the future. Everything else in it is ignored.
- The text of the checkpoint and its signatures are never changed; lines are added. A cosignature by
  a key that cosigned it before is replaced by the later one.
- **A witness that has seen more of this log than we have, or another tree, may mean that ours is a
  stale copy, or that there are two.** It is asked for the checkpoint that it holds. If that one is
  signed by the log's own key and does not go together with ours, this is proved, and nothing may
  be published from here: :class:`Diverged`, whatever the others say. If it shows none, this is its
  word alone, and one witness must not be able to stop a register by a lie: its claim does not
  count as long as the others make the quorum; if they do not, :class:`Diverged` tells the claim.
"""

import queue
import threading
import time
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass

from holdshort.errors import RegisterError
from holdshort.office.witness.client import (
    ConsistencyProver,
    Diverged,
    WitnessClient,
    WitnessReply,
)
from holdshort.register.checkpoint import Checkpoint, parse_checkpoint
from holdshort.register.note import Note, NoteKey, NoteSignature
from holdshort.register.policy import AHEAD, Policy, WitnessEntry

__all__ = ["Diverged", "Gathered", "Outcome", "collect", "gather"]

GRACE = 1.0
"""Seconds that stragglers get once the quorum is met: more cosignatures are better than enough."""


@dataclass(frozen=True)
class Outcome:
    """How it went with one witness of the policy."""

    witness: str
    url: str | None
    time: int | None = None
    """POSIX seconds of its cosignature; None if it gave none."""
    status: int | None = None
    """Last HTTP status; None if there was no answer."""
    said: str = ""
    """What stood in the way, for a person."""


@dataclass(frozen=True)
class Gathered:
    """A checkpoint with the cosignatures that came, and how it went with each witness."""

    checkpoint: bytes
    outcomes: tuple[Outcome, ...]
    met: bool
    """Whether they make the policy's quorum."""


def gather(
    signed_checkpoint: bytes,
    policy: Policy,
    consistency: ConsistencyProver,
    *,
    timeout: float,
    log: NoteKey | None = None,
    sizes: MutableMapping[str, int] | None = None,
) -> bytes:
    """The checkpoint with the cosignatures that came; for the arguments see :func:`collect`.

    Raises:
        RegisterError: the quorum was not met; it tells what each witness answered.
        Diverged: this log is stale or forked.
    """
    gathered = collect(
        signed_checkpoint, policy, consistency, timeout=timeout, log=log, sizes=sizes
    )
    if not gathered.met:
        told = "; ".join(f"{each.witness}: {each.said or 'cosigned'}" for each in gathered.outcomes)
        raise RegisterError(
            f"The quorum of witnesses is not met ({told or 'the policy names none'}).",
            do="Publish again when enough of them answer.",
        )
    return gathered.checkpoint


def collect(
    signed_checkpoint: bytes,
    policy: Policy,
    consistency: ConsistencyProver,
    *,
    timeout: float,
    log: NoteKey | None = None,
    sizes: MutableMapping[str, int] | None = None,
    grace: float = GRACE,
) -> Gathered:
    """Ask every witness, and wait at most ``timeout`` seconds.

    ``consistency`` may be called from several threads. ``log`` is the log's key, needed to tell a
    proof of divergence from a claim if ``policy`` names no log; without either a claim is taken
    for true. ``sizes`` keeps what each URL held last, so that a second call needs no 409; its owner
    keeps it, for one log.

    Raises:
        Diverged: this log is stale or forked; or it may be, and the quorum is not met.
        RegisterError: the checkpoint is malformed.
    """
    note = Note.parse(signed_checkpoint, "checkpoint")
    ours = parse_checkpoint(note.text)
    keys: list[NoteKey] = [log] if log else [each.verifier for each in policy.logs]
    client = WitnessClient(signed_checkpoint, ours, consistency, keys, time.monotonic() + timeout)
    answers = _ask(client, policy, {} if sizes is None else sizes, grace)
    lines, outcomes = _read(policy, answers, ours, client.late)
    met = policy.met(lines)
    claims = [answer.diverged for answer in answers.values() if answer.diverged]
    proofs = [claim for claim in claims if claim.shown is not None]
    if proofs or (claims and (not met or not keys)):
        raise (proofs or claims)[0]
    return Gathered(_with(note, lines.values()), outcomes, met)


def _ask(
    client: WitnessClient, policy: Policy, sizes: MutableMapping[str, int], grace: float
) -> dict[str, WitnessReply]:
    """What came by URL, until all answered, the quorum had its grace, or the time was up."""
    replies: queue.SimpleQueue[tuple[str, WitnessReply]] = queue.SimpleQueue()
    urls = sorted({each.url for each in policy.witnesses if each.url})

    def ask(url: str, old: int) -> None:
        replies.put((url, client.ask(url, old)))

    for url in urls:
        # Daemons: a witness that drips its answer must not hold up the end of the process.
        threading.Thread(target=ask, args=(url, sizes.get(url, 0)), daemon=True).start()
    answers: dict[str, WitnessReply] = {}
    end = client.deadline
    while len(answers) < len(urls):
        if policy.met(_read(policy, answers, client.ours, client.late)[0]):
            end = min(end, time.monotonic() + grace)
        try:
            url, answer = replies.get(timeout=max(end - time.monotonic(), 0.001))
        except queue.Empty:
            break
        answers[url] = answer
        if answer.held is not None:
            sizes[url] = answer.held
        if answer.diverged and answer.diverged.shown is not None:
            break
    return answers


def _read(
    policy: Policy, answers: Mapping[str, WitnessReply], ours: Checkpoint, late: str
) -> tuple[dict[str, NoteSignature], tuple[Outcome, ...]]:
    """The cosignatures that count, by witness, and the outcome of every witness."""
    lines: dict[str, NoteSignature] = {}
    outcomes = []
    for witness in policy.witnesses:
        answer = answers.get(witness.url or "")
        if not witness.url:
            outcomes.append(Outcome(witness.name, None, said="it has no URL in the policy"))
        elif answer is None:
            outcomes.append(Outcome(witness.name, witness.url, said=late))
        elif answer.said:
            outcome = Outcome(witness.name, witness.url, None, answer.status, answer.said)
            outcomes.append(outcome)
        else:
            when, said = _cosignature(witness, answer.lines, ours, lines)
            outcomes.append(Outcome(witness.name, witness.url, when, answer.status, said))
    return lines, tuple(outcomes)


def _cosignature(
    witness: WitnessEntry,
    made: Iterable[NoteSignature],
    ours: Checkpoint,
    lines: dict[str, NoteSignature],
) -> tuple[int | None, str]:
    """Take the line of this witness's key, if it holds; its time, or what is wrong with it."""
    said = "it answered without a cosignature by this key"
    for signature in made:
        if not witness.verifier.made(signature):
            continue
        try:
            when = witness.verifier.verify(signature, ours)
        except RegisterError as error:
            said = error.what
            continue
        if not 0 < when <= time.time() + AHEAD:
            said = "its cosignature has no time, or one in the future"
            continue
        lines[witness.name] = signature
        return when, ""
    return None, said


def _with(note: Note, lines: Iterable[NoteSignature]) -> bytes:
    new = tuple(lines)
    again = {(each.name, each.key_id) for each in new}
    kept = tuple(each for each in note.signatures if (each.name, each.key_id) not in again)
    return Note(note.text, (*kept, *new)).to_bytes()
