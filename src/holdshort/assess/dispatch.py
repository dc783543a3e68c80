"""A campaign spread over units of work: who gets the next items, and how results come back.

- Units are handed out in the locked order of items. Areas take turns, the one with the fewest units
  at work first: with as many areas as slots, spreading costs no item more than one process would.
- Results come back in any order; the test counts them in item order and as an unbroken run only
  (see `stopping`), so that quick answers cannot decide before slow ones.
- Each unit that is taken in gets a line in ``units.jsonl`` that names the digest of the line
  before: what was handed out and taken in, and in which order, is one chain.
- When an area's test decides, its units at work are told to ask no more. What they still complete
  is recorded and not counted.
- A unit whose process is lost is started again, a few times. One that ends in an error ends the
  campaign with that error, once the others have ended.
- What units of an earlier run have left is taken in before anything is asked (`absorb`), so that
  no item on any record is asked again, whatever died and whoever goes on.
"""

import fcntl
import hashlib
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from holdshort.assess import unit
from holdshort.assess.executors import Executor
from holdshort.assess.fields import Fields
from holdshort.assess.item_run import LOGS, ItemRun
from holdshort.assess.ledger import LEDGER, append_durably, read_lines
from holdshort.assess.part import Asked
from holdshort.assess.part_run import PartRun
from holdshort.assess.protocol import Protocol
from holdshort.errors import HoldshortError
from holdshort.register.canonical import Json, canonical, parse

CHAIN = "units.jsonl"
UNITS = "units"

_LOST = 3
"""How often a unit is started again whose process ended without a word."""

_POLL = 1.0  # seconds


@dataclass(frozen=True)
class Share:
    """How a campaign is cut: requests a unit, what each unit's process is given.

    ``model_args`` are Inspect's, by whom they are for.
    """

    items: int
    model_args: Mapping[Asked, Mapping[str, Any]]
    max_connections: int


@dataclass
class _Area:
    """A part: its run, its units at work, and the first request that nobody was given."""

    run: PartRun
    at_work: dict[Path, unit.Unit] = field(default_factory=dict)
    next: int = 0

    def cut(self, items: int) -> range | None:
        """The next requests that are neither on record nor handed out; None if none is wanted."""
        if not self.run.wanted:
            return None
        last, known = self.run.requests, self.run.ledger.lines
        start = next((i for i in range(self.next, last) if i not in known), last)
        stop = next((i for i in range(start, last) if i in known), last)
        return range(start, min(stop, start + items)) if start < last else None


class Dispatch:
    """Runs parts of a campaign by an executor until none of them wants more.

    ``halt`` gives a reason to ask no more (a budget that is spent); it is given the tokens of
    everything on record, units at work included where their folders can be read.
    """

    def __init__(
        self,
        protocol: Protocol,
        seed: bytes,
        executor: Executor,
        runs: Sequence[PartRun],
        share: Share,
        halt: Callable[[int], str | None],
    ) -> None:
        self._protocol = protocol
        self._seed = seed
        self._executor = executor
        self._share = share
        self._halt = halt
        self._areas = [_Area(run) for run in runs]
        self._lost: dict[Path, int] = {}
        self._failure: HoldshortError | None = None
        self._halted = False

    def run(self) -> None:
        """Until no part wants more; raises the first error once all units have ended."""
        for area in self._areas:
            area.run.report()
        self._hand_out()
        while any(area.at_work for area in self._areas):
            for folder in self._executor.wait(_POLL):
                self._ended(folder)
            if not self._halted and self._halt(self._tokens()):
                self._halted = True
                self._stop(self._areas)
            self._hand_out()
        if self._failure is not None:
            raise self._failure

    def _hand_out(self) -> None:
        """Start units until every slot is taken or nothing is left to ask."""
        while self._failure is None and not self._halted:
            ready = [area for area in self._areas if area.cut(self._share.items)]
            busy = sum(len(area.at_work) for area in self._areas)
            if not ready or busy >= self._executor.slots:
                return
            self._begin(min(ready, key=lambda each: len(each.at_work)))

    def _begin(self, area: _Area) -> None:
        span = area.cut(self._share.items)
        if span is None:
            return
        made = unit.Unit(
            self._protocol,
            area.run.part,
            span.start,
            span.stop,
            self._share.model_args.get(area.run.part.asked, {}),
            self._share.max_connections,
        )
        folder = area.run.folder / UNITS / f"{made.start:05d}"
        unit.prepare(made, folder)
        area.next = span.stop
        area.at_work[folder] = made
        self._executor.start(folder, self._seed)

    def _ended(self, folder: Path) -> None:
        area = next(each for each in self._areas if folder in each.at_work)
        made = area.at_work.pop(folder)
        if (folder / unit.DONE).exists():
            take_in(area.run, unit.collect(made, folder), folder)
            if not area.run.wanted:
                self._stop([area])
        elif (folder / unit.FAILED).exists():
            self._fail(_failure(folder))
        else:
            self._again(area, made, folder)

    def _again(self, area: _Area, made: unit.Unit, folder: Path) -> None:
        self._lost[folder] = self._lost.get(folder, 0) + 1
        if self._lost[folder] > _LOST:
            self._fail(
                HoldshortError(
                    f"the process of items {made.start} to {made.stop - 1} ended without a word,"
                    f" {self._lost[folder]} times: {_last_words(folder)}",
                    where=f"area {made.part.title}",
                    do="Nothing completed is lost: see to the cause and run the command again.",
                )
            )
        elif self._failure is None and not self._halted:
            area.at_work[folder] = made
            self._executor.start(folder, self._seed)

    def _fail(self, error: HoldshortError) -> None:
        self._failure = self._failure or error
        self._stop(self._areas)

    def _stop(self, areas: Sequence[_Area]) -> None:
        for area in areas:
            for folder in area.at_work:
                self._executor.stop(folder)

    def _tokens(self) -> int:
        spent = sum(area.run.tokens for area in self._areas)
        for area in self._areas:
            for folder in area.at_work:
                spent += _spent(folder / LEDGER)
        return spent


def absorb(run: PartRun, protocol: Protocol, seed: bytes) -> None:
    """Take in what units of an earlier run have left, ended or not.

    A unit whose process still runs has lost its starter: it ends by itself and is waited for.
    """
    for folder in sorted((run.folder / UNITS).glob("*")):
        if not (folder / unit.UNIT).exists():
            shutil.rmtree(folder)  # killed before it was laid out, or after it was taken in
            continue
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


def _spent(ledger: Path) -> int:
    try:
        lines = read_lines(ledger)
    except (OSError, HoldshortError):
        return 0  # not there yet, or caught in the middle of a line
    return sum(line.tokens for line in lines)


def _failure(folder: Path) -> HoldshortError:
    fields = Fields(parse((folder / unit.FAILED).read_bytes(), str(folder)), unit.FAILED)
    where, do = (None if fields.absent(name) else fields.text(name) for name in ("where", "do"))
    return HoldshortError(fields.text("what"), where=where, do=do)


def _last_words(folder: Path) -> str:
    path = folder / unit.STDERR
    said = path.read_text(errors="replace").strip() if path.exists() else ""
    return said.splitlines()[-1][:300] if said else "it said nothing."
