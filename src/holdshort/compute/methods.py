"""The three methods of estimating training compute, each from the facts that it needs.

The formulas, their sources and the σ of each method are explained in
:mod:`holdshort.compute.estimate`.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from holdshort.compute.chips import find_chip
from holdshort.compute.decimals import decimal_text, engineering, scientific, significant
from holdshort.compute.facts import Facts, Hardware
from holdshort.compute.rules import CountingRules
from holdshort.register.canonical import Json

Method = Literal["operation-counting", "hardware", "reported"]

Z90 = Decimal("1.645")
"""Half-width of the 90 % interval in standard deviations."""

SIGMA_OPERATIONS = Decimal("0.15")
SIGMA_HARDWARE_STATED = Decimal("0.35")
SIGMA_HARDWARE_ASSUMED = Decimal("0.7")
SIGMA_REPORTED = Decimal("0.15")
MEDIAN_UTILISATION = Decimal("0.35")

_SECONDS = Decimal(3600)
# Recomputing every activation adds one forward pass: 8·N·D executed for 6·N·D of the model.
# OPT-175B and BloombergGPT report 1.37 times 6·N·D, close to 4/3.
_FULL_RECOMPUTATION = Decimal(4) / 3


@dataclass(frozen=True)
class MethodEstimate:
    """One method's figure in FLOP with its 90 % interval.

    ``derivation`` shows the arithmetic, ``counts`` says which operations are in the figure, and
    ``sigma`` is the standard deviation of ln C.
    """

    method: Method
    flop: Decimal
    low: Decimal
    high: Decimal
    sigma: Decimal
    derivation: str
    counts: str

    def to_fields(self) -> dict[str, Json]:
        """JSON without floats, rounded as a reader needs it."""
        return {
            "method": self.method,
            "flop": decimal_text(significant(self.flop, 4)),
            "low": decimal_text(significant(self.low, 3)),
            "high": decimal_text(significant(self.high, 3)),
            "derivation": self.derivation,
            "counts": self.counts,
        }


def apply_methods(
    facts: Facts, rules: CountingRules | None
) -> tuple[tuple[MethodEstimate, ...], tuple[str, ...]]:
    """All methods that the facts allow, and for each other one the reason why not."""
    found: list[MethodEstimate] = []
    left_out: list[str] = []
    for result in (_operations(facts), _hardware(facts), _reported(facts, rules)):
        if isinstance(result, str):
            left_out.append(result)
        else:
            found.append(result)
    return tuple(found), tuple(left_out)


def chip_hours(hardware: Hardware) -> tuple[Decimal, str] | None:
    """Chip-hours, as stated or chips × time, and how they came about."""
    if hardware.chip_hours:
        hours = hardware.chip_hours.value
        return hours, f"{engineering(hours)} chip-hours"
    if hardware.count and hardware.duration:
        count, duration = hardware.count.value, hardware.duration.value
        return count * duration, f"{engineering(count)} chips × {engineering(duration)} h"
    return None


def peak(hardware: Hardware) -> tuple[Decimal, str] | None:
    """Dense peak of one chip in FLOP/s and how it was chosen."""
    stated = hardware.precision.value if hardware.precision else None
    if hardware.peak:
        return hardware.peak.value, f"peak as stated{f' for {stated}' if stated else ''}"
    chip = find_chip(hardware.chip.value) if hardware.chip else None
    if chip is None:
        return None
    if stated:
        return chip.peaks[stated], f"{chip.name} {stated} dense"
    return chip.peaks[chip.usual], f"{chip.name} {chip.usual} dense, format assumed"


def ceiling(hardware: Hardware) -> Decimal | None:
    """Operations that the chips can do in the time at their peak, in FLOP.

    Where the number format is not stated, the fastest one of the chip: a ceiling must be sure.
    """
    hours, speed = chip_hours(hardware), peak(hardware)
    if hours is None or speed is None:
        return None
    fastest = speed[0]
    if hardware.precision is None and hardware.peak is None and hardware.chip:
        chip = find_chip(hardware.chip.value)
        fastest = chip.ceiling if chip else fastest
    return hours[0] * _SECONDS * fastest


def _operations(facts: Facts) -> MethodEstimate | str:
    architecture, tokens = facts.training.architecture, facts.training.tokens
    sparse = architecture.kind is not None and architecture.kind.value == "moe"
    used = architecture.active_parameters or (None if sparse else architecture.parameters)
    if used is None or tokens is None:
        if sparse and architecture.parameters and tokens:
            # With all parameters in place of the active ones it would be up to 31 times too high
            # (Kimi K2 in Epoch AI's table).
            return "operation counting: active_parameters of the mixture of experts are not given"
        return "operation counting: parameters or tokens are not given"
    name = "active parameters" if architecture.active_parameters else "parameters"
    return _method(
        "operation-counting",
        6 * used.value * tokens.value,
        SIGMA_OPERATIONS,
        f"6 × {engineering(used.value)} {name} × {engineering(tokens.value)} tokens",
        "forward and backward passes over all tokens; no recomputed activations",
    )


def _hardware(facts: Facts) -> MethodEstimate | str:
    hardware = facts.training.hardware
    hours, speed = chip_hours(hardware), peak(hardware)
    if hours is None:
        if hardware.count or hardware.duration:
            return "hardware: count and duration are not both given"
        return "hardware: chip-hours are not given"
    if speed is None:
        return "hardware: neither a chip nor its peak is given"
    stated = hardware.utilisation
    used = stated.value if stated else MEDIAN_UTILISATION
    return _method(
        "hardware",
        hours[0] * _SECONDS * speed[0] * used,
        SIGMA_HARDWARE_STATED if stated else SIGMA_HARDWARE_ASSUMED,
        f"{hours[1]} × 3600 s × {engineering(speed[0])} FLOP/s ({speed[1]}) × "
        f"{engineering(used)} utilisation{'' if stated else ' (not stated: median of others)'}",
        "model operations in all the chip time stated; restarts and side runs if that has them",
    )


def _reported(facts: Facts, rules: CountingRules | None) -> MethodEstimate | str:
    reported = facts.training.reported
    if reported.total is None:
        return "reported: the developer gives no total"
    counts = reported.counts.value if reported.counts else "not stated by the developer"
    included = reported.recomputation is not None and reported.recomputation.value == "included"
    total = reported.total.value
    if rules is None or rules.recomputation or not included:
        derivation = f"{scientific(total)} as reported"
        return _method("reported", total, SIGMA_REPORTED, derivation, counts)
    return _method(
        "reported",
        total / _FULL_RECOMPUTATION,
        SIGMA_REPORTED,
        f"{scientific(total)} as reported ÷ 4/3 for recomputed activations, "
        f"which {rules.regime} does not count ({rules.cite})",
        counts,
    )


def _method(
    method: Method, flop: Decimal, sigma: Decimal, derivation: str, counts: str
) -> MethodEstimate:
    factor = (Z90 * sigma).exp()
    return MethodEstimate(method, flop, flop / factor, flop * factor, sigma, derivation, counts)
