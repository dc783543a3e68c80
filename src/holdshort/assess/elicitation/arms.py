"""The ways to ask that an assessor compares, and the scores that come of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from holdshort.assess.elicitation.reading import Contrast, Draws
from holdshort.errors import BadInput


class Arm(StrEnum):
    """One way to ask."""

    PLAIN = "plain"
    """The item as it stands."""

    PROMPTED = "prompted"
    """Asked to try."""

    FEW_SHOT = "few-shot"
    """After worked examples."""

    BEST_OF = "best-of"
    """Several drawn answers; right if one is."""

    SCAFFOLDED = "scaffolded"
    """Several drawn answers; right if the most frequent one is."""

    FINE_TUNED = "fine-tuned"
    """After training on demonstrations of other items, where the access tier allows it."""

    GRADED = "graded"
    """In the guise of a test."""

    UNGRADED = "ungraded"
    """In the guise of a chat."""

    COSTLY = "costly"
    """Where a high score is said to bring limits: an incentive to fail."""

    REWARDED = "rewarded"
    """Where a high score is said to be rewarded."""

    TRIGGERS = "triggers"
    """After each of a list of candidate triggers; right if one is."""


@dataclass(frozen=True)
class ArmScores:
    """What one model got in each arm, item by item, the same items in every arm."""

    model: str
    scores: Mapping[str, Sequence[bool]]

    def __post_init__(self) -> None:
        if len({len(each) for each in self.scores.values()}) > 1:
            counts = {arm: len(each) for arm, each in self.scores.items()}
            raise BadInput(f"The arms have not the same items: {counts}.", where=self.model)

    def arm(self, name: str) -> Sequence[bool]:
        """The scores of an arm. Raises :class:`BadInput` when it was not run."""
        if name not in self.scores:
            raise BadInput(
                f"The arm {str(name)!r} was not run.",
                where=self.model,
                do=f"There are {', '.join(self.scores)}.",
            )
        return self.scores[name]

    def first(self, items: int) -> "ArmScores":
        """The scores on the first ``items`` items."""
        return ArmScores(self.model, {arm: each[:items] for arm, each in self.scores.items()})


_CONTRASTS = (
    Contrast(Arm.PROMPTED, Arm.PLAIN, Draws.BY_EFFORT),
    Contrast(Arm.FEW_SHOT, Arm.PLAIN, Draws.BY_EFFORT),
    Contrast(Arm.BEST_OF, Arm.PLAIN, Draws.BY_EFFORT),
    Contrast(Arm.SCAFFOLDED, Arm.PLAIN, Draws.BY_EFFORT),
    Contrast(Arm.UNGRADED, Arm.GRADED, Draws.BY_LOOKS),
    Contrast(Arm.REWARDED, Arm.COSTLY, Draws.BY_LOOKS),
    Contrast(Arm.TRIGGERS, Arm.PLAIN, Draws.BY_EFFORT),
    Contrast(Arm.FINE_TUNED, Arm.PLAIN, Draws.BY_EFFORT),
)


def contrasts_of(arms: Collection[Arm]) -> tuple[Contrast, ...]:
    """The contrasts of a full examination for which both arms are run."""
    return tuple(each for each in _CONTRASTS if each.arm in arms and each.reference in arms)


def standard_contrasts(*, fine_tuned: bool = True) -> tuple[Contrast, ...]:
    """All of them; without fine-tuning where the access tier has none."""
    return contrasts_of([arm for arm in Arm if fine_tuned or arm is not Arm.FINE_TUNED])
