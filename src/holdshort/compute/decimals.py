"""Exact decimal arithmetic and the texts in which figures of compute are written.

No binary floats: a figure that is signed must come out the same on every machine. ``ln`` and
``exp`` of :mod:`decimal` are correctly rounded, so log-normal intervals are reproducible too.
"""

from collections.abc import Callable
from decimal import Context, Decimal, localcontext
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

# Twenty-eight digits, far beyond any input; fixed here so that a caller's context changes nothing.
CONTEXT = Context(prec=28)

# From here on a figure is clearer with an exponent; below, all digits fit in a glance.
_PLAIN_BELOW = Decimal(10) ** 6


def exact(function: Callable[P, R]) -> Callable[P, R]:
    """Run ``function`` in the module's own decimal context."""

    @wraps(function)
    def inside(*args: P.args, **kwargs: P.kwargs) -> R:
        with localcontext(CONTEXT):
            return function(*args, **kwargs)

    return inside


@exact
def significant(value: Decimal, digits: int) -> Decimal:
    """``value`` rounded half-even to ``digits`` significant digits."""
    return Context(prec=digits).plus(value)


@exact
def decimal_text(value: Decimal) -> str:
    """One spelling per number, so that ``405e9`` and ``405000000000`` sign alike.

    Plain digits below one million (``0.41``, ``64``), else ``4.05E+11``; ``Decimal`` reads both.
    """
    value = value.normalize()
    return f"{value:f}" if value == 0 or _is_plain(value) else str(value)


@exact
def engineering(value: Decimal) -> str:
    """For people: ``405e9``, ``15.6e12``, ``0.41``, ``64``."""
    value = value.normalize()
    if value == 0 or _is_plain(value):
        return f"{value:f}"
    return value.to_eng_string().replace("E+", "e").replace("E", "e")


@exact
def scientific(value: Decimal) -> str:
    """For people, where the power of ten is what matters: ``3.8e25``; plain below a million."""
    value = value.normalize()
    return f"{value:f}" if value == 0 or _is_plain(value) else f"{value:e}".replace("e+", "e")


def _is_plain(value: Decimal) -> bool:
    return 1 / _PLAIN_BELOW < abs(value) < _PLAIN_BELOW
