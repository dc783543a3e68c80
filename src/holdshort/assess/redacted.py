"""A public copy of an evidence bundle, of which some members are sealed to named readers.

The record is the full bundle: its digest is what a finding names. A copy holds the same members,
but for the sealed ones their age files, and::

    index.json                 byte for byte that of the full bundle, with the digests of the
                               sealed members' contents
    <member>.age               in place of a sealed member
    areas/<area>/marks.jsonl   where the ledger is sealed: index, mark and leaf hash of each line
    sealed.json                digest of the full bundle, digest and size of each age file, readers

So whoever has the full bundle can show that the copy is of it, and whoever has a key gets the full
bundle back, byte for byte. The digests in the index are not salted: they are of contents with
random identifiers in every line and every log, which nobody can guess.
"""

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from holdshort.assess.archive import Archive
from holdshort.assess.bundle import INDEX, Content, write_archive
from holdshort.assess.faults import Fault, Faulty
from holdshort.assess.fields import Fields
from holdshort.assess.ledger import LEDGER, lines_in
from holdshort.assess.logged import is_log
from holdshort.assess.opened import PROTOCOL
from holdshort.errors import BadInput
from holdshort.register.canonical import Json, canonical, parse_canonical
from holdshort.register.merkle import leaf_hash
from holdshort.register.sealing.age import decrypt_stream, encrypt_stream

SEALED = "sealed.json"
MARKS = "marks.jsonl"
_AGE = ".age"
_LONGEST_LINE = 1 << 12


@dataclass(frozen=True)
class Mark:
    """What a copy tells of a sealed line of a ledger; ``leaf`` is its RFC 6962 hash."""

    index: int
    correct: bool
    leaf: bytes

    def to_bytes(self) -> bytes:
        """Canonical JSON and a newline."""
        fields: dict[str, Json] = {
            "index": self.index,
            "correct": self.correct,
            "leaf": self.leaf.hex(),
        }
        return canonical(fields) + b"\n"


def read_marks(file: IO[bytes], where: str) -> Iterator[Mark]:
    """Every line of ``marks.jsonl``; raises :class:`BadInput` naming the line."""
    number = 0
    while data := file.readline(_LONGEST_LINE):
        number += 1
        place = f"{where}, line {number}"
        if not data.endswith(b"\n"):
            raise BadInput("the line is cut off or too long.", where=place)
        fields = Fields(parse_canonical(data[:-1], place), place)
        fields.only(("index", "correct", "leaf"))
        leaf = bytes.fromhex(fields.hexadecimal("leaf"))
        yield Mark(fields.whole("index"), fields.boolean("correct"), leaf)


def marks_of(ledger: str) -> str:
    """The member with the marks of a sealed ledger."""
    return ledger.removesuffix(LEDGER) + MARKS


class Copy(Archive):
    """An open public copy. `names` are those of the full bundle; sealed ones cannot be opened."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.sealed: dict[str, Fields] = {}
        """What the label lists of each age file, by the member that it holds."""
        try:
            label = self.json(SEALED).only(("bundle", "members", "readers"))
            self.of = label.hexadecimal("bundle")
            """SHA-256 of the full bundle, as the copy says."""
            self.readers = tuple(label.texts("readers"))
            listed = label.nested("members")
            self.sealed = {name: listed.nested(name) for name in listed.names}
            self._contents = self.index.nested("members")
        except BadInput as error:
            self._tar.close()
            raise Faulty(Fault.MEMBER, error.what, where=error.where) from error
        except BaseException:
            self._tar.close()
            raise

    @property
    def names(self) -> list[str]:
        """Every member's name, in the full bundle's order."""
        return [*sorted(self._contents.names), INDEX]

    def open(self, name: str) -> IO[bytes]:
        """A member that is not sealed."""
        if name in self.sealed:
            raise Faulty(Fault.MEMBER, "the member is sealed.", where=name)
        return super().open(name)

    def sha256(self, name: str) -> str:
        """A member's digest; of a sealed one what the index says."""
        if name in self.sealed:
            return self._contents.nested(name).hexadecimal("sha256")
        return super().sha256(name)

    def check_digests(self) -> int:
        """Every member is as the index lists it, every age file as the label does, and no more."""
        expected = {INDEX, SEALED}
        for name in self._contents.names:
            stated = self.sealed.get(name, self._contents.nested(name)).only(("sha256", "size"))
            place = name + _AGE if name in self.sealed else name
            entry = self._entry(place)
            if stated.text("sha256") != super().sha256(place):
                raise Faulty(Fault.MEMBER, "the digest differs from what is listed.", where=place)
            if stated.whole("size") != entry.size:
                raise Faulty(Fault.MEMBER, "the size differs from what is listed.", where=place)
            expected.add(place)
        expected |= {marks_of(name) for name in self.sealed if name.endswith(f"/{LEDGER}")}
        if unlisted := sorted(set(self.sealed) - set(self._contents.names)):
            raise Faulty(Fault.MEMBER, "the index does not list the member.", where=unlisted[0])
        if odd := sorted(expected ^ set(self._entries)):
            what = "the member is missing." if odd[0] in expected else "it is no part of a copy."
            raise Faulty(Fault.MEMBER, what, where=odd[0])
        return len(self._entries)

    def unsealed(self, name: str, identity: str, out: Path) -> None:
        """Decrypt a sealed member; raises `Refused` or `RegisterError` as `decrypt_stream` does."""
        with super().open(name + _AGE) as file, out.open("wb") as target:
            decrypt_stream(file, target, [identity], name + _AGE)


def is_copy(bundle: Path) -> bool:
    """Whether a file is a public copy."""
    try:
        with Archive(bundle) as archive:
            return SEALED in archive.names
    except Faulty:
        return False


def redact(bundle: Path, out: Path, readers: Sequence[str], *, answers: bool) -> tuple[str, ...]:
    """Make a public copy whose logs, with ``answers`` also ledgers, only ``readers`` can open.

    ``readers`` are age recipients. What was sealed is returned by name; nothing is half-written.

    Raises:
        BadInput: it is no full bundle of a campaign, or a reader is none.
        Faulty: the bundle is not whole.
    """
    with Archive(bundle) as archive, tempfile.TemporaryDirectory(prefix="holdshort-") as folder:
        if PROTOCOL not in archive.names or SEALED in archive.names:
            raise BadInput(
                "Not the full evidence of a campaign.",
                where=str(bundle),
                do="Give the bundle that `assess run` packed.",
            )
        archive.check_digests()
        archive.check_form()
        names = [name for name in archive.names if name != INDEX]
        sealed = [n for n in names if is_log(n) or (answers and n.endswith(f"/{LEDGER}"))]
        members: dict[str, Content] = {}
        listed: dict[str, Json] = {}
        for number, name in enumerate(names):
            path = Path(folder) / str(number)
            if name not in sealed:
                archive.copy(name, path)
                members[name] = path
                continue
            with archive.open(name) as file, path.open("wb") as target:
                encrypt_stream(file, target, readers)
            members[name + _AGE] = path
            listed[name] = {"sha256": _sha256(path), "size": path.stat().st_size}
            if name.endswith(f"/{LEDGER}"):
                with archive.open(name) as file:
                    members[marks_of(name)] = _marks(file, name, path.with_suffix(".marks"))
        label: dict[str, Json] = {"bundle": _sha256(bundle), "members": listed}
        label["readers"] = sorted(readers)
        members[SEALED] = canonical(label)
        write_archive(out, members, archive.read(INDEX))
    return tuple(sealed)


def restore(copy: Path, out: Path, identity: str) -> str:
    """The full bundle again, byte for byte; its SHA-256.

    Raises:
        Refused: the copy is sealed to other readers.
        RegisterError: an age file is damaged.
        Faulty: what is sealed is not what the index lists, or public marks are not its marks.
    """
    with Copy(copy) as archive, tempfile.TemporaryDirectory(prefix="holdshort-") as folder:
        archive.check_digests()
        index = archive.index.nested("members")
        members: dict[str, Content] = {}
        for number, name in enumerate(index.names):
            members[name] = path = Path(folder) / str(number)
            if name not in archive.sealed:
                archive.copy(name, path)
                continue
            archive.unsealed(name, identity, path)
            if index.nested(name).text("sha256") != _sha256(path):
                raise Faulty(Fault.MEMBER, "what is sealed is not what is listed.", where=name)
            if name.endswith(f"/{LEDGER}"):
                _check_marks(archive, name, path)
        write_archive(out, members, archive.read(INDEX))
        digest = _sha256(out)
        if digest != archive.of:
            out.unlink()
            raise Faulty(Fault.RECORD, "the copy is not of the bundle that it names.", where=SEALED)
    return digest


def _check_marks(archive: Copy, ledger: str, path: Path) -> None:
    again = path.with_suffix(".marks")
    with path.open("rb") as file:
        _marks(file, ledger, again)
    if archive.sha256(marks_of(ledger)) != _sha256(again):
        what = "the marks that are shown are not those of the sealed answers."
        raise Faulty(Fault.SCORE, what, where=marks_of(ledger))


def _marks(ledger: IO[bytes], name: str, out: Path) -> Path:
    with out.open("wb") as file:
        for line in lines_in(ledger, name):
            leaf = leaf_hash(line.to_bytes().rstrip(b"\n"))
            file.write(Mark(line.index, line.correct, leaf).to_bytes())
    return out


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
