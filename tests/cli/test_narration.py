"""What a review tells: on a terminal with bars, elsewhere in lines, with ``--json`` not at all."""

import io
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import rich.console

from holdshort.assess.campaign import Progress
from holdshort.assess.statistics import Decision
from holdshort.cli.narration import Narrator
from holdshort.office.review.events import Bytes, Note, Stage


def progress(done: int, decision: Decision | None = None) -> Progress:
    """An area's test after so many items."""
    evidence, interval = Decimal("1.5"), (Decimal("0.1"), Decimal("0.9"))
    return Progress("cybersecurity", done, 40, 0, evidence, evidence, interval, decision, 0)


EVENTS = (
    Stage("assessment"),
    Note("A note with [brackets] in it."),
    Bytes("reading the weights", 5_000_000, 10_000_000),
    Bytes("reading the weights", 10_000_000, 10_000_000),
    *(progress(done) for done in range(20)),
    progress(20, Decision.BELOW),
)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Everything that a narrator writes of some events."""

    def tell(*events: Any, terminal: bool = False, quiet: bool = False) -> str:
        written = io.StringIO()
        console = rich.console.Console

        def made(**options: Any) -> rich.console.Console:
            return console(file=written, force_terminal=terminal, width=120, **options)

        with monkeypatch.context() as patched:
            patched.setattr(rich.console, "Console", made)
            with Narrator(quiet=quiet) as narrator:
                narrator.copying(1, 2)
                for event in events:
                    narrator.hear(event)
        return written.getvalue()

    return tell


def test_elsewhere_than_on_a_terminal_it_writes_lines_now_and_then(
    told: Callable[..., str],
) -> None:
    lines = told(*EVENTS).splitlines()
    assert "\x1b" not in "".join(lines)
    assert "        A note with [brackets] in it." in lines
    of_area = [line for line in lines if "cybersecurity" in line]
    assert len(of_area) == 2
    assert "after 0/10 solved" in of_area[0]
    assert "cybersecurity: below after 0/20 solved, rate in [0.1, 0.9]" in of_area[1]
    assert "reading the weights" not in "".join(lines)


def test_on_a_terminal_bars_come_and_go(told: Callable[..., str]) -> None:
    written = told(*EVENTS, terminal=True)
    assert "cybersecurity" in written
    assert "reading the weights" in written
    assert "below after 0/20 solved" in written


def test_quiet_means_quiet(told: Callable[..., str]) -> None:
    assert told(*EVENTS, quiet=True) == ""
    assert told(*EVENTS, quiet=True, terminal=True) == ""


def test_what_acts_say_is_text_and_no_markup(
    told: Callable[..., str], scripted: Callable[..., Any], tmp_path: Path
) -> None:
    heard: list[Any] = []
    scripted(tmp_path / "data", tell=heard.append)
    lines = told(*heard)
    assert "[house, public register]" in lines
    assert "acceptable" in lines
