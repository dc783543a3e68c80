"""Evidence that was not made under a protocol: logs of Inspect's from elsewhere, as they are.

A bundle of a lower grade. It binds what is there, so that it cannot change from now on, and lists
what is not there, so that nobody takes it for more::

    logs/*             the logs, byte for byte
    samples.jsonl      one line a sample, in the order of the logs
    imported.json      grade, what each log says of itself, what is missing and why it matters
    index.json         digest and size of each member; RFC 6962 root over the sample lines

A log that states more samples than it holds is refused, and an accuracy that its samples do not
give is told. But marks are the scorer's own, and what was left out before leaves no trace.
"""

import hashlib
import re
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING

from holdshort.assess.archive import Archive
from holdshort.assess.bundle import INDEX, Content, write_members
from holdshort.assess.faults import Fault, Faulty
from holdshort.assess.imported_logs import Reading, read_logs
from holdshort.errors import BadInput, EvidenceError
from holdshort.register.canonical import Json, canonical

if TYPE_CHECKING:
    from holdshort.assess.verify import Check

RECORD = "imported.json"
SAMPLES = "samples.jsonl"
LOGS = "logs/"


def import_logs(logs: Sequence[Path], out: Path) -> Reading:
    """Put logs into a bundle of the grade *imported*; nothing is half-written.

    Raises:
        BadInput: there is no such log, or one is given twice.
        Faulty: Inspect cannot read a log, or it contradicts itself.
    """
    names = _names(logs)
    with tempfile.TemporaryDirectory(prefix="holdshort-") as folder:
        path = Path(folder) / SAMPLES
        with path.open("wb") as file:
            found = read_logs(zip(names, logs, strict=True), file)
        members: dict[str, Content] = {RECORD: canonical(found.to_fields()), SAMPLES: path}
        members |= dict(zip(names, logs, strict=True))
        head: Json = {"samples": found.samples, "root": found.root}
        write_members(out, members, {"imported": head})
    return found


def is_imported(bundle: Path) -> bool:
    """Whether a file is a bundle of this grade."""
    try:
        with Archive(bundle) as archive:
            return RECORD in archive.names
    except EvidenceError:
        return False


def missing_in(bundle: Path) -> tuple[tuple[str, str], ...]:
    """What a bundle of this grade says is missing: (what, why)."""
    with Archive(bundle) as archive:
        listed = archive.json(RECORD).nested_list("missing")
        return tuple((each.text("what"), each.text("why")) for each in listed)


def imported_checks(bundle: Path) -> "Iterator[Check]":
    """Every check of a bundle of this grade: it is what importing its own logs gives."""
    from holdshort.assess.verify import Check

    try:
        with Archive(bundle) as archive, tempfile.TemporaryDirectory() as folder:
            count = archive.check_digests()
            archive.check_form()
            yield Check("members", True, f"{count} files match the index, with nothing between")
            names = [name for name in archive.names if name.startswith(LOGS)]
            with (Path(folder) / SAMPLES).open("w+b") as lines:
                again = read_logs(_unpacked(archive, names, Path(folder)), lines)
                _check_same(archive, again, lines)
            yield Check("logs", True, f"{again.samples} samples, each under the root")
            yield Check("grade", True, "imported: what is missing is listed, and is all of it")
    except BadInput as error:
        fault = Faulty(Fault.MEMBER, error.what, where=error.where)
        yield Check("bundle", False, str(fault), Fault.MEMBER)
    except EvidenceError as error:
        kind = error.fault if isinstance(error, Faulty) else Fault.MEMBER
        yield Check("bundle", False, str(error), kind)


def _check_same(archive: Archive, again: Reading, lines: IO[bytes]) -> None:
    stated = archive.json(INDEX).nested("imported")
    if stated.text("root") != again.root or stated.whole("samples") != again.samples:
        raise Faulty(Fault.ROOT, "the Merkle root is not that of the samples.", where=INDEX)
    lines.seek(0)
    with archive.open(SAMPLES) as kept:
        while piece := lines.read(1 << 20):
            if kept.read(len(piece)) != piece:
                raise Faulty(Fault.SAMPLE, "the samples are not those of the logs.", where=SAMPLES)
        if kept.read(1):
            raise Faulty(Fault.EXTRA, "there are more samples than in the logs.", where=SAMPLES)
    if archive.read(RECORD) != canonical(again.to_fields()):
        raise Faulty(Fault.HEADER, "it does not say what its logs say.", where=RECORD)


def _unpacked(archive: Archive, names: Sequence[str], folder: Path) -> Iterator[tuple[str, Path]]:
    for name in names:
        # A member's own name is a stranger's; Inspect goes by the suffix.
        path = folder / f"log{'.json' if name.endswith('.json') else '.eval'}"
        archive.copy(name, path)
        yield name, path


def _names(logs: Sequence[Path]) -> list[str]:
    """A name in the bundle for each log, in their order."""
    if not logs:
        raise BadInput("there is no log to import.")
    names = []
    for number, log in enumerate(logs):
        if not log.is_file():
            raise BadInput("there is no such log.", where=str(log))
        if log.suffix not in (".eval", ".json"):
            raise BadInput("not a log of Inspect's: it ends in .eval or .json.", where=str(log))
        stem = re.sub(r"[^A-Za-z0-9_-]+", "-", log.stem)[:60]
        names.append(f"{LOGS}{number:04d}-{stem}{log.suffix}")
    digests = [_sha256(log) for log in logs]
    for log, digest in zip(logs, digests, strict=True):
        if digests.count(digest) > 1:
            raise BadInput("the log is there twice.", where=str(log))
    return names


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
