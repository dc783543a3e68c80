"""Item response theory: how hard and how telling each item is, from the answers of earlier models.

The two-parameter logistic model: a model of ability ``θ`` passes item ``i`` with chance

    1 / (1 + exp(−a_i (θ − b_i))),

``b`` the difficulty, ``a`` the slope; the Rasch model gives all items one slope (Rasch 1960;
Birnbaum 1968). Abilities are standard normal. The fit is marginal maximum likelihood by
expectation and maximisation over a grid of abilities (Bock & Aitkin 1981), with weak priors that
keep it finite for items that every model passes or none does, and for few models: log slopes and
difficulties normal around 0 (Mislevy 1986).

An item bank fitted so *predicts* and *plans*. It never decides: estimates of ability are biased
where the model is wrong, as it always is somewhat (`control_variate`, `planning`).
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, log_expit, logsumexp

from holdshort.assess.statistics.betting import Array
from holdshort.errors import BadInput

ABILITIES = np.linspace(-4.0, 4.0, 41)
"""The grid of abilities."""

_SPREAD_OF_SLOPES = 0.5
_SPREAD_OF_DIFFICULTIES = 2.0
_ROUNDS = 500
_NEWTON = 3
_STILL = 1e-4
_STEEPEST = 5.0
_HARDEST = 8.0


@dataclass(frozen=True)
class Bank:
    """Items with their ``slopes`` and ``difficulties``, one of each an item."""

    slopes: Array
    difficulties: Array

    def chances(self, abilities: Array) -> Array:
        """Chance that models of these abilities pass each item (abilities × items)."""
        chances: Array = expit(self.slopes * (abilities[:, None] - self.difficulties))
        return chances

    def information(self, abilities: Array) -> Array:
        """Fisher information of each item about each ability (abilities × items)."""
        chances = self.chances(abilities)
        information: Array = self.slopes**2 * chances * (1 - chances)
        return information

    def ability(self, responses: Array) -> tuple[Array, Array]:
        """Mean and standard deviation of each model's ability, given its ``responses``.

        Models × items, 0 or 1, NaN where it was not asked; expected a posteriori.
        """
        weight = np.exp(_posterior(_checked(responses), self.slopes, self.difficulties))
        mean = weight @ ABILITIES
        spread: Array = np.sqrt(np.maximum(weight @ ABILITIES**2 - mean**2, 0.0))
        return mean, spread


def fit(responses: Array, *, one_slope: bool = False) -> Bank:
    """The bank that explains ``responses`` (models × items, 0 or 1, NaN where not asked).

    ``one_slope`` fits the Rasch model. Raises :class:`BadInput` for other values, or an item that
    no model was asked.
    """
    seen = _checked(responses)
    items = seen.shape[1]
    slopes = np.ones(items)
    share = np.nansum(np.vstack((seen, np.tile([[0.5]], (1, items)))), axis=0)
    share /= 1 + (~np.isnan(seen)).sum(axis=0)
    difficulties = np.clip(-np.log(share / (1 - share)), -_HARDEST, _HARDEST)
    for _ in range(_ROUNDS):
        weight = np.exp(_posterior(seen, slopes, difficulties))  # models × abilities
        asked = weight.T @ ~np.isnan(seen)  # abilities × items: expected models, and passes
        passed = weight.T @ np.nan_to_num(seen)
        before = slopes, difficulties
        slopes, difficulties = _maximised(asked, passed, slopes, difficulties, one_slope)
        moved = max(np.abs(slopes - before[0]).max(), np.abs(difficulties - before[1]).max())
        if moved < _STILL:
            break
    return Bank(slopes, difficulties)


def _posterior(seen: Array, slopes: Array, difficulties: Array) -> Array:
    """Log weight of each ability for each model (models × abilities), normed."""
    odds = slopes * (ABILITIES[:, None] - difficulties)
    known = ~np.isnan(seen)
    passed = np.nan_to_num(seen)
    likelihood = passed @ log_expit(odds).T + (known - passed) @ log_expit(-odds).T
    likelihood -= ABILITIES**2 / 2
    normed: Array = likelihood - logsumexp(likelihood, axis=1, keepdims=True)
    return normed


def _maximised(
    asked: Array, passed: Array, slopes: Array, difficulties: Array, one_slope: bool
) -> tuple[Array, Array]:
    """Newton steps in log slope and difficulty, item by item, against expected counts."""
    logs = np.log(slopes)
    for _ in range(_NEWTON):
        slopes = np.exp(logs)
        apart = ABILITIES[:, None] - difficulties
        chance = expit(slopes * apart)
        miss, weight = passed - asked * chance, asked * chance * (1 - chance)
        by_log, by_place = slopes * apart, -slopes
        up = (miss * by_log).sum(axis=0)
        log_curve = (weight * by_log**2).sum(axis=0)
        across = (miss * by_place).sum(axis=0) - difficulties / _SPREAD_OF_DIFFICULTIES**2
        place_curve = (weight * by_place**2).sum(axis=0) + 1 / _SPREAD_OF_DIFFICULTIES**2
        if one_slope:
            pull = logs[0] / _SPREAD_OF_SLOPES**2
            curve = log_curve.sum() + 1 / _SPREAD_OF_SLOPES**2
            step = np.full_like(logs, (up.sum() - pull) / curve)
            difficulties = difficulties + np.clip(across / place_curve, -1, 1)
        else:
            up = up - logs / _SPREAD_OF_SLOPES**2
            log_curve = log_curve + 1 / _SPREAD_OF_SLOPES**2
            both = (weight * by_log * by_place).sum(axis=0)
            whole = log_curve * place_curve - both**2
            step = (place_curve * up - both * across) / whole
            difficulties = difficulties + np.clip((log_curve * across - both * up) / whole, -1, 1)
        logs = np.clip(logs + np.clip(step, -0.5, 0.5), -np.log(_STEEPEST) * 2, np.log(_STEEPEST))
        difficulties = np.clip(difficulties, -_HARDEST, _HARDEST)
    return np.exp(logs), difficulties


def _checked(responses: Array) -> Array:
    if responses.ndim != 2 or not responses.size:
        raise BadInput("responses must be rows, one a model, of columns, one an item.")
    if not (np.isnan(responses) | (responses == 0) | (responses == 1)).all():
        raise BadInput("a response must be 0, 1 or NaN, for not asked.", where="responses")
    if np.isnan(responses).all(axis=0).any():
        raise BadInput("an item that no model was asked cannot be fitted.", where="responses")
    return responses
