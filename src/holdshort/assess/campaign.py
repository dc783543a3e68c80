"""A campaign: a locked protocol, run on Inspect area by area until the evidence decides.

Each area is one Inspect task whose items come from the protocol's seed. An area whose test finds
too little is put to the elicitation that the protocol plans, arm by arm (`part`). The rules:

- Items are taken in order; the test counts an unbroken run of them (see `stopping`).
- A completed sample is on the ledger before it counts, and is never asked again (see `ledger`).
  Interrupt or kill the campaign at any point and run it again: it goes on where it was.
- A provider's error ends the run with its name; it never counts as a wrong answer (see `samples`).
- A protocol runs only on the very suites whose digests it names.

Folder::

    protocol.json            what is being run; another protocol is refused
    seed.sha256              digest of the item seed; another seed is refused
    environment.json         what it ran on, each environment once
    campaign.lock            held while a process is at work
    areas/<area>/
      samples.jsonl          the ledger
      <eval id>.spool.jsonl  only while an attempt runs, or after it died
      logs/*.eval            Inspect's log of every attempt
      units/<first item>/    units of work that are not taken in yet (see `unit`, `dispatch`)
      units.jsonl            the chain of those that were (see `intake`)
    waves/<number>.json      units that were laid out for others to run (see `wave`)
      elicitation/<model|control>/<arm>/   the same of each arm
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from holdshort.assess.area_run import area_result, counted
from holdshort.assess.budget import Budget, BudgetSpent, Meter
from holdshort.assess.dispatch import Dispatch
from holdshort.assess.executors import Executor
from holdshort.assess.finding import AreaResult
from holdshort.assess.intake import absorb, gather
from holdshort.assess.item_run import resolve_model
from holdshort.assess.ledger import LEDGER, area_folder
from holdshort.assess.opened import opened
from holdshort.assess.ordered import OrderedLedger
from holdshort.assess.part import Asked
from holdshort.assess.part_run import ArmProgress, Hearing, PartRun, Progress, check_names
from holdshort.assess.protocol import Protocol
from holdshort.assess.sharing import Share, deal
from holdshort.assess.suite_check import check_suites
from holdshort.assess.unit import prepare
from holdshort.assess.wave import Wave, write_wave
from holdshort.errors import BadInput

__all__ = [
    "AreaResult",
    "ArmProgress",
    "LaidOut",
    "Progress",
    "check_suites",
    "lay_out",
    "results",
    "run",
]


@dataclass(frozen=True)
class LaidOut:
    """A wave that waits to be run, and how many units of the one before did not end."""

    wave: Wave
    unfinished: int


def run(
    protocol: Protocol,
    seed: bytes,
    folder: Path,
    *,
    model_args: Mapping[str, Any] | None = None,
    other_args: Mapping[Asked, Mapping[str, Any]] | None = None,
    progress: Hearing | None = None,
    max_connections: int = 2,
    executor: Executor | None = None,
    unit_items: int = 20,
    budget: Budget | None = None,
) -> tuple[AreaResult, ...]:
    """Run, or go on with, a campaign in ``folder``; one result an area, in the protocol's order.

    ``seed`` is the item seed of the protocol; ``model_args`` and ``other_args`` are Inspect's, of
    the model under test and of those that it is compared with; ``progress`` hears of every item
    that enters a test, and of every answer in an arm. Without an ``executor`` every sample runs in
    this process, one part after the other; with one, units of ``unit_items`` requests each do in
    processes of their own. Raises :class:`BadInput` for a protocol that cannot be run here,
    :class:`Busy` when another process is at work in ``folder``, :class:`BudgetSpent`, and
    :class:`HoldshortError` naming area and item when the model does not answer.
    """
    share = Share(
        unit_items, {**(other_args or {}), Asked.MODEL: model_args or {}}, max_connections
    )
    meter = (budget or Budget()).meter()
    with opened(protocol, seed, folder, progress) as campaign:
        work = _Work(protocol, seed, share, meter, executor)
        try:
            for parts in campaign.stages():
                work.do(parts)
                _check_decided(parts, work.spent())
            return campaign.results()
        finally:
            if executor is not None:
                executor.close()


def lay_out(
    protocol: Protocol,
    seed: bytes,
    folder: Path,
    *,
    share: Share,
    units: int,
    progress: Hearing | None = None,
    budget: Budget | None = None,
) -> LaidOut | None:
    """Take in what units of work brought, and lay out the next ones for whoever runs them later.

    At most ``units`` of each part that wants more; None when no part does. Nothing is asked here.
    Raises as `run` does, :class:`Busy` as well while a unit is at work, and the error in which one
    ended.
    """
    meter = (budget or Budget()).meter()
    with opened(protocol, seed, folder, progress) as campaign:
        known: list[PartRun] = []
        for parts in campaign.stages():
            unfinished = gather(parts, protocol, seed)
            known += parts
            check_names(known)
            _check_decided(parts, meter.spent(sum(part.tokens for part in known)))
            for part in parts:
                part.report()
            if dealt := deal(parts, protocol, share, units):
                for place, made in dealt:
                    prepare(made, place)
                wave = write_wave(folder, protocol.digest, [place for place, _ in dealt])
                return LaidOut(wave, unfinished)
        return None


class _Work:
    """Parts, run one set after the other, within one budget."""

    def __init__(
        self,
        protocol: Protocol,
        seed: bytes,
        share: Share,
        meter: Meter,
        executor: Executor | None,
    ) -> None:
        self._protocol = protocol
        self._seed = seed
        self._share = share
        self._meter = meter
        self._executor = executor
        self._parts: list[PartRun] = []

    def do(self, parts: Sequence[PartRun]) -> None:
        """Run these parts until none wants more, or the budget is spent."""
        before = self._tokens()
        self._parts += parts
        for part in parts:
            absorb(part, self._protocol, self._seed)
        check_names(self._parts)
        if self._executor is None:
            self._here(parts)
        elif parts:
            Dispatch(
                self._protocol,
                self._seed,
                self._executor,
                parts,
                self._share,
                lambda tokens: self._meter.spent(before + tokens),
            ).run()
        check_names(self._parts)

    def spent(self) -> str | None:
        """Which cap of the budget is reached; None while none is."""
        return self._meter.spent(self._tokens())

    def _here(self, parts: Sequence[PartRun]) -> None:
        for part in parts:
            if part.wanted and self.spent() is None:
                # A new client each time: Inspect runs every task on an event loop of its own,
                # and pooled connections do not survive their loop.
                asked, share = part.part.asked, self._share
                model = resolve_model(
                    self._protocol,
                    share.model_args.get(asked, {}),
                    share.max_connections,
                    part.part.model(self._protocol),
                )
                part.run(model, share.max_connections, self.spent)

    def _tokens(self) -> int:
        return sum(part.tokens for part in self._parts)


def _check_decided(parts: Sequence[PartRun], reason: str | None) -> None:
    left = [part.part.title for part in parts if part.wanted]
    if left and reason:
        raise BudgetSpent(
            f"{reason}.",
            where=f"undecided: {', '.join(left)}",
            do="Everything asked is on record: allow more and go on with the same command.",
        )


def results(protocol: Protocol, folder: Path) -> tuple[AreaResult, ...]:
    """The results of a finished campaign, from its ledgers alone."""
    found = []
    for plan in protocol.areas:
        path = area_folder(folder, plan.area) / LEDGER
        if not path.exists():
            raise BadInput("the campaign has not run.", where=f"area {plan.area}")
        found.append(area_result(plan.area, counted(plan, OrderedLedger(path))))
    return tuple(found)
