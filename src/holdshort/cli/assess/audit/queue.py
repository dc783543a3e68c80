"""``holdshort assess audit queue``: the items of a bank, the most suspect first."""

import shlex
from decimal import Decimal
from pathlib import Path

import click

from holdshort.cli.assess.audit.options import decimal, ignore_option
from holdshort.cli.options import json_option
from holdshort.cli.output import emit, next_step, say, table, write

_SHOWN = 10


@click.command(short_help="Sort a bank's items by how suspect their keys are.")
@click.argument("answers", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--under-test", required=True, metavar="MODEL", help="Its answers are not used.")
@click.option("--kin", multiple=True, metavar="MODEL", help="Nor are those of this one.")
@click.option(
    "--share",
    type=decimal,
    default="0.05",
    show_default=True,
    help="Share of the items that is to be reviewed.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    metavar="FILE",
    help="Where to put the queue; nothing is replaced.",
)
@ignore_option
@json_option
def command(
    answers: Path,
    under_test: str,
    kin: tuple[str, ...],
    share: Decimal,
    out: Path,
    ignore: tuple[str, ...],
    as_json: bool,
) -> None:
    """Sort the items of ANSWERS, from the answers of other models than the one under test.

    Reviews name the queue's digest: file it before the model's answers are seen.

    Exit 0: it is written. 2: the table cannot be used.
    """
    from holdshort.assess.validity.audit import queue, read_bank
    from holdshort.errors import BadInput
    from holdshort.register.canonical import canonical

    if out.exists():
        raise BadInput("There is a file here already.", where=str(out), do="Name another.")
    made = queue(read_bank(answers, ignore), under_test, kin, share=share)
    write(out, canonical(made.to_fields()).decode() + "\n")
    first = made.to_review
    if as_json:
        emit(
            {
                "queue": str(out),
                "digest": made.digest,
                "items": len(made.suspects),
                "models": list(made.models),
                "to_review": [each.to_fields() for each in first],
            }
        )
        return
    say(f"Written: {out} (queue {made.digest})")
    say(f"{len(first)} of {len(made.suspects)} items to review, by {len(made.models)} models.")
    rows = [(each.item, each.key, each.other, str(each.suspicion)) for each in first[:_SHOWN]]
    table(("item", "key", "others say", "log-odds of a bad key"), rows)
    if len(first) > _SHOWN:
        say(f"and {len(first) - _SHOWN} more in {out}")
    next_step(
        f"holdshort assess audit review {shlex.quote(str(out))} {shlex.quote(first[0].item)} "
        "--record reviews.jsonl --by NAME --decision keep --reason '…'",
        "for each of them",
    )
