"""One line a check, as a person and a program read it."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One check: its name, whether it holds, and what was found."""

    name: str
    ok: bool
    detail: str


def timed(lines: Iterable[Line]) -> Iterator[tuple[Line, float]]:
    """Each line with the seconds that it took to come to it."""
    began = time.perf_counter()
    for line in lines:
        now = time.perf_counter()
        yield line, now - began
        began = time.perf_counter()


def at(where: str | None, detail: str) -> str:
    """A detail after the place that it is about."""
    return f"{where}: {detail}" if where else detail
