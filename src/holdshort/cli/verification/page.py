"""``holdshort verify --page FILE``: the page that checks one entry in a browser."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from holdshort.cli.output import next_step, say, write

F = TypeVar("F", bound=Callable[..., Any])


def page_option(function: F) -> F:
    """``--page FILE``: write the page and do nothing else, so PLACE need not be given."""
    return click.option(
        "--page",
        type=click.Path(path_type=Path, dir_okay=False),
        is_eager=True,
        expose_value=False,
        callback=_write_page,
        help="Write the page that checks one entry in a browser, and do nothing else.",
    )(function)


def _write_page(ctx: click.Context, _: click.Parameter, file: Path | None) -> None:
    if file is None or ctx.resilient_parsing:
        return
    from holdshort.report.verify import verify_page

    write(file, verify_page())
    say(f"Written: {file}")
    next_step("holdshort register prove ENTRY", "to make a proof that the page checks")
    ctx.exit()
