"""Options that several commands share."""

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

DEFAULT_DATA = Path("holdshort-data")


def json_option(function: F) -> F:
    """``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="Machine output on stdout.")(
        function
    )


def data_option(function: F) -> F:
    """``--data DIR``."""
    return click.option(
        "--data",
        type=click.Path(path_type=Path),
        default=DEFAULT_DATA,
        show_default=True,
        help="Folder of the embedded register.",
    )(function)


def on(data: Path) -> str:
    """`` --data DIR`` for a command to type next; nothing where the default will do."""
    return "" if data == DEFAULT_DATA else f" --data {shlex.quote(str(data))}"
