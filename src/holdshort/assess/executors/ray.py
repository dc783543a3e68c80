"""A Ray cluster, or Ray on this machine.

Workers need Holdshort installed and share no disk with the campaign: a unit's folder goes to the
worker as bytes and comes back the same way. There it is run by the same entry point as anywhere, in
a process of its own. Ray runs a task again whose worker was lost; such a unit starts from what the
campaign had of it, and what the lost worker had asked is gone with it.
"""

import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from holdshort.assess.unit import DONE, STDERR, STOP
from holdshort.errors import BadInput, HoldshortError

_LOST_WORKERS = 3
"""How often a unit is started again because its worker was lost."""

_POLL = 0.2  # seconds

_ANSWER = 5.0  # seconds

_INSTALL = "Install it: pip install 'holdshort[ray]'."

Files = dict[str, bytes]


class RayExecutor:
    """Units of work as Ray tasks of one processor each.

    ``address`` is Ray's (``auto``, ``host:port``, ``ray://host:port``); without one Ray is started
    on this machine. ``slots`` is the number of the cluster's processors unless given. Raises
    :class:`BadInput` when Ray is not installed or the cluster does not answer.
    """

    def __init__(self, address: str | None = None, slots: int | None = None) -> None:
        ray = _ray()
        self._ours = not ray.is_initialized()
        if self._ours:
            _join(ray, address, slots)
        self._ray = ray
        self.slots = slots or max(1, int(ray.cluster_resources().get("CPU", 1)))
        self._word = ray.remote(num_cpus=0)(_Word).remote()
        self._task = ray.remote(num_cpus=1, max_retries=_LOST_WORKERS)(_run)
        self._running: dict[Any, Path] = {}

    def start(self, folder: Path, seed: bytes) -> None:
        """Send the unit's folder to a worker."""
        sent = self._task.remote(_read(folder), seed.hex(), str(folder), self._word)
        self._running[sent] = folder

    def stop(self, folder: Path) -> None:
        """Have the worker leave word in its copy of the folder."""
        self._ray.get(self._word.say.remote(str(folder)))

    def wait(self, seconds: float) -> list[Path]:
        """Units whose folders have come back; a unit that never did is lost and says so."""
        if not self._running:
            return []
        ready, _ = self._ray.wait(list(self._running), num_returns=1, timeout=seconds)
        ended = []
        for task in ready:
            folder = self._running.pop(task)
            try:
                _put(folder, self._ray.get(task))
            except self._ray.exceptions.RayError as error:
                (folder / STDERR).write_text(f"{error}\n")
            ended.append(folder)
        return ended

    def close(self) -> None:
        """Cancel what still runs, and leave Ray if it was joined here."""
        for task in self._running:
            self._ray.cancel(task, force=True)
        self._running.clear()
        if self._ours:
            self._ray.shutdown()


class _Word:
    """Which units are to stop; every worker asks it."""

    def __init__(self) -> None:
        self._said: set[str] = set()

    def say(self, unit: str) -> None:
        self._said.add(unit)

    def said(self, unit: str) -> bool:
        return unit in self._said


def _run(files: Files, seed: str, unit: str, word: Any) -> Files:
    """On the worker: the unit in a fresh process, and what it left."""
    ray = _ray()
    with tempfile.TemporaryDirectory(prefix="holdshort-unit-") as name:
        folder = Path(name)
        _put(folder, files)
        with (folder / STDERR).open("wb") as errors:
            process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-m", "holdshort.assess.unit", name],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=errors,
            )
            if process.stdin is not None:
                process.stdin.write(seed.encode() + b"\n")
                process.stdin.flush()
            while process.poll() is None:
                if ray.get(word.said.remote(unit)):
                    (folder / STOP).touch()
                time.sleep(_POLL)
            if process.stdin is not None:
                process.stdin.close()
        return _read(folder)


def _read(folder: Path) -> Files:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".lock"
    }


def _put(folder: Path, files: Files) -> None:
    """Write a unit's files, ``done.json`` last: with it the rest is whole."""
    for name, data in sorted(files.items(), key=lambda each: each[0] == DONE):
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()):
            raise HoldshortError(f"a worker sent a file named {name!r}.", where=str(folder))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def _join(ray: Any, address: str | None, slots: int | None) -> None:
    try:
        if address and address != "auto":
            _probe(address.removeprefix("ray://"))
        ray.init(
            address=address,
            include_dashboard=False,
            log_to_driver=False,
            logging_level="error",
            **({} if address else {"num_cpus": slots}),
        )
    except (Exception, SystemExit) as error:  # Ray raises several unrelated kinds
        raise BadInput(
            f"the Ray cluster does not answer: {' '.join(str(error).split())[:300]}.",
            where=f"address {address or 'local'}",
            do="Start it with `ray start --head`, or give another address.",
        ) from error


def _probe(address: str) -> None:
    """Whether anyone listens: Ray itself waits for minutes, and then ends the process."""
    host, _, port = address.rpartition(":")
    with socket.create_connection((host.strip("[]"), int(port)), timeout=_ANSWER):
        pass


def _ray() -> Any:
    try:
        import ray
        import ray.exceptions
    except ImportError as error:
        raise BadInput("Ray is not installed here.", where="engine", do=_INSTALL) from error
    return ray
