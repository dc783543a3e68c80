"""The published register: a folder that any static web server can serve.

::

    checkpoint                    what the log says it is; written last
    tile/<L>/…  tile/entries/…    hashes and entries (see :mod:`holdshort.register.tiles`)
    blobs/sha256/ab/<hex>         documents and evidence, named by their SHA-256

Rules kept here:

- A file appears whole or not at all: written beside its place, synced, renamed.
- ``checkpoint`` moves last, so that whatever stops a publication, the folder still reads as the
  log it was. Partial tiles that a wider one replaces go only after that.
- A full tile is never rewritten, and no checkpoint is published that does not continue the last:
  a folder that would fork says so instead.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from holdshort.errors import BadInput, RegisterError
from holdshort.register import merkle, tiles
from holdshort.register.atomic import Batch, sweep
from holdshort.register.checkpoint import Checkpoint, parse_checkpoint
from holdshort.register.note import Note
from holdshort.register.tiles import HEIGHT, WIDTH, Tile

CHECKPOINT = "checkpoint"
BLOBS = "blobs/sha256"

_CHUNK = 1 << 20
_BLOB_AT_WORK = 24 * 3600.0
"""Seconds after which the draft of a blob is taken for the leftover of a crash."""
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Folder:
    """A register's folder. It is made when something is first written to it."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)

    def __repr__(self) -> str:
        return f"Folder({str(self.path)!r})"

    # Reading

    def checkpoint(self) -> bytes:
        """The signed checkpoint; RegisterError if nothing is published here."""
        try:
            return (self.path / CHECKPOINT).read_bytes()
        except OSError:
            raise RegisterError(
                "There is no published register here: its checkpoint cannot be read.",
                where=str(self.path),
                do="Give the folder that holds the file 'checkpoint'.",
            ) from None

    def head(self) -> Checkpoint:
        """What the checkpoint says, its signature unchecked."""
        return parse_checkpoint(Note.parse(self.checkpoint(), CHECKPOINT).text, CHECKPOINT)

    def size(self) -> int:
        """How many entries are published; 0 before the first publication."""
        return self.head().size if (self.path / CHECKPOINT).exists() else 0

    def leaf(self, index: int) -> bytes:
        """Entry ``index``, unchecked: :meth:`prove` it."""
        return next(self.leaves(index, index + 1))

    def leaves(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """Entries ``start`` to ``stop`` (by default: all), a bundle at a time, unchecked."""
        size = self.head().size
        stop = size if stop is None else stop
        if not 0 <= start <= stop <= size:
            raise BadInput(f"There are no entries {start} to {stop} in a log of {size}.")
        return self._leaves(start, stop, size)

    def _leaves(self, start: int, stop: int, size: int) -> Iterator[bytes]:
        for index in range(start // WIDTH, -(-stop // WIDTH)):
            first = index * WIDTH
            tile = Tile(None, index, min(WIDTH, size - first))
            leaves = tiles.decode_bundle(self._read(tile), tile.path)
            if len(leaves) < tile.width:
                raise RegisterError(f"The bundle holds {len(leaves)} entries.", where=tile.path)
            yield from leaves[max(start - first, 0) : min(stop - first, tile.width)]

    def tile(self, tile: Tile) -> bytes:
        """The content of a tile or entry bundle, cut to its width; RegisterError if it is short."""
        content = self._read(tile)
        if tile.level is None:
            leaves = tiles.decode_bundle(content, tile.path)[: tile.width]
            content, width = tiles.encode_bundle(leaves), len(leaves)
        else:
            width = len(content) // merkle.HASH_SIZE
        if width != tile.width:
            raise RegisterError(f"It does not hold {tile.width} items.", where=tile.path)
        return content

    def root(self, size: int) -> bytes:
        """The root of the first ``size`` entries, from O(log n) tiles, unchecked."""
        return merkle.root(size, self._nodes(size))

    def prove(self, index: int, size: int) -> list[bytes]:
        """The inclusion proof of entry ``index`` in the log of ``size``, from O(log n) tiles.

        The tiles are not trusted: :func:`merkle.verify_inclusion` against a signed root is what
        checks them.
        """
        return merkle.inclusion(index, size, self._nodes(size))

    def prove_consistency(self, old: int, new: int) -> list[bytes]:
        """The proof that the log of ``new`` entries continues that of ``old``."""
        return merkle.consistency(old, new, self._nodes(new))

    def _nodes(self, size: int) -> tiles.TileNodes:
        published = self.head().size
        if size > published:
            raise BadInput(f"The log has {published} entries, not {size}.")
        return tiles.TileNodes(published, self._read)

    def _read(self, tile: Tile) -> bytes:
        """The first ``tile.width`` items of a tile, from it or, if it was replaced, a wider one."""
        # A reader whose checkpoint is a moment old finds the next partial tile, or the full one.
        wider = [each for each in self._partials(tile) if each.width > tile.width]
        for candidate in (tile, Tile(tile.level, tile.index, WIDTH), *wider):
            with suppress(FileNotFoundError, NotADirectoryError):
                return _head(tile, self._bytes(candidate.path))
        raise RegisterError("The file is missing.", where=tile.path)

    def _bytes(self, name: str) -> bytes:
        try:
            return (self.path / name).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            raise
        except OSError as error:
            what = f"The file cannot be read: {error.strerror}."
            raise RegisterError(what, where=name) from None

    def _partials(self, tile: Tile) -> list[Tile]:
        """Every partial form of ``tile`` that is there, whatever its width."""
        full = Tile(tile.level, tile.index, WIDTH).path
        with suppress(OSError):
            names = sorted(each.name for each in (self.path / f"{full}.p").iterdir())
            found = [tiles.parse_path(f"{full}.p/{name}") for name in names]
            return [each for each in found if each is not None]
        return []

    # Blobs

    def put_blob(self, source: Path | bytes) -> str:
        """Publish a document; its hex SHA-256. Once there, the same content changes nothing.

        A path is streamed. BadInput if it cannot be read, StorageError if it cannot be written.
        """
        chunks = [source] if isinstance(source, bytes) else _chunks(source)
        with Batch(self.path) as batch:
            sha256 = batch.write_named(chunks, BLOBS, blob_path)
            batch.sync()
        return sha256

    def open_blob(self, sha256: str) -> Path:
        """Where a blob stands; RegisterError if it is not there. Its content is unchecked."""
        path = self.path / blob_path(sha256)
        if not path.is_file():
            raise RegisterError(f"Blob {sha256} is not published.", where=str(self.path))
        return path

    def read_blob(self, sha256: str) -> bytes:
        """A blob's content, checked against its name."""
        content = self.open_blob(sha256).read_bytes()
        if hashlib.sha256(content).hexdigest() != sha256:
            raise RegisterError("The content does not have this digest.", where=blob_path(sha256))
        return content

    def holds(self, sha256: str) -> bool:
        """Whether a blob is here, and its content has the digest that names it."""
        try:
            with (self.path / blob_path(sha256)).open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == sha256
        except OSError:
            return False

    def blobs(self) -> Iterator[tuple[str, Path]]:
        """Every blob that is here, by digest, in no order; other files are passed over."""
        for inside in sorted((self.path / BLOBS).glob("??")):
            for path in inside.iterdir():
                if _SHA256.fullmatch(path.name) and path.name[:2] == inside.name:
                    yield path.name, path

    # Publishing

    def publish(self, leaves: Sequence[bytes], signed_checkpoint: bytes, *, start: int = 0) -> None:
        """Publish ``leaves``, of which the first is entry ``start``, under a checkpoint.

        ``start`` is at most the number of entries already published: 0 with all entries, or
        :meth:`size` with the new ones. RegisterError, before anything is written, if the
        checkpoint is not of exactly these entries or does not continue what is published;
        StorageError if the disk is full or the folder cannot be written, and then the folder
        reads as it did before.
        """
        head = parse_checkpoint(Note.parse(signed_checkpoint, CHECKPOINT).text, CHECKPOINT)
        for leaf in leaves:
            tiles.check_entry(leaf)
        edge = self._edge(leaves, start, head)
        with Batch(self.path) as batch:
            for tile, content in edge:
                self._write_tile(batch, tile, content)
            batch.seal(CHECKPOINT, signed_checkpoint)
        for tile, _ in edge:
            self.prune(tile)
        self._sweep(edge)

    def _edge(
        self, leaves: Sequence[bytes], start: int, head: Checkpoint
    ) -> list[tuple[Tile, bytes]]:
        """Every tile and bundle that entries from ``start`` on touch, after checking the log."""
        published = self.head() if (self.path / CHECKPOINT).exists() else None
        size = published.size if published else 0
        if not 0 <= start <= size:
            raise BadInput(f"{size} entries are published; entry {start} cannot be next.")
        if head.size != start + len(leaves):
            raise RegisterError(f"The checkpoint is not of {start + len(leaves)} entries.")
        rim = start - start % WIDTH
        bundle = [*(self._leaves(rim, start, size) if start > rim else ()), *leaves]
        levels = self._levels([merkle.leaf_hash(leaf) for leaf in bundle], start, head.size, size)
        if merkle.root(head.size, levels) != head.root:
            raise RegisterError("The checkpoint's root is not that of these entries.")
        if published and published.origin != head.origin:
            raise RegisterError(f"This folder publishes {published.origin}.")
        if published and not (size <= head.size and merkle.root(size, levels) == published.root):
            raise RegisterError(
                f"The checkpoint of {head.size} entries does not continue the published one.",
                where=str(self.path),
                do="Publish to another folder, and find out which of the two logs is the true one.",
            )
        return [*_bundle_edge(bundle, rim), *levels.edge(head.size)]

    def _levels(self, hashes: list[bytes], start: int, stop: int, size: int) -> "_Edge":
        """The hashes from the tile that holds entry ``start`` to ``stop``, at every tile level."""
        edge = _Edge()
        level = 0
        while stop >> HEIGHT * level:
            before = start >> HEIGHT * level
            rim = before - before % WIDTH
            if level and before > rim:
                width = min(WIDTH, (size >> HEIGHT * level) - rim)
                content = self._read(Tile(level, before // WIDTH, width))
                hashes = [*tiles.split_hashes(content)[: before - rim], *hashes]
            edge.add(rim, hashes)
            full = len(hashes) // WIDTH
            hashes = [tiles.subtree(hashes[at * WIDTH : (at + 1) * WIDTH]) for at in range(full)]
            level += 1
        return edge

    def _write_tile(self, batch: Batch, tile: Tile, content: bytes) -> None:
        path = self.path / tile.path
        if not path.exists():
            batch.write(tile.path, content)
        elif path.read_bytes() != content:
            if tile.width == WIDTH:
                raise RegisterError(
                    "A full tile here has other content; it was not touched.", where=tile.path
                )
            batch.write(tile.path, content, replace=True)

    def prune(self, tile: Tile) -> None:
        """Leave exactly one file of a tile. The log reads the same if this is interrupted."""
        for partial in self._partials(tile):
            if partial.width != tile.width:
                with suppress(OSError):
                    (self.path / partial.path).unlink()
        if tile.width == WIDTH:
            partials = self.path / f"{tile.path}.p"
            sweep(partials)
            with suppress(OSError):
                partials.rmdir()

    def _sweep(self, edge: list[tuple[Tile, bytes]]) -> None:
        """Remove the drafts of a publication that crashed: it was at work in the same folders."""
        for folder in {self.path, *((self.path / tile.path).parent for tile, _ in edge)}:
            sweep(folder)
        sweep(self.path / BLOBS, seconds=_BLOB_AT_WORK)  # someone else may be writing a blob


def published_in(path: Path) -> Path:
    """The published folder that ``path`` means: itself, or the ``public`` folder in it."""
    inner = path / "public"
    return inner if not (path / CHECKPOINT).exists() and inner.is_dir() else path


def blob_path(sha256: str) -> str:
    """Where a blob stands under the folder; BadInput if ``sha256`` is not a hex digest."""
    if not _SHA256.fullmatch(sha256):
        raise BadInput(f"{sha256!r} is not a hex SHA-256.")
    return f"{BLOBS}/{sha256[:2]}/{sha256}"


class _Edge:
    """The right edge of a log, tile level by tile level, as a :data:`merkle.NodeReader`."""

    def __init__(self) -> None:
        self._levels: list[tuple[int, list[bytes]]] = []

    def add(self, first: int, hashes: list[bytes]) -> None:
        self._levels.append((first, hashes))

    def __call__(self, level: int, index: int) -> bytes:
        tile_level, height = divmod(level, HEIGHT)
        first, hashes = self._levels[tile_level]
        at = (index << height) - first
        return tiles.subtree(hashes[at : at + (1 << height)])

    def edge(self, size: int) -> Iterator[tuple[Tile, bytes]]:
        for level, (first, hashes) in enumerate(self._levels):
            count = (size >> HEIGHT * level) - first
            for at in range(0, count, WIDTH):
                width = min(WIDTH, count - at)
                tile = Tile(level, (first + at) // WIDTH, width)
                yield tile, b"".join(hashes[at : at + width])


def _bundle_edge(leaves: Sequence[bytes], first: int) -> Iterator[tuple[Tile, bytes]]:
    for at in range(0, len(leaves), WIDTH):
        part = leaves[at : at + WIDTH]
        yield Tile(None, (first + at) // WIDTH, len(part)), tiles.encode_bundle(part)


def _head(tile: Tile, content: bytes) -> bytes:
    """The first ``tile.width`` items of the content of a tile at least as wide."""
    if tile.level is not None:
        return content[: tile.width * merkle.HASH_SIZE]
    return content  # bundles are cut where they are decoded


def _chunks(source: Path) -> Iterator[bytes]:
    try:
        with source.open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk
    except OSError as error:
        raise BadInput(f"The file cannot be read: {error.strerror}.", where=str(source)) from None
