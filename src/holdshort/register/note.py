"""Signed notes: C2SP signed-note v1.0.0, with Ed25519 keys (signature type 0x01).

::

    text, ending in a newline
    <blank line>
    — key name base64(4-byte key id || signature)

    key id = SHA-256(key name || 0x0A || signature type || public key)[:4]
    vkey   = key name + "+" + hex key id + "+" + base64(signature type || public key)

One note may carry signatures of several types: the log's own (0x01, here) beside cosignatures
(0x04 and 0x06, :mod:`holdshort.register.cosignature`). Each kind of key is a :class:`NoteKey`.

Rules kept here:

- Reading and writing a note gives the same bytes: base64 is canonical to its last bit.
- A signature by a known key must verify; one by an unknown key, or of an unknown type, is ignored,
  as the specification demands — unless the reader is *strict*, as a check of our own folder is:
  there every signature line must verify under a known key, so that no byte of a published note
  goes unchecked.
- Text is UTF-8 without control characters but the newline; a key name has no plus and none of the
  code points that Unicode calls white space.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, TypeVar

from holdshort.errors import BadInput, RegisterError
from holdshort.register.keys import Ed25519Key, Signer

ED25519 = 0x01
"""Signature type: Ed25519 over the note's text."""

MAX_SIGNATURES = 128
"""Most lines read. At least 16 must be; a policy of 32 witnesses with two keys each needs 66."""

MAX_BYTES = 1 << 20
"""Largest note read: 128 lines of ML-DSA-44 take 430 kB."""

# Unicode's White_Space property beyond ASCII, spelled out so that what may be a name does not hang
# on the Unicode version of the interpreter.
_SPACES = "\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_NAME = rf"[^\x00-\x20+{_SPACES}\ud800-\udfff]+"
_BASE64 = r"[A-Za-z0-9+/]+={0,2}"
_ONLY_NAME = re.compile(_NAME)
_LINE = re.compile(rf"— ({_NAME}) ({_BASE64})")
_VKEY = re.compile(rf"({_NAME})\+([0-9a-f]{{8}})\+({_BASE64})")


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
        if len(data) > MAX_BYTES:
            raise RegisterError(f"The note is larger than {MAX_BYTES} bytes.", where=where)
        try:
            whole = data.decode()
        except UnicodeDecodeError:
            raise RegisterError("The note is not UTF-8.", where=where) from None
        if _CONTROL.search(whole):
            raise RegisterError("The note holds a control character.", where=where)
        text, blank, tail = whole.rpartition("\n\n")
        if not blank or not tail.endswith("\n"):
            raise RegisterError("The note has no blank line before its signatures.", where=where)
        return cls(text + "\n", parse_signatures(tail, where))


def parse_signatures(lines: str, where: str) -> tuple[NoteSignature, ...]:
    """Read signature lines alone, one or more, as a witness answers with; RegisterError if not."""
    if not lines.endswith("\n"):
        raise RegisterError("The last signature line does not end.", where=where)
    each = lines[:-1].split("\n")
    if len(each) > MAX_SIGNATURES:
        raise RegisterError(f"There are over {MAX_SIGNATURES} signatures.", where=where)
    return tuple(_read_line(line, where) for line in each)


@dataclass(frozen=True)
class Vkey:
    """A verifier key line, of any signature type, taken apart."""

    name: str
    key_id: bytes
    type: int
    public: bytes

    def __str__(self) -> str:
        body = base64.b64encode(bytes([self.type]) + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{body}"

    @classmethod
    def parse(cls, line: str) -> "Vkey":
        """Read a verifier key; BadInput if it is malformed, or its key id another key's.

        The key ids of all types that we know are formed alike. An unknown type may form them as it
        likes and is read without that check.
        """
        form = _VKEY.fullmatch(line)
        body = decode_base64(form[3]) if form else None
        if form is None or not body:
            raise BadInput(
                f"{line[:80]!r} is not a note verifier key.", do="Give name+hexadecimal+base64."
            )
        found = cls(form[1], bytes.fromhex(form[2]), body[0], body[1:])
        expected = key_id(found.name, found.type, found.public)
        if found.type in (0x01, 0x04, 0x06) and found.key_id != expected:
            raise BadInput(
                f"The key id is {form[2]}, but this key's is {expected.hex()}.", where=form[1]
            )
        return found


class NoteKey(Protocol):
    """A public key that signs notes in one way: its name, its id, and how it verifies."""

    @property
    def name(self) -> str:
        """The key name that stands in its signature lines."""

    @property
    def key_id(self) -> bytes:
        """The four bytes that stand before its signatures."""

    @property
    def vkey(self) -> str:
        """The key in the one-line form in which it is published."""

    def made(self, signature: NoteSignature) -> bool:
        """Whether the line says that this key made it."""

    def check(self, signature: NoteSignature, text: str) -> None:
        """Return if this key signed the note ``text``; RegisterError if it did not."""


AnyKey = TypeVar("AnyKey", bound=NoteKey)


@dataclass(frozen=True)
class NoteVerifier:
    """The Ed25519 public key that signs notes under ``name``."""

    name: str
    public: Ed25519Key

    def __post_init__(self) -> None:
        check_name(self.name)

    @cached_property
    def key_id(self) -> bytes:
        """The four bytes that stand before this key's signatures."""
        return key_id(self.name, ED25519, self.public.raw)

    @property
    def vkey(self) -> str:
        """The key in the one-line form in which logs publish it."""
        return str(Vkey(self.name, self.key_id, ED25519, self.public.raw))

    @classmethod
    def from_vkey(cls, line: str) -> "NoteVerifier":
        """Read a verifier key line; BadInput if it is malformed or of another signature type."""
        found = Vkey.parse(line)
        if found.type != ED25519:
            raise BadInput(
                f"Signature type {found.type:#04x} is not Ed25519 (0x01).", where=found.name
            )
        return cls(found.name, Ed25519Key(found.public))

    def made(self, signature: NoteSignature) -> bool:
        """Whether the line says that this key made it."""
        return (signature.name, signature.key_id) == (self.name, self.key_id)

    def check(self, signature: NoteSignature, text: str) -> None:
        """Return if this key signed the note ``text``; RegisterError if it did not."""
        try:
            self.public.verify(signature.signature, text.encode())
        except RegisterError:
            raise RegisterError(f"The signature of {self.name} does not verify.") from None


@dataclass(frozen=True)
class NoteSigner:
    """The private Ed25519 key that signs notes under ``name``."""

    name: str
    private: Signer

    def __post_init__(self) -> None:
        check_name(self.name)
        if not isinstance(self.private.public, Ed25519Key):
            raise BadInput(f"{self.name} signs notes with Ed25519, and with no other key.")

    @cached_property
    def verifier(self) -> NoteVerifier:
        """Its public half."""
        public = self.private.public
        assert isinstance(public, Ed25519Key)  # noqa: S101 - checked when it was made
        return NoteVerifier(self.name, public)

    def sign(self, text: str) -> NoteSignature:
        """The signature line for ``text``."""
        return NoteSignature(self.name, self.verifier.key_id, self.private.sign(text.encode()))


def sign_note(text: str, signers: Sequence[NoteSigner]) -> bytes:
    """The bytes of ``text`` signed by each signer, in their order."""
    if not text.endswith("\n") or _CONTROL.search(text):
        raise BadInput("A note's text ends in a newline and holds no other control character.")
    if not signers:
        raise BadInput("A note needs at least one signer.")
    try:
        return Note(text, tuple(signer.sign(text) for signer in signers)).to_bytes()
    except UnicodeEncodeError:
        raise BadInput("A note's text is UTF-8; this holds half of a surrogate pair.") from None


def add_signatures(data: bytes, signatures: Iterable[NoteSignature], where: str = "note") -> bytes:
    """The note with further signature lines at its end; a line that it has already is left out."""
    note = Note.parse(data, where)
    lines = tuple(dict.fromkeys((*note.signatures, *signatures)))
    if len(lines) > MAX_SIGNATURES:
        raise RegisterError(f"There are over {MAX_SIGNATURES} signatures.", where=where)
    return Note(note.text, lines).to_bytes()


def open_note(
    data: bytes, verifiers: Iterable[NoteKey], *, strict: bool, where: str = "note"
) -> tuple[Note, list[NoteKey]]:
    """The note and the keys whose signatures verified, at least one; RegisterError otherwise.

    ``strict`` refuses a signature by an unknown key, or a second one by the same key.
    """
    note = Note.parse(data, where)
    known = by_line(verifiers)
    verified: dict[tuple[str, bytes], NoteKey] = {}
    for signature in note.signatures:
        line = (signature.name, signature.key_id)
        key = known.get(line)
        if key is None:
            if strict:
                raise RegisterError(f"No known key is {signature.name}'s signer.", where=where)
            continue
        try:
            key.check(signature, note.text)
        except RegisterError as error:
            raise RegisterError(error.what, where=where) from None
        if line in verified and strict:
            raise RegisterError(f"{key.name} signed twice with one key.", where=where)
        verified[line] = key
    if not verified:
        raise RegisterError("The note carries no signature by a known key.", where=where)
    return note, list(verified.values())


def by_line(keys: Iterable[AnyKey]) -> dict[tuple[str, bytes], AnyKey]:
    """The keys by what their signature lines say: name and key id.

    BadInput if two different keys would share them: which made a line could not be told.
    """
    found: dict[tuple[str, bytes], AnyKey] = {}
    for key in keys:
        if found.setdefault((key.name, key.key_id), key) != key:
            raise BadInput(f"Two keys of {key.name} share the key id {key.key_id.hex()}.")
    return found


def key_id(name: str, signature_type: int, public: bytes) -> bytes:
    """``SHA-256(name || 0x0A || signature type || public key)[:4]``, "Signatures"."""
    body = name.encode() + b"\n" + bytes([signature_type]) + public
    return hashlib.sha256(body).digest()[:4]


def vkey(name: str, public: Ed25519Key) -> str:
    """``name+hex(key id)+base64(0x01 || public key)``."""
    return NoteVerifier(name, public).vkey


def check_name(name: str) -> None:
    """BadInput if ``name`` cannot name a key: it is empty, or has a space, plus or control."""
    if not _ONLY_NAME.fullmatch(name):
        raise BadInput(f"{name!r} cannot name a note key: it has a space or a plus, or is empty.")


def decode_base64(text: str) -> bytes | None:
    """The bytes of standard base64 (RFC 4648 §4); None if it is not exactly what they encode to.

    Python's decoder skips foreign letters and the unused low bits before the padding; two lines
    could differ there and say the same.
    """
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if base64.b64encode(data).decode() == text else None


def _read_line(line: str, where: str) -> NoteSignature:
    form = _LINE.fullmatch(line)
    if form is None:
        raise RegisterError(f"{line[:40]!r} is not a signature line.", where=where)
    signature = decode_base64(form[2])
    if signature is None:
        raise RegisterError("A signature is not in canonical base64.", where=where)
    if len(signature) <= 4:
        raise RegisterError("A signature is no longer than its key id.", where=where)
    return NoteSignature(form[1], signature[:4], signature[4:])
