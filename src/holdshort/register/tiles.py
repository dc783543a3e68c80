"""Tiles: the log as static files — C2SP tlog-tiles v0.1.

::

    tile/<L>/<N>[.p/<W>]        up to 256 hashes: roots of consecutive subtrees of 256^L entries
    tile/entries/<N>[.p/<W>]    up to 256 entries, each after its length as a big-endian uint16

``N`` is written in groups of three digits, all but the last after an ``x``: 1234067 is
``x001/x234/067``. ``.p/<W>`` marks a partial tile of ``W`` < 256. A full tile never changes.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from holdshort.errors import BadInput, RegisterError
from holdshort.register.merkle import HASH_SIZE, NodeReader, node_hash

WIDTH = 256
HEIGHT = 8
MAX_ENTRY = 0xFFFF
"""Largest entry, in bytes: the length before it is a uint16."""

_PATH = re.compile(
    r"tile/(entries|[0-9]|[1-5][0-9]|6[0-3])/((?:x[0-9]{3}/)*)([0-9]{3})(?:\.p/([0-9]+))?"
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


def level_tiles(size: int) -> Iterator[Tile]:
    """Every hash tile of a log of ``size`` entries, level by level, each at its widest."""
    level, hashes = 0, size
    while hashes:
        for index in range(-(-hashes // WIDTH)):
            yield Tile(level, index, min(WIDTH, hashes - index * WIDTH))
        level, hashes = level + 1, hashes // WIDTH


def bundles(size: int) -> Iterator[Tile]:
    """Every entry bundle of a log of ``size`` entries, each at its widest."""
    for index in range(-(-size // WIDTH)):
        yield Tile(None, index, min(WIDTH, size - index * WIDTH))


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
        self._tiles: dict[Tile, list[bytes]] = {}

    def __call__(self, level: int, index: int) -> bytes:
        """The hash of the complete subtree ``(level, index)``."""
        tile_level, height = divmod(level, HEIGHT)
        first = index << height
        hashes = self._hashes(tile_level, first // WIDTH)
        return subtree(hashes[first % WIDTH : first % WIDTH + (1 << height)])

    def _hashes(self, level: int, index: int) -> list[bytes]:
        width = min(WIDTH, (self._size >> (HEIGHT * level)) - index * WIDTH)
        tile = _checked(Tile(level, index, width))
        if tile not in self._tiles:
            content = self._read(tile)
            if len(content) != width * HASH_SIZE:
                raise RegisterError(f"The tile does not hold {width} hashes.", where=tile.path)
            self._tiles[tile] = split_hashes(content)
        return self._tiles[tile]


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
