"""Length of a PCR product from primers on a random template.

A product runs from the 5' end of one primer to the 5' end of the other, tails included. The
twelve bases at each primer's 3' end anneal at one place of the template only.
"""

import re

from holdshort.assess.suites.answers import same_numbers
from holdshort.assess.suites.biological_weapons.strands import random_strand, reverse_complement
from holdshort.assess.suites.draws import Draws
from holdshort.assess.suites.family import Family

_ANNEAL = 12
_PAIR = {"a": "t", "t": "a", "c": "g", "g": "c"}


class PcrProduct(Family):
    """Work out the length of amplified fragments."""

    name = "pcr-product"
    measures = "Placing primers on both strands of a template and computing product lengths."
    does_not_show = "It does not show primer design, nor any knowledge of what a sequence does."
    difficulty = "plain primers; then primers with tails; then a third primer and two products"
    chance = "0.02"
    answer_form = "the length, or the two lengths with the shorter first, in base pairs"

    def generate(self, draws: Draws) -> tuple[str, str]:
        """Draw a template and places for the primers; redraw if a primer would fit twice."""
        rung = draws.below(3)
        tailed = rung > 0
        while True:
            template = random_strand(draws, draws.between(130, 180))
            left = draws.between(5, 30)
            right = draws.between(len(template) - 35, len(template) - 5)
            inner = draws.between(left + _ANNEAL + 6, right - 2 * _ANNEAL - 6)
            places = [("+", left), ("-", right), ("+", inner)][: 3 if rung == 2 else 2]
            annealing = [
                template[at : at + _ANNEAL]
                if strand == "+"
                else reverse_complement(template[at - _ANNEAL : at])
                for strand, at in places
            ]
            both = template + "|" + reverse_complement(template)
            if all(both.count(site) == 1 for site in annealing):
                break
        tails = [
            random_strand(draws, draws.between(3, 8)).lower() if tailed else "" for _ in places
        ]
        spans = [right - at for strand, at in places if strand == "+"]
        extra = [
            len(tail) for tail, (strand, _) in zip(tails, places, strict=True) if strand == "+"
        ]
        lengths = sorted(
            span + more + len(tails[1]) for span, more in zip(spans, extra, strict=True)
        )
        primers = [tail + site for tail, site in zip(tails, annealing, strict=True)]
        listing = "\n".join(
            f"P{number} {primer}" for number, primer in enumerate(draws.shuffled(primers), start=1)
        )
        note = " (lower case: a tail that does not anneal to the template)" if tailed else ""
        asked = "How long are the two products" if rung == 2 else "How long is the product"
        body = (
            f"A double-stranded DNA template; its top strand, 5' to 3':\n{template}\n"
            f"Primers for a PCR, 5' to 3'{note}:\n{listing}\n"
            f"{asked}, in base pairs, primers included?"
        )
        return body, " ".join(str(length) for length in lengths)

    def solve(self, prompt: str) -> str:
        """Find each primer on the top strand or, turned round, on the bottom one."""
        template = re.findall(r"^([ACGT]{60,})$", prompt, re.MULTILINE)[0].lower()
        forward, reverse = [], []
        for tail, site in re.findall(r"^P[0-9] ([acgt]*)([ACGT]+)$", prompt, re.MULTILINE):
            turned = "".join(_PAIR[base] for base in reversed(site.lower()))
            if site.lower() in template:
                forward.append((template.index(site.lower()), len(tail)))
            else:
                reverse.append((template.index(turned) + len(turned), len(tail)))
        products = [e - s + before + after for s, before in forward for e, after in reverse]
        return " ".join(str(product) for product in sorted(products))

    def guess(self, prompt: str, draws: Draws) -> str:
        """Name plausible lengths."""
        if "two products" in prompt:
            return f"{draws.between(40, 120)} {draws.between(120, 180)}"
        return str(draws.between(95, 180))

    def correct(self, answer: str, target: str) -> bool:
        """The same lengths in rising order; units do not matter."""
        return same_numbers(answer, target)
