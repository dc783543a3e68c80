"""What a witness must never forget: the latest checkpoint that it cosigned for each log.

::

    <state>/<hex SHA-256 of the origin>/checkpoint      with the witness's cosignatures: what
                                                        monitors read under this very path
    <state>/<hex SHA-256 of the origin>/conflicts/…     what contradicts it, signed by the log
    <state>/<hex SHA-256 of the origin>.lock

Rules kept here:

- A checkpoint is replaced whole: written beside, synced, renamed, and the folder synced, before
  :meth:`LogState.replace` returns.
- A log is held by one thread of one process at a time (flock on an open file of its own).
- A state folder that is gone is an error, not an empty state: a witness that forgot what it
  cosigned would cosign the other history as well.
- Conflicts are never overwritten, and at most 64 of a kind are kept for a log.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from holdshort.errors import StorageError
from holdshort.register.atomic import Batch, sweep
from holdshort.register.folder import CHECKPOINT

MAX_CONFLICTS = 64
_CONFLICTS = "conflicts"


class LogState(Protocol):
    """The state of one log, held."""

    def read(self) -> bytes | None:
        """The latest cosigned checkpoint; None if there is none."""

    def replace(self, checkpoint: bytes) -> None:
        """Put another in its place, durably."""

    def keep_conflict(self, kind: str, size: int, content: bytes) -> str | None:
        """Keep a contradiction; its name, or None if there are too many already."""


class StateStore(Protocol):
    """The state of every log."""

    def hold(self, origin: str) -> AbstractContextManager[LogState]:
        """Keep everyone else from this log's state meanwhile."""

    def read(self, origin: str) -> bytes | None:
        """The latest cosigned checkpoint of a log, without holding it."""


def origin_hash(origin: str) -> str:
    """Hex SHA-256 of a log's origin, by which monitors ask ("Monitor Retrieval Mechanism")."""
    return hashlib.sha256(origin.encode()).hexdigest()


class FolderState:
    """The state of a witness in a folder, which :meth:`create` makes once."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def create(cls, root: Path) -> "FolderState":
        """A new, empty state; StorageError if something is there."""
        try:
            root.mkdir(parents=True)
            _sync(root.parent)
        except OSError as error:
            raise StorageError(
                f"The witness's state cannot be made here: {error.strerror}.", where=str(root)
            ) from None
        return cls(root)

    @contextmanager
    def hold(self, origin: str) -> Iterator["FolderLogState"]:
        """See :class:`StateStore`; StorageError if the folder is gone or cannot be written."""
        name = origin_hash(origin)
        try:
            handle = (self.root / f"{name}.lock").open("ab")
        except OSError as error:
            raise _gone(self.root, error) from None
        with handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield FolderLogState(self.root, name)

    def read(self, origin: str) -> bytes | None:
        """See :class:`StateStore`."""
        return FolderLogState(self.root, origin_hash(origin)).read()

    def read_hash(self, name: str) -> bytes | None:
        """The latest checkpoint of the log whose origin has this hash."""
        return FolderLogState(self.root, name).read()

    def conflicts(self, origin: str) -> list[Path]:
        """What was kept against a log, by name."""
        return sorted((self.root / origin_hash(origin) / _CONFLICTS).glob("*.txt"))


class FolderLogState:
    """One log's folder."""

    def __init__(self, root: Path, name: str) -> None:
        self._root = root
        self._name = name

    def read(self) -> bytes | None:
        """See :class:`LogState`; StorageError if it is there but cannot be read."""
        try:
            return (self._root / self._name / CHECKPOINT).read_bytes()
        except FileNotFoundError:
            if not self._root.is_dir():
                raise _gone(self._root) from None
            return None
        except OSError as error:
            raise _gone(self._root / self._name, error) from None

    def replace(self, checkpoint: bytes) -> None:
        """See :class:`LogState`."""
        folder = self._root / self._name
        new = not (folder / CHECKPOINT).exists()
        with Batch(self._root) as batch:
            sweep(folder)  # drafts of a crash: nobody else writes here while we hold the log
            batch.seal(f"{self._name}/{CHECKPOINT}", checkpoint)
            if new:  # the folder's own name may stem from an attempt that was cut short
                _sync(self._root)

    def keep_conflict(self, kind: str, size: int, content: bytes) -> str | None:
        """See :class:`LogState`. The same content is kept once."""
        folder = self._root / self._name / _CONFLICTS
        name = f"{kind}-{size}-{hashlib.sha256(content).hexdigest()[:16]}.txt"
        if not (folder / name).exists():
            if len(list(folder.glob(f"{kind}-*.txt"))) >= MAX_CONFLICTS:
                return None
            with Batch(self._root) as batch:
                batch.write(f"{self._name}/{_CONFLICTS}/{name}", content)
                batch.sync()
        return name


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _gone(path: Path, error: OSError | None = None) -> StorageError:
    reason = error.strerror if error else "it is not there"
    return StorageError(
        f"The witness's state cannot be used: {reason}.",
        where=str(path),
        do="Bring back the folder as it was last. If it is lost, start a witness with new keys.",
    )
