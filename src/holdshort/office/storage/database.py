"""The sequencer's database: SQLite in the place, or PostgreSQL where the settings name a server.

One process may have several registers open; each is a Django database of its own, whose alias is
the path at which to look for it. Rules kept here, the same on both:

- A transaction takes the write lock first and reads then, so that it misses no row that is there
  (:func:`writing`). What it commits survives a power cut.
- The log is append-only inside the database (`holdshort.office.storage.guards`); where a guard is
  missing or was changed, no register is opened.
- A connection that was lost is made anew before the next transaction, never within one.

Why an advisory lock on PostgreSQL and not ``LOCK TABLE … IN EXCLUSIVE MODE``: the table lock takes
the right to update or delete, which a role that only appends should not have, and it makes every
act wait for autovacuum. A stranger who inserts without the lock breaks nothing: the primary key and
the guard against gaps let one of two through. Why READ COMMITTED: each statement then sees all that
was committed before it, while a snapshot of REPEATABLE READ would be taken by the very statement
that waits for the lock.
"""

import fcntl
import os
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from holdshort.errors import BadInput, RegisterError, StorageError
from holdshort.office.place import Place
from holdshort.office.storage import failure as database_error
from holdshort.office.storage.failure import storage_error
from holdshort.office.storage.guards import POSTGRESQL, POSTGRESQL_BODIES, SQLITE
from holdshort.register.merkle import leaf_hash
from holdshort.register.tiles import check_entry

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

_READ_AT_ONCE = 1_000
_LOADED_AT_ONCE = 2_000
"""Rows of one INSERT while a log is loaded."""

_LOCK_CLASS = 0x484F4C44
"""First half of the advisory lock's key; the second is the table, so that two registers in two
schemas of one database do not wait for each other."""

_LOCK = f"""
SELECT CASE WHEN current_setting('synchronous_commit') NOT IN ('on', 'remote_apply')
       THEN set_config('synchronous_commit', 'on', true) END,
       set_config('lock_timeout', '%d000', true);
SELECT pg_advisory_xact_lock({_LOCK_CLASS}, 'office_logentry'::regclass::oid::int)
"""

_UNSAFE = """
SELECT name FROM pg_settings WHERE name IN ('fsync', 'full_page_writes') AND setting = 'off'
"""

_SCHEMA = re.compile(r"\S+\.(?=office_logentry)")

_TRIGGERS = """
SELECT tgname, tgenabled = 'A', pg_get_triggerdef(t.oid), prosrc
FROM pg_trigger t JOIN pg_proc p ON p.oid = tgfoid
WHERE tgrelid = 'office_logentry'::regclass AND NOT tgisinternal
"""


def open_database(place: Place, *, guarded: bool = True) -> str:
    """Make the database of a register ready; returns the alias for Django's ORM.

    ``guarded=False`` opens a database whose guards are missing, for whoever is to say which.

    Raises:
        StorageError: it cannot be created, reached or written, or does not keep what it commits.
        RegisterError: the file is no database, or is damaged; or a guard of the log is missing.
        Busy: another process holds it for longer than
            :data:`~holdshort.office.storage.failure.WAIT_SECONDS`.
        BadInput: the settings of the place cannot be used.
    """
    import django
    from django.conf import settings

    if not settings.configured:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "holdshort.office.settings")
        django.setup()
    from django.db import connections
    from django.db.utils import DatabaseError

    alias = str(place.database.resolve())
    wanted = _settings(place)
    if alias not in connections.settings or _changed(connections.settings[alias], wanted):
        _forget(alias)
        connections.settings[alias] = connections.configure_settings(
            {"default": {}, alias: wanted}
        )[alias]
        try:
            place.root.mkdir(parents=True, exist_ok=True)
            _migrate(alias, place)
            _keeps_what_it_commits(alias, place)
        except (OSError, DatabaseError) as error:
            _forget(alias)
            raise storage_error(error, alias) from None
        except StorageError:
            _forget(alias)
            raise
    if guarded and (missing := guards(alias)):
        raise RegisterError(
            f"The guards that keep the log append-only are missing or changed: "
            f"{', '.join(missing)}.",
            where=alias,
            do="Find out who changed them and what else, compare the log with what is published, "
            "and restore the database from a backup.",
        )
    return alias


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the lock file at ``path``; wait for whoever else does.

    Raises:
        StorageError: it cannot be made.
    """
    try:
        handle = path.open("w")
    except OSError as error:
        raise StorageError(
            f"The register cannot be written: {error.strerror}.",
            where=str(path),
            do="Check who may write there.",
        ) from None
    with handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextmanager
def writing(alias: str) -> Iterator[None]:
    """One transaction that holds the log's write lock from before its first read to its end.

    Errors of the database pass through as Django raises them.
    """
    from django.db import connections, transaction

    connection = connections[alias]
    if connection.connection is not None:
        _revive(connection)
    with transaction.atomic(using=alias, durable=True):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(_LOCK % database_error.WAIT_SECONDS)
        yield


def append(alias: str, rows: Iterable[tuple[int, bytes, bytes]]) -> None:
    """Put rows of place, leaf and leaf hash at the end of the log, within a transaction."""
    from holdshort.office.models import LogEntry

    LogEntry.objects.using(alias).bulk_create(
        LogEntry(index=index, leaf=leaf, leaf_hash=hash_) for index, leaf, hash_ in rows
    )


def leaves(alias: str, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
    """The leaves from ``start`` on, in order, to before ``stop``.

    Raises:
        StorageError, RegisterError, Busy: the database cannot be read.
    """
    from django.db import connections
    from django.db.utils import DatabaseError

    from holdshort.office.models import LogEntry

    connection = connections[alias]
    last = sys.maxsize if stop is None else stop
    try:
        if connection.connection is not None and not connection.in_atomic_block:
            _revive(connection)
        while start < last:
            # By pages, so that no reader holds a transaction open while its caller thinks.
            rows = LogEntry.objects.using(alias).filter(index__gte=start).order_by("index")
            page = rows.values_list("leaf", flat=True)[: min(_READ_AT_ONCE, last - start)]
            found = [bytes(leaf) for leaf in page]
            yield from found
            start += len(found)
            if len(found) < _READ_AT_ONCE:
                return
    except DatabaseError as error:
        raise storage_error(error, alias) from None


def guards(alias: str) -> list[str]:
    """Names of the guards of the log that are missing or differ from what was installed."""
    from django.db import connections
    from django.db.utils import DatabaseError

    connection = connections[alias]
    try:
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
                there = {name: sql.split() for name, sql in cursor.fetchall()}
                return [name for name, sql in SQLITE.items() if there.get(name) != sql.split()]
            cursor.execute(_TRIGGERS)
            found = {name: (always, made, body) for name, always, made, body in cursor.fetchall()}
    except DatabaseError as error:
        raise storage_error(error, alias) from None
    return [
        name
        for name, (when, function) in POSTGRESQL.items()
        if name not in found or not _intact(*found[name], when, function)
    ]


def snapshot(alias: str, path: Path) -> None:
    """Copy a SQLite database, as it is at one moment, to the new file ``path``; writers go on.

    Raises:
        BadInput: the file is there already, or the database is on a server, which has better means.
        StorageError: it cannot be written; then there is no such file.
    """
    from django.db import connections

    connection = connections[alias]
    if connection.vendor != "sqlite":
        raise BadInput(
            "The database is on a server.",
            where=alias,
            do="Back it up there: pg_basebackup with WAL archiving, or pg_dump.",
        )
    if path.exists():
        raise BadInput("A backup does not replace a file.", where=str(path))
    draft = path.with_name(f".{path.name}.{os.urandom(8).hex()}.tmp")
    try:
        _copy(connection, draft)
        draft.rename(path)
        _sync(path.parent)
    except (OSError, _sqlite_error()) as error:
        draft.unlink(missing_ok=True)
        raise storage_error(error, path, "No backup was made.") from None
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def load(place: Place, leaves: Iterable[bytes]) -> int:
    """Make the database of a new place from the leaves of a log, all or nothing; how many.

    They are taken as they come: whoever calls has checked them against a signed checkpoint.

    Raises:
        BadInput: there are entries in it already, or a leaf is too large for a log.
        StorageError, Busy: it cannot be written; then it is as empty as it was.
    """
    from django.db.utils import DatabaseError

    alias = open_database(place)  # makes Django ready, which models need
    from holdshort.office.models import LogEntry

    size = 0
    try:
        with writing(alias):
            if LogEntry.objects.using(alias).exists():
                raise BadInput("The database holds a log already.", where=alias)
            source = iter(leaves)
            while some := list(islice(source, _LOADED_AT_ONCE)):
                for leaf in some:
                    check_entry(leaf)
                append(alias, [(size + at, leaf, leaf_hash(leaf)) for at, leaf in enumerate(some)])
                size += len(some)
    except DatabaseError as error:
        raise storage_error(error, alias) from None
    return size


def _settings(place: Place) -> dict[str, Any]:
    url = place.settings.database
    if url is None:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(place.database),
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "timeout": database_error.WAIT_SECONDS,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
            },
        }
    from psycopg import IsolationLevel, ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        options: dict[str, Any] = dict(conninfo_to_dict(url))
    except ProgrammingError as error:
        where = str(place.settings_file)
        raise BadInput(f"The database's URL cannot be used: {error}.", where=where) from None
    name = options.pop("dbname")
    options.setdefault("application_name", "holdshort")
    options.setdefault("connect_timeout", str(database_error.WAIT_SECONDS))
    options["isolation_level"] = IsolationLevel.READ_COMMITTED
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "CONN_MAX_AGE": None,
        "OPTIONS": options,
    }


def _changed(present: dict[str, Any], wanted: dict[str, Any]) -> bool:
    """Whether the alias stands for another database than it did: its settings were edited."""
    return (present["ENGINE"], present["NAME"]) != (wanted["ENGINE"], wanted["NAME"]) or (
        wanted["ENGINE"].endswith("postgresql") and present["OPTIONS"] != wanted["OPTIONS"]
    )


def _forget(alias: str) -> None:
    from django.db import connections

    if alias in connections.settings:
        with suppress(Exception):
            connections[alias].close()
        with suppress(AttributeError):
            del connections[alias]
        del connections.settings[alias]


def _revive(connection: "BaseDatabaseWrapper") -> None:
    """Let go of a connection that its server has ended; the next use makes a new one."""
    if not connection.is_usable():
        connection.close()


def _migrate(alias: str, place: Place) -> None:
    """Make the table, once: two processes may open a new register at the same moment."""
    from django.core.management import call_command
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connections[alias])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        with exclusive(place.lock):
            call_command("migrate", database=alias, verbosity=0)


def _keeps_what_it_commits(alias: str, place: Place) -> None:
    """StorageError if the server is set to lose commits in a power cut."""
    from django.db import connections

    if connections[alias].vendor != "postgresql":
        return
    with connections[alias].cursor() as cursor:
        cursor.execute(_UNSAFE)
        off = [name for (name,) in cursor.fetchall()]
    if off:
        raise StorageError(
            f"The server runs with {' and '.join(off)} = off: a power cut would lose acts that "
            "were acknowledged.",
            where=place.settings.database_name,
            do="Set them to on and restart the server.",
        )


def _intact(always: bool, made: str, body: str, when: str, function: str) -> bool:
    """Whether a trigger of PostgreSQL fires when it should and does what it should."""
    words = _SCHEMA.sub("", made).split()
    return (
        always
        and body == POSTGRESQL_BODIES[function]
        and " ".join(words[3:]) == f"{when} EXECUTE FUNCTION {function}()"
    )


def _sqlite_error() -> type[Exception]:
    import pysqlite3

    error: type[Exception] = pysqlite3.Error
    return error


def _copy(connection: "BaseDatabaseWrapper", draft: Path) -> None:
    import pysqlite3

    connection.ensure_connection()
    copy = pysqlite3.connect(draft)
    try:
        connection.connection.backup(copy)
    finally:
        copy.close()
    _sync(draft)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
