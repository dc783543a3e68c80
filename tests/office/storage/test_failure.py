"""Whatever the database raises is told to a person, a connection that is gone among it."""

from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.db.backends.utils import CursorWrapper
from django.db.utils import InterfaceError, OperationalError

from holdshort.errors import StorageError
from holdshort.office.door import Filing, Office
from holdshort.office.place import Place
from holdshort.office.storage import database, sequencer
from holdshort.office.storage.database import is_made, leaves, load, open_database
from holdshort.office.storage.guards import missing_guards

Gone = Callable[[str], None]


@pytest.fixture
def gone(monkeypatch: pytest.MonkeyPatch) -> Gone:
    """From then on, the connection is gone for every statement that holds these words."""

    def arm(words: str) -> None:
        real = CursorWrapper.execute

        def execute(cursor: CursorWrapper, sql: str, params: Any = None) -> Any:
            if words in str(sql):
                raise InterfaceError("connection already closed")
            return real(cursor, sql, params)

        monkeypatch.setattr(CursorWrapper, "execute", execute)

    return arm


@pytest.mark.parametrize(
    ("words", "ask"),
    [
        ("office_logentry", lambda alias, place: list(leaves(alias))),
        ("trigger", lambda alias, place: missing_guards(alias)),
        ("django_migrations", lambda alias, place: is_made(alias)),
        ("INSERT", lambda alias, place: load(place, [b"a leaf"])),
        ("CREATE TABLE", lambda alias, place: open_database(place)),
    ],
)
def test_a_connection_that_is_gone_is_told_as_such(
    office: Office, tmp_path: Path, gone: Gone, words: str, ask: Callable[[str, Place], object]
) -> None:
    alias, empty = open_database(office.place), Place(tmp_path / "empty")
    if words == "INSERT":
        open_database(empty)
    gone(words)
    with pytest.raises(StorageError, match="cannot be reached: connection already closed"):
        ask(alias, empty)


@pytest.mark.parametrize("words", ["integrity_check", "leaf_hash", "trigger", "django_migrations"])
def test_a_check_tells_that_it_could_not_read_the_database(
    office: Office, holdshort: Callable[..., Any], gone: Gone, words: str
) -> None:
    connections.close_all()
    gone(words)
    ran = holdshort("register", "check", "--data", office.place.root, "--json")
    assert ran.code == 1, ran.err
    (told,) = (each["detail"] for each in ran.json["checks"] if not each["ok"])
    assert "cannot be reached" in told


def test_where_the_log_cannot_be_asked_after_a_lost_commit_it_is_said_that_nobody_can_tell(
    office: Office, monkeypatch: pytest.MonkeyPatch, gone: Gone
) -> None:
    real = database.writing
    with ExitStack() as broken:

        @contextmanager
        def writing(alias: str) -> Any:
            with real(alias):
                yield
            gone("office_logentry")
            raise OperationalError("server closed the connection unexpectedly")

        broken.callback(monkeypatch.undo)
        monkeypatch.setattr(sequencer, "writing", writing)
        filing = Filing("review.declare", "one", "acme", {"model": "M", "facts": {}})
        (outcome,) = office.file_all([filing])
    assert isinstance(outcome, StorageError)
    assert "may be on the register or not" in str(outcome)
    office.sync()
    assert "one" in office.docket.cases
