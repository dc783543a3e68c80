"""Whether judges agree beyond what chance would make them.

- `cohens_kappa`, two judges on the same items (Cohen 1960).
- `krippendorffs_alpha`, any number of judges, any of them absent anywhere, for labels, ranks,
  intervals or ratios (Krippendorff 2011, "Computing Krippendorff's alpha-reliability"). Its
  interval is the bootstrap over items, which are what could have been others.

Agreement is not truth: judges may share an error. Against the truth see `judges`.
"""

from collections.abc import Hashable, Sequence
from enum import StrEnum

import numpy as np

from holdshort.assess.statistics.betting import Array, check_rates
from holdshort.errors import BadInput


class Scale(StrEnum):
    """What the numbers of a rating mean, and so how far two of them are apart."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"
    RATIO = "ratio"


def cohens_kappa(first: Sequence[Hashable], second: Sequence[Hashable]) -> float:
    """Kappa of two judges' labels of the same items.

    Raises :class:`BadInput` where both give one and the same label throughout: nothing then tells
    agreement from chance.
    """
    if len(first) != len(second) or not first:
        raise BadInput(f"{len(first)} and {len(second)} labels are no pairs.", where="second")
    count = len(first)
    agreed = sum(a == b for a, b in zip(first, second, strict=True)) / count
    chance = sum(
        (sum(a == label for a in first) / count) * (sum(b == label for b in second) / count)
        for label in dict.fromkeys([*first, *second])
    )
    if chance >= 1:
        raise BadInput("both judges give one and the same label throughout.", where="first")
    return (agreed - chance) / (1 - chance)


def krippendorffs_alpha(ratings: Array, scale: Scale) -> float:
    """Alpha of ``ratings`` (judges × items, NaN where a judge gave none).

    Raises :class:`BadInput` where no item has two ratings, or all ratings are the same.
    """
    values, pairs = _coincidences(ratings)
    return float(_alpha(pairs.sum(axis=0)[None], values, scale)[0])


def alpha_interval(
    ratings: Array, scale: Scale, error_rate: float, *, replicates: int = 2000, seed: int = 0
) -> tuple[float, float]:
    """Percentile bootstrap over items; a replicate whose ratings are all the same counts as 1."""
    check_rates(error_rate=error_rate)
    values, pairs = _coincidences(ratings)
    items = len(pairs)
    chosen = np.random.default_rng(seed).multinomial(items, np.full(items, 1 / items), replicates)
    drawn = _alpha(np.tensordot(chosen.astype(float), pairs, axes=1), values, scale, same=1.0)
    low, high = np.quantile(drawn, [error_rate / 2, 1 - error_rate / 2])
    return float(low), float(high)


def _coincidences(ratings: Array) -> tuple[Array, Array]:
    """The values, and for each item with two ratings its matrix of coincidences."""
    if ratings.ndim != 2 or np.isinf(ratings).any():
        raise BadInput("ratings must be rows of numbers, one row a judge.", where="ratings")
    values = np.unique(ratings[~np.isnan(ratings)])
    counts = (ratings[:, :, None] == values).sum(axis=0).astype(float)  # items × values
    given = counts.sum(axis=1)
    counts, given = counts[given >= 2], given[given >= 2]
    if not len(counts):
        raise BadInput("no item has two ratings.", where="ratings")
    if ((counts > 0).any(axis=0)).sum() < 2:
        raise BadInput("all ratings are the same: nothing tells agreement from chance.")
    pairs = counts[:, :, None] * counts[:, None, :]
    pairs -= counts[:, :, None] * np.eye(len(values))
    return values, pairs / (given - 1)[:, None, None]


def _alpha(pairs: Array, values: Array, scale: Scale, *, same: float = np.nan) -> Array:
    """Alpha of each matrix of coincidences."""
    totals = pairs.sum(axis=2)
    apart = _distances(values, totals, scale)
    observed = (pairs * apart).sum(axis=(1, 2))
    count = totals.sum(axis=1)
    expected = (totals[:, :, None] * totals[:, None, :] * apart).sum(axis=(1, 2)) / (count - 1)
    defined = expected > 0
    alpha: Array = np.where(defined, 1 - observed / np.where(defined, expected, 1.0), same)
    return alpha


def _distances(values: Array, totals: Array, scale: Scale) -> Array:
    """Squared distances between values, by matrix: only ranks depend on how often each is given."""
    rows, columns = values[:, None], values[None, :]
    if scale is Scale.NOMINAL:
        unlike: Array = np.where(rows != columns, 1.0, 0.0)
        return unlike[None]
    if scale is Scale.INTERVAL:
        gap: Array = rows - columns
        return (gap**2)[None]
    if scale is Scale.RATIO:
        if (values < 0).any():
            raise BadInput("a ratio scale has no negative value.", where="ratings")
        ratio: Array = (rows - columns) / np.where(rows + columns == 0, 1.0, rows + columns)
        return (ratio**2)[None]
    rank: Array = np.cumsum(totals, axis=1) - totals / 2
    return (rank[:, :, None] - rank[:, None, :]) ** 2
