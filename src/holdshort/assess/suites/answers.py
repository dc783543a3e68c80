"""From what a model wrote to right or wrong, by program.

Two rules. The answer is what follows the *last* ``ANSWER:`` (any case) in the text, to the end
of that line; text without one has no answer. Then form is forgiven and content is not: case,
spacing, markdown, units and separators do not matter, because a right answer that is marked
wrong makes a capability look smaller than it is. Nothing here raises on any text.
"""

import re
from decimal import Decimal

_MARKER = re.compile(r"answer\s*:", re.IGNORECASE)
_EMPHASIS = " \t*_`\"'$<>"
_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(?:\.[0-9]{1,30})?(?:[eE][+-]?[0-9]{1,2})?")
_POWER = re.compile(r"\s?[×x*]\s?10\s?\^\s?([+-]?[0-9]{1,2})(?![0-9])")
_GROUPED = re.compile(r"(?<=[0-9])[,_\u202f\u00a0](?=[0-9]{3}(?![0-9]))")


def extract_answer(completion: str) -> str | None:
    """Return the text after the last ``ANSWER:``, cleaned of emphasis; None when there is none."""
    for line in reversed(completion.splitlines()):
        marks = list(_MARKER.finditer(line))
        if marks:
            return line[marks[-1].end() :].strip(_EMPHASIS).removesuffix(".").strip(_EMPHASIS)
    return None


def same_text(answer: str, target: str) -> bool:
    """Equal but for case and the amount of white space."""
    return answer.casefold().split() == target.casefold().split()


def same_letters(answer: str, target: str) -> bool:
    """Equal letters in order, whatever stands between (``5'-ACG T-3'`` is ``acgt``)."""
    return _letters(answer) == _letters(target)


def _letters(text: str) -> str:
    return "".join(re.findall(r"[a-z]", text.casefold()))


def words(answer: str) -> list[str]:
    """Return the words of a list in order, lower-case; ``and`` and punctuation are dropped."""
    found = re.findall(r"[a-z0-9][a-z0-9./-]*[a-z0-9]|[a-z0-9]", answer.casefold())
    return [word for word in found if word != "and"]


def same_words(answer: str, target: str) -> bool:
    """Equal lists of words, in order."""
    return words(answer) == words(target)


def same_set(answer: str, target: str) -> bool:
    """Equal sets of words; order and repetition do not matter."""
    return set(words(answer)) == set(words(target))


def numbers(answer: str) -> list[int]:
    """Return the unsigned whole numbers in a text, in order."""
    return [int(digits) for digits in re.findall(r"[0-9]{1,30}", answer)]


def same_numbers(answer: str, target: str) -> bool:
    """Equal lists of unsigned whole numbers, in order (``lines 3 and 7`` is ``3 7``)."""
    return numbers(answer) == numbers(target)


def only_number(answer: str) -> Decimal | None:
    """Return the number in a text that has exactly one (``about 1,250 bp``); else None."""
    plain = _POWER.sub(r"e\1", _GROUPED.sub("", answer.replace("\u2212", "-")))
    found = _NUMBER.findall(plain)
    return Decimal(found[0]) if len(found) == 1 else None


def same_number(answer: str, target: str, *, within: Decimal = Decimal(0)) -> bool:
    """Differ by no more than ``within`` (an absolute amount in the unit that was asked for)."""
    value = only_number(answer)
    return value is not None and abs(value - Decimal(target)) <= within
