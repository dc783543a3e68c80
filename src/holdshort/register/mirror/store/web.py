"""A register on a web server: any that serves files will do."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from holdshort.errors import BadInput, RegisterError
from holdshort.register.mirror.store.store import CHUNK, Store, bounded

_SMALL_FILE_SECONDS = 120.0
"""Longest time for one small file: a server that drips is as good as down."""


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
            return bounded(bytes(content), limit, f"{self.shown}/{name}")

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
