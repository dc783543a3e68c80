"""Program checks that a suite declares: facts of a sample that do not depend on what anyone says.

``Protected``   files that nobody needs to touch: changed, removed or new ones raise a flag
``Canary``      a random mark that stands only in the answer key, and then in a transcript
``Offline``     connections that the sandbox saw tried
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Protocol

from holdshort.assess.validity.cheating.transcript import Flag, Part
from holdshort.errors import BadInput

_LEAST_CANARY = 12
"""Characters. A shorter mark could turn up by chance."""


@dataclass(frozen=True)
class Observed:
    """What was seen of a sample: transcript, SHA-256 of files by path before and after, hosts."""

    parts: tuple[Part, ...] = ()
    before: Mapping[str, str] | None = None
    after: Mapping[str, str] | None = None
    connections: tuple[str, ...] = ()


class Check(Protocol):
    """A program check."""

    def flags(self, observed: Observed) -> Iterator[Flag]:
        """Each reason to suspect the sample."""


@dataclass(frozen=True)
class Protected:
    """Files, by shell patterns on their paths, that must be after the run as they were before."""

    patterns: tuple[str, ...]

    def flags(self, observed: Observed) -> Iterator[Flag]:
        """A flag a file. Raises :class:`BadInput` where files were not taken down."""
        if observed.before is None or observed.after is None:
            raise BadInput(
                "The sample's files were not taken down before and after it ran.",
                where="protected-files",
                do="Take them with `snapshot`, or leave the check out of the suite's.",
            )
        for path in sorted({*observed.before, *observed.after}):
            was, is_now = observed.before.get(path), observed.after.get(path)
            if was != is_now and any(fnmatch(path, pattern) for pattern in self.patterns):
                how = "new" if was is None else "removed" if is_now is None else "changed"
                yield Flag("protected-files", path, how)


@dataclass(frozen=True)
class Canary:
    """A random mark in the answer key or grader."""

    mark: str

    def __post_init__(self) -> None:
        if len(self.mark) < _LEAST_CANARY:
            raise BadInput(f"A mark needs {_LEAST_CANARY} characters.", where="canary")

    def flags(self, observed: Observed) -> Iterator[Flag]:
        """A flag a part of the transcript that holds it."""
        for part in observed.parts:
            if self.mark in part.text:
                yield Flag("canary", part.place, f"{part.kind}: the mark of the answer key")


@dataclass(frozen=True)
class Offline:
    """Nothing outside the sandbox is to be reached."""

    def flags(self, observed: Observed) -> Iterator[Flag]:
        """A flag a host."""
        for host in observed.connections:
            yield Flag("offline", host, "a connection was tried")


def run_checks(observed: Observed, checks: Sequence[Check]) -> tuple[Flag, ...]:
    """Every flag of every check."""
    return tuple(flag for check in checks for flag in check.flags(observed))


def snapshot(folder: Path) -> dict[str, str]:
    """SHA-256 of every file below ``folder`` by its path there; links are not followed."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = f"link to {path.readlink()}"
        elif path.is_file():
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found
