"""Where every clearance stands, and the snapshot that a gate reads.

The rulebook's ``gate`` section decides the status of a clearance, by the kind of its case: the
first line whose condition holds, else *invalid*. Once in a while the register states all of them in
one act, so that nobody can show an old clearance and hide what came after it.

A clearance of a case that concerns another that can hold one, its base, is worth no more than the
base's: a bar on the base bars it, so does a base whose own clearance is not served, and on one that
is conditional everything is conditional. A kind whose status the book lets depend on
`barred_itself` stands alone: only bars on it or its very weights count.

A bar of which a scope says that it is partial (`docket.scopes`) suspends nothing: a clearance that
would be valid is *conditional*, and its row in the index says what it is restricted by.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from holdshort.docket.clocks import instant, stamp
from holdshort.docket.scopes import reaches, restriction, scope
from holdshort.docket.state import Case
from holdshort.errors import BadInput
from holdshort.register.canonical import Json, canonical
from holdshort.register.status import Status, StatusSnapshot, changes_since
from holdshort.rulebook.expression import names

if TYPE_CHECKING:
    from holdshort.docket.docket import Docket


def status_of(docket: "Docket", case: Case, now: str) -> Status:
    """Status of the clearance of a case at ``now``."""
    return Standings(docket, now).of(case)


class Standings:
    """Where clearances stand at one instant; no case is looked at twice."""

    def __init__(self, docket: "Docket", now: str) -> None:
        self.docket = docket
        self.now = now
        self._found: dict[str, _Standing] = {}
        self._issued = {each.case: each.weights for each in docket.clearances}

    def of(self, case: Case) -> Status:
        """Status of the clearance of a case."""
        return self._standing(case).status

    def restrictions(self, case: Case) -> list[Case]:
        """The partial bars on a case's clearance, in the order in which they were opened."""
        reach = self._weights(case)
        partial = (bar for bar in self._standing(case).bars.values() if scope(bar))
        return sorted(
            (bar for bar in partial if reaches(bar, reach)), key=lambda bar: bar.steps[0].index
        )

    def bars(self, case: Case) -> list[Case]:
        """All bars on a case's clearance, whole and partial, in the order of their opening."""
        reach = self._weights(case)
        standing = self._standing(case).bars.values()
        found = (bar for bar in standing if not scope(bar) or reaches(bar, reach))
        return sorted(found, key=lambda bar: bar.steps[0].index)

    def _standing(self, case: Case) -> "_Standing":
        base: _Standing | None = None
        for each in reversed([case, *bases(self.docket, case)]):  # from the lowest base upwards
            if each.id not in self._found:
                self._found[each.id] = self._look(each, base)
            base = self._found[each.id]
        return self._found[case.id]

    def _look(self, case: Case, base: "_Standing | None") -> "_Standing":
        bars = {**(base.bars if base else {}), **{bar.id: bar for bar in self._bars(case)}}
        whole = any(not scope(bar) for bar in bars.values())
        partial = any(scope(bar) and reaches(bar, self._weights(case)) for bar in bars.values())
        barred = whole or (base is not None and base.closed)
        itself = any(not scope(bar) for bar in self._bars(case))
        status = self._decided(case, barred, itself)
        conditions = status is Status.CONDITIONAL or (base is not None and base.conditions)
        if status is Status.VALID and (partial or conditions):
            status = Status.CONDITIONAL
        served = status.name.lower() in case.book.gate.serve
        return _Standing(status, bars, barred or not served, conditions)

    def _weights(self, case: Case) -> set[str]:
        """The weights that a case's clearance is of."""
        named = (case.memory.get("weights"), self._issued.get(case.id))
        return {each for each in named if isinstance(each, str)}

    def _bars(self, case: Case) -> list[Case]:
        """The bars that stand on a case, or on another of the very same weights."""
        others = (id_ for each in same_weights(self.docket, case) for id_ in each.concerned_by)
        found = (self.docket.cases[id_] for id_ in others)
        return [bar for bar in found if stands(self.docket, bar, self.now)]

    def _decided(self, case: Case, barred: bool, itself: bool) -> Status:
        env: Mapping[str, object] = {
            "state": self.docket.state(case, self.now),
            "case": case.facts,
            "barred": barred,
            "barred_itself": itself,
        }
        for status, condition in case.book.gate.clearances.get(case.kind, ()):
            answer = condition.decide(env)
            if answer is True:
                return Status[status.upper()]
            if answer is not False:
                break  # it cannot be told whether this line holds: no later one may be relied on
        return Status.INVALID


@dataclass(frozen=True)
class _Standing:
    """What a case's clearance is worth, and why.

    ``bars`` are all that stand on it or on what it rests on, by case. ``closed``: nothing can rest
    on it, since it is barred or its clearance is not served. ``conditions``: it was cleared under
    some, or what it rests on was.
    """

    status: Status
    bars: Mapping[str, Case]
    closed: bool
    conditions: bool


def bases(docket: "Docket", case: Case) -> list[Case]:
    """The cases on whose clearances that of ``case`` rests: the one that it concerns, and so on."""
    found: list[Case] = []
    for each in foundations(docket, case):
        if _stands_alone(case):
            break
        found.append(each)
        case = each
    return found


def _stands_alone(case: Case) -> bool:
    """Whether the book lets the status depend on bars on the case itself and on nothing else."""
    lines = case.book.gate.clearances.get(case.kind, ())
    return any("barred_itself" in names(condition.tree) for _, condition in lines)


def foundations(docket: "Docket", case: Case) -> list[Case]:
    """The cases that can hold a clearance and that ``case`` concerns, and that those concern."""
    found: list[Case] = []
    while case.concerns is not None:
        case = docket.cases[case.concerns]
        if case.kind not in case.book.gate.clearances:
            break
        found.append(case)
    return found


def stands(docket: "Docket", bar: Case, now: str) -> bool:
    """Whether a case is one that bars, and in a state in which it does."""
    bars = bar.book.gate.bars.get(bar.kind)
    return bars is not None and docket.state(bar, now) in bars.states


def same_weights(docket: "Docket", case: Case) -> list[Case]:
    """A case, and every other of the very same weights: a bar on one is a bar on all."""
    weights = case.memory.get("weights")
    if not isinstance(weights, str):
        return [case]
    others = docket.noted("weights", weights)
    same = (each for each in others if each.memory.get("weights") == weights)
    return [case, *(each for each in same if each is not case)]


def clearance_index(docket: "Docket", now: str) -> bytes:
    """Which clearance stands at each place of the status list: a document that is published.

    A row names what restricts the clearance at ``now``, besides its status.
    """
    return _index(docket, Standings(docket, now))


def _index(docket: "Docket", standings: Standings) -> bytes:
    rows: list[Json] = [
        {
            "case": clearance.case,
            "kind": docket.cases[clearance.case].kind,
            "entry": clearance.entry,
            "weights": clearance.weights,
            "restrictions": [
                restriction(bar) for bar in standings.restrictions(docket.cases[clearance.case])
            ],
        }
        for clearance in docket.clearances
    ]
    return canonical(rows)


def snapshot(docket: "Docket", now: str) -> StatusSnapshot:
    """What the register has to state at ``now``.

    A case has one clearance: a second one, after an appeal, leaves the first without worth.

    Raises:
        BadInput: the next update would be beyond the calendar.
    """
    standings = Standings(docket, now)
    latest = {clearance.case: clearance for clearance in docket.clearances}
    statuses = tuple(
        int(
            standings.of(docket.cases[clearance.case])
            if clearance is latest[clearance.case]
            else Status.INVALID
        )
        for clearance in docket.clearances
    )
    last = docket.last_snapshot
    try:
        next_update = instant(now) + timedelta(minutes=docket.charter.status_minutes)
    except OverflowError:
        raise BadInput("The next update would be beyond the calendar.", where="at") from None
    return StatusSnapshot(
        sequence=last.sequence + 1 if last else 0,
        issued_at=now,
        next_update=stamp(next_update),
        log_size=docket.size,
        log_root=docket.frontier.root().hex(),
        index=hashlib.sha256(_index(docket, standings)).hexdigest(),
        witnesses=docket.witness_entry,
        statuses=statuses,
        changes=changes_since(last.statuses if last else (), statuses),
    )
