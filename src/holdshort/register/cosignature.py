r"""Cosignatures: others who have seen the log grow and never change — C2SP tlog-cosignature.

::

    — witness.example/w1 base64(4-byte key id || 8-byte time || signature)

    0x04  Ed25519     over  "cosignature/v1\ntime <seconds>\n" || the checkpoint's note text
    0x06  ML-DSA-44   over  "subtree/v1\n\0" || name || time || origin || start || end || root

A witness that cosigns says: as of this time, this is the largest tree that I have seen of this
log, and it continues every tree that I have seen of it before. A log that shows different trees to
different people cannot get an honest witness to cosign both.

Rules kept here:

- A witness states its time. The specification lets an ML-DSA-44 cosigner put 0 for "I do not say
  that this is the largest"; we never write that, and a quorum does not count it (tlog-witness: a
  witness's timestamp MUST NOT be zero).
- Extension lines of a checkpoint stand under an Ed25519 cosignature and not under an ML-DSA-44 one.
"""

import struct
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from holdshort.errors import BadInput, RegisterError
from holdshort.register.checkpoint import Checkpoint, check_empty, parse_checkpoint
from holdshort.register.keys import Ed25519Key, MlDsaKey, PublicKey, Signer
from holdshort.register.merkle import HASH_SIZE
from holdshort.register.note import NoteSignature, Vkey, check_name, key_id

ED25519_COSIGNATURE = 0x04
ML_DSA_44_COSIGNATURE = 0x06

MAX_TIME = (1 << 63) - 1
"""Latest timestamp, in POSIX seconds ("Format")."""

CosignerKey: TypeAlias = Ed25519Key | MlDsaKey

_SIGNATURE_SIZE = {ED25519_COSIGNATURE: 64, ML_DSA_44_COSIGNATURE: 2420}
_MAX_NAME = 255  # bytes of a cosigner's name and of an origin in the ML-DSA-44 message
_ED25519_SIZE = 32
_ML_DSA_44_SIZE = 1312


@dataclass(frozen=True)
class CosignatureVerifier:
    """The public key that cosigns checkpoints under ``name``: Ed25519 or ML-DSA-44."""

    name: str
    public: CosignerKey

    def __post_init__(self) -> None:
        check_name(self.name)
        if isinstance(self.public, MlDsaKey):
            if self.public.level != 44:
                raise BadInput(f"ML-DSA-{self.public.level} does not cosign; ML-DSA-44 does.")
            _check_length("name of a cosigner", self.name)

    @property
    def type(self) -> int:
        """The signature type: 0x04 for Ed25519, 0x06 for ML-DSA-44."""
        if isinstance(self.public, MlDsaKey):
            return ML_DSA_44_COSIGNATURE
        return ED25519_COSIGNATURE

    @cached_property
    def key_id(self) -> bytes:
        """The four bytes that stand before this key's cosignatures."""
        return key_id(self.name, self.type, self.public.raw)

    @property
    def vkey(self) -> str:
        """The key in the one-line form in which policies name it."""
        return str(Vkey(self.name, self.key_id, self.type, self.public.raw))

    @classmethod
    def from_vkey(cls, line: str) -> "CosignatureVerifier":
        """Read a verifier key line; BadInput if it is malformed or no cosigner's."""
        found = Vkey.parse(line)
        public: CosignerKey
        if found.type == ED25519_COSIGNATURE and len(found.public) == _ED25519_SIZE:
            public = Ed25519Key(found.public)
        elif found.type == ML_DSA_44_COSIGNATURE and len(found.public) == _ML_DSA_44_SIZE:
            public = MlDsaKey(44, found.public)
        else:
            raise BadInput(
                f"A key of type {found.type:#04x} and {len(found.public)} bytes does not cosign.",
                where=found.name,
                do="Give an Ed25519 (0x04) or ML-DSA-44 (0x06) cosigner's key.",
            )
        return cls(found.name, public)

    def made(self, signature: NoteSignature) -> bool:
        """Whether the line says that this key made it."""
        return (signature.name, signature.key_id) == (self.name, self.key_id)

    def verify(self, signature: NoteSignature, checkpoint: Checkpoint) -> int:
        """The time at which this cosigner cosigned ``checkpoint``, in POSIX seconds.

        0 only from an ML-DSA-44 cosigner: no statement on what was the largest tree then.

        Raises:
            RegisterError: it is another's line, malformed, or does not verify.
        """
        if not self.made(signature):
            raise RegisterError(f"This is not a cosignature of {self.name}.")
        if len(signature.signature) != 8 + _SIGNATURE_SIZE[self.type]:
            raise RegisterError(f"The cosignature of {self.name} has another length than its type.")
        time = int.from_bytes(signature.signature[:8], "big")
        if time > MAX_TIME:
            raise RegisterError(f"The cosignature of {self.name} has a time beyond 2^63 - 1.")
        if time == 0 and self.type == ED25519_COSIGNATURE:
            raise RegisterError(f"The cosignature of {self.name} states no time.")
        try:
            message = _message(self, checkpoint, time)
            self.public.verify(signature.signature[8:], message)
        except BadInput as error:
            raise RegisterError(error.what) from None
        except RegisterError:
            raise RegisterError(f"The cosignature of {self.name} does not verify.") from None
        return time

    def check(self, signature: NoteSignature, text: str) -> None:
        """Return if this key cosigned the checkpoint ``text``; RegisterError if it did not."""
        self.verify(signature, parse_checkpoint(text))


@dataclass(frozen=True)
class Cosigner:
    """The private key that cosigns checkpoints under ``name``: Ed25519 or ML-DSA-44."""

    name: str
    private: Signer

    def __post_init__(self) -> None:
        _ = self.verifier

    @cached_property
    def verifier(self) -> CosignatureVerifier:
        """Its public half; BadInput if the key is of a type that does not cosign."""
        return CosignatureVerifier(self.name, _cosigner_key(self.private.public))

    def cosign(self, checkpoint: Checkpoint, time: int) -> NoteSignature:
        """The line that says: at ``time`` (POSIX seconds) this was the largest tree I had seen.

        Raises:
            BadInput: ``time`` is no time, or the origin is too long for an ML-DSA-44 message.
            RegisterError: an empty log with a root that is not the empty tree's.
        """
        check_empty(checkpoint)
        if not 0 < time <= MAX_TIME:
            raise BadInput(f"{time} is not a time at which a witness cosigns.")
        signature = self.private.sign(_message(self.verifier, checkpoint, time))
        return NoteSignature(self.name, self.verifier.key_id, time.to_bytes(8, "big") + signature)


def ed25519_message(checkpoint: Checkpoint, time: int) -> bytes:
    """What an Ed25519 cosigner signs, "Ed25519 signed message"; extension lines included."""
    return f"cosignature/v1\ntime {time}\n{checkpoint.text()}".encode()


def subtree_message(name: str, time: int, origin: str, start: int, end: int, root: bytes) -> bytes:
    """What an ML-DSA-44 cosigner signs, "ML-DSA-44 signed message": ``cosigned_message``.

    ``start`` and ``end`` bound the leaves of the subtree; a checkpoint's is 0 and its size.

    Raises:
        BadInput: a value has no place in the structure, or a time goes with a ``start`` above 0.
    """
    if not 0 <= time <= MAX_TIME or (start and time):
        raise BadInput(f"The time {time} cannot be that of a subtree from entry {start}.")
    if not 0 <= start <= end < 1 << 64 or len(root) != HASH_SIZE:
        raise BadInput(f"There is no subtree of the entries from {start} to {end}.")
    named = _check_length("name of a cosigner", name)
    of = _check_length("origin of a log", origin)
    return b"".join(
        (
            b"subtree/v1\n\0",
            bytes([len(named)]),
            named,
            struct.pack(">Q", time),
            bytes([len(of)]),
            of,
            struct.pack(">QQ", start, end),
            root,
        )
    )


def _message(verifier: CosignatureVerifier, checkpoint: Checkpoint, time: int) -> bytes:
    if verifier.type == ED25519_COSIGNATURE:
        return ed25519_message(checkpoint, time)
    return subtree_message(
        verifier.name, time, checkpoint.origin, 0, checkpoint.size, checkpoint.root
    )


def _cosigner_key(public: PublicKey) -> CosignerKey:
    if not isinstance(public, Ed25519Key | MlDsaKey):
        raise BadInput(
            f"A key of type {public.type} does not cosign.", do="Use Ed25519 or ML-DSA-44."
        )
    return public


def _check_length(what: str, text: str) -> bytes:
    data = text.encode()
    if not 0 < len(data) <= _MAX_NAME:
        raise BadInput(f"The {what} has {len(data)} bytes; ML-DSA-44 takes 1 to {_MAX_NAME}.")
    return data
