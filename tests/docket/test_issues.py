"""Issue papers: two positions on what matters, a conclusion or none, and nothing that waits."""

from typing import TYPE_CHECKING, Any

import pytest

from holdshort.docket.particulars import said
from holdshort.register.status import Status

if TYPE_CHECKING:
    from tests.docket.conftest import World

SAID: dict[str, Any] = {"concerns": "r", "subject": "method-of-testing"}


@pytest.fixture
def declared(world: "World") -> "World":
    world.declare()
    return world


def by_authority(world: "World", case: str = "i", **more: Any) -> None:
    world.file("issue-paper.open-by-authority", by="officer", case=case, **(SAID | more))


def by_developer(world: "World", case: str = "i", **more: Any) -> None:
    world.file("issue-paper.open-by-developer", by="acme", case=case, **(SAID | more))


def conclude(world: "World", outcome: str = "developer") -> None:
    world.file("issue-paper.conclude", by="decider", case="i", outcome=outcome)


class TestTwoSides:
    """Either side opens it, and neither is concluded against unheard."""

    def test_either_side_opens_one(self, declared: "World") -> None:
        by_authority(declared)
        by_developer(declared, "i2")
        refusal = declared.refused("issue-paper.open-by-developer", by="rival", case="i3", **SAID)
        assert "Only the holder of r may do this" in refusal

    def test_both_are_heard_before_it_is_concluded(self, declared: "World") -> None:
        by_authority(declared, position="Ten tasks are too few.")
        refusal = declared.refused(
            "issue-paper.conclude", by="decider", case="i", outcome="authority"
        )
        assert "Both positions are stated" in refusal
        assert "[aaif, process: fair]" in refusal
        declared.file(
            "issue-paper.state-developer-position", by="acme", case="i", position="Ten will do."
        )
        conclude(declared)
        facts = declared.case("i").facts
        assert (declared.state("i"), facts["outcome"]) == ("concluded", "developer")
        positions = [dict(each.words)["position"] for each in said(declared.case("i"))[:2]]
        assert positions == ["Ten tasks are too few.", "Ten will do."]

    def test_a_developer_that_lets_its_time_run_out_is_not_waited_for(
        self, declared: "World"
    ) -> None:
        by_authority(declared)
        declared.later(days=30)
        conclude(declared, "authority")
        assert declared.state("i") == "concluded"

    def test_the_agency_does_not_conclude_by_keeping_silent(self, declared: "World") -> None:
        by_developer(declared)
        declared.later(days=30)
        refusal = declared.refused(
            "issue-paper.conclude", by="decider", case="i", outcome="authority"
        )
        assert "Both positions are stated" in refusal

    def test_positions_are_stated_anew_and_nothing_is_lost(self, declared: "World") -> None:
        by_developer(declared, position="First.")
        declared.file("issue-paper.state-developer-position", by="acme", case="i", position="Then.")
        words = [dict(each.words)["position"] for each in said(declared.case("i"))]
        assert words == ["First.", "Then."]

    def test_the_developer_dissents(self, declared: "World") -> None:
        by_authority(declared)
        declared.file("issue-paper.state-developer-position", by="acme", case="i")
        conclude(declared, "between")
        declared.file("issue-paper.dissent", by="acme", case="i")
        assert declared.case("i").facts["dissented"] is True


class TestItNeverBlocks:
    """Its clock closes it, and no act of a review asks for it."""

    def test_an_issue_that_nobody_concludes_closes_by_itself(self, declared: "World") -> None:
        by_authority(declared)
        declared.later(days=61)
        assert declared.state("i") == "closed"
        assert declared.case("i").facts["outcome"] == "none"
        refusal = declared.refused(
            "issue-paper.conclude", by="decider", case="i", outcome="authority"
        )
        assert "needs the state open; the case is closed" in refusal

    def test_stating_a_position_anew_does_not_stop_the_clock(self, declared: "World") -> None:
        by_authority(declared)
        declared.later(days=50)
        declared.file("issue-paper.state-authority-position", by="officer", case="i")
        declared.later(days=11)
        assert declared.state("i") == "closed"

    def test_a_conclusion_closes_after_the_time_for_a_dissent(self, declared: "World") -> None:
        by_authority(declared)
        declared.file("issue-paper.state-developer-position", by="acme", case="i")
        conclude(declared)
        declared.later(days=16)
        assert declared.state("i") == "closed"

    def test_a_model_is_cleared_while_an_issue_is_open(self, world: "World") -> None:
        world.assessed()
        by_authority(world)
        world.determine("clear")
        world.issue()
        assert world.status() is Status.VALID
        assert world.state("i") == "open"

    def test_after_the_determination_none_is_opened(self, world: "World") -> None:
        world.assessed()
        world.determine("clear")
        for side, by in (("authority", "officer"), ("developer", "acme")):
            refusal = world.refused(f"issue-paper.open-by-{side}", by=by, case="i", **SAID)
            assert "nothing is determined in it yet" in refusal
