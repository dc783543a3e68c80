"""What Inspect finds of ours through the entry point: tasks, model providers and a sandbox."""

from holdshort.assess.models.gguf import gguf
from holdshort.assess.models.organism import organism
from holdshort.assess.models.planted import planted
from holdshort.assess.models.reference import reference
from holdshort.assess.sandbox.provider import BubblewrapSandbox
from holdshort.assess.suites.tasks import (
    automated_rnd,
    biological_weapons,
    cybersecurity,
    holdshort_scorer,
    loss_of_control,
)

__all__ = [
    "BubblewrapSandbox",
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
