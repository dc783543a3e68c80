"""Confidence sequences of bounded means cover at all times, with and without replacement."""

import numpy as np
import pytest

from holdshort.assess.statistics.betting import Array
from holdshort.assess.statistics.confidence import (
    GRID,
    log_capitals,
    mean_interval,
    mean_sequence,
)
from holdshort.errors import BadInput

RUNS, ERROR, ITEMS = 10_000, 0.05, 150
SLACK = 3 * (ERROR * (1 - ERROR) / RUNS) ** 0.5

LAWS = {
    "even": 0.5,
    "seldom": 0.01,
    "nearly always": 0.99,
}
POOLS = {
    "half": np.repeat([0.0, 1.0], [75, 75]),
    "one of many": np.repeat([0.0, 1.0], [149, 1]),
    "thirds": np.repeat([0.0, 1 / 3, 1.0], [50, 50, 50]),
}


def missed(scores: Array, mean: float, *, pool: int | None = None, aim: int | None = None) -> float:
    """Share of runs in which the mean is rejected at any time."""
    rising, falling = log_capitals(scores, mean, ERROR, pool=pool, aim=aim)
    bar = np.log(2 / ERROR)
    return float(((rising >= bar) | (falling >= bar)).any(axis=1).mean())


@pytest.mark.parametrize("aim", [None, ITEMS])
@pytest.mark.parametrize("name", LAWS)
def test_draws_with_replacement_are_covered_at_all_times(name: str, aim: int | None) -> None:
    random = np.random.default_rng(5)
    scores = (random.random((RUNS, ITEMS)) < LAWS[name]).astype(float)
    assert missed(scores, LAWS[name], aim=aim) <= ERROR + SLACK


def test_scores_whose_variance_answers_to_the_past_are_covered() -> None:
    random = np.random.default_rng(6)
    scores = np.empty((RUNS, ITEMS))
    wide = np.ones(RUNS)
    for t in range(ITEMS):
        scores[:, t] = 0.5 + wide * np.where(random.random(RUNS) < 0.5, 0.5, -0.5)
        wide = np.where(scores[:, t] > 0.5, 0.1, 1.0)
    assert missed(scores, 0.5) <= ERROR + SLACK


@pytest.mark.parametrize("name", POOLS)
def test_a_pool_is_covered_at_all_times_over_random_orders(name: str) -> None:
    pool = POOLS[name]
    random = np.random.default_rng(7)
    scores = random.permuted(np.tile(pool, (RUNS, 1)), axis=1)
    assert missed(scores, float(pool.mean()), pool=len(pool)) <= ERROR + SLACK


def test_the_sequence_is_the_inversion_of_the_capitals() -> None:
    scores = (np.random.default_rng(1).random(80) < 0.3).astype(float)
    low, high = mean_sequence(scores, ERROR)
    for mean in (0.05, 0.2, 0.3, 0.5, 0.9):
        rising, falling = log_capitals(scores, mean, ERROR)
        out = (rising >= np.log(2 / ERROR)) | (falling >= np.log(2 / ERROR))
        gone = np.maximum.accumulate(out)
        inside = (low < mean) & (mean < high)
        assert (gone == ~inside)[np.abs(low - mean) > 2 / GRID].all()


def test_the_interval_shrinks_and_holds_the_mean_of_the_scores() -> None:
    scores = np.random.default_rng(3).random(500)
    low, high = mean_sequence(scores, ERROR)
    assert (np.diff(low) >= 0).all()
    assert (np.diff(high) <= 0).all()
    assert low[-1] < scores.mean() < high[-1]
    assert high[-1] - low[-1] < 0.12
    tight = mean_interval(scores, ERROR)
    assert tight[1] - tight[0] < high[-1] - low[-1]


def test_the_last_item_of_a_pool_leaves_one_mean() -> None:
    pool = np.array([0.0, 1.0, 1.0, 0.5])
    low, high = mean_sequence(pool, ERROR, pool=4)
    assert (low[-1], high[-1]) == (0.625, 0.625)


def test_without_replacement_is_tighter() -> None:
    scores = np.random.default_rng(4).permutation(POOLS["half"])
    low, high = mean_sequence(scores, ERROR)
    lower, higher = mean_sequence(scores, ERROR, pool=len(scores))
    assert (higher - lower)[100] < (high - low)[100]


@pytest.mark.parametrize(("scores", "rate"), [([1.5], 0.05), ([], 0.05), ([0.5], 1.0)])
def test_what_are_no_scores_or_is_no_rate_is_refused(scores: list[float], rate: float) -> None:
    with pytest.raises(BadInput):
        mean_sequence(np.array(scores), rate)
