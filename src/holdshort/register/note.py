"""Signed notes: C2SP signed-note v1.0.0, with Ed25519 keys (signature type 0x01).

::

    text, ending in a newline
    <blank line>
    — key name base64(4-byte key id || signature)

    key id = SHA-256(key name || 0x0A || 0x01 || public key)[:4]
    vkey   = key name + "+" + hex key id + "+" + base64(0x01 || public key)

Rules kept here:

- Reading and writing a note gives the same bytes: base64 is canonical to its last bit.
- A signature by a known key must verify; one by an unknown key is ignored, as the specification
  demands — unless the reader is *strict*, as a check of our own folder is: there every signature
  line must verify under a known key, so that no byte of a published note goes unchecked.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from holdshort.errors import BadInput, RegisterError
from holdshort.register.keys import PrivateKey, PublicKey

_ED25519 = b"\x01"
_MAX_SIGNATURES = 64  # the specification asks readers to accept at least 16
_MAX_BYTES = 1 << 20
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_LINE = re.compile(r"— (\S+) ([A-Za-z0-9+/]+={0,2})")
_VKEY = re.compile(r"([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})")


@dataclass(frozen=True)
class NoteSignature:
    """One signature line: whose it says it is, and the signature's bytes."""

    name: str
    key_id: bytes
    signature: bytes

    def __str__(self) -> str:
        return f"— {self.name} {base64.b64encode(self.key_id + self.signature).decode()}\n"


@dataclass(frozen=True)
class Note:
    """A text, ending in a newline, and its signature lines in their order."""

    text: str
    signatures: tuple[NoteSignature, ...]

    def to_bytes(self) -> bytes:
        """The note as it is published."""
        return (self.text + "\n" + "".join(map(str, self.signatures))).encode()

    @classmethod
    def parse(cls, data: bytes, where: str = "note") -> "Note":
        """Read a note, checking form only; RegisterError says what is wrong."""
        if len(data) > _MAX_BYTES:
            raise RegisterError(f"The note is larger than {_MAX_BYTES} bytes.", where=where)
        try:
            whole = data.decode()
        except UnicodeDecodeError:
            raise RegisterError("The note is not UTF-8.", where=where) from None
        if _CONTROL.search(whole):
            raise RegisterError("The note holds a control character.", where=where)
        text, blank, tail = whole.rpartition("\n\n")
        if not blank or not tail.endswith("\n"):
            raise RegisterError("The note has no blank line before its signatures.", where=where)
        lines = tail[:-1].split("\n")
        if len(lines) > _MAX_SIGNATURES:
            raise RegisterError(f"The note has over {_MAX_SIGNATURES} signatures.", where=where)
        return cls(text + "\n", tuple(_read_line(line, where) for line in lines))


@dataclass(frozen=True)
class NoteVerifier:
    """The public key that signs notes under ``name``."""

    name: str
    public: PublicKey

    def __post_init__(self) -> None:
        _check_name(self.name)

    @property
    def key_id(self) -> bytes:
        """The four bytes that stand before this key's signatures."""
        body = self.name.encode() + b"\n" + _ED25519 + self.public.raw
        return hashlib.sha256(body).digest()[:4]

    @property
    def vkey(self) -> str:
        """The key in the one-line form in which logs publish it."""
        return vkey(self.name, self.public)

    @classmethod
    def from_vkey(cls, line: str) -> "NoteVerifier":
        """Read a verifier key line; BadInput if it is malformed or of another signature type."""
        form = _VKEY.fullmatch(line)
        try:
            body = base64.b64decode(form[3]) if form else b""
        except binascii.Error:
            body = b""
        if form is None or len(body) != 33 or base64.b64encode(body).decode() != form[3]:
            raise BadInput(
                f"{line!r} is not a note verifier key.", do="Give name+hexadecimal+base64."
            )
        if body[:1] != _ED25519:
            raise BadInput(f"Signature type {body[0]:#04x} is not Ed25519 (0x01).", where=form[1])
        verifier = cls(form[1], PublicKey(body[1:]))
        if verifier.key_id.hex() != form[2]:
            raise BadInput(
                f"The key id is {form[2]}, but this key's is {verifier.key_id.hex()}.",
                where=form[1],
            )
        return verifier

    def made(self, signature: NoteSignature) -> bool:
        """Whether the line says that this key made it."""
        return (signature.name, signature.key_id) == (self.name, self.key_id)


@dataclass(frozen=True)
class NoteSigner:
    """The private key that signs notes under ``name``."""

    name: str
    private: PrivateKey

    def __post_init__(self) -> None:
        _check_name(self.name)

    @property
    def verifier(self) -> NoteVerifier:
        """Its public half."""
        return NoteVerifier(self.name, self.private.public)

    def sign(self, text: str) -> NoteSignature:
        """The signature line for ``text``."""
        return NoteSignature(self.name, self.verifier.key_id, self.private.sign(text.encode()))


def vkey(name: str, public: PublicKey) -> str:
    """``name+hex(key id)+base64(0x01 || public key)``."""
    key_id = NoteVerifier(name, public).key_id.hex()
    return f"{name}+{key_id}+{base64.b64encode(_ED25519 + public.raw).decode()}"


def sign_note(text: str, signers: Sequence[NoteSigner]) -> bytes:
    """The bytes of ``text`` signed by each signer, in their order."""
    if not text.endswith("\n") or _CONTROL.search(text):
        raise BadInput("A note's text ends in a newline and holds no other control character.")
    if not signers:
        raise BadInput("A note needs at least one signer.")
    return Note(text, tuple(signer.sign(text) for signer in signers)).to_bytes()


def open_note(
    data: bytes, verifiers: Iterable[NoteVerifier], *, strict: bool, where: str = "note"
) -> tuple[Note, list[NoteVerifier]]:
    """The note and the keys whose signatures verified, at least one; RegisterError otherwise.

    ``strict`` refuses a signature by an unknown key, or a second one by the same key.
    """
    note = Note.parse(data, where)
    known = list(verifiers)
    verified: list[NoteVerifier] = []
    for signature in note.signatures:
        key = next((each for each in known if each.made(signature)), None)
        if key is None:
            if strict:
                raise RegisterError(f"No known key is {signature.name}'s signer.", where=where)
            continue
        try:
            key.public.verify(signature.signature, note.text.encode())
        except RegisterError:
            what = f"The signature of {signature.name} does not verify."
            raise RegisterError(what, where=where) from None
        if key in verified and strict:
            raise RegisterError(f"{key.name} signed twice with one key.", where=where)
        if key not in verified:
            verified.append(key)
    if not verified:
        raise RegisterError("The note carries no signature by a known key.", where=where)
    return note, verified


def _read_line(line: str, where: str) -> NoteSignature:
    form = _LINE.fullmatch(line)
    if form is None:
        raise RegisterError(f"{line[:40]!r} is not a signature line.", where=where)
    try:
        _check_name(form[1])
        signature = base64.b64decode(form[2])
    except binascii.Error:
        raise RegisterError("A signature's base64 is cut short.", where=where) from None
    except BadInput as error:
        raise RegisterError(error.what, where=where) from None
    # Python's decoder ignores the unused low bits before the padding; two lines could differ there.
    if base64.b64encode(signature).decode() != form[2] or len(signature) <= 4:
        raise RegisterError("A signature is not in canonical base64.", where=where)
    return NoteSignature(form[1], signature[:4], signature[4:])


def _check_name(name: str) -> None:
    if not name or "+" in name or any(each.isspace() or each < " " for each in name):
        raise BadInput(f"{name!r} cannot name a note key: it has a space or a plus, or is empty.")
