"""Time horizon: how long a task takes a person where the model succeeds half of the time.

The chance of success on a task that takes a person ``t`` minutes is modelled as logistic in ``log
t``; the *horizon* is where the curve crosses one half, or another share (Kwa et al. 2025,
"Measuring AI ability to complete long tasks", METR). The fit is by maximum likelihood; a prior of
log odds with standard deviation 30 keeps it finite where success and failure do not overlap and is
nothing beside any other data.

Runs of a task are alike, tasks of a family are alike, and families are what could have been
chosen otherwise. So the interval comes from a *hierarchical* bootstrap: families are drawn with
replacement, in each its tasks, of each task its runs (Davison & Hinkley 1997, section 3.8;
Saravanan, Berman & Sober 2020). To draw runs as if they were independent gives an
interval many times too narrow.

A horizon is *usable* when the interval's ends lie within a factor of one another, inside the times
of the tasks, and rest on enough families; otherwise the answer says why it is not.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from holdshort.assess.statistics.betting import Array, check_rates
from holdshort.errors import BadInput

WIDEST = 10.0
"""An interval whose ends lie further apart than this factor says too little to act on."""

FEWEST_FAMILIES = 10
"""With fewer the bootstrap of families covers too seldom (Cameron, Gelbach & Miller 2008)."""

_PRIOR = 1 / 30**2
"""Precision of the prior of both coefficients, in log odds per standard deviation of log time."""

_STEPS = 40
_LONGEST_STEP = 3.0
_STILL = 1e-7
_FAR = 700.0


@dataclass(frozen=True)
class Run:
    """One attempt: ``minutes`` is what the task takes a person, ``success`` the model's."""

    family: str
    task: str
    minutes: float
    success: bool


@dataclass(frozen=True)
class Horizon:
    """The horizon in minutes with its interval; infinite or 0 where nothing bounds it.

    ``slope`` is the change of log odds for each doubling of time. ``doubts`` says why the interval
    must not be used, and is empty if it may.
    """

    minutes: float
    low: float
    high: float
    slope: float
    families: int
    tasks: int
    runs: int
    doubts: tuple[str, ...]

    @property
    def usable(self) -> bool:
        """Whether there is nothing against the interval."""
        return not self.doubts


def time_horizon(
    runs: Sequence[Run],
    *,
    share: float = 0.5,
    error_rate: float = 0.05,
    replicates: int = 1000,
    seed: int = 0,
    widest: float = WIDEST,
) -> Horizon:
    """The time at which the chance of success is ``share``, and its bootstrap interval.

    Raises :class:`BadInput` for times that are none, a task in two families or of two times, or
    tasks that all take the same time.
    """
    check_rates(share=share, error_rate=error_rate)
    table = _table(runs)
    found, slope = _horizons(table, table.passed[None, :], table.count[None, :], share)
    passed, count = table.resampled(np.random.default_rng(seed), replicates)
    drawn, _ = _horizons(table, passed, count, share)
    ends = np.quantile(drawn, [error_rate / 2, 1 - error_rate / 2], method="inverted_cdf")
    low, high = float(ends[0]), float(ends[1])
    families = len(table.size)
    return Horizon(
        float(found[0]),
        low,
        high,
        float(slope[0]),
        families,
        len(table.minutes),
        len(runs),
        _doubts(low, high, families, table, widest),
    )


@dataclass(frozen=True)
class _Table:
    """Runs by task: ``members`` (families × most tasks) holds the places of a family's tasks."""

    minutes: Array
    passed: NDArray[np.int64]
    count: NDArray[np.int64]
    members: NDArray[np.int64]
    size: NDArray[np.int64]

    def resampled(
        self, random: np.random.Generator, replicates: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Successes and runs of each task (replicates × tasks), drawn family by family."""
        families, most = self.members.shape
        family = random.integers(families, size=(replicates, families))
        size = self.size[family][:, :, None]
        place = (random.random((replicates, families, most)) * size).astype(np.int64)
        task = self.members[family[:, :, None], place]
        runs = np.where(np.arange(most) < size, self.count[task], 0)
        success = random.binomial(runs, self.passed[task] / self.count[task])
        tasks = len(self.minutes)
        cell = (np.arange(replicates)[:, None, None] * tasks + task).ravel()
        shape = (replicates, tasks)

        def summed(values: NDArray[np.int64]) -> NDArray[np.int64]:
            sums = np.bincount(cell, values.ravel().astype(float), replicates * tasks)
            return sums.reshape(shape).astype(np.int64)

        return summed(success), summed(runs)


def _table(runs: Sequence[Run]) -> _Table:
    tasks: dict[str, tuple[str, float]] = {}
    outcomes: dict[str, list[bool]] = {}
    families: dict[str, list[int]] = {}
    for run in runs:
        if not (np.isfinite(run.minutes) and run.minutes > 0):
            raise BadInput(f"takes {run.minutes} minutes: no time.", where=run.task)
        if run.task not in tasks:
            families.setdefault(run.family, []).append(len(tasks))
        if tasks.setdefault(run.task, (run.family, run.minutes)) != (run.family, run.minutes):
            raise BadInput("is in two families, or takes two times.", where=run.task)
        outcomes.setdefault(run.task, []).append(run.success)
    minutes = np.array([time for _, time in tasks.values()])
    if len(set(minutes)) < 2:
        raise BadInput("a horizon needs tasks of at least two times.", where="runs")
    most = max(map(len, families.values()))
    members = [places + [places[0]] * (most - len(places)) for places in families.values()]
    return _Table(
        minutes,
        np.array([sum(each) for each in outcomes.values()]),
        np.array([len(each) for each in outcomes.values()]),
        np.array(members),
        np.array([len(places) for places in families.values()]),
    )


def _horizons(
    table: _Table, passed: NDArray[np.int64], count: NDArray[np.int64], share: float
) -> tuple[Array, Array]:
    """Horizon in minutes and slope per doubling, for each row of successes and runs by task."""
    logs = np.log2(table.minutes)
    centre, spread = float(logs.mean()), float(logs.std())
    level, slope = _logistic((logs - centre) / spread, passed, count)
    at = (np.log(share / (1 - share)) - level) / np.where(slope < 0, slope, -1.0)
    minutes = np.exp(np.clip((centre + spread * at) * np.log(2), -_FAR, _FAR))
    # Where longer tasks are not harder there is no crossing: the model is beyond all, or below.
    beyond = passed.sum(axis=1) >= share * count.sum(axis=1)
    return np.where(slope < 0, minutes, np.where(beyond, np.inf, 0.0)), slope / spread


def _logistic(
    place: Array, passed: NDArray[np.int64], count: NDArray[np.int64]
) -> tuple[Array, Array]:
    """Intercept and slope of each row's logistic curve, by Newton's method."""
    level, slope = np.zeros(len(passed)), np.zeros(len(passed))
    for _ in range(_STEPS):
        odds = np.clip(level[:, None] + slope[:, None] * place, -_FAR, _FAR)
        chance = 1 / (1 + np.exp(-odds))
        miss = passed - count * chance
        weight = count * chance * (1 - chance)
        up, across = miss.sum(axis=1) - _PRIOR * level, miss @ place - _PRIOR * slope
        aa, ab = weight.sum(axis=1) + _PRIOR, weight @ place
        bb = weight @ place**2 + _PRIOR
        whole = aa * bb - ab**2
        steps = np.stack(((bb * up - ab * across) / whole, (aa * across - ab * up) / whole))
        longest = np.abs(steps).max(axis=0)
        steps *= np.minimum(1, _LONGEST_STEP / np.maximum(longest, _STILL))
        level, slope = level + steps[0], slope + steps[1]
        if longest.max() < _STILL:
            break
    return level, slope


def _doubts(
    low: float, high: float, families: int, table: _Table, widest: float
) -> tuple[str, ...]:
    shortest, longest = float(table.minutes.min()), float(table.minutes.max())
    found = []
    if families < FEWEST_FAMILIES:
        found.append(f"{families} families of tasks are fewer than {FEWEST_FAMILIES}")
    if not (low > 0 and high <= widest * low):
        found.append(f"the ends lie further apart than a factor of {widest:g}")
    if low < shortest or high > longest:
        found.append(f"the ends leave the times of the tasks, {shortest:g} to {longest:g} minutes")
    return tuple(found)
