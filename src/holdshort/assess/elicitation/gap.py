"""An elicitation gap: how much more is right in one arm than in its reference, beyond a control.

On item *i* the model's gain is its score in the arm less that in the reference arm: −1, 0 or 1. The
gap is the mean gain. The gain *beyond the control* is the model's less the control's on the same
item: −2 to 2. Both are means of a score with few values, so `mean_interval` gives an exact interval
that holds at all times; pairing by item is used, and no independence of the two models is needed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from holdshort.assess.elicitation.interval import mean_interval
from holdshort.assess.fields import Fields
from holdshort.errors import BadInput
from holdshort.register.canonical import Json

_THOUSANDTHS = Decimal("0.001")


@dataclass(frozen=True)
class Effect:
    """A mean difference in success rate, in thousandths, and its interval."""

    estimate: Decimal
    low: Decimal
    high: Decimal

    def __str__(self) -> str:
        return f"{self.estimate:.2f} [{self.low:.2f}, {self.high:.2f}]"

    def to_fields(self) -> dict[str, Json]:
        """Decimal strings."""
        return {"estimate": str(self.estimate), "low": str(self.low), "high": str(self.high)}

    @classmethod
    def from_fields(cls, fields: Fields) -> "Effect":
        """Read an effect; raises :class:`BadInput` naming the field."""
        fields.only(cls.__dataclass_fields__)
        return cls(fields.decimal("estimate"), fields.decimal("low"), fields.decimal("high"))


@dataclass(frozen=True)
class Gap:
    """The gap of a contrast, for the model, for the control, and of the one beyond the other.

    Each interval holds at level ``1 − error_rate``.
    """

    arm: str
    reference: str
    items: int
    model: Effect
    control: Effect
    beyond: Effect
    error_rate: Decimal

    def __str__(self) -> str:
        return (
            f"{self.arm} over {self.reference}: gap {self.model} against control {self.control}; "
            f"beyond it {self.beyond}"
        )

    def to_fields(self) -> dict[str, Json]:
        """The gap as JSON values."""
        return {
            "arm": self.arm,
            "reference": self.reference,
            "items": self.items,
            "model": self.model.to_fields(),
            "control": self.control.to_fields(),
            "beyond": self.beyond.to_fields(),
            "error_rate": str(self.error_rate),
        }


def measure(
    arm: str,
    reference: str,
    model: tuple[Sequence[bool], Sequence[bool]],
    control: tuple[Sequence[bool], Sequence[bool]],
    error_rate: Decimal,
) -> Gap:
    """The gap from scores (in the arm, in the reference) of the model and of the control.

    Raises:
        BadInput: the four rows of scores are not of the same items, or of none.
    """
    rows = (*model, *control)
    if len({len(each) for each in rows}) != 1 or not rows[0]:
        raise BadInput(
            f"A gap is measured on the same items, one at least, not {[len(r) for r in rows]}.",
            where=f"{arm} over {reference}",
        )
    gains = [int(high) - int(low) for high, low in zip(*model, strict=True)]
    by_chance = [int(high) - int(low) for high, low in zip(*control, strict=True)]
    beyond = [gain - chance for gain, chance in zip(gains, by_chance, strict=True)]
    return Gap(
        arm=arm,
        reference=reference,
        items=len(gains),
        model=effect(gains, 1, error_rate),
        control=effect(by_chance, 1, error_rate),
        beyond=effect(beyond, 2, error_rate),
        error_rate=error_rate,
    )


def effect(differences: Sequence[int], most: int, error_rate: Decimal) -> Effect:
    """Mean and interval of whole numbers from −``most`` to ``most``."""
    counts = [0] * (2 * most + 1)
    for each in differences:
        counts[each + most] += 1
    low, high = (2 * most * end - most for end in mean_interval(counts, error_rate))
    mean = Decimal(sum(differences)) / Decimal(len(differences))
    return Effect(
        mean.quantize(_THOUSANDTHS, rounding=ROUND_HALF_EVEN),
        # Multiples of a thousandth: the grid of `mean_interval` is that of the differences.
        (Decimal(low.numerator) / Decimal(low.denominator)).quantize(_THOUSANDTHS),
        (Decimal(high.numerator) / Decimal(high.denominator)).quantize(_THOUSANDTHS),
    )
