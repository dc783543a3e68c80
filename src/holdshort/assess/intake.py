"""How what units of work brought comes on a campaign's record.

- Each unit that is taken in gets a line in ``units.jsonl`` that names the digest of the line
  before: what was handed out and taken in, and in which order, is one chain.
- What units of an earlier run have left is taken in before anything is asked, so that no item on
  any record is asked again, whatever died and whoever goes on.
"""

import fcntl
import hashlib
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from holdshort.assess import unit
from holdshort.assess.fields import Fields
from holdshort.assess.item_run import LOGS, ItemRun
from holdshort.assess.ledger import append_durably
from holdshort.assess.part_run import PartRun
from holdshort.assess.protocol import Protocol
from holdshort.assess.sharing import UNITS
from holdshort.errors import Busy, HoldshortError
from holdshort.register.canonical import Json, canonical, parse

CHAIN = "units.jsonl"


def absorb(run: PartRun, protocol: Protocol, seed: bytes) -> None:
    """Take in what units of an earlier run have left, ended or not.

    A unit whose process still runs has lost its starter: it ends by itself and is waited for.
    """
    for folder in _units(run):
        _absorb(run, protocol, seed, folder)


def gather(runs: Sequence[PartRun], protocol: Protocol, seed: bytes) -> int:
    """Take in what units brought that ran by themselves; how many of them had not ended.

    While some are at work, those that have ended are taken in, and the others of a part that wants
    no more are told to stop; then :class:`Busy`. An error in which a unit ended is raised once all
    have been taken in.
    """
    folders = [(run, folder) for run in runs for folder in _units(run)]
    working = [folder for _, folder in folders if _at_work(folder)]
    failures, unfinished = [], 0
    for run, folder in folders:
        ended = (folder / unit.DONE).exists()
        if working and not ended:
            continue
        if (folder / unit.FAILED).exists() and not ended:
            failures.append(failure(folder))
        else:
            unfinished += not ended
        _absorb(run, protocol, seed, folder)
    if working:
        for run, folder in folders:
            if folder.exists() and not run.wanted:
                (folder / unit.STOP).touch()
        raise Busy(
            f"{len(working)} of {len(folders)} units are at work; the others are taken in.",
            where=str(working[0]),
            do="Wait until all have ended.",
        )
    if failures:
        raise failures[0]
    return unfinished


def failure(folder: Path) -> HoldshortError:
    """The error in which a unit ended."""
    fields = Fields(parse((folder / unit.FAILED).read_bytes(), str(folder)), unit.FAILED)
    where, do = (None if fields.absent(name) else fields.text(name) for name in ("where", "do"))
    return HoldshortError(fields.text("what"), where=where, do=do)


def _units(run: PartRun) -> Iterator[Path]:
    """The units of a part that are not taken in."""
    for folder in sorted((run.folder / UNITS).glob("*")):
        if (folder / unit.UNIT).exists():
            yield folder
        else:
            shutil.rmtree(folder)  # killed before it was laid out, or after it was taken in


def _at_work(folder: Path) -> bool:
    """Whether a process is at work on a unit."""
    path = folder / unit.LOCK
    if not path.exists():
        return False
    with path.open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _absorb(run: PartRun, protocol: Protocol, seed: bytes, folder: Path) -> None:
    left = unit.Unit.read(folder)
    if left.protocol != protocol:
        raise HoldshortError("a unit of another protocol lies here.", where=str(folder))
    with (folder / unit.LOCK).open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        span = range(left.start, left.stop)
        ItemRun(protocol, left.part, seed, folder, span).ledger.close()
        done = unit.collect(left, folder) if (folder / unit.DONE).exists() else None
        take_in(run, done or unit.done_so_far(left, folder), folder)


def take_in(run: PartRun, done: unit.Done, folder: Path) -> None:
    """Put a unit's samples on the area's record, its logs beside the others, and chain it.

    Killed half-way and called again, it ends as if it had not been.
    """
    run.take(done.lines)
    for name in done.logs:
        source = folder / LOGS / name
        if source.exists():
            source.replace(run.folder / LOGS / name)
    path = run.folder / CHAIN
    entries = path.read_bytes().splitlines() if path.exists() else []
    # Its logs bind its samples; its own ledger is in no bundle, so its digest proves nothing there.
    stated: dict[str, Json] = {"unit": done.unit, "logs": dict(done.logs)}
    if not any(_same(entry, stated) for entry in entries):
        previous = hashlib.sha256(entries[-1]).hexdigest() if entries else ""
        with path.open("ab") as file:
            append_durably(file, canonical({**stated, "previous": previous}) + b"\n", path)
    (folder / unit.UNIT).unlink()
    shutil.rmtree(folder)


def _same(entry: bytes, stated: dict[str, Json]) -> bool:
    value = parse(entry, CHAIN)
    return isinstance(value, dict) and {**value, "previous": ""} == {**stated, "previous": ""}
