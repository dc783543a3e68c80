"""An act on its way round the table: drawn up here, signed by several people elsewhere.

A draft is a DSSE envelope that may have no signature yet, as a JSON file. Whoever signs it sees the
act, not the bytes alone: see ``holdshort key sign``. When enough have signed it is the envelope
that a register takes, within a day of the instant that the act is dated.
"""

import base64
import binascii
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from holdshort.errors import BadInput
from holdshort.register.act import Act
from holdshort.register.canonical import Json, parse
from holdshort.register.envelope import PAYLOAD_TYPE, Envelope, Signature, add, sign
from holdshort.register.keys import Signer

_MEMBERS = {"payload", "payloadType", "signatures"}


@dataclass(frozen=True)
class Draft:
    """An act and the signatures that it has so far."""

    act: Act
    signatures: tuple[Signature, ...] = ()

    def signed(self, signers: Iterable[Signer]) -> "Draft":
        """The draft with further signatures; BadInput if one of them stands there already."""
        payload = self.act.to_payload()
        if not self.signatures:
            return Draft(self.act, sign(payload, signers).signatures)
        return Draft(self.act, add(self.envelope(), signers).signatures)

    def envelope(self) -> Envelope:
        """What a register takes; BadInput if nobody has signed."""
        return Envelope(self.act.to_payload(), PAYLOAD_TYPE, self.signatures)

    def to_bytes(self) -> bytes:
        """The file: JSON, indented for whoever looks into it."""
        signatures: Sequence[Json] = [
            {"keyid": each.keyid, "sig": base64.b64encode(each.sig).decode()}
            for each in self.signatures
        ]
        payload = base64.b64encode(self.act.to_payload()).decode()
        draft = {"payload": payload, "payloadType": PAYLOAD_TYPE, "signatures": signatures}
        return json.dumps(draft, indent=1).encode() + b"\n"

    @classmethod
    def from_bytes(cls, data: bytes, where: str = "draft") -> "Draft":
        """Read a draft; BadInput says what is wrong at ``where``."""
        value = parse(data, where)
        if not isinstance(value, dict) or set(value) != _MEMBERS:
            raise BadInput("A draft has the members payload, payloadType, signatures.", where=where)
        if value["payloadType"] != PAYLOAD_TYPE:
            raise BadInput(f"The payload type is {value['payloadType']!r}.", where=where)
        act = Act.from_payload(_decoded(value["payload"], where), where)
        given = value["signatures"]
        if not isinstance(given, list):
            raise BadInput("The signatures are a list.", where=where)
        draft = cls(act, tuple(_signature(each, where) for each in given))
        if draft.signatures:
            draft.envelope()  # says what is wrong with them
        return draft

    @classmethod
    def read(cls, path: Path) -> "Draft":
        """The draft in a file; BadInput if it cannot be read, or is none."""
        try:
            return cls.from_bytes(path.read_bytes(), str(path))
        except OSError as error:
            what = f"The draft cannot be read: {error.strerror}."
            raise BadInput(what, where=str(path)) from None


def _signature(value: Json, where: str) -> Signature:
    if not isinstance(value, dict) or set(value) != {"keyid", "sig"}:
        raise BadInput("Each signature has exactly the members keyid and sig.", where=where)
    return Signature(str(value["keyid"]), _decoded(value["sig"], where))


def _decoded(value: Json, where: str) -> bytes:
    try:
        return base64.b64decode(str(value), validate=True)
    except (binascii.Error, ValueError):
        raise BadInput("What should be base64 is not.", where=where) from None
