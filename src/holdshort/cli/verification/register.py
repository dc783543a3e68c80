"""The check of a whole register, one line a check.

In this order:

1. the charter, and the log: checkpoint, root, every entry, tile, blob and file (`register.audit`);
2. the past: whether it continues what was verified before;
3. the law: its limits proven, every act replayed under it (`rulebook.proof`, `docket.replay`);
4. who signed: parties' keys, the register's own statements of status, witnesses;
5. the documents: everything that an act refers to is published;
6. the assessments: every finding recomputed from its evidence (`assess.verify`).
"""

from collections.abc import Generator, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from holdshort.cli.verification.findings import found_before, recompute
from holdshort.cli.verification.history import History
from holdshort.cli.verification.line import Line, at
from holdshort.cli.verification.log import witnesses
from holdshort.cli.verification.memory import Memory, recall, remember
from holdshort.cli.verification.place import Subject, web_options
from holdshort.cli.verification.progress import bar
from holdshort.errors import BadInput, HoldshortError

if TYPE_CHECKING:
    from holdshort.cli.verification.proving import Unkept
    from holdshort.docket.docket import Docket
    from holdshort.docket.replay import Replay
    from holdshort.register.audit import LogAudit, Seen
    from holdshort.register.charter import Charter
    from holdshort.register.entry import Entry
    from holdshort.register.policy import Policy
    from holdshort.rulebook.model import Rulebook


SNAPSHOT = "register.snapshot"


class RegisterCheck:
    """The check of one register."""

    def __init__(
        self,
        subject: Subject,
        pinned: str | None,
        policy: "Policy | None",
        *,
        fresh: bool,
        quiet: bool,
    ) -> None:
        self._subject = subject
        self._folder = subject.folder
        self._pinned = pinned
        self._policy = policy
        self._fresh = fresh
        self._quiet = quiet
        self._audit: LogAudit | None = None
        self._charter: Charter | None = None
        self._memory: Memory | None = None
        self._proven: set[str] = set()
        self.resumed = 0
        """Entries of which signatures and findings were not checked again."""

    def lines(self) -> Iterator[Line]:
        """Every check, as it is done."""
        charter = yield from self._read_charter()
        audit = self._audit_log(charter)
        for check in audit.checks:
            yield Line(check.name, check.ok, at(check.where, check.detail))
        if charter is None:
            return
        history = History(self._memory, audit, self._subject.keep(charter.leaf_hash))
        yield from history.lines()
        self.resumed = history.verified
        if audit.sound:
            yield from self._law(audit, charter)

    def remember(self) -> None:
        """Keep what held, for the next run."""
        if self._audit and self._audit.note and self._charter:
            now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            note = self._audit.note.to_bytes()
            memory = Memory(note, now, self._audit.blobs, tuple(self._proven))
            remember(self._subject.keep(self._charter.leaf_hash), memory)

    # 1. charter and log

    def _read_charter(self) -> "Generator[Line, None, Charter | None]":
        from holdshort.register.charter import read_charter
        from holdshort.register.entry import Entry

        try:
            charter = read_charter(Entry.parse(0, self._folder.leaf(0)))
        except HoldshortError as error:
            yield Line("charter", False, str(error))
            return None
        trusted = self._pinned in (None, charter.leaf_hash)
        said = "pinned" if self._pinned else "not pinned: give --charter to trust it"
        expected = said if trusted else f"expected {self._pinned}"
        yield Line("charter", trusted, f"{charter.leaf_hash} ({expected})")
        rehearsal = "a rehearsal, one person played all parties" if charter.rehearsal else "no"
        yield Line("rehearsal", True, rehearsal)
        self._charter = charter
        if not self._fresh:
            self._memory = recall(self._subject.keep(charter.leaf_hash))
        return charter

    def _audit_log(self, charter: "Charter | None") -> "LogAudit":
        from holdshort.register.audit import audit_log

        seen: Mapping[str, Seen] = {}
        if self._memory and self._memory.current:
            seen = self._memory.blobs
        with bar(quiet=self._quiet) as heard:
            self._audit = audit_log(
                self._folder,
                [charter.verifier] if charter else None,
                acts=False,
                cosigned=charter is not None,  # the policy in the log says by whom
                seen=seen,
                heard=lambda done, total: heard("hashing entries", done, total),
            )
        return self._audit

    # 3. law

    def _law(self, audit: "LogAudit", charter: "Charter") -> Iterator[Line]:
        from holdshort.docket.law import read_text

        digest = charter.rulebook
        try:
            book = read_text(self._folder.read_blob(digest), digest)
        except HoldshortError as error:
            yield Line("rulebook", False, str(error))
            return
        yield Line("rulebook", True, f"{book.id} {book.version}, {digest}")
        with self._proof(book, audit.sound) as unkept:
            reading, replayed = self._replay(audit, book)
            yield self._limits(book, unkept())
        if reading.fault:
            yield Line("entries", False, reading.fault)
        detail = replayed.fault or f"{replayed.acts} acts, each lawful when it was done"
        yield Line("lawfulness", replayed.fault is None, detail)
        yield from self._who_signed(audit, charter, reading, replayed)
        yield from self._documents(audit, reading)
        yield from self._findings(audit, replayed.docket)

    def _proof(self, book: "Rulebook", acts: int) -> "AbstractContextManager[Unkept]":
        from holdshort.cli.verification.proving import proving

        if self._proven_before(book):
            return nullcontext(lambda: None)
        return proving(book.text, acts)

    def _proven_before(self, book: "Rulebook") -> bool:
        return self.resumed > 0 and self._memory is not None and book.digest in self._memory.proven

    def _limits(self, book: "Rulebook", unkept: str | None) -> Line:
        if unkept is not None:
            return Line("limits", False, unkept)
        self._proven.add(book.digest)
        before = " (in an earlier run)" if self._proven_before(book) else ""
        detail = f"{len(book.limits)} limits on power, each proven for every history{before}"
        return Line("limits", True, detail)

    def _replay(self, audit: "LogAudit", book: "Rulebook") -> "tuple[_Reading, Replay]":
        from holdshort.docket.replay import replay

        reading = _Reading(audit)
        acts = iter(reading)
        with bar(quiet=self._quiet) as heard:
            replayed = replay(
                acts,
                book,
                self._folder.read_blob,
                verified=self.resumed,
                heard=lambda done: heard("replaying acts", done, audit.sound),
            )
        for _ in acts:
            pass  # what stands after a fault refers to documents as well
        return reading, replayed

    # 4. who signed

    def _who_signed(
        self, audit: "LogAudit", charter: "Charter", reading: "_Reading", replayed: "Replay"
    ) -> Iterator[Line]:
        docket = replayed.docket
        if replayed.fault is None:
            yield _keys(docket, charter, replayed, self.resumed)
        yield _snapshots(reading, replayed)
        yield from self._witnesses(audit, charter, docket)

    def _witnesses(self, audit: "LogAudit", charter: "Charter", docket: "Docket") -> Iterator[Line]:
        from holdshort.register.policy import Policy

        text = docket.witness_policy or charter.witness_policy
        whose = f"the policy in force (entry {docket.witness_entry})"
        try:
            policy = Policy.parse(text, whose, charter.verifier)
        except HoldshortError as error:
            yield Line("witnesses", False, str(error))
            return
        line = witnesses(audit, policy, whose, charter.verifier)
        known = {(each.verifier.name, each.verifier.key_id) for each in policy.witnesses}
        strangers = [each.name for each in audit.others if (each.name, each.key_id) not in known]
        if line.ok and strangers:
            names = ", ".join(strangers)
            detail = f"checkpoint: {names} signed it too, whom {whose} does not know"
            line = Line("witnesses", False, detail)
        yield line
        if self._policy:
            yield witnesses(audit, self._policy, "the policy that you gave", charter.verifier)

    # 5. documents

    def _documents(self, audit: "LogAudit", reading: "_Reading") -> Iterator[Line]:
        missing = {each for each in reading.documents if each not in audit.blobs}
        damaged: tuple[str, ...] = self._subject.pulled.damaged if self._subject.pulled else ()
        if missing and self._subject.url:
            damaged = self._fetch(audit, missing, self._subject.url)
            missing = {each for each in missing if each not in audit.blobs}
        told = [
            f"entry {index} refers to {name} {sha256[:16]}…, which is "
            + ("published with another content" if sha256 in damaged else "not published")
            for sha256, (index, name) in reading.documents.items()
            if sha256 in missing
        ]
        detail = "; ".join(told) or f"{len(audit.blobs)} published, none missing"
        yield Line("documents", not told, detail)

    def _fetch(self, audit: "LogAudit", wanted: set[str], url: str) -> tuple[str, ...]:
        """Ask once more for what is not here whole; the digests of what is served damaged."""
        from holdshort.register.audit import seen_as
        from holdshort.register.mirror import pull_blobs

        with bar(quiet=self._quiet) as heard:
            options = web_options(url)
            pulled = pull_blobs(url, self._folder, wanted, heard, options=options)
        for sha256 in wanted - {*pulled.missing, *pulled.damaged}:
            status = self._folder.open_blob(sha256).stat()
            audit.blobs[sha256] = seen_as(status)
        return pulled.damaged

    # 6. findings

    def _findings(self, audit: "LogAudit", docket: "Docket") -> Iterator[Line]:
        before = 0
        for case in docket.cases.values():
            if found_before(case, self.resumed, audit.blobs):
                before += 1
            else:
                yield from recompute(self._folder.open_blob, case)
        if before:
            yield Line(
                "findings", True, f"those of {before} cases were recomputed in an earlier run"
            )


class _Reading:
    """The entries as acts, read once; remembers what they refer to, and where reading ended."""

    def __init__(self, audit: "LogAudit") -> None:
        self._audit = audit
        self.fault: str | None = None
        self.documents: dict[str, tuple[int, str]] = {}
        """By digest, the first entry that refers to it, and as what."""
        self.snapshots = 0

    def __iter__(self) -> "Iterator[Entry]":
        from holdshort.docket.replay import referenced_blobs
        from holdshort.register.audit import place_of
        from holdshort.register.entry import Entry

        size = self._audit.checkpoint.size if self._audit.checkpoint else 0
        leaves = enumerate(self._audit.read())
        while True:
            index = -1
            try:
                index, leaf = next(leaves)
                entry = Entry.parse(index, leaf)
            except StopIteration:
                return
            except HoldshortError as error:
                where = place_of(index, size) if index >= 0 else error.where
                self.fault = at(where, error.what)
                return
            with suppress(BadInput):  # a sealed value that is none: the docket refuses it
                for _, name, sha256 in referenced_blobs([entry]):
                    self.documents.setdefault(sha256, (index, name))
            self.snapshots += entry.act.type == SNAPSHOT
            yield entry


def _keys(docket: "Docket", charter: "Charter", replayed: "Replay", resumed: int) -> Line:
    parties = docket.parties.values()
    held = sum(len(party.keys) for party in parties)
    retired = sum(len(party.retired) for party in parties)
    root = docket.parties[charter.root.id]
    before = f"; those of the first {resumed} entries were checked before" if resumed else ""
    return Line(
        "keys",
        True,
        f"{len(parties)} parties hold {held}, {retired} are retired; the root acts by "
        f"{root.threshold} of {len(root.keys)}; {replayed.signatures} signatures hold, under the "
        f"keys of their place{before}",
    )


def _snapshots(reading: _Reading, replayed: "Replay") -> Line:
    docket, faulty = replayed.docket, replayed.faulty
    if faulty is not None and faulty.act.type == SNAPSHOT:
        detail = "; ".join(_contradiction(docket, faulty)) or "it is not lawful"
        return Line("snapshots", False, f"entry {faulty.index} contradicts the record: {detail}")
    last = docket.last_snapshot
    if last is None:
        return Line("snapshots", True, "none: no clearance was issued")
    return Line(
        "snapshots",
        True,
        f"{reading.snapshots}, each as the record has it; the last at {last.issued_at}, "
        f"the next due by {last.next_update}",
    )


def _contradiction(docket: "Docket", entry: "Entry") -> Iterator[str]:
    """Where a snapshot says otherwise than follows from the entries before it."""
    from holdshort.docket.standing import snapshot
    from holdshort.register.status import Status, StatusSnapshot

    try:
        said = StatusSnapshot.from_fields(entry.act.fields)
        follows = snapshot(docket, max(entry.act.at, docket.last_at))
    except HoldshortError as error:
        yield str(error)
        return
    for index, clearance in enumerate(docket.clearances):
        one = said.statuses[index] if index < len(said.statuses) else None
        other = follows.statuses[index]
        if one != other:
            named = Status(one).name.lower() if one is not None else "nothing"
            yield (
                f"it says {named} of the clearance of {clearance.case} and should say "
                f"{Status(other).name.lower()}"
            )
    for name in ("sequence", "log_size", "log_root", "index", "next_update"):
        if getattr(said, name) != getattr(follows, name):
            yield f"{name} is {getattr(said, name)} and should be {getattr(follows, name)}"
