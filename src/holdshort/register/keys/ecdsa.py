"""ECDSA on P-256 with SHA-256 (FIPS 186-5): what devices and key services hold.

Of any signature (r, s) a bystander makes another, (r, n − s). So a signature counts here only if s
is in the lower half of the group ("low s") and the DER is the one that DER allows. Whatever signs
for us is brought to that form by :func:`low_s`; both halves are equally good signatures.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature

from holdshort.errors import BadInput
from holdshort.register.keys.public import PlainKey

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""n of P-256 (SP 800-186 §3.2.1.3)."""


@dataclass(frozen=True)
class EcdsaKey(PlainKey):
    """A P-256 public key; ``raw`` is the uncompressed point, 65 bytes (SEC 1 §2.3.3)."""

    raw: bytes

    def __post_init__(self) -> None:
        if len(self.raw) != 65 or self.raw[0] != 4:
            raise BadInput("A P-256 public key is an uncompressed point of 65 bytes.")
        try:
            _ = self._key
        except ValueError:
            raise BadInput("This public key is not a point of P-256.") from None

    @property
    def type(self) -> str:
        """``ecdsa-p256``."""
        return "ecdsa-p256"

    @property
    def spki_prefix(self) -> bytes:
        """RFC 5480 §2."""
        return bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")

    @cached_property
    def _key(self) -> "EllipticCurvePublicKey":
        from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey

        return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), self.raw)

    def verify(self, signature: bytes, message: bytes) -> None:
        """Return if this key signed ``message``; raise RegisterError if it did not.

        A signature in another form than canonical DER with low s is refused as well.
        """
        from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
        from cryptography.hazmat.primitives.hashes import SHA256

        if not is_low_s(signature):
            raise self.refused()
        try:
            self._key.verify(signature, message, ECDSA(SHA256()))
        except InvalidSignature:
            raise self.refused() from None


def low_s(signature: bytes) -> bytes:
    """The one form of a P-256 signature in DER; BadInput if it is none."""
    from cryptography.hazmat.primitives.asymmetric.utils import (
        decode_dss_signature,
        encode_dss_signature,
    )

    try:
        r, s = decode_dss_signature(signature)
    except ValueError:
        raise BadInput("This is not an ECDSA signature in DER.") from None
    if not (0 < r < ORDER and 0 < s < ORDER):
        raise BadInput("This is not an ECDSA signature on P-256.")
    return encode_dss_signature(r, min(s, ORDER - s))


def is_low_s(signature: bytes) -> bool:
    """Whether this is a P-256 signature in its one form."""
    try:
        return low_s(signature) == signature
    except BadInput:
        return False
