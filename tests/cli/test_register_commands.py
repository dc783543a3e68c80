"""The register's everyday work from the command line: init, party, docket, duties."""

import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from holdshort.office.door import Office
from holdshort.rulebook.model import Rulebook

Holdshort = Callable[..., Any]


def close_databases() -> None:
    """Leave each database as a process that ends would."""
    if "django.db" in sys.modules:
        from django.db import connections

        connections.close_all()


def everything(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Every file with its mode and content, but what SQLite needs while it reads."""
    return {
        str(path): (path.stat().st_mode, path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith(("-wal", "-shm"))
    }


@pytest.fixture
def data(holdshort: Holdshort, tmp_path: Path) -> Path:
    """An open register with a developer and an assessor."""
    folder = tmp_path / "my data"
    assert holdshort("init", folder).code == 0
    for party, role in (("acme", "developer"), ("beacon", "assessor")):
        assert holdshort("party", party, "--role", role, "--data", folder).code == 0
    return folder


def test_init_prints_the_charter_to_pin_and_the_next_step(
    holdshort: Holdshort, tmp_path: Path, book: Rulebook
) -> None:
    ran = holdshort("init", tmp_path / "a", "--title", "Agency")
    charter = Office.open(tmp_path / "a").docket.charter
    assert ran.code == 0
    assert charter.title == "Agency"
    assert f"Charter (pin this): {charter.leaf_hash}" in ran.out
    assert f"--data {tmp_path / 'a'}" in ran.out.splitlines()[-1]
    asked = holdshort("init", tmp_path / "b", "--rehearsal", "--json").json
    assert asked["rehearsal"]
    assert asked["rulebook"] == book.digest
    assert asked["charter"] == Office.open(tmp_path / "b").docket.charter.leaf_hash


def test_init_opens_a_register_once(holdshort: Holdshort, data: Path) -> None:
    ran = holdshort("init", data)
    assert ran.code == 2
    assert "open here already" in ran.err


def test_init_continues_what_was_interrupted(
    holdshort: Holdshort, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as crash:
        crash.setattr(Office, "file", stop)
        assert holdshort("init", tmp_path / "a").code == 130
    assert (tmp_path / "a" / "keys" / "register.key").exists()
    assert holdshort("docket", "--data", tmp_path / "a").code == 2
    assert holdshort("init", tmp_path / "a").code == 0
    assert holdshort("docket", "--data", tmp_path / "a").code == 0


def test_party_enrols_and_lists(holdshort: Holdshort, data: Path) -> None:
    ran = holdshort("party", "court", "--role", "court", "--name", "High Court", "--data", data)
    assert ran.code == 0
    assert "Enrolled court as court (entry 3)" in ran.out
    assert f"--as court --data '{data}'" in ran.out
    listed = holdshort("party", "--data", data, "--json").json
    ids = [each["id"] for each in listed]
    assert ids == ["root", "registrar", "register", "acme", "beacon", "court"]
    assert listed[-1]["name"] == "High Court"
    assert "High Court" in holdshort("party", "--data", data).out


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("acme", "--role", "developer"), 1, "enrolled already"),
        (("bob",), 2, "--role"),
        (("bob", "--role", "king"), 1, "role = 'king' is not one of"),
        (("bob", "--role", "developer", "--as", "acme"), 1, "Only the authority's registrar"),
        (("bob", "--role", "developer", "--as", "nobody"), 1, "not enrolled"),
        (("../bob", "--role", "developer"), 2, "not a valid party id"),
        (("Bob", "--role", "developer"), 2, "not a valid party id"),
    ],
)
def test_party_refuses_and_leaves_no_key(
    holdshort: Holdshort, data: Path, arguments: tuple[str, ...], code: int, says: str
) -> None:
    keys = sorted(data.rglob("*.key"))
    ran = holdshort("party", *arguments, "--data", data)
    assert ran.code == code
    assert says in ran.err
    assert sorted(data.rglob("*.key")) == keys


def test_a_key_that_others_can_read_is_refused_with_the_cure(
    holdshort: Holdshort, data: Path
) -> None:
    key = data / "keys" / "registrar.key"
    key.chmod(0o644)
    ran = holdshort("party", "bob", "--role", "developer", "--data", data)
    assert ran.code == 2
    assert f"chmod 600 {key}" in ran.err
    assert (
        not (data / "keys" / "bob.key").exists()
        or "bob" not in holdshort("party", "--data", data).out
    )


def test_docket_lists_cases_and_shows_one(holdshort: Holdshort, cleared: Path) -> None:
    listed = holdshort("docket", "--data", cleared, "--json").json
    assert listed["rehearsal"]
    (case,) = (each["case"] for each in listed["cases"] if each["kind"] == "review")
    assert next(e["state"] for e in listed["cases"] if e["case"] == case) == "cleared"
    text = holdshort("docket", "--data", cleared)
    assert text.code == 0
    assert case in text.out
    assert "rehearsal" in text.out
    shown = holdshort("docket", case, "--data", cleared)
    assert "State: cleared" in shown.out
    assert "review.hold" in shown.out
    asked = holdshort("docket", case, "--data", cleared, "--json").json
    assert asked["state"] == "cleared"
    assert set(asked["facts"]["finding"].values()) == {"acceptable"}
    assert [step["act"] for step in asked["steps"]][-2:] == ["clear", "issue-clearance"]
    (hold,) = (each for each in asked["options"] if each["act"] == "review.hold")
    assert hold["open"]
    assert hold["by"] == "developer"


def test_docket_as_a_party_shows_what_it_may_do(holdshort: Holdshort, cleared: Path) -> None:
    mine = holdshort("docket", "--as", "developer", "--data", cleared, "--json").json
    assert {each["act"] for each in mine if each["case"] != "a new case"} == {
        "register.destroy-key",
        "register.rotate-keys",
        "engagement.answer-starvation",
        "engagement.confirm-terms",
        "review.hold",
        "review.publish-system-card",
        "review.place-on-market",
        "review.report-risk",
        "review.certify",
    }
    assert {each["act"] for each in mine if each["case"] == "a new case"} == {
        "review.declare",
        "programme.open",
        "incident.report",
        "ties.open",
        "rating.publish",
        "change.file",
        "similarity.claim",
        "recognition.apply",
        "waiver.apply",
        "issue-paper.open-by-developer",
    }
    assert next(e["case"] for e in mine if e["act"] == "review.declare") == "a new case"
    text = holdshort("docket", "--as", "developer", "--data", cleared)
    assert "review.hold" in text.out
    assert "--as developer" in text.out
    little = holdshort("docket", "--as", "court", "--data", cleared, "--json").json
    assert {each["act"] for each in little} == {
        "register.destroy-key",
        "register.rotate-keys",
        "contact.record-by-court",
        "rating.publish",
        "register.seat-court",
        "ties.open",
    }


def test_docket_names_what_there_is_when_it_is_asked_for_what_is_not(
    holdshort: Holdshort, data: Path
) -> None:
    assert "Cases: register." in holdshort("docket", "nothing", "--data", data).err
    assert "acme" in holdshort("docket", "--as", "nobody", "--data", data).err


def test_duties_start_with_a_covered_model_and_say_how_time_was_counted(
    holdshort: Holdshort, data: Path
) -> None:
    none = holdshort("duties", "--data", data)
    assert none.code == 0
    assert "Nothing is owed" in none.out
    assert holdshort("duties", "--data", data, "--json").json == []
    declared = holdshort(
        *("file", "review.declare", "--case", "r", "--as", "acme", "--data", data),
        *("--set", "model=M", "--set", "facts={}", "--set", "training_compute=3.8e25"),
        *("--set", "ai_revenue=1e9", "--json"),
    )
    assert declared.code == 0
    owed = {each["duty"]: each for each in holdshort("duties", "--data", data, "--json").json}
    assert {"pre-deployment-testing", "risk-report", "compliance-certification"} == set(owed)
    assert owed["risk-report"]["owed_by"] == "acme"
    assert owed["risk-report"]["status"] == "running"
    assert "6 months" in owed["risk-report"]["derivation"]
    assert owed["pre-deployment-testing"]["due"] is None
    text = holdshort("duties", "--data", data).out
    assert "RUNNING" in text
    assert "aaif, obligations" in text


# ------------------------------------------------------------------ check changes nothing


def no_database(folder: Path) -> None:
    """A folder, and nothing in it."""


def empty_file(folder: Path) -> None:
    (folder / "register.sqlite3").touch()


def database_of_something_else(folder: Path) -> None:
    import pysqlite3

    with closing(pysqlite3.connect(folder / "register.sqlite3")) as database:
        database.execute("CREATE TABLE letters (id INTEGER PRIMARY KEY)")


def log_without_a_charter(folder: Path) -> None:
    assert not Office.is_open(folder)
    close_databases()


@pytest.mark.parametrize(
    "make", [no_database, empty_file, database_of_something_else, log_without_a_charter]
)
def test_where_no_register_is_a_check_says_so_and_makes_none(
    holdshort: Holdshort, tmp_path: Path, make: Callable[[Path], None]
) -> None:
    make(tmp_path)
    before = everything(tmp_path)
    ran = holdshort("register", "check", "--data", tmp_path)
    assert ran.code == 2
    assert ran.out == ""
    assert "no register here" in ran.err
    close_databases()
    assert everything(tmp_path) == before


def test_a_database_that_was_emptied_beside_what_is_published_is_a_fault(
    holdshort: Holdshort, data: Path
) -> None:
    close_databases()
    (data / "register.sqlite3").write_bytes(b"")
    ran = holdshort("register", "check", "--data", data, "--json")
    assert ran.code == 1
    (told,) = (each["detail"] for each in ran.json["checks"] if each["name"] == "database")
    assert "3 entries are published, and the database holds none" in told
    assert (data / "register.sqlite3").read_bytes() == b""


def test_a_check_leaves_the_database_as_it_is_and_the_next_command_writes_again(
    holdshort: Holdshort, data: Path
) -> None:
    close_databases()
    before = everything(data)
    assert holdshort("register", "check", "--data", data).code == 0
    close_databases()
    assert everything(data) == before
    assert holdshort("party", "cactus", "--role", "assessor", "--data", data).code == 0


# ------------------------------------------------------------------ a mirror that is not there


@pytest.mark.parametrize("left", ["nothing", "an empty folder"])
def test_a_mirror_that_held_the_log_and_shows_nothing_is_filled_only_when_it_is_said_to_be_lost(
    holdshort: Holdshort, data: Path, tmp_path: Path, left: str
) -> None:
    mirror = tmp_path / "mirror"
    (data / "register.toml").write_text(f'[publish]\nmirrors = ["{mirror}"]\n')
    assert holdshort("register", "publish", "--data", data).code == 0
    away = mirror.rename(tmp_path / "away")
    if left == "an empty folder":
        mirror.mkdir()
    ran = holdshort("register", "publish", "--data", data)
    assert ran.code == 2
    assert "held 3 or more" in ran.err
    assert "publish --anew" in ran.err
    assert not mirror.exists() or not list(mirror.iterdir())
    checked = holdshort("register", "check", "--data", data, "--json")
    (told,) = (each["detail"] for each in checked.json["checks"] if "mirror" in each["name"])
    assert "it held 3 entries: is it there?" in told
    ran = holdshort("register", "publish", "--anew", mirror, "--data", data)
    assert ran.code == 0, ran.err
    assert everything(mirror).values()
    assert (mirror / "checkpoint").read_bytes() == (away / "checkpoint").read_bytes()
    assert holdshort("register", "check", "--data", data).code == 0
