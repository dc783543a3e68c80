"""Corrections over areas: equal to their definitions, and to their promise in the worst case."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdshort.assess.statistics.betting import Array
from holdshort.assess.statistics.families import (
    benjamini_hochberg,
    bonferroni_values,
    closed_average_values,
    holm_values,
)
from holdshort.errors import BadInput

VALUES = st.lists(st.fractions(0, 1000, max_denominator=50), min_size=1, max_size=6)
RUNS, ALPHA, AREAS = 10_000, Fraction(1, 20), 4
SLACK = 3 * (0.05 * 0.95 / RUNS) ** 0.5


@given(VALUES)
def test_the_closed_average_is_closed_testing_with_means(values: list[Fraction]) -> None:
    places = range(len(values))
    sets = [s for size in range(1, len(values) + 1) for s in combinations(places, size)]
    means = {s: sum((values[i] for i in s), Fraction()) / len(s) for s in sets}
    expected = [min(means[s] for s in sets if k in s) for k in places]
    assert closed_average_values(values) == expected


@given(VALUES)
def test_holm_is_closed_testing_with_the_greatest_over_the_size(values: list[Fraction]) -> None:
    places = range(len(values))
    sets = [s for size in range(1, len(values) + 1) for s in combinations(places, size)]
    scaled = {s: max(values[i] for i in s) / len(s) for s in sets}
    assert holm_values(values) == [min(scaled[s] for s in sets if k in s) for k in places]


@given(VALUES)
def test_each_correction_gives_away_less_than_the_one_before(values: list[Fraction]) -> None:
    rows = zip(
        bonferroni_values(values),
        holm_values(values),
        closed_average_values(values),
        values,
        strict=True,
    )
    assert all(bonferroni <= holm <= closed <= own for bonferroni, holm, closed, own in rows)


@given(VALUES)
def test_e_bh_rejects_the_greatest_set_that_consents_to_itself(values: list[Fraction]) -> None:
    alpha = Fraction(1, 10)
    rejected = benjamini_hochberg(values, alpha)
    sizes = [
        size
        for size in range(1, len(values) + 1)
        if sorted(values, reverse=True)[size - 1] >= Fraction(len(values)) / (alpha * size)
    ]
    assert sum(rejected) == max(sizes, default=0)
    assert all(value >= 10 for value, gone in zip(values, rejected, strict=True) if gone)


Law = Callable[[np.random.Generator], Array]
Correction = Callable[[Sequence[float]], list[Fraction]]


def exclusive(random: np.random.Generator) -> Array:
    """At most one area shows m/α, each with chance α/m: the worst case for Bonferroni."""
    chance = random.random(RUNS)
    hit = (chance[:, None] * AREAS / 0.05).astype(int) == np.arange(AREAS)
    return np.where(hit, AREAS / 0.05, 0.0)


def together(random: np.random.Generator) -> Array:
    """All areas show 1/α at once, with chance α: the worst case for the mean."""
    return np.where(np.repeat(random.random((RUNS, 1)), AREAS, axis=1) < 0.05, 20.0, 0.0)


def alone(random: np.random.Generator) -> Array:
    return np.where(random.random((RUNS, AREAS)) < 0.05 / AREAS, AREAS / 0.05, 0.0)


@pytest.mark.parametrize("correct", [bonferroni_values, holm_values, closed_average_values])
@pytest.mark.parametrize("law", [exclusive, together, alone])
def test_any_wrong_rejection_is_as_rare_as_promised(correct: Correction, law: Law) -> None:
    values = law(np.random.default_rng(41))
    kinds, runs = np.unique(values, axis=0, return_counts=True)
    wrong = [max(correct(list(kind))) >= 1 / ALPHA for kind in kinds]
    assert float(runs @ np.array(wrong)) / RUNS <= 0.05 + SLACK


def test_without_correction_the_errors_of_areas_add_up() -> None:
    each = np.random.default_rng(43).random((RUNS, AREAS)) < 0.05  # an e-value of 20 each
    assert float(each.any(axis=1).mean()) > 0.15


@pytest.mark.parametrize("true_areas", [0, 2])
def test_e_bh_keeps_the_share_of_wrong_rejections(true_areas: int) -> None:
    random = np.random.default_rng(47)
    values = exclusive(random)
    values[:, AREAS - true_areas :] = 1e6  # these hypotheses are false
    kinds, runs = np.unique(values, axis=0, return_counts=True)
    shares = []
    for kind in kinds:
        rejected = benjamini_hochberg(list(kind), ALPHA)
        wrong = sum(rejected[: AREAS - true_areas])
        shares.append(wrong / max(sum(rejected), 1))
    assert float(runs @ np.array(shares)) / RUNS <= 0.05 + SLACK


@pytest.mark.parametrize("values", [[], [-1.0], [float("inf")], [float("nan")]])
def test_what_is_no_e_value_is_refused(values: list[float]) -> None:
    with pytest.raises(BadInput):
        holm_values(values)


def test_a_rate_is_a_rate() -> None:
    with pytest.raises(BadInput, match="rate"):
        benjamini_hochberg([1.0], Fraction(1))
