"""The operator's check of a place, one line a check. It reads and changes nothing.

Not even a database is made: it is opened to be read only, and where none was ever made there is no
register to check.

- *database*: whole, as its own integrity check and the hash beside every row have it; its guards;
- *acts*: every row lawful when it was done, so that no process wrote past the door;
- *published*, *mirrors*, *witnesses*: each shows the beginning of this very log;
- *unpublished*, *snapshot*: nothing waits that should be out;
- *keys*, *space*: files that others can read, a disk that fills up.
"""

import hashlib
import shutil
import stat
from collections.abc import Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from holdshort.cli.verification.line import Line, at
from holdshort.cli.verification.place import web_options
from holdshort.errors import BadInput, HoldshortError, RegisterError
from holdshort.office.place import Place

if TYPE_CHECKING:
    from holdshort.docket.replay import Replay
    from holdshort.register.checkpoint import Checkpoint
    from holdshort.register.entry import Entry
    from holdshort.register.merkle import Tree
    from holdshort.register.note import NoteVerifier
    from holdshort.register.policy import Policy

FREE_BYTES = 1 << 30
"""Least free space on the disk; below it, there is something to do."""


@dataclass(frozen=True)
class _Log:
    """The log as the database has it."""

    entries: "list[Entry]"
    tree: "Tree"


class Checking:
    """The check of one place."""

    def __init__(self, data: Path, mirrors: Sequence[str] = ()) -> None:
        self._place = Place(data)
        self._more = mirrors

    def lines(self) -> Iterator[Line]:
        """Every check, as it is done; BadInput if there is no register here."""
        place = self._place
        database = self._open()
        yield from self._keys()
        yield self._space()
        log = yield from self._database(database)
        if log is None:
            return
        replayed = yield from self._acts(log)
        yield from self._published(log)
        for url in dict.fromkeys((*place.settings.mirrors, *self._more)):
            yield self._mirror(url, log)
        yield from self._witnesses(log, replayed)
        yield from self._snapshot(replayed)

    # ------------------------------------------------------------------ files

    def _keys(self) -> Iterator[Line]:
        folder = self._place.keys
        files = [path for path in folder.rglob("*") if path.is_file()] if folder.is_dir() else []
        if not files:
            yield Line("keys", True, "no private keys here")
            return
        loose = [path for path in (folder, *files) if path.stat().st_mode & (_OTHERS)]
        told = ", ".join(f"{path} ({stat.filemode(path.stat().st_mode)})" for path in loose)
        detail = f"others can read {told}: chmod go= them" if loose else f"{len(files)} files, kept"
        yield Line("keys", not loose, detail)

    def _space(self) -> Line:
        free = shutil.disk_usage(self._place.root).free
        return Line("space", free >= FREE_BYTES, f"{free / 1e9:,.1f} GB free on the disk")

    # ------------------------------------------------------------------ database

    def _open(self) -> "str | HoldshortError":
        """The database, to be read only; or what is wrong with it. BadInput if there is none."""
        from holdshort.office.storage.database import is_made, leaves, open_database
        from holdshort.register.folder import Folder

        place, published = self._place, 0
        if place.database.exists():
            try:
                alias = open_database(place, guarded=False, writable=False)
                if is_made(alias) and any(True for _ in leaves(alias, 0, 1)):
                    return alias
            except BadInput:
                raise
            except HoldshortError as error:
                return error
        with suppress(HoldshortError):  # a damaged checkpoint is none to go by
            published = Folder(place.public).size()
        if published:
            told = f"{published} entries are published, and the database holds none."
            return RegisterError(told, where=str(place.database), do="Restore it.")
        raise BadInput(
            "There is no register here, or it is not open yet.",
            where=str(place.root),
            do="Give its folder with --data, or open one with `holdshort init`.",
        )

    def _database(self, alias: "str | HoldshortError") -> "Generator[Line, None, _Log | None]":
        from holdshort.office.storage.guards import missing_guards

        try:
            if isinstance(alias, HoldshortError):
                raise alias
            missing = missing_guards(alias)
            told = f"missing or changed: {', '.join(missing)}" if missing else "all are there"
            yield Line("guards", not missing, told)
            faults = _integrity(alias)
            yield Line("database", not faults, "; ".join(faults) or "whole, by its own check")
            log = _read(alias)
        except HoldshortError as error:
            yield Line("database", False, str(error))
            return None
        detail = f"{len(log.entries)} entries, each with the hash beside it"
        yield Line("rows", True, detail)
        return log

    def _acts(self, log: _Log) -> "Generator[Line, None, Replay | None]":
        from holdshort.docket.law import read_text
        from holdshort.docket.replay import replay
        from holdshort.register.folder import Folder

        folder = Folder(self._place.public)
        digest = log.entries[0].act.rulebook
        try:
            book = read_text(folder.read_blob(digest), digest)
        except HoldshortError as error:
            yield Line("acts", False, str(error))
            return None
        replayed = replay(log.entries, book, folder.read_blob)
        detail = replayed.fault or f"{replayed.acts}, each lawful when it was done"
        yield Line("acts", replayed.fault is None, detail)
        return replayed

    # ------------------------------------------------------------------ what others were shown

    def _published(self, log: _Log) -> Iterator[Line]:
        from holdshort.register.audit import audit_log
        from holdshort.register.charter import read_charter
        from holdshort.register.folder import Folder

        folder = Folder(self._place.public)
        size = len(log.entries)
        try:
            charter = read_charter(log.entries[0])
            if not folder.size():
                yield Line("published", False, "nothing is: run `holdshort register publish`")
                return
            found = audit_log(folder, [charter.verifier], acts=False, cosigned=True)
            told = [at(each.where, each.detail) for each in found.failures]
            head = folder.head()
        except HoldshortError as error:
            yield Line("published", False, str(error))
            return
        told += _differs(head, log)
        detail = "; ".join(told) or f"{head.size} entries and {len(found.blobs)} documents, whole"
        yield Line("published", not told, detail)
        waiting = size - head.size
        detail = f"{waiting} acts wait: run `holdshort register publish`" if waiting > 0 else "none"
        yield Line("unpublished", waiting <= 0, detail)

    def _mirror(self, url: str, log: _Log) -> Line:
        from holdshort.office.mirrors import Mirrors, shown_as
        from holdshort.register.charter import read_charter
        from holdshort.register.folder import Folder
        from holdshort.register.mirror import mirror_head

        name = f"mirror {shown_as(url)}"
        try:
            keys = [read_charter(log.entries[0]).verifier]
            head = mirror_head(url, web_options(url), keys=keys)
        except HoldshortError as error:
            return Line(name, False, str(error))
        if head is None:
            held = Mirrors(self._place).held(url)
            away = f", and it held {held} entries: is it there?" if held else ""
            return Line(name, False, f"nothing is published there{away}")
        told = _differs(head, log)
        behind = Folder(self._place.public).size() - head.size
        if behind > 0:
            told.append(f"{behind} entries behind: run `holdshort register publish`")
        return Line(name, not told, "; ".join(told) or f"{head.size} entries, up to date")

    def _witnesses(self, log: _Log, replayed: "Replay | None") -> Iterator[Line]:
        from holdshort.register.charter import read_charter
        from holdshort.register.folder import Folder
        from holdshort.register.policy import NONE, Policy

        if replayed is None:
            return
        folder = Folder(self._place.public)
        try:
            charter = read_charter(log.entries[0])
            text = replayed.docket.witness_policy or charter.witness_policy
            policy = Policy.parse(text, "witness policy", charter.verifier)
            if policy.quorum == NONE and not policy.witnesses:
                yield Line("witnesses", True, "the policy in force asks for none")
                return
            cosigned = policy.check(folder.checkpoint(), charter.verifier)
        except HoldshortError as error:
            yield Line("witnesses", False, str(error))
            return
        names = ", ".join(cosigned.cosigned_by) or "nobody"
        yield Line("witnesses", True, f"cosigned by {names}")
        yield from self._witness_heads(policy, charter.verifier, log)

    def _witness_heads(self, policy: "Policy", key: "NoteVerifier", log: _Log) -> Iterator[Line]:
        """What each witness shows of this log (tlog-witness, "monitoring"), if it shows it."""
        from holdshort.register.checkpoint import open_checkpoint
        from holdshort.register.mirror import open_store
        from holdshort.register.note import MAX_BYTES

        name = f"{hashlib.sha256(key.name.encode()).hexdigest()}/checkpoint"
        for witness in policy.witnesses:
            if witness.url is None:
                continue
            line = f"witness {witness.name}"
            try:
                with open_store(witness.url, web_options(witness.url)) as store:
                    found = store.look(name, MAX_BYTES)
                if found is None:
                    yield Line(line, True, "shows no checkpoint of this log")
                    continue
                head = open_checkpoint(found, [key], strict=False, where=witness.url)
            except HoldshortError as error:
                yield Line(line, False, str(error))
                continue
            told = _differs(head, log)
            yield Line(line, not told, "; ".join(told) or f"has seen {head.size} entries of it")

    def _snapshot(self, replayed: "Replay | None") -> Iterator[Line]:
        last = replayed.docket.last_snapshot if replayed else None
        if last is None:
            return
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        late = now > last.next_update
        detail = f"the next one {'was' if late else 'is'} due by {last.next_update}"
        yield Line("snapshot", not late, detail)


_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def _differs(head: "Checkpoint", log: _Log) -> list[str]:
    """How a checkpoint contradicts the database."""
    size = len(log.entries)
    if head.origin != log.entries[0].act.register:
        return [f"it is of another register, {head.origin}"]
    if head.size > size:
        return [f"it has {head.size} entries, the database {size}: the database is an old copy"]
    if log.tree.root(head.size) != head.root:
        return [f"its {head.size} entries are not the first {head.size} of the database: a fork"]
    return []


def _integrity(alias: str) -> list[str]:
    """What the database's own check finds wrong; on PostgreSQL, what reading every row does not."""
    from django.db import connections

    from holdshort.office.storage.failure import explained

    connection = connections[alias]
    with explained(alias), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA integrity_check(10)")
            return [text for (text,) in cursor.fetchall() if text != "ok"]
        cursor.execute(
            "SELECT datname, checksum_failures FROM pg_stat_database "
            "WHERE datname = current_database() AND checksum_failures > 0"
        )
        return [f"{count} pages of {name} have a wrong checksum" for name, count in cursor]


def _read(alias: str) -> _Log:
    """Every row, in order and without a gap, held against the hash beside it."""
    from holdshort.office.models import LogEntry
    from holdshort.office.storage.failure import explained
    from holdshort.register.entry import Entry
    from holdshort.register.merkle import Tree

    entries: list[Entry] = []
    tree = Tree()
    rows = LogEntry.objects.using(alias).order_by("index").values_list("index", "leaf", "leaf_hash")
    with explained(alias):
        for index, leaf, kept in rows.iterator():
            if index != len(entries):
                raise RegisterError(f"Entry {len(entries)} is missing.", where=alias)
            entry = Entry.parse(index, bytes(leaf))
            if entry.leaf_hash != bytes(kept):
                raise RegisterError(f"Entry {index} has another hash beside it.", where=alias)
            tree.append(entry.leaf_hash)
            entries.append(entry)
    return _Log(entries, tree)
