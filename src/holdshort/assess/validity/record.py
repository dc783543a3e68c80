"""Human decisions on record: one line each, appended, never rewritten, chained by digest.

A line is canonical JSON with a newline, on disk (fsync) before it counts. It names the digest of
what the reviewer was shown (``queue``) and of the line before it (``previous``, 64 zeros for the
first), so no line can be changed, dropped or put in between without changing the *head*: the digest
of the last line, which an act on the register commits to and its signature covers.

Each reviewer decides once about a subject. Where reviewers differ, nothing is decided.
"""

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from holdshort.assess.fields import Fields
from holdshort.assess.ledger import append_durably
from holdshort.errors import BadInput, EvidenceError
from holdshort.register.canonical import Json, canonical, parse

START = "0" * 64


@dataclass(frozen=True)
class Ruling:
    """One reviewer's decision about one subject (an item, a sample), with its reason.

    ``value`` goes with decisions that need one, such as the new key; otherwise it is empty.
    ``decided`` is RFC 3339, UTC.
    """

    queue: str
    subject: str
    reviewer: str
    decision: str
    value: str
    reason: str
    decided: str
    previous: str

    def to_bytes(self) -> bytes:
        """Canonical JSON and a newline."""
        fields: dict[str, Json] = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return canonical(fields) + b"\n"

    @property
    def digest(self) -> str:
        """SHA-256 of the line."""
        return hashlib.sha256(self.to_bytes()).hexdigest()

    @classmethod
    def from_bytes(cls, data: bytes, where: str) -> "Ruling":
        """Read one line strictly; raises :class:`BadInput` naming the field."""
        fields = Fields(parse(data, where), where).only(cls.__dataclass_fields__)
        found = cls(
            queue=fields.hexadecimal("queue"),
            subject=fields.text("subject"),
            reviewer=fields.text("reviewer"),
            decision=fields.text("decision"),
            value=fields.text("value", empty=True),
            reason=fields.text("reason"),
            decided=fields.text("decided"),
            previous=fields.hexadecimal("previous"),
        )
        if found.to_bytes() != data:
            raise BadInput("the line is not canonical JSON.", where=where)
        return found


class Record:
    """The rulings on one queue, in the order in which they were made."""

    def __init__(self, queue: str, rulings: Sequence[Ruling] = (), where: str = "rulings") -> None:
        """Check the chain; raises :class:`EvidenceError` naming the line that breaks it."""
        self.queue = queue
        self._rulings: list[Ruling] = []
        for number, ruling in enumerate(rulings, 1):
            self.admit(ruling, f"{where}, line {number}")

    @property
    def rulings(self) -> tuple[Ruling, ...]:
        """Every ruling."""
        return tuple(self._rulings)

    @property
    def head(self) -> str:
        """Digest of the last line: what an act on the register commits to."""
        return self._rulings[-1].digest if self._rulings else START

    def admit(self, ruling: Ruling, where: str) -> None:
        """Take in the next ruling."""
        if ruling.queue != self.queue:
            raise EvidenceError("the ruling is about another queue.", where=where)
        if ruling.previous != self.head:
            raise EvidenceError("a line was changed, dropped or put in between.", where=where)
        if any((r.subject, r.reviewer) == (ruling.subject, ruling.reviewer) for r in self._rulings):
            raise EvidenceError(
                f"{ruling.reviewer} has decided about {ruling.subject} before.",
                where=where,
                do="A decision stays on record; another reviewer may differ.",
            )
        self._rulings.append(ruling)

    def agreed(self) -> Mapping[str, Ruling]:
        """By subject, the ruling on which all who ruled on it agree; no entry where they differ."""
        by_subject: dict[str, list[Ruling]] = {}
        for ruling in self._rulings:
            by_subject.setdefault(ruling.subject, []).append(ruling)
        return {
            subject: found[0]
            for subject, found in by_subject.items()
            if len({(each.decision, each.value) for each in found}) == 1
        }


def read_record(path: Path, queue: str) -> Record:
    """The record in a file; empty if there is none yet.

    Raises:
        BadInput: a line cannot be read, or the last one is cut off.
        EvidenceError: the chain is broken.
    """
    parts = (path.read_bytes() if path.exists() else b"").split(b"\n")
    if parts.pop():
        raise BadInput("the last line is cut off.", where=path.name)
    lines = [
        Ruling.from_bytes(part + b"\n", f"{path.name}, line {n}") for n, part in enumerate(parts, 1)
    ]
    return Record(queue, lines, path.name)


def rule(
    path: Path,
    queue: str,
    *,
    subject: str,
    reviewer: str,
    decision: str,
    reason: str,
    value: str = "",
    check: Callable[[Ruling], None] = lambda ruling: None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Ruling:
    """Append one ruling to the record in ``path``; on return it survives a power cut.

    ``check`` refuses what is no ruling on this queue: a record cannot lose a line again.
    """
    record = read_record(path, queue)
    decided = clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    ruling = Ruling(queue, subject, reviewer, decision, value, reason, decided, record.head)
    ruling = Ruling.from_bytes(ruling.to_bytes(), "ruling")  # one door: what reads back is written
    check(ruling)
    record.admit(ruling, path.name)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644), "ab") as file:
        append_durably(file, ruling.to_bytes(), path)
    return ruling
