"""A SQLite without the WAL-reset bug.

SQLite 3.7.0 to 3.51.2 can corrupt a database in WAL mode when two connections checkpoint at once;
3.51.3 mends it. The one that comes with Python is older, so `pysqlite3`, which carries its own,
takes the place of the standard module before Django asks for it.
"""

import sys

MENDED = (3, 51, 3)


def use_mended_sqlite() -> None:
    """Put `pysqlite3` in the place of `sqlite3`."""
    import pysqlite3

    if pysqlite3.sqlite_version_info < MENDED:
        version = pysqlite3.sqlite_version
        raise ImportError(f"pysqlite3 carries SQLite {version}; 3.51.3 or later is needed")
    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2
