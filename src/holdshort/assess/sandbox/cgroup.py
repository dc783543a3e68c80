"""A control group (version 2) of a sandbox's own: limits that hold for all its processes together.

Made below the group that ``HOLDSHORT_SANDBOX_CGROUP`` names, else below this process's own. Which
limits a group can hold depends on what its parent was delegated; `Group.holds` says it, and may be
empty: then the group still names every process of the sandbox, and ends them at one word.

Without a group (no version 2, no right to make one) the limits are held otherwise (see `plan`).
"""

import os
import time
from contextlib import suppress
from pathlib import Path

from holdshort.assess.sandbox.settings import Settings
from holdshort.errors import HoldshortError

VARIABLE = "HOLDSHORT_SANDBOX_CGROUP"

_PREFIX = "holdshort-"
_PERIOD = 100_000
"""Microseconds over which processor time is shared out, the kernel's default."""

_EMPTY = 10.0
"""Seconds until every process of a killed group must be gone."""


class Group:
    """A group of one sandbox."""

    def __init__(self, path: Path, settings: Settings) -> None:
        self._path = path
        self.holds = _limit(path, settings)
        # Opened by whoever may make groups, used by an account that may not.
        self.descriptor = os.open(path / "cgroup.procs", os.O_WRONLY | os.O_CLOEXEC)

    def close(self) -> None:
        """Kill what is still in the group, wait until it is empty, and remove it.

        Raises :class:`HoldshortError` if something stays.
        """
        os.close(self.descriptor)
        with suppress(FileNotFoundError):  # Linux before 5.14
            _write(self._path / "cgroup.kill", "1")
        deadline = time.monotonic() + _EMPTY
        while "populated 0" not in (self._path / "cgroup.events").read_text():
            if time.monotonic() > deadline:
                raise HoldshortError(
                    "a process of the sandbox does not end.", where=str(self._path / "cgroup.procs")
                )
            time.sleep(0.005)
        self._path.rmdir()


def make(settings: Settings, number: int) -> Group | None:
    """A group for sandbox ``number`` of this process, or None where none can be made.

    Raises :class:`HoldshortError` when the one that was named cannot be used.
    """
    named = os.environ.get(VARIABLE)
    parent = Path(named) if named else _own()
    if parent is None:
        return None
    _sweep(parent)
    path = parent / f"{_PREFIX}{os.getpid()}-{number}"
    try:
        path.mkdir()
    except OSError as error:
        if named:
            raise _unusable(parent, error) from None
        return None
    try:
        return Group(path, settings)
    except OSError as error:
        path.rmdir()
        if named:
            raise _unusable(parent, error) from None
        return None


def _unusable(parent: Path, error: OSError) -> HoldshortError:
    return HoldshortError(
        f"no control group can be made in {parent}: {error.strerror}.",
        where=VARIABLE,
        do="Name a folder of a cgroup2 file system that is delegated to this account.",
    )


def _own() -> Path | None:
    """The group of this process, by /proc/self/cgroup and the mounts."""
    lines = Path("/proc/self/cgroup").read_text().splitlines()
    below = next((line[3:] for line in lines if line.startswith("0::")), None)
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        before, _, after = line.partition(" - ")
        if below is not None and after.startswith("cgroup2 "):
            return Path(before.split()[4]) / below.lstrip("/")
    return None


def _limit(path: Path, settings: Settings) -> frozenset[str]:
    with suppress(OSError):  # not allowed, or processes in the parent itself: then do without
        _write(path.parent / "cgroup.subtree_control", "+memory +pids +cpu")
    available = (path / "cgroup.controllers").read_text().split()
    held = set()
    if "memory" in available:
        _write(path / "memory.max", str(settings.memory_bytes))
        with suppress(FileNotFoundError):  # a kernel without swap
            _write(path / "memory.swap.max", "0")
        held.add("memory")
    if "pids" in available:
        _write(path / "pids.max", str(settings.processes))
        held.add("pids")
    if "cpu" in available:
        _write(path / "cpu.max", f"{settings.processors * _PERIOD} {_PERIOD}")
        held.add("cpu")
    return frozenset(held)


def _write(path: Path, value: str) -> None:
    with path.open("r+") as file:  # never made: a folder of another kind stays as it is
        file.write(value)


def _sweep(parent: Path) -> None:
    """Remove empty groups of processes that were killed before they could."""
    for path in parent.glob(f"{_PREFIX}*-*"):
        owner = path.name.removeprefix(_PREFIX).partition("-")[0]
        if owner.isdigit() and not Path("/proc", owner).exists():
            with suppress(OSError):
                path.rmdir()
