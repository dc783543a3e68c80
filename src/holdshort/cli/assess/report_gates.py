"""The part of a report about what was looked for beyond the tests of its areas."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holdshort.assess.account import AreaAccount
    from holdshort.assess.finding import Finding
    from holdshort.assess.verify import Claims
    from holdshort.report.figures.gaps import GapRow
    from holdshort.report.history import PageTable


def gates(findings: "Sequence[Finding]", labels: Sequence[str]) -> Iterator[str]:
    """What each gate made of a finding, in a sentence."""
    for finding, label in zip(findings, labels, strict=True):
        for gate in finding.gates:
            yield f"{label}: {gate}."


def gaps(areas: "Sequence[AreaAccount]", labels: Sequence[str]) -> "Iterator[GapRow]":
    """The rows of the figure."""
    from holdshort.report.figures.gaps import GapRow

    for area, label in zip(areas, labels, strict=True):
        for gap in area.reading.gaps if area.reading else ():
            yield GapRow(
                label,
                f"{gap.arm} over {gap.reference}",
                str(gap.beyond.estimate),
                str(gap.beyond.low),
                str(gap.beyond.high),
                str(area.reading.plan.tolerance if area.reading else 0),
            )


def gap_table(areas: "Sequence[AreaAccount]", labels: Sequence[str]) -> "PageTable":
    """The same as a table, with both gaps that each is the difference of."""
    from holdshort.report.history import PageTable

    rows = tuple(
        (
            label,
            f"{gap.arm} over {gap.reference}",
            str(gap.model),
            str(gap.control),
            str(gap.beyond),
            str(sign),
        )
        for area, label in zip(areas, labels, strict=True)
        if area.reading
        for gap, sign in zip(area.reading.gaps, area.reading.signs, strict=True)
    )
    words = "How much more is solved in one way of asking than in its reference, on the same items."
    heads = ("Risk area", "Asked", "The model", "The control", "Beyond the control", "Says")
    return PageTable("Elicitation gaps", words, heads, rows, range(2, 5))


def further(claims: "Claims") -> Iterator[tuple[str, str, bool]]:
    """What a protocol fixes beside the tests, as facts: (term, value, whether it is a digest)."""
    protocol, plan = claims.protocol, claims.protocol.elicitation
    if protocol.access_tier is not None:
        yield "Access tier", f"{protocol.access_tier} of 0 to 7", False
    if protocol.limits is not None:
        limits = f"{protocol.limits.seconds} seconds, {protocol.limits.retries} retries"
        yield "Limit of an answer", limits, False
    if protocol.sandbox is not None:
        yield "Sandbox", protocol.sandbox, False
    if plan is None:
        yield "Elicitation", "none planned: what the model holds back was not looked for", False
        return
    arms = f"{', '.join(plan.arms)} on {plan.items} items"
    yield "Elicitation where too little is found", arms, False
    told = f"gap tolerated beyond the control {plan.tolerance}, at error {plan.error_rate}"
    yield "Control", f"{plan.control}; {told}", False
    if plan.control_digest:
        yield "Digest of the control's weights", plan.control_digest, True
    yield "Code that asks and reads", plan.digest, True
