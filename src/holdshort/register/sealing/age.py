"""Encryption to named readers, in the age format (age-encryption.org/v1).

A reader has an X25519 identity, ``AGE-SECRET-KEY-1…``, and is reached under its recipient,
``age1…``. What is written here, the program ``age`` reads, and the other way round.

An identity file holds comments and one identity a line, as ``age-keygen`` writes it; it may be
encrypted with a passphrase (scrypt), as ``age -p`` does.
"""

import re
from collections.abc import Callable, Sequence
from typing import IO, TYPE_CHECKING

from holdshort.errors import BadInput, KeyFileError, Refused, RegisterError

if TYPE_CHECKING:
    import pyrage

INTRO = b"age-encryption.org/v1"
ARMOR = b"-----BEGIN AGE ENCRYPTED FILE-----"

_RECIPIENT = re.compile(r"age1[02-9ac-hj-np-z]{58}")  # Bech32 of 32 bytes
_NOT_FOR_US = "No matching keys found"

Passphrase = Callable[[str], bytes]
"""Asks for the passphrase of what it is told about."""


def new_identity() -> str:
    """A fresh identity, ``AGE-SECRET-KEY-1…``."""
    from pyrage import x25519

    return str(x25519.Identity.generate())


def recipient_of(identity: str, where: str = "identity") -> str:
    """The recipient of an identity; KeyFileError if it is none."""
    from pyrage import IdentityError, x25519

    try:
        return str(x25519.Identity.from_str(identity).to_public())
    except IdentityError:
        raise KeyFileError("This is no age identity (AGE-SECRET-KEY-1…).", where=where) from None


def check_recipient(value: object, where: str = "reader") -> str:
    """``value`` if it is an X25519 recipient; BadInput if not."""
    from pyrage import RecipientError, x25519

    if isinstance(value, str) and _RECIPIENT.fullmatch(value):
        try:
            x25519.Recipient.from_str(value)
        except RecipientError:
            pass
        else:
            return value
    raise BadInput(
        f"{value!r} is no age recipient.",
        where=where,
        do="Write it as `holdshort seal reader` and age-keygen print it: age1….",
    )


def encrypt(plaintext: bytes, recipients: Sequence[str]) -> bytes:
    """The age file that every one of ``recipients``, and nobody else, can open."""
    import pyrage

    return bytes(pyrage.encrypt(plaintext, _recipients(recipients)))


def encrypt_stream(plaintext: IO[bytes], out: IO[bytes], recipients: Sequence[str]) -> None:
    """`encrypt`, piece by piece from one open file to another."""
    import pyrage

    pyrage.encrypt_io(plaintext, out, _recipients(recipients))


def decrypt(ciphertext: bytes, identities: Sequence[str], where: str) -> bytes:
    """What an age file holds.

    Raises:
        Refused: it was encrypted to other readers.
        RegisterError: it is damaged, or no age file.
    """
    import pyrage

    keys = [pyrage.x25519.Identity.from_str(each) for each in identities]
    try:
        return bytes(pyrage.decrypt(ciphertext, keys))
    except pyrage.DecryptError as error:
        raise _unopened(error, where) from None


def decrypt_stream(
    ciphertext: IO[bytes], out: IO[bytes], identities: Sequence[str], where: str
) -> None:
    """`decrypt`, piece by piece from one open file to another; on failure ``out`` is of no use."""
    import pyrage

    keys = [pyrage.x25519.Identity.from_str(each) for each in identities]
    try:
        pyrage.decrypt_io(ciphertext, out, keys)
    except (pyrage.DecryptError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise _unopened(error, where) from None


def _recipients(recipients: Sequence[str]) -> "list[pyrage.x25519.Recipient]":
    import pyrage

    if not recipients:
        raise BadInput("Nobody could open it: there is no reader.")
    return [pyrage.x25519.Recipient.from_str(check_recipient(each)) for each in recipients]


def _unopened(error: Exception, where: str) -> Refused | RegisterError:
    if _NOT_FOR_US in str(error):
        return Refused("It is sealed to other readers; no key here opens it.", where=where)
    return RegisterError("It is damaged, or no age file: it cannot be decrypted.", where=where)


def identity_file(identity: str, passphrase: bytes | None = None) -> bytes:
    """An identity as ``age-keygen`` writes it, encrypted if there is a passphrase."""
    text = f"# public key: {recipient_of(identity)}\n{identity}\n"
    if passphrase is None:
        return text.encode()
    import pyrage

    return bytes(pyrage.passphrase.encrypt(text.encode(), _text(passphrase)))


def read_identity(data: bytes, where: str, passphrase: Passphrase | None = None) -> str:
    """The identity in an identity file.

    Raises:
        KeyFileError: there is none, or the passphrase is missing or wrong.
    """
    if data.startswith((INTRO, ARMOR)):
        data = _unlocked(data, where, passphrase)
    lines = data.decode(errors="replace").splitlines()
    found = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    if len(found) != 1:
        raise KeyFileError("An identity file holds one age identity.", where=where)
    recipient_of(found[0], where)
    return found[0]


def _unlocked(data: bytes, where: str, passphrase: Passphrase | None) -> bytes:
    import pyrage

    if passphrase is None:
        raise KeyFileError("The identity is locked with a passphrase.", where=where)
    try:
        return bytes(pyrage.passphrase.decrypt(data, _text(passphrase(where))))
    except pyrage.DecryptError:
        raise KeyFileError("The passphrase does not open this identity.", where=where) from None


def _text(passphrase: bytes) -> str:
    try:
        return passphrase.decode()
    except UnicodeDecodeError:
        raise KeyFileError("A passphrase is text in UTF-8.") from None
