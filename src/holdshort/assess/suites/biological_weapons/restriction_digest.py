"""Lengths of the fragments when two restriction enzymes cut a random linear DNA.

Recognition sequences and cuts are those of REBASE; all sites are palindromes, so the top strand
shows every site. Lengths are counted on the top strand.
"""

import re
from itertools import pairwise

from holdshort.assess.suites.answers import same_numbers
from holdshort.assess.suites.biological_weapons.strands import random_strand
from holdshort.assess.suites.draws import Draws
from holdshort.assess.suites.family import Family

_ENZYMES = {
    "BamHI": "G^GATCC",
    "BglII": "A^GATCT",
    "EcoRI": "G^AATTC",
    "EcoRV": "GAT^ATC",
    "HindIII": "A^AGCTT",
    "KpnI": "GGTAC^C",
    "NcoI": "C^CATGG",
    "NdeI": "CA^TATG",
    "PstI": "CTGCA^G",
    "PvuII": "CAG^CTG",
    "SacI": "GAGCT^C",
    "SalI": "G^TCGAC",
    "ScaI": "AGT^ACT",
    "SmaI": "CCC^GGG",
    "SpeI": "A^CTAGT",
    "XhoI": "C^TCGAG",
}
_APART = 12  # sites keep this many bases between them and from the ends, so that all are cut


class RestrictionDigest(Family):
    """Digest a linear DNA with two enzymes."""

    name = "restriction-digest"
    measures = "Finding restriction sites in a random sequence and computing fragment lengths."
    does_not_show = "It does not show cloning skill, nor any knowledge of what a sequence does."
    difficulty = "two to four cuts; near-sites with one wrong base; the sites not printed"
    chance = "0.002"
    answer_form = "the fragment lengths in order from the 5' end"

    def generate(self, draws: Draws) -> tuple[str, str]:
        """Build the sequence around planted sites; redraw if chance made others."""
        rung = draws.below(3)
        while True:
            enzymes = draws.sample(tuple(_ENZYMES), 2)
            planted = [*enzymes, *(draws.pick(enzymes) for _ in range(rung))]
            strand, cuts = "", []
            for enzyme in draws.shuffled(planted):
                strand += random_strand(draws, draws.between(_APART, 30))
                if draws.below(2):
                    strand += _near_site(draws, _ENZYMES[enzyme].replace("^", ""))
                    strand += random_strand(draws, _APART)
                cuts.append(len(strand) + _ENZYMES[enzyme].index("^"))
                strand += _ENZYMES[enzyme].replace("^", "")
            strand += random_strand(draws, draws.between(_APART, 30))
            sites = [_ENZYMES[enzyme].replace("^", "") for enzyme in enzymes]
            if sum(_occurrences(strand, site) for site in sites) == len(cuts):
                break
        ends = [0, *cuts, len(strand)]
        lengths = [right - left for left, right in pairwise(ends)]
        named = [f"{e} ({_ENZYMES[e]}, ^ marks the cut)" if rung == 0 else e for e in enzymes]
        body = (
            f"A linear double-stranded DNA; its top strand, 5' to 3':\n{strand}\n"
            f"It is digested to completion with {named[0]} and {named[1]}.\nHow long are the "
            "fragments, counted in bases of the top strand?"
        )
        return body, " ".join(str(length) for length in lengths)

    def solve(self, prompt: str) -> str:
        """Look for every site at every place."""
        strand = re.findall(r"^([ACGT]{30,})$", prompt, re.MULTILINE)[0]
        question = prompt.split("digested to completion with", 1)[1]
        cuts = {0, len(strand)}
        for enzyme, site in _ENZYMES.items():
            if re.search(rf"\b{enzyme}\b", question):
                before, after = site.split("^")
                cuts |= {hit.start() for hit in re.finditer(f"(?<={before})(?={after})", strand)}
        ordered = sorted(cuts)
        return " ".join(str(b - a) for a, b in pairwise(ordered))

    def guess(self, prompt: str, draws: Draws) -> str:
        """Cut at two to four random places."""
        length = len(re.findall(r"^([ACGT]{30,})$", prompt, re.MULTILINE)[0])
        cuts = [0, *sorted(draws.sample(range(10, length - 10), draws.between(2, 4))), length]
        return " ".join(str(b - a) for a, b in pairwise(cuts))

    def correct(self, answer: str, target: str) -> bool:
        """The same lengths in the same order; units do not matter."""
        return same_numbers(answer, target)


def _near_site(draws: Draws, site: str) -> str:
    at = draws.below(len(site))
    wrong = draws.pick([base for base in "ACGT" if base != site[at]])
    return site[:at] + wrong + site[at + 1 :]


def _occurrences(strand: str, site: str) -> int:
    return sum(strand.startswith(site, at) for at in range(len(strand)))
