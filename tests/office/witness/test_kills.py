"""A witness killed at any moment forgets nothing that it answered, and never goes back.

A kill falls a moment after so many answers, not after some time alone: machines differ in speed.
``HOLDSHORT_CRASHES`` multiplies the kills; a failure tells the seed of their moments
(``HOLDSHORT_CRASH_SEED``).
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from holdshort.office.witness.place import WitnessPlace

MANY = int(os.environ.get("HOLDSHORT_CRASHES", "1"))
SEED = int(os.environ["HOLDSHORT_CRASH_SEED"])
KILLS = 80 * MANY
FEWEST = 80 * MANY
"""Cosignatures that must have been answered; not every answer is one, so it may take more kills."""
ORIGIN = "log.example/one"

KILLED = """
import json, os, random, signal, socket, sys, time, urllib3
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from conftest import Log, free_port
from holdshort.office.witness.service import serve
from holdshort.office.witness.place import WitnessPlace
import granian.server, holdshort.register.atomic  # imported once, before any fork

place, kills, fewest, seed = WitnessPlace(Path(sys.argv[2])), *map(int, sys.argv[3:])
place.witness()
moments, story, old, told = random.Random(seed), "ab", 0, []
pool = urllib3.PoolManager(retries=False)
for kill in range(4 * kills):
    if kill >= kills and sum(root is not None for _, root in told) >= fewest:
        break
    port = free_port()
    child = os.fork()
    if child == 0:
        os.setsid()
        serve(place, "127.0.0.1", port)
        os._exit(1)
    for _ in range(6000):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            break
        except OSError:
            time.sleep(0.01)
    else:
        raise SystemExit("the witness does not start")
    answers, killer = kill % 6, 0
    while True:
        if answers == 0:
            killer, moment = os.fork(), moments.uniform(0.0, 0.02)
            if killer == 0:  # kills at its moment, whatever the client is at
                time.sleep(moment)
                os.killpg(child, signal.SIGKILL)
                os._exit(0)
        answers -= 1
        log = Log(moments.choice(story), forks=3)
        size = old + moments.choice((0, 1, 1, 2))
        try:
            answer = pool.request(
                "POST", f"http://127.0.0.1:{port}/add-checkpoint", body=log.request(old, size)
            )
        except urllib3.exceptions.HTTPError:
            break
        if answer.status == 200:
            told.append((size, log.tree(size).root().hex()))
            old = size
        elif answer.status == 409:
            told.append((int(answer.data), None))
            old = int(answer.data)
        else:
            assert answer.status == 422, answer.data
    if not killer:
        raise SystemExit("the witness ended by itself")
    os.waitpid(child, 0)
    os.waitpid(killer, 0)
print(json.dumps(told))
"""


@pytest.mark.slow
def test_a_witness_killed_again_and_again_goes_only_forward(
    make: Callable[..., WitnessPlace], log: Any, request: pytest.FixtureRequest
) -> None:
    """The client guesses stories and sizes; after every kill a new witness takes up the state."""
    place, numbers = make(), (str(KILLS), str(FEWEST), str(SEED))
    ran = subprocess.run(
        [sys.executable, "-c", KILLED, str(request.path.parent), str(place.root), *numbers],
        capture_output=True,
        text=True,
        check=False,
        timeout=500,
    )
    assert ran.returncode == 0, (ran.stderr, SEED)
    told = json.loads(ran.stdout.splitlines()[-1])
    sizes = [size for size, _ in told]
    assert sizes == sorted(sizes), f"what it told to hold fell; seed {SEED}"
    cosigned = [(size, root) for size, root in told if root]
    assert len(cosigned) >= FEWEST
    assert len(set(cosigned)) == len({size for size, _ in cosigned}), SEED
    stories = {story: log(story, forks=3) for story in "ab"}
    late = [(size, root) for size, root in cosigned if size > 3]
    fits = [
        all(history.tree(size).root().hex() == root for size, root in late)
        for history in stories.values()
    ]
    assert sorted(fits) == [False, True], f"not one story; seed {SEED}"
    held = place.witness().latest(ORIGIN)
    assert held is not None
    assert held.checkpoint.size >= sizes[-1]
