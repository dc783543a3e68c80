"""The figure of outcomes: one mark for each item, in the order in which the test counted them.

A run of failures, a change half-way, a family that always fails: what a rate hides, the eye finds.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from holdshort.errors import BadInput
from holdshort.report.figures.canvas import Canvas, coordinate, fit
from holdshort.report.numerals import count

MOST = 4000
"""Items that are drawn of one area; of more the first, and the figure says so."""

_BODY, _HEAD = 14.0, 16.0
_LARGE, _SMALL = 12.0, 6.0  # px from one mark to the next, for few items and for many
_FEW = 600
_LEADING = 1.35  # of a row to a mark


@dataclass(frozen=True)
class OutcomeRow:
    """One area's items in item order: whether each was solved. ``total`` counts them all."""

    label: str
    solved: Sequence[bool]
    total: int


def outcomes_figure(
    rows: Sequence[OutcomeRow],
    *,
    title: str,
    description: str,
    width: int = 860,
    name: str = "outcomes",
) -> str:
    """Draw the items of every area, a filled mark for each one solved, as SVG.

    Raises:
        BadInput: there is nothing to draw, or more than `MOST` items of an area.
    """
    shown = [row for row in rows if row.solved]
    if not shown:
        raise BadInput("There are no outcomes to draw.", where=name)
    if any(len(row.solved) > MOST for row in shown):
        raise BadInput(f"More than {MOST} items cannot be told apart.", where=name)
    canvas = Canvas(width, name)
    y = _legend(canvas)
    for row in shown:
        y = _draw(canvas, row, y)
    return canvas.render(y, title=title, description=description)


def describe(rows: Sequence[OutcomeRow]) -> str:
    """The figure in words."""
    return " ".join(
        f"{row.label}: {sum(row.solved)} of {count(len(row.solved), 'item')} solved."
        for row in rows
        if row.solved
    )


def _draw(canvas: Canvas, row: OutcomeRow, y: float) -> float:
    step = _LARGE if len(row.solved) <= _FEW else _SMALL
    columns = int(canvas.width // step)
    columns -= columns % 10 if columns > 10 else 0
    words = f"{row.label}: {sum(row.solved)} of {count(len(row.solved), 'item')} solved"
    if row.total > len(row.solved):
        words += f"; the first of {row.total:,} are shown"
    for line in fit(words, _HEAD, canvas.width, lines=2, bold=True):
        canvas.text(0, y + 18, line, size=_HEAD, room=canvas.width, bold=True)
        y += 22
    y += 4
    high = step * _LEADING
    for solved in (True, False):
        path = "".join(
            _mark(n % columns * step, y + n // columns * high, step, solved)
            for n, each in enumerate(row.solved)
            if each is solved
        )
        if path:
            canvas.draw("path", d=path, class_="node" if solved else "baton")
    return y + (-(-len(row.solved) // columns)) * high + 20


def _mark(x: float, y: float, step: float, solved: bool) -> str:
    """A filled square, or a stroke at its foot: told apart without colour."""
    side = step - 2
    if solved:
        return f"M{coordinate(x)} {coordinate(y)}h{side:g}v{side:g}h-{side:g}z"
    return f"M{coordinate(x)} {coordinate(y + side - 0.5)}h{side:g}"


def _legend(canvas: Canvas) -> float:
    y = 0.0
    for solved, words in ((True, "an item that the model solved"), (False, "one that it did not")):
        canvas.draw("path", d=_mark(0, y + 5, _LARGE, solved), class_="node" if solved else "baton")
        canvas.text(22, y + 16, words, size=_BODY, room=canvas.width - 22)
        y += 22
    return y + 8
