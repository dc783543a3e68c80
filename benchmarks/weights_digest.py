"""Speed of a model's digest, beside the hashing programs that people would use instead.

Writes one large file and many small ones to a temporary directory, reads each once so that the page
cache is warm, then runs all programs in turn, round after round, so that whatever else the machine
does falls on all of them alike. Prints GB/s (1 GB = 10⁹ bytes): median with quartiles, and the
ratio of Holdshort's median to each peer's. ``benchmarks/README.md`` says how to read it.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path

from benchmarks.rounds import Row, Way, measure, options, show

from holdshort.gate.manifest import compute

SUFFIXES = {"KiB": 2**10, "MiB": 2**20, "GiB": 2**30}
INSTALL = {
    "b3sum": "Debian package b3sum",
    "sha256sum": "Debian package coreutils",
    "openssl": "Debian package openssl",
}


def main() -> None:
    given = _options()
    programs = {"b3sum", "sha256sum", "openssl"}
    missing = sorted(name for name in programs if shutil.which(name) is None)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="weights-digest-", dir=given.directory) as folder:
        for title, directory in _trees(Path(folder), given):
            ways = _ways(directory, given.threads, sorted(programs - set(missing)))
            rows += measure(title, "GB/s", ways, given.rounds)
    if given.json:
        print(json.dumps({"rows": [asdict(row) for row in rows], "missing": missing}, indent=2))
        return
    show("Digest of weights, page cache warm", rows, digits=2)
    for name in missing:
        print(f"{name} is not installed ({INSTALL[name]}); no ratio to it.", file=sys.stderr)


def _options() -> argparse.Namespace:
    parser = options(__doc__, rounds=7)
    add = parser.add_argument
    add("--size", type=_size, default=_size("1GiB"), help="large file (default 1GiB)")
    add("--files", type=int, default=1000, help="small files (default 1000)")
    add("--file-size", type=_size, default=_size("64KiB"), help="each small file (64KiB)")
    add("--threads", type=int, default=len(os.sched_getaffinity(0)), help="of Holdshort and b3sum")
    add("--directory", type=Path, help="where the temporary files go (default: the system's)")
    given = parser.parse_args()
    if given.files < 1 or given.threads < 1:
        parser.error("--files and --threads must be 1 or more")
    return given


def _size(text: str) -> int:
    number, suffix = text[:-3], text[-3:]
    if suffix not in SUFFIXES or not number.isdecimal() or int(number) < 1:
        raise argparse.ArgumentTypeError(f"{text!r}: write 64KiB, 16MiB or 1GiB")
    return int(number) * SUFFIXES[suffix]


def _trees(root: Path, given: argparse.Namespace) -> Iterator[tuple[str, Path]]:
    source = random.Random(20261123)  # noqa: S311 - bytes to hash, not a secret
    piece = source.randbytes(2**20)
    large = root / "large"
    large.mkdir()
    with (large / "weights.bin").open("wb") as file:
        left = given.size
        while left:
            left -= file.write(piece[:left])
    yield f"1 file of {given.size / 1e9:.3g} GB", large
    small = root / "small"
    small.mkdir()
    for number in range(given.files):
        (small / f"part-{number:05}.bin").write_bytes(source.randbytes(given.file_size))
    yield f"{given.files} files of {given.file_size / 1e3:.3g} kB", small


def _ways(directory: Path, threads: int, peers: list[str]) -> dict[str, Way]:
    """Holdshort on all its threads, on one, and the peers; each has run once, so all is warm."""
    paths = sorted(map(str, directory.iterdir()))
    commands = {
        "b3sum": ["b3sum", "--num-threads", str(threads), *paths],
        "sha256sum": ["sha256sum", *paths],
        "openssl": ["openssl", "dgst", "-sha256", *paths],
    }
    runs: dict[str, Callable[[], object]] = {
        _name("holdshort", count): partial(compute, directory, threads=count)
        for count in sorted({1, threads}, reverse=True)
    }
    for name in peers:
        peer = partial(subprocess.run, commands[name], check=True, stdout=subprocess.DEVNULL)
        runs[_name(name, threads if name == "b3sum" else 1)] = peer
    total = sum(path.stat().st_size for path in directory.iterdir())

    def speed(run: Callable[[], object]) -> float:
        start = time.perf_counter()
        run()
        return total / (time.perf_counter() - start) / 1e9

    for run in runs.values():
        run()  # warms the page cache, and the program's own pages
    return {name: partial(speed, run) for name, run in runs.items()}


def _name(program: str, threads: int) -> str:
    return f"{program}, {threads} thread{'s' if threads > 1 else ''}"


if __name__ == "__main__":
    main()
