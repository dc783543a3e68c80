from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdshort.errors import BadInput
from holdshort.report import numerals

proportions = st.decimals(min_value=0, max_value=1, allow_nan=False)


@given(proportions, proportions, st.integers(0, 6))
def test_a_printed_interval_contains_the_computed_one(a: Decimal, b: Decimal, places: int) -> None:
    low, high = sorted((a, b))
    printed = numerals.interval(low, high, places).strip("[]").split(", ")
    assert Decimal(printed[0]) <= low
    assert high <= Decimal(printed[1])
    assert Decimal(printed[1]) <= 1


@pytest.mark.parametrize("value", ["", "NaN", "sNaN", "one", "0,5", "1e", "0x1"])
def test_what_is_no_number_is_refused_with_its_place(value: str) -> None:
    with pytest.raises(BadInput) as refusal:
        numerals.decimal(value, where="Cybersecurity, low")
    assert refusal.value.where == "Cybersecurity, low"


@pytest.mark.parametrize("value", ["-0.01", "1.0001", "Infinity", "-Infinity"])
def test_a_rate_outside_zero_to_one_is_refused(value: str) -> None:
    with pytest.raises(BadInput, match="between 0 and 1"):
        numerals.proportion(value, where="here")


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        ("0", "0"),
        ("1", "1"),
        ("0.42", "0.42"),
        ("131.49", "131"),
        ("80.0", "80"),
        ("2000", "2000"),
        ("0.0158", "0.0158"),
        ("0.00042", "4.2 × 10⁻⁴"),
        ("1.34e12", "1.3 × 10¹²"),
        ("9.99e99", "1.0 × 10¹⁰⁰"),
        ("Infinity", "∞"),
    ],
)
def test_an_e_value_is_printed_with_two_or_three_digits(value: str, printed: str) -> None:
    assert numerals.evidence(Decimal(value)) == printed


@given(st.decimals(min_value=Decimal("1e-300"), max_value=Decimal("1e300"), allow_nan=False))
def test_a_printed_e_value_is_within_five_percent_of_the_computed_one(value: Decimal) -> None:
    digits, _, exponent = numerals.evidence(value).partition(" × 10")
    plain = exponent.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    assert abs(Decimal(digits).scaleb(int(plain or "0")) / value - 1) <= Decimal("0.051")


@pytest.mark.parametrize(
    ("value", "printed"),
    [("0.20", "0.2"), ("0.0125", "0.0125"), ("0.00", "0"), ("1E-9999999", "1.0 × 10⁻⁹⁹⁹⁹⁹⁹⁹")],
)
def test_a_chosen_number_is_printed_as_chosen_without_idle_zeros(value: str, printed: str) -> None:
    assert numerals.exact(Decimal(value)) == printed


def test_a_count_agrees_with_its_noun() -> None:
    assert [numerals.count(n, "item") for n in (0, 1, 1200)] == ["0 items", "1 item", "1,200 items"]


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("2026-11-23T10:15:00Z", "23 November 2026, 10:15:00 UTC"),
        ("2026-11-23T01:15:00+02:00", "22 November 2026, 23:15:00 UTC"),
        ("2026-11-23T10:15:00", "2026-11-23T10:15:00"),  # no zone: shown as filed
        ("yesterday", "yesterday"),
    ],
)
def test_an_instant_is_printed_in_utc_with_the_month_in_letters(text: str, printed: str) -> None:
    assert numerals.moment(text) == printed
