"""The figure of evidence: how the e-values of each risk area grew, item by item.

An e-value is the wealth of a bettor against a hypothesis: if the hypothesis is true, the chance
that it ever reaches 1/α is at most α (Ville's inequality), so a test may stop at the first
crossing of that line, whenever it comes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import pairwise

from holdshort.errors import BadInput
from holdshort.report.figures.canvas import Canvas, coordinate, fit
from holdshort.report.numerals import Number, count, decimal, evidence, power, proportion

_WIDE = 600  # px; narrower figures stack the panels
_GAP, _PLOT, _MARGIN = 36.0, 150.0, 44.0
_HEAD, _BODY, _SMALL = 16.0, 14.0, 13.0
_FINEST = 240  # steps drawn per curve; more would lie closer than a pixel


@dataclass(frozen=True)
class EvidenceRow:
    """The evidence in one risk area.

    ``path`` holds ``(n, log10 e_below, log10 e_above)`` after each of ``n`` items: ``e_below``
    for a rate below the threshold, ``e_above`` for one above it. ``error_rate`` is α.
    """

    label: str
    error_rate: Number
    path: Sequence[tuple[int, Number, Number]]


@dataclass(frozen=True)
class _Panel:
    label: str
    bound: Decimal  # log10 (1/α)
    inverse: Decimal  # 1/α
    below: list[tuple[int, Decimal]]
    above: list[tuple[int, Decimal]]

    @property
    def items(self) -> int:
        return self.below[-1][0]


def evidence_path_figure(
    rows: Sequence[EvidenceRow],
    *,
    title: str,
    description: str,
    width: int = 860,
    name: str = "evidence",
) -> str:
    """Draw one panel per risk area, e-values on a log scale against items, as SVG.

    Areas with an empty path get no panel; all panels share both scales. A curve that falls far
    below α² or rises above 1/α³ leaves its panel; a triangle stands where it left.

    Raises:
        BadInput: there is nothing to draw, a number is malformed or items do not increase.
    """
    panels = [_read(row) for row in rows if row.path]
    if not panels:
        raise BadInput("There is no evidence path to draw.", where=name)
    canvas = Canvas(width, name)
    columns = 2 if width >= _WIDE and len(panels) > 1 else 1
    room = (width - _GAP * (columns - 1)) / columns
    scale = _scale(panels)
    y = _legend(canvas)
    for n, panel in enumerate(panels):
        column = n % columns
        bottom = _draw(canvas, panel, f"{n}", column * (room + _GAP), y, room, scale)
        if column == columns - 1 or n == len(panels) - 1:
            y = bottom
    return canvas.render(y, title=title, description=description)


def describe(rows: Sequence[EvidenceRow]) -> str:
    """The figure in words: where the evidence stood at the end, per area."""
    return " ".join(
        f"{panel.label}: after {count(panel.items, 'item')}, "
        f"10 to the power {panel.below[-1][1]:.2f} for below the threshold and "
        f"10 to the power {panel.above[-1][1]:.2f} for above it; "
        f"{evidence(panel.inverse)} decides."
        for panel in (_read(row) for row in rows if row.path)
    )


def _read(row: EvidenceRow) -> _Panel:
    where = row.label[:80]
    alpha = proportion(row.error_rate, where=f"{where}, error_rate")
    if not 0 < alpha < 1:
        raise BadInput("An error rate of 0 or 1 decides nothing.", where=where)
    counts = [n for n, _, _ in row.path]
    if counts[0] < 0 or any(a >= b for a, b in pairwise(counts)):
        raise BadInput("The numbers of items along the path do not increase.", where=where)
    return _Panel(
        label=row.label,
        bound=-alpha.log10(),
        inverse=1 / alpha,
        below=[(n, decimal(e, where=f"{where}, path")) for n, e, _ in row.path],
        above=[(n, decimal(e, where=f"{where}, path")) for n, _, e in row.path],
    )


def _scale(panels: Sequence[_Panel]) -> tuple[int, int, int]:
    """The common scale: most items, lowest and highest power of ten."""
    bound = max(panel.bound for panel in panels)
    values = [value for panel in panels for _, value in panel.below + panel.above]
    low = max(min(min(values), Decimal(-1)), -2 * bound)
    high = min(max(max(values), bound * Decimal("1.25")), 3 * bound)
    return (
        max(max(panel.items for panel in panels), 1),
        int(low.to_integral_value(ROUND_FLOOR)),
        int(high.to_integral_value(ROUND_CEILING)),
    )


def _draw(
    canvas: Canvas,
    panel: _Panel,
    key: str,
    x: float,
    y: float,
    room: float,
    scale: tuple[int, int, int],
) -> float:
    """One panel; returns the y below it."""
    most, low, high = scale
    left, right, top = x + _MARGIN, x + room - 10, y + 34

    def across(n: int) -> float:
        return left + (right - left) * n / most

    def up(value: Decimal) -> float:
        # A panel's height beyond the edge is enough: what lies outside is clipped.
        near = min(max(value, Decimal(2 * low - high)), Decimal(2 * high - low))
        return top + _PLOT * float((high - near) / (high - low))

    canvas.text(x, y + 20, panel.label, size=_HEAD, room=room, bold=True)
    _grid(canvas, scale, left, right, top)
    line = up(panel.bound)
    canvas.draw("line", x1=left, y1=line, x2=right, y2=line, class_="rule", stroke_dasharray="7 4")
    canvas.text(
        right, line - 6, f"1/α = {evidence(panel.inverse)}",
        size=_SMALL, room=(right - left) * 0.9, anchor="end",
    )  # fmt: skip
    clip = f"{canvas.name}-panel-{key}"
    canvas.open("clipPath", id=clip)
    canvas.draw("rect", x=left, y=top, width=right - left, height=_PLOT)
    canvas.close("clipPath")
    for curve, class_ in ((panel.above, "stop"), (panel.below, "good")):
        points = [(across(n), up(value)) for n, value in _thinned(curve)]
        path = "M" + "L".join(f"{coordinate(px)} {coordinate(py)}" for px, py in points)
        canvas.draw(
            "path", d=path, class_=f"curve {class_}", clip_path=f"url(#{clip})", **_dash(class_)
        )
        _end(canvas, points, top, top + _PLOT, class_)
    return top + _PLOT + 62


def _dash(class_: str) -> dict[str, float | str]:
    """The curve for "above" is dotted: the two differ without colour."""
    return {"stroke_dasharray": "3 4"} if class_ == "stop" else {}


def _end(
    canvas: Canvas, points: Sequence[tuple[float, float]], top: float, bottom: float, class_: str
) -> None:
    """Mark the end of a curve: a disc for below, a square for above, a triangle if it left."""
    x, y = points[-1]
    if not top <= y <= bottom:
        edge, tip = (top, -8) if y < top else (bottom, 8)
        x = _exit(points, edge)
        triangle = f"M{coordinate(x - 6)} {coordinate(edge)}h12l-6 {tip}z"
        canvas.draw("path", d=triangle, class_=class_)
    elif class_ == "good":
        canvas.draw("circle", cx=x, cy=y, r=5.5, class_="good halo")
    else:
        canvas.draw("rect", x=x - 5, y=y - 5, width=10, height=10, class_="stop halo")


def _exit(points: Sequence[tuple[float, float]], edge: float) -> float:
    """The x at which a curve that ends beyond ``edge`` last crossed it."""
    for (x1, y1), (x2, y2) in pairwise(reversed(points)):  # from the end backward
        if (y1 - edge) * (y2 - edge) <= 0 and y1 != y2:
            return x1 + (x2 - x1) * (edge - y1) / (y2 - y1)
    return points[0][0]


def _grid(
    canvas: Canvas, scale: tuple[int, int, int], left: float, right: float, top: float
) -> None:
    """Both axes with their ticks: powers of ten upward, items across."""
    most, low, high = scale
    step = max(1, -(-(high - low) // 5))
    for tick in range(-(-low // step) * step, high + 1, step):
        y = top + _PLOT * (high - tick) / (high - low)
        canvas.line(left, y, right, y, "axis" if tick == 0 else "grid")
        canvas.text(
            left - 7, y + 4.5, power(tick), size=_SMALL, room=_MARGIN - 7, anchor="end",
            class_="muted",
        )  # fmt: skip
    base = top + _PLOT
    canvas.line(left, base, right, base, "axis")
    for n, anchor in ((0, "start"), (most, "end")):
        x = left + (right - left) * n / most
        canvas.line(x, base, x, base + 5, "axis")
        word = count(n, "item") if n else "0"
        canvas.text(
            x, base + 20, word, size=_SMALL, room=(right - left) / 2, anchor=anchor, class_="muted"
        )


def _thinned(curve: Sequence[tuple[int, Decimal]]) -> list[tuple[int, Decimal]]:
    """At most four points per drawn step: first, lowest, highest, last, so no crossing is lost."""
    if len(curve) <= _FINEST:
        return list(curve)
    size = -(-len(curve) // _FINEST)
    kept: set[tuple[int, Decimal]] = set()
    for start in range(0, len(curve), size):
        bucket = curve[start : start + size]
        kept |= {bucket[0], bucket[-1], min(bucket, key=_value), max(bucket, key=_value)}
    return sorted(kept)


def _value(point: tuple[int, Decimal]) -> Decimal:
    return point[1]


def _legend(canvas: Canvas) -> float:
    """What each curve means, above the panels."""
    y = 0.0
    for class_, words in (
        ("good", "evidence that the rate is below the threshold"),
        ("stop", "evidence that the rate is above the threshold"),
        ("rule", "as much evidence as decides"),
    ):
        if class_ == "rule":
            canvas.draw(
                "line", x1=0, y1=y + 11, x2=34, y2=y + 11, class_="rule", stroke_dasharray="7 4"
            )
        else:
            path = f"M0 {coordinate(y + 11)}H34"
            canvas.draw("path", d=path, class_=f"curve {class_}", **_dash(class_))
            _end(canvas, [(30, y + 11)], y, y + 22, class_)
        lines = fit(words, _BODY, canvas.width - 46, lines=2)
        for line in lines:
            canvas.text(46, y + 16, line, size=_BODY, room=canvas.width - 46)
            y += 19
        y += 3
    return y + 8
