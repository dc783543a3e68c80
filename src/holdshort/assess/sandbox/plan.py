"""What a sandbox is started with, worked out from its settings and what the machine can hold.

A limit over all processes is best held by a control group. Where there is none, memory is held by
RLIMIT_DATA for each process and by the keeper's watch for all, processor time by pinning the
sandbox to processors, which its commands cannot change. The number of processes is held by
RLIMIT_NPROC in any case: it counts within the sandbox's own user namespace.
"""

import os
import platform
import random
from dataclasses import dataclass

from holdshort.assess.sandbox import bubblewrap, seccomp
from holdshort.assess.sandbox.settings import Settings
from holdshort.errors import HoldshortError
from holdshort.register.canonical import Json

_OPEN_FILES = 1024
_LOCKED = 64 * 1024

NOBODY = (65534, 65534)
"""Uid and gid that a keeper takes which root started."""


@dataclass(frozen=True)
class Plan:
    """All that a keeper is told."""

    settings: Settings
    argv: tuple[str, ...]
    limits: dict[str, int]
    held_by: dict[str, str]
    pin: bool
    filter: bytes

    def configuration(self, *, cgroup: bool) -> dict[str, Json]:
        """What is sent to the keeper (see `wire`)."""
        return {
            "argv": list(self.argv),
            "data": bubblewrap.DATA,
            "account": NOBODY if os.geteuid() == 0 else None,
            "limits": self.limits,
            "processors": self._processors(),
            "filter": self.filter.hex(),
            "spaces": bubblewrap.spaces(self.settings),
            "watched_memory": (
                0 if self.held_by["memory"] == "cgroup" else self.settings.memory_bytes
            ),
            "cgroup": cgroup,
            "folder": bubblewrap.WORK,
            "environment": bubblewrap.ENVIRONMENT,
        }

    def _processors(self) -> list[int]:
        if not self.pin:
            return []
        # Any of them: sandboxes side by side should not all meet on the first.
        mine = sorted(os.sched_getaffinity(0))
        return random.sample(mine, min(self.settings.processors, len(mine)))


def plan(settings: Settings, held: frozenset[str]) -> Plan:
    """The plan, where a control group holds ``held``; :class:`HoldshortError` if there is none."""
    machine = platform.machine()
    pin = "cpu" not in held
    try:
        program = seccomp.program(machine, pin=pin)
    except KeyError:
        raise HoldshortError(
            f"there is no filter of system calls for the machine {machine!r}.",
            where="sandbox bubblewrap",
            do="Run on x86_64 or aarch64, or name another sandbox.",
        ) from None
    limits = {
        "RLIMIT_CORE": 0,
        "RLIMIT_CPU": settings.cpu_seconds,
        "RLIMIT_FSIZE": settings.disk_bytes,
        "RLIMIT_MEMLOCK": _LOCKED,
        "RLIMIT_MSGQUEUE": 0,
        "RLIMIT_NOFILE": _OPEN_FILES,
        "RLIMIT_NPROC": settings.processes,
    }
    if "memory" not in held:
        limits["RLIMIT_DATA"] = settings.memory_bytes
    return Plan(
        settings=settings,
        argv=tuple(bubblewrap.arguments(settings)),
        limits=limits,
        held_by={
            "memory": "cgroup" if "memory" in held else "rlimit-and-watch",
            "processes": "cgroup-and-rlimit" if "pids" in held else "rlimit",
            "processors": "cgroup" if "cpu" in held else "affinity",
        },
        pin=pin,
        filter=program,
    )
