"""The figures of a like-treatment audit: how parties fared among their likes, and what hides.

What is found has a filled square and a bold name, the rest a ring: colour is not the only signal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from holdshort.report.figures.canvas import Canvas
from holdshort.report.numerals import Number, count, proportion, rate

_SMALL, _BODY = 13.0, 15.0
_LEFT, _RIGHT = 0.42, 0.76  # of the width: where the axis begins and ends
_ROW = 40.0
_WANTED = Decimal("0.8")


@dataclass(frozen=True)
class Standing:
    """One test: the share of its likes than which the party fared worse, and the corrected p."""

    label: str
    step: str
    standing: Number
    matters: int
    likes: int
    p: str
    found: bool


@dataclass(frozen=True)
class PowerBar:
    """One measure: the chance of seeing the planted bias, its interval, the smallest one seen."""

    label: str
    power: Number
    low: Number
    high: Number
    smallest: str


def standing_figure(rows: Sequence[Standing], *, width: int = 860, name: str = "standing") -> str:
    """Draw one row a test on an axis from 0 to 1, as SVG.

    Raises:
        BadInput: a number is no proportion.
    """
    canvas = Canvas(width, name)
    left, right = width * _LEFT, width * _RIGHT
    foot = 12 + _ROW * len(rows)
    _axis(canvas, left, right, foot, ("better than all", "as its likes", "worse than all"))
    canvas.line((left + right) / 2, 8, (left + right) / 2, foot, "rule")
    for number, row in enumerate(rows):
        y = 12 + _ROW * (number + 0.5)
        at = left + float(proportion(row.standing, where=row.label)) * (right - left)
        canvas.text(0, y - 2, row.label, size=_BODY, room=left - 16, bold=row.found)
        canvas.text(0, y + 14, row.step, size=_SMALL, room=left - 16, class_="muted")
        middle = (left + right) / 2
        canvas.line(min(at, middle), y, max(at, middle), y, "axis")
        if row.found:
            canvas.draw("rect", x=at - 7, y=y - 7, width=14, height=14, class_="stop")
        else:
            canvas.draw("circle", cx=at, cy=y, r=5, class_="band", style="stroke:var(--ink)")
        words = f"p = {row.p}, {row.matters} of {row.likes}"
        canvas.text(right + 16, y + 5, words, size=_SMALL, room=width - right - 16, bold=row.found)
    return canvas.render(foot + 28, title="How each fared among its likes", description=_told(rows))


def power_figure(rows: Sequence[PowerBar], *, width: int = 860, name: str = "power") -> str:
    """Draw one bar a measure with its interval, and the line of 80 %, as SVG.

    Raises:
        BadInput: a number is no proportion, or an interval is upside down.
    """
    canvas = Canvas(width, name)
    left, right = width * 0.20, width * 0.70
    foot = 12 + _ROW * len(rows)
    _axis(canvas, left, right, foot, ("never", "every other time", "always"))
    wanted = left + float(_WANTED) * (right - left)
    canvas.draw("path", d=f"M{wanted:.1f} 8V{foot:.1f}", class_="baton", stroke_dasharray="6 4")
    for number, row in enumerate(rows):
        y = 12 + _ROW * (number + 0.5)
        power, low, high = (
            left + float(proportion(each, where=row.label)) * (right - left)
            for each in (row.power, row.low, row.high)
        )
        canvas.text(0, y + 5, row.label, size=_BODY, room=left - 16)
        if power > left:
            canvas.draw("rect", x=left, y=y - 9, width=power - left, height=18, class_="zone")
        canvas.line(low, y, high, y, "rule")
        words = f"{rate(proportion(row.power, where=row.label))}; 4 times of 5: {row.smallest}"
        canvas.text(right + 16, y + 5, words, size=_SMALL, room=width - right - 16)
    said = " ".join(
        f"{row.label}: {rate(proportion(row.power, where=row.label))}, seen 4 times of 5 from "
        f"{row.smallest}."
        for row in rows
    )
    return canvas.render(foot + 28, title="What could have been hidden", description=said)


def _axis(
    canvas: Canvas, left: float, right: float, foot: float, words: tuple[str, str, str]
) -> None:
    for tick in range(5):
        x = left + tick / 4 * (right - left)
        canvas.line(x, 8, x, foot, "grid")
    canvas.line(left, foot, right, foot, "axis")
    room = (right - left) / 3
    for text, x, anchor in zip(
        words, (left, (left + right) / 2, right), ("start", "middle", "end"), strict=True
    ):
        canvas.text(x, foot + 18, text, size=_SMALL, room=room, anchor=anchor, class_="muted")


def _told(rows: Sequence[Standing]) -> str:
    return " ".join(
        f"{row.label}, {row.step}: worse than {rate(proportion(row.standing, where=row.label))} of "
        f"its likes, {count(row.matters, 'matter')} of {row.likes}, p = {row.p}"
        f"{', found' if row.found else ''}."
        for row in rows
    )
