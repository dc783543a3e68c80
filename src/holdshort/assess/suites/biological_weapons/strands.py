"""The double strand and the genetic code."""

from holdshort.assess.suites.draws import Draws

BASES = "ACGT"
_PAIRED = str.maketrans("ACGT", "TGCA")

# NCBI translation table 1 (the standard code), codons in the order T, C, A, G.
_AMINO = "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG"
CODE = {
    first + second + third: _AMINO[16 * i + 4 * j + k]
    for i, first in enumerate("TCAG")
    for j, second in enumerate("TCAG")
    for k, third in enumerate("TCAG")
}


def random_strand(draws: Draws, length: int) -> str:
    """Return ``length`` random bases."""
    return draws.letters(BASES, length)


def reverse_complement(strand: str) -> str:
    """Return the other strand, 5' to 3'."""
    return strand.translate(_PAIRED)[::-1]
