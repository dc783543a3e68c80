"""``holdshort assess audit find``: a finding with all items as keyed, and as reviewed."""

from decimal import Decimal
from pathlib import Path

import click

from holdshort.cli.assess.audit.options import decimal, ignore_option, record_option
from holdshort.cli.options import json_option
from holdshort.cli.output import emit, say

_EXIT = {"sound": 0, "doubtful": 1, "unknown": 2}
_LEAST_ITEMS = 20


@click.command(short_help="The finding with all items as keyed, and as reviewed.")
@click.argument("answers", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("queue", type=click.Path(path_type=Path, dir_okay=False))
@record_option
@click.option("--seed", required=True, help="Fixes the order in which items are counted.")
@click.option("--threshold", type=decimal, default="0.50", show_default=True, help="Pass rate.")
@click.option("--zone", type=decimal, default="0.10", show_default=True, help="Half-width.")
@click.option("--error-rate", type=decimal, default="0.05", show_default=True, help="Stated error.")
@click.option(
    "--on-difference",
    type=click.Choice(("inconclusive", "reviewed")),
    default="inconclusive",
    show_default=True,
    help="What the protocol says of findings that differ.",
)
@ignore_option
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    answers: Path,
    queue: Path,
    record: Path,
    seed: str,
    threshold: Decimal,
    zone: Decimal,
    error_rate: Decimal,
    on_difference: str,
    ignore: tuple[str, ...],
    as_json: bool,
) -> None:
    """Find on the model under test with all items as keyed, and as they were reviewed.

    Exit 0: the finding stands. 1: it hangs on bad keys. 2: it hangs on what is not reviewed, or
    the files do not belong together.
    """
    from holdshort.assess.statistics import RatePlan
    from holdshort.assess.validity import OnDifference, read_record, settle
    from holdshort.assess.validity.audit import (
        AuditPlan,
        answers_of,
        audited,
        read_bank,
        read_queue,
    )

    of, bank = read_queue(queue), read_bank(answers, ignore)
    items = len(bank.items)
    rate = RatePlan(threshold, zone, error_rate, items, min(_LEAST_ITEMS, items))
    found = audited(
        AuditPlan(rate, OnDifference(on_difference)),
        of,
        read_record(record, of.digest),
        answers_of(bank, of.under_test, seed.encode()),
    )
    kept = settle(found.found, [found.gate], [found.gate.name])
    if as_json:
        emit({"audit": found.to_fields(), "settled": kept.to_fields()})
    else:
        say(f"as keyed:    {found.as_keyed}")
        say(f"as reviewed: {found.reviewed}")
        say(f"{found.dropped} dropped, {found.rekeyed} keyed anew, {len(found.pending)} open")
        say(str(found.gate))
        say(f"{of.under_test}: {kept.found}")
    ctx.exit(_EXIT[found.gate.verdict])
