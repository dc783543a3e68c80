"""Bombs: each limit holds, the sandbox lives on, and less than the limit goes through."""

import errno
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.assess.sandbox.conftest import LIMIT, Box

from holdshort.assess.sandbox.session import TooLarge

MEBIBYTE = 1 << 20

Open = Callable[..., Box]


def test_a_fork_bomb_ends_at_the_limit_and_files_can_still_be_read(open_box: Open) -> None:
    box = open_box(processes=24)
    count = "import os, time\nn = 0\ntry:\n    while n < 200:\n        if os.fork() == 0:\n"
    count += "            time.sleep(5)\n            os._exit(0)\n        n += 1\n"
    count += "except BlockingIOError:\n    print(n)\nelse:\n    print('no limit')"
    # The sandbox's first process and the command itself count as well.
    assert int(box.python(count).out) in range(18, 24)
    box.write("after", b"x")
    assert box.read("after") == b"x"
    few = open_box(processes=64)
    assert few.sh("for i in 1 2 3 4 5 6 7 8; do sleep 1 & done; wait; echo all").out == b"all\n"


@pytest.mark.slow
def test_a_recursive_fork_bomb_ends_with_its_time(open_box: Open) -> None:
    box = open_box(processes=32)
    bomb = "f() { f | f & }; f; sleep 60"
    with pytest.raises(TimeoutError):
        box.sh(bomb, seconds=2)
    box.write("after", b"x")
    assert box.read("after") == b"x"


def test_a_process_cannot_take_more_memory_than_the_sandbox_has(open_box: Open) -> None:
    box = open_box(memory=128)
    take = "import sys; taken = bytearray(int(sys.argv[1]) << 20); print(len(taken))"
    assert int(box.python(take, "64").out) == 64 * MEBIBYTE
    assert box.python(take, "256").code != 0
    assert box.sh("echo alive").out == b"alive\n"


def test_several_processes_together_cannot_either(open_box: Open) -> None:
    box = open_box(memory=128)
    hold = "import os, time\nfor _ in range(4):\n    if os.fork() == 0:\n"
    hold += "        taken = bytearray(b'x') * (60 << 20)\n        time.sleep(1.5)\n"
    hold += "        os._exit(0)\nprint(sorted(os.wait()[1] for _ in range(4)))"
    codes = [int(code) for code in box.python(hold).out.decode().strip("[]\n").split(",")]
    assert 9 in codes  # killed
    assert sum(code == 0 for code in codes) <= 2  # 2 × 60 MiB fit, 3 do not
    assert box.sh("echo alive").out == b"alive\n"


def test_files_count_as_memory(open_box: Open) -> None:
    box = open_box(memory=64, disk=200)
    # Slowly: where no control group counts, a sandbox is looked at only now and then.
    fill = "import time\nwith open('fill', 'wb', buffering=0) as file:\n"
    fill += "    for _ in range(150):\n        file.write(bytes(1 << 20))\n"
    fill += "        time.sleep(0.02)\nprint('survived')"
    done = box.python(fill)
    assert done.code == 137
    assert done.out == b""


def test_a_disk_is_full_at_its_size(open_box: Open) -> None:
    box = open_box(disk=8)
    done = box.sh("head -c 6000000 /dev/zero > a && head -c 6000000 /dev/zero > b")
    assert done.code != 0
    assert b"No space left" in done.err
    assert box.sh("stat -c %s a").out == b"6000000\n"
    with pytest.raises(OSError, match="No space left") as caught:
        box.write("c", b"x" * 4 * MEBIBYTE)
    assert caught.value.errno == errno.ENOSPC


def test_a_file_cannot_grow_beyond_the_disk_by_having_holes(open_box: Open) -> None:
    box = open_box(disk=8)
    assert box.sh("truncate -s 7M sparse").code == 0
    assert box.sh("truncate -s 1G sparse").code != 0


def test_there_can_only_be_so_many_files(open_box: Open) -> None:
    box = open_box(files=100)
    done = box.sh("i=0; while touch f$i 2>/dev/null; do i=$((i+1)); done; echo $i")
    assert 90 <= int(done.out) <= 100


def test_endless_output_is_cut_off_and_the_command_killed(open_box: Open) -> None:
    box = open_box()
    with pytest.raises(TooLarge) as caught:
        box.sh("yes 314159")
    assert caught.value.seen.startswith(b"314159\n")
    assert len(caught.value.seen) == LIMIT
    with pytest.raises(TooLarge):
        box.sh("yes >&2")
    assert _until(lambda: box.sh("pgrep yes").code == 1)
    assert len(box.sh(f"head -c {LIMIT} /dev/zero").out) == LIMIT


def test_a_huge_file_is_not_read(open_box: Open) -> None:
    box = open_box(disk=64)
    box.sh("truncate -s 60M huge; head -c 1000 /dev/zero > fits")
    with pytest.raises(TooLarge):
        box.read("huge", 1000)
    assert box.read("fits", 1000) == bytes(1000)


def test_a_command_that_takes_too_long_is_killed_with_its_children(open_box: Open) -> None:
    box = open_box()
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        box.sh("sleep 4711 & sleep 4712", seconds=0.5)
    assert time.monotonic() - began < 20
    assert _until(lambda: box.sh("pgrep -x sleep | grep -v '^1$'").code == 1)
    assert box.sh("sleep 0.1; echo in time", seconds=20).out == b"in time\n"


def test_the_settings_time_holds_when_none_is_given(open_box: Open) -> None:
    box = open_box(exec_seconds=1)
    with pytest.raises(TimeoutError):
        box.sh("sleep 30")
    with pytest.raises(TimeoutError):
        box.sh("sleep 30", seconds=30)


def test_a_process_that_burns_its_processor_time_is_killed(open_box: Open) -> None:
    box = open_box(cpu_seconds=1)
    assert box.sh("while :; do :; done", seconds=60).code == 137


def test_commands_get_as_many_processors_as_the_settings_say(open_box: Open) -> None:
    if (os.cpu_count() or 1) < 2:
        pytest.skip("the machine has one processor")
    box = open_box(processors=1)
    if box.session.plan.held_by["processors"] == "cgroup":
        pytest.skip("processor time is shared out by a control group here")
    assert box.sh("nproc").out == b"1\n"
    assert box.sh("taskset -c 0,1 true").code != 0
    assert open_box(processors=2).sh("nproc").out == b"2\n"


def test_a_limit_cannot_be_raised_from_inside(open_box: Open) -> None:
    box = open_box(processes=40)
    raise_it = "import resource as r; r.setrlimit(r.RLIMIT_NPROC, (100, 100))"
    lower_it = "import resource as r; r.setrlimit(r.RLIMIT_NPROC, (20, 20))"
    assert b"not allowed to raise" in box.python(raise_it).err
    assert box.python(lower_it).code == 0


def test_what_runs_in_the_background_stays_for_the_next_command(open_box: Open) -> None:
    box = open_box()
    began = time.monotonic()
    assert box.sh("(sleep 2; echo late > file) & echo started").out == b"started\n"
    assert time.monotonic() - began < 1.9  # though it holds the output open
    assert box.sh("while [ ! -s file ]; do sleep 0.05; done; cat file").out == b"late\n"


def test_killing_everything_inside_does_not_end_the_sandbox(open_box: Open) -> None:
    box = open_box()
    box.write("file", b"kept")
    box.sh("sleep 4714 & kill -9 -1; wait")  # the signal spares who sends it
    assert box.sh("pgrep -fx 'sleep 4714'").code == 1
    assert box.sh("kill -9 1; kill -TERM 1; echo alive").out == b"alive\n"
    assert box.read("file") == b"kept"


def test_dead_orphans_do_not_pile_up(open_box: Open) -> None:
    box = open_box(processes=16)
    for _ in range(4):
        assert box.sh("for i in 1 2 3 4 5 6 7 8; do (sleep 0.1 &) ; done; echo all").out == b"all\n"
        assert _until(lambda: box.sh("ls /proc | grep -c '^[0-9]'").out == b"4\n")


def test_a_command_that_is_given_up_is_killed(open_box: Open) -> None:
    box = open_box()
    call = box.session.call()
    errors: list[BaseException] = []

    def wait() -> None:
        try:
            call.exec(["sleep", "4713"], limit=LIMIT)
        except BaseException as error:  # noqa: BLE001 (looked at below)
            errors.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    assert _until(lambda: box.sh("pgrep -fx 'sleep 4713'").code == 0)
    call.abandon()
    waiting.join(10)
    assert len(errors) == 1
    assert _until(lambda: box.sh("pgrep -fx 'sleep 4713'").code == 1)


def _until(true: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def test_many_commands_run_at_once(open_box: Open) -> None:
    box = open_box()
    found: dict[int, bytes] = {}

    def ask(number: int) -> None:
        found[number] = box.sh(f"sleep 0.2; echo {number}").out

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {n: f"{n}\n".encode() for n in range(16)}


def test_what_goes_in_comes_out(open_box: Open) -> None:
    box = open_box()
    data = os.urandom(3 * MEBIBYTE)
    box.write("deep/er/file", data)
    assert box.read("deep/er/file", len(data)) == data
    done = box.session.call().exec(["cat"], given=data, limit=len(data))
    assert done.out == data
    box.write("deep/er/file", b"short")
    assert box.read("deep/er/file") == b"short"
    assert not Path("deep").exists()
