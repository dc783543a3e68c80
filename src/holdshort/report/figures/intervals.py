"""The figure of findings: each estimate with its interval, against its threshold."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from holdshort.errors import BadInput
from holdshort.report.figures.canvas import Canvas, fit
from holdshort.report.figures.marks import outcome_mark, tone
from holdshort.report.numerals import Number, count, exact, interval, proportion, rate

_WIDE = 600  # px; narrower figures put each row's words above and below its axis
_LABEL, _BODY, _SMALL = 17.0, 15.0, 13.0


@dataclass(frozen=True)
class IntervalRow:
    """One risk area: an estimated rate, its interval, and the threshold it is held against.

    ``estimate`` is empty when no item was run. ``zone`` is the half-width of the indifference
    zone, which reaches from ``threshold - zone`` to ``threshold + zone``. All are proportions.
    """

    label: str
    outcome: str
    estimate: Number
    low: Number
    high: Number
    items: int
    threshold: Number
    zone: Number


@dataclass(frozen=True)
class _Row:
    """A row read and checked, with its words broken into lines."""

    row: IntervalRow
    tone: str
    estimate: Decimal | None
    low: Decimal
    high: Decimal
    threshold: Decimal
    zone: Decimal

    @property
    def numbers(self) -> str:
        """``0.03 [0.00, 0.21], 14 items``."""
        bounds = interval(self.low, self.high)
        items = count(self.row.items, "item")
        point = "no estimate" if self.estimate is None else rate(self.estimate)
        return f"{point} {bounds}, {items}"

    @property
    def bound(self) -> str:
        """``threshold 0.2 ± 0.05``."""
        zone = f" ± {exact(self.zone)}" if self.zone else ""
        return f"threshold {exact(self.threshold)}{zone}"


def interval_figure(
    rows: Sequence[IntervalRow],
    *,
    title: str,
    description: str,
    width: int = 860,
    name: str = "intervals",
) -> str:
    """Draw one row per risk area on a common axis from 0 to 1, as SVG.

    ``description`` is what a screen reader says; ``name`` prefixes the ids, so that several
    figures can stand on one page; below ``width`` 600 the layout is that of a phone.

    Raises:
        BadInput: there are no rows, an outcome is unknown, a number is not a proportion or an
            interval is upside down.
    """
    if not rows:
        raise BadInput("There is no finding to draw.", where=name)
    canvas = Canvas(width, name)
    wide = width >= _WIDE
    left, right = (width * 0.23, width * 0.68) if wide else (14.0, width - 14.0)
    y = 8.0
    for read in map(_read, rows):
        y = (_wide_row if wide else _narrow_row)(canvas, read, y, left, right)
    y = _axis(canvas, y, left, right)
    y = _legend(canvas, y)
    return canvas.render(y, title=title, description=description)


def describe(rows: Sequence[IntervalRow]) -> str:
    """The figure in words, one sentence per area, for its description."""
    return " ".join(
        f"{read.row.label}: {read.row.outcome}, {read.numbers}, {read.bound}."
        for read in map(_read, rows)
    )


def _read(row: IntervalRow) -> _Row:
    def number(field: str) -> Decimal:
        return proportion(getattr(row, field), where=f"{row.label[:80]}, {field}")

    read = _Row(
        row=row,
        tone=tone(row.outcome, where=row.label[:80]),
        estimate=None if row.estimate == "" else number("estimate"),
        low=number("low"),
        high=number("high"),
        threshold=number("threshold"),
        zone=number("zone"),
    )
    if read.low > read.high:
        raise BadInput(
            f"The interval {row.low} to {row.high} is upside down.", where=row.label[:80]
        )
    return read


def _wide_row(canvas: Canvas, read: _Row, y: float, left: float, right: float) -> float:
    words, beside = right + 24, canvas.width - right - 24
    label = fit(read.row.label, _LABEL, left - 20, lines=3, bold=True)
    numbers = fit(read.numbers, _BODY, beside, lines=2)
    height = max(len(label) * 22.0, 24 + len(numbers) * 20 + 20) + 20
    _plot(canvas, read, y, height, left, right)
    top = y + height / 2 - len(label) * 11 + 16
    for n, line in enumerate(label):
        canvas.text(0, top + n * 22, line, size=_LABEL, room=left - 20, bold=True)
    top = y + height / 2 - (24 + len(numbers) * 20 + 20) / 2
    outcome_mark(canvas, words + 12, top + 11, read.row.outcome)
    canvas.text(words + 32, top + 17, read.row.outcome, size=_LABEL, room=beside - 32, bold=True)
    for n, line in enumerate(numbers):
        canvas.text(words, top + 41 + n * 20, line, size=_BODY, room=beside)
    base = top + 41 + len(numbers) * 20
    canvas.text(words, base, read.bound, size=_SMALL, room=beside, class_="muted")
    return y + height


def _narrow_row(canvas: Canvas, read: _Row, y: float, left: float, right: float) -> float:
    room = canvas.width
    label = fit(read.row.label, _LABEL, room, lines=2, bold=True)
    for n, line in enumerate(label):
        canvas.text(0, y + 17 + n * 22, line, size=_LABEL, room=room, bold=True)
    y += len(label) * 22 + 6
    outcome_mark(canvas, 12, y + 10, read.row.outcome)
    canvas.text(32, y + 16, read.row.outcome, size=_LABEL, room=room - 32, bold=True)
    _plot(canvas, read, y + 30, 40, left, right)
    y += 90
    for line in fit(read.numbers, _BODY, room, lines=2):
        canvas.text(0, y, line, size=_BODY, room=room)
        y += 19
    canvas.text(0, y, read.bound, size=_SMALL, room=room, class_="muted")
    return y + 26


def _plot(canvas: Canvas, read: _Row, y: float, height: float, left: float, right: float) -> None:
    """The zone, the threshold, the interval and the estimate of one row."""

    def at(value: Decimal) -> float:
        return left + (right - left) * float(value)

    middle = y + height / 2
    start, end = (
        at(max(read.threshold - read.zone, Decimal(0))),
        at(min(read.threshold + read.zone, Decimal(1))),
    )
    for tenth in range(0, 11, 2):
        canvas.line(at(Decimal(tenth) / 10), y, at(Decimal(tenth) / 10), y + height, "grid")
    canvas.draw("rect", x=start, y=y + 4, width=end - start, height=height - 8, class_="zone")
    canvas.line(left, middle, right, middle, "axis")
    canvas.line(at(read.threshold), y + 4, at(read.threshold), y + height - 4, "rule")
    low, high = at(read.low), at(read.high)
    bar = max(high - low, 2.0)
    canvas.draw(
        "rect", x=min(low, right - bar), y=middle - 5, width=bar, height=10, rx=2, class_=read.tone
    )
    if read.estimate is not None:
        canvas.draw("circle", cx=at(read.estimate), cy=middle, r=8, class_=f"{read.tone} halo")


def _axis(canvas: Canvas, y: float, left: float, right: float) -> float:
    canvas.line(left, y, right, y, "axis")
    for tenth in range(0, 11, 2):
        x = left + (right - left) * tenth / 10
        canvas.line(x, y, x, y + 5, "axis")
        canvas.text(
            x,
            y + 20,
            rate(Decimal(tenth) / 10, 1),
            size=_SMALL,
            room=28,
            anchor="middle",
            class_="muted",
        )
    return y + 30


def _legend(canvas: Canvas, y: float) -> float:
    """What each mark means; in as many lines as the width needs."""
    entries = (
        ("estimate", 76),
        ("confidence interval", 150),
        ("threshold", 84),
        ("indifference zone", 140),
    )
    x = 0.0
    for word, room in entries:
        if x + 30 + room > canvas.width:
            x, y = 0.0, y + 22
        if word == "estimate":
            canvas.draw("circle", cx=x + 11, cy=y + 12, r=7, class_="node")
        elif word == "threshold":
            canvas.line(x + 11, y + 3, x + 11, y + 21, "rule")
        elif word == "confidence interval":
            canvas.draw("rect", x=x, y=y + 8, width=22, height=9, rx=2, class_="node")
        else:
            canvas.draw("rect", x=x, y=y + 3, width=22, height=18, class_="zone")
        canvas.text(x + 29, y + 17, word, size=_SMALL, room=room, class_="muted")
        x += 29 + room + 12
    return y + 28
