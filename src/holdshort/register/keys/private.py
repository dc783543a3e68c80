"""Private keys that are held here: Ed25519 and ML-DSA."""

from typing import TYPE_CHECKING, Protocol, TypeAlias

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from holdshort.errors import BadInput
from holdshort.register.keys.ed25519 import Ed25519Key
from holdshort.register.keys.mldsa import MlDsaKey
from holdshort.register.keys.public import PublicKey

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.mldsa import (
        MLDSA44PrivateKey,
        MLDSA65PrivateKey,
    )

    Held: TypeAlias = Ed25519PrivateKey | MLDSA44PrivateKey | MLDSA65PrivateKey

MADE_HERE = ("ed25519", "ml-dsa-44", "ml-dsa-65")
"""Types of key that can be made and held here; the others live in devices and services."""


class Signer(Protocol):
    """Whoever can sign: a private key held here, a device, a service."""

    @property
    def public(self) -> PublicKey:
        """The public half."""

    @property
    def keyid(self) -> str:
        """The id of the public half."""

    def sign(self, message: bytes) -> bytes:
        """A signature of ``message`` that ``public`` verifies."""


class PrivateKey:
    """A private key. It prints as its public half, and pickles not at all."""

    def __init__(self, key: "Held") -> None:
        self._key = key
        self.public: PublicKey = _public(key)

    def __repr__(self) -> str:
        return f"PrivateKey(keyid={self.keyid!r})"

    @classmethod
    def from_seed(cls, seed: bytes, type: str = "ed25519") -> "PrivateKey":  # noqa: A002  # as in JSON
        """The key of a 32-byte seed: RFC 8032's private key, or ξ of FIPS 204."""
        if len(seed) != 32:
            raise BadInput(f"The seed of a key has 32 bytes, not {len(seed)}.")
        if type == "ed25519":
            return cls(Ed25519PrivateKey.from_private_bytes(seed))
        from cryptography.hazmat.primitives.asymmetric import mldsa

        if type == "ml-dsa-44":
            return cls(mldsa.MLDSA44PrivateKey.from_seed_bytes(seed))
        if type == "ml-dsa-65":
            return cls(mldsa.MLDSA65PrivateKey.from_seed_bytes(seed))
        raise BadInput(
            f"A private key of type {type!r} cannot be held here.",
            do=f"Types that can: {', '.join(MADE_HERE)}.",
        )

    @property
    def keyid(self) -> str:
        """The id of the public half."""
        return self.public.keyid

    def sign(self, message: bytes) -> bytes:
        """The signature of ``message``.

        Ed25519 gives the same bytes for the same message; ML-DSA does not (`mldsa`).
        """
        return self._key.sign(message)

    def derive(self, context: str) -> bytes:
        """32 secret bytes that only this key can recompute: HKDF-SHA256, ``info=context``.

        Whoever holds the key can rebuild a commit-reveal nonce after a crash (RFC 5869).
        """
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        # Two keys of different types made from one seed still derive different secrets.
        salt = None if self.public.type == "ed25519" else self.public.type.encode()
        kdf = HKDF(algorithm=SHA256(), length=32, salt=salt, info=context.encode())
        return kdf.derive(self._key.private_bytes_raw())

    def to_pem(self, passphrase: bytes | None = None) -> bytes:
        """PKCS#8 PEM; encrypted if a passphrase is given."""
        from cryptography.hazmat.primitives import serialization

        encoding = serialization.Encoding.PEM if passphrase is None else serialization.Encoding.DER
        plain = self._key.private_bytes(
            encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        if passphrase is None:
            return plain
        from holdshort.register.keys.encryption import encrypt

        return encrypt(plain, passphrase)


def _public(key: "Held") -> PublicKey:
    raw = key.public_key().public_bytes_raw()
    if isinstance(key, Ed25519PrivateKey):
        return Ed25519Key(raw)
    return MlDsaKey(44 if len(raw) == 1312 else 65, raw)
