"""Opening a register and letting parties in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from holdshort.docket.law import read_text, unproven
from holdshort.errors import BadInput, Refused, RegisterError, RulebookError
from holdshort.office.door import REGISTER, Office, Receipt
from holdshort.office.place import Place
from holdshort.register.act import Act
from holdshort.register.canonical import Json
from holdshort.register.charter import CHARTER, NO_WITNESSES
from holdshort.register.envelope import Envelope
from holdshort.register.folder import Folder
from holdshort.register.keys import MADE_HERE, PublicKey
from holdshort.rulebook.model import Rulebook

Ask = Callable[[str], bytes]
"""Asks a person for a passphrase; its argument says which."""

ROOT = "root"
REGISTRAR = "registrar"


@dataclass(frozen=True)
class Opening:
    """What a charter states that is not fixed by the law.

    ``status_minutes`` is how old a gate's knowledge may become. An embedded register has no clerk
    who states it every few minutes, so it takes a week; a served one states minutes.
    """

    title: str
    rehearsal: bool
    registrar_name: str = "Registrar of the Agency"
    status_minutes: int = 7 * 24 * 60
    witness_policy: str = NO_WITNESSES
    """A C2SP tlog-policy without its ``log`` line."""
    root_keys: Sequence[PublicKey] = field(default_factory=tuple)
    """Keys of the root that are held elsewhere; none: one is made here."""
    root_threshold: int = 1
    """How many of them must sign what the root does."""


def open_register(
    place: Place, book: Rulebook, opening: Opening, ask: Ask | None = None
) -> tuple[Office, Receipt]:
    """Make keys for the founders, and file the charter with the root's.

    A register that was interrupted while it opened is opened all the same: its keys are kept.

    Raises:
        RulebookError: a limit of the book is not proven.
        BadInput: a register is open here already, or the root's keys are not all here.
        RegisterError: one is published here, but its database is gone.
        StorageError: the folder cannot be written.
    """
    office = _empty(place, book, ask)
    if opening.root_keys:
        raise BadInput(
            "Root keys that are held elsewhere must sign the charter first.",
            do="Draw it up: holdshort init --draft FILE. Once signed: holdshort submit FILE.",
        )
    act = _charter(office, book, opening)
    receipt = office.file(CHARTER, REGISTER, ROOT, act.fields, origin=act.register)
    return office, receipt


def draw_up(place: Place, book: Rulebook, opening: Opening, ask: Ask | None = None) -> Act:
    """The charter, for the holders of the root's keys to sign within a day. Nothing is filed.

    The keys of the registrar and of the register are made here, or kept if they are there.

    Raises:
        BadInput, RegisterError, RulebookError, StorageError: see :func:`open_register`.
    """
    office = _empty(place, book, ask)
    act = _charter(office, book, opening)
    office.docket.check(act)
    return act


def open_signed(place: Place, envelope: Envelope, ask: Ask | None = None) -> tuple[Office, Receipt]:
    """File a charter that the holders of the root's keys signed elsewhere.

    Its rulebook was put into the folder when it was drawn up.

    Raises:
        RegisterError: too few of them signed, or it is not for the key of this register.
        BadInput, RulebookError, StorageError: see :func:`open_register`.
    """
    digest = Act.from_payload(envelope.payload).rulebook
    book = read_text(Folder(place.public).read_blob(digest), digest)
    office = _empty(place, book, ask)
    return office, office.submit(envelope)


def _charter(office: Office, book: Rulebook, opening: Opening) -> Act:
    roots = list(opening.root_keys) or [key.public for key in office.keyring.own(ROOT)]
    if not 1 <= opening.root_threshold <= len(roots):
        raise BadInput(
            f"{opening.root_threshold} of {len(roots)} root keys cannot sign.",
            do="Give every root key, and a threshold that they can meet.",
        )
    (registrar,) = office.keyring.own(REGISTRAR)
    (register,) = office.keyring.own(REGISTER)
    fields: dict[str, Json] = {
        "title": opening.title,
        "rehearsal": opening.rehearsal,
        "rulebook": {"id": book.id, "digest": book.digest, "version": book.version},
        "witness_policy": opening.witness_policy,
        "status_minutes": opening.status_minutes,
        "root": {
            **_founder(ROOT, f"Root of {opening.title}", "authority.root", roots),
            "threshold": opening.root_threshold,
        },
        "registrar": _founder(
            REGISTRAR, opening.registrar_name, "authority.registrar", [registrar.public]
        ),
        "log_key": _founder(REGISTER, opening.title, "register", [register.public]),
    }
    office.folder.put_blob(book.text)
    # A name of its own for every register, so that no act of one can be shown in another.
    origin = f"holdshort.dev/{book.id}/{register.keyid[:12]}"
    return Act(origin, book.digest, "register", "charter", REGISTER, ROOT, office.now(), fields)


def enrol(
    office: Office,
    party: str,
    name: str,
    role: str,
    registrar: str,
    *,
    types: Sequence[str] = (),
    held: Sequence[PublicKey] = (),
    threshold: int = 1,
    reader: str | None = None,
) -> Receipt:
    """Enrol a party with the keys that it ``held`` already, or with new ones made here.

    These are of the given types, or else of those with which the law has its role sign.

    Raises:
        BadInput: the id cannot name a party.
        Unlawful: the docket refuses it; then keys that were made for it are gone again.
    """
    made: list[PublicKey] = []
    if not held:
        types = types or key_types(office.book, role)
        if not office.place.key(party).exists():
            made = [key.public for key in office.keyring.create(party, types)]
        held = made or [key.public for key in office.keyring.own(party, types)]
    fields: dict[str, Json] = {
        "party": party,
        "name": name,
        "role": role,
        "keys": [key.to_json() for key in held],
        **({"threshold": threshold} if threshold != 1 else {}),
        **({"reader": reader} if reader else {}),
    }
    try:
        return office.file(_entering(office, role, registrar), REGISTER, registrar, fields)
    except (BadInput, Refused):
        if party not in office.docket.parties:
            office.keyring.discard(party, made)
        raise


def _entering(office: Office, role: str, by: str) -> str:
    """The act by which ``by`` enters a party of a role: one that is about it, or one about any."""
    enrolling = [a for a in office.book.cases[REGISTER].acts.values() if a.effect == "enrol"]
    who = office.docket.parties.get(by)
    own = [each for each in enrolling if who and each.permits(who.role)]
    fit = [each for each in own if role in each.about]
    anybody = [each for each in enrolling if not each.about]
    return next(each.type for each in (*fit, *own, *anybody, *enrolling))


def key_types(book: Rulebook, role: str) -> list[str]:
    """The types of keys that a party of a role needs: Ed25519, and what the law asks for besides.

    What lives in a device or a browser is not made here.
    """
    asked = [
        kind
        for case in book.cases.values()
        for act in case.acts.values()
        if act.signed_with and act.permits(role)
        for kind in act.signed_with.keys
    ]
    return list(dict.fromkeys(["ed25519", *(kind for kind in asked if kind in MADE_HERE)]))


def _empty(place: Place, book: Rulebook, ask: Ask | None) -> Office:
    """The office of a register that is not open yet."""
    if not place.database.exists() and Folder(place.public).size():
        raise RegisterError(
            "A register is published here, but its database is gone; a new one would fork it.",
            where=str(place.database),
            do="Restore it: holdshort register restore. Or open a register in another folder.",
        )
    unkept = unproven(book.text)
    if unkept:
        raise RulebookError(
            f"No register opens under {book.id}: its limits on power do not hold. {unkept}",
            do="See how: holdshort rulebook prove, with the book.",
        )
    office = Office(place, book, ask)
    office.sync()
    if office.docket.size:
        raise BadInput(
            "A register is open here already.",
            where=str(place.root),
            do=f"To see it: holdshort docket --data {place.root}",
        )
    return office


def _founder(party: str, name: str, role: str, keys: Sequence[PublicKey]) -> Mapping[str, Json]:
    return {
        "id": party,
        "name": name,
        "role": role,
        "keys": [key.to_json() for key in keys],
        "threshold": 1,
    }
