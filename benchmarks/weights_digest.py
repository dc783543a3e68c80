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
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from statistics import median, quantiles

from rich.console import Console
from rich.table import Table

from holdshort.gate.manifest import compute

SUFFIXES = {"KiB": 2**10, "MiB": 2**20, "GiB": 2**30}
INSTALL = {
    "b3sum": "Debian package b3sum",
    "sha256sum": "Debian package coreutils",
    "openssl": "Debian package openssl",
}


@dataclass(frozen=True)
class Row:
    """One program on one set of files: GB/s, and Holdshort's median over its median."""

    files: str
    program: str
    threads: int
    low_quartile: float
    median: float
    high_quartile: float
    holdshort_ratio: float


def main() -> None:
    options = _options()
    programs = {"b3sum", "sha256sum", "openssl"}
    missing = sorted(name for name in programs if shutil.which(name) is None)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="weights-digest-", dir=options.directory) as folder:
        for title, directory in _trees(Path(folder), options):
            rows += _measure(title, directory, options, sorted(programs - set(missing)))
    if options.json:
        print(json.dumps({"rows": [asdict(row) for row in rows], "missing": missing}, indent=2))
        return
    _print(rows)
    for name in missing:
        print(f"{name} is not installed ({INSTALL[name]}); no ratio to it.", file=sys.stderr)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--size", type=_size, default=_size("1GiB"), help="large file (default 1GiB)")
    add("--files", type=int, default=1000, help="small files (default 1000)")
    add("--file-size", type=_size, default=_size("64KiB"), help="each small file (64KiB)")
    add("--rounds", type=int, default=7, help="rounds, at least 5 (default 7)")
    add("--threads", type=int, default=len(os.sched_getaffinity(0)), help="of Holdshort and b3sum")
    add("--directory", type=Path, help="where the temporary files go (default: the system's)")
    add("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args()
    if options.rounds < 5:
        parser.error("--rounds must be 5 or more: quartiles of fewer say nothing")
    if options.files < 1 or options.threads < 1:
        parser.error("--files and --threads must be 1 or more")
    return options


def _size(text: str) -> int:
    number, suffix = text[:-3], text[-3:]
    if suffix not in SUFFIXES or not number.isdecimal() or int(number) < 1:
        raise argparse.ArgumentTypeError(f"{text!r}: write 64KiB, 16MiB or 1GiB")
    return int(number) * SUFFIXES[suffix]


def _trees(root: Path, options: argparse.Namespace) -> Iterator[tuple[str, Path]]:
    source = random.Random(20261123)  # noqa: S311 - bytes to hash, not a secret
    piece = source.randbytes(2**20)
    large = root / "large"
    large.mkdir()
    with (large / "weights.bin").open("wb") as file:
        left = options.size
        while left:
            left -= file.write(piece[:left])
    yield f"1 file of {options.size / 1e9:.3g} GB", large
    small = root / "small"
    small.mkdir()
    for number in range(options.files):
        (small / f"part-{number:05}.bin").write_bytes(source.randbytes(options.file_size))
    yield f"{options.files} files of {options.file_size / 1e3:.3g} kB", small


def _measure(
    title: str, directory: Path, options: argparse.Namespace, peers: list[str]
) -> list[Row]:
    paths = sorted(map(str, directory.iterdir()))
    threads = options.threads
    commands = {
        "b3sum": ["b3sum", "--num-threads", str(threads), *paths],
        "sha256sum": ["sha256sum", *paths],
        "openssl": ["openssl", "dgst", "-sha256", *paths],
    }
    runs: dict[tuple[str, int], Callable[[], object]] = {
        ("holdshort", count): partial(compute, directory, threads=count)
        for count in sorted({1, threads})
    }
    for name in peers:
        key = (name, threads if name == "b3sum" else 1)
        runs[key] = partial(subprocess.run, commands[name], check=True, stdout=subprocess.DEVNULL)
    total = sum(path.stat().st_size for path in directory.iterdir())
    for run in runs.values():
        run()  # warms the page cache, and the program's own pages
    speeds: dict[tuple[str, int], list[float]] = {key: [] for key in runs}
    for _ in range(options.rounds):
        for key, run in runs.items():
            start = time.perf_counter()
            run()
            speeds[key].append(total / (time.perf_counter() - start) / 1e9)
    ours = median(speeds["holdshort", threads])
    return [_row(title, key, found, ours) for key, found in speeds.items()]


def _row(title: str, key: tuple[str, int], speeds: list[float], ours: float) -> Row:
    low, middle, high = quantiles(speeds, n=4, method="inclusive")
    return Row(title, *key, low, middle, high, ours / middle)


def _print(rows: list[Row]) -> None:
    table = Table(title="Digest of weights, page cache warm")
    table.add_column("files")
    table.add_column("program")
    for column in ("threads", "GB/s", "quartiles", "holdshort ÷ it"):
        table.add_column(column, justify="right")
    for row in rows:
        table.add_row(
            row.files,
            row.program,
            str(row.threads),
            f"{row.median:.2f}",
            f"{row.low_quartile:.2f}–{row.high_quartile:.2f}",
            f"{row.holdshort_ratio:.2f}",
        )
    Console(width=None if sys.stdout.isatty() else 110).print(table)


if __name__ == "__main__":
    main()
