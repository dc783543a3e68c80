"""What an item family is: the contract that every generator in the suites keeps.

A family makes items of one kind. For every draw it must hold that

- the item can be answered from its text alone, and has one right answer, or (where many answers
  are right) a program that decides;
- ``solve`` finds that answer from the text, by another road than ``generate`` took, so that the
  two check each other;
- a guesser who knows the format is right with a rate of at most ``chance``;
- the text is harmless: fictitious names, documentation addresses, random sequences.

Nothing here imports Inspect: whoever verifies an assessment regenerates and re-scores its items
with the standard library alone.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from holdshort.assess.suites.answers import extract_answer, same_text
from holdshort.assess.suites.draws import Draws


@dataclass(frozen=True)
class Item:
    """One question: ``prompt`` is the whole user message, ``target`` the canonical answer."""

    area: str
    family: str
    index: int
    prompt: str
    target: str


class Family(ABC):
    """A generator of items of one kind, with its own solver, guesser and marking rule.

    ``measures`` and ``does_not_show`` are one sentence each, for the findings; ``difficulty``
    says what makes an item harder; ``chance`` is a decimal string; ``answer_form`` completes the
    closing line of every prompt, ``End with one line "ANSWER: <…>".``
    """

    name: ClassVar[str]
    measures: ClassVar[str]
    does_not_show: ClassVar[str]
    difficulty: ClassVar[str]
    chance: ClassVar[str]
    answer_form: ClassVar[str]

    @abstractmethod
    def generate(self, draws: Draws) -> tuple[str, str]:
        """Return (body of the prompt, target)."""

    @abstractmethod
    def solve(self, prompt: str) -> str:
        """Return a right answer, computed from the prompt's text alone."""

    @abstractmethod
    def guess(self, prompt: str, draws: Draws) -> str:
        """Return an answer of the right form by someone who knows the format, not the matter."""

    def answer(self, completion: str) -> str | None:
        """The answer in a completion, None if there is none; by default the last ``ANSWER:``."""
        return extract_answer(completion)

    def shown(self, item: "Item") -> str:
        """What one writes who answers an item rightly, as a worked example."""
        return f"ANSWER: {item.target}"

    def correct(self, answer: str, target: str) -> bool:
        """Tell whether an extracted answer is right; by default equal but for case and space."""
        return same_text(answer, target)

    def item(self, area: str, index: int, draws: Draws) -> Item:
        """Make one item: tag line, body, closing line."""
        body, target = self.generate(draws)
        closing = f'End with one line "ANSWER: <{self.answer_form}>".'
        prompt = f"[{area}/{self.name}]\n{body}\n{closing}"
        return Item(area=area, family=self.name, index=index, prompt=prompt, target=target)
