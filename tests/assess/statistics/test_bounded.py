"""Betting on scores between 0 and 1 keeps its error over random orders, and ends in the truth."""

import numpy as np
import pytest

from holdshort.assess.statistics.bounded import pool_mean_crossing
from holdshort.errors import BadInput

ORDERS = 10_000
ERROR = 0.05
SLACK = 3 * (ERROR * (1 - ERROR) / ORDERS) ** 0.5

POOLS = {
    "0 and 1": np.repeat([0.0, 1.0], [50, 50]),
    "thirds": np.repeat([0.0, 1 / 3, 2 / 3, 1.0], [25, 25, 25, 25]),
    "a few great ones": np.repeat([0.02, 1.0], [95, 5]),
    "a few poor ones": np.repeat([0.0, 0.98], [5, 95]),
}


@pytest.mark.parametrize("name", POOLS)
def test_a_pool_at_the_threshold_is_called_wrong_at_most_as_promised(name: str) -> None:
    pool = POOLS[name]
    random = np.random.default_rng(11)
    orders = random.permuted(np.tile(pool, (ORDERS, 1)), axis=1)
    threshold = float(pool.mean())
    _, above = pool_mean_crossing(orders, threshold, ERROR)
    assert float((~above).mean()) <= ERROR + SLACK
    _, above = pool_mean_crossing(orders, threshold + 1e-4, ERROR)
    assert float(above.mean()) <= ERROR + SLACK


def test_a_clear_pool_is_decided_early() -> None:
    orders = np.random.default_rng(3).permuted(np.tile(POOLS["thirds"], (200, 1)), axis=1)
    used, above = pool_mean_crossing(orders, 0.2, ERROR)
    assert above.all()
    assert float(used.mean()) < 40


def test_the_last_item_tells_the_mean() -> None:
    used, above = pool_mean_crossing(np.array([[0.5, 0.5], [0.5, 0.4]]), 0.5, 1e-6)
    assert used.tolist() == [2, 2]
    assert above.tolist() == [True, False]


def test_what_is_certain_is_not_asked_further() -> None:
    used, above = pool_mean_crossing(np.array([[1.0, 1.0, 1.0, 0.0]]), 0.5, 1e-6)
    assert used.tolist() == [3]
    assert above.all()


@pytest.mark.parametrize(
    ("scores", "threshold", "error_rate", "where"),
    [
        ([[0.5, 1.5]], 0.5, 0.05, "scores"),
        ([[0.5, float("nan")]], 0.5, 0.05, "scores"),
        ([0.5, 0.5], 0.5, 0.05, "scores"),
        ([[0.5, 0.5]], 1.0, 0.05, "threshold"),
        ([[0.5, 0.5]], 0.5, 0.0, "error_rate"),
    ],
)
def test_what_is_no_score_no_threshold_or_no_error_rate_is_refused(
    scores: list[object], threshold: float, error_rate: float, where: str
) -> None:
    with pytest.raises(BadInput) as refused:
        pool_mean_crossing(np.array(scores), threshold, error_rate)
    assert refused.value.where == where
