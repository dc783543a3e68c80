"""The account of a ledger: what the finding does not tell."""

import dataclasses
from typing import Any

import pytest

from holdshort.assess.account import account_of, accounts
from holdshort.assess.ledger import Line
from holdshort.assess.protocol import AreaPlan, draft

# Fixtures come from conftest; their types cannot be imported from there.
Finished = Any
Forger = Any


def test_the_account_ends_where_the_finding_does(finished: Finished) -> None:
    found = accounts(finished.bundle, finished.protocol)
    assert [each.plan for each in found] == list(finished.protocol.areas)
    for each in found:
        finding = finished.findings[each.plan.area]
        assert len(each.solved) == finding.items
        assert sum(each.solved) == finding.successes
        assert each.course[-1] == (
            finding.items,
            str(finding.estimate),
            str(finding.low),
            str(finding.high),
        )
        assert sum(counted for counted, _ in each.families.values()) == finding.items
        assert sum(solved for _, solved in each.families.values()) == finding.successes
        assert [point[0] for point in each.evidence] == list(range(1, finding.items + 1))


def line(index: int, correct: bool) -> Line:
    return Line(
        index=index,
        family="f",
        prompt_sha256="0" * 64,
        completion="",
        correct=correct,
        model="m",
        started="2026-01-01T00:00:00Z",
        completed="2026-01-01T00:00:01Z",
        input_tokens=1,
        output_tokens=1,
        stop_reason="stop",
        uuid=str(index),
        eval_id="e",
    )


@pytest.fixture
def plan() -> AreaPlan:
    (plan,) = draft("reference/null", "0" * 64, areas=("cybersecurity",)).areas
    return dataclasses.replace(plan, max_items=5000, min_items=5000)


def test_a_long_course_keeps_some_points_and_its_end(plan: AreaPlan) -> None:
    account = account_of(plan, (line(n, n % 2 == 0) for n in range(5001)))
    counted = [point[0] for point in account.course]
    assert counted[-1] == 5000
    assert 400 <= len(counted) <= 801
    assert counted == sorted(set(counted)) == [point[0] for point in account.evidence]
    assert account.recorded == 5001
    assert len(account.solved) == 5000
