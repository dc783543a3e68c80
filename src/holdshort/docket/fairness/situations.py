"""What an office could do in a case, and since when: recomputed whenever the record moves.

A *situation* is a case, a role, and the acts that were open to that role; it lasts as long as
exactly these acts are open. An act is open if the table allows it in the case's state and no
condition stands against it, whatever the act itself would say. To open a case against the party
(a restriction that concerns a review) is a situation of its own, beside whatever else can be done:
there the alternative is not to.

Time alone opens acts (a duty is late) and closes them (an order lapses), so between two acts the
docket is asked at every instant at which a clock of the case strikes.
"""

import itertools
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from holdshort.docket.clocks import instant, stamp
from holdshort.docket.duties import owed
from holdshort.docket.environment import of_act
from holdshort.docket.state import Case
from holdshort.register.act import Act
from holdshort.rulebook.model import ActRule, Rulebook

if TYPE_CHECKING:
    from holdshort.docket.docket import Docket

_COMBINATIONS = 256
"""Ways in which an act that opens a case can be put, tried until one is lawful."""


@dataclass(frozen=True)
class Situation:
    """The acts (``kind.name``) that are open to a role in a case, and since when."""

    role: str
    opening: bool
    acts: tuple[str, ...]
    since: str


class Situations:
    """The situations of every case, kept as the docket grows."""

    def __init__(self, docket: "Docket", offices: Callable[[Rulebook], Collection[str]]) -> None:
        """``offices`` says which roles of a law use public power."""
        self._docket = docket
        self._offices = offices
        self._known: dict[str, dict[tuple[str, str], Situation]] = {}
        """By case, then by role and by the act that opens another case (empty for the others)."""
        self._told: dict[str, str] = {}
        """By case, the instant up to which it was followed."""

    def of(self, case: Case, now: str) -> list[Situation]:
        """What can be done in a case at ``now``, by each role."""
        self.follow(case, now)
        found = self._known.get(case.id, {}).values()
        return [each for each in found if each.acts]

    def follow(self, case: Case, now: str) -> None:
        """Look at a case whenever one of its clocks has struck, up to ``now``."""
        for moment in [*self._strikes(case, now), now]:
            self._look(case, moment)
        self._told[case.id] = now

    def touching(self, case: Case) -> list[Case]:
        """The case, and what concerns it or is concerned: an act in one moves them all."""
        others = [*case.concerned_by, *([case.concerns] if case.concerns else [])]
        return [case, *(self._docket.cases[id_] for id_ in others)]

    def used(self, case: Case, situation: Situation, now: str) -> None:
        """What was open has been done: if it stays open, it is open anew."""
        key = (situation.role, situation.acts[0] if situation.opening else "")
        self._known[case.id][key] = Situation(situation.role, situation.opening, (), now)

    def _look(self, case: Case, now: str) -> None:
        shelf = self._known.setdefault(case.id, {})
        for role, label, acts in self._open(case, now):
            known = shelf.get((role, label))
            if known is None or known.acts != acts:
                shelf[role, label] = Situation(role, bool(label), acts, now)

    def _open(self, case: Case, now: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        book = self._docket.law_of(case, now)
        rules = book.cases[case.kind].acts.values()
        state = self._docket.state(case, now)
        here = [rule for rule in rules if state in rule.origin and rule.who is None]
        offices = [role for role in book.roles if role in self._offices(book)]
        allowed = {rule.name: rule for rule in here if any(map(rule.permits, offices))}
        able = {name for name, rule in allowed.items() if self._may(rule, case, now)}
        against = [
            rule
            for kind in book.cases.values()
            if kind.concerns == case.kind
            for rule in kind.acts.values()
            if "none" in rule.origin
        ]
        for role in offices:
            acts = (rule.type for name, rule in allowed.items() if name in able)
            mine = tuple(t for t in acts if book.act(t).permits(role))
            yield role, "", mine
            for rule in against:
                if rule.permits(role):
                    lawful = self._may_open(rule, case, now)
                    yield role, rule.type, (rule.type,) if lawful else ()

    def _may(self, rule: ActRule, case: Case, now: str) -> bool:
        environment = of_act(self._docket, rule, case, None, now)
        return all(each.condition.decide(environment) is not False for each in rule.requires)

    def _may_open(self, rule: ActRule, case: Case, now: str) -> bool:
        """Whether some way of putting the act would open a case that concerns this one."""
        book = self._docket.law.at(now)
        choices: dict[str, list[object]] = {"concerns": [case.id]}
        for name, field in rule.fields.items():
            if field.type.name == "area":
                choices[name] = list(book.areas)
            elif field.type.name == "one_of":
                choices[name] = list(field.type.values)
            elif field.type.name == "bool":
                choices[name] = [True, False]
        ways = itertools.islice(itertools.product(*choices.values()), _COMBINATIONS)
        return any(self._holds(rule, dict(zip(choices, way, strict=True)), now) for way in ways)

    def _holds(self, rule: ActRule, fields: dict[str, object], now: str) -> bool:
        origin = self._docket.charter.origin
        book = self._docket.law.at(now)
        said: dict[str, object] = fields
        act = Act(origin, book.digest, rule.kind, rule.name, "tried", "nobody", now, said)  # type: ignore[arg-type]
        environment = of_act(self._docket, rule, None, act, now)
        checks = [each for each in rule.requires if "check." not in each.condition.source]
        return all(each.condition.decide(environment) is not False for each in checks)

    def _strikes(self, case: Case, now: str) -> list[str]:
        """When, since it was followed, a clock of the case has struck."""
        since = self._told.get(case.id, now)
        if since >= now:
            return []
        duties = owed(self._docket, case, now)
        dues = [stamp(each.due.at + timedelta(seconds=1)) for each in duties if each.due]
        lapses = [case.lapse.at] if case.lapse else []
        return sorted({each for each in (*dues, *lapses) if since < each < now})


def seconds(since: str, until: str) -> int:
    """The time between two instants, in seconds."""
    return int((instant(until) - instant(since)).total_seconds())
