from pathlib import Path

import pytest

from holdshort.assess.models import packaged
from holdshort.assess.models.packaged import materialise
from holdshort.errors import BadInput


def test_the_weights_appear_whole_with_progress_and_are_left_alone_after(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    path = materialise(tmp_path / "model", lambda done, size: told.append((done, size)))
    assert path.read_bytes()[:4] == b"GGUF"
    assert told[-1] == (path.stat().st_size, path.stat().st_size)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    before = path.stat().st_mtime_ns
    assert materialise(tmp_path / "model") == path
    assert path.stat().st_mtime_ns == before
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_file_of_another_size_is_replaced(tmp_path: Path) -> None:
    (tmp_path / packaged.FILE).write_bytes(b"GGUF but cut off")
    assert materialise(tmp_path).stat().st_size > 90_000_000


def test_weights_that_are_not_installed_are_said_with_a_way_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(packaged, "_PACKAGE", "no_such_package")
    with pytest.raises(BadInput, match="make model"):
        materialise(tmp_path)
