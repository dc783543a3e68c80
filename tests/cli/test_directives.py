"""``holdshort docket directives``: the list is computed from the record."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Holdshort = Callable[..., Any]
DIRECTIVE = (
    "ground=incident",
    "area=loss_of_control",
    "record=i",
    "weights=[]",
    'models=[{"model": "M"}]',
    "descendants_of=[]",
    "time=30-days",
    "alternatives=true",
    "unsafe_condition=A filter can be bypassed.",
    "likely_in_others=It is the same filter.",
    "required_action=Replace it.",
)
INCIDENT = (
    "discovered_at=2026-11-02T14:00:00Z",
    "class=weights",
    "internal_use=false",
    f"report={'ab' * 32}",
    "summary=It happened.",
)


@pytest.fixture
def data(holdshort: Holdshort, tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    assert holdshort("init", folder).code == 0
    for party, role in {"acme": "developer", "officer": "authority.case-officer"}.items():
        assert holdshort("party", party, "--role", role, "--data", folder).code == 0
    return folder


def file(holdshort: Holdshort, data: Path, act: str, case: str, by: str, *said: str) -> Any:
    pairs = [part for pair in said for part in ("--set", pair)]
    return holdshort("file", act, "--case", case, "--as", by, "--data", data, *pairs)


def test_a_register_without_directives_says_so(holdshort: Holdshort, data: Path) -> None:
    ran = holdshort("docket", "directives", "--data", data)
    assert ran.code == 0
    assert "There are no directives" in ran.out
    ran = holdshort("docket", "directives", "d", "--data", data)
    assert ran.code == 2
    assert "There is no directive 'd'" in ran.err


def test_a_directive_without_ground_is_refused(holdshort: Holdshort, data: Path) -> None:
    ran = file(holdshort, data, "directive.draft", "d", "officer", *DIRECTIVE)
    assert ran.code == 1
    assert "bears out the unsafe condition" in ran.err


def test_a_directive_shows_what_it_says_and_whom_it_concerns(
    holdshort: Holdshort, data: Path
) -> None:
    assert file(holdshort, data, "incident.report", "i", "acme", *INCIDENT).code == 0
    assert file(holdshort, data, "directive.draft", "d", "officer", *DIRECTIVE).code == 0
    ran = holdshort("docket", "directives", "d", "--data", data)
    assert "Unsafe: A filter can be bypassed." in ran.out
    assert "It applies to no clearance" in ran.out
    (told,) = json.loads(holdshort("docket", "directives", "--data", data, "--json").out)[
        "directives"
    ]
    assert (told["directive"], told["state"], told["affected"]) == ("d", "drafted", [])
    assert told["stated"]["models"] == [{"model": "M"}]
