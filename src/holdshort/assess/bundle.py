"""The evidence bundle: one file from which anyone recomputes a finding.

An uncompressed ustar archive with every time, owner and mode fixed and every member in one order,
so that the same evidence always gives the same bytes and one digest names it::

    areas/<area>/logs/*.eval     Inspect's log of every attempt
    areas/<area>/samples.jsonl   the ledger, in item order
    environment.json             what it ran on, each environment once
    protocol.json                what was locked
    results.json                 the findings and how many samples are on record
    seed.json                    both nonces and the item seed they give
    index.json                   digest and size of each member above, and for each area the
                                 RFC 6962 Merkle root over its sample lines (newline left out)

With the root signed, one sample can be shown to belong to the evidence without showing the rest.
"""

import hashlib
import io
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from holdshort.assess.campaign import ENVIRONMENT, PROTOCOL, results
from holdshort.assess.finding import Finding, find
from holdshort.assess.ledger import LEDGER, Line, area_folder, read_lines
from holdshort.assess.protocol import Protocol, item_seed, opens
from holdshort.assess.recovery import unfinished
from holdshort.errors import BadInput, StorageError
from holdshort.register.canonical import Json, canonical, parse
from holdshort.register.merkle import Frontier, leaf_hash

INDEX = "index.json"
RESULTS = "results.json"
SEED = "seed.json"


def pack(folder: Path, out: Path, *, assessor_nonce: bytes, developer_nonce: bytes) -> Path:
    """Pack a finished campaign's folder into the bundle ``out``; nothing is half-written.

    Raises :class:`BadInput` when the campaign is not finished or the nonces are not those of
    its protocol.
    """
    protocol = load_protocol(folder)
    if not opens(protocol.item_seed_commitment, assessor_nonce):
        raise BadInput("the nonce does not open the protocol's commitment.", where="assessor_nonce")
    findings = campaign_findings(protocol, folder)
    ledgers = {plan.area: _in_item_order(folder, plan.area) for plan in protocol.areas}
    members: dict[str, bytes | Path] = {
        ENVIRONMENT: (folder / ENVIRONMENT).read_bytes(),
        PROTOCOL: canonical(protocol.to_fields()),
        RESULTS: canonical(
            result_fields(protocol, findings, {area: len(ledgers[area]) for area in ledgers})
        ),
        SEED: canonical(_seed(protocol, assessor_nonce, developer_nonce)),
    }
    for area, lines in ledgers.items():
        members[f"areas/{area}/{LEDGER}"] = b"".join(line.to_bytes() for line in lines)
        for log in sorted((area_folder(folder, area) / "logs").glob("*.eval")):
            members[f"areas/{area}/logs/{log.name}"] = log
    index = canonical(
        {
            "members": {name: _listed(content) for name, content in members.items()},
            "areas": {
                area: {"samples": len(lines), "root": merkle_root(lines)}
                for area, lines in ledgers.items()
            },
        }
    )
    _write(out, [*sorted(members.items()), (INDEX, index)])
    return out


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
    for plan in protocol.areas:
        if unfinished(area_folder(folder, plan.area)):
            raise BadInput(
                "the last attempt was interrupted and has not been recovered.",
                where=f"area {plan.area}",
                do="Run the campaign again; it goes on where it was.",
            )
    return [
        find(result, plan)
        for result, plan in zip(results(protocol, folder), protocol.areas, strict=True)
    ]


def merkle_root(lines: Sequence[Line]) -> str:
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


def _in_item_order(folder: Path, area: str) -> list[Line]:
    lines = read_lines(area_folder(folder, area) / LEDGER)
    return sorted(lines, key=lambda line: line.index)


def _seed(protocol: Protocol, assessor_nonce: bytes, developer_nonce: bytes) -> dict[str, Json]:
    return {
        "assessor_nonce": assessor_nonce.hex(),
        "developer_nonce": developer_nonce.hex(),
        "item_seed": item_seed(assessor_nonce, developer_nonce, protocol.digest).hex(),
    }


def _listed(content: bytes | Path) -> dict[str, Json]:
    if isinstance(content, bytes):
        return {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
    with content.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return {"sha256": sha256, "size": content.stat().st_size}


def _write(out: Path, members: Sequence[tuple[str, bytes | Path]]) -> None:
    partial = out.with_name(f"{out.name}.partial")
    try:
        with tarfile.open(partial, "w", format=tarfile.USTAR_FORMAT) as archive:
            for name, content in members:
                entry = tarfile.TarInfo(name)  # a fresh entry: epoch time, root, mode 0644
                if isinstance(content, bytes):
                    entry.size = len(content)
                    archive.addfile(entry, io.BytesIO(content))
                else:
                    entry.size = content.stat().st_size
                    with content.open("rb") as file:
                        archive.addfile(entry, file)
        partial.replace(out)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise StorageError(
            f"the bundle could not be written: {error.strerror}.",
            where=str(out),
            do="Free some space and pack it again.",
        ) from error
