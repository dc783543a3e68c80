"""A bar on standard error where a person waits; nothing anywhere else."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Bar = Callable[[str, int, int], None]
"""Told what is done, how much of it, and of how much."""


@contextmanager
def bar(*, quiet: bool) -> Iterator[Bar]:
    """A bar that is gone again at the end, so that lines can be printed."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield lambda what, done, total: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    # What is printed meanwhile goes where it was to go: standard output may be a pipe.
    with Progress(
        *columns,
        TimeElapsedColumn(),
        console=console,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    ) as shown:
        task = shown.add_task("")

        def heard(what: str, done: int, total: int) -> None:
            shown.update(task, description=what, completed=done, total=total)

        yield heard
