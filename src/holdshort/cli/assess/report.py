"""``holdshort assess report``: what a bundle shows, for a person who decides or one who checks."""

from pathlib import Path

import click

from holdshort.cli.assess.claimed import Claimed
from holdshort.cli.assess.options import record_options
from holdshort.cli.options import json_option
from holdshort.cli.output import emit, next_step, say, write_all
from holdshort.errors import BadInput

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("report", short_help="Lay out what a bundle shows as a page, and on paper.")
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option("--html", "html_file", type=_FILE, metavar="FILE", help="Write it as a page.")
@click.option(
    "--pdf", "pdf_file", type=_FILE, metavar="FILE", help="Print it; Chromium must be installed."
)
@record_options
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    bundle: Path,
    html_file: Path | None,
    pdf_file: Path | None,
    place: str | None,
    case: str | None,
    charter: str | None,
    as_json: bool,
) -> None:
    """Write what the evidence BUNDLE shows: a page to read in ten minutes and check in an hour.

    Everything is recomputed first, as `holdshort assess verify` does; of evidence that does not
    hold no report is written.

    Exit 0: it is written. 1: the evidence does not hold. 2: it cannot be read, drawn or printed.
    """
    from holdshort.cli.assess.printing import browser, printed
    from holdshort.cli.assess.report_page import page

    if html_file is None and pdf_file is None:
        raise BadInput("Say where to.", do="Give --html FILE, --pdf FILE or both.")
    chromium = browser() if pdf_file else None  # before an hour of recomputing
    claimed = Claimed(bundle, place, case, charter, quiet=as_json)
    claimed.must_be_full()
    checks = list(claimed.checks())
    failed = [check for check in checks if not check.ok]
    if claimed.missing and not failed:
        raise BadInput(
            "No finding follows from evidence that was imported, so there is none to report.",
            where=str(bundle),
            do=f"See what is missing: holdshort assess verify {bundle}",
        )
    if failed or claimed.claims is None:
        _refuse(ctx, [f"{check.name}: {check.detail}" for check in failed], as_json)
        return
    html = page(claimed, claimed.claims, checks)
    made = [(html_file, html.encode())] if html_file else []
    if pdf_file and chromium:
        made.append((pdf_file, printed(html, chromium)))
    written = write_all(made, [bundle], what="The report")
    if as_json:
        emit({"holds": True, "faults": [], "written": written})
        return
    for name in written:
        say(f"Written: {name}")
    next_step(f"holdshort assess verify {bundle}", "to see each check")


def _refuse(ctx: click.Context, said: list[str], as_json: bool) -> None:
    if as_json:
        emit({"holds": False, "faults": said, "written": []})
    else:
        for line in said:
            say(f"FAIL  {line}")
        say("\nNo report is written of evidence that does not hold.")
    ctx.exit(1)
