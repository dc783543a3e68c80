"""Whether a model is covered: yes, no, or it cannot be told, and then why."""

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.docket.conftest import World

from holdshort.docket.attested import coverage_reasons
from holdshort.rulebook.model import Rulebook

NOTHING: dict[str, Any] = {"training_compute": None, "ai_revenue": None, "ai_rnd_spend": None}


@pytest.mark.parametrize(
    ("said", "decision"),
    [
        ({"training_compute": "1.1e25", "ai_revenue": "500000001"}, "covered"),
        ({"training_compute": "1.1e25", "ai_rnd_spend": "1000000001"}, "covered"),
        ({"training_compute": "1.1e25", "ai_revenue": "1", "ai_rnd_spend": "2e9"}, "covered"),
        # The thresholds are to be exceeded, and met is not exceeded, to the last digit.
        ({"training_compute": "1e25", "ai_revenue": "1e9"}, "not covered"),
        ({"training_compute": "10000000000000000000000001", "ai_revenue": "1e9"}, "covered"),
        (
            {"training_compute": "2e25", "ai_revenue": "500e6", "ai_rnd_spend": "1e9"},
            "not covered",
        ),
        # One missing fact leaves it open only where it could decide.
        ({"training_compute": "1e24"}, "not covered"),
        ({"ai_revenue": "1", "ai_rnd_spend": "1"}, "not covered"),
        ({"training_compute": "2e25"}, "indeterminate"),
        ({"training_compute": "2e25", "ai_revenue": "1"}, "indeterminate"),
        ({"ai_revenue": "1e9"}, "indeterminate"),
        ({}, "indeterminate"),
    ],
)
def test_coverage_is_decided_by_the_clause_on_what_was_attested(
    world: "World", said: dict[str, str], decision: str
) -> None:
    world.declare(**(NOTHING | said))
    assert world.case().facts["coverage"] == decision


def test_the_reasons_show_every_comparison_with_the_values_of_the_case(world: "World") -> None:
    world.declare(**(NOTHING | {"training_compute": "3.8e25", "ai_revenue": "7e8"}))
    reasons = coverage_reasons(world.case())
    assert len(reasons) == 3
    assert "model.training_compute (3.8e25) > value.compute_threshold (1e25): true" in reasons[0]
    assert "true" in reasons[1]
    assert "developer.ai_rnd_spend not known" in reasons[2]


def test_what_is_missing_is_named(world: "World") -> None:
    world.declare(**NOTHING)
    reasons = "\n".join(coverage_reasons(world.case()))
    for fact in world.book.facts:
        assert f"({fact} not known)" in reasons


@pytest.mark.parametrize("number", ["-1", "NaN", "Infinity", "1e99999", 10, "ten", "1_0", " 1", ""])
def test_what_is_no_quantity_is_not_attested(world: "World", number: object) -> None:
    assert "written as a text like '3.8e25'" in world.refused(
        "review.declare", by="acme", model="M", facts={}, training_compute=number
    )


class TestBasis:
    """A case keeps the law that was in force on the day it was opened, in the regime's zone."""

    LATER = (
        "history: [{from: 2026-06-10, value: 1e25,",
        "history: [{from: 2026-06-10, value: 1e24, cite: house}, {from: 2026-11-04, value: 1e25,",
    )

    @pytest.fixture
    def changing(
        self, amended: "Callable[..., Rulebook]", make_world: "Callable[..., World]"
    ) -> "World":
        """The threshold rises on Wednesday 4 November 2026."""
        return make_world(amended(self.LATER))

    def test_a_case_opened_before_a_change_keeps_the_old_value(self, changing: "World") -> None:
        changing.declare("early", training_compute="5e24")
        changing.later(days=2)
        changing.declare("late", weights=None, training_compute="5e24")
        assert changing.case("early").facts["coverage"] == "covered"
        assert changing.case("late").facts["coverage"] == "not covered"
        assert "(1e24): true" in coverage_reasons(changing.case("early"))[0]

    def test_the_day_begins_at_midnight_in_new_york_not_in_greenwich(
        self, changing: "World"
    ) -> None:
        changing.moment = changing.moment.replace(day=4, hour=4, minute=59)
        changing.declare("just-before", training_compute="5e24")
        changing.later(minutes=1)
        changing.declare("just-after", weights=None, training_compute="5e24")
        assert changing.case("just-before").facts["coverage"] == "covered"
        assert changing.case("just-after").facts["coverage"] == "not covered"

    def test_before_the_first_value_it_cannot_be_told(
        self, amended: "Callable[..., Rulebook]", make_world: "Callable[..., World]"
    ) -> None:
        book = amended(("{from: 2026-06-10, value: 1e25,", "{from: 2027-01-01, value: 1e25,"))
        world = make_world(book)
        world.declare()
        assert world.case().facts["coverage"] == "indeterminate"
        reasons = coverage_reasons(world.case())
        assert "value.compute_threshold not known" in reasons[0]


def test_a_fact_may_be_a_yes_or_no(
    amended: "Callable[..., Rulebook]", make_world: "Callable[..., World]"
) -> None:
    fact = "  model.frontier: {type: bool, attested_by: developer, says: Leads.}\n"
    field = "leads: {type: bool, optional: true, fact: model.frontier, says: Leads.}\n          "
    book = amended(
        ("  model.training_compute:\n", f"{fact}  model.training_compute:\n"),
        ("    model.training_compute > ", "    model.frontier || model.training_compute > "),
        ("training_compute: {type: decimal,", f"{field}training_compute: {{type: decimal,"),
    )
    world = make_world(book)
    world.declare("yes", **NOTHING, leads=True)
    world.declare("no", weights=None, **(NOTHING | {"training_compute": "1"}), leads=False)
    assert world.case("yes").facts["coverage"] == "covered"
    assert world.case("no").facts["coverage"] == "not covered"
    assert coverage_reasons(world.case("yes"))[0] == "model.frontier: true"
