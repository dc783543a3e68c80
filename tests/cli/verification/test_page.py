"""The page that checks one entry, written by the command line."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from holdshort.cli.verification.page import page_option
from holdshort.errors import BadInput
from holdshort.report.verify import verify_page


@click.command()
@click.argument("place")
@page_option
def verify(place: str) -> None:
    """Stands for any command that has the option."""
    raise AssertionError(place)


def test_the_page_is_written_and_nothing_is_verified(tmp_path: Path) -> None:
    file = tmp_path / "verify.html"
    ran = CliRunner().invoke(verify, ["--page", str(file)])
    assert ran.exit_code == 0, ran.output
    assert file.read_text("utf-8") == verify_page()
    assert f"Written: {file}" in ran.output
    assert "holdshort register prove ENTRY" in ran.output


def test_a_page_is_not_written_over_what_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is no file"):
        CliRunner().invoke(verify, ["--page", "/dev/null"], catch_exceptions=False)


def test_without_the_option_the_command_runs() -> None:
    with pytest.raises(AssertionError, match="here"):
        CliRunner().invoke(verify, ["here"], catch_exceptions=False)
