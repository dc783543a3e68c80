"""Verdicts of a judge that errs, corrected: estimates against algebra, intervals by simulation."""

import numpy as np
import pytest

from holdshort.assess.statistics.betting import Array
from holdshort.assess.statistics.judges import (
    Counts,
    audited_interval,
    corrected_interval,
    corrected_rate,
    prediction_powered_interval,
)
from holdshort.errors import BadInput

RUNS, ERROR = 10_000, 0.05
SLACK = 3 * (ERROR * (1 - ERROR) / RUNS) ** 0.5


def test_rogan_and_gladen_undo_the_judges_error() -> None:
    # 30 % are right, the judge passes 90 % of them and 20 % of the others: it passes 41 %.
    found = corrected_rate(Counts(41, 100), Counts(90, 100), Counts(20, 100))
    assert float(found) == pytest.approx(0.3)


def test_estimates_beyond_are_cut() -> None:
    assert float(corrected_rate(Counts(5, 100), Counts(9, 10), Counts(1, 10))) == 0.0
    assert float(corrected_rate(Counts(99, 100), Counts(9, 10), Counts(1, 10))) == 1.0


def test_a_judge_that_says_nothing_is_refused_an_estimate_and_has_a_whole_interval() -> None:
    passed, right, wrong = Counts(50, 100), Counts(5, 10), Counts(6, 10)
    with pytest.raises(BadInput, match="say nothing"):
        corrected_rate(passed, right, wrong)
    low, high = corrected_interval(passed, right, wrong, ERROR)
    assert (float(low), float(high)) == (0.0, 1.0)


@pytest.mark.parametrize("rate", [0.0, 0.03, 0.4, 1.0])
@pytest.mark.parametrize("judge", [(0.95, 0.05), (0.7, 0.4), (1.0, 0.0)])
def test_the_corrected_interval_covers_for_every_judge(
    rate: float, judge: tuple[float, float]
) -> None:
    right, wrong = judge
    random = np.random.default_rng(12)
    passes = rate * right + (1 - rate) * wrong
    low, high = corrected_interval(
        Counts(random.binomial(300, passes, RUNS), np.full(RUNS, 300)),
        Counts(random.binomial(60, right, RUNS), np.full(RUNS, 60)),
        Counts(random.binomial(60, wrong, RUNS), np.full(RUNS, 60)),
        ERROR,
    )
    assert float(((low > rate) | (high < rate)).mean()) <= ERROR + SLACK


def test_the_pass_rate_of_a_lenient_judge_is_no_substitute() -> None:
    random = np.random.default_rng(13)
    hits = random.binomial(1000, 0.3 * 0.95 + 0.7 * 0.15, RUNS)
    low, high = corrected_interval(
        Counts(hits, np.full(RUNS, 1000)), Counts(475, 500), Counts(75, 500), ERROR
    )
    assert float(hits.min()) / 1000 > 0.3 + 0.02
    assert float(((low <= 0.3) & (high >= 0.3)).mean()) > 0.99


def graded(
    random: np.random.Generator, items: int, *, rate: float, right: float, wrong: float
) -> tuple[Array, Array]:
    """People's scores and a judge's, item by item."""
    people = random.random(items) < rate
    judge = random.random(items) < np.where(people, right, wrong)
    return people.astype(float), judge.astype(float)


@pytest.mark.parametrize(
    ("rate", "right", "wrong"), [(0.4, 0.9, 0.1), (0.4, 0.5, 0.5), (0.7, 0.3, 0.8)]
)
def test_prediction_powered_intervals_cover_about_as_promised(
    rate: float, right: float, wrong: float
) -> None:
    random = np.random.default_rng(21)
    covered = 0
    for _ in range(RUNS):
        people, judge = graded(random, 700, rate=rate, right=right, wrong=wrong)
        low, high = prediction_powered_interval(people[:100], judge[:100], judge[100:], ERROR)
        covered += low <= rate <= high
    assert covered / RUNS >= 1 - ERROR - 0.015  # normal approximation, 100 graded by people


def test_a_good_judge_shortens_the_interval_and_a_bad_one_does_not_lengthen_it() -> None:
    random = np.random.default_rng(22)
    widths = []
    for right, wrong in ((0.95, 0.05), (0.5, 0.5)):
        people, judge = graded(random, 3000, rate=0.5, right=right, wrong=wrong)
        low, high = prediction_powered_interval(people[:200], judge[:200], judge[200:], ERROR)
        widths.append(high - low)
    plain = 2 * 1.96 * 0.5 / 200**0.5
    assert widths[0] < 0.65 * plain
    assert widths[1] < 1.05 * plain


@pytest.mark.slow
@pytest.mark.parametrize(("right", "wrong"), [(0.999, 0.02), (0.1, 0.9)])
def test_the_audited_interval_covers_whatever_the_judge(right: float, wrong: float) -> None:
    random = np.random.default_rng(23)
    people, judge = graded(random, 400, rate=0.3, right=right, wrong=wrong)
    truth, missed = float(people.mean()), 0
    for _ in range(RUNS):
        part = random.permutation(400)[:50]
        low, high = audited_interval(people[part], judge[part], judge, ERROR)
        missed += not low - 1e-9 <= truth <= high + 1e-9
    assert missed / RUNS <= ERROR + SLACK


def test_the_approximate_interval_fails_for_a_judge_that_seldom_errs() -> None:
    random = np.random.default_rng(24)
    covered = 0
    for _ in range(2000):
        people, judge = graded(random, 5000, rate=0.3, right=1.0, wrong=0.02)
        low, high = prediction_powered_interval(people[:50], judge[:50], judge[50:], ERROR)
        covered += low <= 0.3 <= high
    assert covered / 2000 < 0.85


def test_a_pool_graded_whole_by_people_has_one_rate() -> None:
    people, judge = graded(np.random.default_rng(2), 80, rate=0.4, right=0.9, wrong=0.2)
    low, high = audited_interval(people, judge, judge, ERROR)
    assert low <= people.mean() <= high
    assert high - low <= 0.005


def test_grades_that_are_not_of_the_same_items_are_refused() -> None:
    one, two = np.array([1.0]), np.array([1.0, 0.0])
    with pytest.raises(BadInput):
        prediction_powered_interval(two, one, two, ERROR)
    with pytest.raises(BadInput, match="two items"):
        prediction_powered_interval(one, one, two, ERROR)
    with pytest.raises(BadInput, match="more than the pool"):
        audited_interval(two, two, one, ERROR)
