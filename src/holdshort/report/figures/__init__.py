"""The figures of a report, as SVG drawn on the server.

Rules that every figure keeps:

- it stands alone: no script, no font, no image, no style from elsewhere; light and dark;
- colour is never the only signal: outcomes differ in shape and are named, curves differ in dash
  and end mark;
- every label lies inside the viewBox, shortened with "…" where it must be;
- whoever prints a figure prints the same data as a table beside it;
- a value that cannot be drawn honestly raises :class:`~holdshort.errors.BadInput`.
"""

from holdshort.report.figures.evidence import EvidenceRow, evidence_path_figure
from holdshort.report.figures.intervals import IntervalRow, interval_figure
from holdshort.report.figures.timeline import TimelineRow, timeline_figure

__all__ = [
    "EvidenceRow",
    "IntervalRow",
    "TimelineRow",
    "evidence_path_figure",
    "interval_figure",
    "timeline_figure",
]
