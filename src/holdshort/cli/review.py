"""``holdshort review``: one model's whole pre-deployment review, ending at the gate."""

from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import click

from holdshort.cli.options import data_option, json_option
from holdshort.cli.output import emit, say

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

    from holdshort.gate.check import Decision
    from holdshort.office.review.events import Event
    from holdshort.office.review.review import Outcome


@click.command("review", short_help="One model's whole pre-deployment review.")
@click.option(
    "--model",
    help="An Inspect model name (openai/…, anthropic/…, vllm/…, hf/…, gguf/PATH, reference/solver);"
    " left out: the small model that `make review` installs.",
)
@click.option(
    "--weights",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder with the model's weights, for the gate.",
)
@click.option(
    "--facts",
    type=click.Path(path_type=Path),
    help="Facts file on training compute, or the name of a shipped one.",
)
@click.option("--rulebook", default="aaif", show_default=True, help="A shipped book, or a file.")
@data_option
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    model: str | None,
    weights: Path | None,
    facts: Path | None,
    rulebook: str,
    data: Path,
    as_json: bool,
) -> None:
    """Take one model from its training facts to the gate, each step a signed act.

    Interrupt it whenever you like: the next run goes on. Exit 0: cleared, and the gate passes.
    1: not cleared, or the gate refuses.
    """
    from holdshort.compute.facts import shipped
    from holdshort.office.place import Place
    from holdshort.office.review.account import account, summary_lines
    from holdshort.office.review.review import Review, one_at_a_time
    from holdshort.office.review.subject import resolve
    from holdshort.report.document import review_report
    from holdshort.rulebook.load import open_rulebook

    place = Place(data)
    book = open_rulebook(rulebook)
    if facts is not None and not facts.exists() and not facts.suffix:
        facts = shipped(str(facts))
    with one_at_a_time(place), Narrator(quiet=as_json) as narrator:
        subject = resolve(model, weights, facts, place, narrator.copying)
        outcome = Review(place, book, subject, narrator.hear).run()
        decision = _gate(outcome)
        page = place.report(outcome.case.id)
        page.write_text(review_report(account(outcome)), "utf-8")
    lines = summary_lines(outcome)
    if as_json:
        emit(_json(outcome, decision, page, lines))
    else:
        _print(outcome, decision, page, lines)
    passed = decision is None or decision.served
    ctx.exit(0 if outcome.state in ("cleared", "conditional") and passed else 1)


def _gate(outcome: "Outcome") -> "Decision | None":
    """Ask the gate as a platform would: from the published folder and the files."""
    from holdshort.gate.check import RegisterView, check
    from holdshort.register.folder import Folder

    if outcome.manifest is None or outcome.office.docket.last_snapshot is None:
        return None
    office = outcome.office
    view = RegisterView(Folder(office.place.public), office.docket.charter.leaf_hash)
    return check(outcome.manifest, view, allow_rehearsal=True)


def _print(outcome: "Outcome", decision: "Decision | None", page: Path, lines: list[str]) -> None:
    from holdshort.office.review.account import STATES, further_commands

    state = STATES.get(outcome.state, outcome.state)
    say()
    if outcome.resumed:
        say(f"This model is {state} already; nothing was left to do.")
    say(click.style(f"REHEARSAL · {state.upper()}", bold=True))
    for line in lines:
        say(f"  {line}")
    if decision is None:
        say("Gate: nothing to check (no weights at hand, or nothing cleared on this register).")
    else:
        say(f"Gate: {'PASS' if decision.served else 'REFUSED'}")
        for reason in decision.reasons:
            say(f"  {reason}")
    say(f"\nReport: {page}")
    say("\nLook further:")
    for line, what in further_commands(outcome):
        say(f"  {line}\n      {what}")


def _json(
    outcome: "Outcome", decision: "Decision | None", page: Path, lines: list[str]
) -> dict[str, Any]:
    case = outcome.case
    return {
        "case": case.id,
        "state": outcome.state,
        "resumed": outcome.resumed,
        "rehearsal": outcome.office.docket.charter.rehearsal,
        "coverage": case.facts["coverage"],
        "findings": case.memory.get("findings"),
        "weights": outcome.manifest.digest if outcome.manifest else None,
        "register": str(outcome.office.place.public),
        "log_size": outcome.office.docket.size,
        "gate": decision.to_json() if decision else None,
        "summary": lines,
        "report": str(page),
    }


class Narrator(AbstractContextManager["Narrator"]):
    """Prints what happens as it happens; bars where a person would wait."""

    def __init__(self, *, quiet: bool) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        self._console = Console(highlight=False, soft_wrap=True, quiet=quiet)
        self._bars: Bars = Progress(
            TextColumn("  {task.description:<26}"),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[detail]}"),
            TimeElapsedColumn(),
            console=self._console,
            disable=quiet or not self._console.is_terminal,
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> "Narrator":
        self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bars.stop()

    def copying(self, done: int, total: int) -> None:
        """Weights are being laid out."""
        self._bytes("laying out the weights", done, total)

    def hear(self, event: "Event") -> None:
        """Print an event of the review."""
        from holdshort.office.review.events import Acted, Bytes, Note, Stage

        match event:
            case Stage(title):
                self._console.print(f"\n[bold]{title}[/bold]")
            case Acted(receipt, role):
                act = receipt.entry.act
                self._console.print(
                    f"  [dim]{receipt.entry.index:>4}[/dim]  [bold]{act.type}[/bold]  "
                    f"{act.by} ({role})"
                )
                clause = receipt.rule.clause
                self._console.print(f"        {clause.says} \\[{clause.cite}]", style="dim")
            case Note(text):
                self._console.print(f"        {text}", markup=False)
            case Bytes(what, done, total):
                self._bytes(what, done, total)
            case progress:
                self._area(progress)

    def _bytes(self, what: str, done: int, total: int) -> None:
        self._show(what, done, total, f"{done / 1e6:,.0f} of {total / 1e6:,.0f} MB")

    def _area(self, progress: Any) -> None:
        low, high = progress.interval
        detail = (
            f"{progress.successes}/{progress.done} solved, rate in \\[{low}, {high}], "
            f"evidence below {progress.e_below:.3g} above {progress.e_above:.3g}"
        )
        decided = progress.decision is not None
        # The bar shows how far the test may go at most; it ends when the evidence decides.
        total = progress.done if decided else progress.max_items
        self._show(progress.area, progress.done, total, detail)
        if decided or (not self._console.is_terminal and progress.done % 10 == 0):
            verdict = f": {progress.decision}" if decided else " …"
            self._console.print(f"        {progress.area}{verdict} after {detail}", style="cyan")

    def _show(self, what: str, done: int, total: int, detail: str) -> None:
        if what not in self._tasks:
            self._tasks[what] = self._bars.add_task(what, total=total, detail=detail)
        self._bars.update(self._tasks[what], completed=done, total=total, detail=detail)
        if done >= total:
            self._bars.remove_task(self._tasks.pop(what))
