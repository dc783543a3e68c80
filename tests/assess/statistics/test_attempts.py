"""pass@k and pass^k: equal to counting every draw, and covered by their intervals."""

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdshort.assess.statistics.attempts import (
    Of,
    interval_of_task,
    interval_over_tasks,
    mean_over_tasks,
    pass_at_k,
    pass_hat_k,
)
from holdshort.assess.statistics.binomial import clopper_pearson
from holdshort.errors import BadInput

COUNTS = st.integers(1, 8).flatmap(
    lambda n: st.tuples(st.just(n), st.integers(0, n), st.integers(1, n))
)
RUNS, ERROR = 10_000, 0.05
SLACK = 3 * (ERROR * (1 - ERROR) / RUNS) ** 0.5


@given(COUNTS)
def test_both_count_every_draw_of_k_attempts(counts: tuple[int, int, int]) -> None:
    attempts, successes, k = counts
    draws = list(combinations([True] * successes + [False] * (attempts - successes), k))
    assert pass_at_k(attempts, successes, k) == Fraction(sum(map(any, draws)), len(draws))
    assert pass_hat_k(attempts, successes, k) == Fraction(sum(map(all, draws)), len(draws))


@given(COUNTS)
def test_one_attempt_is_the_plain_rate(counts: tuple[int, int, int]) -> None:
    attempts, successes, _ = counts
    assert pass_at_k(attempts, successes, 1) == pass_hat_k(attempts, successes, 1)
    assert pass_at_k(attempts, successes, 1) == Fraction(successes, attempts)


def test_the_estimates_have_no_bias_and_the_plug_in_has() -> None:
    rate, attempts, k = 0.1, 10, 5
    hits = np.arange(attempts + 1)
    chance = np.array([float(len(list(combinations(range(attempts), int(c))))) for c in hits]) * (
        rate**hits * (1 - rate) ** (attempts - hits)
    )
    found = np.array([float(pass_at_k(attempts, int(c), k)) for c in hits])
    assert chance @ found == pytest.approx(1 - (1 - rate) ** k)
    assert chance @ (1 - (1 - hits / attempts) ** k) < 0.98 * (1 - (1 - rate) ** k)


@pytest.mark.parametrize("rate", [0.001, 0.02, 0.3, 0.5, 0.97])
def test_the_exact_interval_covers_every_rate(rate: float) -> None:
    hits = np.random.default_rng(3).binomial(25, rate, RUNS)
    low, high = clopper_pearson(hits, np.full(RUNS, 25), ERROR)
    assert float(((low > rate) | (high < rate)).mean()) <= ERROR + SLACK


@pytest.mark.parametrize("of", list(Of))
def test_the_interval_of_a_task_is_that_of_its_rate_carried_over(of: Of) -> None:
    rate, k = 0.2, 4
    truth = rate**k if of is Of.ALL else 1 - (1 - rate) ** k
    hits, runs = np.unique(np.random.default_rng(4).binomial(20, rate, RUNS), return_counts=True)
    ends = [interval_of_task(20, int(c), k, of, ERROR) for c in hits]
    missed = [not low <= truth <= high for low, high in ends]
    assert float(runs @ np.array(missed)) / RUNS <= ERROR + SLACK


LAWS = {
    "a few tasks that are always solved": (np.array([0.0, 1.0]), np.array([0.97, 0.03])),
    "half and half": (np.array([0.0, 1.0]), np.array([0.5, 0.5])),
    "hard alike": (np.array([0.15]), np.array([1.0])),
}


@pytest.mark.slow
@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("of", list(Of))
def test_the_interval_over_tasks_covers_under_unlike_tasks(law: str, of: Of) -> None:
    rates, shares = LAWS[law]
    random = np.random.default_rng(8)
    attempts, k, tasks = 5, 3, 25
    truth = float(shares @ (rates**k if of is Of.ALL else 1 - (1 - rates) ** k))
    missed = 0
    for _ in range(RUNS):
        chosen = rates[random.choice(len(rates), tasks, p=shares)]
        counts = [(attempts, int(c)) for c in random.binomial(attempts, chosen)]
        low, high = interval_over_tasks(counts, k, of, ERROR)
        missed += not low <= truth <= high
    assert missed / RUNS <= ERROR + SLACK


def test_the_mean_over_tasks_is_exact() -> None:
    assert mean_over_tasks([(2, 1), (4, 4)], 2, Of.ALL) == Fraction(1, 2)
    assert mean_over_tasks([(2, 1), (4, 0)], 2, Of.ANY) == Fraction(1, 2)


@pytest.mark.parametrize(("attempts", "successes", "k"), [(3, 4, 1), (3, 1, 4), (3, 1, 0)])
def test_attempts_that_cannot_be_are_refused(attempts: int, successes: int, k: int) -> None:
    with pytest.raises(BadInput):
        pass_at_k(attempts, successes, k)


def test_no_task_has_no_mean() -> None:
    with pytest.raises(BadInput, match="no task"):
        mean_over_tasks([], 1, Of.ANY)


def test_more_passes_than_items_are_refused() -> None:
    with pytest.raises(BadInput):
        clopper_pearson(3, 2, ERROR)
