"""What a review tells whoever watches: its acts as they are filed, bars where one waits."""

from contextlib import AbstractContextManager
from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

    from holdshort.assess.campaign import ArmProgress
    from holdshort.office.door import Receipt
    from holdshort.office.review.events import Event
    from holdshort.register.act import Act


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
        self._quoted: set[str] = set()

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
        from holdshort.assess.campaign import ArmProgress
        from holdshort.office.review.events import Acted, Bytes, Note, Stage

        match event:
            case Stage(title):
                self._console.print(f"\n[bold]{title}[/bold]")
            case Acted(receipt, role):
                self._acted(receipt, role)
            case Note(text):
                self._console.print(f"        {text}", markup=False)
            case Bytes(what, done, total):
                self._bytes(what, done, total)
            case ArmProgress():
                self._arm(event)
            case progress:
                self._area(progress)

    def _acted(self, receipt: "Receipt", role: str) -> None:
        act, clause = receipt.entry.act, receipt.rule.clause
        self._console.print(
            f"  [dim]{receipt.entry.index:>4}[/dim]  [bold]{act.type}[/bold]  {act.by} ({role})"
        )
        if matter := _matter(act):
            self._console.print(f"        {matter}", markup=False)
        if act.type not in self._quoted:  # a clause is read once
            self._quoted.add(act.type)
            line = f"        {clause.says} [{clause.cite}]"
            self._console.print(line, style="dim", markup=False)

    def _bytes(self, what: str, done: int, total: int) -> None:
        self._show(what, done, total, f"{done / 1e6:,.0f} of {total / 1e6:,.0f} MB")

    def _area(self, progress: Any) -> None:
        low, high = progress.interval
        detail = (
            f"{progress.successes}/{progress.done} solved, rate in \\[{low}, {high}], "
            f"evidence below {progress.e_below:.3g} above {progress.e_above:.3g}"
        )
        if progress.tokens:
            detail += f", {progress.tokens:,} tokens"
        decided = progress.decision is not None
        # The bar shows how far the test may go at most; it ends when the evidence decides.
        total = progress.done if decided else progress.max_items
        self._show(progress.area, progress.done, total, detail)
        if decided or (not self._console.is_terminal and progress.done % 10 == 0 < progress.done):
            verdict = f": {progress.decision}" if decided else " …"
            self._console.print(f"        {progress.area}{verdict} after {detail}", style="cyan")

    def _arm(self, progress: "ArmProgress") -> None:
        title, done, requests = progress.part.title, progress.done, progress.requests
        detail = f"{progress.right}/{done} right, {progress.tokens:,} tokens"
        if done == 0:
            return
        self._show(title, done, requests, detail)
        if done == requests:
            self._console.print(f"        {title}: {detail}", style="cyan")

    def _show(self, what: str, done: int, total: int, detail: str) -> None:
        if what not in self._tasks:
            self._tasks[what] = self._bars.add_task(what, total=total, detail=detail)
        self._bars.update(self._tasks[what], completed=done, total=total, detail=detail)
        if done >= total:
            self._bars.remove_task(self._tasks.pop(what))


def _matter(act: "Act") -> str | None:
    """What an act is about, where its name does not say it."""
    fields = act.fields
    match act.type:
        case "register.enrol":
            return f"{fields['party']}: {fields['name']}, as {fields['role']}"
        case "review.assign":
            return f"{fields['assessor']} was drawn"
        case "review.file-finding":
            return f"{fields['area']}: {fields['outcome']}"
        case _:
            return None
