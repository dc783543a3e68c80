"""One finished campaign for every test that reads one, and a forger for its evidence."""

import hashlib
import io
import tarfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from holdshort.assess.bundle import INDEX, campaign_findings, merkle_root, pack
from holdshort.assess.campaign import run
from holdshort.assess.finding import Finding
from holdshort.assess.ledger import Line, parse_lines
from holdshort.assess.logged import LOGGED, entries, is_log, write_entries
from holdshort.assess.protocol import Protocol, commitment, draft, item_seed
from holdshort.errors import EvidenceError
from holdshort.register.canonical import canonical, parse

ASSESSOR_NONCE = b"assessor's thirty-two random byt"
DEVELOPER_NONCE = b"developer's thirty-two random by"
AREA = "cybersecurity"


@dataclass(frozen=True)
class Finished:
    """A finished campaign, packed."""

    protocol: Protocol
    seed: bytes
    folder: Path
    bundle: Path
    findings: Mapping[str, Finding]
    nonces: tuple[bytes, bytes]


class Forger:
    """Opens a bundle, lets anything be changed, and closes it with an index that agrees."""

    def __init__(self, bundle: Path) -> None:
        self.relist = True
        with tarfile.open(bundle) as tar:
            self.members: dict[str, bytes] = {}
            for entry in tar.getmembers():
                file = tar.extractfile(entry)
                assert file is not None
                self.members[entry.name] = file.read()

    def lines(self, area: str = AREA) -> list[Line]:
        name = f"areas/{area}/samples.jsonl"
        return parse_lines(self.members[name], name)

    def put(self, lines: list[Line], area: str = AREA) -> None:
        self.members[f"areas/{area}/samples.jsonl"] = b"".join(each.to_bytes() for each in lines)

    def json(self, name: str) -> dict[str, Any]:
        value = parse(self.members[name], name)
        assert isinstance(value, dict)
        return dict(value)

    def close(self, out: Path, *, reindex: bool = True) -> Path:
        if reindex:
            self._reindex()
        with tarfile.open(out, "w", format=tarfile.USTAR_FORMAT) as tar:
            for name, data in self.members.items():
                entry = tarfile.TarInfo(name)
                entry.size = len(data)
                tar.addfile(entry, io.BytesIO(data))
        return out

    def _reindex(self) -> None:
        head = self._relog()
        areas = self.json(INDEX)["areas"]
        listed: dict[str, Any] = {
            name: {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
            for name, data in self.members.items()
            if name != INDEX
        }
        roots: dict[str, Any] = {
            area: {"samples": len(self.lines(area)), "root": merkle_root(self.lines(area))}
            for area in areas
        }
        recorded = {area: entry["samples"] for area, entry in roots.items()}
        results = self.json("results.json") | {"recorded": recorded}
        self.members["results.json"] = canonical(results)
        data = self.members["results.json"]
        listed["results.json"] = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
        self.members[INDEX] = canonical(
            {"members": listed, "areas": roots, "format": 2, "logged": head}
        )

    def _relog(self) -> Any:
        """List the entries of the logs anew, unless the forger forgets to or cannot."""
        out = io.BytesIO()
        logs = sorted(name for name in self.members if is_log(name))
        try:
            if not self.relist:
                return self.json(INDEX)["logged"]
            found = (each for log in logs for each in entries(log, io.BytesIO(self.members[log])))
            count, root = write_entries(found, out)
        except EvidenceError:
            return self.json(INDEX)["logged"]
        self.members[LOGGED] = out.getvalue()
        return {"entries": count, "root": root}


@pytest.fixture(scope="session")
def protocol_for() -> Callable[..., Protocol]:
    """A protocol over one area or more, with the commitment of this file's nonce."""

    def make(model: str, *areas: str, max_items: int = 200, error_rate: str = "0.05") -> Protocol:
        return draft(
            model,
            commitment(ASSESSOR_NONCE),
            areas=areas or (AREA,),
            max_items=max_items,
            min_items=1,
            total_error_rate=Decimal(error_rate),
        )

    return make


@pytest.fixture(scope="session")
def seed_of() -> Callable[[Protocol], bytes]:
    """The item seed of a protocol under this file's nonces."""

    def make(protocol: Protocol) -> bytes:
        return item_seed(ASSESSOR_NONCE, DEVELOPER_NONCE, protocol.digest)

    return make


@pytest.fixture(scope="session")
def nonces() -> tuple[bytes, bytes]:
    """The assessor's and the developer's."""
    return ASSESSOR_NONCE, DEVELOPER_NONCE


@pytest.fixture(scope="session")
def finished(
    tmp_path_factory: pytest.TempPathFactory,
    protocol_for: Callable[..., Protocol],
    seed_of: Callable[[Protocol], bytes],
) -> Finished:
    """Two areas, assessed to the end on a model that is right seven times in ten."""
    folder = tmp_path_factory.mktemp("campaign")
    protocol = protocol_for("reference/noisy-0.7", AREA, "automated_rnd")
    run(protocol, seed_of(protocol), folder)
    out = tmp_path_factory.mktemp("bundle") / "evidence.tar"
    nonces = (ASSESSOR_NONCE, DEVELOPER_NONCE)
    pack(folder, out, assessor_nonce=nonces[0], developer_nonce=nonces[1])
    findings = {each.area: each for each in campaign_findings(protocol, folder)}
    return Finished(protocol, seed_of(protocol), folder, out, findings, nonces)


@pytest.fixture
def forger(finished: Finished) -> Forger:
    """A forger who has the finished campaign's bundle."""
    return Forger(finished.bundle)


@pytest.fixture(scope="session")
def make_forger() -> Callable[[Path], Forger]:
    """A forger who has any bundle."""
    return Forger
