"""What in a facts file does not fit together.

A contradiction does not say which figure is wrong; it says that one of them is, and shows both.
"""

from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations

from holdshort.compute.decimals import engineering, scientific, significant
from holdshort.compute.facts import Facts
from holdshort.compute.methods import Z90, MethodEstimate, ceiling, chip_hours, peak

# The highest model FLOP utilisation published is 0.56; 42 runs of Llama 3.1 405B in MLPerf Training
# v5.0 read 0.64–0.87 against the BF16 peak, and all of them computed in FP8.
_HIGHEST_UTILISATION = Decimal("0.6")
_WIDE_FORMATS = ("fp32", "tf32", "fp16", "bf16")
# The EU's overall error margin (C(2025) 7719, Annex A): within it, two statements agree.
_MARGIN = Decimal("0.3")


def find_contradictions(facts: Facts, methods: tuple[MethodEstimate, ...]) -> tuple[str, ...]:
    """One sentence for each thing that does not fit; empty if all does."""
    found = [*_chip_time(facts)]
    for method in methods:
        if method.method != "hardware":
            found += _against_hardware(facts, method)
    for one, other in combinations(methods, 2):
        found += _disagreement(one, other)
    return tuple(found)


def _chip_time(facts: Facts) -> Iterator[str]:
    hardware = facts.training.hardware
    if not (hardware.chip_hours and hardware.count and hardware.duration):
        return
    stated, product = hardware.chip_hours.value, hardware.count.value * hardware.duration.value
    if abs(stated - product) <= _MARGIN * stated:
        return
    yield (
        f"chip_hours is {engineering(stated)}, but {engineering(hardware.count.value)} chips × "
        f"{_short(hardware.duration.value)} h are {_short(product)} chip-hours."
    )


def _against_hardware(facts: Facts, method: MethodEstimate) -> Iterator[str]:
    """The ceiling test, and the tell-tale of a narrower number format."""
    hardware = facts.training.hardware
    most, hours, speed = ceiling(hardware), chip_hours(hardware), peak(hardware)
    if most is None or hours is None or speed is None:
        return
    if method.flop > most:
        yield (
            f"{_name(method)} gives {_short(method.flop)} FLOP, more than the chips could do at "
            f"full speed in the time stated ({_short(most)} FLOP)."
        )
        return
    utilisation = method.flop / (hours[0] * 3600 * speed[0])
    wide = hardware.precision is None or hardware.precision.value in _WIDE_FORMATS
    if not wide or utilisation <= _HIGHEST_UTILISATION:
        return
    yield (
        f"{_name(method)} gives {_short(method.flop)} FLOP, {_short(100 * utilisation)} % of "
        f"{speed[1]}, above every utilisation published: the run may have computed in a narrower "
        "format, or the time stated is not all of it."
    )


def _disagreement(one: MethodEstimate, other: MethodEstimate) -> Iterator[str]:
    """Two methods further apart than the 90 % interval of their difference."""
    apart = abs(one.flop.ln() - other.flop.ln())
    allowed = Z90 * (one.sigma**2 + other.sigma**2).sqrt()
    if apart <= allowed:
        return
    yield (
        f"{_name(one)} ({_short(one.flop)} FLOP) and {_name(other).lower()} "
        f"({_short(other.flop)} FLOP) differ by a factor of {_short(apart.exp())}; "
        f"their uncertainty allows {_short(allowed.exp())}."
    )


def _name(method: MethodEstimate) -> str:
    names = {
        "operation-counting": "Operation counting",
        "hardware": "The hardware method",
        "reported": "The reported total",
    }
    return names[method.method]


def _short(value: Decimal) -> str:
    return scientific(significant(value, 3))
