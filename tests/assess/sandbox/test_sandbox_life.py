"""How a sandbox ends: nothing that ran in it is left, whoever died first. Processes are told by a
marker of their own on their command line, as the machine sees it."""

import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.assess.sandbox.conftest import LIMIT

from holdshort.assess.sandbox import cgroup
from holdshort.assess.sandbox.session import Gone, Session
from holdshort.assess.sandbox.settings import Settings

LEAVE = {
    "a child": "sleep {m} &",
    "a daemon": "setsid sleep {m} > /dev/null 2>&1 < /dev/null &",
    "one that ignores signals": "(trap '' TERM HUP INT; sleep {m}) &",
    "one that is stopped": "sleep {m} & kill -STOP $!",
    "an orphan of an orphan": "((sleep {m} & ) & ) &",
    "many": "for i in 1 2 3 4 5 6 7 8 9; do sleep {m} & done",
}


def marker() -> str:
    return f"86400.{secrets.randbits(60)}"


def alive(mark: str) -> list[int]:
    """Processes of the machine whose command line holds the marker; the dead have none."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (path / "cmdline").read_bytes():
                found.append(int(path.name))
        except OSError:
            continue
    return found


def gone(mark: str, seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while alive(mark):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def leave(session: Session, what: str) -> str:
    mark = marker()
    session.call().exec(["sh", "-c", LEAVE[what].format(m=mark) + "\nsleep 0.1"], limit=LIMIT)
    assert alive(mark), "the control: while the sandbox lives it is seen"
    return mark


@pytest.mark.parametrize("what", LEAVE)
def test_nothing_outlives_the_sample(what: str) -> None:
    session = Session(Settings())
    mark = leave(session, what)
    session.close()
    assert alive(mark) == []
    session.close()  # a second time is nothing


@pytest.mark.slow
def test_nothing_outlives_the_sample_on_a_busy_machine() -> None:
    burners = [
        subprocess.Popen([sys.executable, "-c", "while True: pass"])
        for _ in range(2 * (os.cpu_count() or 1))
    ]
    try:
        for round_ in range(30):
            session = Session(Settings())
            mark = leave(session, list(LEAVE)[round_ % len(LEAVE)])
            session.close()
            assert alive(mark) == []
    finally:
        for burner in burners:
            burner.kill()
            burner.wait()


def test_a_command_in_flight_ends_with_the_sandbox() -> None:
    session = Session(Settings())
    mark = marker()
    heard: list[BaseException] = []

    def run() -> None:
        try:
            session.call().exec(["sleep", mark], limit=LIMIT)
        except Gone as error:
            heard.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    while not alive(mark):
        time.sleep(0.01)
    session.close()
    assert alive(mark) == []
    thread.join(10)
    assert len(heard) == 1
    with pytest.raises(Gone, match="has ended"):
        session.call()


def test_an_answer_that_nobody_takes_does_not_hold_the_end_up() -> None:
    session = Session(Settings())
    mark = marker()
    call = session.call()
    # Asked by hand, and never read: the socket fills and the one who answers stands still.
    from holdshort.assess.sandbox import wire

    request: dict[str, object] = {
        "do": "exec",
        "cmd": ["sh", "-c", f"yes {mark}"],
        "cwd": None,
        "env": {},
    }
    peer = call._peer
    wire.send_json(peer, wire.REQUEST, {**request, "seconds": 60, "limit": 1 << 30})
    wire.send(peer, wire.END)
    while not alive(mark):
        time.sleep(0.01)
    time.sleep(0.2)
    session.close()
    assert alive(mark) == []
    peer.close()


def test_nothing_outlives_a_keeper_that_is_killed() -> None:
    session = Session(Settings())
    mark = leave(session, "a daemon")
    os.kill(session._keeper.pid, signal.SIGKILL)
    assert gone(mark)
    with pytest.raises(Gone):
        session.call().exec(["true"], limit=LIMIT)
    session.close()


def test_nothing_outlives_whoever_started_it(tmp_path: Path) -> None:
    mark = marker()
    code = f"""
import time
from holdshort.assess.sandbox.session import Session
from holdshort.assess.sandbox.settings import Settings
session = Session(Settings())
session.call().exec(["sh", "-c", "setsid sleep {mark} > /dev/null 2>&1 &"], limit=99)
print("up", flush=True)
time.sleep(600)
"""
    owner = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert owner.stdout is not None
    assert owner.stdout.read(2) == b"up"
    assert alive(mark)
    owner.kill()
    owner.wait()
    owner.stdout.close()
    assert gone(mark)


def test_sandboxes_are_apart_from_each_other() -> None:
    one, other = Session(Settings()), Session(Settings())
    try:
        one.call().write("/tmp/file", b"of one")
        mark = leave(one, "a daemon")
        with pytest.raises(FileNotFoundError):
            other.call().read("/tmp/file", LIMIT)
        assert other.call().exec(["pgrep", "-f", mark], limit=LIMIT).code == 1
        assert one.call().exec(["pgrep", "-f", mark], limit=LIMIT).code == 0
        other.close()
        assert alive(mark)
    finally:
        one.close()
        other.close()


def test_no_control_group_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    groups: list[Path] = []
    make = cgroup.Group

    def note(path: Path, settings: Settings) -> cgroup.Group:
        groups.append(path)
        return make(path, settings)

    monkeypatch.setattr(cgroup, "Group", note)
    session = Session(Settings())
    if not session.in_group:
        session.close()
        pytest.skip("this account may make no control group of version 2")
    mark = leave(session, "many")
    members = {int(pid) for pid in (groups[0] / "cgroup.procs").read_text().split()}
    assert set(alive(mark)) <= members
    session.close()
    assert not groups[0].exists()


def test_a_group_kills_what_the_keeper_could_not(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings()
    group = cgroup.make(settings, 10**6)
    if group is None:
        pytest.skip("this account may make no control group of version 2")
    mark = marker()
    victim = subprocess.Popen(["sleep", mark])
    (group._path / "cgroup.procs").write_text(str(victim.pid))
    reaper: Callable[[], int] = victim.wait
    thread = threading.Thread(target=reaper)
    thread.start()
    group.close()
    thread.join()
    assert alive(mark) == []
    assert not group._path.exists()


def test_an_empty_group_of_a_process_that_died_is_removed() -> None:
    group = cgroup.make(Settings(), 10**6)
    if group is None:
        pytest.skip("this account may make no control group of version 2")
    left = group._path.parent / "holdshort-4194305-1"  # one more than there can be processes
    left.mkdir()
    group.close()
    again = cgroup.make(Settings(), 10**6)
    assert again is not None
    again.close()
    assert not left.exists()
