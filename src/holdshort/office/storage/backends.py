"""How Django is told of a register's database: SQLite, or PostgreSQL by the URL in the settings.

Either also as something to be looked at only: SQLite's file opened read-only, every transaction of
PostgreSQL read-only by the server's word.
"""

from typing import Any

from holdshort.errors import BadInput
from holdshort.office.place import Place
from holdshort.office.storage import failure


def settings(place: Place, *, writable: bool = True) -> dict[str, Any]:
    """What Django is to know of the database of ``place``.

    Raises:
        BadInput: the URL in the settings of the place cannot be used.
    """
    url = place.settings.database
    return _sqlite(place, writable) if url is None else _postgresql(place, url, writable)


def changed(present: dict[str, Any], wanted: dict[str, Any]) -> bool:
    """Whether ``present`` stands for another database, or for the same one otherwise opened."""
    return (present["ENGINE"], present["NAME"]) != (wanted["ENGINE"], wanted["NAME"]) or (
        wanted["ENGINE"].endswith("postgresql") and present["OPTIONS"] != wanted["OPTIONS"]
    )


def _sqlite(place: Place, writable: bool) -> dict[str, Any]:
    options: dict[str, Any] = {"timeout": failure.WAIT_SECONDS}
    name = str(place.database)
    if writable:
        options["transaction_mode"] = "IMMEDIATE"
        options["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
    else:
        name = f"{place.database.resolve().as_uri()}?mode=ro"
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": name,
        "CONN_MAX_AGE": None,
        "OPTIONS": options,
    }


def _postgresql(place: Place, url: str, writable: bool) -> dict[str, Any]:
    from psycopg import IsolationLevel, ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        options: dict[str, Any] = dict(conninfo_to_dict(url))
    except ProgrammingError as error:
        where = str(place.settings_file)
        raise BadInput(f"The database's URL cannot be used: {error}.", where=where) from None
    name = options.pop("dbname")
    options.setdefault("application_name", "holdshort")
    options.setdefault("connect_timeout", str(failure.WAIT_SECONDS))
    if not writable:
        said = options.get("options", "")
        options["options"] = f"{said} -c default_transaction_read_only=on".lstrip()
    options["isolation_level"] = IsolationLevel.READ_COMMITTED
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "CONN_MAX_AGE": None,
        "OPTIONS": options,
    }
