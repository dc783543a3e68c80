"""Malformed rulebooks: each file of ``defects/`` is a sound book with the one thing wrong that its
name says, and `holdshort rulebook check` refuses it for that.

The first line of a file says what the refusal must hold::

    # expect: line 41, duties.report.within: "name a calendar"

the line of the file, the path of keys that leads there (none where the file is no YAML), and a part
of what is said. A file whose whole is wrong states the words alone.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
SOUND = tuple(
    HERE / f"{name}.yaml"
    for name in ("sound", "sound-with-a-bar", "sound-with-sealed-matter", "sound-with-a-checklist")
)
DEFECTS = {path.stem: path for path in sorted((HERE / "defects").iterdir())}

_EXPECT = re.compile(r'# expect: (?:line (?P<line>\d+)(?:, (?P<path>[^ ]+))?: )?"(?P<says>.+)"')
_WHERE = re.compile(r"(?P<line>:\d+)?(?: \((?P<path>.+?)\))?(?:, line \d+, column \d+)?")
"""What follows the name of the file. An expression has a line and a column of its own."""

Holdshort = Callable[..., Any]


@dataclass(frozen=True)
class Expected:
    """What the refusal of a file must hold."""

    line: str | None
    path: str | None
    says: str


def expected(path: Path) -> Expected:
    first = path.read_bytes().split(b"\n", 1)[0].decode()
    stated = _EXPECT.fullmatch(first)
    assert stated, f"{path.name} does not begin with what to expect: {first}"
    return Expected(stated["line"], stated["path"], stated["says"])


def lines(path: Path) -> list[str]:
    """The book without the remark in its first line."""
    return path.read_bytes().decode(errors="replace").splitlines()[1:]


@pytest.mark.parametrize("path", SOUND, ids=lambda path: path.stem)
def test_without_a_defect_the_book_is_sound(holdshort: Holdshort, path: Path) -> None:
    ran = holdshort("rulebook", "check", path)
    assert ran.code == 0, ran.err


@pytest.mark.parametrize("name", DEFECTS)
def test_a_book_with_a_defect_is_refused_at_its_place_with_what_to_do(
    holdshort: Holdshort, name: str
) -> None:
    path = DEFECTS[name]
    wanted = expected(path)
    ran = holdshort("rulebook", "check", path)
    assert ran.code == 2
    assert ran.out == ""
    assert "Traceback" not in ran.err
    assert wanted.says in " ".join(ran.err.split())
    refusal = holdshort("rulebook", "check", path, "--json").json
    assert refusal["do"], "it does not say what to do"
    assert refusal["where"].startswith(path.name)
    place = _WHERE.fullmatch(refusal["where"].removeprefix(path.name))
    assert place, f"it does not say where: {refusal['where']}"
    assert place["line"] == (f":{wanted.line}" if wanted.line else None)
    assert place["path"] == wanted.path
    assert refusal["where"] in ran.err


@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_is_named_and_is_the_only_thing_that_sets_its_file_apart(name: str) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
    assert DEFECTS[name].suffix == ".yaml"
    book = lines(DEFECTS[name])
    if len(book) < 10:
        return  # no book at all
    apart = min(len(_passages(lines(sound), book)) for sound in SOUND)
    assert 1 <= apart <= 2, f"{apart} passages differ from the sound book"


def _passages(sound: list[str], book: list[str]) -> list[object]:
    matched = SequenceMatcher(None, sound, book, autojunk=False)
    return [each for each in matched.get_opcodes() if each[0] != "equal"]


def test_the_folder_holds_defects_of_every_section() -> None:
    found = {(expected(path).path or "").split(".")[0] for path in DEFECTS.values()}
    sections = (
        "rulebook version jurisdiction status sources time roles areas facts values coverage events"
        " duties checks cases gate limits penalties confidentiality checklists"
    )
    assert found >= set(sections.split())
    assert len(DEFECTS) >= 45
