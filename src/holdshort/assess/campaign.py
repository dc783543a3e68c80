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
      units.jsonl            the chain of those that were
      elicitation/<model|control>/<arm>/   the same of each arm
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from holdshort.assess.area_run import AreaRun, area_result, counted
from holdshort.assess.arm_run import ArmRun
from holdshort.assess.budget import Budget, BudgetSpent, Meter
from holdshort.assess.dispatch import Dispatch, Share, absorb
from holdshort.assess.environment import describe
from holdshort.assess.executors import Executor
from holdshort.assess.finding import AreaResult, demanded
from holdshort.assess.item_run import resolve_model
from holdshort.assess.ledger import LEDGER, area_folder
from holdshort.assess.ordered import OrderedLedger
from holdshort.assess.outcome import OUTCOMES
from holdshort.assess.part import Asked, arms_of
from holdshort.assess.part_run import ArmProgress, Hearing, PartRun, Progress, check_names
from holdshort.assess.protocol import Protocol
from holdshort.assess.sandbox.fingerprint import resolve
from holdshort.assess.suites.suite import suite
from holdshort.errors import BadInput, Busy
from holdshort.register.canonical import canonical, parse

__all__ = ["AreaResult", "ArmProgress", "Progress", "check_suites", "results", "run"]

PROTOCOL = "protocol.json"
ENVIRONMENT = "environment.json"
_SEED_DIGEST = "seed.sha256"


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
    check_suites(protocol)
    share = Share(
        unit_items, {**(other_args or {}), Asked.MODEL: model_args or {}}, max_connections
    )
    meter = (budget or Budget()).meter()
    with _locked(folder):
        _claim(folder, protocol, seed)
        areas = [AreaRun(protocol, plan, seed, folder, progress) for plan in protocol.areas]
        arms: list[ArmRun] = []
        work = _Work(protocol, seed, share, meter, executor)
        try:
            work.do(areas)
            _check_decided(areas, work)
            arms = [
                ArmRun(protocol, part, seed, folder, progress)
                for area in areas
                if demanded(OUTCOMES[area.result().decision])
                for part in arms_of(protocol, area.plan.area)
            ]
            work.do(arms)
            _check_decided(arms, work)
            return tuple(area.result() for area in areas)
        finally:
            if executor is not None:
                executor.close()
            for part in (*areas, *arms):
                part.ledger.close()


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


def _check_decided(parts: Sequence[PartRun], work: _Work) -> None:
    left, reason = [part.part.title for part in parts if part.wanted], work.spent()
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


def check_suites(protocol: Protocol) -> None:
    """Refuse a protocol whose suites are not the ones installed here."""
    protocol.check()
    for i, plan in enumerate(protocol.areas):
        if suite(plan.area).digest() != plan.suite_digest:
            raise BadInput(
                f"the suite's code changed since the protocol was locked ({plan.area}).",
                where=f"protocol.areas[{i}].suite_digest",
                do="Install the version of Holdshort that the protocol names, or draft a new one.",
            )


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder / "campaign.lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy("another campaign is running in this folder.", where=str(folder)) from None
        yield
    finally:
        os.close(handle)


def _claim(folder: Path, protocol: Protocol, seed: bytes) -> None:
    """A folder holds one campaign: one protocol, one seed, and a list of environments."""
    _keep(folder / PROTOCOL, canonical(protocol.to_fields()), "protocol")
    _keep(folder / _SEED_DIGEST, hashlib.sha256(seed).hexdigest().encode() + b"\n", "item seed")
    path = folder / ENVIRONMENT
    known = parse(path.read_bytes(), str(path)) if path.exists() else []
    environments = list(known) if isinstance(known, list) else []
    found = describe(None if protocol.sandbox is None else resolve(protocol.sandbox))
    if found not in environments:
        _write(path, canonical([*environments, found]))


def _keep(path: Path, data: bytes, what: str) -> None:
    if not path.exists():
        _write(path, data)
    elif path.read_bytes() != data:
        raise BadInput(
            f"the folder holds a campaign with another {what}.",
            where=str(path),
            do="Choose another folder; evidence of two campaigns must not mix.",
        )


def _write(path: Path, data: bytes) -> None:
    partial = path.with_suffix(".partial")
    partial.write_bytes(data)
    partial.replace(path)
