"""``holdshort seal reader``: a reader's key."""

from pathlib import Path

import click

from holdshort.cli.options import data_option, json_option
from holdshort.cli.output import emit, next_step, say


@click.command("reader")
@click.argument("party")
@data_option
@json_option
def command(party: str, data: Path, as_json: bool) -> None:
    """Make a reader's key (age, X25519) for PARTY, or show the one that it has.

    The register enrols the recipient, `age1…`; the identity stays in the keys folder. It is locked
    with the passphrase of HOLDSHORT_PASSPHRASE_FILE, if one is set.
    """
    from holdshort.office.place import Place
    from holdshort.office.sealing.readers import identity_path, make_reader, own_recipient

    place = Place(data)
    known = own_recipient(place, party)
    recipient = known or make_reader(place, party)
    path = str(identity_path(place, party))
    if as_json:
        emit({"party": party, "recipient": recipient, "identity": path, "made": known is None})
        return
    say(f"{party} reads under {recipient}")
    say(f"{'Made' if known is None else 'It stands'}: {path}. Keep a copy where you keep keys.")
    next_step(f"holdshort party {party} --role ROLE --reader {recipient}", "to enrol it with it")
