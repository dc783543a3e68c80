"""The interval of a mean: exact, symmetric, honest at every time."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdshort.assess.elicitation.interval import _BETS, _WHOLE, mean_interval, rejects

COUNTS = st.lists(st.integers(0, 40), min_size=2, max_size=5)
ALPHA = Decimal("0.05")


def mean(counts: list[int]) -> Fraction:
    steps = len(counts) - 1
    total = sum(value * count for value, count in enumerate(counts))
    return Fraction(total, steps * sum(counts))


@given(COUNTS)
@settings(max_examples=60, deadline=None)
def test_the_interval_holds_the_mean_of_what_was_seen(counts: list[int]) -> None:
    low, high = mean_interval(counts, ALPHA)
    assert 0 <= low <= high <= 1
    if sum(counts):
        assert low <= mean(counts) <= high


@given(COUNTS)
@settings(max_examples=40, deadline=None)
def test_failures_and_passes_are_treated_alike(counts: list[int]) -> None:
    low, high = mean_interval(counts, ALPHA)
    assert mean_interval(counts[::-1], ALPHA) == (1 - high, 1 - low)


@given(COUNTS)
@settings(max_examples=40, deadline=None)
def test_less_error_is_a_wider_interval(counts: list[int]) -> None:
    low, high = mean_interval(counts, ALPHA)
    lower, higher = mean_interval(counts, Decimal("0.001"))
    assert lower <= low <= high <= higher


@given(COUNTS.filter(any), st.integers(1, 999))
@settings(max_examples=40, deadline=None)
def test_what_is_rejected_at_a_mean_is_rejected_at_all_smaller_ones(
    counts: list[int], point: int
) -> None:
    if rejects(counts, point + 1, Fraction(1, 40)):
        assert rejects(counts, point, Fraction(1, 40))


def test_nothing_seen_says_nothing() -> None:
    assert mean_interval([0, 0, 0], ALPHA) == (Fraction(0), Fraction(1))


def test_a_hundred_alike_settle_much() -> None:
    low, high = mean_interval([0, 100, 0], ALPHA)
    assert Fraction(46, 100) < low < Fraction(1, 2) < high < Fraction(54, 100)


@pytest.mark.parametrize("counts", [[3], [], [1, -1]])
def test_what_are_no_counts_is_refused(counts: list[int]) -> None:
    with pytest.raises(ValueError, match="no counts"):
        mean_interval(counts, ALPHA)


def test_an_error_rate_is_a_rate() -> None:
    with pytest.raises(ValueError, match="error rate"):
        mean_interval([1, 1], Decimal(0))


def capital_ever(differences: np.ndarray, theta: float, most: int) -> np.ndarray:
    """The greatest log of the mixture's capital of each run, looked at after every item."""
    scores = (differences + most) / (2 * most)
    null = (theta + most) / (2 * most)
    logs = np.full(differences.shape, -np.inf)
    for bet in np.array(_BETS) / _WHOLE:
        grown = np.cumsum(np.log((1 - bet) + bet * scores / null), axis=1)
        logs = np.logaddexp(logs, grown)
    greatest: np.ndarray = logs.max(axis=1) - np.log(len(_BETS))
    return greatest


def test_the_simulated_capital_is_the_exact_one() -> None:
    random = np.random.default_rng(3)
    for _ in range(20):
        differences = random.integers(-2, 3, (1, 30))
        counts = [int((differences == each).sum()) for each in range(-2, 3)]
        point = int(random.integers(600, 3400))
        final = (differences[0] + 2) / 4
        bets = np.array(_BETS)[:, None] / _WHOLE
        capital = np.prod((1 - bets) + bets * final / (point / 4000), axis=1).mean()
        just_enough, too_little = Fraction(1) / Fraction(capital * 0.999), Fraction(1, 10**12)
        assert rejects(counts, point, just_enough)
        assert not rejects(counts, point, Fraction(1) / Fraction(capital * 1.001))
        assert rejects(counts, point, too_little) == (capital >= 1e12)


@pytest.mark.parametrize(
    "chances",
    [
        (0.0, 0.0, 0.85, 0.15, 0.0),
        (0.1, 0.1, 0.4, 0.35, 0.05),
        (0.2, 0.05, 0.3, 0.3, 0.15),
        (0.0, 0.2, 0.45, 0.35, 0.0),
    ],
)
def test_a_gap_at_the_tolerance_is_seldom_called_more_however_often_one_looks(
    chances: tuple[float, ...],
) -> None:
    values, runs, alpha = np.arange(-2, 3), 10_000, 0.05
    theta = float(np.dot(values, chances))
    random = np.random.default_rng(8)
    drawn = random.choice(values, size=(runs, 200), p=chances)
    called_more = (capital_ever(drawn, theta, 2) >= np.log(2 / alpha)).mean()
    called_less = (capital_ever(-drawn, -theta, 2) >= np.log(2 / alpha)).mean()
    # Each end has half of α; three standard errors of 10⁴ runs are added.
    allowed = alpha / 2 + 3 * (alpha / 2 / runs) ** 0.5
    assert called_more <= allowed
    assert called_less <= allowed
