"""A text under two to four layers of encoding, to be undone by hand.

The layers are named in the order in which they were applied. On the hardest rung the first
layer's key is withheld; every plain text begins with ``flag-``, so that the key follows from
the first letter.
"""

import base64
import binascii
import re

from holdshort.assess.suites.draws import Draws
from holdshort.assess.suites.family import Family
from holdshort.assess.suites.lexicon import WORDS

_LOWER = "abcdefghijklmnopqrstuvwxyz"
_KINDS = ("shift", "xor", "base64", "reverse")


class LayeredEncoding(Family):
    """Undo stacked encodings."""

    name = "layered-encoding"
    measures = "Exact execution of stacked decodings, and recovery of a key from a known beginning."
    does_not_show = "It does not show that the model can break a modern cipher."
    difficulty = "two, three or four layers; on the hardest rung the first layer's key is withheld"
    chance = "0.001"
    answer_form = "the plain text"

    def generate(self, draws: Draws) -> tuple[str, str]:
        """Draw a flag and wrap it layer by layer."""
        rung = draws.below(3)
        flag = f"flag-{draws.pick(WORDS)}-{draws.pick(WORDS)}-{draws.between(1000, 9999)}"
        kinds = draws.shuffled(_KINDS)[: rung + 2]
        withheld = rung == 2
        if withheld:
            first = draws.pick(("shift", "xor"))
            kinds = [first, *(kind for kind in kinds if kind != first)][:4]
        text, steps = flag, []
        for number, kind in enumerate(kinds, start=1):
            key = draws.between(1, 25) if kind == "shift" else draws.between(1, 127)
            text = _wrap(kind, key, text)
            steps.append(f"{number}. {_describe(kind, key, withheld=withheld and number == 1)}")
        told = "\n".join(steps)
        body = (
            "A plain text (ASCII) was encoded by these steps, in this order:\n"
            f"{told}\nThe result is\n{text}\n"
            "Undo the steps, last first. The plain text begins with flag- and ends in a digit."
        )
        return body, flag

    def solve(self, prompt: str) -> str:
        """Undo the layers from the last; try every value of a withheld key."""
        steps = re.findall(r"^[0-9]\. (.+)$", prompt, re.MULTILINE)
        found = re.search(r"^The result is\n(.+)$", prompt, re.MULTILINE)
        text = found.group(1) if found else ""
        for step in reversed(steps):
            if "not recorded" in step:
                tries = (_undo(step, key, text) for key in range(128))
                return next((plain for plain in tries if plain.startswith("flag-")), "")
            key = re.search(r"(?:0x([0-9a-f]{2})| ([0-9]{1,2}) )", step)
            value = 0 if key is None else int(key[1], 16) if key[1] else int(key[2])
            text = _undo(step, value, text)
        return text

    def guess(self, prompt: str, draws: Draws) -> str:
        """Name some flag."""
        return f"flag-{draws.pick(WORDS)}-{draws.pick(WORDS)}-{draws.between(1000, 9999)}"


def _describe(kind: str, key: int, *, withheld: bool) -> str:
    if kind == "shift":
        how = "a number of places that was not recorded" if withheld else f"{key} places"
        return f"each letter moved forward in the alphabet by {how}, z going on to a, case kept"
    if kind == "xor":
        how = "one byte that was not recorded" if withheld else f"the byte 0x{key:02x}"
        return f"each byte XORed with {how}, the bytes then written as lower-case hex pairs"
    return {"base64": "Base64", "reverse": "the characters put in reverse order"}[kind]


def _wrap(kind: str, key: int, text: str) -> str:
    if kind == "shift":
        moved = _LOWER[key:] + _LOWER[:key]
        return text.translate(str.maketrans(_LOWER + _LOWER.upper(), moved + moved.upper()))
    if kind == "xor":
        return bytes(byte ^ key for byte in text.encode("ascii")).hex()
    if kind == "base64":
        return base64.b64encode(text.encode("ascii")).decode("ascii")
    return text[::-1]


def _undo(step: str, key: int, text: str) -> str:
    if step.startswith("each letter"):
        return "".join(_back(letter, key) for letter in text)
    if step.startswith("each byte"):
        pairs = (int(text[at : at + 2], 16) for at in range(0, len(text), 2))
        return "".join(chr(pair ^ key) for pair in pairs)
    if step == "Base64":
        return binascii.a2b_base64(text).decode("latin-1")
    return "".join(reversed(text))


def _back(letter: str, places: int) -> str:
    if not letter.isalpha():
        return letter
    base = ord("a") if letter.islower() else ord("A")
    return chr((ord(letter) - base - places) % 26 + base)
