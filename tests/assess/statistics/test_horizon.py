"""Time horizons: the fit against an independent one, the interval against simulated families."""

import numpy as np
import pytest
from scipy.optimize import minimize

from holdshort.assess.statistics.betting import Array
from holdshort.assess.statistics.horizon import FEWEST_FAMILIES, Run, time_horizon
from holdshort.errors import BadInput

TRUTH = 30.0
"""Minutes at which the simulated model succeeds half of the time."""


def simulated(
    random: np.random.Generator, *, families: int = 30, tasks: int = 4, runs: int = 6
) -> list[Run]:
    """Families differ in log odds by 1.5, tasks in them by 0.7, around one curve of slope −0.9."""
    found = []
    for family in range(families):
        shift = random.normal(0, 1.5)
        for task in range(tasks):
            minutes = 2 ** random.uniform(0, 10)
            odds = -0.9 * np.log2(minutes / TRUTH) + shift + random.normal(0, 0.7)
            passed = random.random(runs) < 1 / (1 + np.exp(-odds))
            found += [Run(f"f{family}", f"f{family}-{task}", minutes, bool(p)) for p in passed]
    return found


def independent(runs: list[Run]) -> list[Run]:
    """The same runs, each as if it were a task and a family of its own."""
    return [Run(f"{i}", f"{i}", run.minutes, run.success) for i, run in enumerate(runs)]


def test_the_estimate_is_that_of_a_general_optimiser() -> None:
    runs = simulated(np.random.default_rng(4))
    logs = np.log2([run.minutes for run in runs])
    success = np.array([run.success for run in runs])

    def loss(line: Array) -> float:
        odds = line[0] + line[1] * logs
        return float(np.sum(np.logaddexp(0, odds) - success * odds))

    level, slope = minimize(loss, np.zeros(2), method="BFGS").x
    found = time_horizon(runs, replicates=10)
    assert found.minutes == pytest.approx(2 ** (-level / slope), rel=2e-3)
    assert found.slope == pytest.approx(slope, rel=2e-3)


@pytest.mark.slow
def test_the_interval_of_families_covers_and_that_of_runs_does_not() -> None:
    random = np.random.default_rng(17)
    rounds, covered, naive = 600, 0, 0
    for seed in range(rounds):
        runs = simulated(random)
        ours = time_horizon(runs, replicates=200, seed=seed)
        theirs = time_horizon(independent(runs), replicates=200, seed=seed)
        covered += ours.low <= TRUTH <= ours.high
        naive += theirs.low <= TRUTH <= theirs.high
    assert covered / rounds >= 0.92
    assert naive / rounds <= 0.8


def test_enough_families_of_a_steep_model_give_a_usable_interval() -> None:
    found = time_horizon(simulated(np.random.default_rng(5), families=60), replicates=300)
    assert found.usable, found.doubts
    assert found.low < found.minutes < found.high
    assert (found.families, found.tasks, found.runs) == (60, 240, 1440)


def test_few_families_are_said_to_be_too_few() -> None:
    found = time_horizon(simulated(np.random.default_rng(6), families=4), replicates=300)
    assert not found.usable
    assert str(FEWEST_FAMILIES) in found.doubts[0]


def test_an_interval_that_is_too_wide_is_said_to_be() -> None:
    runs = simulated(np.random.default_rng(7), families=12, tasks=1, runs=1)
    found = time_horizon(runs, replicates=300, widest=2.0)
    assert any("factor of 2" in doubt for doubt in found.doubts)


def test_a_model_that_always_succeeds_has_no_horizon_within_the_tasks() -> None:
    runs = [Run(f"{i}", f"{i}", 1.0 + i, True) for i in range(20)]
    found = time_horizon(runs, replicates=50)
    assert found.high > 20
    assert any("leave the times" in doubt for doubt in found.doubts)


def test_success_and_failure_that_do_not_overlap_cross_between() -> None:
    runs = [Run(f"{i}", f"{i}", 2.0**i, i < 10) for i in range(20)]
    assert 2**9 < time_horizon(runs, replicates=50).minutes < 2**10


def test_a_greater_share_is_a_shorter_horizon() -> None:
    runs = simulated(np.random.default_rng(9))
    half, most = (time_horizon(runs, share=share, replicates=50) for share in (0.5, 0.8))
    assert most.minutes < half.minutes


def test_the_same_seed_gives_the_same_interval() -> None:
    runs = simulated(np.random.default_rng(10), families=12)
    assert time_horizon(runs, replicates=99) == time_horizon(runs, replicates=99)


@pytest.mark.parametrize(
    "runs",
    [
        [Run("f", "a", 0.0, True), Run("f", "b", 1.0, True)],
        [Run("f", "a", 1.0, True), Run("g", "a", 1.0, True)],
        [Run("f", "a", 1.0, True), Run("f", "b", 1.0, False)],
        [],
    ],
)
def test_runs_that_have_no_horizon_are_refused(runs: list[Run]) -> None:
    with pytest.raises(BadInput):
        time_horizon(runs)
