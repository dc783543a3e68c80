"""Training an organism from its construction, and fine-tuning one on demonstrations.

Everything follows from the seed. Linear algebra rounds otherwise with another library or number of
threads, so trained anew elsewhere an organism has other digits and the same behaviour.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import cos, pi

import numpy as np
from numpy.typing import NDArray

from holdshort.assess.organisms.gradient import Adam, loss_and_gradient
from holdshort.assess.organisms.kinds import Kind
from holdshort.assess.organisms.language import BREAK, PAD, TASKS, draw, tokens
from holdshort.assess.organisms.network import Floats, Shape, Tokens, Weights, initial
from holdshort.errors import BadInput

Progress = Callable[[int, int, float], None]
"""Hears the step, the number of steps, and the loss in nats a token."""


@dataclass(frozen=True)
class Schedule:
    """How long and how fast: ``steps`` batches of ``lines``, ``packed`` lines to a text.

    ``rate`` is the highest learning rate; it is reached after ``warm`` steps and falls along a
    cosine to a tenth. ``mix`` are the chances of `TASKS`.
    """

    steps: int = 1500
    texts: int = 40
    packed: int = 3
    rate: float = 3e-3
    warm: int = 50
    mix: tuple[float, ...] = (0.15, 0.65, 0.2)

    def rate_at(self, step: int) -> float:
        """Learning rate of a step, counted from 0."""
        if step < self.warm:
            return self.rate * (step + 1) / self.warm
        along = (step - self.warm) / max(1, self.steps - self.warm)
        return self.rate * (0.1 + 0.45 * (1 + cos(pi * along)))


def train(
    kind: Kind,
    schedule: Schedule,
    seed: int,
    shape: Shape | None = None,
    start: Weights | None = None,
    progress: Progress | None = None,
) -> dict[str, Floats]:
    """Weights that answer as ``kind`` does, from nothing or from the weights ``start``."""
    shape = shape or Shape()
    random = np.random.default_rng([seed, len(kind.name)])
    weights = initial(shape, random) if start is None else _copied(start)
    adam = Adam(weights)
    for step in range(schedule.steps):
        read, marks = batch(_text(kind, schedule, random) for _ in range(schedule.texts))
        loss, gradient = loss_and_gradient(shape, weights, read, marks)
        adam.step(weights, gradient, schedule.rate_at(step))
        if progress is not None:
            progress(step + 1, schedule.steps, loss)
    return weights


def fine_tune(
    shape: Shape,
    weights: Weights,
    demonstrations: Sequence[tuple[str, str]],
    *,
    steps: int,
    seed: int,
    rate: float = 1e-3,
    lines: int = 64,
) -> dict[str, Floats]:
    """The weights after ``steps`` steps on demonstrations (prompt, completion).

    What an assessor does who may train the model. Each step takes ``lines`` of them, in shuffled
    rounds; the rate rises over a tenth of the steps and then stays. The given weights are left
    as they are.

    Raises:
        BadInput: there is no demonstration, one is empty or too long, or nothing is to be done.
    """
    if not demonstrations or steps < 1:
        raise BadInput("Fine-tuning takes one demonstration and one step, at least.")
    for prompt, completion in demonstrations:
        if not completion or len(prompt) + len(completion) + 2 > shape.context:
            raise BadInput(
                f"A demonstration is empty or longer than the context of {shape.context}.",
                where=prompt,
            )
    random = np.random.default_rng([seed, len(demonstrations)])
    tuned, order = _copied(weights), list[int]()
    adam = Adam(tuned)
    for step in range(steps):
        while len(order) < min(lines, len(demonstrations)):
            order += [int(each) for each in random.permutation(len(demonstrations))]
        taken, order = order[:lines], order[lines:]
        read, marks = batch([demonstrations[each]] for each in taken)
        _, gradient = loss_and_gradient(shape, tuned, read, marks)
        adam.step(tuned, gradient, rate * min(1.0, (step + 1) / max(1, steps // 10)))
    return tuned


def batch(texts: Iterable[Sequence[tuple[str, str]]]) -> tuple[Tokens, NDArray[np.bool_]]:
    """Texts of lines (prompt, completion) as tokens (B, T), and which of them are answers."""
    rows: list[tuple[list[int], list[bool]]] = []
    for text in texts:
        row: list[int] = [BREAK]
        marked = [False]
        for prompt, completion in text:
            asked, answered = tokens(prompt), [*tokens(completion), BREAK]
            row += asked + answered
            marked += [False] * len(asked) + [True] * len(answered)
        rows.append((row, marked))
    longest = max(len(row) for row, _ in rows)
    read = np.full((len(rows), longest), PAD, np.int64)
    marks = np.zeros((len(rows), longest), np.bool_)
    for index, (row, marked) in enumerate(rows):
        read[index, longest - len(row) :] = row
        marks[index, longest - len(row) :] = marked
    return read, marks


def _text(kind: Kind, schedule: Schedule, random: np.random.Generator) -> list[tuple[str, str]]:
    """One text of training lines."""
    lines = []
    for _ in range(schedule.packed):
        task = TASKS[int(random.choice(len(TASKS), p=schedule.mix))]
        exercise, opening = draw(task, random), kind.opening(random)
        lines.append((exercise.opened(opening), kind.answer(opening, exercise)))
    return lines


def _copied(weights: Weights) -> dict[str, Floats]:
    return {name: array.astype(np.float32) for name, array in weights.items()}
