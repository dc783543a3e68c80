"""Processes with many threads are killed at any moment, and so is the server of their database.

Each thread notes what it was told is on the register in a ledger that is synced to disk, before it
goes on. A kill falls a moment after so many more notes, not after some time alone: machines differ
in speed. After each kill the register is opened again. ``HOLDSHORT_CRASHES`` multiplies the kills;
a failure tells the seed of their moments (``HOLDSHORT_CRASH_SEED``).
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from holdshort.docket.replay import replay
from holdshort.office.door import Office
from holdshort.register.audit import audit_log
from holdshort.register.checkpoint import open_checkpoint
from holdshort.register.folder import CHECKPOINT

MANY = int(os.environ.get("HOLDSHORT_CRASHES", "1"))
SEED = int(os.environ["HOLDSHORT_CRASH_SEED"])
KILLS = 8 * MANY
THREADS = 3
NOTES = (0, 0, 3, 8)
"""How many acts are noted before a kill: each kill takes the next."""
PATIENCE = 120.0
"""Seconds after which whoever notes nothing is taken for stuck."""

pytestmark = pytest.mark.slow

CLIENTS = """
import os, sys, threading
from pathlib import Path
from django.db import connections
from holdshort.errors import HoldshortError
from holdshort.office.door import Office

root, ledger, threads = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
Office.is_open(root)  # what takes time to import is imported once, before any fork
connections.close_all()
noted = os.open(ledger, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

def work(office, name):
    number = 0
    while True:
        number += 1
        case = f"{name}-{number}"
        try:
            office.file("review.declare", case, "acme", {"model": "M", "facts": {}})
        except HoldshortError as error:
            if "is on the register" not in str(error):
                continue
        os.write(noted, f"{case}\\n".encode())
        os.fsync(noted)

def serve(name):
    while True:
        try:
            office = Office.open(root)
            break
        except HoldshortError:
            pass
    os.write(1, b"open\\n")
    for thread in range(threads):
        threading.Thread(target=work, args=(office, f"{name}-{thread}")).start()

for line in sys.stdin:  # one name a line: a process that works in that name until it is killed
    child = os.fork()
    if child == 0:
        serve(line.strip())
        threading.Event().wait()
    os.write(1, f"{child}\\n".encode())
"""


class Clients:
    """Processes that file as fast as they can, and the ledger of what they were told."""

    def __init__(self, office: Office, folder: Path) -> None:
        self.root, self.ledger = office.place.root, folder / "ledger"
        self.ledger.touch()
        self.checkpoints: dict[int, set[bytes]] = {}
        self._number = 0
        self._started: list[int] = []
        self._nursery = subprocess.Popen(
            [sys.executable, "-c", CLIENTS, str(self.root), str(self.ledger), str(THREADS)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )

    def start(self, count: int) -> list[int]:
        """As many processes at work; their ids."""
        assert self._nursery.stdin
        assert self._nursery.stdout
        for _ in range(count):
            self._number += 1
            self._nursery.stdin.write(f"p{self._number}\n")
        said = [self._nursery.stdout.readline().strip() for _ in range(2 * count)]
        started = [int(each) for each in said if each != "open"]
        self._started += started
        return started

    def notes(self) -> list[str]:
        return self.ledger.read_text().split()

    def watch(self, office: Office, notes: int, seconds: float) -> None:
        """Keep every checkpoint that is shown until so much more is noted, and for a while then."""
        until, stuck = len(self.notes()) + notes, time.monotonic() + PATIENCE
        while len(self.notes()) < until:
            assert time.monotonic() < stuck, f"nobody files any more; seed {SEED}"
            self.look(office)
        end = time.monotonic() + seconds
        self.look(office)
        while time.monotonic() < end:
            self.look(office)

    def look(self, office: Office) -> None:
        data = (self.root / "public" / CHECKPOINT).read_bytes()
        head = open_checkpoint(data, [office.docket.charter.verifier])
        self.checkpoints.setdefault(head.size, set()).add(head.root)
        time.sleep(0.002)

    def check(self) -> Office:
        """Open the register: all that was told is there, once, and nothing forked."""
        office = Office.open(self.root)
        self.look(office)
        assert all(len(each) == 1 for each in self.checkpoints.values()), f"a fork; seed {SEED}"
        told = set(self.notes())
        lost = told - office.docket.cases.keys()
        assert not lost, f"acknowledged and lost: {sorted(lost)}; seed {SEED}"
        found = audit_log(office.folder, [office.docket.charter.verifier])
        assert found.ok, (found.failures, SEED)
        assert found.leaves == [entry.leaf for entry in office.entries()], SEED
        filed = Counter(each.act.case for each in found.entries if each.act.kind == "review")
        assert set(filed.values()) <= {1}, f"an act is there twice; seed {SEED}"
        return office

    def end(self) -> None:
        kill(self._started)  # those that are dead are zombies until the nursery is
        self._nursery.kill()
        self._nursery.communicate()


def kill(processes: list[int]) -> None:
    for process in processes:
        os.kill(process, signal.SIGKILL)


@pytest.mark.parametrize("storage", ["sqlite", "postgresql"], indirect=True)
def test_processes_killed_at_any_moment_lose_no_acknowledged_act_and_repeat_none(
    office: Office, tmp_path: Path
) -> None:
    connections.close_all()
    moments = random.Random(SEED)
    clients = Clients(office, tmp_path)
    try:
        for number in range(KILLS):
            processes = clients.start(2)
            clients.watch(office, NOTES[number % len(NOTES)], moments.uniform(0.0, 0.05))
            kill(processes)
            again = clients.check()
            connections.close_all()
    finally:
        clients.end()
    told = clients.notes()
    assert len(told) >= 2 * KILLS, "the kills fell where nothing was done"
    assert again.docket.size >= len(told)
    assert replay(list(again.entries()), again.book).fault is None


@pytest.mark.parametrize("storage", ["postgresql"], indirect=True)
def test_a_server_stopped_at_any_moment_loses_no_acknowledged_act_and_repeats_none(
    office: Office, tmp_path: Path, postgres: Any
) -> None:
    """Immediately, without a word to its clients: these go on when it is back."""
    connections.close_all()
    moments = random.Random(SEED + 1)
    clients = Clients(office, tmp_path)
    processes = clients.start(2)
    try:
        for _ in range(max(1, KILLS // 2)):
            clients.watch(office, 1, moments.uniform(0.0, 0.2))
            postgres.stop(signal.SIGQUIT)
            time.sleep(moments.uniform(0.0, 0.1))
            postgres.start()
        clients.watch(office, 1, 0)  # they find by themselves that it is back
        kill(processes)
        clients.check()
    finally:
        clients.end()
        connections.close_all()
