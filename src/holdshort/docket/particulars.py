"""What holds for one review in particular: special conditions, issue papers, waivers.

Each is a case of its own that concerns the review. Here they stand together, as a reader wants
them: what each is about, how it stands, until when, and what was said in it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from holdshort.docket.issue_papers import ISSUE_PAPER
from holdshort.docket.special_conditions import SPECIAL_CONDITION
from holdshort.docket.state import Case
from holdshort.docket.waivers import WAIVER
from holdshort.register.canonical import Json

if TYPE_CHECKING:
    from holdshort.docket.docket import Docket

KINDS = (SPECIAL_CONDITION, ISSUE_PAPER, WAIVER)


@dataclass(frozen=True)
class Particular:
    """One of them. ``until`` is when its state ends by itself (RFC 3339), None if it does not."""

    case: str
    kind: str
    state: str
    about: str
    until: str | None


@dataclass(frozen=True)
class Said:
    """One thing said in a case: in which act, by whom, when, and in which words, by their names."""

    entry: int
    at: str
    act: str
    by: str
    words: tuple[tuple[str, str], ...]


def particulars(docket: "Docket", review: Case, now: str) -> list[Particular]:
    """The special conditions, issue papers and waivers of a review, as they stand at ``now``."""
    concerning = (docket.cases[id_] for id_ in review.concerned_by)
    return [
        Particular(
            each.id,
            each.kind,
            docket.state(each, now),
            _about(each),
            each.lapse.at if each.lapse and now < each.lapse.at else None,
        )
        for each in concerning
        if each.kind in KINDS
    ]


def said(case: Case) -> list[Said]:
    """What was stated in the acts of a case that are recorded, in the order of the log."""
    return sorted(_said(case), key=lambda each: each.entry)


def _about(case: Case) -> str:
    facts = case.facts
    if case.kind == SPECIAL_CONDITION:
        return f"{facts.get('feature')}, in {facts.get('area')}"
    if case.kind == ISSUE_PAPER:
        outcome = facts.get("outcome")
        ended = "no conclusion" if outcome == "none" else f"concluded: {outcome}"
        dissent = ", with a dissent" if facts.get("dissented") else ""
        return f"{facts.get('subject')}; {ended}{dissent}"
    told = f"{facts.get('what')} of {facts.get('of')}, {facts.get('ground')}"
    names = [text for each in said(case) for name, text in each.words if name == "approver"]
    return f"{told}; granted by {names[-1]}" if names else told


def _said(case: Case) -> Iterator[Said]:
    kept = case.memory.get("recorded")
    law = case.book.cases[case.kind]
    for act, times in kept.items() if isinstance(kept, dict) else ():
        for each in times if isinstance(times, list) else ():
            if isinstance(each, dict):
                yield Said(
                    _entry(each.get("entry")),
                    str(each.get("at")),
                    act,
                    str(each.get("by")),
                    tuple(_words(each.get("fields"), law.acts[act].must_state)),
                )


def _entry(value: Json) -> int:
    return value if isinstance(value, int) else -1


def _words(fields: Json, stated: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    told = fields if isinstance(fields, dict) else {}
    return ((name, str(told.get(name))) for name in stated)
