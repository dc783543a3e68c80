"""Ed25519 (RFC 8032): the key that everyone has."""

from dataclasses import dataclass
from functools import cached_property

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from holdshort.errors import BadInput
from holdshort.register.keys.public import PlainKey

# The y coordinates of the eight points of small order, in every encoding a reader accepts.
_SMALL_ORDER = frozenset(
    bytes.fromhex(y)
    for y in (
        "00" * 32,
        "01" + "00" * 31,
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ec" + "ff" * 30 + "7f",
        "ed" + "ff" * 30 + "7f",
        "ee" + "ff" * 30 + "7f",
    )
)


@dataclass(frozen=True)
class Ed25519Key(PlainKey):
    """An Ed25519 public key, ``raw`` being its 32 bytes (RFC 8032 §5.1.5)."""

    raw: bytes

    def __post_init__(self) -> None:
        if len(self.raw) != 32:
            raise BadInput(f"An Ed25519 public key has 32 bytes, not {len(self.raw)}.")
        if self.raw[:31] + bytes([self.raw[31] & 0x7F]) in _SMALL_ORDER:
            raise BadInput("This public key has small order and proves nothing.")

    @property
    def type(self) -> str:
        """``ed25519``."""
        return "ed25519"

    @property
    def spki_prefix(self) -> bytes:
        """RFC 8410 §4."""
        return bytes.fromhex("302a300506032b6570032100")

    @cached_property
    def _key(self) -> Ed25519PublicKey:
        return Ed25519PublicKey.from_public_bytes(self.raw)

    def verify(self, signature: bytes, message: bytes) -> None:
        """Return if this key signed ``message``; raise RegisterError if it did not.

        No second signature can be made of one: S is below the order of the group (§5.1.7).
        """
        try:
            self._key.verify(signature, message)
        except InvalidSignature:
            raise self.refused() from None
