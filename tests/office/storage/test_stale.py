"""An old copy of a register is not gone on from, as far as anything can tell that it is old."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from holdshort.errors import RegisterError
from holdshort.office.door import Office
from holdshort.office.publishing import Publisher

Fields = Callable[..., dict[str, Any]]
Restore = Callable[[], None]

pytestmark = [pytest.mark.parametrize("storage", ["sqlite", "postgresql"], indirect=True)]


@pytest.fixture
def backup(storage: str, office: Office, request: pytest.FixtureRequest) -> Iterator[Restore]:
    """The database as it is now; calling it puts that back in the place of a later one."""
    connections.close_all()
    if storage == "sqlite":
        database = office.place.database
        old = database.read_bytes()

        def restore() -> None:
            connections.close_all()
            database.write_bytes(old)

    else:
        server = request.getfixturevalue("postgres")
        name = str(office.place.settings.database).partition("?")[0].rpartition("/")[2]
        server.execute(f"CREATE DATABASE {name}_old TEMPLATE {name}")

        def restore() -> None:
            connections.close_all()
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")
            server.execute(f"ALTER DATABASE {name}_old RENAME TO {name}")

    yield restore
    connections.close_all()


def test_a_database_older_than_what_is_published_is_not_worked_on(
    office: Office, declare: Fields, backup: Restore
) -> None:
    office.file("review.declare", "review-1", "acme", declare())
    backup()
    with pytest.raises(RegisterError, match="does not agree with the database") as refused:
        Office.open(office.place.root)
    assert "fork" in str(refused.value.do)


def test_an_office_made_without_opening_does_not_write_to_it_either(
    office: Office, declare: Fields, backup: Restore
) -> None:
    office.file("review.declare", "review-1", "acme", declare())
    backup()
    other = Office(office.place, office.book)
    with pytest.raises(RegisterError, match="does not agree with the database"):
        other.file("review.declare", "review-2", "acme", declare())
    assert len(list(other.entries())) == office.docket.size - 1


def test_a_database_that_another_history_was_written_to_is_not_worked_on(
    office: Office, declare: Fields, backup: Restore, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.file("review.declare", "review-1", "acme", declare())
    backup()
    forked = Office(office.place, office.book)
    with monkeypatch.context() as blind:
        blind.setattr(Publisher, "confirm", lambda self: None)
        blind.setattr(Publisher, "reach", lambda self, size: None)
        forked.file("review.declare", "review-2", "acme", declare())
    with pytest.raises(RegisterError, match="does not agree"):
        Office.open(office.place.root)


def test_a_longer_database_of_another_history_is_not_published(
    office: Office, declare: Fields, backup: Restore, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.file("review.declare", "review-1", "acme", declare())
    head = office.folder.checkpoint()
    backup()
    forked = Office(office.place, office.book)
    with monkeypatch.context() as blind:
        blind.setattr(Publisher, "confirm", lambda self: None)
        blind.setattr(Publisher, "reach", lambda self, size: None)
        for number in range(2, 6):
            forked.file("review.declare", f"review-{number}", "acme", declare())
    with pytest.raises(RegisterError, match="does not agree"):
        Office.open(office.place.root)
    assert office.folder.checkpoint() == head


def test_a_program_that_runs_on_notices_that_the_database_was_put_back(
    office: Office, declare: Fields, backup: Restore
) -> None:
    office.file("review.declare", "review-1", "acme", declare())
    size = office.docket.size
    backup()
    with pytest.raises(RegisterError, match=r"no longer holds|refuses the entry"):
        office.file("review.declare", "review-2", "acme", declare())
    assert len(list(office.entries())) == size - 1


def test_a_mirror_tells_what_both_folder_and_database_have_forgotten(
    office: Office, declare: Fields, backup: Restore, tmp_path: Path
) -> None:
    mirror = tmp_path / "mirror"
    settings = office.place.settings_file
    more = settings.read_text() if settings.exists() else ""
    settings.write_text(f'{more}[publish]\nmirrors = ["{mirror}"]\n')
    old = shutil.copytree(office.place.public, tmp_path / "old")
    mirrored = Office.open(office.place.root)
    mirrored.file("review.declare", "review-1", "acme", declare())
    assert (mirror / "checkpoint").read_bytes() == mirrored.folder.checkpoint()
    backup()
    shutil.rmtree(office.place.public)
    old.rename(office.place.public)
    stale = Office.open(office.place.root)  # what is here agrees with itself: it can be read
    with pytest.raises(RegisterError, match=r"The mirror .* does not agree"):
        stale.file("review.declare", "review-2", "acme", declare())
    assert len(list(stale.entries())) == stale.folder.size() == mirrored.docket.size - 1


def test_with_nobody_to_tell_an_old_copy_of_everything_passes_for_the_register(
    office: Office, declare: Fields, backup: Restore, tmp_path: Path
) -> None:
    """What witnesses and mirrors are for; the settings' reference says so."""
    old = shutil.copytree(office.place.public, tmp_path / "old")
    office.file("review.declare", "review-1", "acme", declare())
    backup()
    shutil.rmtree(office.place.public)
    old.rename(office.place.public)
    stale = Office.open(office.place.root)
    assert stale.file("review.declare", "review-2", "acme", declare())


def test_a_mirror_that_anyone_could_have_written_to_stops_nothing(
    office: Office, declare: Fields, tmp_path: Path
) -> None:
    """Only what the log's key signed counts; what is wrong with the mirror, the push tells."""
    from holdshort.office.door import Unpublished

    mirror = tmp_path / "mirror"
    mirror.mkdir()
    (mirror / "checkpoint").write_text("nonsense\n")
    settings = office.place.settings_file
    more = settings.read_text() if settings.exists() else ""
    settings.write_text(f'{more}[publish]\nmirrors = ["{mirror}"]\n')
    again = Office.open(office.place.root)
    with pytest.raises(Unpublished, match="not on the mirror") as told:
        again.file("review.declare", "review-1", "acme", declare())
    assert told.value.receipt.entry.index == again.folder.size() - 1
