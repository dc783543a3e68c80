"""A campaign over units of work gives what one process gives, whatever is killed on the way."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from holdshort.assess import unit
from holdshort.assess.budget import Budget, BudgetSpent
from holdshort.assess.bundle import campaign_findings, pack
from holdshort.assess.campaign import run
from holdshort.assess.executors.pool import PoolExecutor
from holdshort.assess.intake import CHAIN
from holdshort.assess.ledger import read_lines
from holdshort.assess.part import Part
from holdshort.assess.protocol import Protocol
from holdshort.assess.sharing import UNITS
from holdshort.assess.verify import recompute
from holdshort.errors import BadInput, EvidenceError, HoldshortError
from holdshort.register.canonical import canonical

MakeProtocol = Callable[..., Protocol]
MakeSeed = Callable[[Protocol], bytes]

AREAS = ("cybersecurity", "automated_rnd")


def recorded(folder: Path, area: str) -> list[int]:
    return [line.index for line in read_lines(folder / "areas" / area / "samples.jsonl")]


def chain(folder: Path, area: str) -> list[bytes]:
    return (folder / "areas" / area / CHAIN).read_bytes().splitlines()


def assert_chained_and_asked_once(campaign: Path, area: str) -> None:
    indices = recorded(campaign, area)
    assert len(set(indices)) == len(indices)
    folder = campaign / "areas" / area
    assert not list((folder / UNITS).glob("*"))
    previous, logged = "", set()
    for line in chain(campaign, area):
        entry = json.loads(line)
        assert entry["previous"] == previous
        previous = hashlib.sha256(line).hexdigest()
        logged |= set(entry["logs"])
    assert logged == {path.name for path in (folder / "logs").glob("*.eval")}


@pytest.mark.slow
def test_units_give_the_result_that_one_process_gives(
    tmp_path: Path, protocol_for: MakeProtocol, seed_of: MakeSeed, nonces: tuple[bytes, bytes]
) -> None:
    protocol = protocol_for("reference/noisy-0.7", *AREAS, max_items=60)
    alone = run(protocol, seed_of(protocol), tmp_path / "alone")
    spread = run(
        protocol,
        seed_of(protocol),
        tmp_path / "spread",
        executor=PoolExecutor(2),
        unit_items=8,
    )
    assert spread == alone
    for area in AREAS:
        assert_chained_and_asked_once(tmp_path / "spread", area)
    assessor, developer = nonces
    bundle = pack(
        tmp_path / "spread",
        tmp_path / "evidence.tar",
        assessor_nonce=assessor,
        developer_nonce=developer,
    )
    findings = {each.area: each for each in campaign_findings(protocol, tmp_path / "spread")}
    assert all(
        check.ok
        for check in recompute(bundle, protocol_fields=protocol.to_fields(), findings=findings)
    )


class Murderous(PoolExecutor):
    """Kills the first process of its first units as soon as that has a sample on record."""

    def __init__(self, slots: int, victims: int) -> None:
        super().__init__(slots)
        self.victims = victims

    def wait(self, seconds: float) -> list[Path]:
        for folder, process in self._running.items():
            ledger = folder / "samples.jsonl"
            if self.victims and ledger.exists() and ledger.stat().st_size:
                process.send_signal(signal.SIGKILL)
                process.wait()
                self.victims -= 1
        return super().wait(0.01)


@pytest.mark.slow
def test_a_killed_unit_goes_on_where_it_was(
    tmp_path: Path, protocol_for: MakeProtocol, seed_of: MakeSeed
) -> None:
    protocol = protocol_for("reference/noisy-0.5", "cybersecurity", max_items=30)
    alone = run(protocol, seed_of(protocol), tmp_path / "alone")
    executor = Murderous(1, victims=2)
    spread = run(protocol, seed_of(protocol), tmp_path / "spread", executor=executor, unit_items=30)
    assert executor.victims == 0
    assert spread == alone
    indices = recorded(tmp_path / "spread", "cybersecurity")
    assert len(set(indices)) == len(indices)


@pytest.mark.slow
def test_a_killed_campaign_takes_in_what_its_units_did_and_asks_nothing_again(
    tmp_path: Path, protocol_for: MakeProtocol, seed_of: MakeSeed
) -> None:
    protocol = protocol_for("reference/noisy-0.5", "cybersecurity", max_items=60)
    seed = seed_of(protocol)
    folder = tmp_path / "campaign"
    (tmp_path / "protocol.json").write_bytes(canonical(protocol.to_fields()))
    program = (
        "import json, sys, pathlib\n"
        "from holdshort.assess.campaign import run\n"
        "from holdshort.assess.executors.pool import PoolExecutor\n"
        "from holdshort.assess.protocol import Protocol\n"
        "here = pathlib.Path(sys.argv[1])\n"
        "p = Protocol.from_fields(json.loads((here / 'protocol.json').read_text()), 'protocol')\n"
        "run(p, bytes.fromhex(sys.argv[2]), here / 'campaign', executor=PoolExecutor(2),"
        " unit_items=15)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", program, str(tmp_path), seed.hex()])
    units = folder / "areas" / "cybersecurity" / UNITS
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if any(path.stat().st_size for path in units.glob("*/samples.jsonl")):
            break
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    (result,) = run(protocol, seed, folder)
    (alone,) = run(protocol, seed, tmp_path / "alone")
    assert result == alone
    assert not list(units.glob("*"))
    indices = recorded(folder, "cybersecurity")
    assert len(set(indices)) == len(indices)
    # Whatever a unit had logged before the end is in the evidence, not thrown away.
    assert chain(folder, "cybersecurity")


def test_a_model_that_does_not_answer_ends_the_campaign_with_its_name(
    tmp_path: Path, protocol_for: MakeProtocol, seed_of: MakeSeed
) -> None:
    protocol = protocol_for("openai-api/nobody/model", "cybersecurity", max_items=30)
    with pytest.raises(HoldshortError, match="nobody"):
        run(protocol, seed_of(protocol), tmp_path, executor=PoolExecutor(2), unit_items=10)


@pytest.mark.slow
def test_a_budget_stops_the_run_and_a_larger_one_goes_on(
    tmp_path: Path, protocol_for: MakeProtocol, seed_of: MakeSeed
) -> None:
    protocol = protocol_for("reference/noisy-0.5", "cybersecurity", max_items=60)
    seed = seed_of(protocol)
    for executor in (None, PoolExecutor(1)):
        folder = tmp_path / ("here" if executor is None else "pool")
        with pytest.raises(BudgetSpent, match="tokens"):
            run(
                protocol,
                seed,
                folder,
                executor=executor,
                unit_items=5,
                budget=Budget(tokens=1),
            )
        few = len(recorded(folder, "cybersecurity"))
        assert 0 < few < 60
    assert run(protocol, seed, tmp_path / "here") == run(protocol, seed, tmp_path / "pool")


@pytest.fixture
def ended(tmp_path: Path, protocol_for: MakeProtocol, seed_of: MakeSeed) -> tuple[unit.Unit, Path]:
    protocol = protocol_for("reference/solver", "cybersecurity", max_items=30)
    made = unit.Unit(protocol, Part("cybersecurity"), 4, 7, {}, 1)
    unit.prepare(made, tmp_path / "unit")
    unit.run(tmp_path / "unit", seed_of(protocol))
    return made, tmp_path / "unit"


def test_a_unit_asks_its_own_items_and_no_others(ended: tuple[unit.Unit, Path]) -> None:
    made, folder = ended
    assert [line.index for line in unit.collect(made, folder).lines] == [4, 5, 6]


def test_what_is_not_as_the_unit_left_it_is_named(ended: tuple[unit.Unit, Path]) -> None:
    made, folder = ended
    ledger = folder / "samples.jsonl"
    whole = ledger.read_bytes()
    ledger.write_bytes(whole.replace(b'"correct":true', b'"correct":false', 1))
    with pytest.raises(EvidenceError, match="the ledger is not the one"):
        unit.collect(made, folder)
    ledger.write_bytes(whole)
    (log,) = (folder / "logs").glob("*.eval")
    kept = log.read_bytes()
    log.write_bytes(kept + b" ")
    with pytest.raises(EvidenceError, match="the logs are not those"):
        unit.collect(made, folder)
    log.write_bytes(kept)
    other = unit.Unit(made.protocol, made.part, 5, 8, {}, 1)
    with pytest.raises(EvidenceError, match="another unit's work"):
        unit.collect(other, folder)


def test_a_unit_without_a_seed_says_what_is_missing(
    ended: tuple[unit.Unit, Path],
) -> None:
    _, folder = ended
    (folder / unit.DONE).unlink()
    done = subprocess.run(
        [sys.executable, "-m", "holdshort.assess.unit", str(folder)],
        input=b"nonsense\n",
        capture_output=True,
        check=False,
    )
    assert done.returncode == BadInput.exit_code
    assert b"HOLDSHORT_ITEM_SEED" in done.stderr
    assert "item seed" in json.loads((folder / unit.FAILED).read_text())["what"]
