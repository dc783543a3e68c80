"""Where units of work run: one interface, and an executor for each kind of place.

An executor starts units and says which have ended. It decides nothing: which unit comes next, what
its results mean and when to stop is the campaign's business (see `dispatch`), so that a result
never depends on where it was computed.
"""

from pathlib import Path
from typing import Protocol

__all__ = ["Executor"]


class Executor(Protocol):
    """Runs units of work; several at a time, each in a fresh process."""

    @property
    def slots(self) -> int:
        """How many units run at once."""

    def start(self, folder: Path, seed: bytes) -> None:
        """Start the unit that lies in ``folder``."""

    def stop(self, folder: Path) -> None:
        """Have a running unit ask no more; it still ends, and is waited for."""

    def wait(self, seconds: float) -> list[Path]:
        """Units that have ended, cleanly or not, within so many seconds at most."""

    def close(self) -> None:
        """End whatever still runs. What it has put on record stays."""
