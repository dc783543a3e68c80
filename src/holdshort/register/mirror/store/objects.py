"""A register in an object store, or at any other place that fsspec reaches."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from holdshort.errors import StorageError
from holdshort.register.mirror.store.store import CHUNK, Store, bounded

_WHOLE = {"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "adl", "memory"}
"""Protocols whose writes appear whole or not at all."""


class ObjectStore(Store):
    """Anything else that fsspec can reach: S3 and its like, memory, SFTP."""

    def __init__(self, url: str, fs: Any, root: str) -> None:
        super().__init__(url.rstrip("/"))
        self._fs = fs
        self._root = root.rstrip("/")
        kinds = {fs.protocol} if isinstance(fs.protocol, str) else set(fs.protocol)
        self._atomic = bool(kinds & _WHOLE)
        self._s3 = "s3" in kinds

    def read(self, name: str, limit: int) -> bytes:
        """See :meth:`Store.read`."""
        path = self._path(name)
        content = self.retried(name, lambda: self._fs.cat_file(path, start=0, end=limit + 1))
        return bounded(bytes(content), limit, f"{self.shown}/{name}")

    def stream(self, name: str, start: int = 0) -> tuple[int, Iterator[bytes]]:
        """See :meth:`Store.stream`."""
        path = self._path(name)
        size = int(self._fs.info(path)["size"])

        def chunks() -> Iterator[bytes]:
            for at in range(start, size, 8 * CHUNK):
                yield self._fs.cat_file(path, start=at, end=min(at + 8 * CHUNK, size))

        return start, chunks()

    def sizes(self, folder: str) -> dict[str, int]:
        """See :meth:`Store.sizes`."""
        self._fs.invalidate_cache()

        def attempt() -> dict[str, int]:
            try:
                found = self._fs.find(self._path(folder), detail=True)
            except FileNotFoundError:
                return {}
            return {self._name(path): int(info["size"]) for path, info in found.items()}

        return self.retried(folder, attempt)

    def write(self, name: str, content: bytes) -> None:
        """See :meth:`Store.write`."""
        self._put(name, lambda path: self._fs.pipe_file(path, content, **self._said(name)))

    def upload(self, name: str, source: Path) -> None:
        """See :meth:`Store.upload`."""
        self._put(name, lambda path: self._fs.put_file(str(source), path, **self._said(name)))

    def delete(self, name: str) -> None:
        """See :meth:`Store.delete`."""

        def attempt() -> None:
            try:
                self._fs.rm_file(self._path(name))
            except FileNotFoundError:
                return

        self.retried(name, attempt)

    def _put(self, name: str, put: Callable[[str], object]) -> None:
        path = self._path(name)
        draft = path if self._atomic else f"{path}.part"

        def attempt() -> None:
            if not self._atomic:
                self._fs.makedirs(path.rpartition("/")[0], exist_ok=True)
            put(draft)
            if draft != path:
                self._fs.mv(draft, path)

        try:
            self.retried(name, attempt)
        except FileNotFoundError:
            raise StorageError(
                "It could not be written: there is no such bucket or folder.",
                where=f"{self.shown}/{name}",
            ) from None

    def _said(self, name: str) -> dict[str, str]:
        """The headers with which tlog-tiles wants a file served, where the store keeps them."""
        if not self._s3:
            return {}
        if name == "checkpoint":
            return {"ContentType": "text/plain; charset=utf-8", "CacheControl": "max-age=2"}
        forever = "public, max-age=31536000, immutable"
        return {"ContentType": "application/octet-stream", "CacheControl": forever}

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"

    def _name(self, path: str) -> str:
        return path.removeprefix(self._root).lstrip("/")
