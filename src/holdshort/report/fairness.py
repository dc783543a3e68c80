"""The page of a like-treatment audit: the verdict, two figures, and the same data as tables.

It keeps the rules of the review report: one HTML file that needs nothing else, light and dark, for
paper too.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from holdshort.report.document import environment
from holdshort.report.figures.fairness import PowerBar, Standing, power_figure, standing_figure
from holdshort.report.history import PageTable
from holdshort.report.palette import stylesheet


@dataclass(frozen=True)
class FairnessView:
    """What the page says; ``planted`` is the bias whose visibility the second figure shows."""

    title: str
    under: str
    lead: str
    found: tuple[str, ...]
    cause: str
    standings: Sequence[Standing]
    powers: Sequence[PowerBar]
    planted: str


def fairness_page(view: FairnessView, *, tables: Sequence[PageTable]) -> str:
    """The page as HTML; the same data gives the same bytes.

    Raises:
        BadInput: a figure cannot be drawn honestly.
    """
    figures = []
    if view.standings:
        figures.append(
            (
                "How each fared among its likes",
                "0.5 is neither better nor worse. Further right is worse for the party.",
                Markup(standing_figure(view.standings)),  # noqa: S704 - escaped by figures.canvas
            )
        )
    if view.powers:
        figures.append(
            (
                "What could have been hidden",
                f"How likely a bias of {view.planted} would have been seen in this very record.",
                Markup(power_figure(view.powers)),  # noqa: S704 - escaped by figures.canvas
            )
        )
    return (
        environment()
        .get_template("fairness.html")
        .render(
            view=view,
            figures=figures,
            tables=tables,
            palette=Markup(stylesheet(":root")),  # noqa: S704 - ours, from constants
        )
    )
