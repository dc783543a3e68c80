"""Private key files: made once, never overwritten, for their owner's eyes only.

An encrypted file says on a line before the PEM whose it is (``Key id: <64 hex>``; RFC 7468 §2 lets
readers pass over it), so that nobody is asked for the passphrase of a key that is not needed. The
line is a hint: whether it is true shows when the key is loaded.
"""

import os
import re
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from holdshort.errors import KeyFileError, StorageError
from holdshort.register.keys.private import PrivateKey

_PRIVATE = 0o600
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_ENCRYPTED = b"-----BEGIN ENCRYPTED PRIVATE KEY-----"
_KEY_ID = re.compile(rb"\AKey id: ([0-9a-f]{64})\n")


def generate(
    path: Path,
    type: str = "ed25519",  # noqa: A002  # as in JSON
    passphrase: bytes | None = None,
) -> PrivateKey:
    """Make a new key at ``path``: mode 0600, in a folder of mode 0700 if that is new.

    The file is encrypted if there is a passphrase. It appears complete or not at all, and never
    replaces another. KeyFileError if one is there, StorageError if it cannot be written, BadInput
    if keys of this type are not made here.
    """
    key = PrivateKey.from_seed(os.urandom(32), type)
    content = key.to_pem(passphrase)
    if passphrase is not None:
        content = f"Key id: {key.keyid}\n".encode() + content
    write(path, content)
    return key


def write(path: Path, content: bytes) -> None:
    """Put ``content`` at ``path``: mode 0600, complete or not at all, in the place of nothing."""
    draft = path.with_name(f".{path.name}.{os.urandom(8).hex()}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
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


def load(path: Path, passphrase: Callable[[], bytes] | None = None) -> PrivateKey:
    """Read a private key; ``passphrase`` is asked only if the file is encrypted.

    KeyFileError if it is missing, damaged, open to others, or does not open with the passphrase.
    """
    pem = _read(path)
    return _from_pem(pem, _secret(pem, passphrase, str(path)), str(path))


def hinted_keyid(path: Path) -> str | None:
    """The id that an encrypted file gives before its PEM; None if it gives none."""
    hint = _KEY_ID.match(_read(path))
    return hint[1].decode() if hint else None


def _read(path: Path) -> bytes:
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
    return pem


def _secret(pem: bytes, passphrase: Callable[[], bytes] | None, where: str) -> bytes | None:
    """The passphrase of an encrypted file; None for one that is not."""
    if _ENCRYPTED not in pem:
        return None
    secret = passphrase() if passphrase else b""
    if not secret:
        raise KeyFileError(
            "The key is encrypted, and there is no passphrase.",
            where=where,
            do="Name a file that holds it: HOLDSHORT_PASSPHRASE_FILE.",
        )
    return secret


def _from_pem(pem: bytes, passphrase: bytes | None, where: str) -> PrivateKey:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA65PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(pem, password=passphrase)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        if passphrase is not None:
            raise KeyFileError(
                "The passphrase is wrong, or the file is damaged.", where=where
            ) from None
        raise KeyFileError("This is not a private key in PKCS#8 PEM.", where=where) from None
    if not isinstance(key, Ed25519PrivateKey | MLDSA44PrivateKey | MLDSA65PrivateKey):
        raise KeyFileError(
            "This is a private key, but not an Ed25519, ML-DSA-44 or ML-DSA-65 key.", where=where
        )
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
