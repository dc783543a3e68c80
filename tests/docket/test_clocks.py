"""When something is due, and how that was counted."""

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdshort.docket.clocks import day_of, due, instant, stamp
from holdshort.errors import BadInput
from holdshort.rulebook.model import Amount, Calendar, Clocks

if TYPE_CHECKING:
    from holdshort.docket.clocks import Due

NEW_YORK = ZoneInfo("America/New_York")
CLOCKS = Clocks(
    "America/New_York",
    "23:59:59",
    {"us-federal": Calendar("us-federal", "US", frozenset({5, 6}))},
    "house",
)


def end_of(text: str) -> datetime:
    """The end of a day in New York."""
    day = date.fromisoformat(text)
    return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=NEW_YORK)


def after(start: str, number: int, unit: str) -> "Due":
    calendar = "us-federal" if unit == "business days" else None
    return due(instant(start), Amount(number, unit, calendar), CLOCKS)


@pytest.mark.parametrize(
    ("start", "number", "unit", "last"),
    [
        ("2026-11-02T14:00:00Z", 15, "days", "2026-11-17"),
        ("2026-11-02T14:00:00Z", 2, "weeks", "2026-11-16"),
        ("2026-11-02T14:00:00Z", 6, "months", "2027-05-02"),
        ("2026-12-15T14:00:00Z", 1, "months", "2027-01-15"),
        ("2026-01-31T14:00:00Z", 1, "months", "2026-02-28"),
        ("2028-01-31T14:00:00Z", 1, "months", "2028-02-29"),
        ("2026-08-31T14:00:00Z", 6, "months", "2027-02-28"),
        ("2026-02-28T14:00:00Z", 12, "months", "2027-02-28"),
        ("2028-02-29T14:00:00Z", 1, "years", "2029-02-28"),
        ("2028-02-29T14:00:00Z", 4, "years", "2032-02-29"),
        ("2026-11-02T14:00:00Z", 100, "years", "2126-11-02"),
    ],
)
def test_days_to_years_end_with_a_day_of_the_regimes_zone(
    start: str, number: int, unit: str, last: str
) -> None:
    assert after(start, number, unit).at == end_of(last)


@pytest.mark.parametrize(
    ("start", "number", "last"),
    [
        ("2026-11-02T14:00:00Z", 1, "2026-11-03"),
        ("2026-11-06T14:00:00Z", 1, "2026-11-09"),  # over a weekend
        ("2026-11-07T14:00:00Z", 1, "2026-11-09"),  # from a Saturday
        ("2026-11-25T14:00:00Z", 1, "2026-11-27"),  # over Thanksgiving, Thursday the 26th
        ("2026-11-20T14:00:00Z", 5, "2026-11-30"),
        ("2026-11-26T14:00:00Z", 1, "2026-11-27"),  # from Thanksgiving itself
        ("2026-12-24T14:00:00Z", 1, "2026-12-28"),  # over Christmas, a Friday, and the weekend
        ("2026-12-31T14:00:00Z", 1, "2027-01-04"),  # over New Year, a Friday, and the weekend
        ("2027-12-30T14:00:00Z", 1, "2028-01-03"),  # 1 January 2028 is a Saturday: Friday is off
        ("2028-12-29T14:00:00Z", 1, "2029-01-02"),  # over New Year, a Monday
        ("2026-11-02T14:00:00Z", 10, "2026-11-17"),  # over Veterans Day, Wednesday the 11th
    ],
)
def test_business_days_skip_weekends_and_federal_holidays(
    start: str, number: int, last: str
) -> None:
    assert after(start, number, "business days").at == end_of(last)


def test_hours_run_from_the_very_instant() -> None:
    assert after("2026-11-02T14:00:07Z", 72, "hours").at == instant("2026-11-05T14:00:07Z")


def test_hours_do_not_stretch_when_the_clocks_change() -> None:
    # New York sets its clocks back at 06:00Z on 1 November 2026.
    assert after("2026-11-01T02:00:00Z", 24, "hours").at == instant("2026-11-02T02:00:00Z")


@pytest.mark.parametrize(
    ("start", "at"),
    [
        ("2026-10-31T14:00:00Z", "2026-11-02T04:59:59Z"),  # 1 November has 25 hours
        ("2026-03-07T15:00:00Z", "2026-03-09T03:59:59Z"),  # 8 March has 23
    ],
)
def test_a_day_ends_by_the_wall_clock_when_the_clocks_change(start: str, at: str) -> None:
    assert stamp(after(start, 1, "days").at) == at


def test_the_day_of_an_event_is_that_of_the_regimes_zone() -> None:
    # Four in the morning in Greenwich is still the evening before in New York.
    assert after("2026-11-03T04:00:00Z", 1, "days").at == end_of("2026-11-03")
    assert day_of("2026-06-10T03:59:59Z", CLOCKS) == date(2026, 6, 9)
    assert day_of("2026-06-10T04:00:00Z", CLOCKS) == date(2026, 6, 10)


class TestDerivation:
    """A lawyer can check it by hand."""

    def test_of_business_days(self) -> None:
        assert after("2026-11-20T15:00:00Z", 5, "business days").derivation == (
            "day 0 = 2026-11-20, 5 business days (us-federal), weekends and 1 holiday skipped: "
            "2026-11-26 Thanksgiving Day, due 2026-11-30 23:59:59 America/New_York"
        )

    def test_of_business_days_without_a_holiday(self) -> None:
        assert "weekends and 0 holidays skipped, due" in (
            after("2026-11-02T15:00:00Z", 1, "business days").derivation
        )

    def test_of_months(self) -> None:
        assert after("2026-01-31T15:00:00Z", 1, "months").derivation == (
            "day 0 = 2026-01-31, 1 month, due 2026-02-28 23:59:59 America/New_York"
        )

    def test_of_hours(self) -> None:
        assert after("2026-11-02T14:00:00Z", 72, "hours").derivation == (
            "72 hours after 2026-11-02 09:00 EST"
        )


@pytest.mark.parametrize("unit", ["hours", "days", "weeks", "months", "years", "business days"])
@pytest.mark.parametrize("start", ["9999-12-31T12:00:00Z", "9999-12-31T23:59:59Z"])
def test_what_is_beyond_the_calendar_is_bad_input(start: str, unit: str) -> None:
    with pytest.raises(BadInput, match="beyond the calendar"):
        after(start, 1000, unit)


def test_a_day_before_the_calendar_is_bad_input() -> None:
    with pytest.raises(BadInput, match="no day of the calendar"):
        day_of("0001-01-01T00:00:00Z", CLOCKS)
    with pytest.raises(BadInput, match="beyond the calendar"):
        after("0001-01-01T00:00:00Z", 1, "days")


def test_a_stamp_is_what_acts_carry() -> None:
    assert stamp(datetime(9, 1, 2, 3, 4, 5, 678, tzinfo=UTC)) == "0009-01-02T03:04:05Z"
    assert stamp(datetime(2026, 11, 2, 9, tzinfo=NEW_YORK)) == "2026-11-02T14:00:00Z"


INSTANTS = st.integers(
    int(datetime(2020, 1, 1, tzinfo=UTC).timestamp()),
    int(datetime(2040, 1, 1, tzinfo=UTC).timestamp()),
).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
AMOUNTS = st.builds(
    lambda number, unit: Amount(number, unit, "us-federal" if unit == "business days" else None),
    st.integers(1, 60),
    st.sampled_from(["hours", "days", "weeks", "months", "years", "business days"]),
)


@given(INSTANTS, AMOUNTS)
def test_more_time_is_never_less(start: datetime, amount: Amount) -> None:
    longer = Amount(amount.number + 1, amount.unit, amount.calendar)
    assert start < due(start, amount, CLOCKS).at < due(start, longer, CLOCKS).at


@given(INSTANTS, st.timedeltas(timedelta(0), timedelta(days=40)), AMOUNTS)
def test_who_starts_later_is_due_no_sooner(
    start: datetime, later: timedelta, amount: Amount
) -> None:
    assert due(start, amount, CLOCKS).at <= due(start + later, amount, CLOCKS).at


@given(INSTANTS, st.integers(1, 60))
def test_a_business_day_is_no_weekend_and_no_holiday(start: datetime, number: int) -> None:
    import holidays

    federal = holidays.country_holidays("US")
    end = due(start, Amount(number, "business days", "us-federal"), CLOCKS).at.astimezone(NEW_YORK)
    assert end.weekday() < 5
    assert end.date() not in federal
    # Counted the other way: that many business days lie between.
    day, counted = start.astimezone(NEW_YORK).date(), 0
    while day < end.date():
        day += timedelta(days=1)
        counted += day.weekday() < 5 and day not in federal
    assert counted == number


@given(INSTANTS)
def test_an_instant_survives_being_stamped(moment: datetime) -> None:
    assert instant(stamp(moment)) == moment
