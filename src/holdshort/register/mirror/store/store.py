"""What every place can be asked, and how often it is asked again."""

import random
import re
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from holdshort.errors import HoldshortError, RegisterError

T = TypeVar("T")

PAUSES = (0.2, 0.8, 3.2)
"""Seconds before the second, third and fourth attempt, give or take a half."""

CHUNK = 1 << 20
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


def bounded(content: bytes, limit: int, where: str) -> bytes:
    """``content``; RegisterError if it has over ``limit`` bytes."""
    if len(content) > limit:
        raise RegisterError(f"It has more than the {limit:,} bytes that it may have.", where=where)
    return content
