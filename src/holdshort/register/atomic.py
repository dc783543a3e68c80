"""Writing files so that each appears whole or not at all, and survives a crash once synced."""

import hashlib
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from holdshort.errors import StorageError

_DRAFT = re.compile(r"\.[0-9a-f]{16}\.tmp")


def sweep(folder: Path, *, seconds: float = 0) -> None:
    """Remove drafts that a crash left in ``folder``, if they are older than ``seconds``."""
    with suppress(OSError):
        for path in folder.iterdir():
            if _DRAFT.fullmatch(path.name) and time.time() - path.stat().st_mtime >= seconds:
                path.unlink()


class Batch:
    """Files that are to appear together; on failure, the new ones among them go again.

    ``keep`` leaves them instead, for work that is to be gone on with. ``drafts`` names a folder in
    ``root`` for what is not whole yet; by default a draft stands beside the place of its file.
    """

    def __init__(self, root: Path, *, keep: bool = False, drafts: str | None = None) -> None:
        self._root = root
        self._keep = keep
        self._drafts = root / drafts if drafts else None
        self._new: list[Path] = []
        self._folders: set[Path] = set()

    def __enter__(self) -> "Batch":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: object
    ) -> None:
        if kind is None:
            return
        for path in () if self._keep else self._new:
            with suppress(OSError):
                path.unlink()
        if isinstance(error, OSError):
            raise StorageError(
                f"The register could not be written: {error.strerror}.",
                where=str(error.filename or self._root),
                do="Free some space or mend the permissions, then publish again.",
            ) from error

    def write(self, name: str, content: bytes, *, replace: bool = False) -> None:
        """Put ``content`` at ``name``, whole or not at all."""
        self.write_all(name, [content], replace=replace)

    def write_all(self, name: str, chunks: Iterable[bytes], *, replace: bool = False) -> None:
        """Put content that comes in parts at ``name``, whole or not at all."""
        path = self._root / name
        self._make(path.parent)
        draft = self._draft(self._drafts or path.parent, chunks)
        self._place(draft, path, new=not replace)

    def place(self, draft: Path, name: str) -> None:
        """Put a finished and synced draft, on the same file system, at ``name``."""
        path = self._root / name
        self._make(path.parent)
        self._place(draft, path, new=not path.exists())

    def write_named(self, chunks: Iterable[bytes], folder: str, name: Callable[[str], str]) -> str:
        """Put content at the path that ``name`` makes of its hex SHA-256; the digest.

        It is drafted in ``folder``, on the same file system, and read once.
        """
        hashed = hashlib.sha256()

        def through() -> Iterator[bytes]:
            for chunk in chunks:
                hashed.update(chunk)
                yield chunk

        self._make(self._root / folder)
        draft = self._draft(self._root / folder, through())
        path = self._root / name(hashed.hexdigest())
        try:
            self._make(path.parent)
        except OSError:
            draft.unlink()
            raise
        self._place(draft, path, new=not path.exists())
        return hashed.hexdigest()

    def seal(self, name: str, content: bytes) -> None:
        """Sync all else, then put ``content`` at ``name``: from then on nothing is taken back."""
        self.sync()
        self.write(name, content, replace=True)
        self._new.clear()
        self.sync()

    def sync(self) -> None:
        """Make the names of what was written survive a crash."""
        for folder in sorted(self._folders):
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        self._folders.clear()

    def _make(self, folder: Path) -> None:
        if folder.is_dir():
            return
        self._make(folder.parent)
        folder.mkdir(exist_ok=True)
        self._folders.add(folder.parent)

    def _draft(self, folder: Path, chunks: Iterable[bytes]) -> Path:
        self._make(folder)
        draft = folder / f".{os.urandom(8).hex()}.tmp"
        try:
            # Unlike mkstemp's, the mode is what the umask allows: a web server must read it.
            with draft.open("xb") as file:
                for chunk in chunks:
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        return draft

    def _place(self, draft: Path, path: Path, *, new: bool) -> None:
        try:
            draft.replace(path)
        except OSError:
            draft.unlink(missing_ok=True)
            raise
        self._folders.add(path.parent)
        if new:
            self._new.append(path)
