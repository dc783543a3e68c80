"""Documents are written before an act's turn comes, seen once it is lawful, and there for good."""

import errno
import os
import stat
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from holdshort.docket.docket import Docket
from holdshort.docket.refusal import Unlawful
from holdshort.docket.replay import replay
from holdshort.errors import BadInput, Refused, StorageError
from holdshort.office.door import Document, Filing, Office, Receipt
from holdshort.office.storage import database, sequencer
from holdshort.office.storage.documents import DRAFTS
from holdshort.register.audit import audit_log

pytestmark = [
    pytest.mark.parametrize("storage", ["sqlite", "postgresql"], indirect=True),
    pytest.mark.usefixtures("storage"),
]


def declared(case: str, *documents: Document, by: str = "acme") -> Filing:
    return Filing("review.declare", case, by, {"model": "M", "facts": {}}, documents)


def digest(document: Document) -> str:
    return document.artefact().sha256


def blobs(office: Office) -> set[str]:
    return {sha256 for sha256, _ in office.folder.blobs()}


def drafts(office: Office) -> list[Path]:
    within = [path for path in office.folder.path.rglob(".*") if path.is_file()]
    return [*within, *(office.place.root / DRAFTS).glob(".*")]


def sound(office: Office) -> bool:
    found = audit_log(office.folder, [office.docket.charter.verifier])
    return found.ok and replay(found.entries, office.book).fault is None


@pytest.fixture
def large(tmp_path: Path) -> Document:
    (tmp_path / "large").write_bytes(os.urandom(3 << 20))
    return Document("large", tmp_path / "large")


@pytest.fixture
def locked(monkeypatch: pytest.MonkeyPatch) -> Callable[[], bool]:
    """Whether the database's write lock is held now."""
    inside = threading.Event()
    real = database.writing

    @contextmanager
    def writing(alias: str) -> Iterator[None]:
        with real(alias):
            inside.set()
            try:
                yield
            finally:
                inside.clear()

    monkeypatch.setattr(sequencer, "writing", writing)
    return inside.is_set


def test_within_the_write_lock_no_document_is_written_hashed_or_synced(
    office: Office,
    large: Document,
    locked: Callable[[], bool],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written: list[bool] = []
    fsync, read = os.fsync, Document.chunks

    def noted(descriptor: int) -> None:
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            written.append(locked())
        fsync(descriptor)

    def chunks(document: Document) -> Iterator[bytes]:
        for chunk in read(document):
            written.append(locked())
            yield chunk

    with monkeypatch.context() as watched:
        watched.setattr(os, "fsync", noted)
        watched.setattr(Document, "chunks", chunks)
        (receipt,) = office.file_all([declared("one", large)])
    assert isinstance(receipt, Receipt)
    assert len(written) > 3
    assert not any(written)
    assert digest(large) in blobs(office)
    assert not drafts(office)
    assert sound(office)


def test_a_document_is_at_its_place_for_good_before_its_act_is_committed(
    office: Office, large: Document, locked: Callable[[], bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    fsync, append = os.fsync, database.append

    def noted(descriptor: int) -> None:
        synced.append(Path(f"/proc/self/fd/{descriptor}").resolve())
        fsync(descriptor)

    def checked(alias: str, rows: Sequence[Any]) -> None:
        place = office.folder.open_blob(digest(large))
        assert locked()
        assert place.parent.resolve() in synced
        append(alias, rows)

    monkeypatch.setattr(os, "fsync", noted)
    monkeypatch.setattr(sequencer, "append", checked)
    (receipt,) = office.file_all([declared("one", large)])
    assert isinstance(receipt, Receipt)


def test_what_the_docket_refuses_is_never_seen_and_leaves_no_draft(
    office: Office, large: Document
) -> None:
    before = blobs(office)
    (outcome,) = office.file_all([declared("one", large, by="beacon")])
    assert isinstance(outcome, Unlawful)
    assert blobs(office) == before
    assert not drafts(office)


def test_an_act_that_is_refused_at_the_last_takes_its_new_documents_back_and_no_others(
    office: Office, large: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a limit breaks: the docket finds that only as it admits the act."""
    old, admit = Document("old", b"on the register already"), Docket.admit
    office.file_all([declared("before", old)])
    known = blobs(office)

    def refuse(docket: Docket, entry: Any, **how: Any) -> None:
        if entry.act.case == "one":
            assert digest(large) in blobs(office)
            raise Refused("A limit breaks.")
        admit(docket, entry, **how)

    monkeypatch.setattr(Docket, "admit", refuse)
    outcomes = office.file_all([declared("one", large, old), declared("two", old)])
    assert [type(each) for each in outcomes] == [Refused, Receipt]
    assert blobs(office) == known
    assert not drafts(office)
    assert sound(office)


def test_of_two_acts_with_one_document_the_refusal_of_either_leaves_it_to_the_other(
    office: Office, large: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    admit = Docket.admit

    def refuse(docket: Docket, entry: Any, **how: Any) -> None:
        if entry.act.case.startswith("no"):
            raise Refused("A limit breaks.")
        admit(docket, entry, **how)

    monkeypatch.setattr(Docket, "admit", refuse)
    outcomes = office.file_all(
        [declared(case, large) for case in ("no-1", "yes-1", "no-2", "yes-2")]
    )
    assert [type(each) for each in outcomes] == [Refused, Receipt, Refused, Receipt]
    assert digest(large) in blobs(office)
    assert not drafts(office)
    assert sound(office)


def test_where_no_name_can_be_moved_into_the_published_folder_documents_are_copied(
    office: Office, large: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is a file system of its own: as a volume that a web server shares."""
    rename, admit = Path.rename, Docket.admit

    def apart(path: Path, target: Path) -> Path:
        if DRAFTS in path.parts:
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
        return rename(path, target)

    def refuse(docket: Docket, entry: Any, **how: Any) -> None:
        if entry.act.case == "no":
            raise Refused("A limit breaks.")
        admit(docket, entry, **how)

    monkeypatch.setattr(Path, "rename", apart)
    monkeypatch.setattr(Docket, "admit", refuse)
    before = blobs(office)
    office.file_all([declared("no", large)])
    assert blobs(office) == before
    (receipt,) = office.file_all([declared("yes", large)])
    assert isinstance(receipt, Receipt)
    assert digest(large) in blobs(office)
    assert not drafts(office)
    assert sound(office)


def test_an_act_says_what_was_written_though_its_file_changes_meanwhile(
    office: Office, large: Document
) -> None:
    before = digest(large)

    def fields(at: str) -> dict[str, Any]:
        assert isinstance(large.content, Path)
        large.content.write_bytes(b"something else by now")
        return {"model": "M", "facts": {}}

    receipt = office.file("review.declare", "one", "acme", fields, [large])
    assert [each.sha256 for each in receipt.entry.act.artefacts] == [before]
    assert before in blobs(office)
    assert sound(office)


def test_a_document_that_cannot_be_read_or_written_refuses_its_own_act_alone(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, full = Document("gone", tmp_path / "gone"), Document("full", b"no room for this")
    fsync = os.fsync
    failed: list[int] = []

    def once(descriptor: int) -> None:
        if stat.S_ISREG(os.fstat(descriptor).st_mode) and not failed:
            failed.append(descriptor)
            raise OSError(28, "No space left on device")
        fsync(descriptor)

    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", once)
        outcomes = office.file_all(
            [declared("one", full), declared("two", gone), declared("three")]
        )
    assert [type(each) for each in outcomes] == [StorageError, BadInput, Receipt]
    assert not drafts(office)
    assert sound(office)


@pytest.mark.parametrize("where", ["while it is admitted", "while all are written"])
def test_an_act_that_is_entered_anew_after_an_interrupt_has_its_documents(
    office: Office, large: Document, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """The thread that files for all is interrupted after a follower's documents were placed."""
    real, main = database.append, threading.get_ident()
    follower: list[object] = []
    joined = threading.Event()

    def work() -> None:
        try:
            follower.extend(office.file_all([declared("follower", large)]))
        finally:
            connections.close_all()

    thread = threading.Thread(target=work)

    def fields(at: str) -> dict[str, Any]:
        thread.start()
        while len(office._sequencer._queue) < 2:
            joined.wait(0.001)
        return {"model": "M", "facts": {}}

    admit = Docket.admit

    def interrupted(docket: Docket, entry: Any, **how: Any) -> None:
        admit(docket, entry, **how)
        leads = threading.get_ident() == main
        if leads and entry.act.case == "follower" and where == "while it is admitted":
            raise KeyboardInterrupt

    def append(alias: str, rows: Sequence[Any]) -> None:
        real(alias, rows)
        if threading.get_ident() == main:
            raise KeyboardInterrupt

    with monkeypatch.context() as crash:
        crash.setattr(Docket, "admit", interrupted)
        crash.setattr(sequencer, "append", append)
        with pytest.raises(KeyboardInterrupt):
            office.file("review.declare", "leader", "acme", fields)
        thread.join(30)
    assert [type(each) for each in follower] == [Receipt]
    assert digest(large) in blobs(office)
    assert "leader" not in office.docket.cases
    assert not drafts(office)
    assert sound(office)
