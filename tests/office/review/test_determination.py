"""The determination: what the law leaves open on the findings, with reasons drawn from them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from holdshort.errors import Refused
from holdshort.office.door import Office
from holdshort.office.review.determination import Choice, choose
from holdshort.office.review.events import Acted

Scripted = Callable[..., Any]


@pytest.fixture
def chosen(tmp_path: Path, scripted: Scripted) -> Callable[[str], Choice]:
    """What is chosen for a model whose assessment has just been concluded."""

    def stop(event: Any) -> None:
        if isinstance(event, Acted) and event.receipt.entry.act.name == "conclude":
            raise KeyboardInterrupt

    def make(model: str) -> Choice:
        with pytest.raises(KeyboardInterrupt):
            scripted(tmp_path / "data", model, stop)
        office = Office.open(tmp_path / "data")
        (case,) = (each for each in office.docket.cases.values() if each.kind == "review")
        return choose(office, case, "decision-maker")

    return make


@pytest.mark.parametrize(
    ("model", "act", "closed"),
    [
        ("reference/null", "review.clear", "refer (not met"),
        ("reference/guesser", "review.clear-with-conditions", "clear (not met"),
        ("reference/solver", "review.refer", "clear (not met"),
    ],
)
def test_the_findings_leave_one_determination_open_and_say_why_not_the_others(
    chosen: Callable[[str], Choice], model: str, act: str, closed: str
) -> None:
    choice = chosen(model)
    assert choice.act == act
    assert f"Lawful on these findings: {act.partition('.')[2]}." in choice.says
    assert closed in choice.says


def test_reasons_name_every_finding_with_its_figures_and_its_entry(
    chosen: Callable[[str], Choice],
) -> None:
    choice = chosen("reference/solver")
    reasons, inputs = str(choice.fields["reasons"]), choice.fields["inputs"]
    assert isinstance(inputs, list)
    assert len(inputs) == 4
    assert all(f"entry {entry}." in reasons for entry in inputs)
    assert reasons.count("unacceptable at 1.000") == 4


def test_what_is_determined_is_not_determined_again(tmp_path: Path, scripted: Scripted) -> None:
    outcome = scripted(tmp_path / "data")
    with pytest.raises(Refused, match="No determination is lawful"):
        choose(outcome.office, outcome.case, "decision-maker")
    with pytest.raises(Refused):
        choose(outcome.office, outcome.case, "developer")
