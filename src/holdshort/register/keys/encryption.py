"""Private keys at rest: encrypted PKCS#8 (RFC 5958) that stock tools can open.

PBES2 (RFC 8018): PBKDF2-HMAC-SHA-256 with 600 000 iterations and a salt of 16 bytes, then
AES-256-CBC. `cryptography` writes the same form with 2048 iterations and has no setting for more,
so the form is written here and read by `cryptography`. scrypt would cost an attacker more, but
OpenSSL refuses to spend the memory, and FIPS 140 does not know it.
"""

import base64
import os
import textwrap

from holdshort.errors import BadInput

ITERATIONS = 600_000
"""What OWASP's Password Storage Cheat Sheet asks of PBKDF2-HMAC-SHA-256; 0.2 s on one core."""

_PBES2 = bytes.fromhex("06092a864886f70d01050d")
_PBKDF2 = bytes.fromhex("06092a864886f70d01050c")
_HMAC_SHA256 = bytes.fromhex("06082a864886f70d0209")
_AES_256_CBC = bytes.fromhex("060960864801650304012a")
_NULL = bytes.fromhex("0500")


def encrypt(key: bytes, passphrase: bytes) -> bytes:
    """The PEM of a DER private key under a passphrase; BadInput if that is empty."""
    import hashlib

    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import AES256
    from cryptography.hazmat.primitives.ciphers.modes import CBC
    from cryptography.hazmat.primitives.padding import PKCS7

    if not passphrase:
        raise BadInput("The passphrase is empty.", do="Give one, or none at all.")
    salt, vector = os.urandom(16), os.urandom(16)
    secret = hashlib.pbkdf2_hmac("sha256", passphrase, salt, ITERATIONS, 32)
    pad = PKCS7(128).padder()
    cipher = Cipher(AES256(secret), CBC(vector)).encryptor()
    locked = cipher.update(pad.update(key) + pad.finalize()) + cipher.finalize()
    iterations = _der(0x02, ITERATIONS.to_bytes(3, "big"))  # its highest bit is clear
    kdf = _sequence(_PBKDF2, _sequence(_octets(salt), iterations, _sequence(_HMAC_SHA256, _NULL)))
    scheme = _sequence(_PBES2, _sequence(kdf, _sequence(_AES_256_CBC, _octets(vector))))
    return _pem(_sequence(scheme, _octets(locked)))


def _sequence(*parts: bytes) -> bytes:
    return _der(0x30, b"".join(parts))


def _octets(data: bytes) -> bytes:
    return _der(0x04, data)


def _der(tag: int, content: bytes) -> bytes:
    """Tag, length, content (X.690 §8.1); at most 65,535 bytes, which no key here comes near."""
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    if size < 0x100:
        return bytes([tag, 0x81, size]) + content
    return bytes([tag, 0x82]) + size.to_bytes(2, "big") + content


def _pem(der: bytes) -> bytes:
    body = "\n".join(textwrap.wrap(base64.b64encode(der).decode(), 64))
    label = "ENCRYPTED PRIVATE KEY"
    return f"-----BEGIN {label}-----\n{body}\n-----END {label}-----\n".encode()
