"""Reading an evidence bundle that a stranger made, member by member and piece by piece."""

import hashlib
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO

from holdshort.assess.bundle import FORMAT, INDEX, member_format, member_header
from holdshort.assess.faults import Fault, Faulty
from holdshort.assess.fields import Fields
from holdshort.errors import BadInput
from holdshort.register.canonical import parse_canonical

_CHUNK = 1 << 20

_LARGEST_RECORD = 1 << 28
"""Bytes of a member that is read whole; a bundle must not be able to exhaust the memory."""


class Archive:
    """An open bundle. Members are plain files with listed names; none is written by its name."""

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise BadInput("there is no such bundle.", where=str(path))
        self._path = path
        try:
            self._tar = tarfile.open(path, "r:")  # noqa: SIM115 - closed by __exit__
        except (tarfile.TarError, OSError, EOFError) as error:
            raise self._broken(error) from error
        self._entries: dict[str, tarfile.TarInfo] = {}
        try:
            self._list()
        except BaseException:
            self._tar.close()
            raise

    def _list(self) -> None:
        try:
            entries = self._tar.getmembers()
        except (tarfile.TarError, OSError, EOFError, ValueError) as error:
            raise self._broken(error) from error
        for entry in entries:
            if not entry.isreg():
                raise Faulty(Fault.ARCHIVE, "not a plain file.", where=entry.name)
            if entry.name in self._entries:
                raise Faulty(Fault.ARCHIVE, "the member is there twice.", where=entry.name)
            self._entries[entry.name] = entry

    def _broken(self, error: Exception) -> Faulty:
        return Faulty(Fault.ARCHIVE, f"not an evidence bundle: {error}.", where=self._path.name)

    def __enter__(self) -> "Archive":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._tar.close()

    @property
    def names(self) -> list[str]:
        """Every member's name, in the bundle's order."""
        return list(self._entries)

    def open(self, name: str) -> IO[bytes]:
        """A member, to be read piece by piece."""
        file = self._tar.extractfile(self._entry(name))
        if file is None:
            raise Faulty(Fault.MEMBER, "the member cannot be read.", where=name)
        return file

    def read(self, name: str) -> bytes:
        """A member's bytes."""
        size = self._entry(name).size
        if size > _LARGEST_RECORD:
            raise Faulty(Fault.MEMBER, f"{size} bytes are too many.", where=name)
        with self.open(name) as file:
            data = file.read()
        if len(data) != size:
            raise Faulty(Fault.ARCHIVE, "the bundle is cut off.", where=name)
        return data

    def json(self, name: str) -> Fields:
        """A member that is one JSON object, in its one canonical form."""
        return Fields(parse_canonical(self.read(name), name), name)

    @property
    def index(self) -> Fields:
        """What the bundle says of its members."""
        return self.json(INDEX)

    def format(self) -> int:
        """Which format the index says; the first one says none."""
        number = 1 if self.index.absent("format") else self.index.whole("format")
        if number > FORMAT:
            raise Faulty(
                Fault.ARCHIVE,
                f"this version knows bundles up to format {FORMAT}, not {number}.",
                where=INDEX,
                do="Install a newer holdshort.",
            )
        return number

    def copy(self, name: str, to: Path) -> None:
        """Write a member to a file of the caller's naming."""
        with self.open(name) as file, to.open("wb") as target:
            shutil.copyfileobj(file, target, _CHUNK)

    def sha256(self, name: str) -> str:
        """A member's digest, computed."""
        with self.open(name) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]  # any readable file will do

    def check_digests(self) -> int:
        """The index lists exactly the members, each with size and digest; how many there are."""
        listed = self.json(INDEX).nested("members")
        extra = sorted(set(self._entries) - set(listed.names) - {INDEX})
        if extra:
            raise Faulty(Fault.MEMBER, "the index does not list the member.", where=extra[0])
        for name in listed.names:
            entry, stated = self._entry(name), listed.nested(name).only(("sha256", "size"))
            if stated.text("sha256") != self.sha256(name):
                raise Faulty(Fault.MEMBER, "the digest differs from the index.", where=name)
            if stated.whole("size") != entry.size:
                raise Faulty(Fault.MEMBER, "the size differs from the index.", where=name)
        return len(self._entries)

    def check_form(self) -> None:
        """The file is, byte for byte, what packing these members gives: no room for anything else.

        Together with `check_digests` no byte can be changed unnoticed, but for contents that are
        listed anew: those stand and fall with what is recomputed from them.
        """
        names = [name for name in self._entries if name != INDEX]
        if self.names != [*sorted(names), INDEX]:
            raise Faulty(Fault.ARCHIVE, "members stand in another order.", where=INDEX)
        end = 0
        with self._path.open("rb") as file:
            for name, entry in self._entries.items():
                fresh = member_header(name, entry.size).tobuf(member_format(entry.size))
                begin = entry.offset_data - len(fresh)
                _check_zeros(_pieces(file, end, begin), name)
                file.seek(begin)
                if file.read(len(fresh)) != fresh:
                    raise Faulty(Fault.ARCHIVE, "the header is not that of a bundle.", where=name)
                if begin != -(-end // tarfile.BLOCKSIZE) * tarfile.BLOCKSIZE:
                    raise Faulty(Fault.ARCHIVE, "there is a gap before the member.", where=name)
                end = entry.offset_data + entry.size
            blocks = -(-end // tarfile.BLOCKSIZE) + 2  # two of zeros end an archive
            size = -(-blocks * tarfile.BLOCKSIZE // tarfile.RECORDSIZE) * tarfile.RECORDSIZE
            if self._path.stat().st_size != size:
                raise Faulty(
                    Fault.ARCHIVE, "the file is longer or shorter than its members.", where=INDEX
                )
            _check_zeros(_pieces(file, end, size), "the end of the bundle")

    def _entry(self, name: str) -> tarfile.TarInfo:
        if name not in self._entries:
            raise Faulty(Fault.MEMBER, "the member is missing.", where=name)
        return self._entries[name]


def _pieces(file: IO[bytes], start: int, stop: int) -> Iterator[bytes]:
    file.seek(start)
    while start < stop and (piece := file.read(min(_CHUNK, stop - start))):
        start += len(piece)
        yield piece


def _check_zeros(pieces: Iterator[bytes], where: str) -> None:
    if any(any(piece) for piece in pieces):
        raise Faulty(Fault.ARCHIVE, "there is something between the members.", where=where)
