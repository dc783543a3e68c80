"""A planned order: drawn as it says, of use when the bank is right, harmless when it is wrong."""

from itertools import permutations

import numpy as np
import pytest

from holdshort.assess.statistics.betting import Array
from holdshort.assess.statistics.control_variate import predicted_pool_crossing, predicted_worlds
from holdshort.assess.statistics.irt import Bank
from holdshort.assess.statistics.planning import ability_worlds, item_weights, planned_order
from holdshort.errors import BadInput

ORDERS, ITEMS, ERROR = 10_000, 60, 0.05
SLACK = 3 * (ERROR * (1 - ERROR) / ORDERS) ** 0.5
POOL = np.repeat([0.0, 1.0], [ITEMS // 2, ITEMS // 2])


def test_every_order_has_the_chance_that_its_weights_give_it() -> None:
    weights = np.array([3.0, 1.0, 0.5])
    drawn = planned_order(weights, np.random.default_rng(1), 60_000)
    for order in permutations(range(3)):
        left, chance = float(weights.sum()), 1.0
        for item in order:
            chance *= weights[item] / left
            left -= weights[item]
        seen = float((drawn == np.array(order)).all(axis=1).mean())
        assert seen == pytest.approx(chance, abs=0.007)


def weightings() -> dict[str, tuple[Array, Array]]:
    """Worlds and weights, as perverse as they come."""
    told = predicted_worlds(np.clip(0.15 + 0.7 * POOL, 0, 1))
    misled = predicted_worlds(np.clip(0.85 - 0.7 * POOL, 0, 1))
    return {
        "passing items first": (told, 0.3 + 1.4 * POOL),
        "failing items first": (misled, 1.7 - 1.4 * POOL),
        "steep": (misled, np.where(np.arange(ITEMS) % 3 == 0, 8.0, 0.5)),
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", list(weightings()))
def test_no_plan_makes_it_wrong_more_often_than_promised(name: str) -> None:
    worlds, weights = weightings()[name]
    order = planned_order(weights, np.random.default_rng(2), ORDERS)
    _, above = predicted_pool_crossing(POOL, order, worlds, 0.5, ERROR, weights=weights)
    assert float((~above).mean()) <= ERROR + SLACK
    _, above = predicted_pool_crossing(POOL, order, worlds, 0.5 + 1e-6, ERROR, weights=weights)
    assert float(above.mean()) <= ERROR + SLACK


def test_a_planned_order_that_is_not_weighed_is_wrong_nearly_always() -> None:
    weights = np.where(POOL > 0.5, 8.0, 0.5)
    order = planned_order(weights, np.random.default_rng(3), 500)
    worlds = predicted_worlds(np.full(ITEMS, 0.5))
    _, above = predicted_pool_crossing(POOL, order, worlds, 0.6, ERROR)  # the rate is 0.5
    assert float(above.mean()) > 0.9
    _, above = predicted_pool_crossing(POOL, order, worlds, 0.6, ERROR, weights=weights)
    assert float(above.mean()) <= ERROR + 3 * (ERROR * (1 - ERROR) / 500) ** 0.5


def test_a_right_bank_saves_items() -> None:
    random = np.random.default_rng(4)
    bank = Bank(np.full(150, 2.0), random.normal(0, 1.5, 150))
    pool = (random.random(150) < bank.chances(np.array([0.5]))[0]).astype(float)
    worlds = ability_worlds(bank)
    threshold = float(pool.mean()) - 0.1
    weights = item_weights(worlds, threshold)
    planned = planned_order(weights, random, 60)
    used, above = predicted_pool_crossing(pool, planned, worlds, threshold, ERROR, weights=weights)
    even = planned_order(np.ones(150), random, 60)
    flat = predicted_worlds(np.full(150, 0.5))
    plain, _ = predicted_pool_crossing(pool, even, flat, threshold, ERROR)
    assert above.mean() > 0.95
    assert used.mean() < 0.75 * plain.mean()


def test_items_that_are_open_at_the_threshold_weigh_most() -> None:
    worlds = np.array([[0.05, 0.5, 0.95], [0.4, 0.9, 0.99]])
    weights = item_weights(worlds, 0.5)
    assert weights[1] > max(weights[0], weights[2])
    assert float(weights.mean()) == pytest.approx(1.0)
    assert float(weights.min()) > 0.5


def test_weights_that_no_order_has_are_refused() -> None:
    with pytest.raises(BadInput, match="weight"):
        planned_order(np.array([1.0, 0.0]), np.random.default_rng(0))
    with pytest.raises(BadInput) as refused:
        predicted_pool_crossing(
            POOL, np.arange(ITEMS)[None], predicted_worlds(POOL), 0.5, ERROR, weights=np.ones(3)
        )
    assert refused.value.where == "weights"
