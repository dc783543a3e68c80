"""A lapse into a state is laid to the acts that have it come."""

from dataclasses import replace

import pytest

from holdshort.docket.stories import replay
from holdshort.rulebook.entering import wrong_lapses
from holdshort.rulebook.load import open_rulebook
from holdshort.rulebook.model import Entering, Rulebook
from holdshort.rulebook.proof import prove
from holdshort.rulebook.proof.result import PROVEN, REFUTED, Result

BOOK = open_rulebook("aaif")


def alone(limit: str, **acts: str) -> Rulebook:
    """The book with one limit, on what is overdue; some acts are done by another office."""
    kind = BOOK.cases["compliance"]
    given = {name.replace("_", "-"): by for name, by in acts.items()}
    changed = {
        name: replace(act, by=given[name]) if name in given else act
        for name, act in kind.acts.items()
    }
    cases = {**BOOK.cases, "compliance": replace(kind, acts=changed)}
    asked = BOOK.limits[limit]
    assert asked.entering
    only = replace(asked, entering=replace(asked.entering, states=("overdue",)), required=None)
    return replace(BOOK, limits={limit: only}, cases=cases)


def decided(book: Rulebook) -> Result:
    (result,) = prove(book).results
    return result


def test_a_bar_that_begins_by_itself_is_the_courts_where_the_court_set_its_time() -> None:
    assert decided(alone("compliance-court")).verdict == PROVEN


def test_and_the_case_officers_where_the_case_officer_did() -> None:
    book = alone("compliance-court", extend="authority.case-officer")
    result = decided(book)
    assert result.verdict == REFUTED
    assert result.story
    assert result.story.deeds[-1].lapses
    told = replay(book, result.story)
    assert told.agrees
    assert "compliance.extend has it come by itself" in told.says


def test_the_act_that_sets_the_time_states_what_the_bar_needs() -> None:
    kind = BOOK.cases["compliance"]
    asked = Entering(("overdue",), (), ("hearing",), lapses=False)
    assert "order-within-72-hours" in wrong_lapses(BOOK, kind, asked)["overdue"]


@pytest.mark.parametrize(
    ("asked", "wrong"),
    [
        (Entering(("overdue",), ("court",), ("reasons", "evidence"), lapses=False), set()),
        (Entering(("overdue",), ("court",), (), lapses=True), {"overdue"}),
        (Entering(("overdue", "served"), ("authority",), (), lapses=False), {"overdue", "served"}),
        (Entering(("reported",), ("authority",), ("anything",), lapses=True), set()),
    ],
)
def test_only_states_that_something_lapses_into_are_asked_about(
    asked: Entering, wrong: set[str]
) -> None:
    assert set(wrong_lapses(BOOK, BOOK.cases["compliance"], asked)) == wrong
