"""``holdshort assign``: the office's part of a draw, and a stranger's who draws it again."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from holdshort.docket import docket as the_docket
from holdshort.docket.checks import CHECKS
from holdshort.docket.lots import commitment
from holdshort.office.assignment import assign_fields
from holdshort.office.door import Office
from holdshort.office.opening import Opening, enrol, open_register
from holdshort.office.place import Place
from holdshort.office.review.qualification import accreditation
from holdshort.rulebook.model import Rulebook

if TYPE_CHECKING:
    from tests.conftest import Holdshort

CAST = {
    "accreditor": "authority.accreditor",
    "officer": "authority.case-officer",
    "acme": "developer",
    "lab-a": "assessor",
    "lab-b": "assessor",
}
NO_INTERESTS: dict[str, Any] = {
    **dict.fromkeys(
        (
            *("conflict", "ownership", "control", "contingent_pay", "personal_equity"),
            *("equity_recused", "dual_roles", "shared_model_lineage", "paid_by_competitor"),
            "separate_agreements",
        ),
        False,
    ),
    "funding_share": "3",
    "funding": "A fee.",
    "statement": "None.",
}
VALUES = {"acme": bytes([1]) * 32, "officer": bytes([2]) * 32}


@pytest.fixture(scope="module")
def declared(tmp_path_factory: pytest.TempPathFactory, book: Rulebook) -> Path:
    """A register on which a model is declared and two assessors may be drawn."""
    data = tmp_path_factory.mktemp("assign") / "data"
    office, _ = open_register(Place(data), book, Opening("Draws", rehearsal=True))
    for id_, role in CAST.items():
        enrol(office, id_, id_, role, "registrar")
    for lab in ("lab-a", "lab-b"):
        for step in accreditation(book, lab):
            office.file(step.act, step.case, step.by, step.fields)
    office.file("review.declare", "r", "acme", {"model": "M", "facts": {}})
    for lab in ("lab-a", "lab-b"):
        office.file("review.declare-interests", "r", lab, NO_INTERESTS)
    return data


@pytest.fixture
def data(declared: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "data"
    shutil.copytree(declared, copy)
    return copy


def commit(data: Path) -> None:
    office = Office.open(data)
    for side, party in (("developer", "acme"), ("authority", "officer")):
        made = {"commitment": commitment(VALUES[party])}
        office.file(f"review.commit-{side}", "r", party, made)


def reveal(data: Path) -> None:
    office = Office.open(data)
    for side, party in (("authority", "officer"), ("developer", "acme")):
        office.file(f"review.reveal-{side}", "r", party, {"value": VALUES[party].hex()})


@pytest.fixture
def assigned(data: Path, holdshort: "Holdshort") -> Path:
    commit(data)
    assert holdshort("assign", "r", "--data", data).code == 0
    reveal(data)
    assert holdshort("assign", "r", "--data", data).code == 0
    return data


def test_the_office_waits_for_each_side_in_turn(data: Path, holdshort: "Holdshort") -> None:
    first = holdshort("assign", "r", "--data", data)
    assert first.code == 1
    assert "waits for the developer to commit" in first.out
    commit(data)
    second = holdshort("assign", "r", "--data", data, "--json")
    assert [each["act"] for each in second.json["filed"]] == ["review.witness-draw"]
    assert "the authority to reveal" in second.json["waits_for"]
    again = holdshort("assign", "r", "--data", data)
    assert again.code == 1
    assert "waits for the authority to reveal" in again.out
    reveal(data)
    last = holdshort("assign", "r", "--data", data, "--json")
    assert [each["act"] for each in last.json["filed"]] == ["review.assign"]
    assert last.json["assessor"] in ("lab-a", "lab-b")
    assert holdshort("assign", "r", "--data", data).code == 0  # nothing is left to do


def test_a_stranger_draws_it_again_from_what_is_published(
    assigned: Path, tmp_path: Path, holdshort: "Holdshort"
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(assigned / "public", copy)
    told = holdshort("assign", "--check", "--data", copy)
    assert told.code == 0
    assert "rated new: 1 ticket" in told.out
    assert "hold." in told.out
    found = holdshort("assign", "r", "--check", "--data", copy, "--json").json
    (drawn,) = found["draws"]
    assert found["ok"]
    assert drawn["winner"] == drawn["assigned"] == drawn["drawn"]["tickets"][0]["party"]
    assert drawn["values"]["developer"]["value"] == VALUES["acme"].hex()
    assert {point["name"] for point in drawn["points"]} >= {"root", "pool", "checkpoint", "winner"}


def test_a_draw_under_way_is_told_as_far_as_it_is(data: Path, holdshort: "Holdshort") -> None:
    commit(data)
    told = holdshort("assign", "--check", "--data", data)
    assert told.code == 0
    assert "waits to be witnessed" in told.out


def test_a_register_whose_office_assigned_another_is_caught(
    data: Path, holdshort: "Holdshort", monkeypatch: pytest.MonkeyPatch
) -> None:
    """The office's own code is changed to let its friend in; the published copy tells."""
    commit(data)
    holdshort("assign", "r", "--data", data)
    reveal(data)
    with monkeypatch.context() as patched:
        lax = {**CHECKS, "drawn_by_lot": lambda question: True}
        patched.setattr(
            the_docket.Docket.__init__,
            "__kwdefaults__",
            {
                **(the_docket.Docket.__init__.__kwdefaults__ or {}),
                "checks": lax,
            },
        )
        office = Office.open(data)
        fields = assign_fields(office, office.docket.cases["r"])
        friend = {"lab-a": "lab-b", "lab-b": "lab-a"}[str(fields["assessor"])]
        office.file("review.assign", "r", "officer", {**fields, "assessor": friend})
    told = holdshort("assign", "--check", "--data", data / "public")
    assert told.code == 1
    assert f"holds the lowest ticket, not {friend}" in told.out
    assert "do NOT hold" in told.out


def test_a_case_without_a_draw_is_named(assigned: Path, holdshort: "Holdshort") -> None:
    assert holdshort("assign", "nowhere", "--data", assigned).code == 2
    wrong = holdshort("assign", "--check", "nowhere", "--data", assigned)
    assert wrong.code == 2
    assert "Cases with a draw: r" in wrong.err
    assert holdshort("assign", "--data", assigned).code == 2
    assert holdshort("assign", "--check", "--as", "officer", "--data", assigned).code == 2
