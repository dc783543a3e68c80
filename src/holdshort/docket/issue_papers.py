"""Issue papers: a question that matters, with two positions and what came of it.

They decide nothing, and nothing waits for them. What may be done with one the rulebook says, in
the case kind ``issue-paper``; here is read whether it comes before the determination, and what was
said.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from holdshort.docket.state import Case
from holdshort.register.canonical import Json

if TYPE_CHECKING:
    from holdshort.docket.checks import Question

ISSUE_PAPER = "issue-paper"
UNDETERMINED = ("declared", "assigned", "locked", "testing", "assessed")
"""States of a review in which nothing is determined."""


@dataclass(frozen=True)
class Said:
    """One thing said in an issue paper: by which act, by whom, when, and in which words."""

    entry: int
    at: str
    act: str
    by: str
    words: tuple[tuple[str, str], ...]


def review_undetermined(question: "Question") -> bool:
    """The review is open, and no determination stands in it."""
    review = question.docket.cases.get(str(question.fields.get("concerns")))
    return review is not None and question.docket.state(review, question.act.at) in UNDETERMINED


def said(case: Case) -> list[Said]:
    """All that both sides put into a case whose acts are recorded, in the order of the log."""
    return sorted(_said(case), key=lambda each: each.entry)


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
