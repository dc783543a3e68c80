"""Where a published register stands: a folder, an object store, a web server.

One form of reading and writing for all of them, by names relative to the register's root. Rules
kept here:

- Nothing is read without a bound on its size, and no redirection is followed: a place that was
  asked for one thing cannot make the reader fetch another.
- A file appears whole or not at all. An object store does that by itself; in a folder it is
  drafted, synced and renamed; elsewhere it is uploaded under another name and moved.
- What may pass (a broken connection, a busy server) is tried again, with pauses that grow.

Network libraries are fsspec's matter and load when a URL is opened.
"""

import random
import re
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from holdshort.errors import BadInput, HoldshortError, RegisterError, StorageError
from holdshort.register.atomic import Batch

T = TypeVar("T")

PAUSES = (0.2, 0.8, 3.2)
"""Seconds before the second, third and fourth attempt, give or take a half."""

CHUNK = 1 << 20
_SMALL_FILE_SECONDS = 120.0
"""Longest time for one small file: a server that drips is as good as down."""
_URL = re.compile(r"[a-z][a-z0-9+.-]*(?=://)")
_WHOLE = {"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "adl", "memory"}
"""Protocols whose writes appear whole or not at all."""
_AGAIN = {408, 425, 429}
"""HTTP refusals that may pass."""
_ABSENT = {403, 404, 410}
"""What web servers and object stores answer for a file that is not there."""


class Unreachable(HoldshortError):
    """A place could not be read or written over the network, several times in a row."""


class Store(ABC):
    """One place, read and written by relative names."""

    def __init__(self, url: str) -> None:
        self.shown = re.sub(r"(?<=://)[^/@]*@", "", url)
        """The URL without a password in it."""

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *error: Any) -> None:
        self.close(*error)

    def close(self, *error: Any) -> None:  # noqa: B027 - most places have nothing to close
        """End the work, well or with an error."""

    @abstractmethod
    def read(self, name: str, limit: int) -> bytes:
        """The whole file; FileNotFoundError, or RegisterError if it has over ``limit`` bytes."""

    @abstractmethod
    def stream(self, name: str, start: int = 0) -> tuple[int, Iterator[bytes]]:
        """The file from ``start`` on, or from 0 if the place cannot do that; which, and chunks."""

    @abstractmethod
    def sizes(self, folder: str) -> dict[str, int]:
        """Every file below ``folder``, by its name from the root, with its size in bytes."""

    @abstractmethod
    def write(self, name: str, content: bytes) -> None:
        """Put ``content`` at ``name``, whatever was there."""

    @abstractmethod
    def upload(self, name: str, source: Path) -> None:
        """Put a file of this machine at ``name``."""

    @abstractmethod
    def delete(self, name: str) -> None:
        """Remove a file; nothing happens if it is not there."""

    def seal(self, name: str, content: bytes) -> None:
        """Put ``content`` at ``name`` once everything before it is there for good."""
        self.write(name, content)

    def look(self, name: str, limit: int) -> bytes | None:
        """As :meth:`read`; None if it is not there."""
        try:
            return self.read(name, limit)
        except FileNotFoundError:
            return None

    def retried(self, name: str, attempt: Callable[[], T]) -> T:
        """What ``attempt`` gives, tried again while it fails in a way that may pass.

        Raises:
            Unreachable: it failed to the last.
            FileNotFoundError, HoldshortError: the answer is final.
        """
        for pause in (*PAUSES, None):
            try:
                return attempt()
            except (FileNotFoundError, HoldshortError):
                raise
            except Exception as error:
                # Every protocol has errors of its own; what they have in common is a status.
                status = getattr(error, "status", None)
                if status in _ABSENT:
                    raise FileNotFoundError(name) from None
                refused = isinstance(status, int) and 400 <= status < 500 and status not in _AGAIN
                if pause is None or refused or isinstance(error, PermissionError):
                    raise self._unreachable(name, error) from error
            time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - no secret in a pause
        raise AssertionError("the last pause is None")

    def _unreachable(self, name: str, error: Exception) -> Unreachable:
        says = " ".join(str(error).split())[:200] or type(error).__name__
        return Unreachable(
            f"It could not be read or written: {says.rstrip('.')}.",
            where=f"{self.shown}/{name}",
            do="Try again later; what is there already is kept.",
        )


def protocol(place: str) -> str | None:
    """The protocol of a URL; None for the path of a folder."""
    found = _URL.match(place)
    return found[0] if found else None


def open_store(url: str, options: Mapping[str, Any] | None = None) -> Store:
    """The place at a URL or path; ``options`` are fsspec's for its protocol.

    Raises:
        BadInput: there is no such protocol here, or the URL is none of it.
    """
    kind = protocol(url)
    if kind in (None, "file"):
        return FolderStore(Path(url.removeprefix("file://")))
    import fsspec  # type: ignore[import-untyped]  # it has no types

    try:
        if kind in ("http", "https"):
            return WebStore(url, fsspec.filesystem(kind, allow_redirects=False, **(options or {})))
        return ObjectStore(url, *fsspec.core.url_to_fs(url, **(options or {})))
    except (ImportError, ValueError, TypeError) as error:
        raise BadInput(
            f"A register cannot be reached by {kind}: {error}.",
            do="Give a folder, or a URL such as https://… or s3://bucket/prefix.",
        ) from None


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
        return _bounded(content, limit, f"{self.shown}/{name}")

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


class WebStore(Store):
    """A web server: to be read, a file a request, nothing listed."""

    def __init__(self, url: str, fs: Any) -> None:
        super().__init__(url.rstrip("/"))
        self._url = url.rstrip("/")
        self._fs = fs

    def read(self, name: str, limit: int) -> bytes:
        """See :meth:`Store.read`."""

        def attempt() -> bytes:
            ends = time.monotonic() + _SMALL_FILE_SECONDS
            content = bytearray()
            with self._open(name) as file:
                while len(content) <= limit and (chunk := file.read(CHUNK, timeout=60)):
                    content += chunk
                    if time.monotonic() > ends:
                        raise TimeoutError("the server sends it too slowly")
            return _bounded(bytes(content), limit, f"{self.shown}/{name}")

        return self.retried(name, attempt)

    def stream(self, name: str, start: int = 0) -> tuple[int, Iterator[bytes]]:
        """See :meth:`Store.stream`."""
        headers = {"Accept-Encoding": "identity"}
        if start:
            headers["Range"] = f"bytes={start}-"
        file = self._open(name, headers=headers)

        def chunks() -> Iterator[bytes]:
            with file:
                while chunk := file.read(CHUNK, timeout=60):
                    yield chunk

        return start if file.r.status == 206 else 0, chunks()

    def sizes(self, folder: str) -> dict[str, int]:
        """See :meth:`Store.sizes`."""
        raise BadInput("A web server does not list its files.", where=self.shown)

    def write(self, name: str, content: bytes) -> None:
        """See :meth:`Store.write`."""
        raise self.read_only()

    def upload(self, name: str, source: Path) -> None:
        """See :meth:`Store.upload`."""
        raise self.read_only()

    def delete(self, name: str) -> None:
        """See :meth:`Store.delete`."""
        raise self.read_only()

    def read_only(self) -> BadInput:
        """What there is to say to whoever would write."""
        return BadInput(
            "A web server can be read, not written.",
            where=self.shown,
            do="Give the folder or object store that it serves.",
        )

    def _open(self, name: str, **more: Any) -> Any:
        # A size that is given and no blocks: one request, read as it comes.
        file = self._fs.open(f"{self._url}/{name}", "rb", block_size=0, size=1, **more)
        status = file.r.status
        if 300 <= status < 400:
            to = str(file.r.headers.get("Location", "elsewhere"))[:200]
            file.close()
            raise RegisterError(
                f"The server redirects to {to}, which is not followed.",
                where=f"{self.shown}/{name}",
                do="If that is where the register stands now, give that address.",
            )
        if status not in (200, 206):
            file.close()
            raise RegisterError(f"The server answers {status}.", where=f"{self.shown}/{name}")
        return file


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
        return _bounded(bytes(content), limit, f"{self.shown}/{name}")

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


def _bounded(content: bytes, limit: int, where: str) -> bytes:
    if len(content) > limit:
        raise RegisterError(f"It has more than the {limit:,} bytes that it may have.", where=where)
    return content
