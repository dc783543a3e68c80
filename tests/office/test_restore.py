"""A backup is restored into either database, with its guards."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from holdshort.office.door import Office
from holdshort.office.place import Place
from holdshort.office.storage.database import guards, leaves, open_database


@pytest.mark.parametrize("storage", ["sqlite", "postgresql"], indirect=True)
def test_a_backup_is_restored_into_either_database(
    office: Office,
    storage: str,
    holdshort: Callable[..., Any],
    tmp_path: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    root = office.place.root
    log = [entry.leaf for entry in office.entries()]
    assert holdshort("register", "backup", tmp_path / "backup", "--data", root).code == 0
    new = tmp_path / "new"
    if storage == "postgresql":
        server = request.getfixturevalue("postgres")
        new.mkdir()
        (new / "register.toml").write_text(f'[database]\nurl = "{server.url(server.database())}"\n')
    ran = holdshort("register", "restore", tmp_path / "backup", new)
    assert ran.code == 0, ran.err
    alias = open_database(Place(new))
    assert list(leaves(alias)) == log
    assert guards(alias) == []
    shutil.copytree(root / "keys", new / "keys")
    assert holdshort("register", "check", "--data", new).code == 0
    again = Office.open(new)
    assert again.docket.frontier.root() == office.docket.frontier.root()
    assert again.docket.parties == office.docket.parties
