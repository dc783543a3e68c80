"""The exact interval of a binomial rate, for a number of items that was fixed beforehand.

Clopper & Pearson 1934. It covers with at least the promised chance for every rate, once: whoever
looks again after more items needs `interval` or `confidence`.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import beta

from holdshort.assess.statistics.betting import Array, check_rates
from holdshort.errors import BadInput


def clopper_pearson(passed: ArrayLike, items: ArrayLike, error_rate: float) -> tuple[Array, Array]:
    """Lower and upper ends of rates; ``passed`` and ``items`` are counts of one shape.

    Of no items nothing is known: [0, 1].
    """
    check_rates(error_rate=error_rate)
    hits, trials = np.asarray(passed), np.asarray(items)
    if not ((hits >= 0) & (hits <= trials)).all():
        raise BadInput("more items passed than there are, or fewer than none.", where="passed")
    half = error_rate / 2
    low = np.where(hits > 0, beta.ppf(half, np.maximum(hits, 1), trials - hits + 1), 0.0)
    missed = trials - hits
    high = np.where(missed > 0, beta.ppf(1 - half, hits + 1, np.maximum(missed, 1)), 1.0)
    return low, high
