"""Who is independent of whom: what an assessor declares, and what the record says against it."""

from typing import TYPE_CHECKING, Any

import pytest

from holdshort.docket.conflicts import ties_of
from holdshort.docket.drawing import serving

if TYPE_CHECKING:
    from tests.docket.conftest import World


def tie(world: "World", holder: str, other: str, **said: Any) -> None:
    file = f"ties-{holder}"
    if file not in world.docket.cases:
        world.file("ties.open", by=holder, case=file)
    fields = {"other": other, "kind": "equity", "share": "5", "disqualifying": True} | said
    world.later(seconds=1)
    world.file("ties.declare-tie", by=holder, case=file, **fields)


class TestInterests:
    """What an assessor declares in a review."""

    @pytest.mark.parametrize(
        "interest",
        [
            {"ownership": True},
            {"control": True},
            {"contingent_pay": True},
            {"personal_equity": True},
            {"funding_share": "20.5"},
        ],
        ids=lambda interest: next(iter(interest)),
    )
    def test_what_disqualifies_must_be_declared_as_a_conflict(
        self, world: "World", interest: dict[str, Any]
    ) -> None:
        world.declare()
        fields = world.declaration(**interest)
        says = world.refused("review.declare-interests", by="lab-a", **fields)
        assert "conflict" in says
        world.file("review.declare-interests", by="lab-a", **fields | {"conflict": True})
        assert serving(world.docket, world.case(), world.now) == []

    @pytest.mark.parametrize(
        "interest",
        [
            {"dual_roles": True},
            {"shared_model_lineage": True},
            {"paid_by_competitor": True},
            {"separate_agreements": True},
            {"funding_share": "20"},
            {"personal_equity": True, "equity_recused": True},
        ],
        ids=lambda interest: "-".join(interest),
    )
    def test_what_is_only_to_be_disclosed_disqualifies_nobody(
        self, world: "World", interest: dict[str, Any]
    ) -> None:
        world.declare()
        world.declare_interests("lab-a", **interest)
        assert serving(world.docket, world.case(), world.now) == ["lab-a"]


class TestTies:
    """What either side has on record."""

    @pytest.mark.parametrize(("holder", "other"), [("lab-a", "acme"), ("acme", "lab-a")])
    def test_a_tie_that_either_side_declared_keeps_the_assessor_out_of_the_draw(
        self, world: "World", holder: str, other: str
    ) -> None:
        tie(world, holder, other)
        world.declare()
        world.declare_interests("lab-a")
        world.declare_interests("lab-b")
        assert serving(world.docket, world.case(), world.now) == ["lab-b"]

    def test_the_refusal_names_the_contradiction(self, world: "World") -> None:
        assessor = world.assign()
        world.lock()
        tie(world, "acme", assessor)
        says = world.refused(
            "review.file-finding", by=assessor, **world.finding("cybersecurity", "acceptable")
        )
        assert f"{assessor} declared no conflict, but acme has on record equity of 5 %" in says
        assert f"with {assessor} (ties-acme, entry {world.docket.size - 1})." in says

    def test_a_tie_with_somebody_else_is_nothing_here(self, world: "World") -> None:
        tie(world, "lab-a", "rival")
        tie(world, "rival", "acme")
        world.declare()
        world.declare_interests("lab-a")
        assert serving(world.docket, world.case(), world.now) == ["lab-a"]

    def test_a_tie_that_is_ended_keeps_nobody_out(self, world: "World") -> None:
        tie(world, "acme", "lab-a")
        world.declare()
        world.declare_interests("lab-a")
        said = {"other": "lab-a", "kind": "equity"}
        world.file("ties.end-tie", by="acme", case="ties-acme", **said)
        assert serving(world.docket, world.case(), world.now) == ["lab-a"]
        assert ties_of(world.docket, "lab-a") == []
        world.later(seconds=1)
        says = world.refused("ties.end-tie", by="acme", case="ties-acme", **said)
        assert "No tie of the kind equity with lab-a stands here." in says

    @pytest.mark.parametrize(
        ("kind", "share", "disqualifies"),
        [
            ("equity", "0.01", True),
            ("board-seat", "0", True),
            ("payment", "20", False),
            ("payment", "20.01", True),
            ("compute-credits", "1", False),
            ("none-known", "0", False),
        ],
    )
    def test_the_book_says_which_tie_disqualifies_and_nobody_says_otherwise(
        self, world: "World", kind: str, share: str, *, disqualifies: bool
    ) -> None:
        said = {"kind": kind, "share": share, "disqualifying": disqualifies}
        tie(world, "lab-a", "acme", **said)
        wrong = said | {"other": "acme", "disqualifying": not disqualifies}
        says = world.refused("ties.declare-tie", by="lab-a", case="ties-lab-a", **wrong)
        assert "disqualify" in says
        world.declare()
        world.declare_interests("lab-a")
        assert serving(world.docket, world.case(), world.now) == ([] if disqualifies else ["lab-a"])

    def test_everybody_keeps_its_own_file(self, world: "World") -> None:
        tie(world, "lab-a", "acme", kind="none-known", share="0", disqualifying=False)
        said = {"other": "acme", "kind": "equity", "share": "5", "disqualifying": True}
        assert "Only the holder of ties-lab-a" in world.refused(
            "ties.declare-tie", by="rival", case="ties-lab-a", **said
        )

    def test_what_one_side_has_declared_is_found_from_the_other(self, world: "World") -> None:
        tie(world, "lab-a", "acme", kind="contract", share="3", disqualifying=False)
        (kept,) = ties_of(world.docket, "acme")
        assert (kept.holder, kept.kind, kept.share) == ("lab-a", "contract", "3")
