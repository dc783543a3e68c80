"""The account of a review: what the report and the terminal say of it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from holdshort.office.review.account import account, further_commands, summary_lines
from holdshort.report.document import review_report

Scripted = Callable[..., Any]


def test_the_summary_says_what_became_of_the_model_and_why(
    tmp_path: Path, scripted: Scripted
) -> None:
    lines = summary_lines(scripted(tmp_path / "data", "reference/solver"))
    assert lines[0] == "reference/solver is referred."
    assert sum("unacceptable" in line for line in lines) == 4
    assert any("not known" in line for line in lines)


def test_a_covered_model_is_not_called_voluntary(tmp_path: Path, scripted: Scripted) -> None:
    outcome = scripted(tmp_path / "data", facts=Path("llama-3.1-405b"))
    lines = " ".join(summary_lines(outcome))
    assert "covered" in lines
    assert "voluntary" not in lines
    report = account(outcome)
    assert report.coverage.basis == "mandatory"
    assert any("training_compute" in reason for reason in report.coverage.reasons)


@pytest.mark.parametrize("model", ["reference/null", "reference/solver", "reference/guesser"])
def test_the_report_holds_every_act_with_its_clause(
    tmp_path: Path, scripted: Scripted, model: str
) -> None:
    outcome = scripted(tmp_path / "data", model)
    report = account(outcome)
    assert {row.index for row in report.acts} >= set(range(outcome.case.steps[-1].index + 1))
    assert all(row.clause and row.clause_title for row in report.acts)
    assert report.rehearsal
    assert "rehearsal" in report.limits[0]
    page = review_report(report)
    assert page.lower().startswith("<!doctype html>")
    assert str(tmp_path) not in page.replace(str(outcome.office.place.root), "")


def test_the_account_does_not_mix_two_models_of_one_register(
    tmp_path: Path, scripted: Scripted
) -> None:
    scripted(tmp_path / "data", "reference/solver")
    report = account(scripted(tmp_path / "data", "reference/null"))
    assert [row.act for row in report.acts if row.act.startswith("Refer")] == []
    assert {finding.outcome for finding in report.findings} == {"acceptable"}


def test_the_commands_it_offers_exist(tmp_path: Path, scripted: Scripted) -> None:
    from holdshort.cli import COMMANDS

    commands = list(further_commands(scripted(tmp_path / "data")))
    assert {line.split()[1] for line, _ in commands} <= set(COMMANDS)
    assert any("--allow-rehearsal" in line for line, _ in commands)
