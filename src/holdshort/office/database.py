"""Opening the sequencer's database.

One process may have several registers open; each is a Django database of its own, named by its
path. Durability: WAL, ``synchronous=FULL``, and transactions that take the write lock at once.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from holdshort.errors import Busy, RegisterError, StorageError
from holdshort.office.place import Place

WAIT_SECONDS = 30
"""How long to wait for another process's transaction."""


def open_database(place: Place) -> str:
    """Make the database of a register ready; returns the alias for Django's ORM.

    Raises:
        StorageError: it cannot be created or written.
        RegisterError: the file is no database, or is damaged.
        Busy: another process holds it for longer than :data:`WAIT_SECONDS`.
    """
    import django
    from django.conf import settings

    if not settings.configured:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "holdshort.office.settings")
        django.setup()
    from django.db import connections
    from django.db.utils import DatabaseError

    path = place.database
    alias = str(path.resolve())
    if alias in connections.settings:
        return alias
    connections.settings[alias] = connections.configure_settings(
        {"default": {}, alias: _settings(path)}
    )[alias]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _migrate(alias, place)
    except (OSError, DatabaseError) as error:
        del connections.settings[alias]
        raise storage_error(error, path) from None
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


def storage_error(error: Exception, path: Path) -> StorageError | RegisterError | Busy:
    """What a failed write or read of the database means to a person."""
    text = (error.strerror if isinstance(error, OSError) else None) or str(error)
    if "not a database" in text or "malformed" in text:
        return RegisterError(
            f"The file is not a sound database: {text}.",
            where=str(path),
            do="Restore it from a backup.",
        )
    if "locked" in text:
        return Busy(
            f"Another process has held the register for {WAIT_SECONDS} seconds. Nothing was "
            "recorded.",
            where=str(path),
            do="Wait for it, and run the command again.",
        )
    return StorageError(
        f"The register cannot be written: {text}. Nothing was recorded.",
        where=str(path),
        do="Free some disk space, or check who may write there, and run the command again.",
    )


def _migrate(alias: str, place: Place) -> None:
    """Make the table, once: two processes may open a new register at the same moment."""
    from django.core.management import call_command
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connections[alias])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        with exclusive(place.lock):
            call_command("migrate", database=alias, verbosity=0)


def _settings(path: Path) -> dict[str, object]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {
            "timeout": WAIT_SECONDS,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        },
    }
