"""The sequencer's database: SQLite in the place, or PostgreSQL where the settings name a server.

One process may have several registers open; each is a Django database of its own, whose alias is
the path at which to look for it. Rules kept here, the same on both:

- A transaction takes the write lock first and reads then, so that it misses no row that is there
  (:func:`writing`). What it commits survives a power cut.
- The log is append-only inside the database (`holdshort.office.storage.guards`); where a guard is
  missing or was changed, no register is opened.
- A connection that was lost is made anew before the next transaction, never within one.
- Who only looks (``writable=False``) makes no database and no table, and folds nothing in; SQLite
  may leave its working files (``-wal``, ``-shm``) beside it, which any reader needs.

Why an advisory lock on PostgreSQL and not ``LOCK TABLE … IN EXCLUSIVE MODE``: the table lock takes
the right to update or delete, which a role that only appends should not have, and it makes every
act wait for autovacuum. A stranger who inserts without the lock breaks nothing: the primary key and
the guard against gaps let one of two through. Why READ COMMITTED: each statement then sees all that
was committed before it, while a snapshot of REPEATABLE READ would be taken by the very statement
that waits for the lock.
"""

import fcntl
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from holdshort.errors import BadInput, HoldshortError, RegisterError, StorageError
from holdshort.office.place import Place
from holdshort.office.storage import backends
from holdshort.office.storage import failure as database_error
from holdshort.office.storage.failure import explained
from holdshort.office.storage.guards import missing_guards
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


def open_database(place: Place, *, guarded: bool = True, writable: bool = True) -> str:
    """Make the database of a register ready; returns the alias for Django's ORM.

    ``guarded=False`` opens a database whose guards are missing, for whoever is to say which;
    ``writable=False`` one to be read and not changed in any way, if it :func:`is_made`.

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

    alias = str(place.database.resolve())
    wanted = backends.settings(place, writable=writable)
    if alias not in connections.settings or backends.changed(connections.settings[alias], wanted):
        _forget(alias)
        connections.settings[alias] = connections.configure_settings(
            {"default": {}, alias: wanted}
        )[alias]
        try:
            with explained(alias, OSError):
                if writable:
                    place.root.mkdir(parents=True, exist_ok=True)
                    _migrate(alias, place)
                _keeps_what_it_commits(alias, place)
        except HoldshortError:
            _forget(alias)
            raise
    if guarded and (missing := missing_guards(alias)):
        raise RegisterError(
            f"The guards that keep the log append-only are missing or changed: "
            f"{', '.join(missing)}.",
            where=alias,
            do="Find out who changed them and what else, compare the log with what is published, "
            "and restore the database from a backup.",
        )
    return alias


def is_made(alias: str) -> bool:
    """Whether the log's table is there, as this version has it; nothing is made by asking.

    Raises:
        StorageError, RegisterError, Busy: the database cannot be read.
    """
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    with explained(alias):
        executor = MigrationExecutor(connections[alias])
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())


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

    from holdshort.office.models import LogEntry

    connection = connections[alias]
    last = sys.maxsize if stop is None else stop
    if connection.connection is not None and not connection.in_atomic_block:
        with explained(alias):
            _revive(connection)
    while start < last:
        # By pages, so that no reader holds a transaction open while its caller thinks.
        rows = LogEntry.objects.using(alias).filter(index__gte=start).order_by("index")
        with explained(alias):
            found = list(rows.values_list("leaf", flat=True)[: min(_READ_AT_ONCE, last - start)])
        yield from map(bytes, found)
        start += len(found)
        if len(found) < _READ_AT_ONCE:
            return


def load(place: Place, leaves: Iterable[bytes]) -> int:
    """Make the database of a new place from the leaves of a log, all or nothing; how many.

    They are taken as they come: whoever calls has checked them against a signed checkpoint.

    Raises:
        BadInput: there are entries in it already, or a leaf is too large for a log.
        StorageError, Busy: it cannot be written; then it is as empty as it was.
    """
    alias = open_database(place)  # makes Django ready, which models need
    from holdshort.office.models import LogEntry

    size = 0
    with explained(alias), writing(alias):
        if LogEntry.objects.using(alias).exists():
            raise BadInput("The database holds a log already.", where=alias)
        source = iter(leaves)
        while some := list(islice(source, _LOADED_AT_ONCE)):
            for leaf in some:
                check_entry(leaf)
            append(alias, [(size + at, leaf, leaf_hash(leaf)) for at, leaf in enumerate(some)])
            size += len(some)
    return size


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

    if not is_made(alias):
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
