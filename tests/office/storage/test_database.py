"""The sequencer's database: append-only, durable, and clear about what is wrong with it."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from holdshort.errors import BadInput, Busy, HoldshortError, RegisterError, StorageError
from holdshort.office.door import Office
from holdshort.office.opening import Opening, open_register
from holdshort.office.place import Place
from holdshort.office.storage.database import load, open_database
from holdshort.office.storage.guards import SQLITE, missing_guards
from holdshort.office.storage.sqlite import MENDED
from holdshort.rulebook.model import Rulebook

INSERT = 'INSERT INTO office_logentry ("index", leaf, leaf_hash) VALUES (?, ?, ?)'


def statement(office: Office, sql: str, *values: object) -> None:
    """Run SQL on the file itself, past Django and past our code."""
    import pysqlite3

    with pysqlite3.connect(office.place.database) as connection:
        connection.execute(sql, values)


@pytest.mark.parametrize(
    ("sql", "values", "says"),
    [
        ("UPDATE office_logentry SET leaf = x'00' WHERE \"index\" = 2", (), "append-only"),
        ('UPDATE office_logentry SET "index" = 99 WHERE "index" = 2', (), "append-only"),
        ('DELETE FROM office_logentry WHERE "index" = 6', (), "append-only"),
        ("DELETE FROM office_logentry", (), "append-only"),
        (f"REPLACE{INSERT[6:]}", (2, b"x", b"y" * 32), "no gaps|append-only"),
        (INSERT, (99, b"x", b"y" * 32), "no gaps"),
        (INSERT, (3, b"x", b"y" * 32), "no gaps"),
        (INSERT, (-1, b"x", b"y" * 32), "no gaps"),
        (INSERT, (7, b"x" * 65_536, b"y" * 32), "too large"),
    ],
)
def test_not_even_raw_sql_changes_deletes_skips_or_overfills(
    office: Office, sql: str, values: tuple[object, ...], says: str
) -> None:
    import pysqlite3

    rows = list(office.entries())
    with pytest.raises(pysqlite3.DatabaseError, match=says):
        statement(office, sql, *values)
    assert list(office.entries()) == rows


def test_the_same_leaf_is_not_appended_twice(office: Office) -> None:
    import pysqlite3

    entry = list(office.entries())[-1]
    with pytest.raises(pysqlite3.IntegrityError, match="UNIQUE"):
        statement(office, INSERT, entry.index + 1, entry.leaf, entry.leaf_hash)


def test_commits_survive_a_power_cut(office: Office) -> None:
    """Write-ahead log, synchronous=FULL, and the write lock taken at once."""
    from django.db import connections

    alias = str(office.place.database.resolve())
    with connections[alias].cursor() as cursor:
        assert cursor.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert cursor.execute("PRAGMA synchronous").fetchone() == (2,)
    assert connections[alias].settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_the_sqlite_at_work_is_one_without_the_wal_reset_bug(office: Office) -> None:
    from django.db import connections

    alias = str(office.place.database.resolve())
    with connections[alias].cursor() as cursor:
        (version,) = cursor.execute("SELECT sqlite_version()").fetchone()
    assert tuple(map(int, version.split("."))) >= MENDED == (3, 51, 3)


def test_a_file_that_is_no_database_is_named(tmp_path: Path, book: Rulebook) -> None:
    place = Place(tmp_path)
    place.database.write_bytes(hashlib.shake_128(b"noise").digest(10_000))
    for attempt in (
        lambda: Office.open(tmp_path),
        lambda: Office.is_open(tmp_path),
        lambda: open_register(place, book, Opening("Test", rehearsal=True)),
    ):
        with pytest.raises(RegisterError, match=r"register\.sqlite3.*not a sound database"):
            attempt()
    assert place.database.stat().st_size == 10_000


def test_a_database_damaged_in_the_middle_is_named(office: Office) -> None:
    from django.db import connections

    connections.close_all()
    content = bytearray(office.place.database.read_bytes())
    for page in range(4096, len(content), 4096):
        content[page : page + 64] = os.urandom(64)
    office.place.database.write_bytes(content)
    with pytest.raises(HoldshortError, match=r"register\.sqlite3"):
        Office.open(office.place.root)


def test_a_leaf_damaged_in_the_database_does_not_pass_for_an_act(office: Office) -> None:
    """The triggers bind honest code; a disk that flips a bit is caught by the signature."""
    import pysqlite3

    with pysqlite3.connect(office.place.database) as connection:
        connection.execute("DROP TRIGGER office_logentry_no_update")
        (leaf,) = connection.execute(
            'SELECT leaf FROM office_logentry WHERE "index" = 3'
        ).fetchone()
        flipped = leaf.replace(b'"sig":"', b'"sig":"A', 1)[: len(leaf)]
        connection.execute('UPDATE office_logentry SET leaf = ? WHERE "index" = 3', (flipped,))
        connection.execute(SQLITE["office_logentry_no_update"])
    with pytest.raises(RegisterError, match="entry 3"):
        Office.open(office.place.root)


@pytest.mark.parametrize("guard", sorted(SQLITE))
def test_a_guard_that_was_dropped_or_changed_is_named_and_nothing_is_opened(
    office: Office, guard: str
) -> None:
    assert missing_guards(open_database(office.place)) == []
    statement(office, f"DROP TRIGGER {guard}")
    with pytest.raises(RegisterError, match=guard):
        Office.open(office.place.root)
    with pytest.raises(RegisterError, match=guard):
        Office.is_open(office.place.root)
    assert missing_guards(open_database(office.place, guarded=False)) == [guard]
    statement(office, SQLITE[guard].replace("ABORT", "FAIL"))
    assert missing_guards(open_database(office.place, guarded=False)) == [guard]
    statement(office, f"DROP TRIGGER {guard}")
    statement(office, SQLITE[guard])
    assert Office.open(office.place.root).docket.size == office.docket.size


def test_a_log_is_loaded_from_its_leaves_all_or_nothing(office: Office, tmp_path: Path) -> None:
    source = [entry.leaf for entry in office.entries()]
    place = Place(tmp_path / "restored")
    with pytest.raises(BadInput, match="65,535"):
        load(place, [*source, b"x" * 65_536])
    assert not Office.is_open(place.root)
    assert load(place, iter(source)) == len(source)
    with pytest.raises(BadInput, match="holds a log already"):
        load(place, source)
    shutil.copytree(office.place.public, place.public)
    shutil.copytree(office.place.keys, place.keys)
    again = Office.open(place.root)
    assert list(again.entries()) == list(office.entries())
    assert again.file("review.declare", "r", "acme", {"model": "M", "facts": {}})


def test_a_register_is_only_opened_where_there_is_one(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no register here") as refused:
        Office.open(tmp_path / "nowhere")
    assert "holdshort init" in str(refused.value.do)
    assert not (tmp_path / "nowhere").exists()


def test_an_empty_database_says_to_open_the_register(tmp_path: Path) -> None:
    Place(tmp_path).database.touch()
    with pytest.raises(BadInput, match="not open yet"):
        Office.open(tmp_path)


def test_a_database_held_by_another_process_is_busy_and_not_full(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pysqlite3
    from django.db import connections

    connections.close_all()
    alias = str(office.place.database.resolve())
    monkeypatch.setitem(connections[alias].settings_dict["OPTIONS"], "timeout", 0)
    holder = pysqlite3.connect(office.place.database, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(Busy, match="Another process"):
            office.file("review.declare", "r", "acme", {"model": "M", "facts": {}})
    finally:
        holder.close()
    assert office.file("review.declare", "r", "acme", {"model": "M", "facts": {}})


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, book: Rulebook) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match="file"):
        open_register(Place(tmp_path / "file"), book, Opening("Test", rehearsal=True))


def test_processes_that_open_the_same_new_database_at_once_all_succeed(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from holdshort.office.place import Place\n"
        "from holdshort.office.storage.database import open_database\n"
        "sys.stdin.readline(); open_database(Place(Path(sys.argv[1])))"
    )
    opening = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path)],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(3)
    ]
    said = [each.communicate(b"\n") for each in opening]
    assert [each.returncode for each in opening] == [0, 0, 0], said


def test_a_log_is_loaded_before_anything_else_asked_for_django(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from holdshort.office.storage.database import load; "
        "from holdshort.office.place import Place; "
        "print(load(Place(Path(sys.argv[1])), [b'a leaf']))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert (ran.stdout, ran.stderr) == ("1\n", "")
