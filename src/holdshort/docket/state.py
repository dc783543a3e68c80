"""What the docket knows: cases, and the steps that brought each case where it is.

All of it is derived from the log. Nothing here is stored anywhere else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from holdshort.register.canonical import Json
from holdshort.rulebook.model import Rulebook


@dataclass(frozen=True)
class Step:
    """An act as the case remembers it: its place in the log, and the instants that it states."""

    index: int
    at: str
    act: str
    by: str
    origin: str
    to: str
    instants: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Lapse:
    """A state that ends by itself at ``at``."""

    at: str
    to: str
    derivation: str


@dataclass
class Case:
    """One case. ``memory`` holds what acts said that procedures need later."""

    id: str
    kind: str
    state: str
    opened_at: str
    book: Rulebook
    """The law that the case keeps; with the day below, its certification basis."""
    basis: date
    """Day whose dated values the case keeps."""
    facts: dict[str, object]
    bound: dict[str, str] = field(default_factory=dict)
    concerns: str | None = None
    memory: dict[str, Json] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    lapse: Lapse | None = None
    concerned_by: list[str] = field(default_factory=list)
    """The cases that concern this one, in the order in which they were opened."""

    def copy(self) -> "Case":
        """The case as it is now. Acts put values in the place of others and change none."""
        return replace(
            self,
            facts=dict(self.facts),
            bound=dict(self.bound),
            memory=dict(self.memory),
            steps=list(self.steps),
            concerned_by=list(self.concerned_by),
        )

    def before(self) -> "Case":
        """The case to go back to if what comes next fails. It shares the steps, which only grow."""
        return replace(
            self, facts=dict(self.facts), bound=dict(self.bound), memory=dict(self.memory)
        )

    def done(self, act: str) -> Step | None:
        """The last time ``act`` was done in this case."""
        return next((step for step in reversed(self.steps) if step.act == act), None)


@dataclass(frozen=True)
class Clearance:
    """A clearance that was issued: its place in the status list is its place in this order."""

    case: str
    entry: int
    weights: str | None


@dataclass(frozen=True)
class Objection:
    """Why an act is not lawful: the reason in plain words and the clause that gives it."""

    says: str
    cite: str

    def __str__(self) -> str:
        return f"{self.says} [{self.cite}]"
