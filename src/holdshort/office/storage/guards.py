"""What keeps the log append-only inside the database, whoever writes to it.

The same four rules on both: no row is changed, none is deleted, none is skipped, and no leaf is too
large for a log. On PostgreSQL none is truncated either, the guards hold in replication too
(``ENABLE ALWAYS``), and the role that writes needs no right but to select and to insert.

The guards are made by the first migration and compared, word by word, whenever a register is
opened: whoever can drop a trigger could else change the past without anybody's notice until the
next audit. A change here is a new migration.
"""

import re
from collections.abc import Mapping

from holdshort.office.storage.failure import explained

_SCHEMA = re.compile(r"\S+\.(?=office_logentry)")

_TRIGGERS = """
SELECT tgname, tgenabled = 'A', pg_get_triggerdef(t.oid), prosrc
FROM pg_trigger t JOIN pg_proc p ON p.oid = tgfoid
WHERE tgrelid = 'office_logentry'::regclass AND NOT tgisinternal
"""

SQLITE: Mapping[str, str] = {
    **{
        f"office_logentry_no_{event}": (
            f"CREATE TRIGGER office_logentry_no_{event} BEFORE {event} ON office_logentry\n"
            "BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END"
        )
        for event in ("update", "delete")
    },
    "office_logentry_in_order": (
        "CREATE TRIGGER office_logentry_in_order BEFORE INSERT ON office_logentry\n"
        'WHEN NEW."index" <> (SELECT COALESCE(MAX("index") + 1, 0) FROM office_logentry)\n'
        "BEGIN SELECT RAISE(ABORT, 'the log has no gaps'); END"
    ),
    "office_logentry_fits": (
        "CREATE TRIGGER office_logentry_fits BEFORE INSERT ON office_logentry\n"
        "WHEN LENGTH(NEW.leaf) > 65535\n"
        "BEGIN SELECT RAISE(ABORT, 'the leaf is too large for a log'); END"
    ),
}
"""By name, the statement that makes each trigger, as SQLite keeps it in its schema."""

_REFUSE = """
BEGIN
  RAISE EXCEPTION 'the log is append-only' USING ERRCODE = 'integrity_constraint_violation';
END
"""
_NEXT = """
BEGIN
  IF NEW."index" <> (SELECT COALESCE(MAX("index") + 1, 0) FROM office_logentry) THEN
    RAISE EXCEPTION 'the log has no gaps' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF LENGTH(NEW.leaf) > 65535 THEN
    RAISE EXCEPTION 'the leaf is too large for a log'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END
"""

POSTGRESQL_BODIES: Mapping[str, str] = {
    "office_logentry_refuse": _REFUSE,
    "office_logentry_next": _NEXT,
}
"""By name, the body of each function that a trigger runs."""

POSTGRESQL: Mapping[str, tuple[str, str]] = {
    **{
        f"office_logentry_no_{event}": (
            f"BEFORE {event.upper()} ON office_logentry FOR EACH STATEMENT",
            "office_logentry_refuse",
        )
        for event in ("update", "delete", "truncate")
    },
    "office_logentry_in_order": (
        "BEFORE INSERT ON office_logentry FOR EACH ROW",
        "office_logentry_next",
    ),
}
"""By name, when each trigger fires and the function that it runs."""


def statements(vendor: str) -> list[str]:
    """The SQL that makes every guard on a database of this vendor, as Django names it."""
    if vendor == "sqlite":
        return list(SQLITE.values())
    made = [
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$"
        for name, body in POSTGRESQL_BODIES.items()
    ]
    for name, (when, function) in POSTGRESQL.items():
        made.append(f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION {function}()")
        made.append(f"ALTER TABLE office_logentry ENABLE ALWAYS TRIGGER {name}")
    return made


def missing_guards(alias: str) -> list[str]:
    """Names of the guards that a database lacks, or that differ from what was installed.

    Raises:
        StorageError, RegisterError, Busy: the database cannot be read.
    """
    from django.db import connections

    connection = connections[alias]
    with explained(alias), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            there = {name: sql.split() for name, sql in cursor.fetchall()}
            return [name for name, sql in SQLITE.items() if there.get(name) != sql.split()]
        cursor.execute(_TRIGGERS)
        found = {name: (always, made, body) for name, always, made, body in cursor.fetchall()}
    return [
        name
        for name, (when, function) in POSTGRESQL.items()
        if name not in found or not _intact(*found[name], when, function)
    ]


def _intact(always: bool, made: str, body: str, when: str, function: str) -> bool:
    """Whether a trigger of PostgreSQL fires when it should and does what it should."""
    words = _SCHEMA.sub("", made).split()
    return (
        always
        and body == POSTGRESQL_BODIES[function]
        and " ".join(words[3:]) == f"{when} EXECUTE FUNCTION {function}()"
    )
