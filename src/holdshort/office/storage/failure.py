"""What a failure of the database means to a person.

SQLite tells by its words, PostgreSQL by the SQLSTATE of its answer (PostgreSQL, appendix A) — but a
server that refuses a connection, or cannot be reached, tells by words alone.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from holdshort.errors import Busy, RegisterError, StorageError

WAIT_SECONDS = 30
"""How long to wait for another process's transaction."""

RECORDED_NOTHING = "Nothing was recorded."

_LOCKED = {"55P03"}  # lock_not_available: lock_timeout passed
_READ_ONLY = {"25006"}  # read_only_sql_transaction: a standby, or a role that may only read
_DAMAGED = {"XX001", "XX002"}  # data_corrupted, index_corrupted
_INTEGRITY = "23"  # class: integrity constraint violation; the guards answer with it, too
_DENIED = {"42501"}  # insufficient_privilege
_LOGIN = re.compile(
    r"authentication failed|no password supplied|pg_hba|role .* does not exist|not permitted to log"
    r"|password (?:file|retrieved)",
    re.IGNORECASE,
)
_GUARD = re.compile(r"append-only|no gaps|UNIQUE constraint")


@contextmanager
def explained(where: Path | str, *also: type[Exception]) -> Iterator[None]:
    """What the database raises within becomes :func:`storage_error`; errors of ``also`` likewise.

    All of it: Django tells a connection that is gone by an ``InterfaceError``, which is no
    ``DatabaseError``.
    """
    from django.db.utils import Error

    told: tuple[type[Exception], ...] = (Error, *also)
    try:
        yield
    except told as error:
        raise storage_error(error, where) from None


def storage_error(
    error: Exception, where: Path | str, recorded: str = RECORDED_NOTHING
) -> StorageError | RegisterError | Busy:
    """What a failed write or read means; ``recorded`` says what became of an act."""
    cause = error.__cause__ or error
    state = getattr(cause, "sqlstate", None)
    text = (error.strerror if isinstance(error, OSError) else None) or str(error).strip()
    line = " ".join(text.split()).rstrip(".")
    if "not a database" in text or "malformed" in text or state in _DAMAGED:
        return RegisterError(
            f"The file is not a sound database: {line}.",
            where=str(where),
            do="Restore it from a backup.",
        )
    if "locked" in text or state in _LOCKED:
        return Busy(
            f"Another process has held the register for {WAIT_SECONDS} seconds. {recorded}",
            where=str(where),
            do="Wait for it, and run the command again.",
        )
    if _GUARD.search(text) or (state or "").startswith(_INTEGRITY):
        return RegisterError(
            f"The database refuses the entry: {line}. {recorded}",
            where=str(where),
            do="Somebody wrote to the log past this program, or put another database in its place. "
            "Find out who, then open the register again.",
        )
    return StorageError(_what(error, state, line, recorded), where=str(where), do=_do(state, text))


def unreachable(error: Exception) -> bool:
    """Whether the database could not be reached, or was lost: what it did last is not known."""
    state = getattr(error.__cause__ or error, "sqlstate", None)
    return type(error).__name__ in ("OperationalError", "InterfaceError") and (
        state is None or state.startswith(("08", "57P"))
    )


def _what(error: Exception, state: str | None, line: str, recorded: str) -> str:
    if state in _READ_ONLY:
        return f"The database takes no writes: {line}. {recorded}"
    if _LOGIN.search(line):
        return f"The database refuses the login: {line}. {recorded}"
    lost = type(error).__name__ == "InterfaceError"
    if lost or (type(error.__cause__).__module__.startswith("psycopg") and unreachable(error)):
        return f"The database cannot be reached: {line}. {recorded}"
    return f"The register cannot be written: {line}. {recorded}"


def _do(state: str | None, text: str) -> str:
    if state in _READ_ONLY:
        return "It is a standby, or read-only: name the primary server in register.toml."
    if state in _DENIED or _LOGIN.search(text):
        return "Check the role and its rights, and its password in PGPASSWORD or PGPASSFILE."
    if "connection" in text:
        return "Start the server or mend the network, check register.toml, and try again."
    return "Free some disk space, or check who may write there, and run the command again."
