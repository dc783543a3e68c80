"""Reading an evidence bundle that a stranger made."""

import hashlib
import shutil
import tarfile
from pathlib import Path
from types import TracebackType

from holdshort.assess.bundle import INDEX
from holdshort.assess.fields import Fields
from holdshort.errors import BadInput, EvidenceError
from holdshort.register.canonical import parse

_CHUNK = 1 << 20

_LARGEST_RECORD = 1 << 30
"""Bytes of a member that is read whole; a bundle must not be able to exhaust the memory."""


class Archive:
    """An open bundle. Members are plain files with listed names; none is written by its name."""

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise BadInput("there is no such bundle.", where=str(path))
        try:
            self._tar = tarfile.open(path, "r:")  # noqa: SIM115 - closed by __exit__
        except (tarfile.TarError, OSError, EOFError) as error:
            raise EvidenceError(f"not an evidence bundle: {error}.", where=str(path)) from error
        self._entries: dict[str, tarfile.TarInfo] = {}
        try:
            self._list(path)
        except BaseException:
            self._tar.close()
            raise

    def _list(self, path: Path) -> None:
        try:
            entries = self._tar.getmembers()
        except (tarfile.TarError, OSError, EOFError) as error:
            raise EvidenceError(f"not an evidence bundle: {error}.", where=str(path)) from error
        for entry in entries:
            if not entry.isreg():
                raise EvidenceError("not a plain file.", where=entry.name)
            if entry.name in self._entries:
                raise EvidenceError("the member is there twice.", where=entry.name)
            self._entries[entry.name] = entry

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

    def read(self, name: str) -> bytes:
        """A member's bytes."""
        entry = self._entry(name)
        if entry.size > _LARGEST_RECORD:
            raise EvidenceError(f"{entry.size} bytes are too many.", where=name)
        file = self._tar.extractfile(entry)
        data = file.read() if file else b""
        if len(data) != entry.size:
            raise EvidenceError("the bundle is cut off.", where=name)
        return data

    def json(self, name: str) -> Fields:
        """A member that is one JSON object."""
        return Fields(parse(self.read(name), name), name)

    def copy(self, name: str, to: Path) -> None:
        """Write a member to a file of the caller's naming."""
        file = self._tar.extractfile(self._entry(name))
        if file is None:
            raise EvidenceError("the member cannot be read.", where=name)
        with to.open("wb") as target:
            shutil.copyfileobj(file, target, _CHUNK)

    def check_digests(self) -> int:
        """The index lists exactly the members, each with its digest; how many there are."""
        listed = self.json(INDEX).nested("members")
        extra = sorted(set(self._entries) - set(listed.names) - {INDEX})
        if extra:
            raise EvidenceError("the index does not list the member.", where=extra[0])
        for name in listed.names:
            file = self._tar.extractfile(self._entry(name))
            digest = hashlib.file_digest(file, "sha256").hexdigest() if file else ""  # type: ignore[arg-type]  # any readable file will do
            if digest != listed.nested(name).text("sha256"):
                raise EvidenceError("the digest differs from the index.", where=name)
        return len(self._entries)

    def _entry(self, name: str) -> tarfile.TarInfo:
        if name not in self._entries:
            raise EvidenceError("the member is missing.", where=name)
        return self._entries[name]
