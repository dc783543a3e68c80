"""An entry of the register: one leaf of the log, read all the way to the act."""

from dataclasses import dataclass
from functools import cached_property

from holdshort.errors import BadInput, RegisterError
from holdshort.register.act import Act
from holdshort.register.envelope import PAYLOAD_TYPE, Envelope
from holdshort.register.merkle import leaf_hash


@dataclass(frozen=True)
class Entry:
    """A leaf at its place. Reading checks form, not signatures: those need the parties' keys."""

    index: int
    """Place in the log, from 0."""
    leaf: bytes
    """The envelope's bytes, as logged."""
    envelope: Envelope
    act: Act

    @classmethod
    def parse(cls, index: int, leaf: bytes) -> "Entry":
        """Read leaf ``index``; RegisterError if it is not an act in an envelope."""
        where = f"entry {index}"
        try:
            envelope = Envelope.from_bytes(leaf, where)
            act = Act.from_payload(envelope.payload, where)
        except BadInput as error:
            raise RegisterError(error.what, where=error.where, do=error.do) from None
        if envelope.payload_type != PAYLOAD_TYPE:
            raise RegisterError(f"The payload type is {envelope.payload_type}.", where=where)
        return cls(index, leaf, envelope, act)

    @cached_property
    def leaf_hash(self) -> bytes:
        """RFC 6962 hash of the leaf."""
        return leaf_hash(self.leaf)
