"""One command at a time for a copy of a register.

Who fetches replaces and removes files that another would be reading. The lock is the kernel's, on a
file beside the copy, so that it is gone with the process that held it, however that ended. The file
says who holds it, for whoever waits.
"""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from holdshort.errors import Busy, StorageError

LOCK = "copy.lock"
"""The file's name, in the folder that holds the copy."""

PATIENCE = 900.0
"""Seconds to wait for whoever else is at work: a large register takes minutes."""

_LOOK = 0.1


@contextmanager
def alone(
    home: Path, waiting: Callable[[str], None], *, patience: float | None = None
) -> Iterator[None]:
    """Have the copy in ``home`` to oneself; ``waiting`` is told once whom this waits for.

    Raises:
        Busy: the other is not done after ``patience`` seconds, by default :data:`PATIENCE`.
        StorageError: the lock cannot be taken here.
    """
    with _opened(home / LOCK, os.O_RDWR | os.O_CREAT) as handle:
        _take(handle, fcntl.LOCK_EX, home, waiting, patience)
        os.ftruncate(handle, 0)
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        os.pwrite(
            handle, f"process {os.getpid()} on {os.uname().nodename}, since {now}\n".encode(), 0
        )
        try:
            yield
        finally:
            os.ftruncate(handle, 0)


@contextmanager
def undisturbed(
    home: Path, waiting: Callable[[str], None], *, patience: float | None = None
) -> Iterator[None]:
    """Read the copy in ``home`` beside others who read it, while nobody changes it."""
    with _opened(home / LOCK, os.O_RDONLY) as handle:
        _take(handle, fcntl.LOCK_SH, home, waiting, patience)
        yield


@contextmanager
def _opened(path: Path, flags: int) -> Iterator[int]:
    try:
        handle = os.open(path, flags | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise _unusable(path, error) from None
    try:
        yield handle
    finally:
        os.close(handle)


def _take(
    handle: int, kind: int, home: Path, waiting: Callable[[str], None], patience: float | None
) -> None:
    ends = time.monotonic() + (PATIENCE if patience is None else patience)
    told = False
    while True:
        try:
            fcntl.flock(handle, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            pass
        except OSError as error:
            raise _unusable(home / LOCK, error) from None
        else:
            return
        if time.monotonic() >= ends:
            raise Busy(
                f"This copy is held by {_holder(handle)}.",
                where=str(home),
                do="Wait until it is done, or give another folder with --copy.",
            )
        if not told:
            waiting(f"This copy is held by {_holder(handle)}: waiting for it.")
            told = True
        time.sleep(_LOOK)


def _holder(handle: int) -> str:
    with suppress(OSError):
        return os.pread(handle, 200, 0).decode(errors="replace").strip() or "another process"
    return "another process"


def _unusable(path: Path, error: OSError) -> StorageError:
    return StorageError(
        f"The copy cannot be locked: {error.strerror}.",
        where=str(path),
        do="Give a folder that you may write to, on a file system that has locks, with --copy.",
    )
