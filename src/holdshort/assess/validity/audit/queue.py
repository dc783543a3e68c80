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

from holdshort.assess.fields import Fields
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

    @classmethod
    def from_fields(cls, fields: Fields) -> "Suspect":
        """Read a suspect; raises :class:`BadInput` naming the field."""
        fields.only(cls.__dataclass_fields__)
        return cls(
            fields.text("item"),
            fields.text("key"),
            fields.text("other"),
            fields.decimal("suspicion"),
        )


@dataclass(frozen=True)
class Queue:
    """All items of a bank in the order of review, and whose answers sorted them.

    ``share`` is the part of the bank that is reviewed, the most suspect first.
    """

    under_test: str
    models: tuple[str, ...]
    calibration: str
    share: Decimal
    suspects: tuple[Suspect, ...]

    def __post_init__(self) -> None:
        if not (self.share.is_finite() and 0 < self.share <= 1):
            raise BadInput(f"share must lie in (0, 1], not {self.share}.", where="share")
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
            "share": str(self.share),
            "suspects": [suspect.to_fields() for suspect in self.suspects],
        }

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON: what each review names."""
        return digest(self.to_fields())

    @property
    def to_review(self) -> tuple[Suspect, ...]:
        """The share of the bank that is to be reviewed, rounded up to an item."""
        return self.suspects[: ceil(self.share * len(self.suspects))]

    @classmethod
    def from_fields(cls, value: object, where: str) -> "Queue":
        """Read a queue strictly; raises :class:`BadInput` naming the field."""
        fields = Fields(value, where).only(cls.__dataclass_fields__)
        return cls(
            fields.text("under_test"),
            tuple(fields.texts("models")),
            fields.text("calibration"),
            fields.decimal("share"),
            tuple(Suspect.from_fields(each) for each in fields.nested_list("suspects")),
        )


def queue(
    responses: Responses,
    under_test: str,
    kin: Sequence[str] = (),
    calibration: Calibration = MMLU_REDUX,
    share: Decimal = Decimal("0.05"),
) -> Queue:
    """The queue of a bank for the assessment of one model.

    ``kin`` names further models to be blind to: earlier versions of it, or others of its developer.
    The model under test need not have answered yet. Equal suspicion is ordered by a hash of the
    item, which nobody chose. Raises :class:`BadInput` when too few models are left, or kin is not
    there: a misspelt name would let its answers in.
    """
    if absent := [name for name in kin if name not in responses.models]:
        raise BadInput(
            f"There are no answers of {absent[0]!r} to leave out.",
            do=f"There are {', '.join(responses.models)}.",
        )
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
    return Queue(under_test, blind.models, calibration.says, share, tuple(suspects))
