"""Many who show two histories to one witness at once get one of them cosigned, and no rollback."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from holdshort.office.witness.place import WitnessPlace

Make = Callable[..., WitnessPlace]
Start = Callable[[WitnessPlace], Any]
ORIGIN = "log.example/one"
LAST = 40
MORE = 20
"""Requests that each client goes on with when the witness holds the last size."""
SECONDS = 90.0

Cosigned = tuple[int, str, float, float]
"""Size, story, and when the request began and ended."""


def show(witness: Any, log: Any, story: str, found: list[Cosigned]) -> None:
    """Show one story to a witness, from wherever it says that it stands, to the end and on."""
    history, old, more, end = log(story, forks=5), 0, MORE, time.monotonic() + SECONDS
    while more and time.monotonic() < end:
        size = min(old + 1, LAST)
        began = time.monotonic()
        status, body = witness.post(history.request(old, size))
        if status == 200:
            found.append((size, story if size > 5 else "both", began, time.monotonic()))
            old = size
        elif status == 409:
            old = int(body)
        else:
            assert status == 422
            assert old > 5
        more -= old == LAST


def check(found: list[Cosigned], held: int) -> None:
    """One story, and no size cosigned after a larger one had been answered."""
    assert len({story for _, story, _, _ in found} - {"both"}) == 1
    for size, _, began, _ in found:
        assert all(other <= size for other, _, _, ended in found if ended < began)
    assert max(size for size, _, _, _ in found) == held == LAST


def test_two_witness_processes_on_one_state_are_one_witness(
    make: Make, start: Start, log: Any
) -> None:
    """Eight clients, two histories, two servers with many threads each."""
    place = make()
    servers = [start(place), start(place)]
    found: list[Cosigned] = []
    clients = [
        threading.Thread(target=show, args=(server.wait(), log, story, found))
        for server in servers
        for story in "abab"
    ]
    for each in clients:
        each.start()
    for each in clients:
        each.join()
    held = place.witness().latest(ORIGIN)
    assert held is not None
    check(found, held.checkpoint.size)
    forks = [path.name for path in place.state.conflicts(ORIGIN)]
    assert any(name.startswith("fork-") for name in forks)


CLIENT = """
import sys, time, urllib3
sys.path.insert(0, sys.argv[1])
from conftest import Log
url, story = sys.argv[2:4]
last, more, seconds = map(int, sys.argv[4:])
pool = urllib3.PoolManager(retries=False)
log, old, end = Log(story, forks=5), 0, time.monotonic() + seconds
while more and time.monotonic() < end:
    size = min(old + 1, last)
    began = time.monotonic()
    answer = pool.request("POST", url + "/add-checkpoint", body=log.request(old, size))
    if answer.status == 200:
        print(size, story if size > 5 else "both", began, time.monotonic())
        old = size
    elif answer.status == 409:
        old = int(answer.data)
    else:
        assert answer.status == 422, answer.data
    more -= old == last
"""


@pytest.mark.slow
def test_processes_that_show_two_histories_get_one_of_them_cosigned(
    make: Make, start: Start, log: Any, request: pytest.FixtureRequest
) -> None:
    place = make()
    running = start(place).wait()
    here, numbers = str(request.path.parent), (LAST, MORE, int(SECONDS))
    clients = [
        subprocess.Popen(
            [sys.executable, "-c", CLIENT, here, running.url, story, *map(str, numbers)],
            stdout=subprocess.PIPE,
            text=True,
        )
        for story in "ababab"
    ]
    found: list[Cosigned] = []
    for client in clients:
        out, _ = client.communicate(timeout=120)
        assert client.returncode == 0
        for line in out.splitlines():
            size, story, began, ended = line.split()
            found.append((int(size), story, float(began), float(ended)))
    held = place.witness().latest(ORIGIN)
    assert held is not None
    check(found, held.checkpoint.size)
