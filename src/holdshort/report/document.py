"""The review report: everything one model's pre-deployment review did and found, as one page.

The page is a single HTML file that needs nothing else: no script, no font, no image, no style from
elsewhere (its Content-Security-Policy forbids them), so it reads the same in ten years and on a
machine without a network. It prints, it follows the reader's light or dark setting, and a screen
reader can walk it by landmarks, headings and captions. The state comes first; a review in which
one person played all parties says so at the top of the screen and of every printed page.

Whoever runs a review fills :class:`ReviewReport`; the page adds no judgement of its own. Numbers
come as decimal strings and times as RFC 3339, as they stand in the signed acts.
"""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Literal

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from holdshort.report import numerals
from holdshort.report.figures import evidence, intervals, timeline
from holdshort.report.palette import stylesheet
from holdshort.report.plain import plain

REHEARSAL = "Rehearsal: one person played all parties. This is not a clearance by any authority."

_WIDTHS = {"wide": 860, "narrow": 340}  # px: a page of text, and the text column of a phone


@dataclass(frozen=True)
class FindingRow:
    """The finding in one risk area.

    ``estimate`` (empty if no item was run), ``low``, ``high``, ``threshold`` and ``zone`` (half
    the width of the indifference zone) are proportions; ``error_rate`` is α; ``e_below`` and
    ``e_above`` the final e-values for a rate below and above the threshold. ``path`` holds
    ``(items so far, log10 e_below, log10 e_above)``.
    """

    area: str
    label: str
    outcome: str
    estimate: str
    low: str
    high: str
    items: int
    successes: int
    max_items: int
    threshold: str
    zone: str
    error_rate: str
    e_below: str
    e_above: str
    path: tuple[tuple[int, str, str], ...] = ()


@dataclass(frozen=True)
class ActRow:
    """One act on the register; ``says`` is one plain sentence, ``clause`` a short citation."""

    index: int
    at: str
    party: str
    role: str
    act: str
    says: str
    clause: str
    clause_title: str
    leaf_hash: str


@dataclass(frozen=True)
class ClauseRow:
    """One clause relied on; ``source`` is a URL or a name, ``conflict`` where sources disagree."""

    clause: str
    text: str
    source: str
    confidence: str
    conflict: str | None


@dataclass(frozen=True)
class CoverageView:
    """Whether the law covers the model; ``methods`` are (method, value, derivation)."""

    decision: Literal["covered", "not covered", "indeterminate"]
    basis: Literal["voluntary", "mandatory"]
    compute: str
    threshold: str
    reasons: tuple[str, ...]
    methods: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class ReviewReport:
    """One whole review.

    ``weights_files`` are (path, size, digest); ``draw`` is (candidate, status, ticket), the status
    ``drawn`` marking who was drawn; ``commands`` are (command, what it checks); ``limits`` says
    what the review does *not* show.
    """

    rehearsal: bool
    model: str
    model_digest: str | None
    weights_files: tuple[tuple[str, str, str], ...]
    rulebook_title: str
    rulebook_digest: str
    register_origin: str
    checkpoint_size: int
    checkpoint_root: str
    state: str
    summary: tuple[str, ...]
    coverage: CoverageView
    findings: tuple[FindingRow, ...]
    acts: tuple[ActRow, ...]
    clauses: tuple[ClauseRow, ...]
    draw: tuple[tuple[str, str, str], ...]
    commands: tuple[tuple[str, str], ...]
    generated_at: str
    limits: tuple[str, ...]


def review_report(report: ReviewReport) -> str:
    """The whole report as one self-contained HTML page; the same report gives the same bytes.

    Raises:
        BadInput: a finding cannot be drawn honestly (see :mod:`holdshort.report.figures`).
    """
    page = environment().get_template("review.html")
    return page.render(
        report=report,
        rehearsal_says=REHEARSAL,
        tone=_tone(report.state),
        palette=Markup(stylesheet(":root")),  # noqa: S704 - ours, from constants
        findings_figure=findings_drawing(report.findings),
        evidence_figure=evidence_drawing(report.findings),
        acts_figure=_acts_figure(report.acts),
        anchors=_anchors(report.clauses),
    )


def _tone(state: str) -> str:
    """How a state looks; anything that is not a plain clearance must not look like one."""
    words = state.casefold().split()
    if words == ["cleared"]:
        return "acceptable"
    if words[:1] == ["cleared"]:
        return "conditional"
    refusals = ("not", "barred", "refused", "denied", "suspended", "revoked", "unacceptable")
    return "unacceptable" if any(word in refusals for word in words) else "inconclusive"


def _anchors(clauses: tuple[ClauseRow, ...]) -> dict[str, str]:
    """Citation -> id of the place on the page where the clause is printed."""
    anchors: dict[str, str] = {}
    for n, row in enumerate(clauses, 1):
        anchors.setdefault(row.clause, f"clause-{n}")
    return anchors


def findings_drawing(findings: tuple[FindingRow, ...]) -> dict[str, Markup]:
    """The figure of findings at two sizes, one of which a page shows."""
    rows = [
        intervals.IntervalRow(
            f.label, f.outcome, f.estimate, f.low, f.high, f.items, f.threshold, f.zone
        )
        for f in findings
    ]
    return {
        size: _drawn(
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


def evidence_drawing(findings: tuple[FindingRow, ...]) -> dict[str, Markup]:
    """The figure of how the evidence grew, likewise."""
    rows = [evidence.EvidenceRow(f.label, f.error_rate, f.path) for f in findings if f.path]
    return {
        size: _drawn(
            evidence.evidence_path_figure(
                rows,
                title="How the evidence grew",
                description=evidence.describe(rows),
                width=width,
                name=f"evidence-{size}",
            )
        )
        for size, width in _WIDTHS.items()
        if rows
    }


def _acts_figure(acts: tuple[ActRow, ...]) -> dict[str, Markup]:
    rows = [timeline.TimelineRow(a.index, a.role, a.party, a.act) for a in acts]
    return {
        size: _drawn(
            timeline.timeline_figure(
                rows,
                title="Who did what, in turn",
                description=timeline.describe(rows),
                width=width,
                name=f"acts-{size}",
            )
        )
        for size, width in _WIDTHS.items()
        if rows
    }


def _drawn(svg: str) -> Markup:
    """A figure of ours, which has escaped every text in it."""
    return Markup(svg)  # noqa: S704 - escaped by figures.canvas, tested there


@cache
def environment() -> Environment:
    """The templates of all pages; what they print is escaped and plain."""
    made = Environment(
        loader=PackageLoader("holdshort.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_printable,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "number": lambda text, where: numerals.decimal(text, where=where),
        "rate": lambda value: numerals.rate(value, 3),
        "interval": lambda low, high: numerals.interval(low, high, 3),
        "exact": numerals.exact,
        "evidence": numerals.evidence,
        "evidence_of_log10": _evidence_of_log10,
        "count": numerals.count,
        "moment": numerals.moment,
    }
    return made


def _printable(value: object) -> object:
    """What every value of a template passes on its way to the page."""
    return plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _evidence_of_log10(value: Decimal) -> str:
    """An e-value from its logarithm: 10 to the power 1.93 is hard to picture, 85 is not."""
    if value.is_infinite() or abs(value) > 10_000:
        return f"10 to the power {value:.4g}"
    return numerals.evidence(Decimal(10) ** value)
