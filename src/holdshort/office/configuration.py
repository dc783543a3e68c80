"""What can be set for a place: the file ``register.toml`` in it.

::

    [database]
    url = "postgresql://holdshort@db.example:5432/register?sslmode=verify-full"

    [publish]
    mirrors = ["s3://acme-register/public", "/srv/register"]

    [witnesses]
    timeout_seconds = 10

Every key may be left out, and so may the file. Rules kept here: what nobody knows is refused, with
its line, for a setting that is misspelt would silently not apply; and no password is ever told.
Each setting is described in ``docs/reference/settings.md``.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import NoReturn
from urllib.parse import urlsplit

from holdshort.errors import BadInput

WITNESS_SECONDS = 10
"""How long a publication waits for witnesses, if nothing is set."""

MOST_WITNESS_SECONDS = 300

_URL = re.compile(r"[a-z][a-z0-9+.-]*://\S+")
_AT_LINE = re.compile(r" \(at line (\d+), column \d+\)$")
_SCHEMES = ("postgresql", "postgres")


@dataclass(frozen=True)
class Settings:
    """The settings of one place."""

    database: str | None = None
    """URL of a PostgreSQL database; None for a SQLite file in the place."""
    mirrors: tuple[str, ...] = ()
    """Where each publication is copied to: URLs and absolute paths."""
    witness_seconds: int = WITNESS_SECONDS
    """How long a publication waits for the witnesses' cosignatures."""

    @property
    def database_name(self) -> str:
        """The database as it may be told: without user and password."""
        if self.database is None:
            return "SQLite"
        url = urlsplit(self.database)
        return f"{url.scheme}://{url.netloc.rpartition('@')[2]}{url.path}"


def read_settings(path: Path) -> Settings:
    """The settings in the file at ``path``; those that hold without one if there is none.

    Raises:
        BadInput: it cannot be read, or says what nobody knows; ``where`` is ``file:line``.
    """
    try:
        text = path.read_text()
    except (FileNotFoundError, NotADirectoryError):
        return Settings()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"The settings cannot be read: {error}.", where=str(path)) from None
    return _Reader(path, text).read()


class _Reader:
    """One settings file, read strictly."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._lines = text.splitlines()
        try:
            self._tables = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            at = _AT_LINE.search(str(error))
            what = _AT_LINE.sub("", str(error))
            where = f"{path}:{at[1]}" if at else str(path)
            raise BadInput(f"This is not TOML: {what}.", where=where) from None

    def read(self) -> Settings:
        readers: Mapping[str, Mapping[str, Callable[[str, object], object]]] = {
            "database": {"url": self._database},
            "publish": {"mirrors": self._mirrors},
            "witnesses": {"timeout_seconds": self._seconds},
        }
        found: dict[str, object] = {}
        for table, values in self._tables.items():
            if table not in readers:
                self._refuse(table, table, f"There is no section {table!r}.", readers)
            if not isinstance(values, dict):
                self._refuse(table, table, f"{table!r} is a section: [{table}].")
            for key, value in values.items():
                if key not in readers[table]:
                    self._refuse(table, key, f"[{table}] has no key {key!r}.", readers[table])
                found[f"{table}.{key}"] = readers[table][key](key, value)
        return Settings(
            database=found.get("database.url"),  # type: ignore[arg-type]  # as its reader made it
            mirrors=found.get("publish.mirrors", ()),  # type: ignore[arg-type]
            witness_seconds=found.get("witnesses.timeout_seconds", WITNESS_SECONDS),  # type: ignore[arg-type]
        )

    def _database(self, key: str, value: object) -> str:
        form = "A database is postgresql://user@host:port/name."
        if not isinstance(value, str):
            self._refuse("database", key, form)
        try:
            url = urlsplit(value)
            url.port  # noqa: B018 - reading it is what checks it
        except ValueError:
            self._refuse("database", key, form)
        if url.scheme not in _SCHEMES or not url.path.strip("/"):
            self._refuse("database", key, form)
        return value

    def _mirrors(self, key: str, value: object) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            self._refuse("publish", key, "Mirrors are a list of texts.")
        for each in value:
            if not _URL.fullmatch(each) and not PurePosixPath(each).is_absolute():
                self._refuse("publish", key, f"{each!r} is neither a URL nor an absolute path.")
        if len(set(value)) < len(value):
            self._refuse("publish", key, "The same mirror stands there twice.")
        return tuple(value)

    def _seconds(self, key: str, value: object) -> int:
        seconds = value if isinstance(value, int) and value is not True else 0
        if not 1 <= seconds <= MOST_WITNESS_SECONDS:
            most = MOST_WITNESS_SECONDS
            self._refuse("witnesses", key, f"It is a whole number of seconds, 1 to {most}.")
        return seconds

    def _refuse(
        self, table: str, key: str, what: str, known: Mapping[str, object] | None = None
    ) -> NoReturn:
        do = f"It may be: {', '.join(known)}." if known else None
        raise BadInput(what, where=f"{self._path}:{self._line(table, key)}", do=do)

    def _line(self, table: str, key: str) -> int:
        """Where a key stands: after the header of its section, else where it is first named."""
        named = re.compile(rf"(?<![\w-]){re.escape(key)}(?![\w-])")
        header = re.compile(rf"\s*\[\s*['\"]?{re.escape(table)}['\"]?\s*\]")
        section = next((at for at, line in enumerate(self._lines) if header.match(line)), 0)
        order: list[int] = [*range(section, len(self._lines)), *range(section)]
        for at in order:
            if named.search(self._lines[at].partition("#")[0]):
                return at + 1
        return section + 1
