"""A log that can tell two stories, and real witnesses on the loopback."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import urllib3

from holdshort.office.witness.place import WitnessPlace
from holdshort.register.checkpoint import Checkpoint, sign_checkpoint
from holdshort.register.keys import PrivateKey
from holdshort.register.merkle import Tree, leaf_hash
from holdshort.register.note import NoteSigner
from holdshort.register.witness.witness import Request

ORIGIN = "log.example/one"

SERVE = """
import sys
from pathlib import Path
from holdshort.office.witness.service import serve
from holdshort.office.witness.place import WitnessPlace
serve(WitnessPlace(Path(sys.argv[1])), "127.0.0.1", int(sys.argv[2]))
"""


def log_signer(seed: str = "log") -> NoteSigner:
    return NoteSigner(ORIGIN, PrivateKey.from_seed(seed.encode().ljust(32, b".")))


@dataclass(frozen=True)
class Log:
    """A log of numbered entries, under one key; from entry ``forks`` on it tells its own story."""

    story: str = "a"
    forks: int = 0
    signer: NoteSigner = field(default_factory=log_signer)

    def entries(self, size: int) -> list[bytes]:
        return [f"{'a' if i < self.forks else self.story} {i}".encode() for i in range(size)]

    def tree(self, size: int) -> Tree:
        return Tree(map(leaf_hash, self.entries(size)))

    def checkpoint(self, size: int) -> bytes:
        return sign_checkpoint(Checkpoint(ORIGIN, size, self.tree(size).root()), self.signer)

    def prove(self, old: int, new: int) -> list[bytes]:
        return self.tree(new).consistency(old)

    def request(self, old: int, size: int) -> bytes:
        proof = self.prove(old, size) if 0 < old <= size else []
        return Request(old, tuple(proof), self.checkpoint(size)).to_bytes()


def free_port() -> int:
    """A port below those that clients are given, so that none takes it before the witness does."""
    while True:
        port = random.randrange(10_240, 32_768)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@dataclass
class Running:
    """A witness that answers on the loopback, in processes of its own group."""

    place: WitnessPlace
    port: int
    process: "subprocess.Popen[bytes]"
    journal: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def post(self, body: bytes) -> tuple[int, bytes]:
        response = urllib3.request("POST", f"{self.url}/add-checkpoint", body=body, retries=False)
        return response.status, response.data

    def wait(self) -> "Running":
        for _ in range(600):
            assert self.process.poll() is None, self.journal.read_text()
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return self
        raise AssertionError(self.journal.read_text())

    def stop(self, by: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(by)
        return self.process.wait(30)

    def kill(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(30)


Make = Callable[..., WitnessPlace]
Start = Callable[[WitnessPlace], Running]


@pytest.fixture
def log() -> type[Log]:
    """Makes a log that tells a story."""
    return Log


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """A witness that follows the log, not yet answering."""

    def made(name: str = "witness.example", *, ml_dsa: bool = True) -> WitnessPlace:
        place = WitnessPlace(tmp_path / name)
        place.create(name, ml_dsa=ml_dsa)
        place.add_log(ORIGIN, log_signer().verifier.vkey)
        return place

    return made


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Let a witness answer; it ends with the test."""
    running: list[Running] = []

    def started(place: WitnessPlace) -> Running:
        port = free_port()
        journal = tmp_path / f"journal-{port}"
        with journal.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, "-c", SERVE, str(place.root), str(port)],
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        running.append(Running(place, port, process, journal))
        return running[-1]

    yield started
    for each in running:
        each.kill()
