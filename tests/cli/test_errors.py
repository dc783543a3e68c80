"""How commands fail: once, clearly, with the right exit code, and as JSON when asked."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from holdshort import cli

Holdshort = Callable[..., Any]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("frobnicate",), "No such command"),
        (("gate", "frobnicate"), "No such command"),
        (("file",), "Missing argument"),
        (("gate", "check", "x"), "Missing option"),
        (("verify", "x", "--nonsense"), "No such option"),
        (("verify", "x", "--log-only", "--charter", "y"), "--key"),
        (("verify", "x", "--key", "y"), "--log-only"),
        (("init", "x", "--status-minutes", "0"), "status-minutes"),
        (("docket", "--data", "nowhere"), "no register here"),
        (("duties", "--data", "nowhere"), "no register here"),
        (("party", "--data", "nowhere"), "no register here"),
        (("file", "a.b", "--case", "c", "--as", "d", "--data", "nowhere"), "no register here"),
        (("verify", "nowhere"), "Nothing is published here"),
        (("gate", "check", "nowhere", "--register", "nowhere"), "nowhere"),
        (("gate", "digest", "nowhere"), "nowhere"),
        (("rulebook", "check", "nowhere"), "no rulebook"),
        (("rulebook", "show", "nowhere"), "no rulebook"),
        (("compute", "estimate", "nowhere"), "no facts file"),
        (("review", "--model", "nonsense", "--data", "data"), "no Inspect model name"),
        (("review", "--rulebook", "nowhere", "--data", "data"), "no rulebook"),
        (("review", "--model", "reference/null", "--weights", "nowhere"), "nowhere"),
        (("review", "--model", "reference/null", "--facts", "nowhere.yaml"), "nowhere"),
        (("review", "-M", "novalue", "--model", "reference/null"), "NAME=VALUE"),
    ],
)
def test_wrong_use_exits_with_two_and_one_clear_message(
    holdshort: Holdshort,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    says: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = holdshort(*arguments)
    assert ran.code == 2
    assert says in ran.err
    assert "Traceback" not in ran.err
    assert ran.err.count("holdshort: ") + ran.err.count("Error: ") == 1
    asked = holdshort(*arguments, "--json")
    assert asked.code == 2
    assert says in " ".join(filter(None, [asked.json["error"], asked.json["where"]]))
    assert asked.err == ""


def test_a_refusal_exits_with_one_and_every_reason_with_its_clause(
    holdshort: Holdshort, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    holdshort("init", data)
    holdshort("party", "acme", "--role", "developer", "--data", data)
    declare = ("file", "review.declare", "--case", "r", "--as", "acme", "--data", data)
    ran = holdshort(*declare)
    assert ran.code == 1
    assert ran.out == ""
    assert "'model'" in ran.err
    assert "also: The act must state 'facts'" in ran.err
    asked = holdshort(*declare, "--json")
    assert asked.code == 1
    assert asked.json["clause"].startswith("aaif")
    assert [set(each) for each in asked.json["objections"]] == [{"says", "cite"}] * 2


def test_an_interrupted_command_says_what_to_type_to_go_on(
    holdshort: Holdshort, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli.cli, "main", stop)
    data = tmp_path / "my data"
    ran = holdshort("review", "--model", "reference/null", "--data", data)
    assert ran.code == 130
    assert f"holdshort review --model reference/null --data '{data}'" in ran.err
    assert "Traceback" not in ran.err
    assert "To go on" in holdshort("review", "--json").json["do"]


def test_an_error_of_the_system_names_the_file(
    holdshort: Holdshort, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", "/some/file")

    monkeypatch.setattr(cli.cli, "main", fail)
    ran = holdshort("rulebook", "list")
    assert ran.code == 2
    assert ran.err == "holdshort: /some/file: Permission denied.\n"


def _leaves(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The commands of a group and of the groups in it, each by the words that call it."""
    if not isinstance(command, click.Group):
        yield path
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        below = command.get_command(context, name)
        assert below
        yield from _leaves(below, (*path, name))


def test_every_command_has_help_and_takes_json(holdshort: Holdshort) -> None:
    for path in _leaves(cli.cli, ()):
        ran = holdshort(*path, "--help")
        assert ran.code == 0
        assert "--json" in ran.out, path


def test_a_reader_that_stops_reading_is_no_yes(cleared: Path) -> None:
    """The exit code of a cut-off answer must not be taken for a pass."""
    code = "from holdshort.cli import main; main()"
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as broken:
        ran = subprocess.run(
            [sys.executable, "-c", code, "verify", str(cleared)],
            stdout=broken,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert ran.returncode != 0
    assert b"Traceback" not in ran.stderr


def test_a_folder_that_cannot_be_written_is_named(holdshort: Holdshort, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for arguments in (
        ("review", "--model", "reference/null", "--data", tmp_path / "file"),
        ("init", tmp_path / "file" / "data"),
    ):
        ran = holdshort(*arguments)
        assert ran.code == 2
        assert str(tmp_path / "file") in ran.err


@pytest.mark.usefixtures("bound_by_file_modes")
def test_a_folder_of_someone_else_is_named(holdshort: Holdshort, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        ran = holdshort("review", "--model", "reference/null", "--data", tmp_path / "data")
    finally:
        tmp_path.chmod(0o700)
    assert ran.code == 2
    assert "Permission denied" in ran.err


def test_output_that_is_no_terminal_has_no_colours_and_no_bars(cleared: Path) -> None:
    holdshort = shutil.which("holdshort", path=str(Path(sys.executable).parent))
    assert holdshort
    for arguments in (("docket",), ("party",), ("duties",)):
        ran = subprocess.run(
            [holdshort, *arguments, "--data", str(cleared)],
            capture_output=True,
            text=True,
            check=True,
        )
        assert "\x1b" not in ran.stdout
        assert ran.stdout
