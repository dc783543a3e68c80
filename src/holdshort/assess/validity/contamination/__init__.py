"""Contamination: what a model remembers of items that were public, against fresh twins."""

from collections.abc import Mapping
from decimal import Decimal

from holdshort.assess.elicitation.gap import Effect
from holdshort.assess.outcome import Outcome
from holdshort.assess.validity.contamination.probes import completion, order, score, similarity
from holdshort.assess.validity.contamination.twins import halves, twins
from holdshort.assess.validity.gate import Gate, combine

__all__ = ["NAME", "completion", "gate", "halves", "order", "score", "similarity", "twins"]

NAME = "contamination"


def gate(effects: Mapping[str, Effect], tolerance: Decimal = Decimal("0.15")) -> Gate:
    """The gate of the probes that were run, by name.

    Memory makes a model look more able than it is, so it bears on an unacceptable finding alone.
    """
    return combine(NAME, effects, tolerance, (Outcome.UNACCEPTABLE,))
