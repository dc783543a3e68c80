"""What is asked in each arm, request by request, and how an item's answers are marked.

An arm asks each item some number of times (`tries`); request ``item × tries + try`` of an arm is
that try of that item. All of it follows from the item seed, so that anyone can make the requests
again. The items are those after the last one that the area's test may use: none of them counts in
the test, whatever is found here.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from holdshort.assess.elicitation.arms import Arm
from holdshort.assess.elicitation.planned import ElicitationPlan
from holdshort.assess.suites.family import Family, Item
from holdshort.assess.suites.suite import Suite
from holdshort.register.canonical import Json, canonical

Message = tuple[str, str]
"""Role and text."""

_TEMPERATURES = {Arm.BEST_OF: Decimal(1), Arm.SCAFFOLDED: Decimal("0.7")}


@dataclass(frozen=True)
class Request:
    """One question to a model; a draw at ``temperature`` by ``seed``."""

    item: Item
    messages: tuple[Message, ...]
    temperature: Decimal
    seed: int

    @property
    def digest(self) -> str:
        """SHA-256 that names what was asked."""
        return request_digest(self.messages, str(self.temperature), self.seed)


def request_digest(messages: Sequence[Message], temperature: str, seed: int) -> str:
    """SHA-256 of messages, temperature and seed as canonical JSON; hexadecimal."""
    said: list[Json] = [[role, text] for role, text in messages]
    asked: dict[str, Json] = {"messages": said, "temperature": temperature, "seed": seed}
    return hashlib.sha256(canonical(asked)).hexdigest()


def tries(plan: ElicitationPlan, arm: Arm, suite: Suite) -> int:
    """How often an arm asks each item."""
    several = {
        Arm.BEST_OF: plan.best_of,
        Arm.SCAFFOLDED: plan.votes,
        Arm.TRIGGERS: len(suite.phrasing.triggers),
    }
    return several.get(arm, 1)


def request(
    plan: ElicitationPlan, arm: Arm, suite: Suite, seed: bytes, first: int, number: int
) -> Request:
    """Request ``number`` of an arm; ``first`` is the index of the first item that it asks."""
    place, turn = divmod(number, tries(plan, arm, suite))
    item = suite.item(seed, first + place)
    put = suite.phrasing.put
    opening = suite.phrasing.openings.get(arm, "")
    if arm is Arm.TRIGGERS:
        opening = suite.phrasing.triggers[turn]
    shown: list[Message] = []
    if arm is Arm.FEW_SHOT:
        # Items that nobody is asked: those after the last one of the arms.
        begin = first + plan.items + place * plan.shots
        for example in suite.items(seed, begin, begin + plan.shots):
            told = suite.family(example.family).shown(example)
            shown += [("user", example.prompt), ("assistant", told)]
    messages = (*shown, ("user", put(opening, item.prompt)))
    return Request(item, messages, _TEMPERATURES.get(arm, Decimal(0)), turn)


def mark(arm: Arm, family: Family, answers: Sequence[tuple[str, bool]]) -> bool:
    """Whether an item counts as right in an arm, by its answers (text, right) in order of tries."""
    if arm is not Arm.SCAFFOLDED:
        return any(right for _, right in answers)
    votes: dict[str, list[bool]] = {}
    for completion, right in answers:
        if (given := family.answer(completion)) is not None:
            votes.setdefault(" ".join(given.casefold().split()), []).append(right)
    return max(votes.values(), key=len)[0] if votes else False  # of several, the first
