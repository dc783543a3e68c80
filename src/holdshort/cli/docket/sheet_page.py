"""A data sheet in words: the facts, the tables and the page."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from holdshort.docket.fields import decimal
from holdshort.report.history import PageTable
from holdshort.report.numerals import interval, moment, rate

if TYPE_CHECKING:
    from holdshort.docket.docket import Docket
    from holdshort.docket.sheet import AreaFinding, DataSheet, Limits, Related
    from holdshort.register.canonical import Json
    from holdshort.report.figures.intervals import IntervalRow

NUMBERS = ("estimate", "low", "high", "items", "threshold", "zone")
"""What a finding has to state to be drawn."""

Fact = tuple[str, str, bool]
"""A term, what is said of it, and whether that is a digest or an id."""


def facts(sheet: "DataSheet") -> Iterator[Fact]:
    """The head of the sheet."""
    yield "Model", sheet.model, False
    yield "Weights digest", sheet.weights or "none stated", sheet.weights is not None
    for parent in sheet.parents:
        yield "Made from", parent, True
    yield "Holder", sheet.holder, False
    yield "Assessor", sheet.assessor or "none yet", False
    yield "Case", f"{sheet.case}: {sheet.title}, {sheet.state}", False
    if sheet.held:
        yield "On hold", "by its holder", False
    for case, status in sheet.rests_on:
        yield "Builds upon", f"{case}: {status}", False
    issued = sheet.clearance_entry
    yield "Clearance", "none issued" if issued is None else f"entry {issued}", False
    if sheet.ends:
        yield "Ends by itself", moment(sheet.ends), False
    basis = sheet.basis
    yield "Basis", f"{basis.title}, version {basis.version}, as of {basis.day}", False
    yield "Digest of the law", basis.digest, True


def tables(sheet: "DataSheet") -> list[PageTable]:
    """All parts of the sheet below its head, in the order of the page."""
    return [
        _findings(sheet),
        PageTable(
            "Operating limitations",
            "Outside of these it is not cleared. A gate refuses what is outside the audiences and "
            "territories.",
            ("of", "audiences", "territories", "in words"),
            tuple(_limits(each) for each in sheet.limitations),
            range(0),
        ),
        PageTable(
            "Bars that stand",
            "",
            ("case", "kind", "state", "what it bars", "until"),
            tuple(
                (bar.case, bar.kind, bar.state, _scope(bar.scope), _until(bar.until))
                for bar in sheet.bars
            ),
            range(0),
        ),
        PageTable(
            "Safety directives that apply",
            "",
            ("directive", "state", "unsafe", "required", "applies", "compliance"),
            tuple(
                (
                    each.directive,
                    each.state,
                    each.unsafe_condition,
                    each.required_action,
                    each.because,
                    f"{each.case}: {each.compliance}" if each.case else each.compliance,
                )
                for each in sheet.directives
            ),
            range(0),
        ),
        PageTable(
            "Changes and what else builds upon it",
            "",
            ("case", "kind", "state", "clearance", "model", "weights"),
            tuple(
                (
                    each.case,
                    each.title,
                    each.state,
                    each.status or "",
                    each.model or "",
                    each.weights or "",
                )
                for each in sheet.supplements
            ),
            range(0),
        ),
        PageTable(
            "Other cases that concern it",
            "",
            ("case", "kind", "about", "state", "is", "opened", "last act"),
            tuple(_case(each) for each in sheet.related),
            range(0),
        ),
        PageTable(
            "Values of the law",
            "The numbers in force on the day of the basis; the clearance keeps them.",
            ("value", "is", "unit", "in force from", "source"),
            tuple(
                (each.name.replace("_", " "), each.value, each.unit, each.since, each.cite)
                for each in sheet.basis.values
            ),
            range(1, 2),
        ),
        PageTable(
            "History",
            "Every act in the case itself, as it stands on the register.",
            ("entry", "when", "what", "by", "then"),
            tuple(
                (str(each.entry), moment(each.at), each.title or each.act, each.by, each.state)
                for each in sheet.history
            ),
            range(1),
        ),
    ]


def page(docket: "Docket", sheet: "DataSheet") -> str:
    """The sheet as an HTML page.

    Raises:
        BadInput: a finding cannot be drawn honestly.
    """
    from holdshort.report.sheet import SheetView, sheet_page

    return sheet_page(
        SheetView(
            rehearsal=docket.charter.rehearsal,
            status=sheet.status,
            model=sheet.model,
            under=f"{sheet.title}. As of {moment(sheet.at)}.",
            facts=tuple(facts(sheet)),
            findings=[row for each in sheet.findings if (row := _drawn(each))],
            tables=tables(sheet),
            register=(
                ("Origin", docket.charter.origin, False),
                ("Entries", f"{docket.size:,}", False),
                ("Root", docket.frontier.root().hex(), True),
                ("Case", sheet.case, True),
            ),
        )
    )


def _findings(sheet: "DataSheet") -> PageTable:
    return PageTable(
        "Findings",
        "Estimate and interval are shares of test items solved.",
        ("area", "found", "estimate", "interval", "items", "threshold", "entry", "in"),
        tuple(
            (
                each.title,
                each.outcome,
                _estimate(each),
                _interval(each),
                _told(each, "items"),
                f"{_told(each, 'threshold')} ± {_told(each, 'zone')}" if each.statistics else "",
                "" if each.entry is None else str(each.entry),
                each.case,
            )
            for each in sheet.findings
        ),
        range(2, 7),
    )


def _told(finding: "AreaFinding", name: str) -> str:
    value = finding.statistics.get(name)
    return "" if value is None else str(value)


def _estimate(finding: "AreaFinding") -> str:
    estimate = decimal(_told(finding, "estimate"))
    return rate(estimate, 3) if estimate is not None else ""


def _interval(finding: "AreaFinding") -> str:
    """The interval, rounded outward."""
    low, high = decimal(_told(finding, "low")), decimal(_told(finding, "high"))
    return interval(low, high, 3) if low is not None and high is not None else ""


def _drawn(finding: "AreaFinding") -> "IntervalRow | None":
    """The finding as the figure draws it; None if it does not state all that it takes."""
    from holdshort.report.figures.intervals import IntervalRow

    told = finding.statistics
    items = told.get("items")
    if any(name not in told for name in NUMBERS) or not isinstance(items, int):
        return None
    numbers = {name: str(told[name]) for name in NUMBERS if name != "items"}
    return IntervalRow(finding.title, finding.outcome, items=items, **numbers)


def _limits(limits: "Limits") -> tuple[str, ...]:
    return (
        limits.case,
        ", ".join(limits.audiences) or "all",
        ", ".join(limits.territories) or "everywhere",
        limits.words,
    )


def _scope(scope: "Mapping[str, Json]") -> str:
    parts = [
        f"{name} {', '.join(map(str, value))}"
        for name, value in scope.items()
        if isinstance(value, list)
    ]
    return "; ".join(parts) or "the whole"


def _until(instant: str | None) -> str:
    return moment(instant) if instant else "it is lifted"


def _case(each: "Related") -> tuple[str, ...]:
    last = f"{each.last_act}, {moment(each.last_at)}"
    return (
        each.case,
        each.title,
        each.subject,
        each.state,
        "open" if each.open else "closed",
        moment(each.opened_at),
        last,
    )
