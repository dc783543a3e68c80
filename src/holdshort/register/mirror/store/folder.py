"""A register in a folder of this machine."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from holdshort.errors import StorageError
from holdshort.register.atomic import Batch
from holdshort.register.mirror.store.store import CHUNK, Store, bounded


class FolderStore(Store):
    """A folder of this machine. Writing is one :class:`Batch`, ended by :meth:`seal`."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self._path = path
        self._batch = Batch(path)

    def __enter__(self) -> "FolderStore":
        self._batch.__enter__()
        return self

    def close(self, *error: Any) -> None:
        """See :meth:`Store.close`."""
        self._batch.__exit__(*error)

    def read(self, name: str, limit: int) -> bytes:
        """See :meth:`Store.read`."""
        try:
            with (self._path / name).open("rb") as file:
                content = file.read(limit + 1)
        except (FileNotFoundError, NotADirectoryError):
            raise FileNotFoundError(name) from None
        except OSError as error:
            where = str(self._path / name)
            raise StorageError(f"It cannot be read: {error.strerror}.", where=where) from None
        return bounded(content, limit, f"{self.shown}/{name}")

    def stream(self, name: str, start: int = 0) -> tuple[int, Iterator[bytes]]:
        """See :meth:`Store.stream`."""
        path = self._path / name
        if not path.is_file():
            raise FileNotFoundError(name)

        def chunks() -> Iterator[bytes]:
            with path.open("rb") as file:
                file.seek(start)
                while chunk := file.read(CHUNK):
                    yield chunk

        return start, chunks()

    def sizes(self, folder: str) -> dict[str, int]:
        """See :meth:`Store.sizes`."""
        return {
            path.relative_to(self._path).as_posix(): path.stat().st_size
            for path in (self._path / folder).rglob("*")
            if path.is_file()
        }

    def write(self, name: str, content: bytes) -> None:
        """See :meth:`Store.write`."""
        self._batch.write(name, content, replace=(self._path / name).exists())

    def upload(self, name: str, source: Path) -> None:
        """See :meth:`Store.upload`."""
        with source.open("rb") as file:
            self._batch.write_all(name, iter(lambda: file.read(CHUNK), b""))

    def delete(self, name: str) -> None:
        """See :meth:`Store.delete`."""
        (self._path / name).unlink(missing_ok=True)

    def seal(self, name: str, content: bytes) -> None:
        """See :meth:`Store.seal`."""
        self._batch.seal(name, content)
