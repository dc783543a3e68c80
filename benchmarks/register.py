"""Speed of the register: appending durably, proving that an entry is there, and how both grow.

Each beside a peer in the same run, round after round, so that whatever else the machine does
falls on all alike. Prints medians with quartiles, and the ratio. ``benchmarks/README.md`` says how
to read it, and what to install: `pymerkle` is a peer here and nowhere else (it is GPL), PostgreSQL
is asked for by ``--postgresql``.
"""

import argparse
import hashlib
import importlib.util
import itertools
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.rounds import Row, Way, measure, options, show

from holdshort.errors import HoldshortError
from holdshort.office.door import Filing, Office
from holdshort.office.opening import Opening, enrol, open_register
from holdshort.office.place import Place
from holdshort.office.storage.database import leaves, load, open_database
from holdshort.register.canonical import Json
from holdshort.register.merkle import Tree, leaf_hash, verify_inclusion
from holdshort.rulebook.load import open_rulebook

ACT: Mapping[str, Json] = {
    "discovered_at": "2026-11-02T00:00:00Z",
    "class": "weights",
    "internal_use": False,
    "report": "ab" * 32,
    "summary": "What happened, in a sentence or two of the usual length, so that an act is of the "
    "usual size.",
}
LEAF = 1_200
"""Bytes of a leaf where it is not an act: about as many as such an act has."""

SINGLE, TOGETHER, READY = 100, 256, 20_000


def main() -> None:
    given = _options()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(dir=given.directory) as temporary:
        places = map(Path(temporary).joinpath, map(str, itertools.count()))
        if "append" in given.parts:
            for storage, url in (("SQLite", None), ("PostgreSQL", given.postgresql)):
                if storage == "SQLite" or url:
                    ways = _appends(places, url)
                    rows += measure(f"append, {storage}", "/s", ways, given.rounds)
        if "proof" in given.parts:
            for size in given.sizes:
                rows += measure(f"prove, {size:,} entries", "/s", _proofs(size), given.rounds)
                rows += measure(f"verify, {size:,} entries", "/s", _checks(size), given.rounds)
        if "growth" in given.parts:
            for size in given.sizes:
                rows += measure(
                    f"grow, {size:,} entries", "/s", _growth(places, size), given.rounds
                )
    if given.json:
        json.dump([asdict(row) for row in rows], sys.stdout)
        return
    show("The register", rows)
    peers = {"pymerkle": _pymerkle() is not None, "--postgresql": bool(given.postgresql)}
    for name, there in peers.items():
        if not there:
            print(f"{name} is not there: left out.", file=sys.stderr)


def _options() -> argparse.Namespace:
    parser = options(__doc__, rounds=5)
    add = parser.add_argument
    add("parts", nargs="*", default=["append", "proof", "growth"], help="what to measure")
    add("--sizes", type=_sizes, default=(1_000, 10_000, 100_000), help="as in 1e3,1e4,1e6")
    add("--postgresql", metavar="URL", help="an empty database; its tables are dropped each time")
    add("--directory", type=Path, help="where to work; default: the temporary directory")
    given = parser.parse_args()
    unknown = set(given.parts) - {"append", "proof", "growth"}
    if unknown:
        parser.error(f"there is no part {unknown.pop()!r}: append, proof, growth")
    return given


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(int(float(part)) for part in text.split(","))


# ---------------------------------------------------------------------- appending


def _appends(places: Iterator[Path], url: str | None) -> dict[str, Way]:
    """Durable appends: acts through the one door, ready leaves, and the database alone."""

    def door(count: int, together: int) -> float:
        office = _office(next(places), url)
        filings = _filings(count, office.docket.size)
        began = time.perf_counter()
        for batch in _batched(filings, together):
            for receipt in office.file_all(batch):
                if isinstance(receipt, HoldshortError):
                    raise receipt
        return count / (time.perf_counter() - began)

    def ready() -> float:
        place = _place(next(places), url)
        made = [os.urandom(LEAF) for _ in range(READY)]
        began = time.perf_counter()
        load(place, made)
        return READY / (time.perf_counter() - began)

    ways: dict[str, Way] = {
        "holdshort, ready leaves, all at once": ready,
        f"holdshort, acts through the door, {TOGETHER} at once": lambda: door(
            4 * TOGETHER, TOGETHER
        ),
        "holdshort, acts through the door, one by one": lambda: door(SINGLE, 1),
    }
    if url:
        return ways
    ways["SQLite alone, one row a transaction"] = lambda: _sqlite(next(places), SINGLE, 1)
    ways[f"SQLite alone, {TOGETHER} rows a transaction"] = lambda: _sqlite(
        next(places), READY, TOGETHER
    )
    pymerkle = _pymerkle()
    if pymerkle:
        ways["pymerkle, one by one"] = lambda: _peer(pymerkle, next(places), SINGLE, 1)
        ways["pymerkle, all at once"] = lambda: _peer(pymerkle, next(places), READY, READY)
    return ways


def _place(folder: Path, url: str | None) -> Place:
    folder.mkdir(parents=True)
    if url:
        _empty(url)
        (folder / "register.toml").write_text(f'[database]\nurl = "{url}"\n')
    return Place(folder)


def _office(folder: Path, url: str | None) -> Office:
    """An open register with a developer."""
    opening = Opening("Benchmark", rehearsal=True)
    office, _ = open_register(_place(folder, url), open_rulebook("aaif"), opening)
    enrol(office, "acme", "Acme", "developer", "registrar")
    return office


def _filings(count: int, start: int) -> list[Filing]:
    return [
        Filing("incident.report", f"incident-{start + number}", "acme", ACT)
        for number in range(count)
    ]


def _batched(filings: Sequence[Filing], size: int) -> Iterator[Sequence[Filing]]:
    return (filings[at : at + size] for at in range(0, len(filings), size))


def _sqlite(path: Path, count: int, together: int) -> float:
    """The same durability with nothing around it: WAL, ``synchronous=FULL``."""
    import pysqlite3

    connection = pysqlite3.connect(str(path), isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE log (at INTEGER PRIMARY KEY, leaf BLOB, hash BLOB UNIQUE)")
    made = [os.urandom(LEAF) for _ in range(count)]
    began = time.perf_counter()
    for at in range(0, count, together):
        connection.execute("BEGIN IMMEDIATE")
        rows = [(at + n, leaf, leaf_hash(leaf)) for n, leaf in enumerate(made[at : at + together])]
        connection.executemany("INSERT INTO log VALUES (?, ?, ?)", rows)
        connection.execute("COMMIT")
    rate = count / (time.perf_counter() - began)
    connection.close()
    return rate


def _peer(pymerkle: Any, path: Path, count: int, together: int) -> float:
    tree = pymerkle.SqliteTree(str(path))
    made = [os.urandom(LEAF) for _ in range(count)]
    began = time.perf_counter()
    if together == 1:
        for leaf in made:
            tree.append_entry(leaf)
    else:
        tree.append_entries(made, chunksize=together)
    rate = count / (time.perf_counter() - began)
    tree.close()
    return rate


def _empty(url: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")


# ---------------------------------------------------------------------- proving


def _proofs(size: int) -> dict[str, Way]:
    """Inclusion proofs of entries all over the log."""
    hashes = _hashes(size)
    tree = Tree(hashes)
    asked = _spread(size, 500)
    ways: dict[str, Way] = {"holdshort": lambda: _often(tree.inclusion, asked)}
    peer = _peer_tree(size)
    if peer:
        few = asked[:20]
        ways["pymerkle"] = lambda: _often(lambda at: _cold(peer, at + 1, size), few)
    return ways


def _checks(size: int) -> dict[str, Way]:
    """Verification of such proofs, made before."""
    hashes = _hashes(size)
    tree, asked = Tree(hashes), _spread(size, 500)
    root, proofs = tree.root(), {at: tree.inclusion(at) for at in asked}

    def ours(at: int) -> None:
        verify_inclusion(hashes[at], at, size, proofs[at], root)

    ways: dict[str, Way] = {"holdshort": lambda: _often(ours, asked)}
    peer, pymerkle = _peer_tree(size), _pymerkle()
    if peer and pymerkle:
        few = asked[:20]
        made = {at: peer.prove_inclusion(at + 1, size) for at in few}
        leaves_, peer_root = {at: peer.get_leaf(at + 1) for at in few}, peer.get_root()
        ways["pymerkle"] = lambda: _often(
            lambda at: pymerkle.verify_inclusion(leaves_[at], peer_root, made[at]), few
        )
    return ways


def _cold(peer: Any, index: int, size: int) -> None:
    peer.cache_clear()  # as a server meets an entry that nobody asked for before
    peer.prove_inclusion(index, size)


def _peer_tree(size: int) -> Any:
    """The peer's tree in memory; None if it is not installed, or would take minutes to fill."""
    pymerkle = _pymerkle()
    if pymerkle is None or size > 100_000:
        return None
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    for number in range(size):
        tree.append_entry(b"%d" % number)
    return tree


def _often(work: Callable[[int], object], asked: Sequence[int]) -> float:
    began = time.perf_counter()
    for at in asked:
        work(at)
    return len(asked) / (time.perf_counter() - began)


def _hashes(size: int) -> list[bytes]:
    return [leaf_hash(b"%d" % number) for number in range(size)]


def _spread(size: int, count: int) -> list[int]:
    """Places all over a log, the same each time."""
    return [
        int.from_bytes(hashlib.sha256(b"%d" % n).digest()[:8], "big") % size for n in range(count)
    ]


# ---------------------------------------------------------------------- growing


def _growth(places: Iterator[Path], size: int) -> dict[str, Way]:
    """What one more entry costs in a log of this size."""
    tree = Tree(_hashes(size))
    place = _place(next(places), None)
    load(place, (b"%d" % number for number in range(size)))
    alias = open_database(place)

    def append() -> float:
        began = time.perf_counter()
        for number in range(1_000):
            tree.append(leaf_hash(b"more %d" % number))
            tree.root()
        return 1_000 / (time.perf_counter() - began)

    def read() -> float:
        asked = _spread(size, 200)
        return _often(lambda at: next(leaves(alias, at, at + 1)), asked)

    return {"append to the tree, and its root": append, "read an entry from SQLite": read}


# ---------------------------------------------------------------------- rounds


def _pymerkle() -> Any:
    if importlib.util.find_spec("pymerkle") is None:
        return None
    import pymerkle

    return pymerkle


if __name__ == "__main__":
    main()
