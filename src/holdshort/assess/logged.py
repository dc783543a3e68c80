"""What Inspect logged, entry by entry: a digest of each whole sample and of each header.

A log of Inspect's is a ZIP archive; each sample is an entry of its own, ``header.json`` another.
``logged.jsonl`` in a bundle has one line of canonical JSON for each entry of each log::

    {"entry": "samples/00003_epoch_1.json", "log": "areas/…/….eval", "sha256": "…", "size": 8173}

The digest is over the entry's bytes as Inspect wrote them, uncompressed: `unzip -p` (with
Zstandard) and `sha256sum` give the same, and no later version of Inspect reads them otherwise. It
is taken when the bundle is packed, for a log that was cut off is completed after its ledger.
"""

import hashlib
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO

from holdshort.assess.faults import Fault, Faulty
from holdshort.assess.fields import Fields
from holdshort.errors import BadInput
from holdshort.register.canonical import canonical, parse_canonical
from holdshort.register.merkle import Frontier, leaf_hash

LOGGED = "logged.jsonl"
SAMPLES = "samples/"
_SUFFIX = ".eval"
_LONGEST_LINE = 1 << 16


@dataclass(frozen=True)
class Entry:
    """One entry of a log: the log's name in the bundle, its own, SHA-256 and bytes of it."""

    log: str
    entry: str
    sha256: str
    size: int

    def to_bytes(self) -> bytes:
        """Canonical JSON; a leaf of the tree."""
        return canonical(
            {"entry": self.entry, "log": self.log, "sha256": self.sha256, "size": self.size}
        )

    @classmethod
    def from_bytes(cls, data: bytes, where: str) -> "Entry":
        """The inverse, strict; :class:`BadInput`."""
        fields = Fields(parse_canonical(data, where), where).only(cls.__dataclass_fields__)
        return cls(
            fields.text("log"),
            fields.text("entry"),
            fields.hexadecimal("sha256"),
            fields.whole("size"),
        )


def is_log(name: str) -> bool:
    """Whether a member of a bundle is a log of Inspect's."""
    return name.startswith("areas/") and name.endswith(_SUFFIX)


def entries(log: str, file: IO[bytes]) -> Iterator[Entry]:
    """Every entry of an open log, in its order, read piece by piece.

    Raises:
        Faulty: it is no ZIP archive, or damaged.
    """
    import inspect_ai.log  # noqa: F401 - teaches `zipfile` Zstandard

    try:
        with zipfile.ZipFile(file) as archive:
            for info in archive.infolist():
                with archive.open(info) as content:
                    sha256 = hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]  # any readable file will do
                yield Entry(log, info.filename, sha256, info.file_size)
    except Exception as error:  # wherever zip or zstd notices
        raise Faulty(Fault.LOG, f"the log cannot be read: {error}.", where=log) from error


def write_entries(found: Iterable[Entry], out: IO[bytes]) -> tuple[int, str]:
    """Write ``logged.jsonl``; how many lines, and their RFC 6962 root in hexadecimal."""
    tree = Frontier()
    for each in found:
        line = each.to_bytes()
        out.write(line + b"\n")
        tree.append(leaf_hash(line))
    return tree.size, tree.root().hex()


def read_entries(file: IO[bytes]) -> Iterator[Entry]:
    """Every line of ``logged.jsonl``; raises :class:`BadInput` naming the line."""
    number = 0
    while data := file.readline(_LONGEST_LINE):
        number += 1
        where = f"{LOGGED}, line {number}"
        if not data.endswith(b"\n"):
            raise BadInput("the line is cut off or too long.", where=where)
        yield Entry.from_bytes(data[:-1], where)
