"""Options that the commands of an audit share."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def decimal(value: str) -> Decimal:
    """A finite decimal; a usage error for anything else."""
    try:
        number = Decimal(value)
    except InvalidOperation:
        number = Decimal("nan")
    if not number.is_finite():
        raise click.BadParameter(f"{value!r} is no decimal such as 0.50.")
    return number


def ignore_option(function: F) -> F:
    """``--ignore COLUMN``, once or more."""
    said = "A column of the table that is no model's answers."
    return click.option("--ignore", multiple=True, metavar="COLUMN", help=said)(function)


def record_option(function: F) -> F:
    """``--record FILE``."""
    return click.option(
        "--record",
        type=click.Path(path_type=Path, dir_okay=False),
        required=True,
        metavar="FILE",
        help="The record of reviews, one a line.",
    )(function)
