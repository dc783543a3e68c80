"""Real sandboxes. Skipped only where the kernel lets no ordinary account make a user namespace."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from holdshort.assess.sandbox.session import Ended, Session
from holdshort.assess.sandbox.settings import Settings

LIMIT = 1 << 20
PYTHON = "/usr/bin/python3"


def _namespaces() -> str | None:
    """Why this machine makes none; asked of util-linux, not of what is tested."""
    unshare, setpriv = shutil.which("unshare"), shutil.which("setpriv")
    if unshare is None or setpriv is None:
        return None
    command = [unshare, "--user", "--pid", "--fork", "--mount", "true"]
    if os.geteuid() == 0:
        command = [setpriv, "--reuid=65534", "--regid=65534", "--clear-groups", *command]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
    return done.stderr.strip() if done.returncode else None


@pytest.fixture(scope="session", autouse=True)
def _machine() -> None:
    if (why := _namespaces()) is not None:
        pytest.skip(f"this machine makes no user namespaces: {why}")


@dataclass(frozen=True)
class Box:
    """A sandbox with short names."""

    session: Session

    def sh(self, script: str, *, seconds: float | None = None) -> Ended:
        return self.session.call().exec(["sh", "-c", script], limit=LIMIT, seconds=seconds)

    def python(self, code: str, *arguments: str) -> Ended:
        if not Path(PYTHON).exists():
            pytest.skip(f"the machine has no {PYTHON} to show in the sandbox")
        return self.session.call().exec([PYTHON, "-c", code, *arguments], limit=LIMIT)

    def write(self, file: str, contents: bytes) -> None:
        self.session.call().write(file, contents)

    def read(self, file: str, limit: int = LIMIT) -> bytes:
        return self.session.call().read(file, limit)


def outside(code: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """The same program on the machine itself: what a sandbox must refuse has to work here."""
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture(scope="session")
def open_box(_machine: None) -> Iterator[Callable[..., Box]]:
    """Makes sandboxes, and ends them all."""
    made: list[Session] = []

    def make(**settings: object) -> Box:
        made.append(Session(Settings.model_validate(settings)))
        return Box(made[-1])

    yield make
    for session in made:
        session.close()


@pytest.fixture(scope="session")
def box(open_box: Callable[..., Box]) -> Box:
    """One for tests that leave nothing behind."""
    return open_box()
