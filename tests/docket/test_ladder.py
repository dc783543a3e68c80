"""The ladder of remedies: what must have happened before the court can order anything."""

from typing import TYPE_CHECKING, Any

import pytest

from holdshort.register.status import Status

if TYPE_CHECKING:
    from tests.docket.conftest import World

RUNGS = ["conditions", "fine", "bar-further", "part"]


@pytest.fixture
def opened(world: "World") -> "World":
    """A referred model and a restriction case in which nothing is drafted yet."""
    world.referred()
    world.restrict(petition=False)
    return world


@pytest.fixture
def noticed(opened: "World") -> "World":
    opened.file("restriction.give-notice", by="officer", case="bar")
    return opened


def provisionally(world: "World", case: str = "bar", **said: Any) -> None:
    world.file("restriction.order-provisionally", by="judge", case=case, imminent=True, **said)


class TestNotice:
    """It names every lower rung and every comparable case, and says why they do not do."""

    @pytest.mark.parametrize("left_out", ["conditions", "fine", "bar-further", "part"])
    def test_every_lower_rung_is_considered(self, opened: "World", left_out: str) -> None:
        considered = [rung for rung in RUNGS if rung != left_out]
        assert "Every lower rung of the ladder was considered" in opened.refused(
            "restriction.give-notice",
            by="officer",
            case="bar",
            considered=considered,
            less_restrictive_options=dict.fromkeys(considered, "Too little."),
        )

    @pytest.mark.parametrize(
        "why", [{}, dict.fromkeys(RUNGS, " "), dict.fromkeys(RUNGS[:3], "Too little."), {"x": "y"}]
    )
    def test_for_each_it_says_why_it_does_not_do(
        self, opened: "World", why: dict[str, str]
    ) -> None:
        assert "why it does not do" in opened.refused(
            "restriction.give-notice", by="officer", case="bar", less_restrictive_options=why
        )

    def test_a_part_may_be_barred_without_having_considered_a_part(self, opened: "World") -> None:
        lower = RUNGS[:3]
        opened.file(
            "restriction.give-notice",
            by="officer",
            case="bar",
            remedy="part",
            considered=lower,
            less_restrictive_options=dict.fromkeys(lower, "Too little."),
        )
        assert opened.case("bar").facts["remedy"] == "part"

    def test_every_equal_case_is_named(self, opened: "World") -> None:
        opened.restrict("second", petition=False)
        opened.file("restriction.withdraw", by="officer", case="bar")
        assert "Every earlier case that was equal" in opened.refused(
            "restriction.give-notice", by="officer", case="second", comparables=[]
        )
        assert "Every earlier case that was equal" in opened.refused(
            "restriction.give-notice", by="officer", case="second", comparables=["bar", "r"]
        )
        opened.file("restriction.give-notice", by="officer", case="second", comparables=["bar"])


class TestPetition:
    """Three offices sign what the Agency asks of the court; a change voids what they signed."""

    def test_the_court_orders_on_no_petition_that_is_not_countersigned(
        self, noticed: "World"
    ) -> None:
        noticed.file("restriction.answer", by="acme", case="bar")
        for step, party in (
            ("draft-petition", "officer"),
            ("countersign", "counsel"),
            ("review-petition", "reviewer"),
        ):
            assert "with every countersignature" in noticed.refused(
                "restriction.order", by="judge", case="bar"
            )
            noticed.refused("restriction.file-petition", by="officer", case="bar")
            noticed.file(f"restriction.{step}", by=party, case="bar")
        noticed.refused("restriction.order", by="judge", case="bar")
        noticed.file("restriction.file-petition", by="officer", case="bar")
        noticed.file("restriction.order", by="judge", case="bar")
        assert noticed.state("bar") == "ordered"

    def test_an_amendment_voids_the_countersignatures_and_keeps_the_acts(
        self, noticed: "World"
    ) -> None:
        noticed.petition()
        noticed.file("restriction.amend-petition", by="officer", case="bar", petition="aa" * 32)
        facts = noticed.case("bar").facts
        assert (facts["counsel"], facts["technical"], facts["petitioned"]) == (False, False, False)
        signed = [step.act for step in noticed.case("bar").steps]
        assert "countersign" in signed
        assert "review-petition" in signed
        assert "with every countersignature" in noticed.refused(
            "restriction.order-provisionally", by="judge", case="bar", imminent=True
        )

    def test_nobody_countersigns_what_has_been_changed_meanwhile(self, noticed: "World") -> None:
        noticed.file("restriction.draft-petition", by="officer", case="bar")
        noticed.file("restriction.amend-petition", by="officer", case="bar", petition="aa" * 32)
        for act, party in (("countersign", "counsel"), ("review-petition", "reviewer")):
            assert "is the one that stands" in noticed.refused(
                f"restriction.{act}", by=party, case="bar"
            )
            noticed.file(f"restriction.{act}", by=party, case="bar", petition="aa" * 32)

    @pytest.mark.parametrize("party", ["officer", "decider", "accreditor", "lab-a", "judge"])
    def test_no_other_office_countersigns(self, noticed: "World", party: str) -> None:
        noticed.file("restriction.draft-petition", by="officer", case="bar")
        noticed.refused("restriction.countersign", by=party, case="bar")
        noticed.refused("restriction.review-petition", by=party, case="bar")

    def test_the_court_orders_no_more_than_was_sought_and_the_developer_was_told_of(
        self, opened: "World"
    ) -> None:
        lower = RUNGS[:3]
        told = {
            "remedy": "part",
            "considered": lower,
            "less_restrictive_options": dict.fromkeys(lower, "Too little."),
        }
        opened.file("restriction.give-notice", by="officer", case="bar", **told)
        opened.petition()  # for the whole
        opened.file("restriction.answer", by="acme", case="bar")
        assert "no more than the developer was told of" in opened.refused(
            "restriction.order", by="judge", case="bar"
        )
        opened.file("restriction.order", by="judge", case="bar", audiences=["api"])


class TestEvidence:
    """The order names findings of this review, by an assessor fit to make them on that day."""

    def test_it_rests_on_the_finding_in_the_area_relied_on(self, opened: "World") -> None:
        opened.petition()
        findings = opened.case().memory["findings"]
        assert isinstance(findings, dict)
        other = findings["automated_rnd"]
        assert isinstance(other, dict)
        for named in ([], [other["entry"]], [1, 2], ["cybersecurity"], [*opened.findings(), 3]):
            assert "The order names findings" in opened.refused(
                "restriction.order-provisionally",
                by="judge",
                case="bar",
                imminent=True,
                findings=named,
            )

    def test_an_accreditation_that_is_lost_later_does_not_undo_it(self, opened: "World") -> None:
        opened.petition()
        opened.suspend(f"accreditation-{opened.assessor()}")
        provisionally(opened)
        assert opened.state("bar") == "provisional"

    def test_a_finding_of_one_who_was_not_independent_is_none(self, opened: "World") -> None:
        opened.petition()
        findings = opened.case().memory["findings"]
        assert isinstance(findings, dict)
        found = findings["cybersecurity"]
        assert isinstance(found, dict)
        assert found["independent"] is True
        doubtful = {**findings, "cybersecurity": {**found, "independent": False}}
        opened.case().memory["findings"] = doubtful
        act = opened.act("restriction.order-provisionally", by="judge", case="bar", imminent=True)
        from holdshort.docket.refusal import Unlawful

        with pytest.raises(Unlawful, match="The order names findings"):
            opened.docket.check(act)
        opened.case().memory["findings"] = findings


class TestProvisional:
    """Short, once, and not again and again."""

    @pytest.fixture
    def provisional(self, opened: "World") -> "World":
        opened.petition()
        provisionally(opened)
        return opened

    def test_without_a_hearing_it_lapses_within_a_week(self, provisional: "World") -> None:
        (hearing,) = [
            item
            for item in provisional.docket.duties(provisional.now)
            if item.duty.id == "hearing-on-provisional-order"
        ]
        lapse = provisional.case("bar").lapse
        assert lapse is not None
        assert hearing.due is not None
        assert hearing.due.at.isoformat().startswith(lapse.at.removesuffix("Z"))
        provisional.later(days=8)
        assert provisional.state("bar") == "lifted"

    def test_after_a_hearing_it_stands_two_weeks_more_and_no_longer(
        self, provisional: "World"
    ) -> None:
        assert "must state 'hearing'" in provisional.refused(
            "restriction.continue-provisionally", by="judge", case="bar", hearing=None
        )
        provisional.later(days=6)
        provisional.file("restriction.continue-provisionally", by="judge", case="bar")
        assert "continue-provisionally" not in provisional.open_acts("judge", "bar")
        provisional.later(days=14)
        assert provisional.state("bar") == "continued"
        provisional.later(days=1)
        assert provisional.state("bar") == "lifted"

    def test_a_new_case_on_the_same_model_and_ground_does_not_bring_another(
        self, provisional: "World"
    ) -> None:
        provisional.later(days=8)
        provisional.restrict("bar-2")
        assert "within the interval" in provisional.refused(
            "restriction.order-provisionally", by="judge", case="bar-2", imminent=True
        )

    def test_nor_does_a_stay_that_opens_the_case_again(self, provisional: "World") -> None:
        provisional.file("restriction.appeal", by="acme", case="bar")
        provisional.file("restriction.apply-for-stay", by="acme", case="bar")
        provisional.file("restriction.grant-stay-of-provisional", by="judge", case="bar")
        assert provisional.state("bar") == "opened"
        refusal = provisional.refused(
            "restriction.order-provisionally", by="judge", case="bar", imminent=True
        )
        assert "A case has one provisional order" in refusal
        assert "within the interval" in refusal

    def test_six_months_later_it_may(self, provisional: "World") -> None:
        provisional.later(days=184)
        provisional.restrict("bar-2")
        provisionally(provisional, "bar-2")

    def test_another_model_has_a_clock_of_its_own(self, provisional: "World") -> None:
        provisional.weights = "ac" * 32
        provisional.assessed({"cybersecurity": "unacceptable"}, case="r2")
        provisional.restrict("bar-2", concerns="r2")
        provisionally(provisional, "bar-2")

    def test_a_finding_that_came_later_may_be_urgent_again(self, world: "World") -> None:
        world.cleared()
        world.assessed({"cybersecurity": "unacceptable"}, case="r2")
        world.determine("refer", case="r2")
        world.restrict("bar", concerns="r2")
        provisionally(world)
        world.later(days=8)
        world.restrict("bar-2", concerns="r2")
        world.refused("restriction.order-provisionally", by="judge", case="bar-2", imminent=True)
        # The referral is set aside, and another assessment of the same weights finds the same.
        world.file("review.appeal", by="acme", case="r2")
        world.file("review.quash", by="judge", case="r2")
        world.assessed({"cybersecurity": "unacceptable"}, case="r3")
        world.restrict("bar-3", concerns="r3")
        provisionally(world, "bar-3")
        assert world.state("bar-3") == "provisional"


class TestScope:
    """A bar holds for whom, where and of what the order says; it is narrowed, and never widened."""

    @pytest.fixture
    def partly(self, noticed: "World") -> "World":
        noticed.petition()
        noticed.file("restriction.answer", by="acme", case="bar")
        noticed.file(
            "restriction.order",
            by="judge",
            case="bar",
            audiences=["api", "product"],
            territories=["US", "DE"],
        )
        return noticed

    @pytest.mark.parametrize(
        "said", [{"extent": "part"}, {"extent": "whole", "territories": ["DE"]}]
    )
    def test_a_part_is_named_and_the_whole_has_none(
        self, noticed: "World", said: dict[str, Any]
    ) -> None:
        noticed.petition()
        noticed.file("restriction.answer", by="acme", case="bar")
        assert "A bar on a part says for whom" in noticed.refused(
            "restriction.order", by="judge", case="bar", **said
        )

    @pytest.mark.parametrize(
        "wider",
        [
            {"audiences": ["internal"], "territories": ["DE"]},
            {"audiences": ["api"]},
            {"audiences": ["api"], "territories": ["FR"]},
            {"territories": ["DE"]},
        ],
    )
    def test_nothing_is_put_in_by_narrowing_varying_or_ending_a_stay(
        self, partly: "World", wider: dict[str, Any]
    ) -> None:
        whole = "for that it takes a new case, with notice"
        assert whole in partly.refused("restriction.narrow", by="judge", case="bar", **wider)
        partly.file("restriction.appeal", by="acme", case="bar")
        assert whole in partly.refused("restriction.vary", by="judge", case="bar", **wider)
        partly.file("restriction.apply-for-stay", by="acme", case="bar")
        partly.file("restriction.grant-stay", by="judge", case="bar")
        assert whole in partly.refused("restriction.end-stay", by="judge", case="bar", **wider)
        assert whole in partly.refused("restriction.end-stay", by="judge", case="bar")

    def test_something_is_taken_out_step_by_step(self, partly: "World") -> None:
        for scope in (
            {"audiences": ["api"], "territories": ["US", "DE"]},
            {"audiences": ["api"], "territories": ["US-CA"]},
        ):
            partly.file("restriction.narrow", by="judge", case="bar", **scope)
            partly.later(seconds=1)
        assert "still holds" in partly.refused("restriction.narrow", by="judge", case="bar")

    def test_a_bar_on_the_whole_is_lifted_in_part(self, noticed: "World") -> None:
        noticed.petition()
        noticed.file("restriction.answer", by="acme", case="bar")
        noticed.file("restriction.order", by="judge", case="bar")
        noticed.file("restriction.narrow", by="judge", case="bar", territories=["US"])
        assert noticed.case("bar").facts["extent"] == "part"


class TestViolation:
    """Fines and the bar on further models."""

    @pytest.fixture
    def noticed(self, world: "World") -> "World":
        world.cleared()
        world.file(
            "violation.allege", by="officer", case="v", concerns="r", violation="false-statement"
        )
        world.file("violation.give-notice", by="officer", case="v")
        world.file("violation.answer", by="acme", case="v")
        return world

    @pytest.fixture
    def barred(self, noticed: "World") -> "World":
        noticed.petition("v", "violation")
        noticed.file("violation.find", by="judge", case="v")
        noticed.file("violation.bar-further", by="judge", case="v")
        return noticed

    def test_nothing_is_found_on_a_petition_that_is_not_countersigned(
        self, noticed: "World"
    ) -> None:
        assert "with every countersignature" in noticed.refused(
            "violation.find", by="judge", case="v"
        )

    def test_no_fine_before_a_finding(self, noticed: "World") -> None:
        noticed.petition("v", "violation")
        assert "It needs the state found" in noticed.refused("violation.fine", by="judge", case="v")

    def test_no_further_model_gets_a_clearance_while_the_bar_stands(self, barred: "World") -> None:
        barred.weights = "ac" * 32
        barred.assessed(case="r2")
        barred.determine("clear", case="r2")
        fields: dict[str, Any] = {"by": "register", "case": "r2", "clearance": {}}
        assert "No bar on further models" in barred.refused("review.issue-clearance", **fields)
        assert barred.status() is Status.VALID  # what was cleared before stays cleared
        barred.file("violation.appeal", by="acme", case="v")
        barred.file("violation.apply-for-stay", by="acme", case="v")
        barred.file("violation.grant-stay", by="judge", case="v")
        barred.file("review.issue-clearance", **fields)
        assert barred.status("r2") is Status.VALID

    def test_it_ends_at_its_review_date_unless_it_is_confirmed(self, barred: "World") -> None:
        barred.later(days=300)
        barred.file("violation.confirm", by="judge", case="v")
        barred.later(days=300)
        assert barred.state("v") == "further_barred"
        barred.later(days=67)  # a leap year
        assert barred.state("v") == "unbarred"
        barred.refused("violation.bar-further", by="judge", case="v")

    def test_a_bar_that_was_not_sought_is_not_ordered(self, world: "World") -> None:
        world.cleared()
        said = {"concerns": "r", "violation": "false-statement"}
        world.file("violation.allege", by="officer", case="v", **said)
        world.file("violation.give-notice", by="officer", case="v", remedy="fine")
        world.file("violation.answer", by="acme", case="v")
        world.petition("v", "violation", remedy="fine")
        world.file("violation.find", by="judge", case="v")
        assert "no more than was sought" in world.refused(
            "violation.bar-further", by="judge", case="v"
        )
        world.file("violation.fine", by="judge", case="v")
        world.file("violation.appeal", by="acme", case="v")
        assert "lowered, never raised" in world.refused(
            "violation.vary", by="judge", case="v", amount="2e6"
        )
        world.file("violation.vary", by="judge", case="v", amount="1e5")
