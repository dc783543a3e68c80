"""Several areas, one error rate: corrections of e-values, under every dependence between them.

Four areas are tested on one model, by items that may overlap in what they ask of it. P-values
would need their dependence; e-values do not: their mean is an e-value whatever it is (Vovk & Wang
2021, "E-values: calibration, combination and applications", Annals of Statistics 49).

| function | promises | rejects hypothesis k |
|---|---|---|
| `bonferroni_values` | chance of *any* wrong rejection ≤ α | e_k ≥ m/α |
| `holm_values` | the same | step by step: the j-th largest ≥ (m − j + 1)/α, as all before it |
| `closed_average_values` | the same | every mean of a set that holds e_k ≥ 1/α |
| `benjamini_hochberg` | expected share of wrong rejections ≤ α | k*·e_k ≥ m/α, k* the rejections |

The closed average rejects whatever Holm does, and Holm whatever Bonferroni does. The first three
give *adjusted* e-values, to be held against ``1/α`` for any ``α``, even one chosen afterwards
(Grünwald 2024). The last is the e-BH procedure (Wang & Ramdas 2022, "False discovery rate control
with e-values", JRSS B 84). Exact, in rationals: the order of the areas means nothing.
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate
from math import isfinite

from holdshort.errors import BadInput

EValue = Fraction | Decimal | float | int


def bonferroni_values(values: Sequence[EValue]) -> list[Fraction]:
    """Each e-value divided by their number."""
    exact = _exact(values)
    return [each / len(exact) for each in exact]


def holm_values(values: Sequence[EValue]) -> list[Fraction]:
    """Step-down: the largest is divided by m, the next by m − 1, none beyond the one before."""
    exact = _exact(values)
    adjusted = list(exact)
    reached: Fraction | None = None
    for rank, place in enumerate(sorted(range(len(exact)), key=lambda k: -exact[k])):
        step = exact[place] / (len(exact) - rank)
        reached = step if reached is None else min(reached, step)
        adjusted[place] = reached
    return adjusted


def closed_average_values(values: Sequence[EValue]) -> list[Fraction]:
    """For each the least mean of any set that holds it (Vovk & Wang 2021, algorithm 1).

    The least mean of ``j`` further values takes the ``j`` smallest of the others.
    """
    exact = _exact(values)
    adjusted = []
    for place, own in enumerate(exact):
        others = sorted(exact[:place] + exact[place + 1 :])
        sums = accumulate(others, initial=own)
        adjusted.append(min(total / size for size, total in enumerate(sums, 1)))
    return adjusted


def benjamini_hochberg(values: Sequence[EValue], rate: Decimal | Fraction) -> list[bool]:
    """Which hypotheses e-BH rejects at false discovery rate ``rate``."""
    exact, alpha = _exact(values), Fraction(rate)
    if not 0 < alpha < 1:
        raise BadInput(f"must lie strictly between 0 and 1, not {rate}.", where="rate")
    ranked = sorted(exact, reverse=True)
    passing = [k for k, each in enumerate(ranked, 1) if k * each * alpha >= len(exact)]
    count = max(passing, default=0)
    return [count > 0 and count * each * alpha >= len(exact) for each in exact]


def _exact(values: Sequence[EValue]) -> list[Fraction]:
    if not values:
        raise BadInput("there is no e-value to correct.", where="values")
    for each in values:
        if not isfinite(each) or each < 0:
            raise BadInput(f"{each} is no e-value: a finite number from 0 on.", where="values")
    return [Fraction(each) for each in values]
