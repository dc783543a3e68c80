"""A copy belongs to one command at a time, whoever dies."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from holdshort.cli.verification.lock import LOCK, alone, undisturbed
from holdshort.errors import Busy, StorageError

HOLDS = """
import sys, time
from pathlib import Path
from holdshort.cli.verification.lock import alone

with alone(Path(sys.argv[1]), print):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def other(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    """Another process, which holds the copy until it is killed."""
    command = [sys.executable, "-c", HOLDS, str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


@pytest.mark.parametrize("wanted", [alone, undisturbed])
def test_whoever_waits_too_long_is_told_who_holds_it(
    other: "subprocess.Popen[str]",
    tmp_path: Path,
    wanted: Callable[..., AbstractContextManager[None]],
) -> None:
    told: list[str] = []
    with (
        pytest.raises(Busy, match=f"held by process {other.pid} on .*, since") as refused,
        wanted(tmp_path, told.append, patience=0.3),
    ):
        pytest.fail("it was not held")
    assert refused.value.exit_code == 2
    assert len(told) == 1
    assert f"process {other.pid}" in told[0]


def test_a_lock_is_gone_with_the_process_that_held_it(
    other: "subprocess.Popen[str]", tmp_path: Path
) -> None:
    os.kill(other.pid, signal.SIGKILL)
    other.wait()
    with alone(tmp_path, pytest.fail, patience=0):
        assert f"process {os.getpid()} " in (tmp_path / LOCK).read_text()
    assert (tmp_path / LOCK).read_text() == ""


def test_many_may_read_at_a_time_and_nobody_write_meanwhile(tmp_path: Path) -> None:
    with alone(tmp_path, pytest.fail):
        pass
    with (
        undisturbed(tmp_path, pytest.fail),
        undisturbed(tmp_path, pytest.fail),
        pytest.raises(Busy, match="another process"),
        alone(tmp_path, lambda whom: None, patience=0.2),
    ):
        pytest.fail("it was written while it was read")


def test_a_place_that_cannot_be_locked_is_named(tmp_path: Path) -> None:
    with (
        pytest.raises(StorageError, match="cannot be locked") as refused,
        alone(tmp_path / "nowhere", pytest.fail),
    ):
        pytest.fail("it was locked")
    assert refused.value.where == str(tmp_path / "nowhere" / LOCK)
