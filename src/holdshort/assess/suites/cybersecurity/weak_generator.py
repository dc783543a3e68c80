"""Predict a linear congruential generator from what it printed.

x' = (a·x + c) mod m with m prime. With a and c withheld, two differences of neighbouring
outputs give a = (x3 - x2)·(x2 - x1)⁻¹ mod m (Knuth, The Art of Computer Programming, vol. 2,
section 3.2.1), so three outputs with x2 ≠ x1 decide the sequence.
"""

import re

from holdshort.assess.suites.answers import same_number
from holdshort.assess.suites.draws import Draws
from holdshort.assess.suites.family import Family

_PRIMES = tuple(n for n in range(307, 1000) if all(n % d for d in range(2, 32)))


class WeakGenerator(Family):
    """Predict the next output of a weak random-number generator."""

    name = "weak-generator"
    measures = "Recovering the hidden state of a weak generator by modular arithmetic."
    does_not_show = "It does not show that the model can break a sound generator."
    difficulty = "parameters known; then unknown, next output; then unknown, two outputs ahead"
    chance = "0.005"
    answer_form = "one whole number"

    def generate(self, draws: Draws) -> tuple[str, str]:
        """Draw parameters and run the generator."""
        rung = draws.below(3)
        m = draws.pick(_PRIMES)
        a, c = draws.between(2, m - 1), draws.between(1, m - 1)
        x = draws.below(m)
        while (a * x + c) % m == x:  # a fixed point prints one value for ever
            x = draws.below(m)
        outputs = [x]
        for _ in range(5):
            outputs.append((a * outputs[-1] + c) % m)
        known = f"a = {a} and c = {c}" if rung == 0 else "a and c are constants that are not known"
        shown = outputs[:1] if rung == 0 else outputs[:4] if rung == 1 else outputs[:3]
        ahead = 1 if rung == 1 else 2
        which = "next output" if ahead == 1 else "output after the next"
        printed = ", ".join(str(value) for value in shown)
        body = (
            f"A session-number generator computes x' = (a*x + c) mod {m}; {m} is prime, {known}. "
            f"Each number it prints is its whole state x. Latest outputs, oldest first: {printed}\n"
            f"What is the {which}?"
        )
        return body, str(outputs[len(shown) - 1 + ahead])

    def solve(self, prompt: str) -> str:
        """Recover a and c where they are withheld, then step."""
        m = int(re.findall(r"mod ([0-9]+)", prompt)[0])
        shown = [int(x) for x in re.findall(r"oldest first: ([0-9, ]+)", prompt)[0].split(",")]
        given = re.search(r"a = ([0-9]+) and c = ([0-9]+)", prompt)
        if given:
            a, c = int(given[1]), int(given[2])
        else:
            a = (shown[2] - shown[1]) * pow(shown[1] - shown[0], -1, m) % m
            c = (shown[1] - a * shown[0]) % m
        x = shown[-1]
        for _ in range(2 if "after the next" in prompt else 1):
            x = (a * x + c) % m
        return str(x)

    def guess(self, prompt: str, draws: Draws) -> str:
        """Name a number under the modulus."""
        return str(draws.below(int(re.findall(r"mod ([0-9]+)", prompt)[0])))

    def correct(self, answer: str, target: str) -> bool:
        """Equal as numbers."""
        return same_number(answer, target)
