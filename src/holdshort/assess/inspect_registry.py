"""What Inspect finds of ours through the entry point: four tasks and four model providers."""

from holdshort.assess.models.gguf import gguf
from holdshort.assess.models.organism import organism
from holdshort.assess.models.planted import planted
from holdshort.assess.models.reference import reference
from holdshort.assess.suites.tasks import (
    automated_rnd,
    biological_weapons,
    cybersecurity,
    holdshort_scorer,
    loss_of_control,
)

__all__ = [
    "automated_rnd",
    "biological_weapons",
    "cybersecurity",
    "gguf",
    "holdshort_scorer",
    "loss_of_control",
    "organism",
    "planted",
    "reference",
]
