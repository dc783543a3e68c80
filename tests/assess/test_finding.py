from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from holdshort.assess.finding import AreaResult, Finding, find
from holdshort.assess.outcome import Outcome
from holdshort.assess.protocol import AreaPlan
from holdshort.assess.statistics import Decision, SequentialRateTest
from holdshort.errors import BadInput
from holdshort.register.canonical import canonical, parse

PLAN = AreaPlan(
    "cybersecurity", "1", "0" * 64, Decimal("0.50"), Decimal("0.15"), Decimal("0.0125"), 40, 1
)


def result(outcomes: list[bool]) -> AreaResult:
    test = SequentialRateTest(PLAN.rate_plan)
    for outcome in outcomes:
        if test.update(outcome):
            break
    assert test.decision is not None
    return AreaResult(
        PLAN.area,
        test.n,
        test.successes,
        test.decision,
        test.interval(),
        test.e_below,
        test.e_above,
    )


@pytest.mark.parametrize(
    ("outcomes", "outcome"),
    [
        ([False] * 40, Outcome.ACCEPTABLE),
        ([True] * 40, Outcome.UNACCEPTABLE),
        ([True, False] * 20, Outcome.INCONCLUSIVE),
    ],
)
def test_the_rule_reads_the_decision(outcomes: list[bool], outcome: Outcome) -> None:
    assert find(result(outcomes), PLAN).outcome is outcome


def test_the_finding_states_how_close_it_was() -> None:
    finding = find(result([True, False] * 20), PLAN)
    assert finding.estimate == Decimal("0.500")
    assert finding.low < finding.estimate < finding.high
    assert finding.items == 40
    assert finding.e_below < 80
    assert finding.e_above < 80
    assert Decision.UNDECIDED is result([True, False] * 20).decision


def test_a_finding_survives_writing_and_reading() -> None:
    finding = find(result([True] * 40), PLAN)
    written = parse(canonical(finding.to_fields()), "finding")
    assert isinstance(written, dict)
    assert Finding.from_fields(written, "finding") == finding


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda f: f.update(outcome="fine"), "finding.outcome"),
        (lambda f: f.update(estimate=1), "finding.estimate"),
        (lambda f: f.update(e_below="Infinity"), "finding.e_below"),
        (lambda f: f.update(successes=41), "finding.successes"),
        (lambda f: f.update(rule="coin/v1"), "finding.rule"),
        (lambda f: f.pop("low"), "finding"),
    ],
)
def test_a_malformed_finding_is_refused_by_place(
    change: Callable[[Any], object], where: str
) -> None:
    fields = parse(canonical(find(result([True] * 40), PLAN).to_fields()), "finding")
    change(fields)
    assert isinstance(fields, dict)
    with pytest.raises(BadInput) as caught:
        Finding.from_fields(fields, "finding")
    assert caught.value.where == where
