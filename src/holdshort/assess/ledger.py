"""The ledger of a campaign: one line a completed sample, never rewritten.

``samples.jsonl`` is the memory of a campaign. A sample that has a line is done and is never asked
again; one that has none was never counted. A line is canonical JSON, ends in a newline and is on
disk (fsync) before the sample enters the test. A process that dies while it writes leaves at most
one torn last line, which the next opening cuts off: the sample it spoke of was not counted, and
Inspect's log or the spool still holds it (see `recovery`).

Lines stand in order of completion; order of items is what the test uses (see `stopping`).
"""

import hashlib
import io
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

from holdshort.assess.fields import Fields
from holdshort.errors import BadInput, EvidenceError, StorageError
from holdshort.register.canonical import Json, canonical, parse

LEDGER = "samples.jsonl"

_LONGEST_LINE = 1 << 28
"""Bytes. A line is read whole; a ledger that a stranger made must not exhaust the memory."""


@dataclass(frozen=True)
class Line:
    """One completed sample. Times are RFC 3339; ``eval_id`` and ``uuid`` are Inspect's own."""

    index: int
    family: str
    prompt_sha256: str
    completion: str
    correct: bool
    model: str
    started: str
    completed: str
    input_tokens: int
    output_tokens: int
    stop_reason: str
    uuid: str
    eval_id: str

    @property
    def tokens(self) -> int:
        """Tokens in and out."""
        return self.input_tokens + self.output_tokens

    def to_bytes(self) -> bytes:
        """Canonical JSON and a newline."""
        fields: dict[str, Json] = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return canonical(fields) + b"\n"

    @classmethod
    def from_bytes(cls, data: bytes, where: str) -> "Line":
        """Read one line strictly: only the canonical bytes of a line are a line."""
        fields = Fields(parse(data, where), where).only(cls.__dataclass_fields__)
        line = cls(
            index=fields.whole("index"),
            family=fields.text("family"),
            prompt_sha256=fields.hexadecimal("prompt_sha256"),
            completion=fields.text("completion", empty=True),
            correct=fields.boolean("correct"),
            model=fields.text("model"),
            started=fields.text("started"),
            completed=fields.text("completed"),
            input_tokens=fields.whole("input_tokens"),
            output_tokens=fields.whole("output_tokens"),
            stop_reason=fields.text("stop_reason"),
            uuid=fields.text("uuid"),
            eval_id=fields.text("eval_id"),
        )
        if line.to_bytes() != data:
            raise BadInput("the line is not canonical JSON.", where=where)
        return line


class Ledger:
    """The open ledger of one area; one writer (the campaign holds the folder's lock)."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines: dict[int, Line] = {}
        _cut_torn_tail(path)
        for line in read_lines(path) if path.exists() else ():
            self._admit(line)
        self._file: BinaryIO = path.open("ab")

    @property
    def lines(self) -> Mapping[int, Line]:
        """Every completed sample, by item index."""
        return self._lines

    def append(self, line: Line) -> None:
        """Put a sample on record; on return it survives a power cut."""
        self._admit(line)
        append_durably(self._file, line.to_bytes(), self._path)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _admit(self, line: Line) -> None:
        if line.index in self._lines:
            raise EvidenceError(f"item {line.index} is on record twice.", where=str(self._path))
        self._lines[line.index] = line


def read_lines(path: Path) -> list[Line]:
    """Every line of a ledger file; raises :class:`BadInput` naming file and line."""
    with path.open("rb") as file:
        return list(lines_in(file, path.name))


def parse_lines(data: bytes, where: str) -> list[Line]:
    """Every line of a ledger's bytes; raises :class:`BadInput` naming the line."""
    return list(lines_in(io.BytesIO(data), where))


def lines_in(file: IO[bytes], where: str) -> Iterator[Line]:
    """Every line of an open ledger, one at a time; raises :class:`BadInput` naming the line."""
    # Bytes end at the newline alone: a completion may hold any of the line breaks that Unicode
    # knows of, and JSON escapes only the newline.
    number = 0
    while data := file.readline(_LONGEST_LINE):
        number += 1
        yield line_from(data, f"{where}, line {number}")


def line_from(data: bytes, where: str) -> Line:
    """One line as it was read from a file; raises :class:`BadInput`."""
    if len(data) == _LONGEST_LINE:
        raise BadInput(f"the line is longer than {_LONGEST_LINE >> 20} MiB.", where=where)
    if not data.endswith(b"\n"):
        raise BadInput("the last line is cut off.", where=where)
    return Line.from_bytes(data, where)


def append_durably(file: BinaryIO, data: bytes, path: Path) -> None:
    """Append and force to disk, or say that the disk would not take it."""
    try:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    except OSError as error:
        raise StorageError(
            f"the disk did not take a record: {error.strerror}.",
            where=str(path),
            do="Free some space and run the same command again; nothing that was recorded is lost.",
        ) from error


def area_folder(folder: Path, area: str) -> Path:
    """Where an area's evidence lies in a campaign's folder."""
    return folder / "areas" / area


def prompt_digest(prompt: str) -> str:
    """SHA-256 of a prompt as UTF-8, hexadecimal."""
    return hashlib.sha256(prompt.encode()).hexdigest()


def _cut_torn_tail(path: Path) -> None:
    if not path.exists():
        return
    data = path.read_bytes()
    whole = data.rfind(b"\n") + 1
    if whole != len(data):
        with path.open("r+b") as file:
            file.truncate(whole)
