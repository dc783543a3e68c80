"""Whether the content of blobs has the digests that name them."""

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from holdshort.errors import BadInput
from holdshort.processes import processors
from holdshort.register.folder import BLOBS, blob_path

Seen = tuple[int, int, int, int, int]
"""A blob's file when its content was hashed: bytes, times of the last change of its content and of
anything about it (ns; the second cannot be set), device, inode."""


def seen_as(status: os.stat_result) -> Seen:
    """How a file is now."""
    times = status.st_mtime_ns, status.st_ctime_ns
    return (status.st_size, *times, status.st_dev, status.st_ino)


_AHEAD = 64
"""Blobs that are hashed at a time, at most."""


def is_blob(name: str) -> bool:
    """Whether a file's name, relative to the folder, is exactly that of a blob."""
    try:
        return name.startswith(f"{BLOBS}/") and name == blob_path(Path(name).name)
    except BadInput:
        return False


def hashed(
    folder: Path, names: Sequence[str], seen: Mapping[str, Seen]
) -> Iterator[tuple[str, str, Seen | None]]:
    """Of each of these files its name, its digest, and how it is; None if it is damaged.

    One that is as it was ``seen``, by digest, is not read again.
    """

    def one(name: str) -> Seen | None:
        return _look(folder / name, seen.get(Path(name).name))

    with ThreadPoolExecutor(processors()) as pool:
        for at in range(0, len(names), _AHEAD):
            part = names[at : at + _AHEAD]
            for name, found in zip(part, pool.map(one, part), strict=True):
                yield name, Path(name).name, found


def _look(path: Path, before: Seen | None) -> Seen | None:
    """How the file of a blob is, if its content has the digest that names it."""
    try:
        with path.open("rb") as file:
            found = seen_as(os.fstat(file.fileno()))
            if found != before and hashlib.file_digest(file, "sha256").hexdigest() != path.name:
                return None
    except OSError:
        return None
    return found
