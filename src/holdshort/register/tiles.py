"""Tiles: the log as static files — C2SP tlog-tiles v0.1.

::

    tile/<L>/<N>[.p/<W>]        up to 256 hashes: roots of consecutive subtrees of 256^L entries
    tile/entries/<N>[.p/<W>]    up to 256 entries, each after its length as a big-endian uint16

``N`` is written in groups of three digits, all but the last after an ``x``: 1234067 is
``x001/x234/067``. ``.p/<W>`` marks a partial tile of ``W`` < 256. A full tile never changes.

A log may be *pruned* up to a minimum index: then full tiles and bundles that end at or before it
need not be served, and everything from there on can still be proven. Ours never is ("Without a
policy for when pruning is permitted, logs MUST NOT be pruned"); others' logs may be.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from holdshort.errors import BadInput, RegisterError
from holdshort.register.merkle import HASH_SIZE, NodeReader, Tree, node_hash

WIDTH = 256
HEIGHT = 8
MAX_ENTRY = 0xFFFF
"""Largest entry, in bytes: the length before it is a uint16."""

_PATH = re.compile(
    r"tile/(entries|[0-9]|[1-5][0-9]|6[0-3])/((?:x[0-9]{3}/){0,6})([0-9]{3})(?:\.p/([0-9]+))?"
)


@dataclass(frozen=True)
class Tile:
    """Where a tile stands. ``level`` is None for an entry bundle; ``width`` is 1 to 256."""

    level: int | None
    index: int
    width: int

    @property
    def path(self) -> str:
        """Where it is served, under the log's prefix."""
        suffix = "" if self.width == WIDTH else f".p/{self.width}"
        return (
            f"tile/{'entries' if self.level is None else self.level}/{_number(self.index)}{suffix}"
        )

    @property
    def start(self) -> int:
        """The first log entry it covers."""
        return self.index << HEIGHT * ((self.level or 0) + 1)

    @property
    def end(self) -> int:
        """The first log entry after those that it covers when it is full ("end index")."""
        return (self.index + 1) << HEIGHT * ((self.level or 0) + 1)

    def pruned(self, minimum: int) -> bool:
        """Whether a log pruned up to ``minimum`` may leave it out: only a full tile, "Pruning"."""
        return self.width == WIDTH and self.end <= minimum


def tile_path(level: int, index: int, width: int = WIDTH) -> str:
    """Path of a hash tile: ``tile/0/x001/x234/067.p/8``."""
    if not 0 <= level <= 63:
        raise BadInput(f"There is no tile level {level}.")
    return _checked(Tile(level, index, width)).path


def entries_path(index: int, width: int = WIDTH) -> str:
    """Path of an entry bundle: ``tile/entries/x001/x234/067.p/8``."""
    return _checked(Tile(None, index, width)).path


def parse_path(path: str) -> Tile | None:
    """The tile that ``path`` names; None if it is not exactly a tile's path."""
    form = _PATH.fullmatch(path)
    if form is None:
        return None
    level, groups, last, width = form.groups()
    tile = Tile(
        None if level == "entries" else int(level),
        int(groups.replace("x", "").replace("/", "") + last),
        WIDTH if width is None else int(width[:4]),
    )
    return tile if tile.path == path and 0 < tile.width <= WIDTH else None


def level_tiles(size: int, minimum: int = 0) -> Iterator[Tile]:
    """Every hash tile of a log of ``size`` entries, level by level, each at its widest.

    Less those that a log pruned up to entry ``minimum`` may leave out.
    """
    level, hashes = 0, size
    while hashes:
        for index in range(-(-hashes // WIDTH)):
            tile = Tile(level, index, min(WIDTH, hashes - index * WIDTH))
            if not tile.pruned(minimum):
                yield tile
        level, hashes = level + 1, hashes // WIDTH


def bundles(size: int, minimum: int = 0) -> Iterator[Tile]:
    """Every entry bundle of a log of ``size`` entries, each at its widest.

    Less those that a log pruned up to entry ``minimum`` may leave out.
    """
    for index in range(-(-size // WIDTH)):
        tile = Tile(None, index, min(WIDTH, size - index * WIDTH))
        if not tile.pruned(minimum):
            yield tile


def tile_bytes(level: int, index: int, width: int, node: NodeReader) -> bytes:
    """The content of a hash tile, from complete subtrees; 32 bytes a hash."""
    first = index * WIDTH
    return b"".join(node(level * HEIGHT, first + each) for each in range(width))


def split_hashes(data: bytes) -> list[bytes]:
    """The hashes of a tile's content."""
    return [data[at : at + HASH_SIZE] for at in range(0, len(data), HASH_SIZE)]


def encode_bundle(leaves: Sequence[bytes]) -> bytes:
    """The content of an entry bundle; BadInput if an entry does not fit a uint16 length."""
    for leaf in leaves:
        check_entry(leaf)
    return b"".join(len(leaf).to_bytes(2, "big") + leaf for leaf in leaves)


def decode_bundle(data: bytes, where: str) -> list[bytes]:
    """The entries of a bundle; RegisterError if it is cut short."""
    leaves: list[bytes] = []
    at = 0
    while at < len(data):
        start = at + 2
        at = start + int.from_bytes(data[at:start], "big")
        if start > len(data) or at > len(data):
            raise RegisterError(f"The bundle is cut short in entry {len(leaves)}.", where=where)
        leaves.append(data[start:at])
    return leaves


def check_entry(leaf: bytes) -> None:
    """BadInput if ``leaf`` is too large to be logged."""
    if len(leaf) > MAX_ENTRY:
        raise BadInput(
            f"The entry has {len(leaf):,} bytes; a log entry holds at most {MAX_ENTRY:,}.",
            do="Publish the long part as a blob and name its digest.",
        )


class TileNodes:
    """A :data:`NodeReader` over published tiles: a proof reads O(log n) of them, once each.

    ``read`` gives the content of a hash tile of a log of ``size`` entries.
    """

    def __init__(self, size: int, read: Callable[[Tile], bytes]) -> None:
        self._size = size
        self._read = read
        self._trees: dict[tuple[int, int], Tree] = {}

    def __call__(self, level: int, index: int) -> bytes:
        """The hash of the complete subtree ``(level, index)``."""
        height = level % HEIGHT
        at = level // HEIGHT, index >> (HEIGHT - height)
        tree = self._trees.get(at)
        if tree is None:
            tree = self._trees[at] = self._fetch(*at)
        return tree.node(height, index & (WIDTH >> height) - 1)

    def _fetch(self, level: int, index: int) -> Tree:
        """The hashes of a tile with the subtrees above them, which no tile stores."""
        width = min(WIDTH, (self._size >> (HEIGHT * level)) - index * WIDTH)
        tile = _checked(Tile(level, index, width))
        content = self._read(tile)
        if len(content) != width * HASH_SIZE:
            raise RegisterError(f"The tile does not hold {width} hashes.", where=tile.path)
        return Tree(split_hashes(content))


def subtree(hashes: Sequence[bytes]) -> bytes:
    """The root over 2^k hashes of complete subtrees that stand side by side."""
    row = list(hashes)
    while len(row) > 1:
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]


def _checked(tile: Tile) -> Tile:
    if tile.index < 0 or not 0 < tile.width <= WIDTH:
        raise BadInput(f"There is no tile {tile.index} of width {tile.width}.")
    return tile


def _number(index: int) -> str:
    digits = str(index)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    return "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
