"""``holdshort seal due``: what is kept, and until when."""

from pathlib import Path

import click

from holdshort.cli.options import data_option, json_option, on
from holdshort.cli.output import emit, next_step, say


@click.command("due")
@data_option
@json_option
def command(data: Path, as_json: bool) -> None:
    """List every sealed entry: who holds a key here, and what the rulebook says of keeping it.

    Times are those of the rulebook's duties to keep, counted on the record, with the count.
    """
    from holdshort.office.door import Office
    from holdshort.office.sealing.filing import sealed_of
    from holdshort.office.sealing.readers import holders
    from holdshort.office.sealing.retention import retentions

    office = Office.open(data)
    now, listed = office.now(), []
    for entry in office.entries():
        sealed = sealed_of(office.folder, entry)
        if not sealed:
            continue
        keys = {who for each in sealed.values() for who in holders(office.place, each.blob)}
        listed.append((entry, sealed, sorted(keys), retentions(office.docket, entry, now)))
    if as_json:
        emit(
            [
                {
                    "entry": entry.index,
                    "act": entry.act.type,
                    "case": entry.act.case,
                    "sealed": {name: each.ground for name, each in sealed.items()},
                    "keys_here": held,
                    "retention": [
                        {
                            "rule": kept.retention.id,
                            "status": kept.status,
                            "until": kept.until,
                            "destroyed": kept.retention.destroyed,
                            "cite": kept.cite,
                            "derivation": kept.derivation,
                        }
                        for kept in rules
                    ],
                }
                for entry, sealed, held, rules in listed
            ]
        )
        return
    if not listed:
        say("Nothing on this register is sealed.")
        return
    for entry, sealed, held, rules in listed:
        say(f"Entry {entry.index}, {entry.act.type} in {entry.act.case}, by {entry.act.by}")
        what = ", ".join(f"{name} ({each.ground})" for name, each in sealed.items())
        say(f"  sealed: {what}")
        say(f"  keys here: {', '.join(held) or 'none; nobody can open it from here'}")
        for kept in rules:
            say(f"  {kept}")
        if not rules:
            say("  The rulebook does not say how long it is kept.")
    next_step(
        f"holdshort seal destroy ENTRY --as PARTY --reasons WHY{on(data)}",
        "ends a party's access to an entry, for good",
    )
