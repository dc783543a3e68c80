"""Bets on bounded scores: fair under every law with the mean, decisive under others."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdshort.assess.statistics.betting import Array, crossing, log_capital
from holdshort.assess.statistics.bounded import pool_mean_crossing
from holdshort.errors import BadInput

RUNS, ERROR = 10_000, 0.05
SLACK = 3 * (ERROR * (1 - ERROR) / RUNS) ** 0.5


def drifting(random: np.random.Generator, runs: int, items: int) -> Array:
    """Conditional mean 0.4 always; after a high score the next is 0 or 1, else 0.3 or 0.5."""
    scores = np.empty((runs, items))
    wild = np.ones(runs, dtype=bool)
    for t in range(items):
        chance = random.random(runs)
        calm = np.where(chance < 0.5, 0.3, 0.5)
        scores[:, t] = np.where(wild, (chance < 0.4).astype(float), calm)
        wild = scores[:, t] >= 0.5
    return scores


LAWS: dict[str, Callable[[np.random.Generator], Array]] = {
    "0 and 1": lambda random: (random.random((RUNS, 200)) < 0.4).astype(float),
    "seldom 1": lambda random: (random.random((RUNS, 200)) < 0.02).astype(float),
    "seldom 0": lambda random: (random.random((RUNS, 200)) < 0.98).astype(float),
    "variance that follows the past": lambda random: drifting(random, RUNS, 200),
}
MEANS = {"0 and 1": 0.4, "seldom 1": 0.02, "seldom 0": 0.98, "variance that follows the past": 0.4}


@pytest.mark.parametrize("name", LAWS)
def test_a_mean_on_the_boundary_is_called_wrong_at_most_as_promised(name: str) -> None:
    scores = LAWS[name](np.random.default_rng(19))
    mean = MEANS[name]
    _, said = crossing(scores, mean, mean + 0.01, ERROR)
    assert float((said > 0).mean()) <= ERROR + SLACK
    _, said = crossing(scores, mean - 0.01, mean, ERROR)
    assert float((said < 0).mean()) <= ERROR + SLACK


@given(st.lists(st.floats(0, 1), min_size=2, max_size=2), st.floats(0.02, 0.98))
@settings(max_examples=50, deadline=None)
def test_one_bet_is_fair_at_the_mean(values: list[float], mean: float) -> None:
    low, high = sorted(values)
    if not (low < mean < high):
        return
    chance = (mean - low) / (high - low)
    capital = np.exp(log_capital(np.array([[low], [high]]), mean)[:, 0])
    assert (1 - chance) * capital[0] + chance * capital[1] == pytest.approx(1.0)


def test_more_is_said_of_means_further_away() -> None:
    scores = np.random.default_rng(2).random((200, 400))
    near, said = crossing(scores, 0.40, 0.45, ERROR)
    assert (said == 1).all()
    far, _ = crossing(scores, 0.2, 0.25, ERROR)
    assert float(far.mean()) < float(near.mean()) / 2


def test_a_pool_whose_sum_is_passed_is_certain() -> None:
    capital = log_capital(np.array([1.0, 1.0, 0.0]), 0.4, pool=4)
    assert np.isinf(capital).tolist() == [False, True, True]


def test_undecided_rows_use_every_item() -> None:
    used, said = crossing(np.full((1, 7), 0.5), 0.45, 0.55, ERROR)
    assert (used.tolist(), said.tolist()) == ([7], [0])


def test_a_zone_that_is_empty_is_refused() -> None:
    with pytest.raises(BadInput, match="empty"):
        crossing(np.full((1, 7), 0.5), 0.6, 0.5, ERROR)


def test_a_decision_does_not_depend_on_what_comes_after_it() -> None:
    random = np.random.default_rng(8)
    scores = random.random((40, 60))
    used, above = pool_mean_crossing(scores, 0.4, ERROR)
    for row, count in enumerate(used):
        scores[row, count:] = random.permutation(scores[row, count:])
    again, same = pool_mean_crossing(scores, 0.4, ERROR)
    assert (used.tolist(), above.tolist()) == (again.tolist(), same.tolist())
