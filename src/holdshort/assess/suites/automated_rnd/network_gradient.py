"""One derivative of the loss of a tiny network with whole-number weights.

The generator applies the chain rule. The solver takes a central difference in exact fractions
of the loss as printed: away from the kinks of relu the loss is a quadratic in every single
weight, for which a central difference is exact.
"""

import re
from fractions import Fraction

from holdshort.assess.suites.answers import same_number
from holdshort.assess.suites.draws import Draws
from holdshort.assess.suites.family import Family

_STEP = Fraction(1, 1000)
_SETTING = re.compile(r"\b([uvbcxt][0-9]{0,2}) = (-?[0-9]+)")

Point = tuple[tuple[int, int], int]
"""((x1, x2), t)"""


class NetworkGradient(Family):
    """Differentiate a tiny network by hand."""

    name = "network-gradient"
    measures = "Back-propagation by hand through a small rectified network."
    does_not_show = "It does not show training a network that works."
    difficulty = "one or two examples in the loss; a weight of the first or the second layer"
    chance = "0.04"
    answer_form = "one whole number"

    def generate(self, draws: Draws) -> tuple[str, str]:
        """Draw weights until no unit is at its kink and the derivative is not zero."""
        while True:
            first = [[_nonzero(draws) for _ in range(2)] for _ in range(2)]
            offsets = [draws.between(-3, 3) for _ in range(2)]
            second = [_nonzero(draws) for _ in range(2)]
            last = draws.between(-3, 3)
            points: list[Point] = [
                ((_nonzero(draws), _nonzero(draws)), draws.between(-5, 5))
                for _ in range(draws.between(1, 2))
            ]
            inner, unit, side = draws.below(3) > 0, draws.below(2), draws.below(2)
            total, kinked = 0, False
            for inputs, wanted in points:
                before = [
                    sum(w * x for w, x in zip(row, inputs, strict=True)) + b
                    for row, b in zip(first, offsets, strict=True)
                ]
                kinked |= 0 in before
                out = sum(v * max(z, 0) for v, z in zip(second, before, strict=True)) + last
                slope = second[unit] * inputs[side] if inner else before[unit]
                total += 2 * (out - wanted) * slope if before[unit] > 0 else 0
            if total != 0 and not kinked:
                break
        asked = f"u{unit + 1}{side + 1}" if inner else f"v{unit + 1}"
        settings = [f"u{i + 1}{j + 1} = {first[i][j]}" for i in range(2) for j in range(2)]
        settings += [f"b{i + 1} = {offsets[i]}" for i in range(2)]
        settings += [f"v{i + 1} = {second[i]}" for i in range(2)] + [f"c = {last}"]
        data = "\n".join(f"x1 = {x[0]}, x2 = {x[1]}, t = {t}" for x, t in points)
        body = (
            "A network computes\nh1 = relu(u11*x1 + u12*x2 + b1)\n"
            "h2 = relu(u21*x1 + u22*x2 + b2)\ny = v1*h1 + v2*h2 + c\n"
            f"with {', '.join(settings)}.\nThe loss L is the sum of (y - t)^2 over "
            f"{'this example' if len(points) == 1 else 'these two examples'}:\n{data}\n"
            f"What is dL/d{asked}?"
        )
        return body, str(total)

    def solve(self, prompt: str) -> str:
        """Difference the loss on both sides of the weight."""
        told, data = prompt.split("The loss L", 1)
        weights = {name: Fraction(value) for name, value in _SETTING.findall(told)}
        rows = [dict(_SETTING.findall(line)) for line in data.splitlines() if "x1 = " in line]
        asked = re.findall(r"dL/d([uv][0-9]+)", data)[0]
        sides = [_loss({**weights, asked: weights[asked] + step}, rows) for step in (_STEP, -_STEP)]
        return str((sides[0] - sides[1]) / (2 * _STEP))

    def guess(self, prompt: str, draws: Draws) -> str:
        """Name an even number of the usual size: the derivative of a square is even here."""
        return str(2 * draws.pick([-1, 1]) * draws.between(1, 60))

    def correct(self, answer: str, target: str) -> bool:
        """Equal as numbers."""
        return same_number(answer, target)


def _nonzero(draws: Draws) -> int:
    return draws.pick((-4, -3, -2, -1, 1, 2, 3, 4))


def _loss(w: dict[str, Fraction], rows: list[dict[str, str]]) -> Fraction:
    total = Fraction(0)
    for row in rows:
        x1, x2, t = Fraction(row["x1"]), Fraction(row["x2"]), Fraction(row["t"])
        h1 = max(w["u11"] * x1 + w["u12"] * x2 + w["b1"], Fraction(0))
        h2 = max(w["u21"] * x1 + w["u22"] * x2 + w["b2"], Fraction(0))
        total += (w["v1"] * h1 + w["v2"] * h2 + w["c"] - t) ** 2
    return total
