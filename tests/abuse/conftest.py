"""The registers on which abuses are tried."""

import shutil
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import pytest
from tests.abuse.forgery import Forgery
from tests.abuse.stages import Registers

from holdshort.rulebook import load as loading
from holdshort.rulebook.load import open_rulebook


@pytest.fixture(scope="session")
def registers() -> Registers:
    """Registers at every stage of a matter, each played once."""
    return Registers(open_rulebook("aaif"))


@pytest.fixture
def forgery(
    finished: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], Forgery]:
    """A published register, by its model, in the hands of whoever holds its keys."""
    monkeypatch.setattr(loading, "read_rulebook", _read_once)

    def make(model: str) -> Forgery:
        scratch = tmp_path / str(len(list(tmp_path.iterdir())))
        data = Path(shutil.copytree(finished(model), scratch / "data"))
        monkeypatch.setenv("XDG_CACHE_HOME", str(scratch / "cache"))  # another reader
        return Forgery(data, scratch, finished)

    return make


_read_once = lru_cache(loading.read_rulebook)
