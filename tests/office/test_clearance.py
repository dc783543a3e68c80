"""The clearance that the register issues: an in-toto Simple Verification Result."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from holdshort.docket.refusal import Unlawful
from holdshort.office.clearance import clearance_fields
from holdshort.register.clearance import EXTENSION, SVR


def clearance(office: Any) -> Any:
    """The act that issued the last clearance."""
    return [e.act for e in office.entries() if e.act.type == "review.issue-clearance"][-1]


def test_it_names_the_weights_the_law_the_determination_and_its_place(
    tmp_path: Path, scripted: Callable[..., Any]
) -> None:
    outcome = scripted(tmp_path / "data")
    act, office = clearance(outcome.office), outcome.office
    stated = act.fields["clearance"]
    assert stated["predicateType"] == SVR
    assert stated["properties"] == ["HOLDSHORT_CLEARED"]
    assert stated["policies"][0]["digest"] == {"sha256": office.book.digest}
    ours = stated[EXTENSION]
    assert ours["weights"] == outcome.manifest.digest
    assert ours["status_index"] == 0
    determined = next(e for e in office.entries() if e.index == ours["determination"])
    assert determined.act.name == "clear"
    assert [each.sha256 for each in act.artefacts] == [outcome.manifest.digest]


def test_conditions_show_in_its_property(tmp_path: Path, scripted: Callable[..., Any]) -> None:
    office = scripted(tmp_path / "data", "reference/guesser").office
    stated = clearance(office).fields["clearance"]
    assert stated["properties"] == ["HOLDSHORT_CLEARED_WITH_CONDITIONS"]


def test_the_second_clearance_takes_the_second_place(
    tmp_path: Path, scripted: Callable[..., Any]
) -> None:
    scripted(tmp_path / "data")
    office = scripted(tmp_path / "data", "reference/guesser").office
    assert clearance(office).fields["clearance"][EXTENSION]["status_index"] == 1


def test_it_is_issued_once_and_by_the_register_alone(
    tmp_path: Path, scripted: Callable[..., Any]
) -> None:
    outcome = scripted(tmp_path / "data")
    fields = clearance_fields(outcome.office.docket, outcome.case, outcome.office.now())
    with pytest.raises(Unlawful, match="issued once"):
        outcome.office.file("review.issue-clearance", outcome.case.id, "register", fields)
    with pytest.raises(Unlawful, match="Only the register"):
        outcome.office.file("review.issue-clearance", outcome.case.id, "developer", fields)


def test_what_is_referred_gets_none(tmp_path: Path, scripted: Callable[..., Any]) -> None:
    outcome = scripted(tmp_path / "data", "reference/solver")
    with pytest.raises(Unlawful, match="needs the state cleared or conditional"):
        outcome.office.file(
            "review.issue-clearance", outcome.case.id, "register", {"clearance": {}}
        )
