"""``holdshort duties``: what is owed, by whom, until when."""

from datetime import UTC, datetime
from pathlib import Path

import click

from holdshort.cli.options import data_option, json_option, on
from holdshort.cli.output import emit, next_step, say


@click.command("duties", short_help="What is owed, by whom, until when.")
@data_option
@json_option
def command(data: Path, as_json: bool) -> None:
    """List every duty on the register, soonest first, with how its time was counted."""
    from holdshort.docket.clocks import stamp
    from holdshort.office.door import Office

    docket = Office.open(data).docket
    found = docket.duties(max(stamp(datetime.now(UTC)), docket.last_at))
    if as_json:
        emit(
            [
                {
                    "duty": item.duty.id,
                    "case": item.case,
                    "owed_by": item.party or item.duty.owed_by,
                    "owed_to": item.duty.owed_to,
                    "status": item.status,
                    "started": item.started,
                    "due": stamp(item.due.at) if item.due else None,
                    "derivation": item.due.derivation if item.due else None,
                    "cite": item.duty.clause.cite,
                }
                for item in found
            ]
        )
        return
    if not found:
        say("Nothing is owed: no case on this register has started a duty.")
    for item in found:
        when = f"due {stamp(item.due.at)}" if item.due else "no time set by any source"
        say(f"{item.status.upper():8}{item.duty.id} ({item.case}): {when}")
        say(f"        {item.party or item.duty.owed_by} to {item.duty.owed_to}:")
        say(f"        {item.duty.clause.says} [{item.duty.clause.cite}]")
        if item.due:
            say(f"        {item.due.derivation}")
        if item.duty.clause.conflict:
            say(f"        sources disagree: {item.duty.clause.conflict}")
    next_step(f"holdshort docket{on(data)}", "to see the cases")
