"""The settings of a place: strict, located, and silent about passwords."""

from pathlib import Path

import pytest

from holdshort.errors import BadInput
from holdshort.office.configuration import Settings, read_settings
from holdshort.office.place import Place

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "settings.md"


def read(tmp_path: Path, text: str) -> Settings:
    (tmp_path / "register.toml").write_text(text)
    return Place(tmp_path).settings


def test_a_place_without_settings_has_the_usual_ones(tmp_path: Path) -> None:
    settings = Place(tmp_path).settings
    assert settings == Settings(database=None, mirrors=(), witness_seconds=10)
    assert Place(tmp_path).database == tmp_path / "register.sqlite3"


def test_all_that_can_be_set_is_read(tmp_path: Path) -> None:
    settings = read(
        tmp_path,
        '[database]\nurl = "postgresql://u:secret@db.example:5432/register?sslmode=require"\n'
        '[publish]\nmirrors = ["s3://bucket/public", "/srv/register"]\n'
        "[witnesses]\ntimeout_seconds = 3\n",
    )
    assert settings.database == "postgresql://u:secret@db.example:5432/register?sslmode=require"
    assert settings.database_name == "postgresql://db.example:5432/register"
    assert settings.mirrors == ("s3://bucket/public", "/srv/register")
    assert settings.witness_seconds == 3
    assert Place(tmp_path).database == tmp_path / "register.toml"


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("[databse]\nurl = 'x'\n", 1, "no section 'databse'"),
        ("[publish]\nmirrors = []\n[witnesses]\ntimeout = 3\n", 4, "no key 'timeout'"),
        ("# url\n\n[database]\n# url\nurl = 5\n", 5, "postgresql://"),
        ("[database]\nurl = 'mysql://h/n'\n", 2, "postgresql://"),
        ("[database]\nurl = 'postgresql://h'\n", 2, "postgresql://"),
        ("[database]\nurl = 'postgresql://h:port/n'\n", 2, "postgresql://"),
        ("[publish]\nmirrors = 's3://b'\n", 2, "list of texts"),
        ("[publish]\nmirrors = ['relative/path']\n", 2, "neither a URL nor an absolute path"),
        ("[publish]\nmirrors = ['/a', '/a']\n", 2, "twice"),
        ("[witnesses]\ntimeout_seconds = 0\n", 2, "1 to 300"),
        ("[witnesses]\ntimeout_seconds = 1.5\n", 2, "1 to 300"),
        ("[witnesses]\ntimeout_seconds = true\n", 2, "1 to 300"),
        ("witnesses = 3\n", 1, "is a section"),
        ("[publish]\nmirrors = [\n", 3, "not TOML"),
        ("[publish]\n[publish]\n", 2, "not TOML"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_line(
    tmp_path: Path, text: str, line: int, says: str
) -> None:
    with pytest.raises(BadInput, match=says) as refused:
        read(tmp_path, text)
    assert refused.value.where in (f"{tmp_path}/register.toml:{line}", f"{tmp_path}/register.toml")


def test_a_misspelt_key_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="timeout_seconds"):
        read(tmp_path, "[witnesses]\ntimeout = 3\n")


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "register.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(BadInput, match=r"register\.toml"):
        read_settings(tmp_path / "register.toml")


@pytest.mark.parametrize("setting", ["[database]", "url", "mirrors", "timeout_seconds"])
def test_every_setting_is_in_the_reference(setting: str) -> None:
    assert f"`{setting}`" in REFERENCE.read_text()


@pytest.mark.parametrize(
    "variable", ["PGPASSWORD", "PGPASSFILE", "HOLDSHORT_CRASHES", "HOLDSHORT_CRASH_SEED"]
)
def test_every_variable_is_in_the_reference(variable: str) -> None:
    assert f"`{variable}`" in REFERENCE.read_text()
