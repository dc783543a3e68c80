"""``holdshort key``: make keys, sign with them, change those of a party."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from holdshort.cli.options import data_option, json_option, on, read_public_key
from holdshort.cli.output import emit, next_step, say, table, write
from holdshort.cli.passphrase import ask, choose
from holdshort.register.keys import MADE_HERE

if TYPE_CHECKING:
    from holdshort.office.door import Office, Receipt
    from holdshort.register.canonical import Json
    from holdshort.register.draft import Draft
    from holdshort.register.keys import PublicKey

type_option = click.option(
    "--type",
    "types",
    multiple=True,
    type=click.Choice(MADE_HERE),
    help="Type of the key; repeatable for several. [default: the types that it has]",
)
reasons_option = click.option("--reasons", required=True, help="Why, for the record.")


@click.group("key")
def command() -> None:
    """Make keys, sign with them, change those of a party."""


@command.command("new")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--type",
    "type_",
    type=click.Choice(MADE_HERE),
    default="ed25519",
    show_default=True,
    help="Type of the key.",
)
@click.option("--encrypt", is_flag=True, help="Ask for a passphrase, and encrypt the file with it.")
@json_option
def new(file: Path, type_: str, encrypt: bool, as_json: bool) -> None:
    """Make a key in FILE, and its public half in FILE.pub, for use outside this folder."""
    from holdshort.office.keys.passphrase import from_environment
    from holdshort.register.canonical import canonical
    from holdshort.register.keys import generate

    secret = from_environment() or (choose(f"A passphrase for {file}") if encrypt else None)
    key = generate(file, type_, secret)
    public = file.with_name(f"{file.name}.pub")
    write(public, canonical(key.public.to_json()).decode() + "\n")
    if as_json:
        emit({"keyid": key.keyid, "public": key.public.to_json(), "file": str(file)})
        return
    say(f"Key {key.keyid} ({type_}){'' if secret else ', not encrypted'}")
    say(f"  {file}   keep it secret")
    say(f"  {public}   give it to whoever is to enrol you")
    next_step(f"holdshort init --root-key {public} --draft charter.draft", "to found a register")


@command.command("show")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@json_option
def show(file: Path, as_json: bool) -> None:
    """The id and the type of the public key in FILE."""
    key = read_public_key(file)
    if as_json:
        emit({"keyid": key.keyid, "public": key.to_json()})
        return
    say(f"{key.keyid}  {key.type}")


@command.command("sign")
@click.argument("draft", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--key",
    "keys",
    multiple=True,
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="A private key file; repeatable.",
)
@json_option
def sign(draft: Path, keys: tuple[Path, ...], as_json: bool) -> None:
    """Add signatures to DRAFT, an act that several people sign. What is signed is shown."""
    from holdshort.register.draft import Draft
    from holdshort.register.keys import load

    read = Draft.read(draft)
    if not as_json:
        _show(read)
    signers = [load(path, partial(ask, f"the passphrase of {path}")) for path in keys]
    signed = read.signed(signers)
    write(draft, signed.to_bytes().decode())
    if as_json:
        emit({"draft": str(draft), "signatures": [each.keyid for each in signed.signatures]})
        return
    say(f"Signed: {len(signed.signatures)} signatures now.")
    next_step(f"holdshort submit {draft}", "where the register is, once enough have signed")


@command.command("rotate")
@click.argument("party")
@type_option
@click.option(
    "--keep", "kept", multiple=True, metavar="KEYID", help="A key that stays; repeatable."
)
@click.option(
    "--threshold", type=click.IntRange(min=1), help="How many sign an act. [default: as before]"
)
@data_option
@json_option
def rotate(
    party: str,
    types: tuple[str, ...],
    kept: tuple[str, ...],
    threshold: int | None,
    data: Path,
    as_json: bool,
) -> None:
    """Make new keys for PARTY in the keys folder, and have them take the place of its old ones.

    The old keys sign it, and so does each new one. The old files stay where they are.
    """
    from holdshort.office.door import Office
    from holdshort.office.signing import rotate as rotated

    office = Office.open(data, ask)
    receipt = rotated(office, party, types, kept, threshold)
    _told(office, receipt, party, data, as_json=as_json)


@command.command("replace")
@click.argument("party")
@click.option(
    "--public",
    "given",
    multiple=True,
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="A public key file (holdshort key new); repeatable.",
)
@click.option(
    "--threshold", type=click.IntRange(min=1), help="How many sign an act. [default: as before]"
)
@click.option("--as", "by", default="registrar", show_default=True, help="Who does it.")
@reasons_option
@data_option
@json_option
def replace(
    party: str,
    given: tuple[Path, ...],
    threshold: int | None,
    by: str,
    reasons: str,
    data: Path,
    as_json: bool,
) -> None:
    """Give PARTY, whose keys are lost or stolen, the public keys in FILEs instead.

    Those of a registrar, or of a court, are replaced by the root: --as root.
    """
    from holdshort.office.door import REGISTER, Office

    keys = [read_public_key(path) for path in given]
    office = Office.open(data, ask)
    held = office.docket.parties.get(party)
    fields: dict[str, Json] = {
        "party": party,
        "keys": [key.to_json() for key in keys],
        "reasons": reasons,
        "threshold": threshold or (held.threshold if held else 1),
    }
    role = office.docket.parties[by].role if by in office.docket.parties else ""
    act = "replace-appointed-keys" if role == "authority.root" else "replace-keys"
    receipt = office.file(f"register.{act}", REGISTER, by, fields)
    _told(office, receipt, party, data, as_json=as_json)


@command.command("revoke")
@click.argument("party")
@click.argument("keyid")
@click.option("--as", "by", default="registrar", show_default=True, help="Who does it.")
@reasons_option
@data_option
@json_option
def revoke(party: str, keyid: str, by: str, reasons: str, data: Path, as_json: bool) -> None:
    """Revoke one of PARTY's keys, KEYID (its first digits do). What it signed before stands."""
    from holdshort.office.door import REGISTER, Office
    from holdshort.office.signing import key_of

    office = Office.open(data, ask)
    fields = {"party": party, "key": key_of(office, party, keyid).keyid, "reasons": reasons}
    receipt = office.file("register.revoke-key", REGISTER, by, fields)
    _told(office, receipt, party, data, as_json=as_json)


@command.command("attach")
@click.argument("party")
@click.argument("name")
@click.argument("uri")
@click.option(
    "--public",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Its public key, as JSON. [default: the device or service is asked]",
)
@data_option
@json_option
def attach(party: str, name: str, uri: str, public: Path | None, data: Path, as_json: bool) -> None:
    """Note that PARTY has a key called NAME in a device or a service, at URI.

    URI is one of securesystemslib: hsm:…, awskms:…, gcpkms:…, azurekms:…, hv:….
    """
    from holdshort.office.keys.keyring import Keyring
    from holdshort.office.place import Place
    from holdshort.register.canonical import canonical

    given = read_public_key(public) if public else None
    place = Place(data)
    key = Keyring(place, ask).attach(party, name, uri, given).public
    file = place.keys / f"{party}.{name}.pub"
    write(file, canonical(key.to_json()).decode() + "\n")
    if as_json:
        emit({"party": party, "name": name, "uri": uri, "keyid": key.keyid})
        return
    say(f"{party} signs with {key.keyid[:16]}… at {uri}, once the register knows the key.")
    next_step(f"holdshort party {party} --role ROLE --public {file}{on(data)}", "to enrol it")


@command.command("list")
@click.argument("party", required=False)
@data_option
@json_option
def list_(party: str | None, data: Path, as_json: bool) -> None:
    """The keys that speak for PARTY now, or for everyone."""
    from holdshort.office.door import Office

    office = Office.open(data, ask)
    rows = [
        (each.id, key)
        for each in office.docket.parties.values()
        if party in (None, each.id)
        for key in each.keys
    ]
    if as_json:
        emit([{"party": id_, "keyid": key.keyid, "type": key.type} for id_, key in rows])
        return
    table(("party", "type", "key id"), [(id_, key.type, key.keyid) for id_, key in rows])


def _show(draft: "Draft") -> None:
    act = draft.act
    say(f"{act.type} in {act.case} by {act.by}, dated {act.at}, for {act.register}:")
    for name, value in act.fields.items():
        say(f"  {name}: {value}")
    for artefact in act.artefacts:
        say(f"  attached: {artefact.name}, SHA-256 {artefact.sha256}")


def _told(office: "Office", receipt: "Receipt", party: str, data: Path, *, as_json: bool) -> None:
    keys: tuple[PublicKey, ...] = office.docket.parties[party].keys
    threshold = office.docket.parties[party].threshold
    if as_json:
        emit(
            {
                "entry": receipt.entry.index,
                "party": party,
                "keys": [key.keyid for key in keys],
                "threshold": threshold,
            }
        )
        return
    say(f"Filed {receipt.entry.act.type} as entry {receipt.entry.index}.")
    say(f"{party} acts with {threshold} of {len(keys)} keys from here on:")
    for key in keys:
        say(f"  {key.keyid}  {key.type}")
    next_step(f"holdshort key list {party}{on(data)}", "to see them again")
