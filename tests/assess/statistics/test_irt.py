"""Item banks: recovered from simulated answers, and the maximum of the marginal likelihood."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import expit

from holdshort.assess.statistics.betting import Array
from holdshort.assess.statistics.irt import ABILITIES, Bank, fit
from holdshort.errors import BadInput


def simulated(models: int, items: int, seed: int = 1) -> tuple[Bank, Array, Array]:
    """A bank, abilities, and the answers."""
    random = np.random.default_rng(seed)
    bank = Bank(np.exp(random.normal(0, 0.4, items)), random.normal(0, 1.2, items))
    abilities = random.normal(size=models)
    answers = (random.random((models, items)) < bank.chances(abilities)).astype(float)
    return bank, abilities, answers


def correlation(first: Array, second: Array) -> float:
    return float(np.corrcoef(first, second)[0, 1])


def test_a_bank_is_recovered_from_the_answers_of_many_models() -> None:
    bank, abilities, answers = simulated(1000, 80)
    found = fit(answers)
    assert correlation(found.difficulties, bank.difficulties) > 0.98
    assert correlation(np.log(found.slopes), np.log(bank.slopes)) > 0.93
    assert float(np.sqrt(np.mean((found.difficulties - bank.difficulties) ** 2))) < 0.25
    mean, spread = found.ability(answers)
    assert correlation(mean, abilities) > 0.95
    inside = np.abs(mean - abilities) < 1.96 * spread
    assert 0.92 < float(inside.mean()) < 0.98


def test_a_rasch_bank_is_recovered_with_one_slope() -> None:
    random = np.random.default_rng(3)
    bank = Bank(np.full(60, 1.4), random.normal(0, 1.2, 60))
    answers = (random.random((1000, 60)) < bank.chances(random.normal(size=1000))).astype(float)
    found = fit(answers, one_slope=True)
    assert float(np.ptp(found.slopes)) == pytest.approx(0, abs=1e-9)
    assert float(found.slopes[0]) == pytest.approx(1.4, rel=0.06)
    assert correlation(found.difficulties, bank.difficulties) > 0.99


def test_answers_that_are_missing_at_random_still_tell_the_bank() -> None:
    bank, _, answers = simulated(1500, 40)
    answers[np.random.default_rng(5).random(answers.shape) < 0.5] = np.nan
    found = fit(answers)
    assert correlation(found.difficulties, bank.difficulties) > 0.97


def test_the_fit_is_the_maximum_that_a_general_optimiser_finds() -> None:
    _, _, answers = simulated(120, 6)
    prior = -(ABILITIES**2) / 2
    prior = prior - np.log(np.exp(prior).sum())

    def loss(point: Array) -> float:
        logs, places = np.split(point, 2)
        odds = np.exp(logs) * (ABILITIES[:, None] - places)
        given = answers @ np.log(expit(odds)).T + (1 - answers) @ np.log(expit(-odds)).T
        marginal = np.log(np.exp(given + prior).sum(axis=1)).sum()
        return float((logs**2).sum() / (2 * 0.5**2) + (places**2).sum() / (2 * 2.0**2) - marginal)

    best = minimize(loss, np.zeros(12), method="BFGS").x
    found = fit(answers)
    assert np.log(found.slopes) == pytest.approx(best[:6], abs=0.01)
    assert found.difficulties == pytest.approx(best[6:], abs=0.01)


def test_information_is_greatest_at_an_items_difficulty() -> None:
    bank = Bank(np.array([1.0, 2.0]), np.array([-1.0, 1.5]))
    at = np.linspace(-3, 3, 121)
    information = bank.information(at)
    assert at[information.argmax(axis=0)] == pytest.approx([-1.0, 1.5])
    assert information.max(axis=0) == pytest.approx([0.25, 1.0])


def test_items_that_all_or_none_pass_keep_finite_places() -> None:
    _, _, answers = simulated(14, 30)
    answers[:, 0], answers[:, 1] = 1.0, 0.0
    found = fit(answers)
    assert found.difficulties[0] < -1 < 1 < found.difficulties[1]
    assert np.isfinite(found.slopes).all()


@pytest.mark.parametrize(
    "answers", [[[0.5, 1.0]], [[np.nan, 1.0], [np.nan, 0.0]], [[]], [1.0, 0.0]]
)
def test_what_are_no_answers_is_refused(answers: list[object]) -> None:
    with pytest.raises(BadInput):
        fit(np.array(answers, dtype=float))
