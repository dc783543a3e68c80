"""The charter: a register's first entry, from which all trust in it starts.

It names the law that the register applies, the registrar who enrols everyone else, the key that
signs checkpoints, the witnesses, and whether the register is a rehearsal. It is signed by the
registrar whose key it names; whoever relies on a register pins the hash of this entry.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from holdshort.errors import BadInput, RegisterError
from holdshort.register.act import check_identifier
from holdshort.register.canonical import Json
from holdshort.register.entry import Entry
from holdshort.register.envelope import verify
from holdshort.register.keys import PublicKey
from holdshort.register.note import NoteVerifier

CHARTER = "register.charter"


@dataclass(frozen=True)
class Party:
    """Someone enrolled: what it may act as, and the key that speaks for it."""

    id: str
    name: str
    role: str
    key: PublicKey
    entry: int
    """Place in the log of the act that enrolled it."""
    suspended: bool = False

    def to_json(self) -> dict[str, Json]:
        """As acts carry it."""
        return {"id": self.id, "name": self.name, "role": self.role, "key": self.key.to_json()}


@dataclass(frozen=True)
class Charter:
    """What the first entry fixed."""

    origin: str
    title: str
    rehearsal: bool
    rulebook: str
    """Hex SHA-256 of the rulebook."""
    registrar: Party
    register: Party
    status_minutes: int
    leaf_hash: str
    """Hex hash of the entry: what a relying party pins."""

    @property
    def verifier(self) -> NoteVerifier:
        """Who signs this register's checkpoints."""
        return NoteVerifier(self.origin, self.register.key)


def read_charter(entry: Entry) -> Charter:
    """The charter in a register's first entry, its signature checked.

    Raises:
        RegisterError: the entry is no charter, lacks something, or is not signed by the registrar.
    """
    where = f"entry {entry.index}"
    act = entry.act
    if act.type != CHARTER or entry.index != 0:
        raise RegisterError("The first entry of a register is its charter.", where=where)
    try:
        registrar = read_party(act.fields.get("registrar"), entry.index)
        register = read_party(act.fields.get("log_key"), entry.index)
    except BadInput as error:
        raise RegisterError(error.what, where=error.where) from None
    minutes, title = act.fields.get("status_minutes"), act.fields.get("title")
    if type(minutes) is not int or minutes < 1 or not isinstance(title, str):
        raise RegisterError(
            "The charter states a title and status_minutes, 1 or more.", where=where
        )
    if registrar.id != act.by:
        raise RegisterError("The charter is not by the registrar whom it names.", where=where)
    try:
        verify(entry.envelope, {registrar.key.keyid: registrar.key})
    except RegisterError as error:
        raise RegisterError(error.what, where=f"{where} (charter)") from None
    return Charter(
        origin=act.register,
        title=title,
        rehearsal=act.fields.get("rehearsal") is not False,
        rulebook=act.rulebook,
        registrar=registrar,
        register=register,
        status_minutes=minutes,
        leaf_hash=entry.leaf_hash.hex(),
    )


def read_party(value: Json, entry: int) -> Party:
    """A party as an act describes it.

    Raises:
        BadInput: something is missing, or the key is none.
    """
    where = f"entry {entry}"
    if not isinstance(value, Mapping):
        raise BadInput("A party is an object of id, name, role and key.", where=where)
    missing = [name for name in ("id", "name", "role", "key") if name not in value]
    if missing:
        raise BadInput(f"A party states {', '.join(missing)}.", where=where)
    id_, name, role = value["id"], value["name"], value["role"]
    if not (isinstance(id_, str) and isinstance(name, str) and isinstance(role, str)):
        raise BadInput("A party's id, name and role are texts.", where=where)
    check_identifier(id_, f"{where}, party id")
    key = PublicKey.from_json(value["key"], f"{where}, key of {id_}")
    return Party(id_, name, role, key, entry)
