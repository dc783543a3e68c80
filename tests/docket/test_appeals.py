"""Appeals, stays, corrections: whoever is barred has a way out; no bar outlasts a late court."""

from typing import TYPE_CHECKING

import pytest

from holdshort.register.status import Status

if TYPE_CHECKING:
    from tests.docket.conftest import World


@pytest.fixture
def ordered(world: "World") -> "World":
    """Weights that hold a clearance, found unacceptable in a later review, and barred."""
    world.cleared()
    world.assessed({"cybersecurity": "unacceptable"}, case="r2")
    world.determine("refer", case="r2")
    world.ordered(concerns="r2")
    assert world.status() is Status.SUSPENDED
    return world


@pytest.fixture
def appealed(ordered: "World") -> "World":
    ordered.file("restriction.appeal", by="acme", case="bar", because="unlike-treatment")
    return ordered


def standing(world: "World", duty: str) -> str:
    (item,) = [each for each in world.docket.duties(world.now) if each.duty.id == duty]
    return item.status


class TestStay:
    """A stayed order bars nobody while the stay stands."""

    def test_a_stay_is_granted_on_application(self, appealed: "World") -> None:
        assert "A stay was applied for" in appealed.refused(
            "restriction.grant-stay", by="judge", case="bar"
        )
        appealed.file("restriction.apply-for-stay", by="acme", case="bar")
        appealed.file("restriction.grant-stay", by="judge", case="bar")
        assert appealed.state("bar") == "stayed"
        assert appealed.status() is Status.VALID
        appealed.file("restriction.end-stay", by="judge", case="bar")
        assert appealed.status() is Status.SUSPENDED

    def test_it_may_be_refused_and_asked_for_again(self, appealed: "World") -> None:
        for _ in range(2):
            appealed.file("restriction.apply-for-stay", by="acme", case="bar")
            appealed.file("restriction.refuse-stay", by="judge", case="bar")
            appealed.later(seconds=1)
        assert appealed.status() is Status.SUSPENDED

    def test_only_with_an_appeal(self, ordered: "World") -> None:
        assert "An appeal is pending" in ordered.refused(
            "restriction.apply-for-stay", by="acme", case="bar"
        )

    def test_an_application_that_nobody_answers_becomes_a_stay_as_of_right(
        self, appealed: "World"
    ) -> None:
        appealed.file("restriction.apply-for-stay", by="acme", case="bar")
        appealed.later(days=3)
        assert "The court owes an answer, and is late" in appealed.refused(
            "restriction.take-stay", by="acme", case="bar"
        )
        appealed.later(days=1)
        assert standing(appealed, "answer-to-stay") == "late"
        for party in ("rival", "officer", "judge"):
            appealed.refused("restriction.take-stay", by=party, case="bar")
        appealed.file("restriction.take-stay", by="acme", case="bar")
        assert appealed.status() is Status.VALID

    def test_so_does_an_appeal_that_nobody_decides(self, appealed: "World") -> None:
        appealed.later(days=31)
        appealed.file("restriction.take-stay", by="acme", case="bar")
        assert appealed.status() is Status.VALID

    def test_once_the_court_has_answered_late_it_is_too_late_for_that(
        self, appealed: "World"
    ) -> None:
        appealed.later(days=31)
        appealed.file("restriction.uphold", by="judge", case="bar")
        appealed.refused("restriction.take-stay", by="acme", case="bar")

    def test_a_stayed_order_on_which_nobody_decides_lapses(self, appealed: "World") -> None:
        appealed.file("restriction.apply-for-stay", by="acme", case="bar")
        appealed.file("restriction.grant-stay", by="judge", case="bar")
        appealed.later(days=366)
        assert appealed.state("bar") == "lifted"


class TestCorrection:
    """Whoever is barred reports that the criteria are met, and the court must answer."""

    def test_the_court_lifts_it(self, ordered: "World") -> None:
        ordered.file("restriction.report-correction", by="acme", case="bar")
        ordered.file("restriction.lift", by="judge", case="bar")
        assert ordered.status() is Status.VALID
        assert standing(ordered, "answer-to-correction") == "met"

    def test_or_says_with_evidence_why_not(self, ordered: "World") -> None:
        ordered.file("restriction.report-correction", by="acme", case="bar")
        assert "must state 'evidence'" in ordered.refused(
            "restriction.refuse-lifting", by="judge", case="bar", evidence=None
        )
        ordered.file("restriction.refuse-lifting", by="judge", case="bar")
        ordered.later(days=30)
        ordered.refused("restriction.take-stay", by="acme", case="bar")

    def test_or_is_late_and_the_order_bars_nothing(self, ordered: "World") -> None:
        ordered.file("restriction.report-correction", by="acme", case="bar")
        ordered.later(days=17)  # ten business days, Veterans Day among them
        ordered.file("restriction.take-stay", by="acme", case="bar")
        assert ordered.status() is Status.VALID

    def test_no_order_is_confirmed_at_its_review_date_over_an_open_question(
        self, appealed: "World"
    ) -> None:
        appealed.file("restriction.report-correction", by="acme", case="bar")
        assert "is answered first" in appealed.refused(
            "restriction.confirm", by="judge", case="bar"
        )
        appealed.file("restriction.uphold", by="judge", case="bar")
        appealed.file("restriction.refuse-lifting", by="judge", case="bar")
        appealed.later(days=364)
        appealed.file("restriction.confirm", by="judge", case="bar")
        appealed.later(days=364)
        assert appealed.state("bar") == "ordered"
        appealed.later(days=3)  # a leap year
        assert appealed.state("bar") == "lifted"


class TestDecisions:
    """Upheld, varied, quashed, remitted: and what the gate makes of it."""

    def test_upheld_it_stands_and_ends_when_it_would_have_ended(self, appealed: "World") -> None:
        lapse = appealed.case("bar").lapse
        appealed.later(days=3)
        appealed.file("restriction.uphold", by="judge", case="bar")
        assert appealed.case("bar").lapse == lapse
        assert appealed.status() is Status.SUSPENDED

    def test_varied_it_ends_when_it_would_have_ended(self, appealed: "World") -> None:
        lapse = appealed.case("bar").lapse
        appealed.file("restriction.vary", by="judge", case="bar", territories=["DE"])
        assert appealed.case("bar").facts["extent"] == "part"
        assert appealed.case("bar").lapse == lapse

    def test_quashed_it_bars_nothing(self, appealed: "World") -> None:
        appealed.file("restriction.quash", by="judge", case="bar")
        assert appealed.status() is Status.VALID

    def test_remitted_it_bars_nothing_until_the_agency_has_petitioned_anew(
        self, appealed: "World"
    ) -> None:
        appealed.file("restriction.remit", by="judge", case="bar")
        assert appealed.status() is Status.VALID
        assert "with every countersignature" in appealed.refused(
            "restriction.order", by="judge", case="bar"
        )
        appealed.later(seconds=1)
        appealed.petition()
        appealed.file("restriction.order", by="judge", case="bar")
        assert appealed.status() is Status.SUSPENDED

    @pytest.mark.parametrize("act", ["uphold", "vary", "quash", "remit"])
    def test_nothing_is_decided_that_was_not_appealed(self, ordered: "World", act: str) -> None:
        assert "An appeal is pending" in ordered.refused(
            f"restriction.{act}", by="judge", case="bar"
        )

    @pytest.mark.parametrize("because", [None, "politics", ""])
    def test_an_appeal_has_one_of_the_grounds(self, ordered: "World", because: object) -> None:
        ordered.refused("restriction.appeal", by="acme", case="bar", because=because)


class TestDetermination:
    """An appeal against a referral or conditions."""

    def test_a_referral_set_aside_lets_the_model_be_declared_anew(self, world: "World") -> None:
        world.referred()
        assert "No review of these weights" in world.refused(
            "review.declare", by="acme", case="r2", **declaration(world)
        )
        world.file("review.appeal", by="acme", because="conflict-of-interest")
        world.file("review.quash", by="judge")
        assert world.status() is Status.INVALID  # a court clears no model
        world.assessed(case="r2")
        world.determine("clear", case="r2")

    def test_conditions_are_upheld_or_varied_and_the_clearance_stands(self, world: "World") -> None:
        world.cleared({"cybersecurity": "inconclusive"})
        for act in ("uphold-conditions", "vary-conditions"):
            world.file("review.appeal", by="acme", because="disproportionate")
            assert "not against conditions" in world.refused("review.quash", by="judge")
            assert world.status() is Status.CONDITIONAL
            world.file(f"review.{act}", by="judge")
            assert world.status() is Status.CONDITIONAL
            world.later(seconds=1)

    def test_the_court_has_thirty_days(self, world: "World") -> None:
        world.referred()
        world.file("review.appeal", by="acme")
        world.later(days=31)
        assert standing(world, "decision-on-determination-appeal") == "late"
        world.file("review.remit", by="judge")
        assert standing(world, "new-determination") == "running"


def declaration(world: "World") -> dict[str, object]:
    return {
        "model": "M",
        "weights": world.weights,
        "facts": {},
        "training_compute": "3e25",
        "ai_revenue": "1e9",
    }
