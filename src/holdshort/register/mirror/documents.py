"""Fetching documents into a copy: blobs, named by the digest of their content.

A blob whose file is there may be damaged. Whether it is, is found out where that is asked for; then
it is fetched again, and replaced by what has the digest, by nothing else.
"""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from holdshort.errors import RegisterError, StorageError
from holdshort.register import tiles
from holdshort.register.atomic import Batch
from holdshort.register.folder import Folder, blob_path
from holdshort.register.mirror.extent import Progress, each, silent
from holdshort.register.mirror.store import Store, Unreachable, open_store

Named = Callable[[int, bytes], Iterable[str]]
"""The digests of the blobs that an entry refers to, from its index and its bytes."""

MAX_BLOB = 1 << 36
"""Most bytes of a blob that is fetched, 64 GiB: its size is not known before."""

INCOMING = ".incoming"
"""Folder in a copy for what is not whole yet; gone when the copy is."""

_CHUNK = 1 << 20


@dataclass(frozen=True)
class Fetched:
    """What became of the documents that were asked for, by digest."""

    fetched: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    """The mirror has not."""
    damaged: tuple[str, ...] = ()
    """The mirror serves with another content."""


def pull_blobs(
    url: str,
    folder: Folder,
    digests: Iterable[str],
    progress: Progress = silent,
    *,
    options: Mapping[str, Any] | None = None,
) -> Fetched:
    """Fetch these blobs, as far as they are not here whole."""
    wanted = sorted({sha256 for sha256 in digests if not folder.holds(sha256)})
    with (
        open_store(url, options) as store,
        Batch(folder.path, keep=True, drafts=INCOMING) as batch,
    ):
        found = fetch(store, folder, batch, wanted, progress)
        batch.sync()
    shutil.rmtree(folder.path / INCOMING, ignore_errors=True)
    return found


def wanted(
    folder: Folder, size: int, named: Named, progress: Progress = silent, *, fresh: bool
) -> list[str]:
    """The digests that the first ``size`` entries refer to, as far as they are not here.

    ``fresh`` reads those that are here, and counts one that is damaged among those that are not.
    """
    found: set[str] = set()
    for tile in tiles.bundles(size):
        for at, leaf in enumerate(tiles.decode_bundle(folder.tile(tile), tile.path)):
            found.update(named(tile.start + at, leaf))
    here = sorted(sha256 for sha256 in found if (folder.path / blob_path(sha256)).is_file())
    if fresh:
        told = partial(progress, "hashing documents")
        whole = each(lambda sha256: (sha256, folder.holds(sha256)), here, told, len(here))
        here = [sha256 for sha256, held in whole if held]
    return sorted(found.difference(here))


def fetch(
    store: Store, folder: Folder, batch: Batch, digests: list[str], progress: Progress
) -> Fetched:
    """Fetch blobs into the copy, whatever stands there under their names."""
    (folder.path / INCOMING).mkdir(parents=True, exist_ok=True)

    def one(sha256: str) -> tuple[str, str]:
        return sha256, _fetch_blob(store, batch, folder.path / INCOMING / sha256, sha256)

    results = list(each(one, digests, partial(progress, "documents"), len(digests)))

    def of(kind: str) -> tuple[str, ...]:
        return tuple(sha256 for sha256, result in results if result == kind)

    return Fetched(of("fetched"), of("missing"), of("damaged"))


def _fetch_blob(store: Store, batch: Batch, part: Path, sha256: str) -> str:
    """Stream one blob to disk, from where an earlier attempt left off.

    ``fetched``, ``missing`` or ``damaged``.
    """
    while True:
        before = part.stat().st_size if part.exists() else 0
        try:
            digest = store.retried(blob_path(sha256), partial(_stream, store, part, sha256))
        except FileNotFoundError:
            return "missing"
        except Unreachable:
            if part.exists() and part.stat().st_size > before:
                continue  # it comes slowly, but it comes
            raise
        if digest == sha256:
            batch.place(part, blob_path(sha256))
            return "fetched"
        part.unlink()
        if before == 0:
            return "damaged"


def _stream(store: Store, part: Path, sha256: str) -> str:
    """Fetch the rest of a blob into ``part``; hex SHA-256 of the whole, synced to disk."""
    hashed = hashlib.sha256()
    size = 0
    if part.exists():
        with _writing(part), part.open("rb") as file:
            while chunk := file.read(_CHUNK):
                hashed.update(chunk)
                size += len(chunk)
        if hashed.hexdigest() == sha256:
            return sha256
    start, chunks = store.stream(blob_path(sha256), size)
    if start != size:
        hashed, size = hashlib.sha256(), 0
    with _writing(part), part.open("ab" if size else "wb") as file:
        for chunk in _of_network(chunks):
            size += len(chunk)
            if size > MAX_BLOB:
                where = f"{store.shown}/{blob_path(sha256)}"
                raise RegisterError(f"The blob has over {MAX_BLOB:,} bytes.", where=where)
            hashed.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return hashed.hexdigest()


class _Broken(Exception):
    """The other side, not this disk, is what failed."""


def _of_network(chunks: Iterator[bytes]) -> Iterator[bytes]:
    try:
        yield from chunks
    except OSError as error:
        raise _Broken(str(error)) from error


@contextmanager
def _writing(part: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"The copy could not be written: {error.strerror}.",
            where=str(part),
            do="Free some space, then fetch again: it goes on from here.",
        ) from error
