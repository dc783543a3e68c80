"""``holdshort rulebook prove`` says yes, or no with a story, and how sure it is."""

import json
from importlib import resources
from pathlib import Path

from click.testing import CliRunner

from holdshort.cli.rulebook.prove import command
from holdshort.errors import BadInput


def test_a_book_whose_limits_all_hold_is_proven() -> None:
    run = CliRunner().invoke(command, ["us-gaaia"])
    assert run.exit_code == 0, run.output
    assert "PROVEN" in run.output
    assert "REFUTED" not in run.output
    assert "Next: holdshort rulebook prove us-gaaia --guards" in run.output


def test_a_limit_that_fails_is_told_and_the_docket_asked(tmp_path: Path) -> None:
    text = (resources.files("holdshort.rulebook") / "books" / "aaif.yaml").read_text("utf-8")
    # The limits on bars alone: to prove all takes longer than the story is worth.
    for first, end in (
        ("violation-found", "  compliance-grounds:\n"),
        ("agreement-pinned", "\npen"),
    ):
        text = text[: text.index(f"  {first}:\n")] + text[text.index(end) :]
    path = tmp_path / "unjust.yaml"
    path.write_text(text.replace("- if: act.imminent", "- if: act.imminent || true"), "utf-8")
    run = CliRunner().invoke(command, [str(path)])
    assert run.exit_code == 1
    assert "REFUTED   A provisional bar stands only on imminent risk." in run.output
    assert "1. The developer: declare the model" in run.output
    assert "The docket agrees." in run.output


def test_the_document_holds_what_the_lines_say() -> None:
    run = CliRunner().invoke(command, ["us-gaaia", "us-s2938", "--json"])
    books = json.loads(run.output)
    assert [book["id"] for book in books] == ["us-gaaia", "us-s2938"]
    assert all(book["proven"] for book in books)
    assert {limit["verdict"] for book in books for limit in book["limits"]} == {"proven"}


def test_a_book_has_to_be_named() -> None:
    run = CliRunner().invoke(command, [])
    assert isinstance(run.exception, BadInput)
