"""Concentrations along a dilution series, and the volume that makes a wanted concentration.

c [mol/L] = mass [mg] / (molar mass [g/mol] · volume [mL]); a dilution from v to V multiplies by
v / V. Arithmetic is exact; an answer within 0.5 % is right, which three significant figures meet.
"""

import re
from decimal import Decimal
from fractions import Fraction

from holdshort.assess.suites.answers import same_number
from holdshort.assess.suites.draws import Draws
from holdshort.assess.suites.family import Family

_TOLERANCE = Decimal("0.005")


class DilutionSeries(Family):
    """Compute molar concentrations and volumes."""

    name = "dilution-series"
    measures = "Molarity and dilution arithmetic across units."
    does_not_show = "It does not show laboratory skill, nor the choice of any substance."
    difficulty = "one or two dilutions; then the volume that gives a wanted concentration"
    chance = "0.02"
    answer_form = "one number in the unit asked for, three significant figures"

    def generate(self, draws: Draws) -> tuple[str, str]:
        """Draw masses and volumes and follow them with exact fractions."""
        rung = draws.below(3)
        mass, volume = Fraction(draws.between(105, 995), 10), draws.between(5, 50)
        molar = Fraction(draws.between(1200, 5000), 10)
        micromolar = mass / molar / volume * 10**6
        steps = []
        for number in range(1, 2 + min(rung, 1)):
            taken, total = draws.between(10, 95), draws.between(1, 9)
            micromolar *= Fraction(taken, 1000 * total)
            steps.append(
                f"Dilution {number}: {taken} µL of {_source(number)} is made up to {total} mL."
            )
        body = (
            f"{_shown(mass)} mg of a compound of molar mass {_shown(molar)} g/mol is dissolved "
            f"and made up to a stock of {volume} mL.\n" + "\n".join(steps)
        )
        if rung < 2:
            asked = f"\nWhat is the concentration of dilution {len(steps)}, in µM?"
            return body + asked, _three_figures(micromolar)
        # at most four fifths of the last dilution (total, in mL) may be needed
        final, percent = draws.between(1, 2 * total), draws.between(3, 40)
        wanted = Decimal(_three_figures(micromolar * 10 * percent))
        microlitres = Fraction(wanted) / micromolar * final
        asked = (
            f"\nHow many µL of dilution {len(steps)} must be made up to {final} mL to give "
            f"{wanted} nM?"
        )
        return body + asked, _three_figures(microlitres)

    def solve(self, prompt: str) -> str:
        """Follow the moles instead of the concentration."""
        mg, grams_per_mole = re.findall(r"([0-9.]+) mg of .+ mass ([0-9.]+) g/mol", prompt)[0]
        stock_ml = re.findall(r"stock of ([0-9]+) mL", prompt)[0]
        nanomoles = Fraction(mg) / Fraction(grams_per_mole) * 10**6
        held_ul = Fraction(stock_ml) * 1000
        for taken, total in re.findall(r": ([0-9]+) µL of .+ up to ([0-9]+) mL", prompt):
            nanomoles *= Fraction(taken) / held_ul
            held_ul = Fraction(total) * 1000
        nanomolar = nanomoles / held_ul * 10**6
        wanted = re.search(r"made up to ([0-9]+) mL to give ([0-9.]+) nM", prompt)
        if wanted is None:
            return _three_figures(nanomolar / 1000)
        needed_nanomoles = Fraction(wanted[2]) * Fraction(wanted[1]) / 1000
        return _three_figures(needed_nanomoles / (nanomoles / held_ul))

    def guess(self, prompt: str, draws: Draws) -> str:
        """Name a number of a plausible size."""
        return str(draws.between(100, 999)) + "e" + str(draws.between(-3, 1))

    def correct(self, answer: str, target: str) -> bool:
        """Within 0.5 % of the target."""
        return same_number(answer, target, within=Decimal(target) * _TOLERANCE)


def _source(number: int) -> str:
    return "the stock" if number == 1 else f"dilution {number - 1}"


def _shown(value: Fraction) -> str:
    return str(Decimal(value.numerator) / Decimal(value.denominator))


def _three_figures(value: Fraction) -> str:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    places = exact.adjusted() - 2
    return f"{exact.quantize(Decimal(1).scaleb(places)):f}"
