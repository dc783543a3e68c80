"""The data sheet of a clearance as a page: what a regulator would print and a reader pin up.

It keeps the rules of the review report: one HTML file that needs nothing else, light and dark, for
screen, paper and screen reader. The status comes first, and no status but *valid* looks like one.
Whoever prints a sheet fills :class:`SheetView`; the page adds no judgement of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from holdshort.report.document import REHEARSAL, environment
from holdshort.report.figures import intervals
from holdshort.report.history import PageTable
from holdshort.report.palette import stylesheet

TONES = {"valid": "acceptable", "conditional": "conditional"}
"""How a status looks; every other looks refused."""

_WIDTHS = {"wide": 860, "narrow": 340}  # px: a page of text, and the text column of a phone


@dataclass(frozen=True)
class SheetView:
    """What the page says. ``facts`` are (term, what stands there, whether it is a digest or id)."""

    rehearsal: bool
    status: str
    model: str
    under: str
    facts: tuple[tuple[str, str, bool], ...]
    findings: Sequence[intervals.IntervalRow]
    tables: Sequence[PageTable]
    register: tuple[tuple[str, str, bool], ...]


def sheet_page(view: SheetView) -> str:
    """The page as HTML; the same view gives the same bytes.

    Raises:
        BadInput: a finding cannot be drawn honestly (see :mod:`holdshort.report.figures`).
    """
    return (
        environment()
        .get_template("sheet.html")
        .render(
            view=view,
            tone=TONES.get(view.status, "unacceptable"),
            rehearsal_says=REHEARSAL,
            figure=_figure(view.findings),
            nothing=[(table.title, "none", False) for table in view.tables if not table.rows],
            palette=Markup(stylesheet(":root")),  # noqa: S704 - ours, from constants
        )
    )


def _figure(rows: Sequence[intervals.IntervalRow]) -> dict[str, Markup]:
    """The findings at two sizes, one of which the page shows."""
    return {
        size: Markup(  # noqa: S704 - escaped by figures.canvas, tested there
            intervals.interval_figure(
                rows,
                title="Findings by risk area",
                description=intervals.describe(rows),
                width=width,
                name=f"findings-{size}",
            )
        )
        for size, width in _WIDTHS.items()
        if rows
    }
