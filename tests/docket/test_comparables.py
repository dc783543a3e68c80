"""Every point at which an office has a choice, and the earlier cases that were like it."""

from typing import TYPE_CHECKING

import pytest

from holdshort.docket.choices import WAIT, offices
from holdshort.docket.comparables import choices, comparables, exact

if TYPE_CHECKING:
    from tests.docket.conftest import World

    from holdshort.rulebook.model import Rulebook


def test_offices_are_the_agency_and_the_court(aaif: "Rulebook") -> None:
    found = offices(aaif, "register")
    assert "court" in found
    assert "authority.case-officer" in found
    assert found.isdisjoint({"developer", "assessor", "register"})


class TestChoices:
    """One for each act that an office could have left undone, or done otherwise."""

    def test_it_names_what_else_was_open_at_that_moment(self, world: "World") -> None:
        world.assessed({"cybersecurity": "inconclusive"})
        world.determine("clear-with-conditions")
        made = {choice.act: choice for choice in choices(world.docket)}
        assert made["review.clear-with-conditions"].alternatives == (WAIT,)
        assert made["review.clear-with-conditions"].point == "review: assessed"
        assert made["review.clear-with-conditions"].outcome == {"state": "conditional"}
        assert made["review.clear-with-conditions"].facts["case.finding"] == {
            **dict.fromkeys(world.book.areas, "acceptable"),
            "cybersecurity": "inconclusive",
        }

    def test_what_happened_later_does_not_change_it(self, world: "World") -> None:
        world.referred()
        world.restrict()
        before = list(choices(world.docket))
        world.later(days=3)
        world.file("restriction.withdraw", by="officer", case="bar")
        world.file("register.suspend-party", by="registrar", case="register", party="officer")
        assert list(choices(world.docket))[: len(before)] == before

    def test_acts_of_developers_and_assessors_are_not_choices_of_an_office(
        self, world: "World"
    ) -> None:
        world.cleared()
        assert {choice.by for choice in choices(world.docket)} <= {
            "accreditor",
            "officer",
            "decider",
        }


@pytest.fixture
def one_bar(world: "World") -> "World":
    """A restriction that the Agency opened and gave up, and a second one that is open."""
    world.referred()
    world.restrict("first")
    world.later(hours=5)
    world.file("restriction.withdraw", by="officer", case="first")
    world.restrict("second")
    return world


class TestComparables:
    """Earlier cases at the same point, by their facts and never by who they are about."""

    def test_an_equal_case_is_an_exact_comparable(self, one_bar: "World") -> None:
        found = comparables(one_bar.docket, one_bar.case("second"), one_bar.now)
        last = [each for each in found if each.case == "first"][-1]
        assert (last.choice.act, last.exact) == ("restriction.withdraw", True)
        assert exact(one_bar.docket, one_bar.case("second"), one_bar.now) == ["first"]

    def test_paperwork_of_the_office_does_not_make_it_unlike(self, one_bar: "World") -> None:
        one_bar.restrict("third", petition=False)  # the others were petitioned at once
        assert exact(one_bar.docket, one_bar.case("third"), one_bar.now) == ["first", "second"]

    def test_another_finding_does(self, one_bar: "World") -> None:
        one_bar.weights = "ac" * 32
        one_bar.assessed({"cybersecurity": "unacceptable", "automated_rnd": "inconclusive"}, "r2")
        one_bar.restrict("other", petition=False, concerns="r2")
        found = comparables(one_bar.docket, one_bar.case("other"), one_bar.now)
        assert {each.differs for each in found} == {("review.finding",)}
        assert exact(one_bar.docket, one_bar.case("other"), one_bar.now) == []

    def test_it_says_how_long_it_took(self, one_bar: "World") -> None:
        found = comparables(one_bar.docket, one_bar.case("second"), one_bar.now)
        assert str([each for each in found if each.case == "first"][-1].took) == "5:00:00"
