"""The charter: a register's first entry, from which all trust in it starts.

It names the law that the register applies, the root — the party whose keys everything else rests
on —, the registrar who enrols everyone else, the key that signs checkpoints, the witnesses, and
whether the register is a rehearsal. It is signed by as many of the root's keys as the root itself
demands (m of n); whoever relies on a register pins the hash of this entry.

The key that signs checkpoints is the register's identity and never changes (see
``docs/decisions/0015-keys-over-time.md``); every other key can be rotated, replaced and revoked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from holdshort.errors import BadInput, RegisterError
from holdshort.register.act import check_identifier
from holdshort.register.canonical import Json
from holdshort.register.entry import Entry
from holdshort.register.envelope import Envelope, verify
from holdshort.register.keys import Ed25519Key, PublicKey
from holdshort.register.note import NoteVerifier
from holdshort.register.sealing.age import check_recipient

CHARTER = "register.charter"

NO_WITNESSES = "quorum none\n"
"""The witness policy of a register that nobody cosigns."""

MAX_KEYS = 16
"""Most keys that one party holds at a time."""


@dataclass(frozen=True)
class Party:
    """Someone enrolled: what it may act as, and the keys that speak for it."""

    id: str
    name: str
    role: str
    keys: tuple[PublicKey, ...]
    threshold: int
    """How many of the keys must sign an act of this party."""
    entry: int
    """Place in the log of the act that enrolled it."""
    suspended: bool = False
    retired: frozenset[str] = frozenset()
    """The material of the keys that it held once, and holds no longer."""
    reader: str | None = None
    """The age recipient to which matter is sealed that this party may read."""

    @cached_property
    def keyring(self) -> dict[str, PublicKey]:
        """The keys by their ids."""
        return {key.keyid: key for key in self.keys}

    def vouch(self, envelope: Envelope) -> None:
        """Check that the party signed: by keys that it holds, and by enough of them.

        Raises:
            RegisterError: a signature is by another key or does not hold, or there are too few.
        """
        signed = verify(envelope, self.keyring)
        if len(signed) < self.threshold:
            raise RegisterError(
                f"{len(signed)} of the keys of {self.id} signed; it takes {self.threshold} of "
                f"{len(self.keys)}."
            )

    def to_json(self) -> dict[str, Json]:
        """As acts carry it."""
        stated: dict[str, Json] = {
            "id": self.id,
            "name": self.name,
            "role": self.role,
            "keys": [key.to_json() for key in self.keys],
            "threshold": self.threshold,
        }
        return {**stated, **({"reader": self.reader} if self.reader else {})}


@dataclass(frozen=True)
class Charter:
    """What the first entry fixed."""

    origin: str
    title: str
    rehearsal: bool
    rulebook: str
    """Hex SHA-256 of the rulebook."""
    root: Party
    registrar: Party
    register: Party
    witness_policy: str
    """Text of a C2SP tlog-policy without its ``log`` line: who must cosign the checkpoints."""
    status_minutes: int
    leaf_hash: str
    """Hex hash of the entry: what a relying party pins."""

    @cached_property
    def verifier(self) -> NoteVerifier:
        """Who signs this register's checkpoints."""
        (key,) = self.register.keys
        if not isinstance(key, Ed25519Key):  # see `_log_key`
            raise RegisterError("The key that signs checkpoints is not an Ed25519 key.")
        return NoteVerifier(self.origin, key)


def read_charter(entry: Entry) -> Charter:
    """The charter in a register's first entry, its signatures checked.

    Raises:
        RegisterError: the entry is no charter, lacks something, or is not signed by the root.
    """
    where = f"entry {entry.index}"
    act = entry.act
    if act.type != CHARTER or entry.index != 0:
        raise RegisterError("The first entry of a register is its charter.", where=where)
    try:
        root, registrar = (read_party(act.fields.get(name), 0) for name in ("root", "registrar"))
        register = _log_key(act.fields.get("log_key"))
    except BadInput as error:
        raise RegisterError(error.what, where=error.where) from None
    minutes, title = act.fields.get("status_minutes"), act.fields.get("title")
    policy = act.fields.get("witness_policy")
    if type(minutes) is not int or minutes < 1:
        raise RegisterError("The charter states status_minutes, 1 or more.", where=where)
    if not isinstance(title, str) or not isinstance(policy, str):
        raise RegisterError("The charter states a title and a witness_policy.", where=where)
    if root.id != act.by:
        raise RegisterError("The charter is not by the root that it names.", where=where)
    try:
        root.vouch(entry.envelope)
    except RegisterError as error:
        raise RegisterError(error.what, where=f"{where} (charter)") from None
    return Charter(
        origin=act.register,
        title=title,
        rehearsal=act.fields.get("rehearsal") is not False,
        rulebook=act.rulebook,
        root=root,
        registrar=registrar,
        register=register,
        witness_policy=policy,
        status_minutes=minutes,
        leaf_hash=entry.leaf_hash.hex(),
    )


def read_party(value: Json, entry: int) -> Party:
    """A party as an act describes it; ``threshold`` is 1 where none is stated.

    Raises:
        BadInput: something is missing, or a key is none.
    """
    where = f"entry {entry}"
    if not isinstance(value, Mapping):
        raise BadInput("A party is an object of id, name, role and keys.", where=where)
    missing = [name for name in ("id", "name", "role", "keys") if name not in value]
    if missing:
        raise BadInput(f"A party states {', '.join(missing)}.", where=where)
    id_, name, role, reader = value["id"], value["name"], value["role"], value.get("reader")
    if not (isinstance(id_, str) and isinstance(name, str) and isinstance(role, str)):
        raise BadInput("A party's id, name and role are texts.", where=where)
    if reader is not None:
        if not isinstance(reader, str):
            raise BadInput("A party's reader is an age recipient, a text.", where=where)
        check_recipient(reader)
    check_identifier(id_, f"{where}, party id")
    threshold = value.get("threshold")
    keys, threshold = read_keys(value["keys"], threshold, f"{where}, keys of {id_}")
    return Party(id_, name, role, keys, threshold, entry, reader=reader)


def read_keys(keys: Json, threshold: Json, where: str) -> tuple[tuple[PublicKey, ...], int]:
    """The keys of a party, each once, and how many of them must sign.

    Raises:
        BadInput: they are no keys, or the threshold cannot be met.
    """
    if not isinstance(keys, list | tuple) or not 1 <= len(keys) <= MAX_KEYS:
        raise BadInput(f"Keys are a list of 1 to {MAX_KEYS} public keys.", where=where)
    found = tuple(PublicKey.from_json(key, f"{where}, {at}") for at, key in enumerate(keys))
    if len({key.material for key in found}) < len(found):
        raise BadInput("The same key stands there twice, if in two forms.", where=where)
    needed = 1 if threshold is None else threshold
    if type(needed) is not int or not 1 <= needed <= len(found):
        raise BadInput(f"The threshold is from 1 to the {len(found)} keys.", where=where)
    return found, needed


def _log_key(value: Json) -> Party:
    """The register itself, with the one key that signs checkpoints."""
    register = read_party(value, 0)
    if len(register.keys) != 1 or register.keys[0].type != "ed25519":
        raise BadInput(
            "The register signs checkpoints with one Ed25519 key.", where="entry 0, log_key"
        )
    return register
