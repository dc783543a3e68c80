"""The figure of a test's course: the estimate and its interval after every item, area by area.

The interval is a confidence sequence: the chance that it ever leaves the true rate out is at most
α, however often anyone looks. So its narrowing may be watched, and a reader may judge the test at
any point of it, not at the end alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from holdshort.errors import BadInput
from holdshort.report.figures.canvas import Canvas, coordinate, fit
from holdshort.report.numerals import Number, count, interval, proportion, rate

_WIDE = 600  # px; narrower figures stack the panels
_GAP, _PLOT, _MARGIN = 36.0, 150.0, 44.0
_HEAD, _BODY, _SMALL = 16.0, 14.0, 13.0


@dataclass(frozen=True)
class CourseRow:
    """The course of one area's test; ``path`` holds ``(items, estimate, low, high)``."""

    label: str
    threshold: Number
    zone: Number
    path: Sequence[tuple[int, Number, Number, Number]]


@dataclass(frozen=True)
class _Panel:
    label: str
    threshold: Decimal
    zone: Decimal
    path: list[tuple[int, Decimal, Decimal, Decimal]]


def course_figure(
    rows: Sequence[CourseRow],
    *,
    title: str,
    description: str,
    width: int = 860,
    name: str = "course",
) -> str:
    """Draw one panel an area, rates from 0 to 1 against items, as SVG; empty paths get none.

    Raises:
        BadInput: there is nothing to draw, items do not increase, or an estimate lies outside
            of its interval.
    """
    panels = [_read(row) for row in rows if row.path]
    if not panels:
        raise BadInput("There is no course to draw.", where=name)
    canvas = Canvas(width, name)
    columns = 2 if width >= _WIDE and len(panels) > 1 else 1
    room = (width - _GAP * (columns - 1)) / columns
    most = max(panel.path[-1][0] for panel in panels)
    y = _legend(canvas)
    for n, panel in enumerate(panels):
        bottom = _draw(canvas, panel, (n % columns) * (room + _GAP), y, room, most)
        if n % columns == columns - 1 or n == len(panels) - 1:
            y = bottom
    return canvas.render(y, title=title, description=description)


def describe(rows: Sequence[CourseRow]) -> str:
    """The figure in words: where each course ended."""
    ends = [(panel.label, *panel.path[-1]) for panel in map(_read, (r for r in rows if r.path))]
    return " ".join(
        f"{label}: after {count(n, 'item')}, rate {rate(estimate, 3)} {interval(low, high, 3)}."
        for label, n, estimate, low, high in ends
    )


def _read(row: CourseRow) -> _Panel:
    where = row.label[:80]
    path = [
        (
            n,
            proportion(estimate, where=f"{where}, estimate"),
            proportion(low, where=f"{where}, low"),
            proportion(high, where=f"{where}, high"),
        )
        for n, estimate, low, high in row.path
    ]
    if path[0][0] < 0 or any(a[0] >= b[0] for a, b in pairwise(path)):
        raise BadInput("The numbers of items along the course do not increase.", where=where)
    if any(not low <= estimate <= high for _, estimate, low, high in path):
        raise BadInput("An estimate lies outside of its interval.", where=where)
    return _Panel(
        row.label,
        proportion(row.threshold, where=f"{where}, threshold"),
        proportion(row.zone, where=f"{where}, zone"),
        path,
    )


def _draw(canvas: Canvas, panel: _Panel, x: float, y: float, room: float, most: int) -> float:
    """One panel; returns the y below it."""
    left, right, top = x + _MARGIN, x + room - 10, y + 34

    def across(n: int) -> float:
        return left + (right - left) * n / most

    def up(value: Decimal) -> float:
        return top + _PLOT * float(1 - value)

    canvas.text(x, y + 20, panel.label, size=_HEAD, room=room, bold=True)
    high, low = (min(panel.threshold + panel.zone, Decimal(1)), panel.threshold - panel.zone)
    canvas.draw(
        "rect", x=left, y=up(high), width=right - left, height=up(low) - up(high), class_="zone"
    )
    for tick in (Decimal(0), Decimal("0.5"), Decimal(1)):
        canvas.line(left, up(tick), right, up(tick), "grid")
        canvas.text(
            left - 7, up(tick) + 4.5, f"{tick:f}", size=_SMALL, room=_MARGIN - 7, anchor="end",
            class_="muted",
        )  # fmt: skip
    line = up(panel.threshold)
    canvas.draw("line", x1=left, y1=line, x2=right, y2=line, class_="rule", stroke_dasharray="7 4")
    upper = [(across(n), up(each)) for n, _, _, each in panel.path]
    lower = [(across(n), up(each)) for n, _, each, _ in panel.path]
    middle = [(across(n), up(each)) for n, each, _, _ in panel.path]
    for edge in (upper, lower):
        canvas.draw("path", d=_path(edge), class_="baton")
    canvas.draw("path", d=_path(middle), style="fill:none;stroke:var(--ink);stroke-width:2.5")
    canvas.draw("circle", cx=middle[-1][0], cy=middle[-1][1], r=5.5, class_="node halo")
    base = top + _PLOT
    canvas.line(left, base, right, base, "axis")
    for n, anchor in ((0, "start"), (most, "end")):
        canvas.line(across(n), base, across(n), base + 5, "axis")
        word = count(n, "item") if n else "0"
        canvas.text(
            across(n), base + 20, word, size=_SMALL, room=(right - left) / 2, anchor=anchor,
            class_="muted",
        )  # fmt: skip
    return base + 62


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{coordinate(x)} {coordinate(y)}" for x, y in points)


def _legend(canvas: Canvas) -> float:
    y = 0.0
    for words, attributes in (
        ("share of items solved so far", {"style": "stroke:var(--ink);stroke-width:2.5"}),
        ("where the true rate may lie, given the error rate", {"class_": "baton"}),
        ("threshold, in its indifference zone", {"class_": "rule", "stroke_dasharray": "7 4"}),
    ):
        if "stroke_dasharray" in attributes:
            canvas.draw("rect", x=0, y=y + 3, width=34, height=16, class_="zone")
        canvas.draw("path", d=f"M0 {coordinate(y + 11)}H34", **attributes)
        for line in fit(words, _BODY, canvas.width - 46, lines=2):
            canvas.text(46, y + 16, line, size=_BODY, room=canvas.width - 46)
            y += 19
        y += 3
    return y + 8
