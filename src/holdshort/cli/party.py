"""``holdshort party``: enrol a party."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from holdshort.cli.options import data_option, json_option, on, read_public_key
from holdshort.cli.output import emit, next_step, say, table
from holdshort.cli.passphrase import ask
from holdshort.register.keys import MADE_HERE

if TYPE_CHECKING:
    from holdshort.register.charter import Party


@click.command("party", short_help="Enrol a party, or list them.")
@click.argument("party", required=False)
@click.option("--role", help="A role of the rulebook, such as developer or assessor.")
@click.option("--name", help="Its name.")
@click.option(
    "--public",
    "given",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="A public key that it holds elsewhere (holdshort key new); repeatable.",
)
@click.option(
    "--key-type",
    "types",
    multiple=True,
    type=click.Choice(MADE_HERE),
    help="Type of a key to make here; repeatable. [default: those that the law has its role use]",
)
@click.option(
    "--threshold",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="How many of its keys sign an act.",
)
@click.option(
    "--reader", help="Its age recipient, for matter that is sealed to it (holdshort seal reader)."
)
@click.option("--as", "registrar", default="registrar", show_default=True, help="Who enrols it.")
@data_option
@json_option
def command(
    party: str | None,
    role: str | None,
    name: str | None,
    given: tuple[Path, ...],
    types: tuple[str, ...],
    threshold: int,
    reader: str | None,
    registrar: str,
    data: Path,
    as_json: bool,
) -> None:
    """Enrol PARTY with a new key in the keys folder; without PARTY, list who is enrolled.

    A registrar is enrolled by the root, --as root; a further court by a court.
    """
    from holdshort.office.door import Office
    from holdshort.office.opening import enrol

    if given and types:
        raise click.UsageError("Give keys that it holds (--public) or have some made (--key-type).")
    held = [read_public_key(path) for path in given]
    office = Office.open(data, ask)
    if party is None:
        _list(office.docket.parties.values(), as_json=as_json)
        return
    if role is None:
        raise click.UsageError("Say what it may act as: --role.")
    receipt = enrol(
        office,
        party,
        name or party,
        role,
        registrar,
        types=types,
        held=held,
        threshold=threshold,
        reader=reader,
    )
    keys = office.docket.parties[party].keys
    if as_json:
        keyids = [key.keyid for key in keys]
        emit({"party": party, "role": role, "entry": receipt.entry.index, "keys": keyids})
        return
    say(f"Enrolled {party} as {role} (entry {receipt.entry.index}).")
    if not held:
        say(f"Its key: {office.place.key(party)}")
    next_step(f"holdshort docket --as {party}{on(data)}", "to see what it may do")


def _list(parties: "Iterable[Party]", *, as_json: bool) -> None:
    listed = list(parties)
    if as_json:
        emit([{**each.to_json(), "suspended": each.suspended} for each in listed])
        return
    table(
        ("party", "role", "keys", "name"),
        [
            (
                each.id,
                each.role,
                f"{each.threshold} of {len(each.keys)}",
                each.name + (" (suspended)" if each.suspended else ""),
            )
            for each in listed
        ],
    )
