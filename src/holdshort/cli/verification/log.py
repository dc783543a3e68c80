"""``verify --log-only``: any tlog-tiles log, whoever made it, as a log and nothing more."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from holdshort.cli.verification.history import History
from holdshort.cli.verification.line import Line, at
from holdshort.cli.verification.memory import LOG_STATE, Memory, recall, remember
from holdshort.cli.verification.place import Subject
from holdshort.cli.verification.progress import bar

if TYPE_CHECKING:
    from holdshort.register.audit import LogAudit
    from holdshort.register.note import NoteKey, NoteVerifier
    from holdshort.register.policy import Policy


class LogCheck:
    """The check of one log, which one of ``keys`` has to have signed."""

    def __init__(
        self,
        subject: Subject,
        keys: "Sequence[NoteKey]",
        policy: "Policy | None",
        *,
        fresh: bool,
        quiet: bool,
    ) -> None:
        self._subject = subject
        self._keys = keys
        self._policy = policy
        self._fresh = fresh
        self._quiet = quiet
        self._audit: LogAudit | None = None
        self.resumed = 0

    def lines(self) -> Iterator[Line]:
        """Every check, as it is done."""
        from holdshort.register.audit import audit_log

        with bar(quiet=self._quiet) as heard:
            audit = audit_log(
                self._subject.folder,
                self._keys or None,
                strict=False,
                heard=lambda done, total: heard("hashing entries", done, total),
            )
        self._audit = audit
        for check in audit.checks:
            yield Line(check.name, check.ok, at(check.where, check.detail))
        head = audit.checkpoint
        if head and audit.note and audit.signed:
            home = self._subject.keep(head.origin)
            memory = None if self._fresh else recall(home, LOG_STATE)
            yield from History(memory, audit, home).lines(again="the entries were hashed again")
        if self._policy and audit.note:
            yield witnesses(audit, self._policy, "the policy that you gave")

    def remember(self) -> None:
        """Keep what held."""
        audit = self._audit
        if audit and audit.note and audit.checkpoint and audit.signed:
            now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            home = self._subject.keep(audit.checkpoint.origin)
            remember(home, Memory(audit.note.to_bytes(), now), LOG_STATE)


def read_keys(lines: Sequence[str], policy: "Policy | None") -> "list[NoteKey]":
    """The keys of logs that a reader knows: verifier keys, and those of a policy's logs.

    Raises:
        BadInput: a line is no verifier key.
    """
    from holdshort.register.note import NoteVerifier

    keys: list[NoteKey] = [NoteVerifier.from_vkey(line) for line in lines]
    return [*keys, *(each.verifier for each in policy.logs)] if policy else keys


def read_policy(path: Path | None) -> "Policy | None":
    """The policy in a file; BadInput if it is none or cannot be read."""
    from holdshort.errors import BadInput
    from holdshort.register.policy import Policy

    if path is None:
        return None
    try:
        return Policy.parse(path.read_bytes(), str(path))
    except OSError as error:
        raise BadInput(f"It cannot be read: {error.strerror}.", where=str(path)) from None


def witnesses(
    audit: "LogAudit", policy: "Policy", whose: str, log: "NoteVerifier | None" = None
) -> Line:
    """Whether those witnesses have cosigned the checkpoint whom a policy asks for."""
    from holdshort.errors import HoldshortError
    from holdshort.register.policy import NONE

    if audit.note is None:
        return Line("witnesses", False, "there is no checkpoint that they could have cosigned")
    try:
        found = policy.check(audit.note.to_bytes(), log)
    except HoldshortError as error:
        return Line("witnesses", False, f"{error.what} (by {whose})")
    names = ", ".join(f"{name} at {_instant(time)}" for name, time in found.cosigned_by.items())
    if policy.quorum == NONE:
        also = f"; cosigned all the same by {names}" if names else ""
        return Line("witnesses", True, f"none asked for by {whose}{also}")
    return Line("witnesses", True, f"cosigned by {names}, as {whose} asks")


def _instant(time: int) -> str:
    try:
        return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return f"second {time}"
