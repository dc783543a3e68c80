"""A register read, proven and replayed whole, for commands that conclude something from it."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from holdshort.errors import HoldshortError, RegisterError

if TYPE_CHECKING:
    from holdshort.cli.verification.place import Subject
    from holdshort.docket.docket import Docket
    from holdshort.register.audit import LogAudit
    from holdshort.register.entry import Entry


def subject_at(place: str, copy: Path | None, heard: Any) -> "Subject":
    """The published register at a folder or a URL; what a URL serves is copied first."""
    from holdshort.cli.verification.place import fetched, home_of, local
    from holdshort.register.mirror import protocol

    if protocol(place) is None:
        return local(Path(place))
    return fetched(place, home_of(place, copy), heard, documents=True, fresh=False)


def proven(
    subject: "Subject", pinned: str | None, heard: Any
) -> "tuple[LogAudit, list[Entry], Docket]":
    """Every entry, proven and replayed; RegisterError if the register does not hold."""
    from holdshort.cli.verification.memory import recall
    from holdshort.docket.law import read_text
    from holdshort.docket.replay import replay
    from holdshort.register.audit import audit_log
    from holdshort.register.charter import read_charter
    from holdshort.register.entry import Entry

    folder = subject.folder
    try:
        charter = read_charter(Entry.parse(0, folder.leaf(0)))
    except RegisterError as error:
        raise _broken(error.where, error.what) from None
    if pinned not in (None, charter.leaf_hash):
        raise RegisterError(
            f"The charter is {charter.leaf_hash}, not the one that is trusted.",
            where=str(folder.path),
        )
    audit = audit_log(
        folder,
        [charter.verifier],
        acts=False,
        cosigned=True,
        blobs=False,
        heard=lambda done, total: heard("hashing entries", done, total),
    )
    whole = [each for each in audit.failures if each.name != "files"]
    if whole or audit.tree is None or audit.note is None:
        raise _broken(whole[0].where if whole else None, whole[0].detail if whole else "no root")
    entries = [Entry.parse(index, leaf) for index, leaf in enumerate(audit.read())]
    memory = recall(subject.keep(charter.leaf_hash))
    known = memory.head if memory and memory.current else None
    same = known and known.size <= len(entries) and audit.tree.root(known.size) == known.root
    try:
        book = read_text(folder.read_blob(charter.rulebook), charter.rulebook)
    except HoldshortError as error:
        raise _broken(error.where, error.what) from None
    replayed = replay(
        entries,
        book,
        folder.read_blob,
        verified=known.size if known and same else 0,
        heard=lambda done: heard("replaying acts", done, len(entries)),
    )
    if replayed.fault:
        raise _broken(None, replayed.fault)
    return audit, entries, replayed.docket


def _broken(where: str | None, what: str) -> RegisterError:
    return RegisterError(
        f"{what.rstrip('.')}. From a register that does not hold nothing can be concluded.",
        where=where,
        do="See all that is wrong: holdshort verify, with the same place.",
    )
