"""An Agency that keeps silent: a draw goes on without it, and silence refuses nothing."""

from typing import TYPE_CHECKING, Any

import pytest

from holdshort.docket.drawing import lot
from holdshort.register.status import Status

if TYPE_CHECKING:
    from tests.docket.conftest import World

LATE = 40
"""Days after which the Agency is late with what it owes."""


def standing(world: "World", duty: str) -> str:
    return [each for each in world.docket.duties(world.now) if each.duty.id == duty][-1].status


@pytest.fixture
def waiting(world: "World") -> "World":
    """The developer has committed to its half of the seed, and the Agency has not."""
    world.declare()
    world.declare_interests("lab-a")
    world.declare_interests("lab-b")
    made = world.commitment(world.half("acme"))
    world.file("review.commit-developer", by="acme", commitment=made)
    return world


def step_in(world: "World") -> None:
    made = world.commitment(world.half("judge"))
    world.file("review.commit-for-authority", by="judge", commitment=made)


class TestTheDraw:
    """The court makes the Agency's half where the Agency does not."""

    def test_nobody_steps_in_before_the_agency_is_late(self, waiting: "World") -> None:
        made = waiting.commitment(waiting.half("judge"))
        assert "not committed in time" in waiting.refused(
            "review.commit-for-authority", by="judge", commitment=made
        )

    def test_the_court_commits_and_reveals_and_the_lot_draws(self, waiting: "World") -> None:
        waiting.later(days=LATE)
        assert standing(waiting, "authority-commitment") == "late"
        step_in(waiting)
        waiting.witness()
        waiting.file("review.reveal-for-authority", by="judge", value=waiting.half("judge"))
        assert standing(waiting, "authority-reveal") == "met"
        assert standing(waiting, "developer-reveal") == "running"
        waiting.file("review.reveal-developer", by="acme", value=waiting.half("acme"))
        assert lot(waiting.docket, waiting.case(), waiting.now)
        waiting.file("review.assign", by="officer", **waiting.assignment())
        assert waiting.state() == "assigned"

    def test_what_the_court_committed_to_the_agency_cannot_reveal(self, waiting: "World") -> None:
        waiting.later(days=LATE)
        step_in(waiting)
        waiting.witness()
        assert "committed to" in waiting.refused(
            "review.reveal-authority", by="officer", value=waiting.half("judge")
        )

    def test_an_agency_that_has_committed_is_not_replaced(self, waiting: "World") -> None:
        made = waiting.commitment(waiting.half("officer"))
        waiting.file("review.commit-authority", by="officer", commitment=made)
        waiting.later(days=LATE)
        assert standing(waiting, "authority-commitment") == "met"
        other = waiting.commitment(waiting.half("judge"))
        assert "made once" in waiting.refused(
            "review.commit-for-authority", by="judge", commitment=other
        )


class TestTheDetermination:
    """Where the Agency is late, what is due is taken, and what is not goes to court."""

    def test_what_is_due_is_taken_once_the_agency_is_late(self, world: "World") -> None:
        world.assessed("acceptable")
        said: dict[str, Any] = {"inputs": world.findings()}
        assert "is late with its determination" in world.refused(
            "review.clear-as-of-right", by="acme", **said
        )
        world.later(days=LATE)
        world.file("review.clear-as-of-right", by="acme", **said)
        world.issue()
        assert world.status() is Status.VALID
        assert standing(world, "determination") == "late"

    @pytest.mark.parametrize("outcome", ["inconclusive", "unacceptable"])
    def test_nothing_else_is_ever_taken(self, world: "World", outcome: str) -> None:
        world.assessed({"cybersecurity": outcome})
        world.later(days=LATE)
        assert "every area has an acceptable finding" in world.refused(
            "review.clear-as-of-right", by="acme", inputs=world.findings()
        )

    def test_nor_on_other_findings_than_those_of_the_review(self, world: "World") -> None:
        world.assessed("acceptable")
        world.later(days=LATE)
        world.refused("review.clear-as-of-right", by="acme", inputs=world.findings()[:-1])

    def test_silence_is_appealed_and_the_court_sets_conditions(self, world: "World") -> None:
        world.assessed({"cybersecurity": "inconclusive"})
        assert "late" in world.refused("review.appeal-silence", by="acme")
        world.later(days=LATE)
        world.file("review.appeal-silence", by="acme")
        assert standing(world, "decision-on-determination-appeal") == "running"
        assert "conditions to uphold" in world.refused("review.uphold-conditions", by="judge")
        world.file("review.vary-conditions", by="judge")
        world.issue()
        assert world.status() is Status.CONDITIONAL

    def test_the_court_refers_what_was_found_unacceptable(self, world: "World") -> None:
        world.assessed({"cybersecurity": "unacceptable"})
        world.later(days=LATE)
        world.file("review.appeal-silence", by="acme")
        world.refused("review.vary-conditions", by="judge")
        world.file("review.uphold", by="judge")
        assert world.state() == "referred"

    def test_the_court_sets_no_conditions_where_everything_is_acceptable(
        self, world: "World"
    ) -> None:
        world.assessed("acceptable")
        world.later(days=LATE)
        world.file("review.appeal-silence", by="acme")
        assert "Conditions answer an inconclusive finding" in world.refused(
            "review.vary-conditions", by="judge"
        )
        world.file("review.remit", by="judge")
        assert "late" in world.refused("review.appeal-silence", by="acme")
        world.later(days=LATE)
        world.file("review.clear-as-of-right", by="acme", inputs=world.findings())
        assert world.state() == "cleared"
