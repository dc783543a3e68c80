"""Bringing a mirror up to the published folder."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from holdshort.errors import RegisterError
from holdshort.register import merkle, tiles
from holdshort.register.checkpoint import Checkpoint, open_checkpoint
from holdshort.register.folder import BLOBS, CHECKPOINT, Folder, blob_path
from holdshort.register.mirror.conflict import Conflict, keep_conflict, parse_signed
from holdshort.register.mirror.extent import (
    MAX_BUNDLE,
    Progress,
    changed,
    count,
    each,
    rim,
    silent,
)
from holdshort.register.mirror.store import Store, WebStore, open_store
from holdshort.register.note import MAX_BYTES as MAX_NOTE
from holdshort.register.note import NoteKey
from holdshort.register.tiles import WIDTH, Tile


@dataclass(frozen=True)
class Pushed:
    """What was brought to a mirror."""

    url: str
    before: int
    size: int
    """Entries there before, and now."""
    blobs: int
    files: int
    """Blobs, and tiles and bundles, that were sent."""
    removed: int
    """Partial tiles that wider ones replaced."""


def push(
    folder: Folder,
    url: str,
    options: Mapping[str, Any] | None = None,
    *,
    evidence: Path | None = None,
    whole: bool = False,
    progress: Progress = silent,
) -> Pushed:
    """Bring the mirror at ``url`` up to ``folder``.

    ``whole`` looks for every file there, not only for those since its checkpoint: it mends a mirror
    that lost some. ``evidence`` is the folder for checkpoints that contradict each other; by
    default the one that ``folder`` stands in.

    Raises:
        Conflict: the mirror is ahead of the folder, or its log is another one.
        RegisterError: a file that never changes is there with another content, or a file of the
            folder is missing.
        BadInput, Unreachable, StorageError: it cannot be written.
    """
    signed = folder.checkpoint()
    head = parse_signed(signed, str(folder.path))
    with open_store(url, options) as store:
        if isinstance(store, WebStore):
            raise store.read_only()
        found = store.look(CHECKPOINT, MAX_NOTE)
        there = parse_signed(found, f"{store.shown}/{CHECKPOINT}") if found is not None else None
        if there is not None and found is not None:
            kept = evidence or folder.path.absolute().parent
            _continues(folder, head, signed, there, found, store, kept)
        before = there.size if there else 0
        blobs = _push_blobs(folder, store, progress)
        start = 0 if whole else before
        known = store.sizes("tile") if whole else None
        send = partial(_send, folder, store, known)
        told = partial(progress, "tiles")
        full = (tile for tile in changed(start, head.size) if tile.width == WIDTH)
        partials = [tile for tile in changed(start, head.size) if tile.width < WIDTH]
        sent = sum(each(send, full, told, count(start, head.size)))
        sent += sum(each(send, partials, told, len(partials)))
        removed = 0
        # Whoever was faster has published at least as much: its checkpoint stays.
        if found != signed and store.look(CHECKPOINT, MAX_NOTE) == found:
            store.seal(CHECKPOINT, signed)
            removed = _prune(store, before, head.size)
        return Pushed(store.shown, before, head.size, blobs, sent, removed)


def mirror_head(
    url: str,
    options: Mapping[str, Any] | None = None,
    *,
    keys: Iterable[NoteKey] | None = None,
) -> Checkpoint | None:
    """What the mirror at ``url`` shows; None if it shows nothing.

    Without ``keys``, those of the log, the signature is unchecked, and anyone who can write there
    can make it say anything.

    Raises:
        Unreachable, BadInput: it cannot be read.
        RegisterError: what stands there is no checkpoint, or none that one of the keys signed.
    """
    with open_store(url, options) as store:
        found = store.look(CHECKPOINT, MAX_NOTE)
        where = f"{store.shown}/{CHECKPOINT}"
        if found is None or keys is None:
            return None if found is None else parse_signed(found, where)
        return open_checkpoint(found, keys, strict=False, where=where)


def _continues(
    folder: Folder,
    head: Checkpoint,
    signed: bytes,
    there: Checkpoint,
    found: bytes,
    store: Store,
    evidence: Path,
) -> None:
    """Return if the folder's log continues the mirror's; else keep both checkpoints and refuse."""
    if there.origin != head.origin:
        raise RegisterError(
            f"Another register is published there: {there.origin}.",
            where=store.shown,
            do="Publish to another place.",
        )
    if there.size <= head.size:
        if there.size == 0 or _is_prefix(folder, there, head):
            return
        says = f"The mirror's log of {there.size} entries is not the beginning of this one."
    else:
        says = f"The mirror has {there.size} entries, this folder {head.size}."
    path = keep_conflict(evidence, there.size, signed, found)
    raise Conflict(
        f"{says} It was left as it is; both checkpoints are kept in {path}.",
        path,
        where=store.shown,
        do="Find out which is the true one: this folder may be an old copy, or the log has forked.",
    )


def _is_prefix(folder: Folder, there: Checkpoint, head: Checkpoint) -> bool:
    proof = folder.prove_consistency(there.size, head.size)
    try:
        merkle.verify_consistency(there.size, head.size, proof, there.root, head.root)
    except RegisterError:
        return False
    return True


def _push_blobs(folder: Folder, store: Store, progress: Progress) -> int:
    there = store.sizes(BLOBS)
    wanting: list[tuple[str, Path]] = []
    for sha256, path in folder.blobs():
        name = blob_path(sha256)
        size = path.stat().st_size
        if name not in there:
            wanting.append((name, path))
        elif there[name] != size:
            raise RegisterError(
                f"It has {there[name]:,} bytes there and {size:,} here; it was not touched.",
                where=f"{store.shown}/{name}",
                do="One of the two is damaged: compare both with the digest that names them.",
            )

    def upload(one: tuple[str, Path]) -> int:
        store.upload(*one)
        return 1

    return sum(each(upload, wanting, partial(progress, "documents"), len(wanting)))


def _send(folder: Folder, store: Store, known: Mapping[str, int] | None, tile: Tile) -> int:
    """Put a tile at the mirror; how many files were written, 0 or 1."""
    if tile.width < WIDTH:
        store.write(tile.path, folder.tile(tile))
        return 1
    content = folder.tile(tile)
    if known is not None and known.get(tile.path) == len(content):
        return 0
    there = store.look(tile.path, MAX_BUNDLE)
    if there is None:
        store.write(tile.path, content)
        return 1
    if there != content:
        raise RegisterError(
            "A full tile has another content there; it was not touched.",
            where=f"{store.shown}/{tile.path}",
        )
    return 0


def _prune(store: Store, before: int, size: int) -> int:
    """Remove the partial tiles that were replaced; the mirror reads the same if this is cut off."""
    removed = 0
    current = set(rim(size))
    for full in {Tile(tile.level, tile.index, WIDTH) for tile in (*rim(before), *current)}:
        for name in store.sizes(f"{full.path}.p"):
            found = tiles.parse_path(name)
            if found is not None and found.width < WIDTH and found not in current:
                store.delete(name)
                removed += 1
    return removed
