"""A campaign spread over units of work: who gets the next items, and how results come back.

- Units are handed out in the locked order of items. Areas take turns, the one with the fewest units
  at work first: with as many areas as slots, spreading costs no item more than one process would.
- Results come back in any order; the test counts them in item order and as an unbroken run only
  (see `stopping`), so that quick answers cannot decide before slow ones.
- When an area's test decides, its units at work are told to ask no more. What they still complete
  is recorded and not counted.
- A unit whose process is lost is started again, a few times. One that ends in an error ends the
  campaign with that error, once the others have ended.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from holdshort.assess import unit
from holdshort.assess.executors import Executor
from holdshort.assess.intake import failure, take_in
from holdshort.assess.ledger import LEDGER, read_lines
from holdshort.assess.part_run import PartRun
from holdshort.assess.protocol import Protocol
from holdshort.assess.sharing import Share, cut, share_of, unit_folder
from holdshort.errors import HoldshortError

_LOST = 3
"""How often a unit is started again whose process ended without a word."""

_POLL = 1.0  # seconds


@dataclass
class _Area:
    """A part: its run, its units at work, and the first request that nobody was given."""

    run: PartRun
    at_work: dict[Path, unit.Unit] = field(default_factory=dict)
    next: int = 0

    def cut(self, items: int) -> range | None:
        """The next requests that are neither on record nor handed out; None if none is wanted."""
        return cut(self.run, self.next, items)


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
        made = share_of(area.run, self._protocol, span, self._share)
        folder = unit_folder(area.run, made)
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
            self._fail(failure(folder))
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


def _spent(ledger: Path) -> int:
    try:
        lines = read_lines(ledger)
    except (OSError, HoldshortError):
        return 0  # not there yet, or caught in the middle of a line
    return sum(line.tokens for line in lines)


def _last_words(folder: Path) -> str:
    path = folder / unit.STDERR
    said = path.read_text(errors="replace").strip() if path.exists() else ""
    return said.splitlines()[-1][:300] if said else "it said nothing."
