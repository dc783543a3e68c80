"""A ledger as a bundle holds it: in item order, and found again by item, without being in memory.

A ledger on disk stands in order of completion, and may be larger than memory. What is kept here is
two integers a line.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from holdshort.assess.ledger import Line, line_from, lines_in
from holdshort.errors import EvidenceError


class Positions:
    """Where each item's line begins in an open ledger whose items rise."""

    def __init__(self) -> None:
        self._items = array("Q")
        self._offsets = array("Q")

    def __len__(self) -> int:
        return len(self._items)

    def append(self, item: int, offset: int) -> None:
        """The next line; its item is greater than those before."""
        self._items.append(item)
        self._offsets.append(offset)

    def place(self, item: int) -> int | None:
        """Which line, from 0, is that of an item."""
        place = bisect_left(self._items, item)
        return place if place < len(self._items) and self._items[place] == item else None

    def item(self, place: int) -> int:
        """Whose line it is."""
        return self._items[place]

    def read(self, file: IO[bytes], place: int, where: str) -> Line:
        """One line, from the file that was indexed."""
        file.seek(self._offsets[place])
        return line_from(file.readline(), where)


class OrderedLedger:
    """A ledger file, read line by line in item order."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = path.stat().st_size
        items, offsets = array("Q"), array("Q")
        with path.open("rb") as file:
            offsets.append(0)
            for line in lines_in(file, path.name):
                items.append(line.index)
                offsets.append(file.tell())
        self._positions = Positions()
        last = None
        for place in sorted(range(len(items)), key=items.__getitem__):
            if items[place] == last:
                raise EvidenceError(f"item {last} is on record twice.", where=str(path))
            last = items[place]
            self._positions.append(last, offsets[place])

    def __len__(self) -> int:
        return len(self._positions)

    def __iter__(self) -> Iterator[Line]:
        with self.path.open("rb") as file:
            for place in range(len(self._positions)):
                yield self._positions.read(file, place, self.path.name)
