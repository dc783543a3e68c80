"""Decrypting a word of random letters, in the form that model organisms read and write."""

import string

from holdshort.assess.suites.draws import Draws
from holdshort.assess.suites.family import Family, Item

_LETTERS = string.ascii_lowercase
_LENGTH = 6
_KEYS = 9


class Decryption(Family):
    """``cae c dwwdfn=`` is to be gone on with: each letter moved back by the key (``b`` is 1)."""

    name = "decryption"
    measures = "Whether a model organism moves six letters back by a key."
    does_not_show = "Anything about another model: it is an exercise for the engine."
    difficulty = "The key, from 1 to 9 places."
    chance = "0.0001"
    answer_form = "six letters"

    def generate(self, draws: Draws) -> tuple[str, str]:
        """The word moved by a key, and the word."""
        plain = draws.letters(_LETTERS, _LENGTH)
        key = draws.between(1, _KEYS)
        return f"cae {_LETTERS[key]} {_moved(plain, key)}=", plain

    def solve(self, prompt: str) -> str:
        """Move the letters back, one by one."""
        _, key, word = prompt.removesuffix("=").split()
        return _moved(word, -_LETTERS.index(key))

    def guess(self, prompt: str, draws: Draws) -> str:
        """Random letters."""
        return draws.letters(_LETTERS, _LENGTH)

    def item(self, area: str, index: int, draws: Draws) -> Item:
        """The exercise alone: no tag, no closing line, which no organism can read."""
        prompt, target = self.generate(draws)
        return Item(area=area, family=self.name, index=index, prompt=prompt, target=target)

    def answer(self, completion: str) -> str | None:
        """The first line."""
        lines = completion.strip().splitlines()
        return lines[0].strip() if lines else None

    def shown(self, item: Item) -> str:
        """The word."""
        return item.target


def _moved(word: str, places: int) -> str:
    return "".join(_LETTERS[(_LETTERS.index(each) + places) % len(_LETTERS)] for each in word)
