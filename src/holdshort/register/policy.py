"""Trust policies: which logs, which witnesses, and how many of them — C2SP tlog-policy.

::

    log <vkey> [<url>]
    witness acme/rome <vkey> [<url>]
    witness acme/oslo <vkey> [<url>]
    witness civic <vkey> [<url>]
    witness press <vkey> [<url>]
    group acme any acme/rome acme/oslo
    group majority 2 acme civic press
    quorum majority

A checkpoint holds if one of the logs signed it and the quorum cosigned it. The file is read and
written as the specification has it, so every other implementation reads ours.

Our own rule, which the specification lacks: **a threshold counts operators, not keys.** Whoever
runs two of three witnesses would else meet "2 of 3" alone. So:

- The operator of a witness is what stands before the first ``/`` of its name in the policy; of a
  name without one, the host of its key name (what stands before the first ``/`` there).
- In a group that takes two members or more, no operator stands behind two members. Such a policy
  is refused. Witnesses of one operator go into a group of ``any``, which is then one member.

With that, a group of threshold *k* cannot be met by fewer than *k* operators, whoever evaluates
the policy: its members would need *k* disjoint sets of them.

Stricter than the specification, too: a witness's key is not also a log's; a file whose last line
does not end may have been cut short and is refused; a cosignature without a time does not count
(tlog-witness: it MUST NOT be zero); and extension lines that no signature covers are refused.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from holdshort.errors import BadInput, RegisterError
from holdshort.register.checkpoint import Checkpoint, check_empty, parse_checkpoint
from holdshort.register.note import Note, NoteSignature, NoteVerifier, by_line
from holdshort.register.policy_file import (
    NONE,
    Draft,
    Group,
    LogEntry,
    LogKey,
    WitnessEntry,
    read,
    write,
)

__all__ = ["NONE", "Cosigned", "Group", "LogEntry", "LogKey", "Policy", "WitnessEntry"]

AHEAD = 300
"""Seconds by which a witness's clock may be ahead of the reader's."""


@dataclass(frozen=True)
class Cosigned:
    """A checkpoint that a policy holds to be valid, and who says so."""

    checkpoint: Checkpoint
    note: Note
    log: LogKey
    """The key by which the log signed."""
    cosigned_by: Mapping[str, int]
    """By name in the policy, each witness that counts, and its latest time (POSIX seconds)."""
    unknown: tuple[NoteSignature, ...]
    """Lines by keys that the policy does not know; nothing was checked of them."""


@dataclass(frozen=True)
class Policy:
    """Logs, witnesses, groups of them, and the quorum. Always consistent: BadInput if it is not."""

    logs: tuple[LogEntry, ...] = ()
    witnesses: tuple[WitnessEntry, ...] = ()
    groups: tuple[Group, ...] = ()
    quorum: str = NONE

    def __post_init__(self) -> None:
        self._draft()

    @classmethod
    def parse(cls, text: str | bytes, where: str = "policy", log: LogKey | None = None) -> "Policy":
        """Read a policy file; BadInput names the line that cannot be used.

        ``log`` stands in for the ``log`` lines, of which the text then has none: a register's
        charter fixes its log and its policy in two places.
        """
        draft = read(text, where, log)
        return cls(
            tuple(draft.logs), tuple(draft.witnesses), tuple(draft.groups), draft.quorum or NONE
        )

    def text(self) -> str:
        """The policy file, in one form: logs, witnesses, groups, quorum, without comments."""
        return write(self._draft())

    def met(self, cosigned: Collection[str]) -> bool:
        """Whether the quorum is met when the witnesses of these names have cosigned."""
        return self.quorum == NONE or self._met(self.quorum, cosigned)

    def check(
        self,
        data: bytes,
        log: LogKey | None = None,
        *,
        now: int | None = None,
        max_age: int | None = None,
        where: str = "checkpoint",
    ) -> Cosigned:
        """The checkpoint in the signed note ``data``, once a log and the quorum stand behind it.

        ``log`` is the only log that counts, if given; else each of the policy's does. With ``now``
        (POSIX seconds) a cosignature of the future does not count, nor, with ``max_age`` (seconds),
        one older than that.

        Raises:
            RegisterError: it is malformed, a signature by a known key does not verify, no log
                signed, or the quorum is not met; then it says what is lacking and why.
            BadInput: no log is known, or ``max_age`` is given without ``now``.
        """
        if max_age is not None and now is None:
            raise BadInput("The age of a cosignature cannot be told without the time now.")
        logs = [log] if log else [each.verifier for each in self.logs]
        if not logs:
            raise BadInput("The policy names no log, and none was given.")
        try:
            return self._check(Note.parse(data, where), logs, now, max_age)
        except RegisterError as error:
            error.where = where
            raise

    def _check(
        self, note: Note, logs: Collection[LogKey], now: int | None, max_age: int | None
    ) -> Cosigned:
        checkpoint = parse_checkpoint(note.text)
        check_empty(checkpoint)
        known = by_line([*logs, *(each.verifier for each in self.witnesses)])
        signed = _signed_by(logs, note, checkpoint)
        times = self._times(note, checkpoint)
        faults = {name: _fault(time, now, max_age) for name, time in times.items()}
        counted = {name: time for name, time in times.items() if faults[name] is None}
        if not self.met(counted):
            lacks = self._lacks(self.quorum, counted, faults)
            raise RegisterError(f"The quorum of witnesses is not met; it lacks {lacks}.")
        unknown = tuple(each for each in note.signatures if (each.name, each.key_id) not in known)
        return Cosigned(checkpoint, note, signed, counted, unknown)

    def _times(self, note: Note, checkpoint: Checkpoint) -> dict[str, int]:
        """The latest time of each witness that cosigned; RegisterError if one line is bad."""
        times: dict[str, int] = {}
        for signature in note.signatures:
            witness = self._by_line.get((signature.name, signature.key_id))
            if witness is not None:
                time = witness.verifier.verify(signature, checkpoint)
                times[witness.name] = max(time, times.get(witness.name, 0))
        return times

    def _met(self, name: str, cosigned: Collection[str]) -> bool:
        group = self._groups.get(name)
        if group is None:
            return name in cosigned
        return sum(self._met(member, cosigned) for member in group.members) >= group.k

    def _lacks(self, name: str, counted: Collection[str], faults: Mapping[str, str | None]) -> str:
        """What would have to come for ``name`` to be met, in words."""
        group = self._groups.get(name)
        if group is None:
            return f"{name} ({faults.get(name) or 'has not cosigned'})"
        unmet = [member for member in group.members if not self._met(member, counted)]
        more = group.k - (len(group.members) - len(unmet))
        what = "; ".join(self._lacks(member, counted, faults) for member in unmet)
        return f"{more} of {name} [{what}]"

    def _draft(self) -> Draft:
        """The policy put together again, line by line: BadInput if the rules do not allow it."""
        draft = Draft()
        for log in self.logs:
            draft.add_log(log)
        for witness in self.witnesses:
            draft.add_witness(witness)
        for group in self.groups:
            draft.add_group(group)
        draft.set_quorum(self.quorum)
        return draft

    @cached_property
    def _groups(self) -> dict[str, Group]:
        return {group.name: group for group in self.groups}

    @cached_property
    def _by_line(self) -> dict[tuple[str, bytes], WitnessEntry]:
        return {(each.verifier.name, each.verifier.key_id): each for each in self.witnesses}


def _signed_by(logs: Collection[LogKey], note: Note, checkpoint: Checkpoint) -> LogKey:
    """The key of the checkpoint's own log that signed it; RegisterError if none did."""
    known = by_line(logs)
    own: list[LogKey] = []
    for signature in note.signatures:
        key = known.get((signature.name, signature.key_id))
        if key is not None:
            key.check(signature, note.text)
            # A log's signature is worth nothing on another log's checkpoint.
            own += [key] if key.name == checkpoint.origin else []
    if not own:
        raise RegisterError(f"{checkpoint.origin} itself did not sign, or is not a known log.")
    covers_all = [key for key in own if isinstance(key, NoteVerifier)]
    if checkpoint.extensions and not covers_all:
        raise RegisterError("The log's signature does not cover the lines after the root.")
    return (covers_all or own)[0]


def _fault(time: int, now: int | None, max_age: int | None) -> str | None:
    """Why a cosignature of this time does not count; None if it does."""
    if time == 0:
        return "cosigned without a time"
    if now is not None and time > now + AHEAD:
        return f"cosigned at {_instant(time)}, which is in the future"
    if now is not None and max_age is not None and time < now - max_age:
        return f"cosigned at {_instant(time)}, over {max_age} seconds ago"
    return None


def _instant(time: int) -> str:
    try:
        return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return f"{time} s"
