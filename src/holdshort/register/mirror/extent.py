"""Which files make up a log of a given size, and work on many of them at a time."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

from holdshort.register.tiles import HEIGHT, MAX_ENTRY, WIDTH, Tile

T = TypeVar("T")
R = TypeVar("R")

Progress = Callable[[str, int, int], None]
"""Hears what is being done, how many files of it are done, and of how many."""

MAX_BUNDLE = WIDTH * (2 + MAX_ENTRY)
"""Most bytes of an entry bundle."""

_WORKERS = 12
_AT_ONCE = 512


def silent(what: str, done: int, total: int) -> None:
    """Tell nobody."""


def changed(before: int, size: int) -> Iterator[Tile]:
    """The tiles and bundles in which a log of ``size`` differs from its first ``before``."""
    for level, shift in _shifts(size):
        items = size >> shift
        if before >> shift < items:
            for index in range((before >> shift) // WIDTH, -(-items // WIDTH)):
                yield Tile(level, index, min(WIDTH, items - index * WIDTH))


def count(before: int, size: int) -> int:
    """How many tiles :func:`changed` gives."""
    return sum(
        -(-(size >> shift) // WIDTH) - (before >> shift) // WIDTH
        for _, shift in _shifts(size)
        if before >> shift < size >> shift
    )


def _shifts(size: int) -> Iterator[tuple[int | None, int]]:
    yield None, 0
    level = 0
    while size >> HEIGHT * level:
        yield level, HEIGHT * level
        level += 1


def rim(size: int) -> Iterator[Tile]:
    """The partial tiles and bundle of a log of ``size`` entries."""
    for level, shift in _shifts(size):
        items = size >> shift
        if items % WIDTH:
            yield Tile(level, items // WIDTH, items % WIDTH)


def each(
    work: Callable[[T], R], items: Iterable[T], heard: Callable[[int, int], None], total: int
) -> Iterator[R]:
    """Do a piece of work for every item, several at a time, in bounded memory."""
    waiting = iter(items)
    done = 0
    with ThreadPoolExecutor(_WORKERS, thread_name_prefix="mirror") as pool:
        try:
            while part := list(islice(waiting, _AT_ONCE)):
                for result in pool.map(work, part):
                    done += 1
                    heard(done, total)
                    yield result
        except BaseException:
            pool.shutdown(cancel_futures=True)  # what has not begun need not
            raise
