"""Signed envelopes: DSSE v1, with exactly one byte form for each.

An envelope is what the log stores, so two byte forms of one envelope would be two entries for one
act. Rules kept here, beyond DSSE:

- canonical JSON, standard base64 with canonical padding, no further members;
- signatures in ascending order of key id, each key once, at least one;
- reading and writing again gives the bytes that were read.

Signatures cover the pre-authentication encoding ``DSSEv1 SP len(type) SP type SP len(body) SP
body``, so a payload of one type can never pass for another.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NoReturn

from holdshort.errors import BadInput, RegisterError
from holdshort.register.canonical import parse
from holdshort.register.keys import PublicKey, Signer

PAYLOAD_TYPE = "application/vnd.in-toto+json"
"""Payload type of every act: an in-toto Statement."""

# Base64 whose last character before the padding has no unused bits set (RFC 4648 §3.5). That its
# length is a multiple of four is checked apart, which makes the form unique.
_BASE64 = rb"[A-Za-z0-9+/]*(?:(?<=[AQgw])==|(?<=[AEIMQUYcgkosw048])=)?"
_SIGNED = rb'\{"keyid":"[0-9a-f]{64}","sig":"%s"\}' % _BASE64
_SIGNATURE = re.compile(rb'\{"keyid":"([0-9a-f]{64})","sig":"(%s)"\}' % _BASE64)
_ENVELOPE = re.compile(
    rb'\{"payload":"(%s)","payloadType":"([!#-\[\]-~]+)","signatures":\[((?:%s(?:,%s)*)?)\]\}'
    % (_BASE64, _SIGNED, _SIGNED)
)
_TYPE = re.compile(r"[!#-\[\]-~]+")  # printable ASCII but space, quote and backslash
_KEYID = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Signature:
    """One key's signature over the pre-authentication encoding."""

    keyid: str
    sig: bytes


@dataclass(frozen=True)
class Envelope:
    """A payload and who signed it. Construction checks form; :func:`verify` checks signatures."""

    payload: bytes
    payload_type: str
    signatures: tuple[Signature, ...]

    def __post_init__(self) -> None:
        if self.payload_type != PAYLOAD_TYPE and not _TYPE.fullmatch(self.payload_type):
            raise BadInput(f"{self.payload_type!r} is not a media type.")
        if not self.signatures:
            raise BadInput("An envelope needs at least one signature.")
        before = ""
        for signature in self.signatures:
            if not _KEYID.fullmatch(signature.keyid):
                raise BadInput(f"The key id {signature.keyid!r} is not a hex SHA-256.")
            if signature.keyid <= before:
                raise BadInput("Signatures stand in ascending order of key id, each key once.")
            before = signature.keyid

    @property
    def keyids(self) -> list[str]:
        """Ids of the keys said to have signed, ascending."""
        return [signature.keyid for signature in self.signatures]

    def to_bytes(self) -> bytes:
        """The one byte form of this envelope."""
        # Nothing here needs escaping, so the canonical JSON can be written out.
        return b'{"payload":"%s","payloadType":"%s","signatures":[%s]}' % (
            base64.b64encode(self.payload),
            self.payload_type.encode(),
            b",".join(
                b'{"keyid":"%s","sig":"%s"}' % (each.keyid.encode(), base64.b64encode(each.sig))
                for each in self.signatures
            ),
        )

    @classmethod
    def from_bytes(cls, data: bytes, where: str = "envelope") -> "Envelope":
        """Read an envelope; BadInput unless ``data`` is exactly its one byte form."""
        # The form is so narrow that a pattern reads it; a JSON reader is only asked for what is
        # wrong. A register is verified at the speed of its signatures, so this must cost little.
        form = _ENVELOPE.fullmatch(data)
        if form is None:
            _explain(data, where)
        payload, payload_type, signatures = form.groups()
        try:
            return cls(
                _decode(payload),
                payload_type.decode(),
                tuple(
                    [
                        Signature(keyid.decode(), _decode(sig))
                        for keyid, sig in _SIGNATURE.findall(signatures)
                    ]
                ),
            )
        except binascii.Error:
            raise BadInput("The base64 is cut short.", where=where) from None
        except BadInput as error:
            error.where = where
            raise


def pre_authentication(payload_type: str, payload: bytes) -> bytes:
    """DSSE v1 PAE: the bytes that are signed."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def sign(payload: bytes, signers: Iterable[Signer], payload_type: str = PAYLOAD_TYPE) -> Envelope:
    """Sign ``payload`` with every key; the order in which the keys are given does not matter."""
    return Envelope(payload, payload_type, _signed(payload_type, payload, signers))


def add(envelope: Envelope, signers: Iterable[Signer]) -> Envelope:
    """The envelope with further signatures, of the same payload under the same type.

    What stands in it already is not checked: it may be by keys that are not known here. BadInput
    if one of ``signers`` has signed already.
    """
    more = _signed(envelope.payload_type, envelope.payload, signers)
    together = sorted((*envelope.signatures, *more), key=_keyid)
    return Envelope(envelope.payload, envelope.payload_type, tuple(together))


def verify(envelope: Envelope, keys: Mapping[str, PublicKey]) -> list[str]:
    """Ids of the keys that signed, ascending; each one distinct.

    ``keys`` maps key id to key. RegisterError if any signature is by a key not in it or does not
    verify: an envelope with one bad signature among good ones is not what its signers sent.
    """
    message = pre_authentication(envelope.payload_type, envelope.payload)
    for signature in envelope.signatures:
        key = keys.get(signature.keyid)
        if key is None or key.keyid != signature.keyid:
            raise RegisterError(f"Key {signature.keyid[:16]}… signed, but is not known here.")
        key.verify(signature.sig, message)
    return envelope.keyids


def _decode(text: bytes) -> bytes:
    """The bytes of base64 that has passed the pattern; binascii.Error if it is cut short."""
    if len(text) % 4:
        raise binascii.Error
    return binascii.a2b_base64(text)


def _signed(kind: str, payload: bytes, signers: Iterable[Signer]) -> tuple[Signature, ...]:
    message = pre_authentication(kind, payload)
    made = [Signature(signer.keyid, signer.sign(message)) for signer in signers]
    return tuple(sorted(made, key=_keyid))


def _keyid(signature: Signature) -> str:
    return signature.keyid


def _explain(data: bytes, where: str) -> NoReturn:
    """Say why ``data`` is not the byte form of an envelope."""
    value = parse(data, where)
    if not isinstance(value, dict) or set(value) != {"payload", "payloadType", "signatures"}:
        raise BadInput(
            "An envelope has exactly the members payload, payloadType and signatures.", where=where
        )
    signatures = value["signatures"]
    if not isinstance(signatures, list) or not all(
        isinstance(each, dict) and set(each) == {"keyid", "sig"} for each in signatures
    ):
        raise BadInput("Each signature has exactly the members keyid and sig.", where=where)
    raise BadInput(
        "The envelope is not in its one byte form.",
        where=where,
        do="Write canonical JSON (RFC 8785), hex key ids and padded standard base64.",
    )
