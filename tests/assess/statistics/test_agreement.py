"""Agreement coefficients against published tables, and against their definitions."""

import numpy as np
import pytest

from holdshort.assess.statistics.agreement import (
    Scale,
    alpha_interval,
    cohens_kappa,
    krippendorffs_alpha,
)
from holdshort.assess.statistics.betting import Array
from holdshort.errors import BadInput

_ = np.nan
# Krippendorff 2011, "Computing Krippendorff's alpha-reliability", section D: 4 observers, 12 units.
PUBLISHED = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, _, _, _],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _, 3],
        [_, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _],
    ]
)


@pytest.mark.parametrize(
    ("scale", "alpha"),
    [
        (Scale.NOMINAL, 0.743),
        (Scale.ORDINAL, 0.815),
        (Scale.INTERVAL, 0.849),
        (Scale.RATIO, 0.797),
    ],
)
def test_alpha_is_the_published_one(scale: Scale, alpha: float) -> None:
    assert krippendorffs_alpha(PUBLISHED, scale) == pytest.approx(alpha, abs=5e-4)


def test_kappa_is_the_published_one() -> None:
    # Fleiss, Levin & Paik 2003, table 18.1: 100 subjects, psychotic, neurotic, organic; 0.68.
    table = [("P", "P", 75), ("P", "N", 1), ("P", "O", 4), ("N", "P", 5), ("N", "N", 4)]
    table += [("N", "O", 1), ("O", "O", 10)]
    first = [a for a, _, count in table for _ in range(count)]
    second = [b for _, b, count in table for _ in range(count)]
    assert cohens_kappa(first, second) == pytest.approx(0.68, abs=5e-3)


def test_alpha_of_two_judges_nears_scotts_pi_and_kappa() -> None:
    random = np.random.default_rng(4)
    truth = random.integers(3, size=5000)
    first, second = (
        np.where(random.random(5000) < 0.2, random.integers(3, size=5000), truth) for _ in range(2)
    )
    alpha = krippendorffs_alpha(np.array([first, second], dtype=float), Scale.NOMINAL)
    assert alpha == pytest.approx(cohens_kappa(list(first), list(second)), abs=1e-3)


def test_the_interval_over_items_covers_the_agreement_of_the_population() -> None:
    random = np.random.default_rng(5)
    keep = 0.8  # each judge gives the truth with this chance, else a coin: alpha = keep²
    covered = 0
    for seed in range(300):
        truth = random.integers(2, size=80)
        given = [np.where(random.random(80) < keep, truth, random.integers(2, size=80))]
        given += [np.where(random.random(80) < keep, truth, random.integers(2, size=80))]
        low, high = alpha_interval(
            np.array(given, dtype=float), Scale.NOMINAL, 0.05, replicates=300, seed=seed
        )
        covered += low <= keep**2 <= high
    assert covered / 300 >= 0.90


def test_judges_who_agree_throughout_have_one() -> None:
    ratings = np.array([[0.0, 1.0, 1.0], [0.0, 1.0, 1.0]])
    assert krippendorffs_alpha(ratings, Scale.INTERVAL) == 1.0
    assert cohens_kappa("abb", "abb") == 1.0


@pytest.mark.parametrize(
    "ratings", [np.ones((2, 3)), np.array([[1.0, _], [_, 2.0]]), np.array([1.0, 2.0])]
)
def test_ratings_that_tell_nothing_are_refused(
    ratings: Array,
) -> None:
    with pytest.raises(BadInput):
        krippendorffs_alpha(ratings, Scale.NOMINAL)


def test_a_ratio_has_no_negative_value() -> None:
    with pytest.raises(BadInput, match="negative"):
        krippendorffs_alpha(np.array([[-1.0, 2.0], [1.0, 2.0]]), Scale.RATIO)


@pytest.mark.parametrize(("first", "second"), [("ab", "a"), ("", ""), ("aa", "aa")])
def test_labels_without_chance_are_refused(first: str, second: str) -> None:
    with pytest.raises(BadInput):
        cohens_kappa(first, second)
