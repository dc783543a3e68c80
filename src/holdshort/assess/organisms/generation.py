"""Letting an organism write: greedy or drawn, many prompts at once, each token's chance kept.

What a prompt gets does not depend on its company: every completion draws from a generator of its
own, seeded by the caller's seed and its number. (Sums round otherwise in another batch; that moves
a chance in its seventh digit.)
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from holdshort.assess.organisms.language import BREAK, PAD, text_of, tokens
from holdshort.assess.organisms.network import Floats, Past, Shape, Tokens, Weights, forward
from holdshort.errors import BadInput

BATCH = 256
"""Prompts read at once."""


@dataclass(frozen=True)
class Sampling:
    """How to write.

    ``temperature`` 0 takes the likeliest token; ``top_p`` keeps the likeliest tokens whose chances
    reach it. A completion ends at a line break, which is not part of it, or after ``most`` tokens,
    or where the context is full.
    """

    temperature: float = 0.0
    top_p: float = 1.0
    seed: int = 0
    most: int = 16

    def __post_init__(self) -> None:
        if not 0 <= self.temperature <= 10:
            raise BadInput(f"temperature must be from 0 to 10, not {self.temperature}.")
        if not 0 < self.top_p <= 1:
            raise BadInput(f"top_p must be above 0 and at most 1, not {self.top_p}.")
        if self.most < 1:
            raise BadInput(f"max_tokens must be at least 1, not {self.most}.")


@dataclass(frozen=True)
class Completion:
    """What was written.

    ``log_chances`` (nats) are those of its tokens under the model as it is, at temperature 1;
    ``ended`` says whether a line break ended it; ``read`` and ``written`` count tokens;
    ``likeliest`` are, per token, the likeliest ones.
    """

    text: str
    log_chances: tuple[float, ...]
    ended: bool
    read: int
    written: int
    likeliest: tuple[tuple[tuple[str, float], ...], ...] = ()


def complete(
    shape: Shape,
    weights: Weights,
    prompts: Sequence[str],
    sampling: Sampling,
    *,
    number: int = 1,
    top: int = 0,
) -> list[list[Completion]]:
    """``number`` completions of each prompt; ``top`` likeliest tokens are told with each token.

    Raises:
        BadInput: a prompt is empty or too long (`check_prompt`).
    """
    for prompt in prompts:
        check_prompt(shape, prompt)
    repeated = [prompt for prompt in prompts for _ in range(number)]
    found: list[Completion] = []
    for start in range(0, len(repeated), BATCH):
        some = repeated[start : start + BATCH]
        randoms = [
            np.random.default_rng([sampling.seed % 2**63, (start + each) % number])
            for each in range(len(some))
        ]
        found += _write(shape, weights, some, sampling, randoms, top)
    return [found[each : each + number] for each in range(0, len(found), number)]


def check_prompt(shape: Shape, prompt: str) -> None:
    """Refuse a prompt that is empty, or so long that nothing can be written after it."""
    if not prompt.strip():
        raise BadInput("The prompt is empty.")
    longest = shape.context - 2
    if len(prompt) > longest:
        raise BadInput(
            f"The prompt has {len(prompt)} characters; the organism reads {longest} at most.",
            do="Write less before the exercise.",
        )


def _write(
    shape: Shape,
    weights: Weights,
    prompts: Sequence[str],
    sampling: Sampling,
    randoms: Sequence[np.random.Generator],
    top: int,
) -> list[Completion]:
    rows = [[BREAK, *tokens(prompt)] for prompt in prompts]
    longest = max(len(row) for row in rows)
    read = np.full((len(rows), longest), PAD, np.int64)
    for index, row in enumerate(rows):
        read[index, longest - len(row) :] = row
    written: list[list[int]] = [[] for _ in rows]
    chances: list[list[float]] = [[] for _ in rows]
    tops: list[list[tuple[tuple[str, float], ...]]] = [[] for _ in rows]
    ended, full = np.zeros(len(rows), np.bool_), np.zeros(len(rows), np.bool_)
    past: Past | None = None
    for _ in range(sampling.most):
        logits, past = forward(shape, weights, read, past)
        logs = _log_chances(logits[:, -1])
        chosen = _choose(logs, sampling, randoms)
        for index in (int(each) for each in np.flatnonzero(~(ended | full))):
            token = int(chosen[index])
            if token == BREAK:
                ended[index] = True
                continue
            written[index].append(token)
            chances[index].append(float(logs[index, token]))
            if top:
                tops[index].append(_likeliest(logs[index], top))
            full[index] = len(rows[index]) + len(written[index]) >= shape.context
        if (ended | full).all():
            break
        read = chosen[:, None]
    return [
        Completion(
            text_of(written[index]),
            tuple(chances[index]),
            bool(ended[index]),
            len(rows[index]) - 1,
            len(written[index]),
            tuple(tops[index]),
        )
        for index in range(len(rows))
    ]


def _log_chances(logits: Floats) -> Floats:
    """Log-chances (B, vocabulary); `PAD` is never written."""
    logits = logits.astype(np.float64)
    logits[:, PAD] = -np.inf
    logits -= logits.max(axis=-1, keepdims=True)
    found: Floats = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    return found


def _choose(logs: Floats, sampling: Sampling, randoms: Sequence[np.random.Generator]) -> Tokens:
    """The next token of each row."""
    if sampling.temperature == 0:
        likeliest: Tokens = logs.argmax(axis=-1)
        return likeliest
    with np.errstate(over="ignore"):  # next to no temperature: what is less likely has no chance
        hot = (logs - logs.max(axis=-1, keepdims=True)) / sampling.temperature
    chances = np.exp(hot)
    chances /= chances.sum(axis=-1, keepdims=True)
    order = np.argsort(-chances, axis=-1, kind="stable")
    ranked = np.take_along_axis(chances, order, axis=-1)
    ranked[np.cumsum(ranked, axis=-1) - ranked >= sampling.top_p] = 0
    reached = np.cumsum(ranked, axis=-1)
    draws = np.array([each.random() for each in randoms]) * reached[:, -1]
    place = (reached <= draws[:, None]).sum(axis=-1)
    chosen: Tokens = np.take_along_axis(order, place[:, None], axis=-1)[:, 0]
    return chosen


def _likeliest(logs: Floats, top: int) -> tuple[tuple[str, float], ...]:
    order = np.argsort(-logs, kind="stable")[:top]
    return tuple((text_of([int(each)]), float(logs[each])) for each in order if each != PAD)
