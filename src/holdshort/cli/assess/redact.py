"""``holdshort assess redact``: a public copy of a bundle, of which parts are sealed."""

import shlex
from pathlib import Path

import click

from holdshort.cli.options import json_option
from holdshort.cli.output import emit, next_step, say
from holdshort.cli.seal.entries import fresh


@click.command("redact", short_help="Make a public copy of a bundle, parts of it sealed.")
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option(
    "--part",
    type=click.Choice(["logs", "answers"]),
    default="logs",
    show_default=True,
    help="What to seal. logs: Inspect's logs. answers: the ledgers too; their marks stay public.",
)
@click.option(
    "--reader",
    "readers",
    multiple=True,
    required=True,
    metavar="RECIPIENT",
    help="Who can open it: an age recipient, age1…. Repeatable.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    metavar="FILE",
    help="Where to put the copy; nothing is replaced.",
)
@json_option
def command(bundle: Path, part: str, readers: tuple[str, ...], out: Path, as_json: bool) -> None:
    """Copy an evidence BUNDLE for the public, with parts of it sealed to named readers.

    Index, protocol, results and Merkle roots stay as they are, so that a copy can be held against
    the full bundle. With its key a reader gets that bundle back: `holdshort assess restore`.
    """
    from holdshort.assess.redacted import redact
    from holdshort.cli.assess.record import sha256
    from holdshort.register.sealing.age import check_recipient

    recipients = [check_recipient(each, "--reader") for each in readers]
    sealed = redact(bundle, fresh(out), recipients, answers=part == "answers")
    if as_json:
        emit({"copy": str(out), "of": sha256(bundle), "sealed": sealed, "readers": recipients})
        return
    say(f"Written: {out}. Sealed to {len(recipients)} reader(s):")
    for name in sealed:
        say(f"  {name}")
    next_step(
        f"holdshort assess verify {shlex.quote(str(out))}", "to see what the public can check"
    )
