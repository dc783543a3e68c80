"""A whole log made by another implementation: transparency-dev/tessera's test log (Apache-2.0)."""

from collections.abc import Callable
from itertools import combinations_with_replacement
from pathlib import Path

import pytest

from holdshort.register.checkpoint import Checkpoint, open_checkpoint
from holdshort.register.merkle import (
    EMPTY_ROOT,
    Frontier,
    Tree,
    consistency,
    inclusion,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)
from holdshort.register.note import NoteVerifier
from holdshort.register.tiles import (
    Tile,
    TileNodes,
    bundles,
    decode_bundle,
    encode_bundle,
    level_tiles,
    parse_path,
    tile_bytes,
)

KEY = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"
SIZES = range(16)


@pytest.fixture(scope="module")
def log(vectors: Callable[[str], Path]) -> Path:
    return vectors("tlog/tessera-log")


@pytest.fixture(scope="module")
def heads(log: Path) -> list[Checkpoint]:
    """The checkpoints of 0 to 15 entries, their signatures verified."""
    verifier = NoteVerifier.from_vkey(KEY)
    return [
        open_checkpoint((log / f"checkpoint.{size}").read_bytes(), [verifier]) for size in SIZES
    ]


@pytest.fixture(scope="module")
def leaves(log: Path) -> list[bytes]:
    return decode_bundle((log / "tile/entries/000.p/15").read_bytes(), "the bundle")


def test_every_checkpoint_is_that_of_the_entries(
    heads: list[Checkpoint], leaves: list[bytes]
) -> None:
    tree, frontier = Tree(map(leaf_hash, leaves)), Frontier()
    for head in heads:
        assert head.root == tree.root(head.size) == frontier.root()
        frontier.append(leaf_hash(leaves[min(head.size, 14)]))
    assert heads[0].root == EMPTY_ROOT


def test_every_checkpoint_continues_every_earlier_one(log: Path, heads: list[Checkpoint]) -> None:
    for old, new in combinations_with_replacement(heads[1:], 2):
        proof = consistency(old.size, new.size, nodes_of(log, new.size))
        verify_consistency(old.size, new.size, proof, old.root, new.root)


def test_every_entry_is_under_every_checkpoint_that_covers_it(
    log: Path, heads: list[Checkpoint], leaves: list[bytes]
) -> None:
    for head in heads:
        for index in range(head.size):
            proof = inclusion(index, head.size, nodes_of(log, head.size))
            verify_inclusion(leaf_hash(leaves[index]), index, head.size, proof, head.root)


@pytest.mark.parametrize("size", SIZES)
def test_our_tiles_and_bundles_are_its_tiles_and_bundles(
    size: int, log: Path, leaves: list[bytes]
) -> None:
    tree = Tree(map(leaf_hash, leaves[:size]))
    for tile in level_tiles(size):
        made = tile_bytes(tile.level or 0, tile.index, tile.width, tree.node)
        assert made == (log / tile.path).read_bytes()
    for bundle in bundles(size):
        assert encode_bundle(leaves[:size]) == (log / bundle.path).read_bytes()


def test_it_has_no_tile_that_we_would_not_write(log: Path) -> None:
    found = {str(path.relative_to(log)) for path in log.glob("tile/**/*") if path.is_file()}
    ours = {tile.path for size in SIZES for tile in (*level_tiles(size), *bundles(size))}
    assert found == ours
    assert all(parse_path(path) is not None for path in found)


def nodes_of(log: Path, size: int) -> TileNodes:
    def read(tile: Tile) -> bytes:
        return (log / tile.path).read_bytes()

    return TileNodes(size, read)
