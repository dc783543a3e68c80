"""The figure of acts: who did what in turn, one lane per kind of party, read downward."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from holdshort.errors import BadInput
from holdshort.report.figures.canvas import Canvas, width_of

LANES = ("developer", "assessor", "authority", "court", "register", "platform")
"""The order of the lanes; kinds of party not named here follow in order of appearance."""

_WIDE = 600  # px; narrower figures turn the names of the lanes
_ROW = 27.0
_RADIUS = 11.0
_MOST_LANES = 10  # a lane narrower than a tenth of a phone holds no number


@dataclass(frozen=True)
class TimelineRow:
    """One act: its number, the role of who did it (``authority.case-officer``), and what it is."""

    index: int
    role: str
    party: str
    act: str


def timeline_figure(
    rows: Sequence[TimelineRow],
    *,
    title: str,
    description: str,
    width: int = 860,
    name: str = "timeline",
) -> str:
    """Draw the acts in order, each in the lane of its party, joined by the way the case took.

    Raises:
        BadInput: there is no act to draw.
    """
    if not rows:
        raise BadInput("There is no act to draw.", where=name)
    canvas = Canvas(width, name)
    lanes = lanes_of(rows)
    wide = width >= _WIDE
    room = width * (0.56 if wide else 0.46)
    lane = min(room / len(lanes), 96.0)
    top = _heads(canvas, lanes, lane, wide=wide)
    bottom = top + _ROW * len(rows) + 8
    for n in range(len(lanes)):
        if n % 2 == 0:
            canvas.draw(
                "rect", x=n * lane, y=top - 4, width=lane, height=bottom - top, class_="band"
            )
    place = {kind: n for n, kind in enumerate(lanes)}
    places = [
        ((place.get(_kind(row.role), len(lanes) - 1) + 0.5) * lane, top + _ROW * (n + 0.5))
        for n, row in enumerate(rows)
    ]
    for (x1, y1), (x2, y2) in pairwise(places):
        canvas.draw("path", d=f"M{x1:.1f} {y1:.1f}V{y2:.1f}H{x2:.1f}", class_="baton")
    words = len(lanes) * lane + (20 if wide else 10)
    for row, (x, y) in zip(rows, places, strict=True):
        _node(canvas, row, x, y, min(_RADIUS, lane / 2))
        text = f"{row.act}: {row.party}" if wide and row.party else row.act
        canvas.text(words, y + 5, text, size=14, room=width - words)
    return canvas.render(bottom + 2, title=title, description=description)


def lanes_of(rows: Sequence[TimelineRow]) -> tuple[str, ...]:
    """The kinds of party that act, in the order of their lanes; the last may be "others"."""
    kinds = dict.fromkeys(_kind(row.role) for row in rows)
    known = [lane for lane in LANES if lane in kinds]
    lanes = (*known, *(kind for kind in kinds if kind not in LANES))
    return lanes if len(lanes) <= _MOST_LANES else (*lanes[: _MOST_LANES - 1], "others")


def describe(rows: Sequence[TimelineRow]) -> str:
    """The figure in words: the acts in turn."""
    return " ".join(f"{row.index}: {row.act}, by {_kind(row.role)}." for row in rows)


def _kind(role: str) -> str:
    """The kind of party a role belongs to: ``authority.case-officer`` acts for the authority."""
    return role.split(".")[0].strip().casefold() or "other"


def _heads(canvas: Canvas, lanes: Sequence[str], lane: float, *, wide: bool) -> float:
    """The names of the lanes, turned upright where a lane is narrow; returns the y below."""
    names = [kind.replace("-", " ").capitalize() for kind in lanes]
    if wide and all(width_of(each, 13, bold=True) <= lane for each in names):
        for n, each in enumerate(names):
            canvas.text(
                n * lane + lane / 2, 18, each, size=13, room=lane, bold=True, anchor="middle"
            )
        return 34.0
    size = min(14.0, lane * 0.85)
    for n, each in enumerate(names):
        base = (n + 0.5) * lane + size * 0.36
        canvas.text(base, 92, each, size=size, room=88, bold=True, turn=-90)
    return 104.0


def _node(canvas: Canvas, row: TimelineRow, x: float, y: float, radius: float) -> None:
    canvas.draw("circle", cx=x, cy=y, r=radius, class_="node halo")
    digits = f"{row.index}"
    room = radius * 2
    size = min(13.0, room / width_of(digits, 1, bold=True))
    canvas.text(
        x, y + size * 0.36, digits, size=size, room=room + 1, bold=True, anchor="middle",
        class_="on-text",
    )  # fmt: skip
