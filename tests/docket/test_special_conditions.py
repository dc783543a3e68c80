"""Special conditions: a further test for what is novel, in public, and no ground to refuse."""

from typing import TYPE_CHECKING, Any

import pytest

from holdshort.docket.special_conditions import in_force, pending
from holdshort.register.status import Status

if TYPE_CHECKING:
    from tests.docket.conftest import World

SAID: dict[str, Any] = {"concerns": "r", "feature": "autonomy", "area": "loss_of_control"}


@pytest.fixture
def declared(world: "World") -> "World":
    """A model that is declared, before any draw."""
    world.declare()
    for assessor in ("lab-a", "lab-b"):
        world.declare_interests(assessor)
    return world


def propose(world: "World", case: str = "s", **said: Any) -> None:
    world.file("special-condition.propose", by="officer", case=case, **(SAID | said))


def adopt(world: "World", case: str = "s") -> None:
    propose(world, case)
    world.later(days=31)
    world.file("special-condition.adopt", by="decider", case=case)


def assign(world: "World") -> str:
    """From the draw to the terms of the assessor."""
    world.commit()
    world.reveal()
    world.file("review.assign", by="officer", **world.assignment())
    world.engage()
    return world.assessor()


def told(case: str = "s", says: str = "Fifty tasks of many steps.") -> list[dict[str, str]]:
    return [{"case": case, "says": says}]


def under_test(world: "World") -> None:
    """A review under one special condition, with every finding filed."""
    adopt(world)
    by = assign(world)
    world.file("review.lock-protocol", by=by, **world.protocol(), special_conditions=told())
    world.file("review.contribute-seed", by="acme", value=world.secret("r acme items"))
    world.find(dict.fromkeys(world.book.areas, "acceptable"))


class TestHowItIsMade:
    """By the case officer, soon; by the decision maker, after comments; for a time."""

    def test_comments_come_before_it_is_adopted(self, declared: "World") -> None:
        propose(declared)
        declared.file("special-condition.comment", by="rival", case="s")
        declared.file("special-condition.comment", by="acme", case="s")
        declared.later(days=20)
        refusal = declared.refused("special-condition.adopt", by="decider", case="s")
        assert "The time for comments is over. [house, after 14 CFR 11.19 and 11.38" in refusal
        declared.later(days=11)
        declared.file("special-condition.adopt", by="decider", case="s")
        assert in_force(declared.docket, declared.case(), declared.now) == ["s"]

    @pytest.mark.parametrize("missing", ["same_level_of_safety", "answer_to_comments", "reasons"])
    def test_it_states_that_the_level_of_safety_is_the_same(
        self, declared: "World", missing: str
    ) -> None:
        propose(declared)
        declared.later(days=31)
        said = {missing: " "}
        refusal = declared.refused("special-condition.adopt", by="decider", case="s", **said)
        assert missing in refusal

    def test_the_officer_who_proposes_it_does_not_adopt_it(self, declared: "World") -> None:
        propose(declared)
        declared.later(days=31)
        refusal = declared.refused("special-condition.adopt", by="officer", case="s")
        assert "Only the authority's decision maker may do this" in refusal

    def test_it_ends_by_itself_after_a_year(self, declared: "World") -> None:
        adopt(declared)
        declared.later(days=370)
        assert declared.state("s") == "lapsed"
        assert in_force(declared.docket, declared.case(), declared.now) == []

    def test_it_comes_within_thirty_days_of_the_declaration(self, declared: "World") -> None:
        declared.later(days=31)
        refusal = declared.refused("special-condition.propose", by="officer", case="s", **SAID)
        assert "It is proposed soon after the model was declared" in refusal

    def test_the_same_is_not_proposed_twice(self, declared: "World") -> None:
        propose(declared)
        declared.file("special-condition.withdraw", by="officer", case="s")
        refusal = declared.refused("special-condition.propose", by="officer", case="s2", **SAID)
        assert "not for the same feature and risk again" in refusal
        propose(declared, "s2", feature="modality")

    def test_it_comes_before_the_draw(self, declared: "World") -> None:
        declared.commit()
        refusal = declared.refused("special-condition.propose", by="officer", case="s", **SAID)
        assert "It is proposed before the draw" in refusal


class TestItIsNoWayToBlock:
    """The draw waits for what is proposed, for forty-five days at most."""

    def test_only_the_agency_waits_and_only_until_it_lapses(self, declared: "World") -> None:
        propose(declared)
        made = {party: declared.commitment(declared.half(party)) for party in ("acme", "officer")}
        declared.file("review.commit-developer", by="acme", commitment=made["acme"])
        refusal = declared.refused(
            "review.commit-authority", by="officer", commitment=made["officer"]
        )
        assert "No special condition is proposed for this review" in refusal
        assert "s is proposed, until 2026-12-18" in refusal
        declared.later(days=46)
        assert declared.state("s") == "lapsed"
        assert pending(declared.docket, declared.case(), declared.now) == []
        declared.file("review.commit-authority", by="officer", commitment=made["officer"])

    def test_what_has_lapsed_is_adopted_no_more(self, declared: "World") -> None:
        propose(declared)
        declared.later(days=46)
        refusal = declared.refused("special-condition.adopt", by="decider", case="s")
        assert "needs the state proposed; the case is lapsed" in refusal

    def test_however_many_are_proposed_the_wait_ends(self, declared: "World") -> None:
        for number, feature in enumerate(("modality", "architecture", "training")):
            propose(declared, f"s{number}", feature=feature)
            declared.later(days=14)
        refusal = declared.refused("special-condition.propose", by="officer", case="s9", **SAID)
        assert "soon after" in refusal
        declared.later(days=35)  # 77 days after the declaration
        assert pending(declared.docket, declared.case(), declared.now) == []

    def test_it_does_not_touch_another_review(self, declared: "World") -> None:
        propose(declared)
        declared.weights = "ef" * 32
        declared.declare("r2", by="rival")
        assert pending(declared.docket, declared.case("r2"), declared.now) == []


class TestWhatItDoes:
    """It is tested, and what came of it is said; the findings alone decide."""

    def test_the_protocol_says_how_it_is_tested(self, declared: "World") -> None:
        adopt(declared)
        by = assign(declared)
        protocol = declared.protocol()
        for wrong in (None, [], told("nothing"), told(says=" "), told() * 2, ["s"], "s"):
            said: dict[str, Any] = {} if wrong is None else {"special_conditions": wrong}
            refusal = declared.refused("review.lock-protocol", by=by, **protocol, **said)
            if not isinstance(wrong, str):
                assert "It says of every special condition in force" in refusal
                assert "In force: s." in refusal
        declared.file("review.lock-protocol", by=by, **protocol, special_conditions=told())
        changed = declared.protocol("other items")
        assert "In force: s." in declared.refused(
            "review.change-protocol", by=by, **changed, reasons="An error."
        )

    def test_where_none_is_in_force_none_is_named(self, declared: "World") -> None:
        by = assign(declared)
        refusal = declared.refused(
            "review.lock-protocol", by=by, **declared.protocol(), special_conditions=told()
        )
        assert "In force: none." in refusal
        declared.file("review.lock-protocol", by=by, **declared.protocol(), special_conditions=[])

    def test_the_assessor_says_what_came_of_it(self, declared: "World") -> None:
        under_test(declared)
        by = declared.assessor()
        assert "In force: s." in declared.refused("review.conclude", by=by)
        declared.file("review.conclude", by=by, special_conditions=told(says="It failed 9 of 50."))
        assert declared.state() == "assessed"

    def test_it_is_no_ground_to_refuse(self, declared: "World") -> None:
        under_test(declared)
        declared.file(
            "review.conclude", by=declared.assessor(), special_conditions=told(says="It failed.")
        )
        inputs = declared.findings()
        assert "only on an unacceptable finding" in declared.refused(
            "review.refer", by="decider", inputs=inputs
        )
        declared.determine("clear")
        declared.issue()
        assert declared.status() is Status.VALID


class TestTheWayOut:
    """Appeal at any time; a late court, and the developer ends it."""

    def test_the_court_quashes_it(self, declared: "World") -> None:
        adopt(declared)
        declared.file("special-condition.appeal", by="acme", case="s", because="not-novel")
        declared.file("special-condition.quash", by="judge", case="s")
        assert declared.state("s") == "withdrawn"

    def test_what_is_quashed_after_the_lock_needs_no_result(self, declared: "World") -> None:
        under_test(declared)
        declared.file("special-condition.quash", by="judge", case="s")
        declared.file("review.conclude", by=declared.assessor())

    def test_only_its_developer_appeals(self, declared: "World") -> None:
        adopt(declared)
        refusal = declared.refused(
            "special-condition.appeal", by="rival", case="s", because="not-novel"
        )
        assert "Only the holder of r may do this" in refusal

    def test_where_the_court_is_late_the_developer_ends_it(self, declared: "World") -> None:
        adopt(declared)
        declared.file("special-condition.appeal", by="acme", case="s", because="not-novel")
        declared.later(days=20)
        refusal = declared.refused("special-condition.end-as-of-right", by="acme", case="s")
        assert "The court owes a decision on the appeal, and is late with it" in refusal
        declared.later(days=11)
        declared.file("special-condition.end-as-of-right", by="acme", case="s")
        assert declared.state("s") == "withdrawn"

    def test_once_it_is_upheld_it_stands(self, declared: "World") -> None:
        adopt(declared)
        declared.file("special-condition.appeal", by="acme", case="s", because="not-novel")
        declared.file("special-condition.uphold", by="judge", case="s")
        declared.later(days=31)
        refusal = declared.refused("special-condition.end-as-of-right", by="acme", case="s")
        assert "The court owes a decision" in refusal
