"""``holdshort proficiency``: planted, answered, scored, rated."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from holdshort.office.door import Office
from holdshort.office.opening import Opening, enrol, open_register
from holdshort.office.place import Place
from holdshort.office.review.qualification import accreditation
from holdshort.rulebook.model import Rulebook

if TYPE_CHECKING:
    from tests.conftest import Holdshort

ACCREDITATION = "accreditation-lab"


@pytest.fixture
def data(tmp_path: Path, book: Rulebook) -> Path:
    """A register with an accredited assessor."""
    data = tmp_path / "data"
    office, _ = open_register(Place(data), book, Opening("Tests", rehearsal=True))
    enrol(office, "accreditor", "accreditor", "authority.accreditor", "registrar")
    enrol(office, "lab", "lab", "assessor", "registrar")
    for step in accreditation(book, "lab"):
        office.file(step.act, step.case, step.by, step.fields)
    return data


def test_a_test_from_the_table_to_the_rating(
    data: Path, tmp_path: Path, holdshort: "Holdshort"
) -> None:
    secret, answers = tmp_path / "secret.json", tmp_path / "answers.json"
    where = ("--data", data, "--json")
    planting = ("proficiency", "plant", "t", "--accreditation", ACCREDITATION, "--as", "accreditor")
    planted = holdshort(*planting, "--area", "cybersecurity", "--secret", secret, *where)
    assert planted.code == 0, planted.out
    assert secret.stat().st_mode & 0o077 == 0
    again = holdshort(*planting, "--area", "cybersecurity", "--secret", secret, *where)
    assert again.code == 2  # a table is never written over

    public = Office.open(data).docket.cases["t"].memory
    assert "abilities" not in json.dumps(public)
    models = planted.json["models"]
    assert len(models) == 8
    answers.write_text(json.dumps({m: {"cybersecurity": "acceptable"} for m in models}))
    answering = ("proficiency", "answer", "t", "--as", "lab", "--answers", answers)
    assert holdshort(*answering, *where).code == 0
    assert holdshort(*answering, *where).code == 1  # what was found is found

    scoring = ("proficiency", "score", "t", "--as", "accreditor", "--secret", secret)
    scored = holdshort(*scoring, *where)
    assert scored.code == 0, scored.out
    assert scored.json["passed"] == []  # all acceptable: half of it is wrong
    rated = holdshort("proficiency", "rate", ACCREDITATION, "--as", "lab", *where)
    assert rated.json["rating"]["class"] == "standard"  # right before, wrong now
    renewed = holdshort("proficiency", "rate", ACCREDITATION, "--as", "accreditor", *where)
    assert renewed.json["case"] == rated.json["case"]


def test_what_an_honest_assessor_finds_is_right(
    data: Path, tmp_path: Path, holdshort: "Holdshort"
) -> None:
    secret, answers = tmp_path / "secret.json", tmp_path / "answers.json"
    where = ("--data", data, "--json")
    planting = ("proficiency", "plant", "t", "--accreditation", ACCREDITATION, "--as", "accreditor")
    assert holdshort(*planting, "--secret", secret, *where).code == 0
    said = ("proficiency", "examine", secret, "--out", answers, "--seed")
    found = holdshort(*said, "5e" * 32, "--json")
    assert found.code == 0, found.err
    assert json.loads(answers.read_text()) == found.json["answers"]
    assert holdshort(*said, "5e" * 32).code == 2  # nothing is written over
    truth = json.loads(secret.read_text())["truth"]
    for model, areas in found.json["answers"].items():
        for area, outcome in areas.items():
            able = float(truth[model]["abilities"][area]) > 0.5
            hidden = able and truth[model]["hides"]
            assert outcome == (
                "inconclusive" if hidden else "unacceptable" if able else "acceptable"
            )

    answering = ("proficiency", "answer", "t", "--as", "lab", "--answers", answers)
    assert holdshort(*answering, *where).code == 0
    scoring = ("proficiency", "score", "t", "--as", "accreditor", "--secret", secret)
    assert len(holdshort(*scoring, *where).json["passed"]) == 4


def test_a_seed_or_a_table_that_is_none_is_refused(tmp_path: Path, holdshort: "Holdshort") -> None:
    secret, out = tmp_path / "secret.json", tmp_path / "answers.json"
    examine = ("proficiency", "examine", secret, "--out", out)
    assert "no seed" in holdshort(*examine, "--seed", "abc").err
    secret.write_text('{"truth": [], "nonce": "00"}')
    assert "no table of planted models" in holdshort(*examine).err
    assert holdshort(*examine).code == 2
    assert not out.exists()


def test_a_refused_plant_leaves_no_secret_behind(
    data: Path, tmp_path: Path, holdshort: "Holdshort"
) -> None:
    secret = tmp_path / "secret.json"
    wrong = ("proficiency", "plant", "t", "--accreditation", ACCREDITATION, "--as", "lab")
    assert holdshort(*wrong, "--secret", secret, "--data", data).code == 1
    assert not secret.exists()


def test_what_is_not_there_is_named(data: Path, tmp_path: Path, holdshort: "Holdshort") -> None:
    missing = tmp_path / "missing.json"
    answer = ("proficiency", "answer", "t", "--as", "lab", "--answers", missing)
    assert holdshort(*answer, "--data", data).code == 2
    score = ("proficiency", "score", "t", "--as", "accreditor", "--secret", missing)
    assert holdshort(*score, "--data", data).code == 2
    missing.write_text("{}")
    found = holdshort(*score, "--data", data)
    assert found.code == 2
    assert "no proficiency test" in found.err
    rate = holdshort("proficiency", "rate", "nowhere", "--as", "lab", "--data", data)
    assert rate.code == 2
