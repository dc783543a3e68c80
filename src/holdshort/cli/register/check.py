"""``holdshort register check``: what an operator wants to know before anybody else finds out."""

from pathlib import Path

import click

from holdshort.cli.options import data_option, json_option, on
from holdshort.cli.output import emit, next_step, say


@click.command("check", short_help="The operator's check: database, folder, mirrors, keys.")
@click.option("--mirror", "urls", multiple=True, help="Also this mirror; repeatable.")
@data_option
@json_option
@click.pass_context
def command(ctx: click.Context, urls: tuple[str, ...], data: Path, as_json: bool) -> None:
    """Hold the database against what is published, mirrored and witnessed; change nothing.

    Exit 0: all is well. 1: something is wrong. 2: there is no register here.
    """
    from holdshort.cli.register.checking import Checking
    from holdshort.cli.verification.line import timed

    checks, well = [], True
    for line, seconds in timed(Checking(data, urls).lines()):
        well = well and line.ok
        checks.append({**vars(line), "seconds": round(seconds, 3)})
        if not as_json:
            say(f"{'ok  ' if line.ok else 'FAIL'}  {line.name}: {line.detail}")
    if as_json:
        emit({"well": well, "checks": checks})
    elif well:
        next_step(f"holdshort register backup TO{on(data)}", "to keep a copy elsewhere")
    ctx.exit(0 if well else 1)
