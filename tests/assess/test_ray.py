"""A real Ray on this machine: the same results, and a lost worker's unit is done again."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from holdshort.assess.campaign import run
from holdshort.assess.executors.ray import RayExecutor
from holdshort.assess.ledger import read_lines
from holdshort.assess.protocol import Protocol
from holdshort.errors import BadInput

MakeProtocol = Callable[..., Protocol]
MakeSeed = Callable[[Protocol], bytes]

pytestmark = [
    pytest.mark.slow,
    # Ray leaves sockets and files of its own behind.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

AREA = "cybersecurity"


@pytest.fixture
def executor() -> Iterator[RayExecutor]:
    made = RayExecutor(slots=2)
    yield made
    made.close()


def test_a_cluster_gives_the_result_that_one_process_gives(
    tmp_path: Path, protocol_for: MakeProtocol, seed_of: MakeSeed, executor: RayExecutor
) -> None:
    protocol = protocol_for("reference/noisy-0.7", AREA, "automated_rnd", max_items=40)
    seed = seed_of(protocol)
    alone = run(protocol, seed, tmp_path / "alone")
    assert run(protocol, seed, tmp_path / "ray", executor=executor, unit_items=8) == alone


def test_a_lost_workers_unit_is_done_again(
    tmp_path: Path, protocol_for: MakeProtocol, seed_of: MakeSeed, executor: RayExecutor
) -> None:
    protocol = protocol_for("reference/noisy-0.5", AREA, max_items=40)
    seed = seed_of(protocol)
    killed: list[int] = []

    def hunt() -> None:
        until = time.monotonic() + 60
        while not killed and time.monotonic() < until:
            for worker in _workers_at_work():
                os.kill(worker, signal.SIGKILL)
                killed.append(worker)
                return
            time.sleep(0.02)

    hunter = threading.Thread(target=hunt)
    hunter.start()
    spread = run(protocol, seed, tmp_path / "ray", executor=executor, unit_items=20)
    hunter.join()
    assert killed
    assert spread == run(protocol, seed, tmp_path / "alone")
    indices = [
        line.index for line in read_lines(tmp_path / "ray" / "areas" / AREA / "samples.jsonl")
    ]
    assert len(set(indices)) == len(indices)


def _workers_at_work() -> list[int]:
    """Ray workers of ours that have a unit's process under them."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = path.read_bytes()
            if b"holdshort.assess.unit\0/" in command and b"holdshort-unit-" in command:
                status = (path.parent / "stat").read_text().rpartition(")")[2].split()
                found.append(int(status[1]))
        except OSError:
            continue  # it has ended meanwhile
    return found


def test_a_cluster_that_is_not_there_is_named() -> None:
    with pytest.raises(BadInput, match="does not answer"):
        RayExecutor("127.0.0.1:1")
