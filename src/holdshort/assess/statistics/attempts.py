"""Several attempts at a task: at least one of k succeeds, or all k do.

Of ``n`` attempts at a task ``c`` succeed. How many of ``k`` attempts would, drawn from these
without replacement, gives estimates without bias of

    pass@k = 1 − C(n−c, k) / C(n, k)     that at least one of k succeeds
    pass^k = C(c, k) / C(n, k)           that every one of k does

(Chen et al. 2021, "Evaluating large language models trained on code"; Yao et al. 2024,
"τ-bench"). What a capable attacker needs is pass@k, what a dependable safeguard needs is pass^k.
``1 − (1 − c/n)^k`` is biased. Exact, in rationals.

A mean over tasks is one of values in [0, 1] from tasks drawn independently: its interval is that of
`confidence`, which asks nothing of the attempts within a task. The interval of a single task is
Clopper & Pearson's for its rate, carried over: both are increasing in the rate.
"""

from collections.abc import Sequence
from enum import StrEnum
from fractions import Fraction
from math import comb

import numpy as np

from holdshort.assess.statistics.binomial import clopper_pearson
from holdshort.assess.statistics.confidence import mean_interval
from holdshort.errors import BadInput


class Of(StrEnum):
    """Which of ``k`` attempts must succeed."""

    ANY = "pass@k"
    ALL = "pass^k"


def pass_at_k(attempts: int, successes: int, k: int) -> Fraction:
    """Chance that at least one of ``k`` of these attempts is a success."""
    _check(attempts, successes, k)
    return 1 - Fraction(comb(attempts - successes, k), comb(attempts, k))


def pass_hat_k(attempts: int, successes: int, k: int) -> Fraction:
    """Chance that ``k`` of these attempts are all successes."""
    _check(attempts, successes, k)
    return Fraction(comb(successes, k), comb(attempts, k))


def mean_over_tasks(tasks: Sequence[tuple[int, int]], k: int, of: Of) -> Fraction:
    """The mean over tasks, each given as its numbers of attempts and of successes."""
    values = _values(tasks, k, of)
    return sum(values, Fraction()) / len(values)


def interval_over_tasks(
    tasks: Sequence[tuple[int, int]], k: int, of: Of, error_rate: float
) -> tuple[float, float]:
    """Interval of the mean over tasks such as these, drawn independently."""
    values = np.array([float(value) for value in _values(tasks, k, of)])
    return mean_interval(values, error_rate)


def interval_of_task(
    attempts: int, successes: int, k: int, of: Of, error_rate: float
) -> tuple[float, float]:
    """Interval for one task whose attempts are independent, their number fixed beforehand."""
    _check(attempts, successes, k)
    ends = clopper_pearson(successes, attempts, error_rate)
    low, high = (float(end) ** k if of is Of.ALL else 1 - (1 - float(end)) ** k for end in ends)
    return low, high


def _values(tasks: Sequence[tuple[int, int]], k: int, of: Of) -> list[Fraction]:
    if not tasks:
        raise BadInput("there is no task.", where="tasks")
    estimate = pass_hat_k if of is Of.ALL else pass_at_k
    return [estimate(attempts, successes, k) for attempts, successes in tasks]


def _check(attempts: int, successes: int, k: int) -> None:
    if not 0 <= successes <= attempts:
        raise BadInput(f"{successes} of {attempts} attempts cannot succeed.", where="successes")
    if not 1 <= k <= attempts:
        raise BadInput(
            f"{k} of {attempts} attempts cannot be drawn.", where="k", do="Make k attempts or more."
        )
