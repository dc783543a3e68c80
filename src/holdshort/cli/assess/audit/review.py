"""``holdshort assess audit review``: one decision about one item, on record."""

from pathlib import Path

import click

from holdshort.cli.assess.audit.options import record_option
from holdshort.cli.options import json_option
from holdshort.cli.output import emit, say

DECISIONS = ("keep", "drop", "rekey")


@click.command(short_help="Put one decision about an item on record.")
@click.argument("queue", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("item")
@record_option
@click.option("--by", required=True, metavar="NAME", help="Who reviewed it.")
@click.option("--decision", required=True, type=click.Choice(DECISIONS), help="What is decided.")
@click.option("--key", default="", help="With rekey: the right answer.")
@click.option("--reason", required=True, help="Why, in words.")
@json_option
def command(
    queue: Path,
    item: str,
    record: Path,
    by: str,
    decision: str,
    key: str,
    reason: str,
    as_json: bool,
) -> None:
    """Append a review of ITEM to the record.

    A reviewer decides once about an item. Where reviewers differ, it stays open.

    Exit 0: it is on record. 2: it is no review of this queue.
    """
    from holdshort.assess.validity import read_record, rule
    from holdshort.assess.validity.audit import check_review, read_queue

    of = read_queue(queue)
    ruling = rule(
        record,
        of.digest,
        subject=item,
        reviewer=by,
        decision=decision,
        value=key,
        reason=reason,
        check=lambda made: check_review(of, made),
    )
    decided = read_record(record, of.digest).agreed()
    open_items = [each.item for each in of.to_review if each.item not in decided]
    if as_json:
        emit({"record": str(record), "head": ruling.digest, "open": open_items})
        return
    say(f"On record: {item}, {decision}, by {by} (head {ruling.digest})")
    say(f"{len(open_items)} of {len(of.to_review)} items are open.")
