"""Bringing a copy up to a mirror.

In this order: the checkpoint; whether it is by whom it has to be (`mirror.signers`); whether its
log continues the copy's; tiles and bundles; documents; and last the checkpoint takes its place.
"""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from holdshort.errors import HoldshortError, RegisterError
from holdshort.register import merkle, tiles
from holdshort.register.atomic import Batch
from holdshort.register.checkpoint import Checkpoint
from holdshort.register.folder import CHECKPOINT, Folder
from holdshort.register.mirror import documents
from holdshort.register.mirror.conflict import Conflict, keep_conflict, parse_signed
from holdshort.register.mirror.documents import INCOMING, Fetched, Named
from holdshort.register.mirror.extent import MAX_BUNDLE, Progress, changed, count, each, silent
from holdshort.register.mirror.signers import Signers, anyone, check_signed
from holdshort.register.mirror.store import Store, open_store
from holdshort.register.note import MAX_BYTES as MAX_NOTE
from holdshort.register.tiles import WIDTH, Tile

_ATTEMPTS = 3


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
    signers: Signers = anyone,
    blobs: Named | None = None,
    evidence: Path | None = None,
    fresh: bool = False,
) -> Pulled:
    """Bring the copy in ``folder`` up to the mirror at ``url``.

    ``signers`` are those of whom one must have signed the checkpoint before anything else is
    fetched. ``blobs`` says what an entry refers to; without it no blob is fetched. ``fresh``
    fetches again what is here, but for documents that are whole. A run that was killed is gone on
    with by the next. Two at a time in one folder spoil each other's work: hold a lock.

    Raises:
        Untrusted: the checkpoint is not by whom it has to be.
        Conflict: the mirror is behind the copy, or its log does not continue the copy's.
        RegisterError: something there is missing, too large or too small, or redirected.
        Unreachable, StorageError: it cannot be read there, or written here.
    """
    with open_store(url, options) as store:
        run = _Pull(store, folder, progress, evidence or folder.path.absolute().parent, fresh=fresh)
        for _ in range(_ATTEMPTS):
            signed = store.look(CHECKPOINT, MAX_NOTE)
            if signed is None:
                raise RegisterError(
                    "There is no published register there: no checkpoint is served.",
                    where=store.shown,
                    do="Give the address under which the file 'checkpoint' is served.",
                )
            try:
                return run.attempt(signed, signers, blobs)
            except _Gone:
                if store.look(CHECKPOINT, MAX_NOTE) == signed:
                    raise
    raise RegisterError("It changes faster than it can be read.", where=url)


class _Pull:
    """One mirror, one copy."""

    def __init__(
        self, store: Store, folder: Folder, progress: Progress, evidence: Path, *, fresh: bool
    ) -> None:
        self._store = store
        self._folder = folder
        self._progress = progress
        self._evidence = evidence
        self._fresh = fresh

    def attempt(self, signed: bytes, signers: Signers, blobs: Named | None) -> Pulled:
        """Bring the copy up to this checkpoint; _Gone if the mirror's log is another by now."""
        folder = self._folder
        where = f"{self._store.shown}/{CHECKPOINT}"
        head = parse_signed(signed, where)
        before = folder.size()
        if before:
            self._same_log(head)
        check_signed(signed, head, signers, partial(self._first, head, before), where)
        if before:
            self._follows(head, signed)
        with Batch(folder.path, keep=True, drafts=INCOMING) as batch:
            files = self._tiles(batch, head.size)
            batch.sync()
            got = Fetched()
            if blobs is not None:
                # From the first entry on: an earlier copy may have been of the log alone.
                wanted = documents.wanted(
                    folder, head.size, blobs, self._progress, fresh=self._fresh
                )
                got = documents.fetch(self._store, folder, batch, wanted, self._progress)
            batch.seal(CHECKPOINT, signed)
        shutil.rmtree(folder.path / INCOMING, ignore_errors=True)
        for tile in changed(before, head.size):
            folder.prune(tile)
        return Pulled(before, head.size, files, len(got.fetched), got.missing, got.damaged)

    def _same_log(self, head: Checkpoint) -> None:
        ours = self._folder.head().origin
        if ours != head.origin:
            raise RegisterError(
                f"It is another register, {head.origin}; the copy is of {ours}.",
                where=self._store.shown,
                do="Fetch it into another folder.",
            )

    def _first(self, head: Checkpoint, before: int) -> Iterator[bytes]:
        """The first entry, as the copy has it, then as the mirror does."""
        if before:
            with suppress(HoldshortError):  # damaged, so that the mirror is asked
                yield self._folder.leaf(0)
        if head.size:
            tile = Tile(None, 0, min(WIDTH, head.size))
            yield tiles.decode_bundle(read_tile(self._store, tile), tile.path)[0]

    def _follows(self, head: Checkpoint, signed: bytes) -> None:
        """Return if the mirror's log continues the copy's; nothing of the copy was touched yet."""
        folder = self._folder
        ours, mine = folder.head(), folder.checkpoint()
        if head.size >= ours.size:
            if _root_there(self._store, head, ours.size) == ours.root:
                return
            says = f"Its log of {head.size} entries does not continue the {ours.size} seen before."
        elif folder.root(head.size) == head.root:
            says = (
                f"It shows {head.size} entries; {ours.size} were seen before. It is an old copy, "
                "or entries were taken back."
            )
        else:
            says = f"Its {head.size} entries are not the first of the {ours.size} seen before."
        path = keep_conflict(self._evidence, head.size, mine, signed)
        raise Conflict(
            f"{says} Both signed checkpoints are kept.",
            path,
            where=self._store.shown,
            do=f"Keep {path}: with the entries it is evidence.",
        )

    def _tiles(self, batch: Batch, size: int) -> int:
        """Bring every tile and bundle into the copy; how many files were fetched."""
        take = partial(self._take, batch)
        return sum(each(take, changed(0, size), partial(self._progress, "tiles"), count(0, size)))

    def _take(self, batch: Batch, tile: Tile) -> int:
        path = self._folder.path / tile.path
        if not self._fresh:
            with suppress(OSError):
                size = path.stat().st_size
                if size == tile.width * merkle.HASH_SIZE or (tile.level is None and size):
                    return 0
        batch.write(tile.path, read_tile(self._store, tile), replace=path.exists())
        return 1


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
