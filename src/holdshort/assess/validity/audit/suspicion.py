"""Which keys are suspect, by how models answered: consensus, and the pattern of who is right.

Signals of an item, from the answers of several models (the last is classical test theory,
Lord & Novick 1968):

================  ==========================================================================
``disagreement``  share of models whose answer is not the key
``consensus``     share that agree on one other answer
``lead``          share on that answer less the share on the key
``strong lead``   the same, each model weighing the log-odds that its answer is the true one
``reversal``      minus the corrected item-total correlation: the stronger models are wrong
================  ==========================================================================

The score is the log-odds of a bad key by a logistic regression on these, calibrated on items whose
keys people have checked. An item *sorts* by it; nobody strikes an item for its score alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from holdshort.errors import BadInput

Floats = NDArray[np.float64]

SIGNALS = ("disagreement", "consensus", "lead", "strong lead", "reversal")
_LEAST_MODELS = 3
_MOST_OPTIONS = 26
_RIDGE = 1.0
_STEPS = 50
_TINY = 1e-9


@dataclass(frozen=True)
class Responses:
    """What each model answered to each item of a bank: ``answers[item][model]``.

    An answer that is no item's key counts as none. Raises :class:`BadInput` where rows and names
    do not fit, or an item or model is named twice.
    """

    items: tuple[str, ...]
    keys: tuple[str, ...]
    models: tuple[str, ...]
    answers: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        for what, names in (("item", self.items), ("model", self.models)):
            if not names or len(set(names)) < len(names):
                raise BadInput(f"There must be {what}s, and none named twice.", where=f"{what}s")
        if not len(self.items) == len(self.keys) == len(self.answers):
            raise BadInput("Each item needs a key and a row of answers.", where="answers")
        for item, row in zip(self.items, self.answers, strict=True):
            if len(row) != len(self.models):
                raise BadInput(f"{len(row)} answers of {len(self.models)} models.", where=item)

    def without(self, excluded: Sequence[str]) -> "Responses":
        """The same bank without the answers of some models, so that an audit is blind to them."""
        keep = [i for i, name in enumerate(self.models) if name not in excluded]
        if len(keep) < _LEAST_MODELS:
            raise BadInput(
                f"An audit needs the answers of {_LEAST_MODELS} other models, not {len(keep)}.",
                where="models",
            )
        return Responses(
            self.items,
            self.keys,
            tuple(self.models[i] for i in keep),
            tuple(tuple(row[i] for i in keep) for row in self.answers),
        )


@dataclass(frozen=True)
class Signals:
    """Items × `SIGNALS`, and for each item the answer that most models gave instead of the key."""

    values: Floats
    others: tuple[str, ...]


@dataclass(frozen=True)
class Calibration:
    """Log-odds of a bad key: ``intercept + weights · (signals − centre) / scale``."""

    says: str
    centre: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[float, ...]
    intercept: float

    def score(self, signals: Signals) -> Floats:
        """Log-odds, item by item."""
        standard = (signals.values - np.array(self.centre)) / np.array(self.scale)
        return np.asarray(self.intercept + standard @ np.array(self.weights), dtype=np.float64)


MMLU_REDUX = Calibration(
    "2,856 items of MMLU-Redux (CC-BY-4.0), 14 models; half of the set, by a hash of the item",
    centre=(0.1793, 0.1453, -0.6754, -0.6773, -0.0448),
    scale=(0.2964, 0.2490, 0.5400, 0.5387, 0.1858),
    weights=(0.1083, 0.4391, 0.2619, 0.2195, 0.1927),
    intercept=-4.1717,
)
"""What `benchmarks/item_audit.py` fits to its calibration half; for banks without checked keys."""


def signals(responses: Responses) -> Signals:
    """The signals of every item of a multiple-choice bank.

    Raises :class:`BadInput` unless the bank's keys are 2 to 26 options.
    """
    options = sorted(set(responses.keys))
    if not 2 <= len(options) <= _MOST_OPTIONS:
        raise BadInput(
            f"The keys of a multiple-choice bank are 2 to {_MOST_OPTIONS} options, "
            f"not {len(options)}.",
            where="keys",
        )
    answers, keys = np.array(responses.answers), np.array(responses.keys)
    given = answers[:, :, None] == np.array(options)  # items × models × options
    right = (answers == keys[:, None]).astype(np.float64)
    ability = right.mean(axis=0).clip(0.05, 0.95)
    truth = np.log(ability * (len(options) - 1) / (1 - ability))
    is_key = keys[:, None] == np.array(options)
    on_key, on_other, other = _against_key(given.mean(axis=1), is_key)
    strong_key, strong_other, _ = _against_key(
        np.einsum("imo,m->io", given, truth / max(np.abs(truth).sum(), _TINY)), is_key
    )
    columns = (
        1 - right.mean(axis=1),
        on_other,
        on_other - on_key,
        strong_other - strong_key,
        -_corrected_item_total(right),
    )
    return Signals(np.column_stack(columns), tuple(options[i] for i in other))


def calibrate(found: Signals, bad: NDArray[np.bool_], says: str) -> Calibration:
    """Fit the regression (ridge, Newton's steps) to items whose keys were checked."""
    if not 0 < bad.sum() < len(bad):
        raise BadInput("Calibration needs items with good keys and with bad ones.", where="bad")
    centre, scale = found.values.mean(axis=0), found.values.std(axis=0) + _TINY
    x = np.column_stack((np.ones(len(bad)), (found.values - centre) / scale))
    penalty = np.diag([0.0, *[_RIDGE] * len(centre)])
    weights = np.zeros(x.shape[1])
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-(x @ weights)))
        slope = x.T @ (bad - chance) - penalty @ weights
        curve = (x * (chance * (1 - chance))[:, None]).T @ x + penalty
        weights = weights + np.linalg.solve(curve, slope)
    return Calibration(says, tuple(centre), tuple(scale), tuple(weights[1:]), float(weights[0]))


def _against_key(
    weight: Floats, is_key: NDArray[np.bool_]
) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Weight on the key, the most on one other option, and which."""
    others = np.where(is_key, -np.inf, weight)
    other = others.argmax(axis=1)
    most = others.max(axis=1)
    return weight[is_key], np.where(np.isfinite(most), most, 0.0), other


def _corrected_item_total(right: Floats) -> Floats:
    """Correlation over models of an item's marks with their score on all other items; 0 if none."""
    rest = right.sum(axis=0) - right
    rest = rest - rest.mean(axis=1, keepdims=True)
    own = right - right.mean(axis=1, keepdims=True)
    spread = np.sqrt((rest**2).sum(axis=1) * (own**2).sum(axis=1))
    return np.where(spread > _TINY, (rest * own).sum(axis=1) / np.maximum(spread, _TINY), 0.0)
