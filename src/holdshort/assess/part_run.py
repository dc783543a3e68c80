"""A part of a running campaign: the record that it adds to, and when it wants no more."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from holdshort.assess.item_run import ItemRun
from holdshort.assess.ledger import Line
from holdshort.assess.part import Asked, Part
from holdshort.assess.protocol import Protocol
from holdshort.assess.statistics import Decision
from holdshort.errors import EvidenceError

if TYPE_CHECKING:
    from inspect_ai.model import Model
    from pydantic import JsonValue


@dataclass(frozen=True)
class Progress:
    """Where an area's test stands; the figures of a finding, so far.

    ``tokens`` are those of every sample on record, counted by the test or not.
    """

    area: str
    done: int
    max_items: int
    successes: int
    e_below: Decimal
    e_above: Decimal
    interval: tuple[Decimal, Decimal]
    decision: Decision | None
    tokens: int


@dataclass(frozen=True)
class ArmProgress:
    """How many requests of an arm are answered, and how many of them rightly."""

    part: Part
    done: int
    requests: int
    right: int
    tokens: int


Hearing = Callable[[Progress | ArmProgress], None]
"""Whoever is told of progress."""


class PartRun(ABC):
    """One part of a running campaign; what is on record is counted at once."""

    def __init__(
        self, protocol: Protocol, part: Part, seed: bytes, campaign: Path, hear: Hearing | None
    ) -> None:
        self.part = part
        self.folder = part.folder(campaign)
        self.requests = part.requests(protocol)
        self.hear = hear
        self._items = ItemRun(protocol, part, seed, self.folder, range(self.requests))
        self.ledger = self._items.ledger
        self.tokens = sum(line.tokens for line in self.ledger.lines.values())
        self.names = Counter(line.model for line in self.ledger.lines.values())

    @property
    @abstractmethod
    def wanted(self) -> bool:
        """Whether more is to be asked."""

    @abstractmethod
    def report(self) -> None:
        """Tell where the part stands."""

    @abstractmethod
    def count(self, line: Line) -> None:
        """Take notice of a line that was put on record."""

    @abstractmethod
    def summary(self) -> "dict[str, JsonValue]":
        """What stands in Inspect's log of an attempt."""

    @abstractmethod
    def ended(self) -> str | None:
        """Why no more is wanted; None while more is."""

    def run(self, model: "Model", max_connections: int, spent: Callable[[], str | None]) -> None:
        """Ask, in order, what is not on record, until no more is wanted.

        ``spent`` gives the reason to stop before that, once there is one.
        """
        self.report()
        self._items.run(
            model,
            max_connections,
            halt=lambda: self.ended() or spent(),
            taken=self._count,
            summary=self.summary,
        )

    def take(self, lines: Sequence[Line]) -> None:
        """Put on record, and count, what a unit of work brought."""
        for line in lines:
            if line.index not in self.ledger.lines:
                self.ledger.append(line)
                self._count(line)

    def _count(self, line: Line) -> None:
        self.tokens += line.tokens
        self.names[line.model] += 1
        self.count(line)
        check_names([self])


def check_names(parts: Iterable[PartRun]) -> None:
    """Refuse to go on once a model has answered under two names.

    What was answered stays on record: dropping the answers of one of them would be picking.
    """
    names: dict[Asked, set[str]] = {}
    for part in parts:
        found = names.setdefault(part.part.asked, set())
        found |= set(part.names)
        if len(found) > 1:
            raise EvidenceError(
                f"the {part.part.asked} has answered as {' and as '.join(sorted(found))}:"
                " a finding is about one model.",
                where=f"area {part.part.title}",
                do="See what was swapped, and replace the protocol in the open:"
                " holdshort assess plan --reasons.",
            )
