"""The evidence bundle: one file from which anyone recomputes a finding.

An uncompressed tar archive with every time, owner and mode fixed and every member in one order,
so that the same evidence always gives the same bytes and one digest names it. It is ustar as long
as members are below 8 GiB; a larger one gets the header of POSIX.1-2001 (pax) that says its size::

    areas/<area>/logs/*.eval     Inspect's log of every attempt
    areas/<area>/samples.jsonl   the ledger, in item order
    areas/<area>/units.jsonl     the chain of its units of work, if it was run in units
    areas/<area>/elicitation/<model|control>/<arm>/   the same three of each arm that was run
    environment.json             what it ran on, each environment once
    logged.jsonl                 digest of each sample and header in the logs (see `logged`)
    manifest.json                the files of the model, if its weights were declared and are known
    protocol.json                what was locked
    results.json                 the findings and how many samples are on record
    seed.json                    both nonces and the item seed they give
    index.json                   digest and size of each member above, and the RFC 6962 Merkle roots
                                 over the lines of each area and arm and of logged.jsonl (newline
                                 left out)

An index without a ``format`` is of the first one: such a bundle has no ``logged.jsonl``, and is
verified as far as it goes. With the index signed, one sample can be shown to belong to the
evidence without showing the rest.
Packing and reading take members piece by piece and the ledger line by line: a bundle may be larger
than memory.
"""

import hashlib
import io
import tarfile
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import IO, Literal, TypeAlias

from holdshort.assess.campaign import results
from holdshort.assess.elicited import gates_of
from holdshort.assess.finding import Finding, find
from holdshort.assess.intake import CHAIN
from holdshort.assess.item_run import LOGS
from holdshort.assess.ledger import LEDGER, Line
from holdshort.assess.logged import LOGGED, Entry, entries, is_log, write_entries
from holdshort.assess.opened import ENVIRONMENT, PROTOCOL
from holdshort.assess.ordered import OrderedLedger
from holdshort.assess.outcome import OUTCOMES
from holdshort.assess.part import Part, arms_of
from holdshort.assess.protocol import Protocol, item_seed, opens
from holdshort.assess.recovery import unfinished
from holdshort.errors import BadInput, StorageError
from holdshort.register.canonical import Json, canonical, parse
from holdshort.register.merkle import Frontier, leaf_hash

INDEX = "index.json"
MANIFEST = "manifest.json"
RESULTS = "results.json"
SEED = "seed.json"
FORMAT = 2

Content: TypeAlias = "bytes | Path | OrderedLedger"
"""What a member holds; a file or a ledger is read when it is written."""

_BUFFER = 1 << 20

_USTAR_LIMIT = 8 << 30
"""Bytes: eleven octal digits."""


def pack(
    folder: Path,
    out: Path,
    *,
    assessor_nonce: bytes,
    developer_nonce: bytes,
    manifest: bytes | None = None,
) -> Path:
    """Pack a finished campaign's folder into the bundle ``out``; nothing is half-written.

    ``manifest`` lists the files of the model (`holdshort gate digest`); its SHA-256 is the
    protocol's ``model_digest``. Raises :class:`BadInput` when the campaign is not finished, or
    nonces or manifest are not those of its protocol.
    """
    protocol = load_protocol(folder)
    if not opens(protocol.item_seed_commitment, assessor_nonce):
        raise BadInput("the nonce does not open the protocol's commitment.", where="assessor_nonce")
    if manifest is not None and hashlib.sha256(manifest).hexdigest() != protocol.model_digest:
        raise BadInput("the manifest is not that of the protocol's weights.", where="manifest")
    findings = campaign_findings(protocol, folder)
    parts = list(parts_on_record(protocol, folder))
    ledgers = {part: OrderedLedger(part.folder(folder) / LEDGER) for part in parts}
    recorded = {part.area: len(ledgers[part]) for part in parts if part.arm is None}
    members: dict[str, Content] = {
        ENVIRONMENT: (folder / ENVIRONMENT).read_bytes(),
        PROTOCOL: canonical(protocol.to_fields()),
        RESULTS: canonical(result_fields(protocol, findings, recorded)),
        SEED: canonical(_seed(protocol, assessor_nonce, developer_nonce)),
    }
    if manifest is not None:
        members[MANIFEST] = manifest
    for part, ledger in ledgers.items():
        members[f"{part.path}/{LEDGER}"] = ledger
        chain = part.folder(folder) / CHAIN
        if chain.exists():
            members[f"{part.path}/{CHAIN}"] = chain
        for log in sorted((part.folder(folder) / LOGS).glob("*.eval")):
            members[f"{part.path}/{LOGS}/{log.name}"] = log
    roots: dict[str, dict[str, Json]] = {"areas": {}, "arms": {}}
    for part, ledger in ledgers.items():
        root: dict[str, Json] = {"samples": len(ledger), "root": merkle_root(ledger)}
        if part.arm is None:
            roots["areas"][part.area] = root
        else:
            roots["arms"][part.path] = root
    logs = {name: each for name, each in members.items() if isinstance(each, Path) and is_log(name)}
    with tempfile.TemporaryDirectory(prefix="holdshort-") as temporary:
        members[LOGGED] = Path(temporary) / LOGGED
        head: dict[str, Json] = {name: each for name, each in roots.items() if each}
        head |= {"format": FORMAT, "logged": _log_entries(logs, Path(temporary) / LOGGED)}
        write_members(out, members, head)
    return out


def _log_entries(logs: Mapping[str, Path], out: Path) -> Json:
    def found() -> Iterator[Entry]:
        for name, path in sorted(logs.items()):
            with path.open("rb") as file:
                yield from entries(name, file)

    with out.open("wb") as file:
        count, root = write_entries(found(), file)
    return {"entries": count, "root": root}


def parts_on_record(protocol: Protocol, folder: Path) -> Iterator[Part]:
    """The test of every area, and the arms that were run."""
    for plan in protocol.areas:
        yield Part(plan.area)
        for arm in arms_of(protocol, plan.area):
            if (arm.folder(folder) / LEDGER).exists():
                yield arm


def load_protocol(folder: Path) -> Protocol:
    """The protocol that a campaign's folder holds."""
    path = folder / PROTOCOL
    if not path.exists():
        raise BadInput("there is no campaign here.", where=str(folder))
    value = parse(path.read_bytes(), str(path))
    if not isinstance(value, dict):
        raise BadInput("expected an object.", where=str(path))
    return Protocol.from_fields(value, PROTOCOL)


def campaign_findings(protocol: Protocol, folder: Path) -> list[Finding]:
    """The findings of a finished campaign."""
    for part in parts_on_record(protocol, folder):
        if unfinished(part.folder(folder)):
            raise BadInput(
                "the last attempt was interrupted and has not been recovered.",
                where=f"area {part.title}",
                do="Run the campaign again; it goes on where it was.",
            )

    def lines_of(part: Part) -> Iterable[Line]:
        path = part.folder(folder) / LEDGER
        return OrderedLedger(path) if path.exists() else ()

    return [
        find(result, plan, gates_of(protocol, plan.area, OUTCOMES[result.decision], lines_of))
        for result, plan in zip(results(protocol, folder), protocol.areas, strict=True)
    ]


def merkle_root(lines: Iterable[Line]) -> str:
    """RFC 6962 root over the lines' canonical JSON, without newlines; hexadecimal."""
    tree = Frontier()
    for line in lines:
        tree.append(leaf_hash(line.to_bytes().rstrip(b"\n")))
    return tree.root().hex()


def result_fields(
    protocol: Protocol, findings: Sequence[Finding], recorded: Mapping[str, int]
) -> dict[str, Json]:
    """``results.json``: the findings, and how many samples each area has on record."""
    return {
        "protocol_digest": protocol.digest,
        "findings": [finding.to_fields() for finding in findings],
        "recorded": dict(recorded),
    }


def _seed(protocol: Protocol, assessor_nonce: bytes, developer_nonce: bytes) -> dict[str, Json]:
    return {
        "assessor_nonce": assessor_nonce.hex(),
        "developer_nonce": developer_nonce.hex(),
        "item_seed": item_seed(assessor_nonce, developer_nonce, protocol.digest).hex(),
    }


class _Lines(io.RawIOBase):
    """A ledger's bytes in item order, as a file."""

    def __init__(self, ledger: OrderedLedger) -> None:
        self._lines = iter(ledger)
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]  # bytes are bytes
        if not self._rest:
            line = next(self._lines, None)
            self._rest = line.to_bytes() if line else b""
        size = min(len(buffer), len(self._rest))
        buffer[:size], self._rest = self._rest[:size], self._rest[size:]
        return size


def _open(content: Content) -> IO[bytes]:
    if isinstance(content, bytes):
        return io.BytesIO(content)
    if isinstance(content, OrderedLedger):
        return io.BufferedReader(_Lines(content), _BUFFER)
    return content.open("rb")


def _size(content: Content) -> int:
    if isinstance(content, bytes):
        return len(content)
    return content.size if isinstance(content, OrderedLedger) else content.stat().st_size


def _listed(content: Content) -> dict[str, Json]:
    with closing(_open(content)) as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]  # any readable file will do
    return {"sha256": sha256, "size": _size(content)}


def member_header(name: str, size: int) -> tarfile.TarInfo:
    """The one header that a member of this name and size has: epoch, root, mode 0644."""
    entry = tarfile.TarInfo(name)
    entry.size = size
    return entry


def member_format(size: int) -> Literal[0, 2]:
    """How the header of a member of this size is written."""
    return 0 if size < _USTAR_LIMIT else 2  # tarfile.USTAR_FORMAT, tarfile.PAX_FORMAT


def write_members(out: Path, members: Mapping[str, Content], head: Mapping[str, Json]) -> None:
    """Write a bundle of these members, in the order of their names, and its index with ``head``.

    Raises:
        StorageError: the disk would not take it; nothing is half-written.
    """
    listed: dict[str, Json] = {name: _listed(each) for name, each in members.items()}
    write_archive(out, members, canonical({**head, "members": listed}))


def write_archive(out: Path, members: Mapping[str, Content], index: bytes) -> None:
    """The same, with an index that is there already."""
    partial = out.with_name(f"{out.name}.partial")
    try:
        with tarfile.open(partial, "w") as archive:
            for name, content in [*sorted(members.items()), (INDEX, index)]:
                size = _size(content)
                archive.format = member_format(size)
                with closing(_open(content)) as file:
                    archive.addfile(member_header(name, size), file)
        partial.replace(out)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise StorageError(
            f"the bundle could not be written: {error.strerror}.",
            where=str(out),
            do="Free some space and pack it again.",
        ) from error
