"""Sealing: what an act says and the public may not read, yet can hold its author to.

A confidential field of a public act holds, in place of its value, a *sealed value*::

    {"sealed": {"commitment": "<hex SHA-256>", "ground": "trade-secret",
                "held_by": ["acme", "agency"], "blob": "<hex SHA-256 of an age file>"}}

It says on which ground of the rulebook the value is kept from the public and who can read it. The
commitment is the digest of the canonical JSON of everything that the value stands in::

    {"act": "review.redact", "by": "acme", "case": "review-1", "name": "unredacted",
     "register": "holdshort.dev/…", "salt": "<64 hex digits>", "value": …}

In the spirit of SD-JWT (RFC 9901), whose disclosures are salted digests too. Rules kept here:

- A salt is 256 random bits, its own for every value: a guess of the value cannot be tested, and
  the disclosure of one field says nothing of another.
- A commitment is bound to its register, case, act and party: copied into another act it opens
  nothing there, so that nobody can claim as his own what another is going to disclose.
- One age file an act holds the *openings* (name, salt, value) of all its sealed fields, and says
  for which act. It is padded, for its length would tell short values apart. It is encrypted to a
  key of its own; who may read holds that key (see `holdshort.office.sealing.filing`).
- Whoever opens it checks every opening against the commitments in the act: an author that
  committed to something else is found out by its first reader.

A *disclosure* hands one opening to anyone: with the public act it proves what the field said.
"""

import hashlib
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from holdshort.errors import BadInput, RegisterError
from holdshort.register.act import Act, check_identifier
from holdshort.register.canonical import Json, canonical, digest, parse, parse_canonical
from holdshort.register.entry import Entry
from holdshort.register.sealing.age import decrypt, encrypt

SALT_BYTES = 32
_HEX32 = re.compile(r"[0-9a-f]{64}")
_GROUND = re.compile(r"(?=.{1,64}\Z)[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_MEMBERS = {"blob", "commitment", "ground", "held_by"}
_LEAST = 4096
"""Bytes to which a short file is padded."""


@dataclass(frozen=True)
class Sealed:
    """What the public reads in place of a value."""

    commitment: str
    ground: str
    """Id of a ground of the rulebook."""
    held_by: tuple[str, ...]
    """The parties that can read it, ascending."""
    blob: str
    """Hex SHA-256 of the age file that holds the opening."""

    def to_json(self) -> dict[str, Json]:
        """The value of the field."""
        return {
            "sealed": {
                "blob": self.blob,
                "commitment": self.commitment,
                "ground": self.ground,
                "held_by": list(self.held_by),
            }
        }

    @classmethod
    def from_json(cls, value: Json, where: str) -> "Sealed":
        """The inverse of :meth:`to_json`, strict; BadInput says what is wrong."""
        inner = value.get("sealed") if isinstance(value, Mapping) else None
        if not isinstance(inner, Mapping) or set(inner) != _MEMBERS:
            raise BadInput(
                "A sealed value has exactly blob, commitment, ground and held_by.", where=where
            )
        for name in ("blob", "commitment"):
            _hex32(inner[name], f"{where}, {name}")
        ground, held_by = inner["ground"], inner["held_by"]
        if not isinstance(ground, str) or not _GROUND.fullmatch(ground):
            raise BadInput(f"{ground!r} is no id of a ground.", where=where)
        if not isinstance(held_by, list | tuple) or not held_by:
            raise BadInput("A sealed value is held by at least one party.", where=where)
        for party in held_by:
            check_identifier(party, f"{where}, held_by")
        parties = tuple(str(party) for party in held_by)
        if list(parties) != sorted(set(parties)):
            raise BadInput("Who holds it stands in ascending order, each once.", where=where)
        return cls(str(inner["commitment"]), ground, parties, str(inner["blob"]))


def is_sealed(value: Json) -> bool:
    """Whether a value is meant as a sealed one, well-formed or not."""
    return isinstance(value, Mapping) and set(value) == {"sealed"}


@dataclass(frozen=True)
class Setting:
    """The act in which a sealed value stands, as far as it is known before it is signed."""

    register: str
    case: str
    act: str
    """Kind and name, as in ``review.redact``."""
    by: str

    @classmethod
    def of(cls, act: Act) -> "Setting":
        """That of an act."""
        return cls(act.register, act.case, act.type, act.by)

    def to_json(self) -> dict[str, Json]:
        """What a commitment and an age file are bound to."""
        return {"act": self.act, "by": self.by, "case": self.case, "register": self.register}


@dataclass(frozen=True)
class Opening:
    """A value with the salt under which it was committed to."""

    name: str
    salt: str
    """64 hex digits."""
    value: Json

    @classmethod
    def fresh(cls, name: str, value: Json) -> "Opening":
        """With a salt that nobody knows."""
        return cls(name, os.urandom(SALT_BYTES).hex(), value)

    def commitment(self, bound_to: Mapping[str, Json]) -> str:
        """Hex SHA-256 of the canonical JSON of this and of what it is bound to."""
        return digest({**bound_to, **self.to_json()})

    def to_json(self) -> dict[str, Json]:
        """``{"name", "salt", "value"}``."""
        return {"name": self.name, "salt": self.salt, "value": self.value}

    @classmethod
    def from_json(cls, value: Json, where: str) -> "Opening":
        """The inverse of :meth:`to_json`; BadInput says what is wrong."""
        if not isinstance(value, Mapping) or set(value) != {"name", "salt", "value"}:
            raise BadInput("An opening has exactly name, salt and value.", where=where)
        name = value["name"]
        if not isinstance(name, str) or not name:
            raise BadInput("An opening has a name.", where=where)
        return cls(name, _hex32(value["salt"], f"{where}, salt"), value["value"])


@dataclass(frozen=True)
class Disclosure:
    """One opening, and the entry in which it was committed to: for whoever shall read it."""

    register: str
    entry: int
    act: str
    opening: Opening

    def to_bytes(self) -> bytes:
        """The disclosure file: canonical JSON and a line feed."""
        place: dict[str, Json] = {"register": self.register, "entry": self.entry, "act": self.act}
        return canonical({**place, **self.opening.to_json()}) + b"\n"

    @classmethod
    def from_bytes(cls, data: bytes, where: str) -> "Disclosure":
        """Read a disclosure file; BadInput says what is wrong."""
        value = parse(data, where)
        members = {"register", "entry", "act", "name", "salt", "value"}
        if not isinstance(value, Mapping) or set(value) != members:
            raise BadInput(f"A disclosure has exactly {', '.join(sorted(members))}.", where=where)
        register, entry, act = value["register"], value["entry"], value["act"]
        if not isinstance(register, str) or not isinstance(act, str):
            raise BadInput("A disclosure names its register and act.", where=where)
        if not isinstance(entry, int) or isinstance(entry, bool) or entry < 0:
            raise BadInput("A disclosure names its entry by number.", where=where)
        opening = {name: value[name] for name in ("name", "salt", "value")}
        return cls(register, entry, act, Opening.from_json(opening, where))


def sealed_fields(act: Act) -> dict[str, Sealed]:
    """The sealed fields of an act, by name; BadInput if one is malformed."""
    return {
        name: Sealed.from_json(value, name)
        for name, value in act.fields.items()
        if is_sealed(value)
    }


def seal(openings: Iterable[Opening], setting: Setting, recipient: str) -> bytes:
    """The age file of an act's openings, padded; ``recipient`` is that of the file's own key."""
    content = canonical(
        {
            **setting.to_json(),
            "openings": [opening.to_json() for opening in openings],
        }
    )
    return encrypt(padded(content), [recipient])


def unseal(ciphertext: bytes, identity: str, setting: Setting, where: str) -> dict[str, Opening]:
    """The openings of an act, by name.

    Raises:
        Refused: ``identity`` is not that of the file's key.
        RegisterError: it is damaged, or was made for another act.
    """
    made_for, openings = read_openings(decrypt(ciphertext, [identity], where), where)
    if made_for != setting.to_json():
        raise RegisterError(
            f"It was made for {made_for.get('act')} in {made_for.get('case')} by "
            f"{made_for.get('by')}, not for this act.",
            where=where,
        )
    return openings


def read_openings(data: bytes, where: str) -> tuple[dict[str, Json], dict[str, Opening]]:
    """Padded JSON with a list ``openings``: its other members, and the openings by name.

    Raises:
        RegisterError: it is none.
    """
    try:
        content = parse_canonical(data.rstrip(b" \n"), where)
        members = dict(content) if isinstance(content, Mapping) else {}
        listed = members.pop("openings", None)
        values = listed if isinstance(listed, list) else []
        found = [Opening.from_json(each, where) for each in values]
    except BadInput as error:
        raise RegisterError(error.what, where=error.where) from None
    if len({opening.name for opening in found}) < max(len(found), 1):
        raise RegisterError("It holds no openings, or two of one name.", where=where)
    return members, {opening.name: opening for opening in found}


def check_opening(opening: Opening, sealed: Sealed, setting: Setting, where: str) -> None:
    """Return if ``opening`` is what was committed to; RegisterError if not."""
    if opening.commitment(setting.to_json()) != sealed.commitment:
        raise RegisterError(
            f"The value of {opening.name!r} is not the one that was committed to.", where=where
        )


def check_disclosure(disclosure: Disclosure, entry: Entry) -> Sealed:
    """Hold a disclosure against the public entry; the sealed value that it opens.

    Whether the entry is in the log is another question: prove it (`merkle.verify_inclusion`).

    Raises:
        RegisterError: it is about another register, entry or act; the field is not sealed there;
            or the value or salt is not the one that was committed to.
    """
    where, act = f"entry {entry.index}", entry.act
    stated = (disclosure.register, disclosure.entry, disclosure.act)
    if stated != (act.register, entry.index, act.type):
        raise RegisterError(
            f"The disclosure is about {disclosure.act}, entry {disclosure.entry} of "
            f"{disclosure.register}; this is {act.type} of {act.register}.",
            where=where,
        )
    value = act.fields.get(disclosure.opening.name)
    if not is_sealed(value):
        raise RegisterError(
            f"The act has no sealed field {disclosure.opening.name!r}.", where=where
        )
    sealed = Sealed.from_json(value, where)
    check_opening(disclosure.opening, sealed, Setting.of(act), where)
    return sealed


def padded(content: bytes) -> bytes:
    """``content`` with spaces after it, to the next of few lengths."""
    return content.ljust(padded_size(len(content)))


def padded_size(size: int) -> int:
    """How long ``size`` bytes become: 4,096 at least, then by Padmé, at most 12 per cent more.

    Of the length only its order of magnitude and some leading bits show (Nikitin and others,
    "Reducing Metadata Leakage from Encrypted Files and Communication with PURBs", PoPETs 2019,
    section 4).
    """
    size = max(size, _LEAST)
    magnitude = size.bit_length() - 1
    unit = 1 << (magnitude - magnitude.bit_length())
    return -(-size // unit) * unit


def content_digest(content: bytes) -> str:
    """Hex SHA-256, by which a sealed document is committed to."""
    return hashlib.sha256(content).hexdigest()


def _hex32(value: Json, where: str) -> str:
    if not isinstance(value, str) or not _HEX32.fullmatch(value):
        raise BadInput("It is not 64 lower-case hexadecimal digits.", where=where)
    return value
