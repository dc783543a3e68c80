"""Opening a register and letting parties in."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from holdshort.errors import BadInput
from holdshort.office.door import REGISTER, Office, Receipt
from holdshort.office.place import Place
from holdshort.register.canonical import Json
from holdshort.register.keys import PrivateKey, generate, load
from holdshort.rulebook.model import Rulebook

WITNESSES: Mapping[str, Json] = {"quorum": 0, "witnesses": []}
"""An embedded register starts with no witness: whoever reads it sees that in the charter."""


@dataclass(frozen=True)
class Opening:
    """What a charter states that is not fixed by the law.

    ``status_minutes`` is how old a gate's knowledge may become. An embedded register has no clerk
    who states it every few minutes, so it takes a week; a served one states minutes.
    """

    title: str
    rehearsal: bool
    registrar: str = "registrar"
    registrar_name: str = "Registrar of the Agency"
    status_minutes: int = 7 * 24 * 60


def open_register(place: Place, book: Rulebook, opening: Opening) -> tuple[Office, Receipt]:
    """Make keys for the registrar and the register, and file the charter.

    A register that was interrupted while it opened is opened all the same: its keys are kept.

    Raises:
        BadInput: a register is open here already.
        StorageError: the folder cannot be written.
    """
    office = Office(place, book)
    office.sync()
    if office.docket.size:
        raise BadInput("A register is open here already.", where=str(place.root))
    registrar = own_key(place, opening.registrar)
    register = own_key(place, REGISTER)
    office.folder.put_blob(book.text)
    fields: dict[str, Json] = {
        "title": opening.title,
        "rehearsal": opening.rehearsal,
        "rulebook": {"id": book.id, "digest": book.digest, "version": book.version},
        "witness_policy": dict(WITNESSES),
        "status_minutes": opening.status_minutes,
        "registrar": {
            "id": opening.registrar,
            "name": opening.registrar_name,
            "role": "authority.registrar",
            "key": registrar.public.to_json(),
        },
        "log_key": {
            "id": REGISTER,
            "name": opening.title,
            "role": "register",
            "key": register.public.to_json(),
        },
    }
    # A name of its own for every register, so that no act of one can be shown in another.
    origin = f"holdshort.dev/{book.id}/{register.keyid[:12]}"
    return office, office.file(
        "register.charter", REGISTER, opening.registrar, fields, origin=origin
    )


def enrol(office: Office, party: str, name: str, role: str, registrar: str) -> Receipt:
    """Make a key for a party that acts from here, and enrol it."""
    key = own_key(office.place, party)
    return office.file(
        "register.enrol",
        REGISTER,
        registrar,
        {"party": party, "name": name, "role": role, "key": key.public.to_json()},
    )


def own_key(place: Place, party: str) -> PrivateKey:
    """The party's key in the keys folder, made if it is not there yet."""
    path = place.key(party)
    return load(path) if path.exists() else generate(path)


def case_id(kind: str) -> str:
    """An id for a new case that nobody else will choose."""
    return f"{kind}-{secrets.token_hex(4)}"
