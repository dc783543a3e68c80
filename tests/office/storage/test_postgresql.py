"""What is PostgreSQL's alone: its guards, its errors, its restarts."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from holdshort.errors import BadInput, Busy, RegisterError, StorageError
from holdshort.office.door import Office
from holdshort.office.place import Place
from holdshort.office.storage import failure as database_error
from holdshort.office.storage.database import load, open_database
from holdshort.office.storage.guards import missing_guards

Fields = Callable[..., dict[str, Any]]
INSERT = 'INSERT INTO office_logentry ("index", leaf, leaf_hash) VALUES'

pytestmark = [pytest.mark.parametrize("storage", ["postgresql"], indirect=True)]


@pytest.fixture
def name(office: Office) -> str:
    """The name of the register's database."""
    return str(office.place.settings.database).partition("?")[0].rpartition("/")[2]


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ('UPDATE office_logentry SET leaf = NULL WHERE "index" = 2', "append-only"),
        ('UPDATE office_logentry SET "index" = 99 WHERE false', "append-only"),
        ('DELETE FROM office_logentry WHERE "index" = 6', "append-only"),
        ("TRUNCATE office_logentry", "append-only"),
        (f"{INSERT} (99, 'x', 'y')", "no gaps"),
        (f"{INSERT} (3, 'x', 'y')", "no gaps"),
        (f"{INSERT} (7, 'x', 'y'), (9, 'z', 'z')", "no gaps"),
        (f"{INSERT} (7, convert_to(repeat('x', 65536), 'UTF8'), 'y')", "too large"),
        (f"SET session_replication_role = replica; {INSERT} (99, 'x', 'y')", "no gaps"),
        (
            f"{INSERT} (7, 'x', 'y') ON CONFLICT (\"index\") DO UPDATE SET leaf = 'z'",
            "append-only",
        ),
    ],
)
def test_not_even_raw_sql_changes_deletes_skips_or_overfills(
    office: Office, postgres: Any, name: str, sql: str, says: str
) -> None:
    import psycopg

    assert office.docket.size == 7
    rows = list(office.entries())
    with pytest.raises(psycopg.DatabaseError, match=says):
        postgres.execute(sql, name)
    assert list(office.entries()) == rows


@pytest.mark.parametrize(
    ("sql", "missing"),
    [
        ("DROP TRIGGER office_logentry_no_update ON office_logentry", "office_logentry_no_update"),
        (
            "ALTER TABLE office_logentry DISABLE TRIGGER office_logentry_no_delete",
            "office_logentry_no_delete",
        ),
        (
            "ALTER TABLE office_logentry ENABLE TRIGGER office_logentry_no_truncate",
            "office_logentry_no_truncate",
        ),
        (
            (
                "CREATE OR REPLACE FUNCTION office_logentry_next() RETURNS trigger "
                "LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"
            ),
            "office_logentry_in_order",
        ),
    ],
)
def test_a_guard_that_was_dropped_or_changed_is_named_and_nothing_is_opened(
    office: Office, postgres: Any, name: str, sql: str, missing: str
) -> None:
    assert missing_guards(open_database(office.place)) == []
    postgres.execute(sql, name)
    with pytest.raises(RegisterError, match=missing):
        Office.open(office.place.root)
    assert missing_guards(open_database(office.place, guarded=False)) == [missing]


def test_a_role_that_may_only_append_is_enough(
    office: Office, postgres: Any, name: str, declare: Fields
) -> None:
    postgres.execute(f"CREATE ROLE appender_{name} LOGIN")
    postgres.execute(f"GRANT SELECT, INSERT ON office_logentry TO appender_{name}", name)
    postgres.execute(f"GRANT SELECT ON django_migrations TO appender_{name}", name)
    url = postgres.url(name, f"appender_{name}")
    office.place.settings_file.write_text(f'[database]\nurl = "{url}"\n')
    again = Office.open(office.place.root)
    assert again.file("review.declare", "one", "acme", declare())


def test_the_server_keeps_what_it_commits_whatever_the_role_was_set_to(
    office: Office, postgres: Any, name: str
) -> None:
    from holdshort.office.storage.database import writing

    connections.close_all()
    for setting in (
        "synchronous_commit = off",
        "default_transaction_isolation = 'repeatable read'",
    ):
        postgres.execute(f"ALTER DATABASE {name} SET {setting}")
    alias = open_database(office.place)
    with writing(alias), connections[alias].cursor() as cursor:
        shown = {}
        for each in ("synchronous_commit", "transaction_isolation", "lock_timeout"):
            cursor.execute(f"SHOW {each}")
            (shown[each],) = cursor.fetchone()
    assert shown == {
        "synchronous_commit": "on",
        "transaction_isolation": "read committed",
        "lock_timeout": "30s",
    }


def test_a_register_that_waits_too_long_for_its_turn_is_busy(
    office: Office, postgres: Any, name: str, declare: Fields, monkeypatch: pytest.MonkeyPatch
) -> None:
    import psycopg

    monkeypatch.setattr(database_error, "WAIT_SECONDS", 1)
    with psycopg.connect(postgres.url(name)) as holder:
        holder.execute("LOCK TABLE office_logentry IN EXCLUSIVE MODE")
        with pytest.raises(Busy, match="Another process"):
            office.file("review.declare", "r", "acme", declare())
    assert office.file("review.declare", "r", "acme", declare())


def test_a_row_that_a_stranger_wrote_is_noticed_and_nothing_is_recorded(
    office: Office, postgres: Any, name: str, declare: Fields
) -> None:
    postgres.execute(f"{INSERT} (7, 'x', 'y')", name)
    with pytest.raises(RegisterError, match="entry 7"):
        office.file("review.declare", "r", "acme", declare())


def test_a_standby_takes_no_writes_and_says_so(
    office: Office, postgres: Any, name: str, declare: Fields
) -> None:
    connections.close_all()
    postgres.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    again = Office.open(office.place.root)
    with pytest.raises(StorageError, match="takes no writes") as told:
        again.file("review.declare", "r", "acme", declare())
    assert "primary" in str(told.value.do)


def replaced(place: Place, old: str, new: str) -> Place:
    place.settings_file.write_text(place.settings_file.read_text().replace(old, new))
    connections.close_all()
    return Place(place.root)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("holdshort@", "nobody:top-secret@", "refuses the login"),
        ("/test_", "/elsewhere_", "does not exist"),
        ("?host=", "?host=/nowhere", "cannot be reached"),
        ("?host=", "?port=1&host=", "cannot be reached"),
    ],
)
def test_a_server_that_cannot_be_reached_or_refuses_is_told_without_the_password(
    office: Office, old: str, new: str, says: str
) -> None:
    place = replaced(office.place, old, new)
    with pytest.raises(StorageError, match=says) as told:
        Office.open(place.root)
    assert "top-secret" not in str(told.value)


def test_a_url_that_libpq_does_not_take_is_refused(office: Office) -> None:
    place = replaced(office.place, "?host=", "?colour=red&host=")
    with pytest.raises(BadInput, match=r"register\.toml.*colour"):
        Office.open(place.root)


@contextmanager
def server_with(postgres: Any, **settings: str) -> Iterator[None]:
    for name, value in settings.items():
        postgres.execute(f"ALTER SYSTEM SET {name} = '{value}'")
    postgres.stop()
    postgres.start()
    try:
        yield
    finally:
        for name in settings:
            postgres.execute(f"ALTER SYSTEM RESET {name}")
        connections.close_all()
        postgres.stop()
        postgres.start()


def test_a_server_that_loses_commits_is_not_used(office: Office, postgres: Any) -> None:
    connections.close_all()
    del connections.settings[str(office.place.database.resolve())]
    with (
        server_with(postgres, fsync="off"),
        pytest.raises(StorageError, match="power cut"),
    ):
        Office.open(office.place.root)
    assert Office.open(office.place.root).docket.size == 7


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT])
def test_a_server_that_was_restarted_is_used_again_by_the_next_act(
    office: Office, postgres: Any, declare: Fields, how: signal.Signals
) -> None:
    office.file("review.declare", "before", "acme", declare())
    postgres.stop(how)
    try:
        with pytest.raises(StorageError, match="cannot be reached") as told:
            office.file("review.declare", "while", "acme", declare())
        assert "Nothing was recorded" in str(told.value)
    finally:
        postgres.start()
    assert office.file("review.declare", "after", "acme", declare())
    assert {"before", "after"} <= office.docket.cases.keys()
    assert "while" not in office.docket.cases


def _can_mount() -> bool:
    if shutil.which("mount") is None:
        return False
    mount = 'mount -t tmpfs -o size=64k tmpfs "$d" && umount "$d"'
    probe = f'd=$(mktemp -d) && {mount}; r=$?; rmdir "$d"; exit $r'
    return not subprocess.run(["sh", "-c", probe], capture_output=True, check=False).returncode


def _fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))


def _file_much(office: Office, declare: Fields) -> None:
    for number in range(100):
        fields = declare(model="M" + os.urandom(20_000).hex())
        office.file("review.declare", f"big-{number}", "acme", fields)


def test_a_disk_that_is_full_is_told_and_nothing_is_recorded(
    office: Office, postgres: Any, name: str, declare: Fields
) -> None:
    """A table space of its own that can be filled."""
    if not _can_mount():
        pytest.skip("no disk of its own can be mounted here")
    disk = Path(postgres.folder) / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)], check=True)
    try:
        inside = disk / "space"
        inside.mkdir()
        os.chown(inside, 65534, 65534)
        postgres.execute(f"CREATE TABLESPACE small LOCATION '{inside}'")
        connections.close_all()
        postgres.execute(f"ALTER DATABASE {name} SET default_tablespace = ''")
        postgres.execute("ALTER TABLE office_logentry SET TABLESPACE small", name)
        _fill(disk / "ballast")
        size = office.docket.size
        with pytest.raises(StorageError, match="Nothing was recorded") as told:
            _file_much(office, declare)
        assert "space" in str(told.value)
        (disk / "ballast").unlink()
        assert office.file("review.declare", "with-room", "acme", declare())
        assert office.docket.size > size
    finally:
        connections.close_all()
        postgres.execute(f"DROP DATABASE {name} WITH (FORCE)")
        postgres.execute("DROP TABLESPACE IF EXISTS small")
        subprocess.run(["umount", str(disk)], check=False)


def test_a_log_is_loaded_from_its_leaves_all_or_nothing(
    office: Office, postgres: Any, tmp_path: Path
) -> None:
    leaves = [entry.leaf for entry in office.entries()]
    place = Place(tmp_path / "restored")
    place.root.mkdir()
    place.settings_file.write_text(f'[database]\nurl = "{postgres.url(postgres.database())}"\n')
    with pytest.raises(BadInput, match="65,535"):
        load(place, [*leaves, b"x" * 65_536])
    assert load(place, leaves) == len(leaves)
    with pytest.raises(BadInput, match="holds a log already"):
        load(place, leaves)
    shutil.copytree(office.place.public, place.public)
    shutil.copytree(office.place.keys, place.keys)
    assert list(Office.open(place.root).entries()) == list(office.entries())


@pytest.mark.usefixtures("storage")
def test_a_check_of_an_empty_database_makes_no_table_in_it(
    postgres: Any, tmp_path: Path, holdshort: Callable[..., Any]
) -> None:
    postgres.execute("CREATE DATABASE nothing_in_it")
    place = Place(tmp_path / "none")
    place.root.mkdir()
    place.settings_file.write_text(f'[database]\nurl = "{postgres.url("nothing_in_it")}"\n')
    ran = holdshort("register", "check", "--data", place.root)
    connections.close_all()
    assert ran.code == 2
    assert "no register here" in ran.err
    tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
    assert postgres.execute(tables, "nothing_in_it") == [(0,)]
    postgres.execute("DROP DATABASE nothing_in_it")


def test_who_only_looks_cannot_write_and_the_next_opening_can(
    office: Office, declare: Fields
) -> None:
    alias = open_database(office.place, writable=False)
    with connections[alias].cursor() as cursor:
        cursor.execute("SHOW default_transaction_read_only")
        assert cursor.fetchone() == ("on",)
    assert Office.open(office.place.root).file("review.declare", "one", "acme", declare())
