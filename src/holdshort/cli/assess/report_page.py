"""What ``holdshort assess report`` says: a bundle's account in the words of its page."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from holdshort.cli.assess.claimed import Claimed
from holdshort.cli.assess.report_gates import further, gap_table, gaps, gates

if TYPE_CHECKING:
    from holdshort.assess.account import AreaAccount
    from holdshort.assess.finding import Finding
    from holdshort.assess.verify import Check, Claims
    from holdshort.report.document import FindingRow
    from holdshort.report.history import PageTable

_PLAIN = "More ability than these items ask for, or than a plain prompt brings out of the model."
_ELICITED = (
    "More ability than these items ask for, or than the ways of asking that were planned bring out:"
    " a trigger that nobody tried stays hidden."
)
LIMITS = (
    "That the answers came from the weights that the protocol names: the assessor signs for that.",
    "How a model is inclined to act, and how well safeguards around it hold.",
    "Anything about a model other than the one named here, or about the same under other settings.",
)

_WORST_FIRST = ("unacceptable", "inconclusive", "acceptable")


def page(claimed: Claimed, claims: "Claims", checks: "Sequence[Check]") -> str:
    """The page of evidence that holds, as HTML."""
    from holdshort.assess.account import accounts
    from holdshort.report.evidence import EvidenceView, evidence_page
    from holdshort.report.figures.course import CourseRow
    from holdshort.report.figures.outcomes import MOST, OutcomeRow

    titles = _titles()
    areas = accounts(claimed.bundle, claims.protocol)
    findings = [claims.findings[area.plan.area] for area in areas]
    labels = [titles.get(finding.area, finding.area) for finding in findings]
    state, tone = _state(findings)
    view = EvidenceView(
        rehearsal=claimed.rehearsal,
        state=state,
        tone=tone,
        model=claims.protocol.model,
        under=_under(areas),
        standing=_standing(claimed),
        summary=tuple(_summary(findings, labels)),
        findings=tuple(map(_row, areas, findings, labels)),
        course=tuple(
            CourseRow(label, area.plan.threshold, area.plan.zone, tuple(area.course))
            for label, area in zip(labels, areas, strict=True)
        ),
        outcomes=tuple(
            OutcomeRow(label, [bool(each) for each in area.solved[:MOST]], len(area.solved))
            for label, area in zip(labels, areas, strict=True)
        ),
        gates=tuple(gates(findings, labels)),
        gaps=tuple(gaps(areas, labels)),
        gap_table=gap_table(areas, labels),
        locked=tuple(_locked(claims)),
        tables=(_families(areas, labels), _asked(areas, labels)),
        checks=tuple((check.name, check.detail) for check in checks),
        commands=tuple(_commands(claimed)),
        limits=(*LIMITS, _ELICITED if claims.protocol.elicitation else _PLAIN),
        file=(
            ("SHA-256 of the bundle", claimed.digest, True),
            ("Protocol digest", claims.protocol.digest, True),
            ("Made with", f"Holdshort {claims.protocol.holdshort_version}", False),
        ),
    )
    return evidence_page(view)


def _titles() -> Mapping[str, str]:
    """How the areas are called; the law that comes first has a title for each."""
    from holdshort.rulebook.load import open_rulebook

    return {name: area.title for name, area in open_rulebook("aaif").areas.items()}


def _state(findings: "Sequence[Finding]") -> tuple[str, str]:
    """The worst outcome and how many areas have it; what is not acceptable must not look so."""
    worst = min((str(each.outcome) for each in findings), key=_WORST_FIRST.index)
    count = sum(str(each.outcome) == worst for each in findings)
    if count == len(findings):
        return (f"{worst} in every area" if count > 1 else worst), worst
    return f"{worst} in {count} of {len(findings)} areas", worst


def _under(areas: "Sequence[AreaAccount]") -> str:
    first, last = min(area.first for area in areas), max(area.last for area in areas)
    items = sum(area.recorded for area in areas)
    tokens = sum(area.tokens for area in areas)
    asked = f"{items:,} items asked from {first} to {last}, {tokens:,} tokens."
    if further := sum(area.arm_answers for area in areas):
        tokens = sum(area.arm_tokens for area in areas)
        asked += f" {further:,} further answers to look for hidden ability, {tokens:,} tokens."
    return asked


def _standing(claimed: Claimed) -> str:
    if claimed.place is None:
        return (
            "It follows from the samples in the bundle. Nobody signed for it here: hold it against "
            "a register to see what was locked before the test and signed after it."
        )
    return (
        "It follows from the samples in the bundle, and it is what was locked before the test and "
        "signed after it on the register that it was held against, which holds."
    )


def _summary(findings: "Sequence[Finding]", labels: Sequence[str]) -> Iterator[str]:
    for finding, label in zip(findings, labels, strict=True):
        low, high = finding.threshold - finding.zone, finding.threshold + finding.zone
        shown = {
            "acceptable": f"a rate of {high} or more is ruled out",
            "unacceptable": f"a rate of {low} or less is ruled out",
            "inconclusive": f"neither {high} or more nor {low} or less is ruled out as its rate",
        }[str(finding.measured or finding.outcome)]
        held = finding.measured not in (None, finding.outcome)
        yield (
            f"{label}: {finding.outcome}. The model solved {finding.successes} of {finding.items} "
            f"items; {shown}, against a threshold of {finding.threshold}."
            + (" What was looked for beyond the test keeps that from being the finding." * held)
        )


def _row(area: "AreaAccount", finding: "Finding", label: str) -> "FindingRow":
    from holdshort.report.document import FindingRow

    return FindingRow(
        area=finding.area,
        label=label,
        outcome=str(finding.outcome),
        estimate=str(finding.estimate),
        low=str(finding.low),
        high=str(finding.high),
        items=finding.items,
        successes=finding.successes,
        max_items=area.plan.max_items,
        threshold=str(finding.threshold),
        zone=str(finding.zone),
        error_rate=str(finding.error_rate),
        e_below=str(finding.e_below),
        e_above=str(finding.e_above),
        path=tuple(area.evidence),
    )


def _locked(claims: "Claims") -> Iterator[tuple[str, str, bool]]:
    protocol = claims.protocol
    generation = protocol.generation
    yield "Model", protocol.model, False
    if protocol.model_digest:
        yield "Digest of its weights", protocol.model_digest, True
    drawn = f"temperature {generation.temperature}, at most {generation.max_tokens} tokens"
    yield "Answers drawn with", f"{drawn}, seed {generation.seed}", False
    shared = f"shared among {len(protocol.areas)} area(s), {protocol.correction}"
    yield "Chance of a wrong finding", f"at most {protocol.total_error_rate}, {shared}", False
    yield "Stopping rule", protocol.stopping_rule, False
    yield "Finding rule", protocol.finding_rule, False
    yield from further(claims)
    yield "Item seed committed to", protocol.item_seed_commitment, True
    for plan in protocol.areas:
        yield f"Suite {plan.area} {plan.suite_version}", plan.suite_digest, True
    yield (
        "Drafted with",
        f"Holdshort {protocol.holdshort_version}, Inspect {protocol.inspect_version}",
        False,
    )


def _families(areas: "Sequence[AreaAccount]", labels: Sequence[str]) -> "PageTable":
    from holdshort.report.history import PageTable

    rows = tuple(
        (label, family, f"{counted:,}", f"{solved:,}", f"{solved / counted:.2f}")
        for area, label in zip(areas, labels, strict=True)
        for family, (counted, solved) in sorted(area.families.items())
    )
    words = "A family is one kind of task; a finding is about the even mixture of them."
    heads = ("Risk area", "Family", "Items", "Solved", "Rate")
    return PageTable("Kinds of items", words, heads, rows, range(2, 5))


def _asked(areas: "Sequence[AreaAccount]", labels: Sequence[str]) -> "PageTable":
    from holdshort.report.history import PageTable

    rows = tuple(
        (
            label,
            ", ".join(sorted(area.models)),
            ", ".join(f"{reason} {count:,}" for reason, count in sorted(area.stops.items())),
            f"{area.recorded:,}",
            f"{len(area.solved):,}",
            f"{area.tokens:,}",
        )
        for area, label in zip(areas, labels, strict=True)
    )
    words = (
        "Items asked and not counted were in flight when the test decided; they are on record. "
        "The model's name is the one that it gave with each answer."
    )
    heads = ("Risk area", "Answered as", "Answers ended by", "Asked", "Counted", "Tokens")
    return PageTable("What was asked", words, heads, rows, range(3, 6))


def _commands(claimed: Claimed) -> Iterator[tuple[str, str]]:
    name = shlex.quote(claimed.bundle.name)
    yield f"sha256sum {name}", "That you hold the same file: its digest stands below."
    yield (
        f"holdshort assess verify {name}",
        "Every item generated again, every answer marked again, every test run again.",
    )
    place = shlex.quote(claimed.place) if claimed.place else "PLACE"
    yield (
        f"holdshort assess verify {name} --register {place}",
        "The same, against what was locked before the test and signed after it.",
    )
    yield f"tar -xf {name}", "The parts themselves: ledgers, Inspect's logs, protocol, seed."
