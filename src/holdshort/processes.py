"""Further processes of this program, for what keeps more than one processor busy."""

import os
import signal
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def spawned(processes: int) -> ProcessPoolExecutor:
    """A pool of so many processes.

    They are spawned, not forked, for a thread of this process may hold a lock. Where there can be
    none, a task ends in an OSError or in `concurrent.futures.process.BrokenProcessPool`.
    """
    return ProcessPoolExecutor(processes, get_context("spawn"), initializer=_ignore_interrupts)


def _ignore_interrupts() -> None:
    """Ctrl-C is for the process that waits for this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
