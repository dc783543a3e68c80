"""ML-DSA (FIPS 204): signatures that a quantum computer cannot forge.

Pure ML-DSA with the empty context (FIPS 204 §5.2), not HashML-DSA. Signing is hedged (§3.4): two
signatures of one message differ, but only who holds the key can make a second one.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature

from holdshort.errors import BadInput
from holdshort.register.keys.public import PlainKey

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey, MLDSA65PublicKey

_BYTES = {44: 1312, 65: 1952}  # FIPS 204 table 2
_SPKI_PREFIX = {  # RFC 9881 §4: id-ml-dsa-44 and id-ml-dsa-65
    44: bytes.fromhex("30820532300b06096086480165030403110382052100"),
    65: bytes.fromhex("308207b2300b0609608648016503040312038207a100"),
}


@dataclass(frozen=True)
class MlDsaKey(PlainKey):
    """An ML-DSA public key of ``level`` 44 or 65; ``raw`` is pkEncode's 1312 or 1952 bytes."""

    level: int
    raw: bytes

    def __post_init__(self) -> None:
        if self.level not in _BYTES:
            raise BadInput(f"ML-DSA-{self.level} is not used here.", do="Use ML-DSA-44 or 65.")
        if len(self.raw) != _BYTES[self.level]:
            raise BadInput(
                f"An ML-DSA-{self.level} public key has {_BYTES[self.level]} bytes, "
                f"not {len(self.raw)}."
            )

    @property
    def type(self) -> str:
        """``ml-dsa-44`` or ``ml-dsa-65``."""
        return f"ml-dsa-{self.level}"

    @property
    def spki_prefix(self) -> bytes:
        """RFC 9881 §4."""
        return _SPKI_PREFIX[self.level]

    @cached_property
    def _key(self) -> "MLDSA44PublicKey | MLDSA65PublicKey":
        from cryptography.hazmat.primitives.asymmetric import mldsa

        reader = mldsa.MLDSA44PublicKey if self.level == 44 else mldsa.MLDSA65PublicKey
        return reader.from_public_bytes(self.raw)

    def verify(self, signature: bytes, message: bytes) -> None:
        """Return if this key signed ``message``; raise RegisterError if it did not."""
        try:
            self._key.verify(signature, message)
        except InvalidSignature:
            raise self.refused() from None
