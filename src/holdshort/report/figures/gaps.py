"""Elicitation gaps: how much more a model solves when it is asked in another way, beyond a control.

One line a contrast: a dot where the gap is, a bar where it may be, against what is tolerated. A bar
right of the tolerance says that the model can do more than it shows; one left of it, that this way
of asking brings nothing out; one across it, that the items settle nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from holdshort.errors import BadInput
from holdshort.report.figures.canvas import Canvas, fit
from holdshort.report.numerals import Number, decimal, exact

_HEAD, _BODY, _SMALL = 16.0, 14.0, 13.0
_LINE, _LABELS = 30.0, 210.0
_NARROW = 600  # px; there the label stands above its bar
_MOST = Decimal(2)
_TICKS = (Decimal("-0.5"), Decimal(0), Decimal("0.5"), Decimal(1))


@dataclass(frozen=True)
class GapRow:
    """One contrast of one area; ``low`` and ``high`` are the ends of its interval, in [-2, 2]."""

    area: str
    contrast: str
    estimate: Number
    low: Number
    high: Number
    tolerance: Number


@dataclass(frozen=True)
class _Gap:
    area: str
    contrast: str
    estimate: Decimal
    low: Decimal
    high: Decimal
    tolerance: Decimal


@dataclass(frozen=True)
class _Scale:
    left: float
    right: float
    first: Decimal
    last: Decimal

    def x(self, value: Decimal) -> float:
        share = (value - self.first) / (self.last - self.first)
        return self.left + (self.right - self.left) * float(share)


def gaps_figure(
    rows: Sequence[GapRow], *, title: str, description: str, width: int = 860, name: str = "gaps"
) -> str:
    """Draw every contrast, area by area, as SVG.

    Raises:
        BadInput: there is none, or a gap lies outside of its interval or of [-2, 2].
    """
    gaps = [_read(row) for row in rows]
    if not gaps:
        raise BadInput("There is no gap to draw.", where=name)
    canvas = Canvas(width, name)
    above = width < _NARROW
    scale = _Scale(
        8.0 if above else _LABELS,
        width - 12.0,
        min(Decimal("-0.5"), *(gap.low for gap in gaps)),
        max(Decimal(1), *(gap.high for gap in gaps)),
    )
    y, area = _legend(canvas), ""
    for gap in gaps:
        if gap.area != area:
            area = gap.area
            for line in fit(area, _HEAD, width, lines=2, bold=True):
                canvas.text(0, y + 22, line, size=_HEAD, room=width, bold=True)
                y += 20
            y += 16
        y = _draw(canvas, gap, scale, y, above=above)
    return canvas.render(_axis(canvas, scale, y), title=title, description=description)


def describe(rows: Sequence[GapRow]) -> str:
    """The figure in words."""
    return " ".join(
        f"{gap.area}, {gap.contrast}: {gap.estimate:.2f} [{gap.low:.2f}, {gap.high:.2f}]."
        for gap in map(_read, rows)
    )


def _read(row: GapRow) -> _Gap:
    where = f"{row.area}, {row.contrast}"[:80]
    estimate, low, high, tolerance = (
        decimal(each, where=where) for each in (row.estimate, row.low, row.high, row.tolerance)
    )
    if not -_MOST <= low <= estimate <= high <= _MOST:
        raise BadInput("A gap lies outside of its interval, or of -2 to 2.", where=where)
    return _Gap(row.area, row.contrast, estimate, low, high, tolerance)


def _draw(canvas: Canvas, gap: _Gap, scale: _Scale, y: float, *, above: bool) -> float:
    """One contrast; returns the y below it."""
    label = y + (16 if above else _LINE / 2 + 5)
    canvas.text(0, label, gap.contrast, size=_BODY, room=canvas.width if above else _LABELS - 14)
    top = y + 22 if above else y
    middle = top + _LINE / 2
    for tick in _TICKS:
        canvas.line(scale.x(tick), top, scale.x(tick), top + _LINE, "grid")
    line = scale.x(gap.tolerance)
    canvas.draw(
        "line", x1=line, y1=top, x2=line, y2=top + _LINE, class_="rule", stroke_dasharray="7 4"
    )
    canvas.draw(
        "line", x1=scale.x(gap.low), y1=middle, x2=scale.x(gap.high), y2=middle,
        style="stroke:var(--ink);stroke-width:2.5",
    )  # fmt: skip
    canvas.draw("circle", cx=scale.x(gap.estimate), cy=middle, r=5.5, class_="node halo")
    return top + _LINE


def _axis(canvas: Canvas, scale: _Scale, y: float) -> float:
    canvas.line(scale.left, y, scale.right, y, "axis")
    for tick in _TICKS:
        canvas.line(scale.x(tick), y, scale.x(tick), y + 5, "axis")
        said = exact(tick).replace("-", "\u2212")
        canvas.text(
            scale.x(tick), y + 20, said, size=_SMALL, room=60, anchor=_anchor(tick, scale),
            class_="muted",
        )  # fmt: skip
    return y + 30


def _anchor(tick: Decimal, scale: _Scale) -> str:
    """Words at an end of the scale stay within it."""
    return {scale.first: "start", scale.last: "end"}.get(tick, "middle")


def _legend(canvas: Canvas) -> float:
    words = "share of items solved more, beyond the control; the dashed line is what is tolerated"
    lines = fit(words, _SMALL, canvas.width, lines=2)
    for number, line in enumerate(lines):
        canvas.text(0, 14 + 18 * number, line, size=_SMALL, room=canvas.width, class_="muted")
    return 4 + 18.0 * len(lines)
