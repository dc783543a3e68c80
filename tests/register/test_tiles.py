"""Tiles: the log as static files."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdshort.errors import BadInput, RegisterError
from holdshort.register.merkle import Tree, consistency, inclusion, leaf_hash, root
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
        "tile/0/" + "x999/" * 7 + "999",
        "tile/0/" + "x999/" * 2000 + "999",
        "tile/0/000.p/01",
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


def test_a_tile_ends_where_the_specification_says() -> None:
    """ "Start index n·256^(l+1), end index (n + 1)·256^(l+1)"; a bundle as a tile of level 0."""
    for tile, start, end in (
        (Tile(0, 0, 256), 0, 256),
        (Tile(0, 3, 17), 768, 1024),
        (Tile(1, 2, 256), 131_072, 196_608),
        (Tile(None, 2, 1), 512, 768),
    ):
        assert (tile.start, tile.end) == (start, end)


def test_a_pruned_log_still_serves_what_ends_after_its_minimum() -> None:
    def paths(minimum: int) -> list[str]:
        return [tile.path for tile in (*level_tiles(70_000, minimum), *bundles(70_000, minimum))]

    assert len(paths(0)) == len(paths(255)) == 551
    assert set(paths(0)) - set(paths(256)) == {"tile/0/000", "tile/entries/000"}
    assert set(paths(256)) - set(paths(65_536)) > {"tile/1/000", "tile/0/255"}
    # Partial tiles are never pruned: the checkpoint of a log that was pruned whole still has them.
    assert paths(70_000) == [
        "tile/0/273.p/112",
        "tile/1/001.p/17",
        "tile/2/000.p/1",
        "tile/entries/273.p/112",
    ]


LARGE = 66_000
LARGE_TREE = Tree(leaf_hash(number.to_bytes(4, "big")) for number in range(LARGE))


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_from_its_minimum_on_a_pruned_log_proves_everything(data: st.DataObject) -> None:
    """ "Pruning": roots, inclusion and consistency at or above the minimum index."""
    minimum = data.draw(st.integers(1, LARGE) | st.sampled_from([256, 512, 65_536]))
    old = data.draw(st.integers(minimum, LARGE))
    new = data.draw(st.integers(old, LARGE))
    served = set(level_tiles(new, minimum))

    def fetch(tile: Tile) -> bytes:
        assert tile in served, f"{tile.path} was pruned"
        return tile_bytes(tile.level or 0, tile.index, tile.width, LARGE_TREE.node)

    nodes = TileNodes(new, fetch)
    assert root(new, nodes) == LARGE_TREE.root(new)
    assert consistency(old, new, nodes) == LARGE_TREE.consistency(old, new)
    if minimum < new:
        index = data.draw(st.integers(minimum, new - 1))
        assert inclusion(index, new, nodes) == LARGE_TREE.inclusion(index, new)


@given(st.integers(0, 2**63 - 1), st.integers(1, 256), st.sampled_from([None, 0, 1, 63]))
def test_every_tile_is_read_back_from_its_path(index: int, width: int, level: int | None) -> None:
    tile = Tile(level, index, width)
    assert parse_path(tile.path) == tile


def test_a_tile_of_the_wrong_length_is_named() -> None:
    with pytest.raises(RegisterError, match=r"^tile/0/000\.p/3: .*3 hashes"):
        inclusion(0, 3, TileNodes(3, lambda _: b"\x00" * 95))
