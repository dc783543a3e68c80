"""Options that commands about evidence share: the register to hold it against."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

_FILE = click.Path(path_type=Path, dir_okay=False)

F = TypeVar("F", bound=Callable[..., Any])


def record_options(function: F) -> F:
    """``--register PLACE --case ID --charter HASH``."""
    for option in (
        click.option("--charter", help="Hash of the charter that is trusted."),
        click.option("--case", help="The case; by default the one whose findings rest on it."),
        click.option("--register", "place", help="A register, a folder or a URL, to compare with."),
    ):
        function = option(function)
    return function


def identity_option(*, required: bool) -> Callable[[F], F]:
    """``--identity FILE``."""
    return click.option(
        "--identity",
        type=_FILE,
        required=required,
        metavar="FILE",
        help="A reader's age identity, which opens what is sealed in a copy.",
    )
