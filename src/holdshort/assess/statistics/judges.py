"""What a judge's verdicts say of the truth, once the judge's own error is taken into account.

A model that grades answers passes some that a person would fail, and the other way round. Its pass
rate is then not the pass rate. Three ways to go on, by what people have graded:

- **Rogan & Gladen 1978.** Elsewhere the judge was held against the truth: it passes a share ``se``
  of what is right and ``1 − sp`` of what is wrong. From its pass rate ``q`` follows the true one,
  ``(q + sp − 1)/(se + sp − 1)``. `corrected_rate` gives it the interval of three exact ones at a
  third of the error rate each: it covers for every rate, however few items, and is wide.
- **Prediction-powered inference** (Angelopoulos et al. 2023, Science 382; tuned as in Angelopoulos,
  Duchi & Zrnic 2023, "PPI++"). People graded a few of the same items: `prediction_powered_interval`
  adds the judge's mean over the many to the mean of what people corrected on the few. It rests on
  the central limit theorem: few items, or a judge that seldom errs, and it covers too seldom.
- **The same for a finite pool**, with a guarantee: `audited_interval`. The judge graded all items
  of a pool, people a random part. What is not known is the mean of *person − judge* over the pool,
  and `confidence` gives its interval for draws without replacement, at all times: people may stop
  when it is narrow enough.

The first assumes that the judge errs on these items as it did elsewhere. The others assume nothing
of the judge.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import norm

from holdshort.assess.statistics.betting import Array, check_rates, check_scores
from holdshort.assess.statistics.binomial import clopper_pearson
from holdshort.assess.statistics.confidence import mean_interval
from holdshort.errors import BadInput


@dataclass(frozen=True)
class Counts:
    """Verdicts of one kind: ``hits`` of ``items``; numbers, or arrays of one shape."""

    hits: ArrayLike
    items: ArrayLike

    @property
    def rate(self) -> Array:
        """Their share."""
        rate: Array = np.asarray(self.hits, dtype=float) / np.asarray(self.items, dtype=float)
        return rate


def corrected_rate(passed: Counts, right: Counts, wrong: Counts) -> Array:
    """Rogan & Gladen's estimate, cut to [0, 1].

    ``passed`` are the verdicts *pass* on the items in question; ``right`` and ``wrong`` those on
    items known to be right, and to be wrong. Raises :class:`BadInput` for a judge that passes what
    is wrong as often as what is right.
    """
    gained = right.rate - wrong.rate
    if not (gained > 0).all():
        raise BadInput(
            "the judge passes wrong items as often as right ones: its verdicts say nothing.",
            where="wrong",
        )
    estimate: Array = np.clip((passed.rate - wrong.rate) / gained, 0.0, 1.0)
    return estimate


def corrected_interval(
    passed: Counts, right: Counts, wrong: Counts, error_rate: float
) -> tuple[Array, Array]:
    """Ends that cover the true rate with chance at least ``1 − error_rate``, for every judge.

    The true rate rises with the judge's pass rate and falls as it passes more of the right or of
    the wrong. An end is 0 or 1 where the judge may be no better than chance.
    """
    third = error_rate / 3
    low, high = clopper_pearson(passed.hits, passed.items, third)
    least_right, most_right = clopper_pearson(right.hits, right.items, third)
    least_wrong, most_wrong = clopper_pearson(wrong.hits, wrong.items, third)
    return (
        _inverted(low, most_right, most_wrong, otherwise=0.0),
        _inverted(high, least_right, least_wrong, otherwise=1.0),
    )


def _inverted(passed: Array, right: Array, wrong: Array, *, otherwise: float) -> Array:
    """The true rate at these three; ``otherwise`` where right items pass no more than wrong."""
    gained = right - wrong
    known = gained > 0
    rate = (passed - wrong) / np.where(known, gained, 1.0)
    return np.where(known, np.clip(rate, 0.0, 1.0), otherwise)


def prediction_powered_interval(
    people: Array, judge_there: Array, judge_elsewhere: Array, error_rate: float
) -> tuple[float, float]:
    """Interval of the pass rate from few items graded by people and judge, many by the judge alone.

    Scores in [0, 1]; the items are independent draws of one kind. The judge's weight is the one
    that makes the interval shortest, 0 for a judge that says nothing. Approximate: see above.
    """
    check_rates(error_rate=error_rate)
    _check_pairs(people, judge_there)
    check_scores(judge_elsewhere, axes=1)
    few, many = len(people), len(judge_elsewhere)
    if few < 2:
        raise BadInput("two items or more must be graded by people.", where="people")
    both = np.concatenate((judge_there, judge_elsewhere))
    spread = float(both.var(ddof=1))
    together = float(np.cov(people, judge_there)[0, 1])
    weight = min(max(together / (spread * (1 + few / many)), 0.0), 1.0) if spread > 0 else 0.0
    rest = people - weight * judge_there
    middle = weight * float(judge_elsewhere.mean()) + float(rest.mean())
    variance = weight**2 * spread / many + float(rest.var(ddof=1)) / few
    reach = float(norm.ppf(1 - error_rate / 2)) * variance**0.5
    return max(middle - reach, 0.0), min(middle + reach, 1.0)


def audited_interval(
    people: Array, judge_there: Array, judge_all: Array, error_rate: float
) -> tuple[float, float]:
    """Interval of the pass rate over a pool that the judge graded whole and people in part.

    ``people`` and ``judge_there`` are scores of the same items, a uniformly random draw from the
    pool without replacement, in the order drawn; ``judge_all`` those of the whole pool. Covers with
    chance at least ``1 − error_rate``, for every pool and judge.
    """
    _check_pairs(people, judge_there)
    check_scores(judge_all, axes=1)
    if len(people) > len(judge_all):
        raise BadInput(
            f"{len(people)} items are more than the pool's {len(judge_all)}.", where="people"
        )
    low, high = mean_interval((1 + people - judge_there) / 2, error_rate, pool=len(judge_all))
    middle = float(judge_all.mean())
    return max(middle + 2 * low - 1, 0.0), min(middle + 2 * high - 1, 1.0)


def _check_pairs(people: Array, judge: Array) -> None:
    check_scores(people, axes=1)
    check_scores(judge, axes=1)
    if len(people) != len(judge):
        raise BadInput(
            f"people graded {len(people)} items and the judge {len(judge)} of them.", where="people"
        )
