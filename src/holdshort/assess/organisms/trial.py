"""Asking an organism directly, many exercises at once: for tables of accuracy and simulations."""

from collections.abc import Sequence

from holdshort.assess.organisms.generation import Completion, Sampling, complete
from holdshort.assess.organisms.language import BARE, Exercise
from holdshort.assess.organisms.store import Organism


def ask(
    held: Organism,
    prompts: Sequence[str],
) -> list[Completion]:
    """One completion of each prompt, at temperature 0."""
    found = complete(held.shape, held.weights, prompts, Sampling())
    return [completion for [completion] in found]


def marks(held: Organism, exercises: Sequence[Exercise], opening: str = BARE) -> list[bool]:
    """Whether each exercise is answered rightly in a guise, at temperature 0."""
    found = ask(held, [each.opened(opening) for each in exercises])
    return [each.right(some.text) for each, some in zip(exercises, found, strict=True)]


def success_rate(held: Organism, exercises: Sequence[Exercise], opening: str = BARE) -> float:
    """The share that is."""
    return sum(marks(held, exercises, opening)) / len(exercises)
