"""How numbers, counts and times are written for a reader: the one place that decides.

Numbers arrive as :class:`~decimal.Decimal` or as the decimal strings of signed acts, and are
never turned into floats before they are printed. The rules:

- a rate is printed with a fixed number of places; the ends of an interval are rounded *outward*,
  so that the printed interval always contains the computed one;
- an e-value is printed with two or three significant digits, as a power of ten when it is very
  large or very small;
- an instant is printed in UTC with the month in letters, so that nobody can swap day and month.
"""

from datetime import UTC, datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal, InvalidOperation

from holdshort.errors import BadInput

Number = Decimal | str

_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip  # not strftime("%B"): that depends on the locale of the server


def decimal(value: Number, *, where: str) -> Decimal:
    """Read a number; infinities pass, because an e-value can be one.

    Raises:
        BadInput: it is not a number, or is NaN.
    """
    try:
        number = Decimal(value)
    except InvalidOperation:
        number = Decimal("NaN")
    if number.is_nan():
        raise BadInput(f"{str(value)[:80]!r} is not a number.", where=where)
    return number


def proportion(value: Number, *, where: str) -> Decimal:
    """Read a number that must lie between 0 and 1.

    Raises:
        BadInput: it is not a number or lies outside.
    """
    number = decimal(value, where=where)
    if not 0 <= number <= 1:
        raise BadInput(f"{number:.6g} does not lie between 0 and 1.", where=where)
    return number


def rate(value: Decimal, places: int = 2, rounding: str = ROUND_HALF_EVEN) -> str:
    """A proportion with fixed places: ``0.03``."""
    return f"{value.quantize(Decimal(1).scaleb(-places), rounding=rounding):f}"


def interval(low: Decimal, high: Decimal, places: int = 2) -> str:
    """An interval of proportions, rounded outward: ``[0.00, 0.21]``."""
    return f"[{rate(low, places, ROUND_FLOOR)}, {rate(high, places, ROUND_CEILING)}]"


def exact(value: Decimal) -> str:
    """A chosen number (threshold, error rate) as it was chosen, without idle zeros."""
    if not value:
        return "0"
    if not -12 < value.adjusted() < 12:  # nobody counts twenty zeros
        return evidence(value)
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def count(number: int, noun: str) -> str:
    """A counted noun: ``1 item``, ``14 items``, ``1,200 items``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def power(exponent: int) -> str:
    """A power of ten: ``10⁻³``; the zeroth is ``1``."""
    return "10" + str(exponent).translate(_SUPERSCRIPT) if exponent else "1"


def evidence(value: Decimal) -> str:
    """An e-value: ``0.42``, ``131``, ``1.3 × 10¹²``, ``0``, ``∞``."""
    if value.is_infinite():
        return "∞" if value > 0 else "−∞"
    if not value:
        return "0"
    scale = value.adjusted()
    if -3 <= scale < 4:
        return exact(value.quantize(Decimal(1).scaleb(max(scale - 2, -4 if scale < -1 else -3))))
    digits, _, exponent = f"{value:.1e}".partition("e")
    return f"{digits} × {power(int(exponent))}"


def moment(text: str) -> str:
    """An RFC 3339 instant for a reader: ``23 November 2026, 10:15:00 UTC``.

    Text that is not an instant with a zone is returned as it is: the reader sees what was filed.
    """
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return text
    if instant.tzinfo is None:
        return text
    at = instant.astimezone(UTC)
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}, {at:%H:%M:%S} UTC"
