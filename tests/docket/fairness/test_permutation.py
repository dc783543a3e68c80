"""The exact test against counting by hand, against SciPy, and against its own sampling."""

from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu
from scipy.stats import permutation_test as scipy_test

from holdshort.docket.fairness.permutation import DRAWS, permutation_test, work

cells = st.lists(
    st.lists(st.integers(-6, 6), min_size=1, max_size=5).flatmap(
        lambda scores: st.tuples(st.just(tuple(scores)), st.integers(0, len(scores)))
    ),
    min_size=1,
    max_size=3,
)


def by_hand(given_cells: list[tuple[tuple[int, ...], int]]) -> list[int]:
    """The sum of every labelling."""
    ways = [[sum(each) for each in combinations(scores, taken)] for scores, taken in given_cells]
    return [sum(each) for each in product(*ways)]


@given(cells, st.randoms(use_true_random=False))
def test_the_tails_are_those_of_every_labelling_counted_by_hand(given_cells, lot) -> None:  # type: ignore[no-untyped-def]
    sums = by_hand(given_cells)
    observed = lot.choice(sums)
    found = permutation_test(given_cells, observed, seed="")
    assert found.lower == Fraction(sum(each <= observed for each in sums), len(sums))
    assert found.upper == Fraction(sum(each >= observed for each in sums), len(sums))


@given(cells)
def test_the_least_p_is_the_smallest_that_any_labelling_gives(given_cells) -> None:  # type: ignore[no-untyped-def]
    found = {each: permutation_test(given_cells, each, seed="") for each in by_hand(given_cells)}
    assert min(each.p for each in found.values()) == next(iter(found.values())).least


@given(cells)
def test_no_p_value_comes_more_often_than_it_says(given_cells) -> None:  # type: ignore[no-untyped-def]
    sums = by_hand(given_cells)
    p = {each: permutation_test(given_cells, each, seed="").p for each in set(sums)}
    for level in set(p.values()):
        assert Fraction(sum(p[each] <= level for each in sums), len(sums)) <= level


def test_it_agrees_with_scipy_on_one_cell() -> None:
    lot = np.random.default_rng(7)
    for _ in range(20):
        mine = [int(each) for each in lot.integers(0, 9, 4)]
        others = [int(each) for each in lot.integers(0, 9, 6)]
        there = scipy_test(
            (mine, others), lambda a, b: np.sum(a), n_resamples=10**6, alternative="two-sided"
        )
        here = permutation_test([((*mine, *others), 4)], sum(mine), seed="")
        assert float(here.p) == pytest.approx(min(1.0, there.pvalue))


def test_it_is_the_rank_sum_test_where_there_are_no_ties() -> None:
    mine, others = [9.1, 8.2, 7.7, 6.9], [1.2, 3.4, 8.0, 2.2, 5.1, 0.4]
    ranks = [int(each) for each in np.argsort(np.argsort([*mine, *others])) + 1]
    here = permutation_test([(tuple(ranks), 4)], sum(ranks[:4]), seed="")
    there = mannwhitneyu(mine, others, method="exact")
    assert float(here.p) == pytest.approx(there.pvalue)


def test_fishers_tea_is_tasted_as_in_his_book() -> None:
    # Fisher 1935, chapter II: 8 cups, 4 with milk first, all told: 1 in 70 on one side.
    found = permutation_test([((1, 1, 1, 1, 0, 0, 0, 0), 4)], 4, seed="")
    assert found.upper == Fraction(1, 70)
    assert found.p == Fraction(2, 70)


def test_what_is_too_large_to_count_is_drawn_and_is_never_zero() -> None:
    many = [(tuple(range(60)), 20)]
    exact = permutation_test(many, sum(range(30, 50)), seed="")
    drawn = permutation_test(many, sum(range(30, 50)), seed="a seed", large=0)
    assert exact.draws == 0
    assert drawn.draws == DRAWS
    assert abs(float(drawn.p) - float(exact.p)) < 5 * (float(exact.p) / DRAWS) ** 0.5
    extreme = permutation_test(many, sum(range(40, 60)), seed="a seed", large=0)
    assert extreme.p == Fraction(2, DRAWS + 1) == extreme.least
    assert extreme == permutation_test(many, sum(range(40, 60)), seed="a seed", large=0)


def test_a_party_that_has_every_matter_or_none_tells_nothing() -> None:
    assert permutation_test([((1, 2, 3), 3)], 6, seed="").p == 1
    assert permutation_test([((1, 2, 3), 0)], 0, seed="").least == 1


def test_the_work_grows_with_the_table() -> None:
    assert work([(tuple(range(10)), 5)]) < work([(tuple(range(100)), 50)])
