"""Earlier cases that were like this one when somebody had to choose, and what was done in them.

Whoever has a choice is shown what was chosen before, on the same facts; whoever gives notice of a
bar has to name these cases. Two cases are compared *at the same point*: same kind, same state, and
then fact by fact: what was stated when the case was opened or by those who are no office, and what
the law reads of the case concerned, findings above all. Who the parties are is no fact; nor is what
an office did on the way (`choices.merits`), or it could make like cases unlike.

An earlier case is an *exact* comparable if every fact was equal, and a *near* one if some differed.
If there is no exact one, the nearest are shown, those in which the fewest facts differ.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from holdshort.docket.choices import Choice, choices, facts_of, merits_of, point
from holdshort.docket.clocks import instant
from holdshort.docket.state import Case, Lapse

if TYPE_CHECKING:
    from holdshort.docket.docket import Docket

__all__ = ["Choice", "Comparable", "choices", "comparables", "exact"]

NEAREST = 5
"""How many cases that are like this one but not equal are shown at most."""


@dataclass(frozen=True)
class Comparable:
    """What was chosen in an earlier case at the point at which this one stands.

    ``differs`` names the facts that were other there; empty for an exact comparable. ``scope`` is
    what the act stated about its scope, None if it stated nothing.
    """

    choice: Choice
    differs: tuple[str, ...]

    @property
    def case(self) -> str:
        """The earlier case."""
        return self.choice.case

    @property
    def exact(self) -> bool:
        """Whether every fact was equal."""
        return not self.differs

    @property
    def took(self) -> timedelta:
        """How long it took, from the step before."""
        return instant(self.choice.at) - instant(self.choice.ready_at)

    @property
    def scope(self) -> str | None:
        """What the act stated about its scope."""
        return self.choice.stated.get("scope")

    @property
    def lapse(self) -> Lapse | None:
        """When what it led to ended by itself."""
        return self.choice.lapse


def comparables(docket: "Docket", case: Case, now: str) -> list[Comparable]:
    """What was chosen in other cases at the point at which ``case`` stands at ``now``.

    All exact ones in the order of the log; if there is none, the nearest, the most alike first.
    """
    here = point(case.kind, docket.state(case, now))
    concerned = docket.cases.get(case.concerns) if case.concerns else None
    book = docket.law_of(case, now)
    facts = facts_of(book, case, concerned, case.kind)
    own = {f"case.{name}" for name in merits_of(docket, book, case.kind)}
    found = [
        Comparable(choice, _differing(facts, choice.facts, own))
        for choice in choices(docket, here)
        if choice.case != case.id
    ]
    equal = [each for each in found if each.exact]
    return equal or sorted(found, key=lambda each: len(each.differs))[:NEAREST]


def exact(docket: "Docket", case: Case, now: str) -> list[str]:
    """The ids of the earlier cases that were equal at this point, each once, in order."""
    found = (each.case for each in comparables(docket, case, now) if each.exact)
    return list(dict.fromkeys(found))


def _differing(
    here: Mapping[str, object], there: Mapping[str, object], own: Container[str]
) -> tuple[str, ...]:
    """The facts that are not the same in both; what is known in one alone differs."""
    both = sorted(name for name in {*here, *there} if name in own or name[:5] != "case.")
    return tuple(name for name in both if _value(here, name) != _value(there, name))


def _value(facts: Mapping[str, object], name: str) -> object:
    value = facts.get(name)
    return list(value) if isinstance(value, tuple) else value
