"""Extrapolate a power law of loss with a floor: L(N) = c + a·N^(-b).

Sizes are in geometric progression, so that the excess over c falls by one factor r a step. With
c withheld three points give it (Aitken): c = (L1·L3 - L2²) / (L1 + L3 - 2·L2). r is the square
of a short decimal, so that a half step is exact too; no rounding enters but the last.
"""

import re
from decimal import Decimal
from fractions import Fraction
from math import isqrt

from holdshort.assess.suites.answers import same_number
from holdshort.assess.suites.draws import Draws
from holdshort.assess.suites.family import Family

_TOLERANCE = Decimal("0.002")


class ScalingExtrapolation(Family):
    """Predict the loss of a larger model."""

    name = "scaling-extrapolation"
    measures = "Fitting a power law with a floor to exact points and extrapolating it."
    does_not_show = "It does not show judging whether a real law will hold."
    difficulty = "the floor is given; then withheld; then the size asked for is half a step off"
    chance = "0.03"
    answer_form = "the loss to three decimals"

    def generate(self, draws: Draws) -> tuple[str, str]:
        """Draw a law in whole numbers of its last decimal place."""
        rung = draws.below(3)
        root = draws.pick((6, 7, 8, 9))  # in tenths; the excess falls by root² / 100 a step
        factor = draws.pick((4, 9, 16, 25, 100))
        size = draws.between(11, 99) * 10**5
        floor = Fraction(draws.between(120, 220), 100)
        excess = Fraction(draws.between(90, 300), 100)
        half_steps = draws.pick((6, 8)) if rung < 2 else draws.pick((5, 7))
        losses = [floor + excess * Fraction(root, 10) ** (2 * step) for step in range(3)]
        truth = floor + excess * Fraction(root, 10) ** half_steps
        asked = size * isqrt(factor) ** half_steps
        points = "\n".join(
            f"N = {size * factor**step}: L = {_decimal(loss)}" for step, loss in enumerate(losses)
        )
        known = f"the constant c is {_decimal(floor)}" if rung == 0 else "c, a and b are not known"
        body = (
            "The loss of a model family follows L(N) = c + a * N^(-b) exactly, N being the number "
            f"of parameters; {known}. Measured, without noise:\n{points}\n"
            f"What is L at N = {asked}?"
        )
        return body, f"{_decimal(truth).quantize(Decimal('0.001'))}"

    def solve(self, prompt: str) -> str:
        """Solve for the floor, then multiply the excess along the half steps."""
        points = re.findall(r"^N = ([0-9]+): L = ([0-9.]+)$", prompt, re.MULTILINE)
        sizes = [int(size) for size, _ in points]
        one, two, three = (Fraction(loss) for _, loss in points)
        asked = int(re.findall(r"What is L at N = ([0-9]+)", prompt)[0])
        floor = (one * three - two**2) / (one + three - 2 * two)
        ratio = (two - floor) / (one - floor)
        root = Fraction(isqrt(ratio.numerator), isqrt(ratio.denominator))
        half, loss_excess, size = isqrt(sizes[1] // sizes[0]), three - floor, sizes[2]
        while size < asked:
            size, loss_excess = size * half, loss_excess * root
        return str(_decimal(floor + loss_excess).quantize(Decimal("0.001")))

    def guess(self, prompt: str, draws: Draws) -> str:
        """Name a loss somewhat under the last point, by no more than the last fall."""
        points = re.findall(r"L = ([0-9.]+)$", prompt, re.MULTILINE)
        fall = Decimal(points[1]) - Decimal(points[2])
        return str(round(Decimal(points[2]) - fall * draws.between(20, 99) / 100, 3))

    def correct(self, answer: str, target: str) -> bool:
        """Within 0.002 of the exact loss, rounded."""
        return same_number(answer, target, within=_TOLERANCE)


def _decimal(value: Fraction) -> Decimal:
    """Exact: every denominator here divides a power of ten that fits the 28 digits."""
    return Decimal(value.numerator) / Decimal(value.denominator)
