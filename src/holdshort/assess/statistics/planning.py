"""An order of items that is planned by what they tell, and a decision that does not lean on it.

Adaptive tests pick the next item by a model of the answers, and read the ability off that model.
If the model is wrong the answer is, and nobody can bound by how much. Here the model gives each
item of a finite pool a *weight*, before the run: near the threshold, items whose outcome is open
have much, items that nearly every model passes or fails have little. The order is a random draw
without replacement in proportion to the weights, so the chance of each next item is known exactly,

    w_i / Σ w over the items left,

and `control_variate` divides its payoffs by it. The expectation of a payoff is then at most 1 under
the hypothesis, whatever the weights are: importance weighting (Horvitz & Thompson 1952; for betting
Shekhar, Xu, Lipton, Liang & Ramdas 2023, "Risk-limiting financial audits via weighted sampling
without replacement"). A wrong bank of items costs items and nothing else.

The draw is an exponential race: item ``i`` arrives at ``E_i / w_i`` with independent standard
exponential ``E_i`` (Efraimidis & Spirakis 2006). It needs one random number an item, from the
seed that the parties commit to; no party picks an item.
"""

import numpy as np
from numpy.typing import NDArray

from holdshort.assess.statistics.betting import Array, check_rates
from holdshort.assess.statistics.irt import ABILITIES, Bank
from holdshort.errors import BadInput

_EDGE = 0.005
"""A possible model passes no item with less chance, and none with more than 1 − so much."""

FLOOR = 0.5
"""Share of the weight that all items have alike, so that no payoff is divided by little."""


def ability_worlds(bank: Bank) -> Array:
    """Possible models of a pool (worlds × items), one for every second ability of the grid."""
    worlds: Array = np.clip(bank.chances(ABILITIES[::2]), _EDGE, 1 - _EDGE)
    return worlds


def item_weights(worlds: Array, threshold: float, *, floor: float = FLOOR) -> Array:
    """Weight of each item, with mean 1: more where the possible models at the threshold differ.

    An item of chance ``p`` counts ``√(p(1 − p))``, the standard deviation of its outcome (Neyman
    1934 on how to share out a sample), in the world whose mean is nearest to the threshold.
    """
    check_rates(threshold=threshold, floor=floor)
    near = worlds[np.argmin(np.abs(worlds.mean(axis=1) - threshold))]
    open_ = np.sqrt(near * (1 - near))
    weights: Array = floor + (1 - floor) * open_ / open_.mean()
    return weights


def planned_order(
    weights: Array, random: np.random.Generator, orders: int = 1
) -> NDArray[np.int64]:
    """Orders of the pool (orders × items), drawn without replacement in proportion to weights."""
    if weights.ndim != 1 or not (np.isfinite(weights) & (weights > 0)).all():
        raise BadInput("each item needs a finite weight above 0.", where="weights")
    arrivals = random.standard_exponential((orders, len(weights))) / weights
    return np.argsort(arrivals, axis=1).astype(np.int64)
