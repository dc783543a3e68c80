"""The words of a finding."""

from enum import StrEnum

from holdshort.assess.statistics import Decision


class Outcome(StrEnum):
    """The finding in one word, as rulebooks name it."""

    ACCEPTABLE = "acceptable"
    UNACCEPTABLE = "unacceptable"
    INCONCLUSIVE = "inconclusive"


OUTCOMES = {
    Decision.BELOW: Outcome.ACCEPTABLE,
    Decision.ABOVE: Outcome.UNACCEPTABLE,
    Decision.UNDECIDED: Outcome.INCONCLUSIVE,
}
"""The rule: what a test's decision makes of an area."""
