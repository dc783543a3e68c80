"""What is owed, by whom, until when."""

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from holdshort.docket.clocks import instant, stamp

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.docket.conftest import World

    from holdshort.docket.duties import Owed
    from holdshort.rulebook.model import Rulebook

NEW_YORK = ZoneInfo("America/New_York")
SIX_MONTHLY = "    within: {amount: 6, unit: months}\n    every: {amount: 6, unit: months}\n"
REPORT: dict[str, Any] = {
    "public_report": "aa" * 32,
    "whole_report": "bb" * 32,
    "redacted": False,
    "scope": "All.",
}


def owed(world: "World", duty: str, now: str | None = None) -> list["Owed"]:
    return [item for item in world.docket.duties(now or world.now) if item.duty.id == duty]


def statuses(world: "World", duty: str, now: str) -> list[str]:
    return [item.status for item in owed(world, duty, now)]


def test_the_developer_of_a_covered_model_owes_a_risk_report_every_six_months(
    world: "World",
) -> None:
    world.declare()
    (first,) = owed(world, "risk-report")
    assert first.party == "acme"
    assert first.status == "running"
    assert first.started == "2026-11-02T14:00:00Z"
    assert first.due is not None
    assert first.due.derivation == (
        "day 0 = 2026-11-02, 6 months, due 2027-05-02 23:59:59 America/New_York"
    )
    # The second follows when the first is due, the third when the second is.
    later = owed(world, "risk-report", "2027-12-01T00:00:00Z")
    assert [item.status for item in later] == ["late", "late", "running"]
    ends = [stamp(item.due.at) for item in later if item.due]
    assert ends == ["2027-05-03T03:59:59Z", "2027-11-03T03:59:59Z", "2028-05-03T03:59:59Z"]
    assert [item.started for item in later[1:]] == ends[:2]


@pytest.mark.parametrize(
    "said",
    [
        {"training_compute": "1e24"},  # not covered
        {"ai_revenue": "1e6"},  # indeterminate, for the spending is unknown
        {"training_compute": None},
    ],
)
def test_whoever_reviews_voluntarily_owes_none(world: "World", said: dict[str, Any]) -> None:
    world.declare(**said)
    assert owed(world, "risk-report") == []
    assert owed(world, "pre-deployment-testing") == []


def test_a_duty_is_not_late_in_its_last_second(world: "World") -> None:
    world.declare()
    assert statuses(world, "risk-report", "2027-05-03T03:59:59Z") == ["running"]
    assert statuses(world, "risk-report", "2027-05-03T04:00:00Z") == ["late", "running"]


def test_where_no_source_sets_a_time_nothing_is_ever_late(world: "World") -> None:
    world.declare()
    (item,) = owed(world, "pre-deployment-testing", "2126-01-01T00:00:00Z")
    assert item.due is None
    assert item.status == "running"


def test_a_duty_of_an_office_names_the_office(world: "World") -> None:
    world.assessed()
    (item,) = owed(world, "determination")
    assert item.party is None
    assert item.duty.owed_by == "authority.decision-maker"


def test_the_soonest_comes_first_and_what_has_no_time_last(world: "World") -> None:
    world.assessed({"cybersecurity": "unacceptable"})
    world.determine("refer")
    world.restrict()
    world.file("restriction.give-notice", by="officer", case="bar")
    listed = [item for item in world.docket.duties(world.now) if item.case in ("r", "bar")]
    order = [item.duty.id for item in listed if item.due and item.status == "running"]
    assert order == ["answer-to-notice", "risk-report", "compliance-certification"]
    dues = [item.due.at for item in listed if item.due]
    assert dues == sorted(dues)
    assert {item.due for item in listed[len(dues) :]} == {None}


class TestAnswer:
    """The answer to a notice, ten business days after it."""

    @pytest.fixture
    def noticed(self, world: "World") -> "World":
        world.referred()
        world.restrict()
        world.file("restriction.give-notice", by="officer", case="bar")
        return world

    def test_is_owed_by_the_developer_of_the_model_concerned(self, noticed: "World") -> None:
        (item,) = owed(noticed, "answer-to-notice")
        assert (item.party, item.case, item.status) == ("acme", "bar", "running")

    def test_is_met_by_an_answer_in_time(self, noticed: "World") -> None:
        noticed.later(days=15)
        noticed.file("restriction.answer", by="acme", case="bar")
        assert statuses(noticed, "answer-to-notice", "2030-01-01T00:00:00Z") == ["met"]

    def test_stays_late_if_the_answer_came_late(self, noticed: "World") -> None:
        noticed.later(days=16)
        noticed.file("restriction.answer", by="acme", case="bar")
        assert statuses(noticed, "answer-to-notice", noticed.now) == ["late"]


class TestRounds:
    """What comes again is owed round by round."""

    @pytest.fixture
    def reporting(self, world: "World") -> "World":
        world.declare()
        return world

    def report(self, world: "World", at: str) -> None:
        world.moment = instant(at)
        world.file("review.report-risk", by="acme", **REPORT)

    def test_one_report_meets_one_round(self, reporting: "World") -> None:
        self.report(reporting, "2027-04-01T12:00:00Z")
        assert statuses(reporting, "risk-report", "2027-12-01T00:00:00Z") == [
            "met",
            "late",
            "running",
        ]

    def test_two_reports_in_one_round_meet_one_round(self, reporting: "World") -> None:
        self.report(reporting, "2027-03-01T12:00:00Z")
        self.report(reporting, "2027-04-01T12:00:00Z")
        assert statuses(reporting, "risk-report", "2027-12-01T00:00:00Z")[:2] == ["met", "late"]

    def test_a_late_report_meets_its_own_round_late_and_no_other(self, reporting: "World") -> None:
        self.report(reporting, "2027-06-01T12:00:00Z")
        assert statuses(reporting, "risk-report", "2027-12-01T00:00:00Z") == [
            "late",
            "late",
            "running",
        ]
        self.report(reporting, "2027-12-01T12:00:00Z")
        self.report(reporting, "2027-12-02T12:00:00Z")
        assert statuses(reporting, "risk-report", "2028-06-01T00:00:00Z") == [
            "late",
            "late",
            "met",
            "running",
        ]

    def test_a_report_every_round_is_never_late(self, reporting: "World") -> None:
        for at in ("2027-04-01T12:00:00Z", "2027-10-01T12:00:00Z", "2028-04-01T12:00:00Z"):
            self.report(reporting, at)
        assert statuses(reporting, "risk-report", "2028-05-01T00:00:00Z") == ["met"] * 3

    def test_a_round_is_counted_from_the_first_due_date(
        self, amended: "Callable[..., Rulebook]", make_world: "Callable[..., World]"
    ) -> None:
        monthly = SIX_MONTHLY.replace("amount: 6", "amount: 2", 1).replace("amount: 6", "amount: 1")
        world = make_world(amended((SIX_MONTHLY, monthly)))
        world.later(days=59)  # 31 December 2026
        world.declare()
        found = owed(world, "risk-report", "2027-07-01T12:00:00Z")
        days = [item.due.at.astimezone(NEW_YORK).date().isoformat() for item in found if item.due]
        assert days[0] == "2027-02-28"
        assert days[1:3] == ["2027-03-28", "2027-04-28"]

    def test_nor_does_it_drift_where_a_month_is_short(
        self, amended: "Callable[..., Rulebook]", make_world: "Callable[..., World]"
    ) -> None:
        monthly = SIX_MONTHLY.replace("amount: 6", "amount: 1")
        world = make_world(amended((SIX_MONTHLY, monthly)))
        world.later(days=59)  # 31 December 2026: first due on 31 January 2027
        world.declare()
        found = owed(world, "risk-report", "2027-06-01T12:00:00Z")
        days = [item.due.at.astimezone(NEW_YORK).date().isoformat() for item in found if item.due]
        assert days == [
            "2027-01-31",
            "2027-02-28",
            "2027-03-31",
            "2027-04-30",
            "2027-05-31",
            "2027-06-30",
        ]


def test_what_starts_a_duty_again_does_not_wipe_out_what_was_owed(
    amended: "Callable[..., Rulebook]", make_world: "Callable[..., World]"
) -> None:
    # Notice under an order may be given twice here; each starts five business days.
    book = amended(('{if: "!case.noticed", says: Notice is given once.', '{if: "true", says: Any.'))
    world = make_world(book)
    world.referred()
    world.restrict()
    world.file("restriction.order-provisionally", by="judge", case="bar", imminent=True)
    world.file("restriction.continue-provisionally", by="judge", case="bar")
    world.file("restriction.give-notice-of-order", by="officer", case="bar")
    world.later(days=9)
    world.file("restriction.give-notice-of-order", by="officer", case="bar")
    assert statuses(world, "answer-to-notice-of-order", world.now) == ["late", "running"]
    # What a clause asks is where the last one stands.
    assert "answered or its time has run out" in world.refused(
        "restriction.order", by="judge", case="bar"
    )
    world.file("restriction.answer-under-order", by="acme", case="bar")
    assert statuses(world, "answer-to-notice-of-order", world.now) == ["late", "met"]
