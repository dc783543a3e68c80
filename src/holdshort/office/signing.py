"""Acts that take more than the keys of one folder: drawn up here, signed here or elsewhere."""

from collections.abc import Sequence

from holdshort.errors import BadInput
from holdshort.office.door import REGISTER, Document, Filing, Office, Receipt
from holdshort.register.act import Act
from holdshort.register.canonical import Json
from holdshort.register.envelope import add, sign
from holdshort.register.keys import MADE_HERE, PublicKey

ROTATE = "register.rotate-keys"


def draw_up(office: Office, filing: Filing) -> Act:
    """An act dated now, for several people to sign within a day. Nothing is filed.

    Raises:
        BadInput: the rulebook knows no such act, or a field that it does not know is given.
        Unlawful: it would be refused as things stand.
    """
    named = [each.artefact() if isinstance(each, Document) else each for each in filing.artefacts]
    act = office.compose(filing, named)
    office.docket.check(act)
    return act


def rotate(
    office: Office,
    party: str,
    types: Sequence[str],
    kept: Sequence[str] = (),
    threshold: int | None = None,
) -> Receipt:
    """Make new keys of these types for a party, and file that they take the place of the old.

    Without types they are of those of the keys that they replace, and as many sign as before.
    ``kept`` are ids of keys that stay, or their first digits.

    Raises:
        BadInput: there is no such party or key.
        KeyFileError: the old keys are not here, so they cannot sign.
        Unlawful: the docket refuses it. Then, as after any error, the new key files are gone.
    """
    if party not in office.docket.parties:
        raise BadInput(f"There is no party {party!r}.", do="See who is there: holdshort party.")
    old = office.docket.parties[party].keys
    staying = [key_of(office, party, keyid) for keyid in kept]
    signers = office.keyring.signers(party, old)
    replaced = [key.type for key in old if key not in staying and key.type in MADE_HERE]
    made = office.keyring.create(party, types or replaced or ["ed25519"])
    try:
        keys = [*staying, *(key.public for key in made)]
        fields: dict[str, Json] = {"keys": [key.to_json() for key in keys]}
        fields["threshold"] = threshold or office.docket.parties[party].threshold
        act = draw_up(office, Filing(ROTATE, REGISTER, party, fields))
        return office.submit(add(sign(act.to_payload(), signers), made))
    except BaseException:
        if made[0].public not in office.docket.parties[party].keys:
            office.keyring.discard(party, [key.public for key in made])
        raise


def key_of(office: Office, party: str, keyid: str) -> PublicKey:
    """The one key of a party whose id begins so; BadInput if there is none, or several."""
    holder = office.docket.parties.get(party)
    found = [key for key in holder.keys if key.keyid.startswith(keyid)] if holder else []
    if len(found) != 1:
        raise BadInput(
            f"{len(found) or 'No'} keys of {party} have an id that begins with {keyid!r}.",
            do=f"See its keys: holdshort key list {party}.",
        )
    return found[0]
