"""What every public key can do, whatever its type, and how one is read from an act."""

import base64
import binascii
import hashlib
from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import cached_property

from holdshort.errors import BadInput, RegisterError
from holdshort.register.canonical import Json


class PublicKey(ABC):
    """A key that can be asked whether it signed. Frozen, hashable, equal if its bytes are."""

    @property
    @abstractmethod
    def type(self) -> str:
        """``ed25519``, ``ml-dsa-44``, ``ml-dsa-65``, ``ecdsa-p256`` or ``webauthn``."""

    @property
    @abstractmethod
    def keyid(self) -> str:
        """64 hexadecimal digits that name this key and no other."""

    @property
    @abstractmethod
    def material(self) -> str:
        """Hex SHA-256 of the public key alone: the same for whatever form it is used in.

        A key and a passkey over the same bytes have two ids and one holder.
        """

    @abstractmethod
    def verify(self, signature: bytes, message: bytes) -> None:
        """Return if this key signed ``message``; raise RegisterError if it did not."""

    @abstractmethod
    def to_json(self) -> dict[str, Json]:
        """As acts carry it."""

    @staticmethod
    def from_json(value: Json, where: str = "public key") -> "PublicKey":
        """The inverse of :meth:`to_json`, strict; BadInput says what is wrong at ``where``."""
        from holdshort.register.keys.reading import read

        return read(value, where)

    def refused(self) -> RegisterError:
        """The error of a signature that is not by this key."""
        return RegisterError(f"The signature of key {self.keyid[:16]}… does not verify.")


class PlainKey(PublicKey):
    """A key that is nothing but its bytes."""

    raw: bytes

    @property
    @abstractmethod
    def spki_prefix(self) -> bytes:
        """What stands before ``raw`` in the DER SubjectPublicKeyInfo."""

    @cached_property
    def keyid(self) -> str:
        """Hex SHA-256 of the DER SubjectPublicKeyInfo."""
        return hashlib.sha256(self.spki).hexdigest()

    @property
    def spki(self) -> bytes:
        """The DER SubjectPublicKeyInfo: what other programs read."""
        return self.spki_prefix + self.raw

    @property
    def material(self) -> str:
        """The id: there is nothing to the key but its bytes."""
        return self.keyid

    def to_json(self) -> dict[str, Json]:
        """``{"type": …, "public": "<base64 of raw>"}``."""
        return {"type": self.type, "public": base64.b64encode(self.raw).decode()}


def members(value: Json, names: str, where: str) -> dict[str, str]:
    """The texts of an object that has exactly these members; BadInput otherwise."""
    wanted = names.split()
    if (
        not isinstance(value, Mapping)
        or set(value) != set(wanted)
        or not all(isinstance(each, str) for each in value.values())
    ):
        listed = ", ".join(repr(each) for each in wanted[:-1])
        raise BadInput(
            f"This public key is an object of the texts {listed} and {wanted[-1]!r}.", where=where
        )
    return {name: str(value[name]) for name in wanted}


def unbase64(text: str, name: str, where: str) -> bytes:
    """The bytes of standard base64 in its one form (RFC 4648 §3.5); BadInput otherwise."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        data = b""
    if not data or base64.b64encode(data).decode() != text:
        raise BadInput(f"{name!r} is not canonical base64.", where=where)
    return data
