"""Holding the entries of a bundle's logs against the digests that are listed of them."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import IO

from holdshort.assess.archive import Archive
from holdshort.assess.faults import Fault, Faulty
from holdshort.assess.logged import LOGGED, SAMPLES, Entry, entries, read_entries
from holdshort.register.merkle import Frontier, leaf_hash


class LoggedCheck:
    """Every log of a bundle held against ``logged.jsonl``. Of each kind the first fault is kept."""

    def __init__(self, archive: Archive, present: Sequence[str]) -> None:
        """``present`` are the logs that can be read; of the others only the root is checked."""
        self.faults: dict[Fault, Faulty] = {}
        self.samples = 0
        self._archive = archive
        self._tree = Frontier()
        unread, members = set(present), set(archive.index.nested("members").names)
        with archive.open(LOGGED) as file:
            for log, stated in groupby(self._taken(file), key=lambda each: each.log):
                if log in unread:
                    unread.remove(log)
                    self._compare(log, list(stated))
                elif log not in members:
                    self._fault(Fault.MISSING, "the log is gone.", log)
        for log in sorted(unread):
            self._fault(Fault.EXTRA, "none of its entries is listed.", log)
        listed = archive.index.nested("logged").only(("entries", "root"))
        if (listed.whole("entries"), listed.text("root")) != (self.entries, self.root):
            self._fault(Fault.ROOT, "the Merkle root is not that of the entries.", LOGGED)

    @property
    def entries(self) -> int:
        """Lines."""
        return self._tree.size

    @property
    def root(self) -> str:
        """RFC 6962 root over the lines without their newlines; hexadecimal."""
        return self._tree.root().hex()

    def _taken(self, file: IO[bytes]) -> Iterator[Entry]:
        last = ""
        for each in read_entries(file):
            self._tree.append(leaf_hash(each.to_bytes()))
            self.samples += each.entry.startswith(SAMPLES)
            if each.log < last:
                self._fault(Fault.ORDER, "the logs are out of order.", LOGGED)
            last = each.log
            yield each

    def _compare(self, log: str, stated: Sequence[Entry]) -> None:
        try:
            with self._archive.open(log) as file:
                found = list(entries(log, file))
        except Faulty as error:
            self.faults.setdefault(error.fault, error)
            return
        if found == stated:
            return
        was = {each.entry: each for each in stated}
        is_ = {each.entry: each for each in found}
        for name in sorted(was.keys() | is_.keys()):
            where = f"{log}, {name}"
            if name not in is_:
                self._fault(Fault.MISSING, "it was logged and is gone.", where)
            elif name not in was:
                self._fault(Fault.EXTRA, "it was not logged.", where)
            elif was[name] != is_[name]:
                kind = Fault.SAMPLE if name.startswith(SAMPLES) else Fault.HEADER
                self._fault(kind, "it is not as it was logged.", where)
        if was == is_:
            self._fault(Fault.ORDER, "the log's entries stand in another order.", log)

    def _fault(self, fault: Fault, what: str, where: str) -> None:
        self.faults.setdefault(fault, Faulty(fault, what, where=where))
