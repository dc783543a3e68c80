"""The power to bar a model, and what it cannot do."""

from typing import TYPE_CHECKING

import pytest

from holdshort.register.status import Status

if TYPE_CHECKING:
    from tests.docket.conftest import World


@pytest.fixture
def referred(world: "World") -> "World":
    """A model with an unacceptable finding in cybersecurity, referred, on Monday 2 November."""
    world.referred()
    return world


@pytest.fixture
def opened(referred: "World") -> "World":
    referred.restrict()
    return referred


@pytest.fixture
def noticed(opened: "World") -> "World":
    opened.file("restriction.give-notice", by="officer", case="bar")
    return opened


@pytest.fixture
def provisional(opened: "World") -> "World":
    opened.file("restriction.order-provisionally", by="judge", case="bar", imminent=True)
    return opened


class TestGrounds:
    """No bar without an unacceptable finding in an enumerated area."""

    def test_no_case_is_opened_without_an_unacceptable_finding(self, world: "World") -> None:
        world.cleared({"cybersecurity": "inconclusive"})
        for area in world.book.areas:
            assert "rests on an unacceptable finding" in world.refused(
                "restriction.open", by="officer", case="bar", concerns="r", ground=area
            )

    def test_nor_on_another_area_than_the_one_found_unacceptable(self, referred: "World") -> None:
        assert "rests on an unacceptable finding in the area relied on" in referred.refused(
            "restriction.open", by="officer", case="bar", concerns="r", ground="automated_rnd"
        )

    def test_nor_on_a_ground_that_the_law_does_not_list(self, referred: "World") -> None:
        assert "is not one of cybersecurity" in referred.refused(
            "restriction.open", by="officer", case="bar", concerns="r", ground="competition"
        )

    @pytest.mark.parametrize("concerns", ["nothing", "register", "accreditation-lab-a", None, {}])
    def test_it_concerns_a_review_on_this_register(
        self, referred: "World", concerns: object
    ) -> None:
        assert "It must concern a review on this register" in referred.refused(
            "restriction.open",
            by="officer",
            case="bar",
            concerns=concerns,
            ground="cybersecurity",
        )

    @pytest.mark.parametrize("party", ["acme", "lab-a", "decider", "accreditor", "judge"])
    def test_a_case_officer_opens_it(self, referred: "World", party: str) -> None:
        assert "Only the authority's case officer may do this" in referred.refused(
            "restriction.open", by=party, case="bar", concerns="r", ground="cybersecurity"
        )


class TestCourt:
    """The Agency must sue: it bars nothing itself."""

    @pytest.mark.parametrize("party", ["officer", "decider", "accreditor", "registrar", "register"])
    def test_no_office_of_the_agency_orders(self, noticed: "World", party: str) -> None:
        noticed.file("restriction.answer", by="acme", case="bar")
        assert "Only the court may do this" in noticed.refused(
            "restriction.order-provisionally", by=party, case="bar", imminent=True
        )
        assert "Only the court may do this" in noticed.refused(
            "restriction.order", by=party, case="bar"
        )

    def test_without_notice_the_court_orders_only_on_imminent_risk(self, opened: "World") -> None:
        assert (
            "It needs the state noticed or answered or provisional or continued"
            in opened.refused("restriction.order", by="judge", case="bar")
        )
        assert "needs an imminent risk" in opened.refused(
            "restriction.order-provisionally", by="judge", case="bar", imminent=False
        )
        opened.file("restriction.order-provisionally", by="judge", case="bar", imminent=True)
        assert opened.state("bar") == "provisional"
        assert "No bar without notice" in opened.refused(
            "restriction.order", by="judge", case="bar"
        )

    @pytest.mark.parametrize("statement", ["reasons", "evidence", "scope", "criteria_for_lifting"])
    def test_an_order_states_reasons_evidence_scope_and_what_would_lift_it(
        self, noticed: "World", statement: str
    ) -> None:
        noticed.file("restriction.answer", by="acme", case="bar")
        assert f"must state '{statement}'" in noticed.refused(
            "restriction.order", by="judge", case="bar", **{statement: None}
        )

    def test_after_the_answer_the_court_may_order(self, noticed: "World") -> None:
        noticed.file("restriction.answer", by="acme", case="bar")
        noticed.file("restriction.order", by="judge", case="bar")
        assert noticed.state("bar") == "ordered"


class TestHearing:
    """No lasting bar before the developer has answered or its time has run out."""

    def test_the_court_waits_for_the_answer_or_ten_business_days(self, noticed: "World") -> None:
        # Notice on Monday 2 November 2026; Wednesday the 11th is Veterans Day, so the tenth
        # business day is Tuesday the 17th, and it ends at midnight in New York.
        assert "answered or its time has run out" in noticed.refused(
            "restriction.order", by="judge", case="bar"
        )
        noticed.moment = noticed.moment.replace(day=18, hour=4, minute=59, second=59)
        assert "answered or its time has run out" in noticed.refused(
            "restriction.order", by="judge", case="bar"
        )
        noticed.later(seconds=1)
        noticed.file("restriction.order", by="judge", case="bar")
        assert noticed.case("bar").facts["heard"] is True

    def test_a_provisional_order_does_not_cut_the_hearing_short(self, noticed: "World") -> None:
        noticed.file("restriction.order-provisionally", by="judge", case="bar", imminent=True)
        assert "answered or its time has run out" in noticed.refused(
            "restriction.order", by="judge", case="bar"
        )
        assert "Notice is given once" in noticed.refused(
            "restriction.give-notice-of-order", by="officer", case="bar"
        )
        noticed.file("restriction.answer-under-order", by="acme", case="bar")
        assert noticed.state("bar") == "provisional"
        noticed.file("restriction.order", by="judge", case="bar")
        assert noticed.state("bar") == "ordered"

    def test_notice_under_a_provisional_order_gives_five_business_days(
        self, provisional: "World"
    ) -> None:
        assert "Notice was given" in provisional.refused(
            "restriction.answer-under-order", by="acme", case="bar"
        )
        provisional.file("restriction.give-notice-of-order", by="officer", case="bar")
        provisional.file("restriction.continue-provisionally", by="judge", case="bar")
        assert "answered or its time has run out" in provisional.refused(
            "restriction.order", by="judge", case="bar"
        )
        provisional.later(days=7)  # Monday the 9th, the fifth business day, is not over
        assert "answered or its time has run out" in provisional.refused(
            "restriction.order", by="judge", case="bar"
        )
        provisional.later(days=1)
        provisional.file("restriction.order", by="judge", case="bar")
        assert provisional.state("bar") == "ordered"

    def test_only_the_developer_of_the_model_answers(self, noticed: "World") -> None:
        assert "Only the holder of r may do this" in noticed.refused(
            "restriction.answer", by="rival", case="bar"
        )


class TestProvisionalOrder:
    """It bars for seven days, and ends by itself unless the court hears the developer."""

    def test_it_lapses_by_itself(self, provisional: "World") -> None:
        lapse = provisional.case("bar").lapse
        assert lapse is not None
        assert lapse.at == "2026-11-10T04:59:59Z"
        assert lapse.derivation == (
            "day 0 = 2026-11-02, 7 days, due 2026-11-09 23:59:59 America/New_York"
        )
        case = provisional.case("bar")
        assert provisional.docket.state(case, "2026-11-10T04:59:58Z") == "provisional"
        assert provisional.docket.state(case, "2026-11-10T04:59:59Z") == "lifted"
        assert case.state == "provisional"  # nothing has been filed, so nothing has been written

    def test_what_has_lapsed_cannot_be_appealed_confirmed_or_made_lasting(
        self, provisional: "World"
    ) -> None:
        provisional.file("restriction.give-notice-of-order", by="officer", case="bar")
        provisional.later(days=15)
        for act, party in (("appeal", "acme"), ("uphold", "judge"), ("order", "judge")):
            assert "the case is lifted" in provisional.refused(
                f"restriction.{act}", by=party, case="bar"
            )
        assert provisional.open_acts("judge", "bar") == set()

    def test_an_appeal_or_a_notice_does_not_prolong_it(self, provisional: "World") -> None:
        lapse = provisional.case("bar").lapse
        provisional.later(days=3)
        provisional.file("restriction.appeal", by="acme", case="bar")
        provisional.file("restriction.uphold", by="judge", case="bar")
        provisional.file("restriction.give-notice-of-order", by="officer", case="bar")
        assert provisional.case("bar").lapse == lapse

    def test_a_lasting_order_in_its_place_has_a_review_date_a_year_later(
        self, noticed: "World"
    ) -> None:
        noticed.file("restriction.order-provisionally", by="judge", case="bar", imminent=True)
        noticed.file("restriction.answer-under-order", by="acme", case="bar")
        noticed.file("restriction.order", by="judge", case="bar")
        noticed.later(days=365)
        assert noticed.state("bar") == "ordered"
        noticed.later(days=1)
        assert noticed.state("bar") == "lifted"


class TestWayOut:
    """Appeal and lifting are open as long as a bar stands."""

    @pytest.fixture(params=["provisional", "ordered"])
    def barred(self, request: pytest.FixtureRequest, noticed: "World") -> "World":
        if request.param == "provisional":
            noticed.file("restriction.order-provisionally", by="judge", case="bar", imminent=True)
        else:
            noticed.file("restriction.answer", by="acme", case="bar")
            noticed.file("restriction.order", by="judge", case="bar")
        assert noticed.state("bar") == request.param
        return noticed

    def test_appeal_is_always_open(self, barred: "World") -> None:
        for _ in range(2):
            assert "appeal" in barred.open_acts("acme", "bar")
            barred.file("restriction.appeal", by="acme", case="bar")
            assert "appeal" in barred.open_acts("acme", "bar")
            barred.file("restriction.uphold", by="judge", case="bar")
            barred.later(seconds=1)

    def test_but_only_for_whoever_is_barred(self, barred: "World") -> None:
        for party in ("rival", "lab-a", "officer"):
            assert "appeal" not in barred.open_acts(party, "bar")
            barred.refused("restriction.appeal", by=party, case="bar")

    def test_lifting_is_always_open_to_the_court(self, barred: "World") -> None:
        assert "lift" in barred.open_acts("judge", "bar")
        barred.file("restriction.lift", by="judge", case="bar")
        assert barred.state("bar") == "lifted"

    def test_only_what_was_appealed_is_upheld(self, barred: "World") -> None:
        assert "An appeal is pending" in barred.refused(
            "restriction.uphold", by="judge", case="bar"
        )


class TestGate:
    """What a bar does to a clearance of the same weights that stands."""

    @pytest.fixture
    def reviewed_twice(self, world: "World") -> "World":
        """Weights that one review cleared and a later one found unacceptable."""
        world.cleared()
        world.assessed({"cybersecurity": "unacceptable"}, case="r2")
        world.determine("refer", case="r2")
        return world

    @pytest.fixture
    def barred(self, reviewed_twice: "World") -> "World":
        world = reviewed_twice
        world.restrict(case="bar", concerns="r2")
        assert world.status() is Status.VALID  # a case that is opened bars nothing
        world.file("restriction.order-provisionally", by="judge", case="bar", imminent=True)
        return world

    def test_a_referral_alone_bars_nothing_that_was_cleared(self, reviewed_twice: "World") -> None:
        assert reviewed_twice.status("r") is Status.VALID
        assert reviewed_twice.status("r2") is Status.INVALID

    def test_a_bar_suspends_it_and_the_lapse_of_the_bar_gives_it_back(
        self, barred: "World"
    ) -> None:
        assert barred.status() is Status.SUSPENDED
        barred.later(days=15)
        assert barred.state("bar") == "lifted"
        assert barred.status() is Status.VALID

    def test_lifting_the_bar_gives_it_back(self, barred: "World") -> None:
        barred.file("restriction.lift", by="judge", case="bar")
        assert barred.status() is Status.VALID

    def test_the_snapshot_states_it(self, barred: "World") -> None:
        barred.snapshot()
        barred.later(days=15)
        stated = barred.docket.last_snapshot
        assert stated is not None
        assert stated.statuses == (Status.SUSPENDED,)
        barred.snapshot()
        last = barred.docket.last_snapshot
        assert last is not None
        assert last.statuses == (Status.VALID,)
        assert [(change.index, change.status) for change in last.changes] == [(0, Status.VALID)]

    def test_a_bar_on_other_weights_does_not(self, world: "World") -> None:
        world.cleared()
        world.weights = "ac" * 32
        world.assessed({"cybersecurity": "unacceptable"}, case="r2")
        world.restrict(case="bar", concerns="r2")
        world.file("restriction.order-provisionally", by="judge", case="bar", imminent=True)
        assert world.status() is Status.VALID
