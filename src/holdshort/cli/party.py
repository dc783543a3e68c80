"""``holdshort party``: enrol a party."""

from pathlib import Path

import click

from holdshort.cli.options import data_option, json_option, on
from holdshort.cli.output import emit, next_step, say, table


@click.command("party", short_help="Enrol a party, or list them.")
@click.argument("party", required=False)
@click.option("--role", help="A role of the rulebook, such as developer or assessor.")
@click.option("--name", help="Its name.")
@click.option("--as", "registrar", default="registrar", show_default=True, help="Who enrols it.")
@data_option
@json_option
def command(
    party: str | None,
    role: str | None,
    name: str | None,
    registrar: str,
    data: Path,
    as_json: bool,
) -> None:
    """Enrol PARTY with a new key in the keys folder; without PARTY, list who is enrolled."""
    from holdshort.office.door import Office
    from holdshort.office.opening import enrol

    office = Office.open(data)
    if party is None:
        parties = list(office.docket.parties.values())
        if as_json:
            emit([{**each.to_json(), "suspended": each.suspended} for each in parties])
            return
        table(
            ("party", "role", "name"),
            [
                (each.id, each.role, each.name + (" (suspended)" if each.suspended else ""))
                for each in parties
            ],
        )
        return
    if role is None:
        raise click.UsageError("Say what it may act as: --role.")
    receipt = enrol(office, party, name or party, role, registrar)
    if as_json:
        emit({"party": party, "role": role, "entry": receipt.entry.index})
        return
    say(f"Enrolled {party} as {role} (entry {receipt.entry.index}).")
    say(f"Its key: {office.place.key(party)}")
    next_step(f"holdshort docket --as {party}{on(data)}", "to see what it may do")
