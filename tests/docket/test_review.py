"""The review of a model, from its declaration to its clearance, as the proposal would have it."""

from typing import TYPE_CHECKING, Any

import pytest

from holdshort.register.status import Status

if TYPE_CHECKING:
    from tests.docket.conftest import World

DETERMINATIONS = ("clear", "clear-with-conditions", "refer")


def lawful(world: "World") -> list[str]:
    return [act for act in DETERMINATIONS if act in world.open_acts("decider")]


def test_a_model_with_four_acceptable_findings_is_cleared_and_its_weights_may_run(
    world: "World",
) -> None:
    world.assessed("acceptable")
    assert lawful(world) == ["clear"]
    world.determine("clear")
    assert world.status() is Status.INVALID  # until the register has issued the clearance
    world.issue()
    assert world.state() == "cleared"
    assert world.status() is Status.VALID


def test_the_steps_of_a_case_tell_its_story(world: "World") -> None:
    world.cleared()
    story = [step.act for step in world.case().steps]
    assert story[0] == "declare"
    assert story[-3:] == ["conclude", "clear", "issue-clearance"]
    assert world.case().steps[-2].origin == "assessed"
    assert world.case().steps[-2].to == "cleared"
    assert [step.index for step in world.case().steps] == sorted(
        step.index for step in world.case().steps
    )


@pytest.mark.parametrize(
    "area", ["cybersecurity", "biological_weapons", "loss_of_control", "automated_rnd"]
)
def test_one_unacceptable_finding_leaves_nothing_but_a_referral(world: "World", area: str) -> None:
    world.assessed({area: "unacceptable"})
    assert lawful(world) == ["refer"]
    inputs = world.findings()
    assert "every area has an acceptable finding" in world.refused(
        "review.clear", by="decider", inputs=inputs
    )
    assert "No area has an unacceptable finding" in world.refused(
        "review.clear-with-conditions", by="decider", inputs=inputs
    )
    world.determine("refer")
    assert world.state() == "referred"
    assert "It needs the state cleared or conditional" in world.refused(
        "review.issue-clearance", by="register", clearance={}
    )
    assert world.status() is Status.INVALID


def test_an_inconclusive_finding_allows_conditions_and_nothing_else(world: "World") -> None:
    world.assessed({"loss_of_control": "inconclusive"})
    assert lawful(world) == ["clear-with-conditions"]
    world.determine("clear-with-conditions")
    world.issue()
    assert world.status() is Status.CONDITIONAL


def test_conditions_without_an_inconclusive_finding_are_not_lawful(world: "World") -> None:
    world.assessed("acceptable")
    assert "Conditions answer an inconclusive finding" in world.refused(
        "review.clear-with-conditions", by="decider", inputs=world.findings()
    )


def test_conditions_must_be_stated(world: "World") -> None:
    world.assessed("inconclusive")
    inputs = world.findings()
    assert "must state 'conditions'" in world.refused(
        "review.clear-with-conditions", by="decider", inputs=inputs, conditions=None
    )
    assert "is not a text that is not empty" in world.refused(
        "review.clear-with-conditions", by="decider", inputs=inputs, conditions="  "
    )


def test_unacceptable_outweighs_inconclusive(world: "World") -> None:
    world.assessed({"cybersecurity": "inconclusive", "automated_rnd": "unacceptable"})
    assert lawful(world) == ["refer"]


@pytest.mark.parametrize("party", ["lab-a", "lab-b", "acme", "officer", "accreditor", "judge"])
def test_only_the_decision_maker_determines(world: "World", party: str) -> None:
    world.assessed("acceptable")
    assert "Only the authority's decision maker may do this" in world.refused(
        "review.clear", by=party, inputs=world.findings()
    )


@pytest.mark.parametrize("party", ["acme", "lab-a", "decider", "officer", "registrar"])
def test_only_the_register_issues_a_clearance(world: "World", party: str) -> None:
    world.assessed("acceptable")
    world.determine("clear")
    assert "Only the register may do this" in world.refused(
        "review.issue-clearance", by=party, clearance={}
    )


def test_a_clearance_is_issued_once(world: "World") -> None:
    world.cleared()
    assert "A clearance is issued once" in world.refused(
        "review.issue-clearance", by="register", clearance={}
    )


class TestAssessment:
    """What an assessor may do, and what it cannot get past."""

    def test_nobody_but_the_assigned_assessor_files_a_finding(self, world: "World") -> None:
        assessor = world.assign()
        world.lock()
        other = {"lab-a": "lab-b", "lab-b": "lab-a"}[assessor]
        fields = world.finding("cybersecurity", "acceptable")
        assert "Only the assessor of r may do this" in world.refused(
            "review.file-finding", by=other, **fields
        )

    def test_nothing_is_found_before_a_protocol_is_locked(self, world: "World") -> None:
        assessor = world.assign()
        fields = world.finding("cybersecurity", "acceptable")
        assert "It needs the state testing" in world.refused(
            "review.file-finding", by=assessor, **fields
        )

    def test_an_area_is_found_on_once(self, world: "World") -> None:
        world.assign()
        world.lock()
        world.find({"cybersecurity": "unacceptable"})
        assert "An area is found on once" in world.refused(
            "review.file-finding",
            by=world.assessor(),
            **world.finding("cybersecurity", "acceptable"),
        )

    def test_an_assessment_ends_when_every_area_has_a_finding(self, world: "World") -> None:
        world.assign()
        world.lock()
        areas = list(world.book.areas)
        world.find(dict.fromkeys(areas[:3], "acceptable"))
        assert "Every area has a finding" in world.refused("review.conclude", by=world.assessor())
        world.find({areas[3]: "acceptable"})
        world.file("review.conclude", by=world.assessor())
        assert world.state() == "assessed"

    def test_a_finding_reveals_the_assessors_half_of_the_item_seed(self, world: "World") -> None:
        world.assign()
        world.lock()
        fields = world.finding("cybersecurity", "acceptable") | {"value": "00" * 32}
        assert "The value revealed is the one that was committed to" in world.refused(
            "review.file-finding", by=world.assessor(), **fields
        )

    @pytest.mark.parametrize(
        ("outcome", "said"),
        [
            ("acceptable", {"e_below": "79.99"}),
            ("acceptable", {"e_below": "0.1", "e_above": "81"}),
            ("acceptable", {"outcome": "unacceptable"}),
            ("unacceptable", {"e_above": "79.99"}),
            ("unacceptable", {"items": 101}),
            ("inconclusive", {"items": 99}),
            ("inconclusive", {"items": True}),
            ("inconclusive", {"e_below": "80"}),
            ("acceptable", {"items": 19}),
            ("acceptable", {"items": None}),
            ("acceptable", {"threshold": "0.6"}),
            ("acceptable", {"zone": "0.2"}),
            ("acceptable", {"error_rate": "0.5", "e_below": "3"}),
            ("acceptable", {"area": "automated_rnd"}),
            ("acceptable", {"e_below": 81}),
            ("acceptable", {"e_below": "Infinity"}),
            ("acceptable", {"e_below": "8_1"}),
        ],
    )
    def test_a_finding_that_does_not_follow_from_its_numbers_is_refused(
        self, world: "World", outcome: str, said: dict[str, Any]
    ) -> None:
        world.assign()
        world.lock()
        fields = world.finding("cybersecurity", outcome, **said)
        assert "its outcome follows from its numbers" in world.refused(
            "review.file-finding", by=world.assessor(), **fields
        )

    def test_evidence_of_exactly_one_in_the_error_rate_decides(self, world: "World") -> None:
        world.assign()
        world.lock()
        fields = world.finding("cybersecurity", "acceptable", e_below="80")
        world.file("review.file-finding", by=world.assessor(), **fields)

    def test_an_assessor_that_lost_its_accreditation_finds_nothing_more(
        self, world: "World"
    ) -> None:
        assessor = world.assign()
        world.lock()
        world.suspend(f"accreditation-{assessor}")
        fields = world.finding("cybersecurity", "acceptable")
        assert "holds an accreditation in force" in world.refused(
            "review.file-finding", by=assessor, **fields
        )

    def test_nor_by_naming_an_accredited_one_in_a_field_that_nobody_asked_for(
        self, world: "World"
    ) -> None:
        assessor = world.assign()
        world.lock()
        other = {"lab-a": "lab-b", "lab-b": "lab-a"}[assessor]
        world.suspend(f"accreditation-{assessor}")
        fields = world.finding("cybersecurity", "acceptable") | {"assessor": other}
        assert "holds an accreditation in force" in world.refused(
            "review.file-finding", by=assessor, **fields
        )


class TestProtocol:
    """What is fixed before a test, and when it may still be changed."""

    @pytest.mark.parametrize(
        "said",
        [
            {"total_error_rate": "1"},
            {"total_error_rate": "0"},
            {"total_error_rate": "0.0499999999999999999999999999999999"},
            {"total_error_rate": None},
            {"stopping_rule": None},
            {"finding_rule": 1},
            {"item_seed_commitment": "00" * 32},
            {"areas": None},
            {"areas": []},
            {"areas": ["cybersecurity"]},
        ],
    )
    def test_a_protocol_without_a_test_that_can_be_carried_out_is_refused(
        self, world: "World", said: dict[str, Any]
    ) -> None:
        assessor = world.assign()
        assert "every area once" in world.refused(
            "review.lock-protocol", by=assessor, **world.protocol(**said)
        )

    @pytest.mark.parametrize(
        "said",
        [
            {"area": "cybersecurity"},  # twice, and another not at all
            {"area": "weather"},
            {"area": 3},
            {"threshold": None},
            {"zone": None},
            {"error_rate": None},
            {"error_rate": "0"},
            {"error_rate": "0.9"},
            {"max_items": None},
            {"max_items": 19},
            {"max_items": "100"},
            {"min_items": 0},
            {"min_items": True},
        ],
    )
    def test_every_area_needs_a_whole_plan(self, world: "World", said: dict[str, Any]) -> None:
        assessor = world.assign()
        fields = world.protocol()
        fields["protocol"]["areas"][1] |= said
        assert "every area once" in world.refused("review.lock-protocol", by=assessor, **fields)

    def test_a_protocol_for_three_areas_is_refused(self, world: "World") -> None:
        assessor = world.assign()
        fields = world.protocol()
        del fields["protocol"]["areas"][0]
        assert "every area once" in world.refused("review.lock-protocol", by=assessor, **fields)

    def test_a_protocol_for_other_weights_is_refused(self, world: "World") -> None:
        assessor = world.assign()
        for other in ("ac" * 32, None):
            assert "the very weights that were declared" in world.refused(
                "review.lock-protocol", by=assessor, **world.protocol(model_digest=other)
            )

    def test_it_may_be_changed_in_the_open_before_anything_is_found(self, world: "World") -> None:
        assessor = world.assign()
        world.lock()
        changed = world.protocol("other items", stopping_rule="another")
        assert "must state 'reasons'" in world.refused(
            "review.change-protocol", by=assessor, **changed, reasons=None
        )
        world.file("review.change-protocol", by=assessor, **changed)
        assert world.state() == "locked"
        assert world.case().memory["protocol"] == changed["protocol"]
        assert world.case().facts["finding"] == dict.fromkeys(world.book.areas, "none")
        # The developer gives its half of the seed anew, and the old commitment opens nothing.
        world.file("review.contribute-seed", by="acme", value="11" * 32)
        old = world.finding("cybersecurity", "acceptable")
        assert "committed to" in world.refused("review.file-finding", by=assessor, **old)

    def test_but_not_after_a_finding(self, world: "World") -> None:
        assessor = world.assign()
        world.lock()
        world.find({"automated_rnd": "unacceptable"})
        assert "not changed once anything has been found" in world.refused(
            "review.change-protocol", by=assessor, **world.protocol("other items")
        )

    def test_a_new_protocol_must_cover_and_bind_as_the_first_did(self, world: "World") -> None:
        assessor = world.assign()
        world.lock()
        assert "weights" in world.refused(
            "review.change-protocol", by=assessor, **world.protocol(model_digest="ac" * 32)
        )


class TestDetermination:
    """What a determination rests on, and how it is undone."""

    def test_it_names_every_finding_as_its_input(self, world: "World") -> None:
        world.assessed("acceptable")
        whole = world.findings()
        wrong: list[list[Any]] = [
            whole[:3],
            [*whole, whole[-1] + 1],
            [],
            whole[::-1],
            [str(entry) for entry in whole],
        ]
        for inputs in wrong:
            assert "names every finding" in world.refused(
                "review.clear", by="decider", inputs=inputs
            )
        world.file("review.clear", by="decider", inputs=whole)

    def test_a_referral_can_be_appealed_with_nobodys_leave(self, world: "World") -> None:
        world.referred()
        assert "appeal" in world.open_acts("acme")
        assert "Only the holder of r may do this" in world.refused("review.appeal", by="rival")
        world.file("review.appeal", by="acme")
        world.file("review.uphold", by="judge")
        assert world.state() == "referred"
        assert "appeal" in world.open_acts("acme")

    def test_the_court_upholds_no_referral_where_there_was_none(self, world: "World") -> None:
        world.cleared({"cybersecurity": "inconclusive"})
        world.file("review.appeal", by="acme")
        assert "Only a referral on an unacceptable finding" in world.refused(
            "review.uphold", by="judge"
        )
        world.file("review.remit", by="judge")
        assert world.state() == "assessed"

    def test_whoever_appeals_against_conditions_keeps_the_clearance_under_them(
        self, world: "World"
    ) -> None:
        world.cleared({"cybersecurity": "inconclusive"})
        world.file("review.appeal", by="acme")
        assert world.status() is Status.CONDITIONAL

    def test_a_second_clearance_leaves_the_first_without_worth(self, world: "World") -> None:
        world.cleared({"cybersecurity": "inconclusive"})
        world.snapshot()
        world.file("review.appeal", by="acme")
        world.file("review.remit", by="judge")
        world.later(seconds=1)
        world.determine("clear-with-conditions")
        world.issue()
        stated = world.docket.last_snapshot
        world.snapshot()
        last = world.docket.last_snapshot
        assert stated is not None
        assert last is not None
        assert stated.statuses == (Status.CONDITIONAL,)
        assert last.statuses == (Status.INVALID, Status.CONDITIONAL)
