"""Acts as scenarios try them, in words."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.docket.conftest import World

Play = Callable[["World"], object]


def file(type_: str, by: str, case: str = "r", **said: Any) -> Play:
    """One act."""
    return lambda world: world.file(type_, by=by, case=case, **said)


def bar(name: str, by: str = "officer", case: str = "bar", **said: Any) -> Play:
    """An act in a restriction case."""
    return file(f"restriction.{name}", by, case, **said)


def by_assessor(type_: str, **said: Any) -> Play:
    """An act of the laboratory that was drawn."""
    return lambda world: world.file(type_, by=world.assessor(), **said)


def in_turn(*plays: Play) -> Play:
    """One after the other."""

    def play(world: "World") -> None:
        for each in plays:
            each(world)

    return play


def wait(**amount: float) -> Play:
    """Time passes."""
    return lambda world: world.later(**amount)


def other_weights(world: "World") -> None:
    """What is declared next are other weights."""
    world.weights = "ee" * 32
