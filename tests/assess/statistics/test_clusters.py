"""Alike items in families cannot inflate the evidence; a test of items alone lets them."""

import numpy as np
import pytest

from holdshort.assess.statistics.betting import Array, crossing
from holdshort.assess.statistics.clusters import (
    decide_families,
    family_crossing,
    family_means,
)
from holdshort.assess.statistics.sequential import Decision
from holdshort.errors import BadInput

RUNS, FAMILIES, EACH, ERROR = 10_000, 40, 10, 0.05
SLACK = 3 * (ERROR * (1 - ERROR) / RUNS) ** 0.5
THRESHOLD, ZONE = 0.5, 0.1


def families(intraclass: float, rate: float, *, seed: int = 23) -> Array:
    """Runs × families × items, 0 or 1: beta-binomial families, identical items at 1."""
    random = np.random.default_rng(seed)
    if intraclass == 1:
        passed = random.random((RUNS, FAMILIES, 1)) < rate
        return np.repeat(passed, EACH, axis=2).astype(float)
    size = (1 - intraclass) / intraclass
    chance = random.beta(rate * size, (1 - rate) * size, (RUNS, FAMILIES, 1))
    return (random.random((RUNS, FAMILIES, EACH)) < chance).astype(float)


@pytest.mark.parametrize("intraclass", [0.02, 0.3, 0.7, 1.0])
@pytest.mark.parametrize("rate", [THRESHOLD - ZONE, THRESHOLD + ZONE])
def test_families_keep_the_error_however_alike_their_items(intraclass: float, rate: float) -> None:
    means = families(intraclass, rate).mean(axis=2)
    _, said = family_crossing(means, THRESHOLD, ZONE, ERROR)
    wrong = said > 0 if rate < THRESHOLD else said < 0
    assert float(wrong.mean()) <= ERROR + SLACK


def test_a_test_of_items_errs_far_above_its_level_on_identical_items() -> None:
    items = families(1.0, THRESHOLD - ZONE).reshape(RUNS, -1)
    _, said = crossing(items, THRESHOLD - ZONE, THRESHOLD + ZONE, ERROR)
    assert float((said > 0).mean()) > 5 * ERROR


def test_families_of_unlike_sizes_keep_the_error() -> None:
    random = np.random.default_rng(31)
    sizes = np.where(np.arange(FAMILIES) % 4 == 0, 50, 1)
    chance = random.beta(0.4, 0.6, (RUNS, FAMILIES))  # mean 0.4
    means = random.binomial(sizes, chance) / sizes
    _, said = family_crossing(means, THRESHOLD, ZONE, ERROR)
    assert float((said > 0).mean()) <= ERROR + SLACK


def test_a_clear_model_is_decided_on_few_families() -> None:
    means = families(0.3, 0.9).mean(axis=2)
    used, said = family_crossing(means, THRESHOLD, ZONE, ERROR)
    assert float((said > 0).mean()) > 0.99
    assert float(used.mean()) < 15


def test_one_run_is_decided_by_family_in_the_order_of_first_items() -> None:
    scores = [1.0, 0.0, 1.0, 1.0] * 30
    names = [f"f{i // 4}" for i in range(120)]
    found = decide_families(scores, names, 0.4, 0.1, ERROR)
    assert found.decision is Decision.ABOVE
    assert found.families < 30
    assert found.e_above >= 1 / ERROR > found.e_below
    assert found.interval[0] <= 0.75 <= found.interval[1]


def test_a_family_may_come_in_pieces() -> None:
    assert family_means([1, 0, 1, 1], ["b", "a", "b", "a"]).tolist() == [1.0, 0.5]


def test_scores_without_families_are_refused() -> None:
    with pytest.raises(BadInput, match="do not go together"):
        family_means([1.0, 0.0], ["a"])
