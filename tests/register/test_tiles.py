"""Tiles: the log as static files."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdshort.errors import BadInput, RegisterError
from holdshort.register.merkle import Tree, inclusion, leaf_hash
from holdshort.register.tiles import (
    MAX_ENTRY,
    Tile,
    TileNodes,
    bundles,
    decode_bundle,
    encode_bundle,
    entries_path,
    level_tiles,
    parse_path,
    tile_bytes,
    tile_path,
)


@pytest.mark.parametrize(
    ("index", "width", "path"),
    [
        (0, 256, "tile/0/000"),
        (0, 8, "tile/0/000.p/8"),
        (999, 256, "tile/0/999"),
        (1000, 256, "tile/0/x001/000"),
        (1234067, 256, "tile/0/x001/x234/067"),
        (1234067, 255, "tile/0/x001/x234/067.p/255"),
    ],
)
def test_paths_are_those_of_the_specification(index: int, width: int, path: str) -> None:
    assert tile_path(0, index, width) == path
    assert entries_path(index, width) == path.replace("tile/0", "tile/entries")
    assert tile_path(63, index, width) == path.replace("tile/0", "tile/63")


@given(st.none() | st.integers(0, 63), st.integers(0, 10**12), st.integers(1, 256))
def test_a_path_names_its_tile(level: int | None, index: int, width: int) -> None:
    tile = Tile(level, index, width)
    assert parse_path(tile.path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/0",
        "tile/00/000",
        "tile/64/000",
        "tile/0/x000/001",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/08",
        "tile/0/000.p/99999999",
        "tile/0/000/",
        "tile/0/000\n",
        "tile/0/٠٠٠",
        "/tile/0/000",
        "tile/entries/../0/000",
        "checkpoint",
    ],
)
def test_what_is_not_exactly_a_tile_path_names_none(path: str) -> None:
    assert parse_path(path) is None


@pytest.mark.parametrize("tile", [(64, 0, 1), (-1, 0, 1), (0, -1, 1), (0, 0, 0), (0, 0, 257)])
def test_there_is_no_such_tile(tile: tuple[int, int, int]) -> None:
    with pytest.raises(BadInput):
        tile_path(*tile)


def test_the_specifications_tree_of_70_000_has_its_tiles() -> None:
    found = list(level_tiles(70_000))
    by_level = {level: [t.width for t in found if t.level == level] for level in range(4)}
    assert by_level == {0: [256] * 273 + [112], 1: [256, 17], 2: [1], 3: []}
    assert [tile.path for tile in level_tiles(256)] == ["tile/0/000", "tile/1/000.p/1"]
    assert list(level_tiles(0)) == list(bundles(0)) == []


@given(st.lists(st.binary(max_size=50), max_size=20))
def test_a_bundle_gives_its_entries_back(leaves: list[bytes]) -> None:
    assert decode_bundle(encode_bundle(leaves), "x") == leaves


def test_a_bundle_that_is_cut_short_is_refused() -> None:
    data = encode_bundle([b"one", b"two"])
    for cut in (1, 4, 6, 9):
        with pytest.raises(RegisterError, match=r"^tile/entries/000: .*cut short"):
            decode_bundle(data[:cut], "tile/entries/000")


def test_the_largest_entry_fits_and_one_byte_more_is_refused() -> None:
    assert decode_bundle(encode_bundle([bytes(MAX_ENTRY)]), "x") == [bytes(MAX_ENTRY)]
    with pytest.raises(BadInput, match=r"65,536 bytes.*at most 65,535.*blob"):
        encode_bundle([bytes(MAX_ENTRY + 1)])


def test_a_log_of_another_implementation_is_reproduced_byte_for_byte(
    vectors: Callable[[str], Path],
) -> None:
    folder = vectors("tlog/tessera-log")
    leaves = decode_bundle((folder / entries_path(0, 15)).read_bytes(), "x")
    tree = Tree(map(leaf_hash, leaves))
    for size in range(1, 16):
        bundle = (folder / entries_path(0, size)).read_bytes()
        assert encode_bundle(leaves[:size]) == bundle
        tile = (folder / tile_path(0, 0, size)).read_bytes()
        assert tile_bytes(0, 0, size, tree.node) == tile


def test_a_proof_from_tiles_is_that_of_the_tree_and_reads_few_of_them() -> None:
    size = 70_000
    tree = Tree(leaf_hash(number.to_bytes(4, "big")) for number in range(size))
    for index in (0, 255, 256, 65_535, 65_536, 69_999):
        read: list[Tile] = []

        def fetch(tile: Tile, read: list[Tile] = read) -> bytes:
            read.append(tile)
            return tile_bytes(tile.level or 0, tile.index, tile.width, tree.node)

        assert inclusion(index, size, TileNodes(size, fetch)) == tree.inclusion(index)
        assert len(read) == len(set(read)) <= 6


def test_a_tile_of_the_wrong_length_is_named() -> None:
    with pytest.raises(RegisterError, match=r"^tile/0/000\.p/3: .*3 hashes"):
        inclusion(0, 3, TileNodes(3, lambda _: b"\x00" * 95))
