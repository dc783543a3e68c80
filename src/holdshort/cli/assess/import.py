"""``holdshort assess import``: logs of Inspect's from elsewhere, as evidence of a lower grade."""  # noqa: N999 - the command's name; loaded by it

import shlex
from pathlib import Path

import click

from holdshort.cli.options import json_option
from holdshort.cli.output import emit, next_step, say


@click.command("import", short_help="Bring logs of Inspect's in as evidence of a lower grade.")
@click.argument("log", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    metavar="FILE",
    help="Where to put the bundle; nothing is replaced.",
)
@json_option
def command(log: tuple[Path, ...], out: Path, as_json: bool) -> None:
    """Bind each LOG (.eval or .json) into one bundle, and list what such evidence lacks.

    From then on nobody can change it unnoticed. What happened before, it cannot show: no finding
    follows from it.

    Exit 0: it is written. 2: a log cannot be read, or contradicts itself.
    """
    from holdshort.assess.imported import import_logs
    from holdshort.cli.assess.record import sha256
    from holdshort.cli.assess.verify import say_missing
    from holdshort.errors import BadInput

    if out.exists():
        raise BadInput("There is a file here already.", where=str(out), do="Name another.")
    found = import_logs(log, out)
    digest = sha256(out)
    if as_json:
        emit(
            {
                "bundle": str(out),
                "sha256": digest,
                "grade": "imported",
                "samples": found.samples,
                "scored": found.scored,
                "root": found.root,
                "missing": [{"what": what, "why": why} for what, why in found.missing],
            }
        )
        return
    say(f"Written: {out} (sha256 {digest})")
    say(f"{found.samples} samples of {len(log)} log(s), {found.scored} scored. Grade: imported.")
    say("Missing:")
    say_missing(found.missing)
    next_step(f"holdshort assess verify {shlex.quote(str(out))}", "to check it later")
