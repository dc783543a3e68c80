"""Boundaries of least cost keep the error that they promise, for every pool and by count."""

from itertools import combinations
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdshort.assess.statistics.boundaries import (
    Boundaries,
    pool_boundaries,
    pool_operation,
    pool_rate_crossing,
)
from holdshort.assess.statistics.sequential import Decision
from holdshort.errors import BadInput


def enumerated(boundaries: Boundaries, passes: int) -> tuple[float, float]:
    """Chance of *below* and mean items, over every arrangement of the passes, one by one."""
    below, items = 0, 0
    for places in combinations(range(boundaries.items), passes):
        count = 0
        for n in range(1, boundaries.items + 1):
            count += n - 1 in places
            if (said := boundaries.decide(n, count)) is not None:
                below += said is Decision.BELOW
                items += n
                break
    total = comb(boundaries.items, passes)
    return below / total, items / total


@pytest.mark.parametrize(("items", "fewest"), [(9, 3), (10, 5), (12, 11), (11, 1)])
def test_operation_is_what_counting_every_order_gives(items: int, fewest: int) -> None:
    boundaries = pool_boundaries(items, fewest, 0.2)
    for passes in range(items + 1):
        found = pool_operation(boundaries, passes)
        below, mean = enumerated(boundaries, passes)
        assert found.below == pytest.approx(below)
        assert found.mean_items == pytest.approx(mean)
        assert found.below + found.above == pytest.approx(1.0)


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 120), st.floats(0.01, 1), st.sampled_from([0.01, 0.05, 0.2]))
def test_no_pool_is_called_wrong_more_often_than_promised(
    items: int, share: float, error_rate: float
) -> None:
    fewest = min(max(round(items * share), 1), items)
    boundaries = pool_boundaries(items, fewest, error_rate)
    for passes in range(items + 1):
        found = pool_operation(boundaries, passes)
        wrong = found.below if passes >= fewest else found.above
        assert wrong <= error_rate


def test_the_promise_is_used_and_not_wasted() -> None:
    boundaries = pool_boundaries(200, 120, 0.05)
    assert pool_operation(boundaries, 120).below > 0.045
    assert pool_operation(boundaries, 119).above > 0.045


def test_a_pool_far_from_the_threshold_costs_little() -> None:
    boundaries = pool_boundaries(200, 100, 0.05)
    assert (
        pool_operation(boundaries, 20).mean_items < 20 < pool_operation(boundaries, 99).mean_items
    )


def test_a_hundred_thousand_random_orders_agree_with_the_law() -> None:
    boundaries = pool_boundaries(60, 30, 0.05)
    random = np.random.default_rng(20261124)
    for passes in (29, 30, 40):
        pool = np.arange(60) < passes
        orders = random.permuted(np.tile(pool, (100_000, 1)), axis=1)
        used, above = pool_rate_crossing(boundaries, orders)
        found = pool_operation(boundaries, passes)
        assert float(above.mean()) == pytest.approx(found.above, abs=0.005)
        assert float(used.mean()) == pytest.approx(found.mean_items, abs=0.3)


def test_alike_items_in_random_order_do_not_inflate_the_error() -> None:
    # Ten families of six items each, all of one family alike: still only the order is random.
    boundaries = pool_boundaries(60, 30, 0.05)
    pool = np.repeat(np.arange(10) < 5, 6)
    orders = np.random.default_rng(7).permuted(np.tile(pool, (20_000, 1)), axis=1)
    _, above = pool_rate_crossing(boundaries, orders)
    assert float((~above).mean()) <= 0.05 + 3 * (0.05 * 0.95 / 20_000) ** 0.5


def test_a_prior_near_the_truth_saves_items_and_never_the_promise() -> None:
    plain, told = pool_boundaries(150, 75, 0.05), pool_boundaries(150, 75, 0.05, prior=(18.0, 2.0))
    assert pool_operation(told, 135).mean_items < pool_operation(plain, 135).mean_items
    assert pool_operation(told, 75).below <= 0.05


def test_boundaries_that_leave_a_count_open_are_refused() -> None:
    with pytest.raises(BadInput, match="last item"):
        Boundaries((-1, 0), (1, 2))
    with pytest.raises(BadInput, match="both below and above"):
        Boundaries((-1, 1), (1, 1))
    with pytest.raises(BadInput, match="one entry"):
        Boundaries((0,), (1,))


@pytest.mark.parametrize(
    ("items", "fewest", "error_rate"), [(0, 0, 0.05), (10, 0, 0.05), (10, 11, 0.05), (10, 5, 0.5)]
)
def test_a_pool_without_a_threshold_is_refused(items: int, fewest: int, error_rate: float) -> None:
    with pytest.raises(BadInput):
        pool_boundaries(items, fewest, error_rate)


def test_a_pool_has_no_more_passes_than_items() -> None:
    with pytest.raises(BadInput, match="no 11 passes"):
        pool_operation(pool_boundaries(10, 5, 0.1), 11)
