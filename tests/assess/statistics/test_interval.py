from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import betaln

from holdshort.assess.statistics import confidence_interval

ALPHA = Decimal("0.05")


def test_no_items_say_nothing() -> None:
    assert confidence_interval(0, 0, ALPHA) == (Decimal("0.000"), Decimal("1.000"))


@given(st.integers(1, 400), st.data())
def test_the_interval_holds_the_observed_rate_and_mirrors(items: int, data: st.DataObject) -> None:
    successes = data.draw(st.integers(0, items))
    low, high = confidence_interval(items, successes, ALPHA)
    assert low <= Decimal(successes) / items <= high
    assert confidence_interval(items, items - successes, ALPHA) == (1 - high, 1 - low)


@given(st.integers(1, 400), st.data())
def test_the_ends_are_where_the_beta_binomial_evidence_reaches_the_level(
    items: int, data: st.DataObject
) -> None:
    """An independent form in floating point: log evidence against each end of the interval."""
    successes = data.draw(st.integers(0, items))
    low, high = (float(end) for end in confidence_interval(items, successes, ALPHA))

    def log_evidence(rate: float) -> float:
        mixture = betaln(successes + 1, items - successes + 1)
        likelihood = successes * np.log(rate) + (items - successes) * np.log1p(-rate)
        return float(mixture - likelihood)

    level = -np.log(float(ALPHA))
    for outer, inner in ((low, low + 0.001), (high, high - 0.001)):
        if 0 < outer < 1:
            assert log_evidence(outer) >= level - 1e-9
            assert log_evidence(inner) <= level + 1e-9


def test_more_confidence_makes_a_wider_interval() -> None:
    low, high = confidence_interval(80, 30, ALPHA)
    lower, higher = confidence_interval(80, 30, Decimal("0.001"))
    assert lower < low < high < higher


@pytest.mark.parametrize("rate", [0.02, 0.35, 0.5, 0.9])
def test_the_rate_is_covered_at_all_times_at_once_as_often_as_promised(rate: float) -> None:
    runs, items = 10_000, 200
    counts = (np.random.default_rng(7).random((runs, items)) < rate).cumsum(axis=1)
    table = np.array(
        [
            [
                low <= Decimal(str(rate)) <= high
                for s in range(n + 1)
                for low, high in [confidence_interval(n, s, ALPHA)]
            ]
            + [False] * (items - n)
            for n in range(1, items + 1)
        ]
    )
    covered = table[np.arange(items), counts].all(axis=1).mean()
    assert covered >= 0.95


def test_impossible_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="5 successes in 4 items"):
        confidence_interval(4, 5, ALPHA)
