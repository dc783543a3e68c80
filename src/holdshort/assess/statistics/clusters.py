"""Items that come in families: alike items must not count as so much evidence each.

Items of one scenario, template or document share what makes them easy or hard. A test that takes
ten copies of one item for ten items errs far more often than it says. Here a family is *one*
observation: its mean score, in [0, 1]. Families are drawn independently (or one after the other
with the same conditional mean); within a family items may depend on one another in every way, and
families may have any sizes. The capital of one who bets on family means (`betting`) is then an
e-process, whatever happens within families.

The rate that is put to the test gives each family the same weight. Where families are a sample of
what could have been asked, no test of items alone can promise more: ten copies of an item say of
other items what one does (Miller 2024, "Adding error bars to evals", on clustered standard
errors; Liang & Zeger 1986 on why the cluster is the unit).
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from holdshort.assess.statistics.betting import Array, Crossing, crossing, log_capital
from holdshort.assess.statistics.confidence import mean_sequence
from holdshort.assess.statistics.sequential import Decision
from holdshort.errors import BadInput

_SAID = {1: Decision.ABOVE, -1: Decision.BELOW, 0: Decision.UNDECIDED}


@dataclass(frozen=True)
class FamilyDecision:
    """What families decide, and on how many of them.

    ``e_above`` and ``e_below`` are the evidence when the test stopped; ``interval`` is a confidence
    sequence of the mean over families at that time.
    """

    decision: Decision
    families: int
    e_above: float
    e_below: float
    interval: tuple[float, float]


def family_means(scores: Sequence[float], families: Sequence[Hashable]) -> Array:
    """Mean score of each family, in the order in which families first come.

    Raises :class:`BadInput` unless each score has its family.
    """
    if len(scores) != len(families) or not scores:
        raise BadInput(
            f"{len(scores)} scores and {len(families)} families do not go together.",
            where="families",
        )
    places: dict[Hashable, int] = {}
    index = np.array([places.setdefault(family, len(places)) for family in families])
    return np.bincount(index, np.asarray(scores, dtype=float)) / np.bincount(index)


def family_crossing(means: Array, threshold: float, zone: float, error_rate: float) -> Crossing:
    """Where each row of ``means`` (runs × families) decides: *above* or *below* ``threshold``.

    A rate of ``threshold + zone`` or more is called below, one of ``threshold − zone`` or less
    above, with chance at most ``error_rate`` each, whenever one looks.
    """
    return crossing(means, threshold - zone, threshold + zone, error_rate)


def decide_families(
    scores: Sequence[float],
    families: Sequence[Hashable],
    threshold: float,
    zone: float,
    error_rate: float,
) -> FamilyDecision:
    """The decision on one run: item scores in [0, 1], each with its family.

    Families count in the order in which they first come, each with all of its items.
    """
    means = family_means(scores, families)
    used, said = family_crossing(means[None, :], threshold, zone, error_rate)
    seen = means[: int(used[0])]
    low, high = mean_sequence(seen, error_rate)
    return FamilyDecision(
        _SAID[int(said[0])],
        len(seen),
        float(np.exp(log_capital(seen, threshold - zone)[-1])),
        float(np.exp(log_capital(1 - seen, 1 - threshold - zone)[-1])),
        (float(low[-1]), float(high[-1])),
    )
