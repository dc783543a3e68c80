"""Predictions of items: good ones save items, and not even perverse ones can spoil the decision."""

import numpy as np
import pytest
from numpy.typing import NDArray

from holdshort.assess.statistics.betting import Array
from holdshort.assess.statistics.bounded import pool_mean_crossing
from holdshort.assess.statistics.control_variate import predicted_pool_crossing, predicted_worlds
from holdshort.errors import BadInput

ORDERS, ITEMS, ERROR = 10_000, 60, 0.05
SLACK = 3 * (ERROR * (1 - ERROR) / ORDERS) ** 0.5
POOL = np.repeat([0.0, 1.0], [ITEMS // 2, ITEMS // 2])
BLURRED = np.clip(0.15 + 0.7 * POOL, 0, 1)

PREDICTIONS = {
    "right": POOL,
    "the reverse": 1 - POOL,
    "roughly right": BLURRED,
    "chance": np.random.default_rng(2).random(ITEMS),
    "all passed": np.ones(ITEMS),
    "too low": BLURRED / 4,
}


Order = NDArray[np.int64]


def shuffled(count: int, items: int, seed: int = 1) -> Order:
    order = np.tile(np.arange(items), (count, 1))
    return np.random.default_rng(seed).permuted(order, axis=1)


@pytest.mark.slow
@pytest.mark.parametrize("name", PREDICTIONS)
def test_no_predictions_make_it_wrong_more_often_than_promised(name: str) -> None:
    worlds = predicted_worlds(PREDICTIONS[name])
    order = shuffled(ORDERS, ITEMS)
    _, above = predicted_pool_crossing(POOL, order, worlds, 0.5, ERROR)
    assert float((~above).mean()) <= ERROR + SLACK
    _, above = predicted_pool_crossing(POOL, order, worlds, 0.5 + 1e-6, ERROR)
    assert float(above.mean()) <= ERROR + SLACK


@pytest.mark.slow
def test_scores_between_0_and_1_keep_the_promise() -> None:
    pool = np.tile([0.0, 0.2, 0.7, 1.0], ITEMS // 4)
    worlds = predicted_worlds(np.clip(pool + 0.1, 0, 1))
    threshold = float(pool.mean())
    _, above = predicted_pool_crossing(pool, shuffled(ORDERS, ITEMS), worlds, threshold, ERROR)
    assert float((~above).mean()) <= ERROR + SLACK


def test_good_predictions_save_items_and_bad_ones_cost_few() -> None:
    random = np.random.default_rng(9)
    chance = random.beta(0.6, 0.4, 200)
    pool = (random.random(200) < chance).astype(float)
    order = shuffled(200, 200)
    threshold = float(pool.mean()) - 0.12
    plain, _ = pool_mean_crossing(pool[order], threshold, ERROR)
    told, above = predicted_pool_crossing(pool, order, predicted_worlds(chance), threshold, ERROR)
    misled, _ = predicted_pool_crossing(
        pool, order, predicted_worlds(random.random(200)), threshold, ERROR
    )
    assert above.mean() > 0.98
    assert told.mean() < 0.8 * plain.mean()
    assert misled.mean() < 1.3 * plain.mean()


def test_alike_items_need_no_predictions() -> None:
    worlds = predicted_worlds(np.full(ITEMS, 0.7))
    assert np.allclose(worlds, worlds[:, :1])
    assert worlds[:, 0].min() < 0.1 < 0.9 < worlds[:, 0].max()


def test_a_decision_reads_no_score_before_its_turn() -> None:
    random = np.random.default_rng(5)
    order = shuffled(1, ITEMS)
    worlds = predicted_worlds(BLURRED)
    used, above = predicted_pool_crossing(POOL, order, worlds, 0.3, ERROR)
    unseen = order[0, used[0] :]
    for _ in range(5):
        pool = POOL.copy()
        pool[unseen] = random.permutation(pool[unseen])
        assert predicted_pool_crossing(pool, order, worlds, 0.3, ERROR)[0] == used
    assert above.all()


def test_what_is_certain_is_not_asked_further() -> None:
    pool = np.array([1.0, 1.0, 1.0, 0.0])
    order = np.array([[0, 1, 2, 3]])
    used, above = predicted_pool_crossing(pool, order, predicted_worlds(pool), 0.5, 1e-9)
    assert (used.tolist(), above.tolist()) == ([3], [True])


def wrong_inputs() -> list[tuple[str, Order, Array]]:
    good = predicted_worlds(BLURRED)
    return [
        ("order", np.zeros((1, ITEMS), dtype=np.int64), good),
        ("worlds", np.arange(ITEMS)[None, :], good[:, :-1]),
        ("worlds", np.arange(ITEMS)[None, :], np.ones_like(good)),
    ]


@pytest.mark.parametrize(("where", "order", "worlds"), wrong_inputs())
def test_orders_and_worlds_that_are_none_are_refused(
    where: str, order: Order, worlds: Array
) -> None:
    with pytest.raises(BadInput) as refused:
        predicted_pool_crossing(POOL, order, worlds, 0.5, ERROR)
    assert refused.value.where == where
