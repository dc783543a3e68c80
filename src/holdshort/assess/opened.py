"""An opened campaign: its folder, claimed for one protocol and seed, and its parts in stages."""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from holdshort.assess.area_run import AreaRun
from holdshort.assess.arm_run import ArmRun
from holdshort.assess.environment import describe
from holdshort.assess.finding import AreaResult, demanded
from holdshort.assess.outcome import OUTCOMES
from holdshort.assess.part import arms_of
from holdshort.assess.part_run import Hearing, PartRun
from holdshort.assess.protocol import Protocol
from holdshort.assess.sandbox.fingerprint import resolve
from holdshort.assess.suite_check import check_suites
from holdshort.errors import BadInput, Busy
from holdshort.register.canonical import canonical, parse

PROTOCOL = "protocol.json"
ENVIRONMENT = "environment.json"
_SEED_DIGEST = "seed.sha256"


class Opened:
    """A campaign that nobody else is at work on."""

    def __init__(self, protocol: Protocol, seed: bytes, folder: Path, hear: Hearing | None) -> None:
        self.protocol = protocol
        self.seed = seed
        self.folder = folder
        self._hear = hear
        self._areas: list[AreaRun] = []
        self._arms: list[ArmRun] = []

    def stages(self) -> Iterator[list[PartRun]]:
        """The tests of areas; then, for whoever has seen to those, the arms that they demand."""
        protocol, seed, folder, hear = self.protocol, self.seed, self.folder, self._hear
        for plan in protocol.areas:
            self._areas.append(AreaRun(protocol, plan, seed, folder, hear))
        yield list(self._areas)
        for area in self._areas:
            if demanded(OUTCOMES[area.result().decision]):
                for part in arms_of(protocol, area.plan.area):
                    self._arms.append(ArmRun(protocol, part, seed, folder, hear))
        yield list(self._arms)

    def results(self) -> tuple[AreaResult, ...]:
        """One result an area, in the protocol's order; :class:`BadInput` if one is not finished."""
        return tuple(area.result() for area in self._areas)

    def close(self) -> None:
        """Close what was opened."""
        for part in (*self._areas, *self._arms):
            part.ledger.close()


@contextmanager
def opened(protocol: Protocol, seed: bytes, folder: Path, hear: Hearing | None) -> Iterator[Opened]:
    """Open, or begin, the campaign in ``folder``.

    Raises :class:`BadInput` for a protocol that cannot be run here or a folder of another campaign,
    :class:`Busy` when another process is at work in it.
    """
    check_suites(protocol)
    with _locked(folder):
        _claim(folder, protocol, seed)
        made = Opened(protocol, seed, folder, hear)
        try:
            yield made
        finally:
            made.close()


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
