"""Ed25519 keys: who signed.

Rules kept here:

- A key's id is the hex SHA-256 of its DER SubjectPublicKeyInfo (RFC 8410), so anyone can
  recompute it from the public key with stock tools.
- A private key file is PKCS#8 PEM, readable by its owner only; a looser one is refused, as
  OpenSSH does.
- Public keys of small order are refused: they "verify" signatures that nobody made
  (RFC 8032 §5.1.7 leaves the check to the application).
"""

import base64
import hashlib
import os
import re
import stat
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from holdshort.errors import BadInput, KeyFileError, RegisterError, StorageError
from holdshort.register.canonical import Json

_SPKI_PREFIX = bytes.fromhex("302a300506032b6570032100")  # RFC 8410 §4: Ed25519, 32 bytes follow
_BASE64_32 = re.compile(r"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=")
_PRIVATE = 0o600
_OTHERS = stat.S_IRWXG | stat.S_IRWXO

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
class PublicKey:
    """An Ed25519 public key, ``raw`` being its 32 bytes (RFC 8032)."""

    raw: bytes

    def __post_init__(self) -> None:
        if len(self.raw) != 32:
            raise BadInput(f"An Ed25519 public key has 32 bytes, not {len(self.raw)}.")
        if self.raw[:31] + bytes([self.raw[31] & 0x7F]) in _SMALL_ORDER:
            raise BadInput("This public key has small order and proves nothing.")

    @cached_property
    def keyid(self) -> str:
        """Hex SHA-256 of the DER SubjectPublicKeyInfo."""
        return hashlib.sha256(_SPKI_PREFIX + self.raw).hexdigest()

    @cached_property
    def _key(self) -> Ed25519PublicKey:
        return Ed25519PublicKey.from_public_bytes(self.raw)

    def verify(self, signature: bytes, message: bytes) -> None:
        """Return if this key signed ``message``; raise RegisterError if it did not."""
        try:
            self._key.verify(signature, message)
        except InvalidSignature:
            what = f"The signature of key {self.keyid[:16]}… does not verify."
            raise RegisterError(what) from None

    def to_json(self) -> dict[str, Json]:
        """``{"type": "ed25519", "public": "<base64 of the 32 bytes>"}``."""
        return {"type": "ed25519", "public": base64.b64encode(self.raw).decode()}

    @classmethod
    def from_json(cls, value: Json, where: str = "public key") -> "PublicKey":
        """The inverse of :meth:`to_json`, strict; BadInput says what is wrong at ``where``."""
        if not isinstance(value, Mapping) or set(value) != {"type", "public"}:
            raise BadInput("A public key is an object of 'type' and 'public'.", where=where)
        if value["type"] != "ed25519":
            raise BadInput(f"The key type {value['type']!r} is not known.", where=where)
        public = value["public"]
        if not isinstance(public, str) or not _BASE64_32.fullmatch(public):
            raise BadInput("'public' is not the base64 of 32 bytes.", where=where)
        try:
            return cls(base64.b64decode(public))
        except BadInput as error:
            error.where = where
            raise


class PrivateKey:
    """An Ed25519 private key. It prints as its public half, and pickles not at all."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public = PublicKey(key.public_key().public_bytes_raw())

    def __repr__(self) -> str:
        return f"PrivateKey(keyid={self.keyid!r})"

    @classmethod
    def from_seed(cls, seed: bytes) -> "PrivateKey":
        """The key of a 32-byte seed, RFC 8032's private key."""
        if len(seed) != 32:
            raise BadInput(f"An Ed25519 seed has 32 bytes, not {len(seed)}.")
        return cls(Ed25519PrivateKey.from_private_bytes(seed))

    @property
    def keyid(self) -> str:
        """The id of the public half."""
        return self.public.keyid

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature of ``message``; the same message gives the same bytes."""
        return self._key.sign(message)

    def derive(self, context: str) -> bytes:
        """32 secret bytes that only this key can recompute: HKDF-SHA256, ``info=context``.

        Whoever holds the key can rebuild a commit-reveal nonce after a crash (RFC 5869).
        """
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=context.encode())
        return kdf.derive(self._key.private_bytes_raw())

    def to_pem(self) -> bytes:
        """Unencrypted PKCS#8 PEM."""
        from cryptography.hazmat.primitives import serialization

        return self._key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )


def generate(path: Path) -> PrivateKey:
    """Make a new key at ``path``: mode 0600, in a folder of mode 0700 if that is new.

    The file appears complete or not at all, and never replaces another. KeyFileError if one is
    there, StorageError if it cannot be written.
    """
    key = PrivateKey(Ed25519PrivateKey.generate())
    draft = path.with_name(f".{path.name}.{os.urandom(8).hex()}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE)
        with os.fdopen(descriptor, "wb") as file:
            file.write(key.to_pem())
            file.flush()
            os.fsync(file.fileno())
        _claim(draft, path)
        _sync_folder(path.parent)
    except OSError as error:
        raise StorageError(
            f"The key could not be written: {error.strerror}.", where=str(path)
        ) from error
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
    return key


def load(path: Path) -> PrivateKey:
    """Read a private key; KeyFileError if it is missing, damaged, or open to others."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            pem = file.read(1 << 16)
    except OSError as error:
        raise KeyFileError(
            f"The key cannot be read: {error.strerror}.",
            where=str(path),
            do="Give the path of a key made by `holdshort party`.",
        ) from None
    if mode & _OTHERS:
        raise KeyFileError(
            f"The key can be used by others than its owner (mode {stat.S_IMODE(mode):04o}).",
            where=str(path),
            do=f"Run: chmod 600 {path}",
        )
    return _from_pem(pem, str(path))


def _from_pem(pem: bytes, where: str) -> PrivateKey:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(pem, password=None)
    except TypeError:
        raise KeyFileError("The key is encrypted with a password.", where=where) from None
    except (ValueError, UnsupportedAlgorithm):
        raise KeyFileError("This is not a private key in PKCS#8 PEM.", where=where) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyFileError("This is a private key, but not an Ed25519 key.", where=where)
    return PrivateKey(key)


def _claim(draft: Path, path: Path) -> None:
    try:
        os.link(draft, path)  # unlike a rename, fails if the name is taken
    except FileExistsError:
        raise KeyFileError(
            "There is a file here already; it was not touched.",
            where=str(path),
            do="Choose another name, or move it away first.",
        ) from None


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
