"""One arm of an elicitation in a running campaign."""

from pathlib import Path
from typing import TYPE_CHECKING

from holdshort.assess.ledger import Line
from holdshort.assess.part import Part
from holdshort.assess.part_run import ArmProgress, Hearing, PartRun
from holdshort.assess.protocol import Protocol

if TYPE_CHECKING:
    from pydantic import JsonValue


class ArmRun(PartRun):
    """An arm: it wants every one of its requests."""

    def __init__(
        self, protocol: Protocol, part: Part, seed: bytes, campaign: Path, hear: Hearing | None
    ) -> None:
        super().__init__(protocol, part, seed, campaign, hear)
        self._right = sum(line.correct for line in self.ledger.lines.values())

    @property
    def wanted(self) -> bool:
        """Whether a request has no answer on record."""
        return len(self.ledger.lines) < self.requests

    def ended(self) -> str | None:
        """That everything was asked, once it is so."""
        return None if self.wanted else "every request is answered"

    def summary(self) -> "dict[str, JsonValue]":
        """How far the arm has come."""
        return {"answered": len(self.ledger.lines), "right": self._right}

    def count(self, line: Line) -> None:
        """Tell of it."""
        self._right += line.correct
        self.report()

    def report(self) -> None:
        """Tell how far the arm has come."""
        if self.hear is not None:
            done = len(self.ledger.lines)
            self.hear(ArmProgress(self.part, done, self.requests, self._right, self.tokens))
