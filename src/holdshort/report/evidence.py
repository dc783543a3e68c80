"""The page of an evidence bundle: what was found, how, under what, and how to check it.

A regulator reads the first screen and the figures in ten minutes; an expert finds every number,
every digest and every check, and the commands to repeat them. It keeps the rules of the review
report: one HTML file that needs nothing else, light and dark, for screen, paper and screen reader.
The same bundle gives the same bytes. Whoever prints a page fills :class:`EvidenceView`; the page
adds no judgement of its own.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from holdshort.report.document import (
    REHEARSAL,
    FindingRow,
    environment,
    evidence_drawing,
    findings_drawing,
)
from holdshort.report.figures import course, gaps, outcomes
from holdshort.report.history import PageTable
from holdshort.report.palette import stylesheet

_WIDTHS = {"wide": 860, "narrow": 340}  # px: a page of text, and the text column of a phone


@dataclass(frozen=True)
class EvidenceView:
    """What the page says. Facts are (term, what stands there, whether it is a digest or id).

    ``standing`` says who vouches for it; ``gates`` what each gate made of a finding.
    """

    rehearsal: bool
    state: str
    tone: str
    model: str
    under: str
    standing: str
    summary: tuple[str, ...]
    findings: tuple[FindingRow, ...]
    course: tuple[course.CourseRow, ...]
    outcomes: tuple[outcomes.OutcomeRow, ...]
    gates: tuple[str, ...]
    gaps: tuple[gaps.GapRow, ...]
    gap_table: PageTable
    locked: tuple[tuple[str, str, bool], ...]
    tables: Sequence[PageTable]
    checks: tuple[tuple[str, str], ...]
    commands: tuple[tuple[str, str], ...]
    limits: tuple[str, ...]
    file: tuple[tuple[str, str, bool], ...]


def evidence_page(view: EvidenceView) -> str:
    """The page as HTML; the same view gives the same bytes.

    Raises:
        BadInput: a finding cannot be drawn honestly (see :mod:`holdshort.report.figures`).
    """
    page = environment().get_template("evidence.html")
    return page.render(
        view=view,
        rehearsal_says=REHEARSAL,
        palette=Markup(stylesheet(":root")),  # noqa: S704 - ours, from constants
        findings_figure=findings_drawing(view.findings),
        evidence_figure=evidence_drawing(view.findings),
        course_figure=_sizes(
            course.course_figure, view.course, "How the estimate settled", course.describe
        ),
        outcomes_figure=_sizes(
            outcomes.outcomes_figure, view.outcomes, "Every item", outcomes.describe
        ),
        gaps_figure=_sizes(gaps.gaps_figure, view.gaps, "Elicitation gaps", gaps.describe),
    )


def _sizes(
    figure: "Callable[..., str]",
    rows: Sequence[object],
    title: str,
    describe: "Callable[..., str]",
) -> dict[str, Markup]:
    """A figure at two sizes, one of which the page shows."""
    name = figure.__name__.removesuffix("_figure")
    return {
        size: Markup(  # noqa: S704 - escaped by figures.canvas, tested there
            figure(
                rows, title=title, description=describe(rows), width=width, name=f"{name}-{size}"
            )
        )
        for size, width in _WIDTHS.items()
        if rows
    }
