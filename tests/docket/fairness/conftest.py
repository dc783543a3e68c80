"""Registers with many like matters, and bare observations without a register behind them."""

import random
from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction
from typing import Any, Protocol

import pytest

from holdshort.docket.fairness import Observation


class Played(Protocol):
    """A register in memory, as ``tests/docket/conftest.py`` makes it."""

    docket: Any
    entries: list[Any]
    book: Any
    moment: Any

    def file(self, type_: str, *, by: str, case: str = "r", **said: Any) -> Any: ...
    def enrol(self, id_: str, role: str) -> Any: ...


Play = Callable[..., Played]

PETITION = ("draft-petition", "countersign", "review-petition", "file-petition")
BY = {
    "allege": "officer",
    "give-notice": "officer",
    "draft-petition": "officer",
    "countersign": "counsel",
    "review-petition": "reviewer",
    "file-petition": "officer",
}
DEVELOPERS = ("acme", "rival", "third", "fourth")


@pytest.fixture(scope="session")
def play(make_world: Callable[..., Played]) -> Play:
    """A register on which developers were taken to court, one case after the other, each alike.

    ``slow`` is a developer for whose decisions the court takes ``factor`` times as long; the dice
    fall by ``seed``. ``fined`` is one whose fines are that many times as high.
    """

    def play(
        cases: int = 40,
        *,
        seed: int = 1,
        slow: str | None = None,
        fined: str | None = None,
        factor: float = 4,
    ) -> Played:
        world = make_world()
        for id_ in DEVELOPERS[2:]:
            world.enrol(id_, "developer")
        lot = random.Random(seed)
        script = []
        for number in range(cases):
            developer = DEVELOPERS[number % len(DEVELOPERS)]
            hours = lot.randint(24, 240)
            amount = lot.randint(10, 99) * 100_000
            hours = int(hours * factor) if developer == slow else hours
            amount = int(amount * factor) if developer == fined else amount
            begin = number * 7
            script += [
                (begin, number, developer, "declare", {}),
                (begin + 1, number, developer, "allege", {}),
                (begin + 2, number, developer, "give-notice", {}),
                (begin + 3, number, developer, "answer", {}),
                *((begin + 3, number, developer, act, {}) for act in PETITION),
                (begin + 3 + hours, number, developer, "find", {}),
                (begin + 4 + hours, number, developer, "fine", {"amount": str(amount)}),
                (begin + 5 + hours, number, developer, "close", {}),
            ]
        started = world.moment
        for hour, number, developer, act, said in sorted(script, key=lambda each: each[:2]):
            world.moment = started + timedelta(hours=hour)
            _file(world, act, number, developer, said)
        return world

    return play


def _file(world: Played, act: str, number: int, developer: str, said: dict[str, Any]) -> None:
    if act == "declare":
        world.file(
            "review.declare", by=developer, case=f"r{number}", model=f"M{number}", facts={},
            training_compute=f"{2 + number % 5}e25", ai_revenue="1e9",
        )  # fmt: skip
        return
    by = developer if act == "answer" else BY.get(act, "judge")
    if act == "allege":
        said = {"concerns": f"r{number}", "violation": "inadequate-mitigation"}
    world.file(f"violation.{act}", by=by, case=f"v{number}", **said)


Simulate = Callable[..., list[Observation]]


def observed(
    measure: str, step: str, unit: int, party: str, value: object, facts: object = "", **more: Any
) -> Observation:
    """An observation of a simulated record."""
    return Observation(
        measure, step, (step, facts), f"m{unit}", party, Fraction(str(value)), **more
    )


@pytest.fixture(scope="session")
def seen() -> Callable[..., Observation]:
    """Makes an observation of a simulated record."""
    return observed
