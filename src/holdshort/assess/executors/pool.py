"""A pool of processes on this machine."""

import subprocess
import sys
import time
from pathlib import Path

from holdshort.assess.unit import STDERR, STOP
from holdshort.errors import BadInput

_POLL = 0.02  # seconds
_GRACE = 10.0  # seconds


class PoolExecutor:
    """At most ``slots`` processes of ``python -m holdshort.assess.unit`` at a time."""

    def __init__(self, slots: int) -> None:
        if slots < 1:
            raise BadInput(f"a pool needs at least one process, not {slots}.", where="workers")
        self.slots = slots
        self._running: dict[Path, subprocess.Popen[bytes]] = {}

    def start(self, folder: Path, seed: bytes) -> None:
        """Start the unit; it ends by itself when this process does."""
        with (folder / STDERR).open("wb") as errors:
            process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-m", "holdshort.assess.unit", str(folder)],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                start_new_session=True,  # Ctrl-C is for the campaign, which ends its units itself
            )
        if process.stdin is not None:
            process.stdin.write(seed.hex().encode() + b"\n")
            process.stdin.flush()  # and left open: its end tells the unit that we have gone
        self._running[folder] = process

    def stop(self, folder: Path) -> None:
        """Leave word in the unit's folder."""
        (folder / STOP).touch()

    def wait(self, seconds: float) -> list[Path]:
        """Units whose process has ended."""
        until = time.monotonic() + seconds
        while True:
            ended = [path for path, process in self._running.items() if process.poll() is not None]
            if ended or time.monotonic() >= until or not self._running:
                break
            time.sleep(_POLL)
        for path in ended:
            _let_go(self._running.pop(path))
        return ended

    def close(self) -> None:
        """Terminate what still runs."""
        for process in self._running.values():
            process.terminate()
        for process in self._running.values():
            try:
                process.wait(_GRACE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            _let_go(process)
        self._running.clear()


def _let_go(process: "subprocess.Popen[bytes]") -> None:
    if process.stdin is not None:
        try:
            process.stdin.close()
        except BrokenPipeError:
            return  # it ended before it read the seed
