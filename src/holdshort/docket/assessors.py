"""The file of an assessor, read from the record: what it may do, and what speaks against it.

Nothing here decides: `holdshort.docket.qualification` and `holdshort.docket.conflicts` do. This
lays out what they read, for the public and for those who have to choose.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from holdshort.docket.clocks import stamp
from holdshort.docket.conflicts import Tie, ties_of
from holdshort.docket.conformance import tally
from holdshort.docket.duties import owed
from holdshort.docket.engagement import ENGAGEMENT
from holdshort.docket.qualification import ACCREDITATION, IN_FORCE, passed
from holdshort.docket.state import Case
from holdshort.register.canonical import Json

if TYPE_CHECKING:
    from holdshort.docket.docket import Docket

STARVED = "starved_"
"""How the facts of an engagement begin that say what the assessor lacks."""


@dataclass(frozen=True)
class Accreditation:
    """One accreditation and where it stands.

    ``since`` is when it was granted, ``until`` when it lapses unless it is renewed, ``visit`` when
    the next surveillance is due; None where there is no such time. ``paused``: it is suspended at
    once, before any hearing. ``passed``: areas whose proficiency test still counts, each with when
    it was scored.
    """

    case: str
    party: str
    state: str
    areas: tuple[str, ...]
    methods: tuple[str, ...]
    tier: int
    since: str | None
    until: str | None
    visit: str | None
    visit_late: bool
    appealed: bool
    paused: bool
    passed: Mapping[str, str]

    @property
    def in_force(self) -> bool:
        """Whether it qualifies anybody."""
        return self.state == IN_FORCE and not self.paused

    def __str__(self) -> str:
        state = "suspended at once" if self.paused else self.state
        return f"{state}, appealed" if self.appealed else state


@dataclass(frozen=True)
class Engagement:
    """One engagement: for which review, how it conforms, what the assessor lacks, who is recused.

    ``required`` and ``recommended`` count the conditions of the checklist by outcome.
    """

    case: str
    review: str
    party: str
    state: str
    checklist: str | None
    required: Mapping[str, int]
    recommended: Mapping[str, int]
    short_of_time: bool
    starved_of: tuple[str, ...]
    starvations: int
    recused: tuple[str, ...]


def accreditations(docket: "Docket", now: str, party: str | None = None) -> list[Accreditation]:
    """Every accreditation of ``party``, or of all, in the order in which they were applied for."""
    return [
        _accreditation(docket, case, now)
        for case in docket.cases.values()
        if case.kind == ACCREDITATION and party in (None, case.bound.get("holder"))
    ]


def engagements(docket: "Docket", now: str, party: str) -> list[Engagement]:
    """Every engagement of ``party``, in the order in which they were opened."""
    return [_engagement(docket, each, now) for each in docket.bound(ENGAGEMENT, "evaluator", party)]


def interests(docket: "Docket", party: str) -> dict[str, dict[str, Json]]:
    """What ``party`` declared last in each review in which it did, by the review."""
    found = {}
    for case in docket.cases.values():
        declared = case.memory.get("interests")
        said = declared.get(party) if isinstance(declared, dict) else None
        if isinstance(said, dict):
            found[case.id] = dict(said)
    return found


def ties(docket: "Docket", party: str) -> list[Tie]:
    """The ties of ``party`` that stand, whoever declared them."""
    return ties_of(docket, party)


def _accreditation(docket: "Docket", case: Case, now: str) -> Accreditation:
    granted = case.done("grant") or case.done("vary")
    visits = [each for each in owed(docket, case, now) if each.duty.id == "surveillance"]
    open_ = [each for each in visits if each.status != "met"]
    state = docket.state(case, now)
    running = state == IN_FORCE and case.lapse is not None
    return Accreditation(
        case=case.id,
        party=case.bound["holder"],
        state=state,
        areas=_texts(case.facts.get("scope")),
        methods=_texts(case.facts.get("methods")),
        tier=int(str(case.facts.get("tier", 0))),
        since=granted.at if granted else None,
        until=case.lapse.at if running and case.lapse else None,
        visit=stamp(open_[-1].due.at) if open_ and open_[-1].due else None,
        visit_late=any(each.status == "late" for each in open_),
        appealed=case.facts.get("appealed") is True,
        paused=state == IN_FORCE and case.facts.get("paused") is True,
        passed=passed(docket, case, now),
    )


def _engagement(docket: "Docket", case: Case, now: str) -> Engagement:
    record = next(iter(reversed(list(_recorded(case, "attach-conformance", "conformance")))), None)
    name = str(record.get("checklist")) if isinstance(record, dict) else None
    checklist = case.book.checklists.get(name) if name else None
    counted = tally(record, checklist) if checklist else {}
    lacks = (fact for fact, value in case.facts.items() if value is True)
    return Engagement(
        case=case.id,
        review=case.concerns or "",
        party=case.bound["evaluator"],
        state=docket.state(case, now),
        checklist=checklist.id if checklist else None,
        required=dict(counted.get("required", {})),
        recommended=dict(counted.get("recommended", {})),
        short_of_time=case.facts.get("short_of_time") is True,
        starved_of=tuple(f.removeprefix(STARVED) for f in lacks if f.startswith(STARVED)),
        starvations=sum(step.act == "record-starvation" for step in case.steps),
        recused=tuple(
            person if isinstance(person, str) else "(sealed)"
            for person in _recorded(case, "recuse", "person")
        ),
    )


def _recorded(case: Case, act: str, field: str) -> Iterator[Json]:
    """What an act said in a field, each time that it was done."""
    kept = case.memory.get("recorded")
    times = kept.get(act) if isinstance(kept, dict) else None
    for each in times if isinstance(times, list) else ():
        said = each.get("fields") if isinstance(each, dict) else None
        if isinstance(said, dict):
            yield said.get(field)


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list | tuple) else ()
