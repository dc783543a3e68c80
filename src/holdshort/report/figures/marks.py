"""The three outcomes of a finding as marks: a shape and a word first, a colour only then.

A reader who sees no colour tells them apart by outline (disc, octagon, diamond) and by the sign
inside (tick, cross, question mark).
"""

from holdshort.errors import BadInput
from holdshort.report.figures.canvas import Canvas, coordinate

TONES = {"acceptable": "good", "unacceptable": "stop", "inconclusive": "caution"}
"""Outcome of a finding -> the palette's colour for it."""

_OUTLINES = {
    "acceptable": "M10 0A10 10 0 0 1 -10 0A10 10 0 0 1 10 0Z",
    "unacceptable": "M-4.3 -10.3H4.3L10.3 -4.3V4.3L4.3 10.3H-4.3L-10.3 4.3V-4.3Z",
    "inconclusive": "M0 -12L12 0L0 12L-12 0Z",
}
_SIGNS = {
    "acceptable": "M-4.5 0.5L-1.5 3.8L4.8 -3.4",
    "unacceptable": "M-4 -4L4 4M4 -4L-4 4",
    "inconclusive": "M-2.6 -2.6A2.7 2.7 0 1 1 0 0.6V1.6M0 5.2V5.3",
}


def tone(outcome: str, *, where: str) -> str:
    """The colour class of an outcome.

    Raises:
        BadInput: there is no such outcome; drawing it as another would mislead.
    """
    if outcome not in TONES:
        raise BadInput(
            f"{outcome[:80]!r} is not an outcome of a finding.",
            where=where,
            do=f"Use one of: {', '.join(TONES)}.",
        )
    return TONES[outcome]


def outcome_mark(canvas: Canvas, x: float, y: float, outcome: str) -> None:
    """Draw the mark of ``outcome`` about 22 px wide, centred on (``x``, ``y``)."""
    canvas.open("g", transform=f"translate({coordinate(x)} {coordinate(y)})")
    canvas.draw("path", d=_OUTLINES[outcome], class_=tone(outcome, where="finding"))
    canvas.draw("path", d=_SIGNS[outcome], class_="on")
    canvas.close("g")
