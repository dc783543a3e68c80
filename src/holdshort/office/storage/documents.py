"""Documents on their way into the published folder, along with the act that names them.

    with drafted(folder, documents) as papers:  # written and synced; before the write lock is taken
        ...
        with papers.placed():  # within the lock, once the act is lawful: renamed, the names synced
            ...  # if the act is refused after all, they go again

Rules kept here:

- However large a document is, nobody else waits for it: within the write lock names are moved and
  synced, and nothing is written or hashed.
- A document is at its place for good before the act that names it can be committed.
- What belongs to an act that is not lawful is never seen. It stays a draft beside the published
  folder, not in it, and goes when the filing ends; one that a crash left is swept a day later.
- What was there before stays, whatever becomes of the act.
- An act may be entered anew after a transaction that failed: its documents are then at their places
  already, which is as good.
- Where the published folder is on a file system of its own, names cannot be moved into it: then,
  and only then, documents are copied within the lock.
"""

import errno
import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from holdshort.errors import BadInput, StorageError
from holdshort.register.act import Artefact
from holdshort.register.atomic import Batch, sweep
from holdshort.register.folder import Folder, blob_path

DRAFTS = ".drafts"
"""The folder of drafts, beside the published one."""

_AT_WORK = 24 * 3600.0
"""Seconds after which a draft is taken for the leftover of a crash."""
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Document:
    """A document to publish with an act, once the act is found lawful."""

    name: str
    content: Path | bytes

    def artefact(self) -> Artefact:
        """What the act says of it; BadInput if it cannot be read."""
        digest = hashlib.sha256()
        for chunk in self.chunks():
            digest.update(chunk)
        return Artefact(self.name, digest.hexdigest())

    def chunks(self) -> Iterator[bytes]:
        """Its content in parts; BadInput if it cannot be read."""
        if isinstance(self.content, bytes):
            yield self.content
            return
        try:
            with self.content.open("rb") as file:
                while chunk := file.read(_CHUNK):
                    yield chunk
        except OSError as error:
            what = f"The file cannot be read: {error.strerror}."
            raise BadInput(what, where=str(self.content)) from None


@dataclass(frozen=True)
class Paper:
    """A document as it was read: what an act says of it, its draft, and where it belongs."""

    artefact: Artefact
    draft: Path
    place: Path

    def read(self) -> bytes:
        """Its content, wherever it is by now."""
        return (self.draft if self.draft.exists() else self.place).read_bytes()


@dataclass(frozen=True)
class Papers:
    """The documents of one act, in their order."""

    folder: Folder
    papers: Sequence[Paper] = ()

    @property
    def artefacts(self) -> list[Artefact]:
        """What the act says of them."""
        return [each.artefact for each in self.papers]

    def contents(self) -> dict[str, bytes]:
        """Each document by its digest, published or not."""
        return {each.artefact.sha256: each.read() for each in self.papers}

    @contextmanager
    def placed(self) -> Iterator[None]:
        """They are published, durably; those that are new are not, if what is done within fails.

        Within the database's write lock: nobody else places or takes away a document meanwhile.

        Raises:
            StorageError: they cannot be put there; then none is.
        """
        new: list[Paper] = []
        try:
            if self.papers:
                self._place(new)
            yield
        except BaseException:
            for each in new:
                with suppress(OSError):
                    if each.draft.exists():
                        each.place.unlink()
                    else:
                        each.place.replace(each.draft)
            raise

    def _place(self, new: list[Paper]) -> None:
        with Batch(self.folder.path, keep=True) as batch:
            for each in self.papers:
                there = each.place.exists()
                if each.draft.exists():
                    new += [] if there else [each]
                    _move(batch, each)
                elif not there:
                    what = f"The document {each.artefact.name} is gone. Nothing was recorded."
                    raise StorageError(what, where=str(each.draft), do="File it again.")
            batch.sync()
            for folder in {each.place.parent for each in self.papers}:
                _sync(folder)


@contextmanager
def drafted(folder: Folder, documents: Sequence[Document]) -> Iterator[Papers]:
    """The documents, written and synced beside ``folder``; what is not placed goes again.

    Each is read once: what an act says of it is what was written, though the file may change.

    Raises:
        BadInput: one of them cannot be read.
        StorageError: one of them cannot be written.
    """
    drafts: list[Path] = []
    try:
        yield Papers(folder, [_draft(folder, each, drafts) for each in documents])
    finally:
        for path in drafts:
            with suppress(OSError):  # a later filing sweeps it; this one is done
                path.unlink()


def _draft(folder: Folder, document: Document, drafts: list[Path]) -> Paper:
    digest = hashlib.sha256()

    def through() -> Iterator[bytes]:
        for chunk in document.chunks():
            digest.update(chunk)
            yield chunk

    place = folder.path.parent / DRAFTS
    sweep(place, seconds=_AT_WORK)
    path = place / f".{os.urandom(8).hex()}.tmp"  # which a sweep knows for a draft
    drafts.append(path)
    with Batch(place) as batch:
        batch.write_all(path.name, through())
    artefact = Artefact(document.name, digest.hexdigest())
    return Paper(artefact, path, folder.path / blob_path(artefact.sha256))


def _move(batch: Batch, paper: Paper) -> None:
    """To its place in one step: a crash leaves nothing in the published folder but documents."""
    parent = paper.place.parent
    if not parent.is_dir():
        parent.mkdir(parents=True, exist_ok=True)
        _sync(parent.parent)
    try:
        paper.draft.rename(paper.place)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        with paper.draft.open("rb") as file:
            chunks = iter(lambda: file.read(_CHUNK), b"")
            batch.write_all(blob_path(paper.artefact.sha256), chunks)


def _sync(folder: Path) -> None:
    """Make the names in a folder survive a crash."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
