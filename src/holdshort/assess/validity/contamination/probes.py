"""Probes of memory, each an effect with its interval.

``score``       success on public items less that on their fresh twins, by pairs
``verbatim``    how often the first half of a public item brings out the second word for word, less
                how often it does for its twin (Carlini et al. 2021; the twin takes away what the
                template of the family gives)
``similarity``  the same for 1 − edit distance / length (Levenshtein), in tenths, rounded down
``order``       the chance that the published order of the items is likelier to the model than a
                shuffled one, less a half (Oren et al. 2023, "Proving test set contamination in
                black box language models"): zero whatever the model knows, if it has not seen
                *this file*, since items are exchangeable

The interval of each is a confidence sequence for the mean of a score with few values.
"""

from collections.abc import Callable, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal

import numpy as np

from holdshort.assess.elicitation.gap import Effect, effect
from holdshort.assess.elicitation.interval import mean_interval
from holdshort.assess.validity.contamination.twins import halves
from holdshort.errors import BadInput

Complete = Callable[[str], str]
"""A model: how it goes on from a text."""

LogLikelihood = Callable[[str], float]
"""A model: the natural logarithm of its chance of a text."""

_TENTHS = 10
_THOUSANDTHS = Decimal("0.001")


def score(public: Sequence[bool], fresh: Sequence[bool], error_rate: Decimal) -> Effect:
    """The effect on success; the two rows are of pairs."""
    _check_pairs(public, fresh)
    gains = [int(high) - int(low) for high, low in zip(public, fresh, strict=True)]
    return effect(gains, 1, error_rate)


def completion(
    public: Sequence[str], fresh: Sequence[str], complete: Complete, error_rate: Decimal
) -> tuple[Effect, Effect]:
    """The effects ``verbatim`` and ``similarity``, each with half of the error rate."""
    _check_pairs(public, fresh)
    shown = [
        (_recalled(item, complete), _recalled(twin, complete))
        for item, twin in zip(public, fresh, strict=True)
    ]
    half = error_rate / 2
    word_for_word = [int(item == _TENTHS) - int(twin == _TENTHS) for item, twin in shown]
    tenths = effect([item - twin for item, twin in shown], _TENTHS, half)
    return effect(word_for_word, 1, half), Effect(
        (tenths.estimate / _TENTHS).quantize(_THOUSANDTHS, rounding=ROUND_HALF_EVEN),
        (tenths.low / _TENTHS).quantize(_THOUSANDTHS, rounding=ROUND_FLOOR),
        (tenths.high / _TENTHS).quantize(_THOUSANDTHS, rounding=ROUND_CEILING),
    )


def order(
    items: Sequence[str],
    log_likelihood: LogLikelihood,
    error_rate: Decimal,
    *,
    shard: int = 8,
    shuffles: int = 19,
    seed: int = 0,
) -> Effect:
    """The effect of order. ``items`` stand as published; ``shard`` of them are read at a time.

    A shard's score is the share of ``shuffles`` that are less likely than the published order, ties
    counted half; of an exchangeable file its mean is a half. Raises :class:`BadInput` for less than
    one shard of two items, or no shuffle.
    """
    if shard < 2 or shuffles < 1 or len(items) < shard:
        raise BadInput("A test of order takes shards of 2 items or more, and a shuffle.")
    random = np.random.default_rng(seed)
    counts = [0] * (2 * shuffles + 1)
    for start in range(0, len(items) - shard + 1, shard):
        part = list(items[start : start + shard])
        published = log_likelihood("\n".join(part))
        others = [
            log_likelihood("\n".join(part[i] for i in random.permutation(shard)))
            for _ in range(shuffles)
        ]
        counts[sum(2 * (each < published) + (each == published) for each in others)] += 1
    low, high = mean_interval(counts, error_rate)
    total = sum(value * count for value, count in enumerate(counts))
    mean = Decimal(total) / (2 * shuffles * sum(counts)) - Decimal("0.5")
    ends = [
        Decimal(end.numerator) / Decimal(end.denominator) - Decimal("0.5") for end in (low, high)
    ]
    return Effect(
        mean.quantize(_THOUSANDTHS, rounding=ROUND_HALF_EVEN),
        ends[0].quantize(_THOUSANDTHS, rounding=ROUND_FLOOR),
        ends[1].quantize(_THOUSANDTHS, rounding=ROUND_CEILING),
    )


def similarity(first: str, second: str) -> int:
    """1 − edit distance / greater length, in tenths, rounded down; 10 only for equal texts."""
    longest = max(len(first), len(second))
    return _TENTHS * (longest - _distance(first, second)) // longest if longest else _TENTHS


def _recalled(prompt: str, complete: Complete) -> int:
    """How like the rest of a prompt is to what the model goes on with, no further than it."""
    first, rest = halves(prompt)
    said = complete(first)
    # A model may eat the space before the next word.
    wanted = rest.lstrip()
    return similarity(said.lstrip()[: len(wanted)], wanted)


def _distance(first: str, second: str) -> int:
    """Levenshtein's."""
    above = list(range(len(second) + 1))
    for i, a in enumerate(first, 1):
        row = [i]
        for j, b in enumerate(second, 1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (a != b)))
        above = row
    return above[-1]


def _check_pairs(public: Sequence[object], fresh: Sequence[object]) -> None:
    if not public or len(public) != len(fresh):
        raise BadInput(
            f"Each public item needs its twin: {len(public)} and {len(fresh)}.", where="twins"
        )
