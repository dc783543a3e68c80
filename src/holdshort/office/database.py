"""Opening the sequencer's database.

One process may have several registers open; each is a Django database of its own, named by its
path. Durability: WAL, ``synchronous=FULL``, and transactions that take the write lock at once.
"""

import os
from pathlib import Path

from holdshort.errors import RegisterError, StorageError

WAIT_SECONDS = 30
"""How long to wait for another process's transaction."""


def open_database(path: Path) -> str:
    """Make the database at ``path`` ready; returns the alias for Django's ORM.

    Raises:
        StorageError: it cannot be created or written.
        RegisterError: the file is no database.
    """
    import django
    from django.conf import settings

    if not settings.configured:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "holdshort.office.settings")
        django.setup()
    from django.core.management import call_command
    from django.db import connections
    from django.db.utils import DatabaseError

    alias = str(path.resolve())
    if alias in connections.settings:
        return alias
    connections.settings[alias] = connections.configure_settings(
        {"default": {}, alias: _settings(path)}
    )[alias]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        call_command("migrate", database=alias, verbosity=0)
    except (OSError, DatabaseError) as error:
        del connections.settings[alias]
        raise storage_error(error, path) from None
    return alias


def storage_error(error: Exception, path: Path) -> StorageError | RegisterError:
    """What a failed write or read of the database means to a person."""
    text = str(error)
    if "not a database" in text or "malformed" in text:
        return RegisterError(
            f"The file is not a sound database: {text}.",
            where=str(path),
            do="Restore it from a backup; the published folder holds every act.",
        )
    return StorageError(
        f"The register cannot be written: {text}. Nothing was recorded.",
        where=str(path),
        do="Free some disk space, or check who may write there, and run the command again.",
    )


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
