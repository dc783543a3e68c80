"""Entry bundles as they lie in a folder, damaged or not, and where an entry stands."""

from collections.abc import Sequence
from dataclasses import dataclass

from holdshort.register.merkle import leaf_hash
from holdshort.register.tiles import WIDTH, Tile


@dataclass(frozen=True)
class Bundle:
    """An entry bundle that is there, as far as it can be read."""

    tile: Tile
    hashes: list[bytes]
    exact: bool
    """Whether the file is nothing but these entries."""


def read_bundle(tile: Tile, data: bytes) -> Bundle:
    """The entries of a bundle up to where it is cut short."""
    hashes: list[bytes] = []
    at = 0
    while at + 2 <= len(data):
        stop = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if stop > len(data):
            break
        hashes.append(leaf_hash(data[at + 2 : stop]))
        at = stop
    return Bundle(tile, hashes, exact=at == len(data))


def place_of(index: int, size: int) -> str:
    """Where entry ``index`` of a log of ``size`` entries stands, for a person."""
    first = index - index % WIDTH
    return f"{Tile(None, index // WIDTH, min(WIDTH, size - first)).path}, entry {index}"


def first_other(one: Sequence[bytes], other: Sequence[bytes]) -> int | None:
    """Where two sequences first differ, in content or by one ending; None if they are equal."""
    if one == other:
        return None
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))
