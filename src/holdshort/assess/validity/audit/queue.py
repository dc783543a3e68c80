"""The queue for human review: the items of a bank, the most suspect first, blind to one model.

Who strikes items after seeing what one model answered can move its score. So the queue is made
without the answers of the model under test, says whose answers it used, and shows a reviewer none
of them: only item, key, and the answer that others preferred. Its digest is what reviews name;
once committed to, neither order nor contents can be fitted to a result.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil

from holdshort.assess.validity.audit.suspicion import (
    MMLU_REDUX,
    Calibration,
    Responses,
    signals,
)
from holdshort.errors import BadInput
from holdshort.register.canonical import Json, digest


@dataclass(frozen=True)
class Suspect:
    """One item: its key, what most other models answered instead, log-odds that the key is bad."""

    item: str
    key: str
    other: str
    suspicion: Decimal

    def to_fields(self) -> dict[str, Json]:
        """The suspect as JSON values."""
        return {
            "item": self.item,
            "key": self.key,
            "other": self.other,
            "suspicion": str(self.suspicion),
        }


@dataclass(frozen=True)
class Queue:
    """All items of a bank in the order of review, and whose answers sorted them."""

    under_test: str
    models: tuple[str, ...]
    calibration: str
    suspects: tuple[Suspect, ...]

    def __post_init__(self) -> None:
        if self.under_test in self.models:
            raise BadInput(
                "The queue was sorted by the answers of the model under test.",
                where=self.under_test,
                do="Make it anew from the answers of other models.",
            )

    def to_fields(self) -> dict[str, Json]:
        """The queue as JSON values."""
        return {
            "under_test": self.under_test,
            "models": list(self.models),
            "calibration": self.calibration,
            "suspects": [suspect.to_fields() for suspect in self.suspects],
        }

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON: what each review names."""
        return digest(self.to_fields())

    def top(self, share: Decimal) -> tuple[Suspect, ...]:
        """The share of the bank, rounded up to an item, that is to be reviewed."""
        return self.suspects[: ceil(share * len(self.suspects))]


def queue(
    responses: Responses,
    under_test: str,
    kin: Sequence[str] = (),
    calibration: Calibration = MMLU_REDUX,
) -> Queue:
    """The queue of a bank for the assessment of one model.

    ``kin`` names further models to be blind to: earlier versions of it, or others of its developer.
    Equal suspicion is ordered by a hash of the item, which nobody chose. Raises :class:`BadInput`
    when too few models are left.
    """
    blind = responses.without([under_test, *kin])
    found = signals(blind)
    scores = calibration.score(found)
    suspects = [
        Suspect(item, key, other, Decimal(f"{score:.3f}"))
        for item, key, other, score in zip(
            blind.items, blind.keys, found.others, scores, strict=True
        )
    ]
    suspects.sort(key=lambda each: (-each.suspicion, hashlib.sha256(each.item.encode()).digest()))
    return Queue(under_test, blind.models, calibration.says, tuple(suspects))
