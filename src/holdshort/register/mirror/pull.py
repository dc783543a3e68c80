"""Bringing a copy up to a mirror."""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from holdshort.errors import RegisterError, StorageError
from holdshort.register import merkle, tiles
from holdshort.register.atomic import Batch
from holdshort.register.checkpoint import Checkpoint
from holdshort.register.folder import CHECKPOINT, Folder, blob_path
from holdshort.register.mirror.conflict import Conflict, keep_conflict, parse_signed
from holdshort.register.mirror.extent import (
    MAX_BUNDLE,
    Progress,
    changed,
    count,
    each,
    silent,
)
from holdshort.register.mirror.store import Store, Unreachable, open_store
from holdshort.register.note import MAX_BYTES as MAX_NOTE
from holdshort.register.tiles import WIDTH, Tile

Named = Callable[[int, bytes], Iterable[str]]
"""The digests of the blobs that an entry refers to, from its index and its bytes."""

MAX_BLOB = 1 << 36
"""Most bytes of a blob that is fetched, 64 GiB: its size is not known before."""

INCOMING = ".incoming"
"""Folder in a copy for what is not whole yet; gone when the copy is."""

_ATTEMPTS = 3
_CHUNK = 1 << 20


class _Gone(RegisterError):
    """A file is not there, or not any more: the log may have grown while it was read."""


@dataclass(frozen=True)
class Pulled:
    """What was fetched into a copy."""

    before: int
    size: int
    files: int
    blobs: int
    missing: tuple[str, ...] = ()
    """Digests of blobs that acts refer to and the mirror has not."""
    damaged: tuple[str, ...] = ()
    """Digests of blobs that the mirror serves with another content."""


def pull(
    url: str,
    folder: Folder,
    progress: Progress = silent,
    *,
    options: Mapping[str, Any] | None = None,
    blobs: Named | None = None,
    evidence: Path | None = None,
    fresh: bool = False,
) -> Pulled:
    """Bring the copy in ``folder`` up to the mirror at ``url``.

    ``blobs`` says what an entry refers to; without it no blob is fetched. ``fresh`` fetches again
    what is here. A run that was killed is gone on with by the next.

    Raises:
        Conflict: the mirror is behind the copy, or its log does not continue the copy's.
        RegisterError: something there is missing, too large or too small, or redirected.
        Unreachable, StorageError: it cannot be read there, or written here.
    """
    with open_store(url, options) as store:
        for _ in range(_ATTEMPTS):
            signed = store.look(CHECKPOINT, MAX_NOTE)
            if signed is None:
                raise RegisterError(
                    "There is no published register there: no checkpoint is served.",
                    where=store.shown,
                    do="Give the address under which the file 'checkpoint' is served.",
                )
            try:
                return _pull(store, signed, folder, progress, blobs, evidence, fresh=fresh)
            except _Gone:
                if store.look(CHECKPOINT, MAX_NOTE) == signed:
                    raise
    raise RegisterError("It changes faster than it can be read.", where=url)


def _pull(
    store: Store,
    signed: bytes,
    folder: Folder,
    progress: Progress,
    blobs: Named | None,
    evidence: Path | None,
    *,
    fresh: bool,
) -> Pulled:
    head = parse_signed(signed, f"{store.shown}/{CHECKPOINT}")
    before = folder.size()
    if before:
        _follows(store, folder, head, signed, evidence or folder.path.absolute().parent)
    with Batch(folder.path, keep=True, drafts=INCOMING) as batch:
        take = partial(_take, store, folder, batch, fresh=fresh)
        told = partial(progress, "tiles")
        files = sum(each(take, changed(0, head.size), told, count(0, head.size)))
        batch.sync()
        results: list[tuple[str, str]] = []
        if blobs is not None:
            # From the first entry on: an earlier copy may have been of the log alone.
            wanted = _wanted(folder, head.size, 0, blobs)
            results = _fetch_all(store, folder, batch, wanted, progress)
        batch.seal(CHECKPOINT, signed)
    shutil.rmtree(folder.path / INCOMING, ignore_errors=True)
    for tile in changed(before, head.size):
        folder.prune(tile)
    return Pulled(before, head.size, files, *_sorted_out(results))


def pull_blobs(
    url: str,
    folder: Folder,
    digests: Iterable[str],
    progress: Progress = silent,
    *,
    options: Mapping[str, Any] | None = None,
) -> Pulled:
    """Fetch these blobs, as far as they are not here yet."""
    size = folder.size()
    wanted = sorted({each for each in digests if not (folder.path / blob_path(each)).is_file()})
    with (
        open_store(url, options) as store,
        Batch(folder.path, keep=True, drafts=INCOMING) as batch,
    ):
        results = _fetch_all(store, folder, batch, wanted, progress)
        batch.sync()
    shutil.rmtree(folder.path / INCOMING, ignore_errors=True)
    return Pulled(size, size, 0, *_sorted_out(results))


def _follows(store: Store, folder: Folder, head: Checkpoint, signed: bytes, evidence: Path) -> None:
    """Return if the mirror's log continues the copy's; nothing of the copy was touched yet."""
    ours, mine = folder.head(), folder.checkpoint()
    if ours.origin != head.origin:
        raise RegisterError(
            f"It is another register, {head.origin}; the copy is of {ours.origin}.",
            where=store.shown,
            do="Fetch it into another folder.",
        )
    if head.size >= ours.size:
        if _root_there(store, head, ours.size) == ours.root:
            return
        says = f"Its log of {head.size} entries does not continue the {ours.size} seen before."
    elif folder.root(head.size) == head.root:
        says = (
            f"It shows {head.size} entries; {ours.size} were seen before. It is an old copy, or "
            "entries were taken back."
        )
    else:
        says = f"Its {head.size} entries are not the first of the {ours.size} seen before."
    path = keep_conflict(evidence, head.size, mine, signed)
    raise Conflict(
        f"{says} Both signed checkpoints are kept.",
        path,
        where=store.shown,
        do=f"Keep {path}: with the entries it is evidence.",
    )


def _root_there(store: Store, head: Checkpoint, size: int) -> bytes:
    """The root of the mirror's first ``size`` entries, proven to lie under its checkpoint."""

    def read(tile: Tile) -> bytes:
        return read_tile(store, tile)

    nodes = tiles.TileNodes(head.size, read)
    root = merkle.root(size, nodes)
    proof = merkle.consistency(size, head.size, nodes)
    try:
        merkle.verify_consistency(size, head.size, proof, root, head.root)
    except RegisterError:
        raise RegisterError(
            "Its tiles do not hash to its checkpoint: the mirror is damaged.",
            where=store.shown,
            do="Fetch the register from another mirror.",
        ) from None
    return root


def _take(store: Store, folder: Folder, batch: Batch, tile: Tile, *, fresh: bool) -> int:
    """Bring one tile or bundle into the copy; how many files were fetched, 0 or 1."""
    path = folder.path / tile.path
    if not fresh:
        with suppress(OSError):
            size = path.stat().st_size
            if size == tile.width * merkle.HASH_SIZE or (tile.level is None and size):
                return 0
    batch.write(tile.path, read_tile(store, tile), replace=path.exists())
    return 1


def read_tile(store: Store, tile: Tile) -> bytes:
    """A tile's content, of the right size; from the full one if that has replaced it.

    Raises:
        RegisterError: it is missing, or of another size.
    """
    where = f"{store.shown}/{tile.path}"
    limit = MAX_BUNDLE if tile.level is None else WIDTH * merkle.HASH_SIZE
    content = store.look(tile.path, limit)
    cut = content is None and tile.width < WIDTH
    if cut:  # tlog-tiles, "Partial Tiles": the full one may have replaced it
        content = store.look(Tile(tile.level, tile.index, WIDTH).path, limit)
    if content is None:
        raise _Gone("The file is missing.", where=where)
    if tile.level is None:
        leaves = tiles.decode_bundle(content, where)
        leaves = leaves[: tile.width] if cut else leaves
        content, width = tiles.encode_bundle(leaves), len(leaves)
    else:
        content = content[: tile.width * merkle.HASH_SIZE] if cut else content
        width, rest = divmod(len(content), merkle.HASH_SIZE)
        width = -1 if rest else width
    if width != tile.width:
        raise RegisterError(f"It does not hold exactly {tile.width} items.", where=where)
    return content


def _wanted(folder: Folder, size: int, start: int, blobs: Named) -> list[str]:
    """The digests that entries from ``start`` on refer to, as far as they are not here."""
    wanted: set[str] = set()
    for index in range(start // WIDTH, -(-size // WIDTH)):
        tile = Tile(None, index, min(WIDTH, size - index * WIDTH))
        for at, leaf in enumerate(tiles.decode_bundle(folder.tile(tile), tile.path)):
            if tile.start + at >= start:
                wanted.update(blobs(tile.start + at, leaf))
    return sorted(each for each in wanted if not (folder.path / blob_path(each)).is_file())


def _fetch_all(
    store: Store, folder: Folder, batch: Batch, wanted: list[str], progress: Progress
) -> list[tuple[str, str]]:
    """Fetch blobs; for each its digest and ``fetched``, ``missing`` or ``damaged``."""
    (folder.path / INCOMING).mkdir(parents=True, exist_ok=True)

    def fetch(sha256: str) -> tuple[str, str]:
        return sha256, _fetch_blob(store, batch, folder.path / INCOMING / sha256, sha256)

    return list(each(fetch, wanted, partial(progress, "documents"), len(wanted)))


def _fetch_blob(store: Store, batch: Batch, part: Path, sha256: str) -> str:
    """Stream one blob to disk, from where an earlier attempt left off."""
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


def _sorted_out(results: list[tuple[str, str]]) -> tuple[int, tuple[str, ...], tuple[str, ...]]:
    def of(kind: str) -> tuple[str, ...]:
        return tuple(each for each, result in results if result == kind)

    return len(of("fetched")), of("missing"), of("damaged")
