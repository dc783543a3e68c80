"""Passkeys: officers sign in the browser, with a key that never leaves their device.

A passkey does not sign the message itself. The browser is given the SHA-256 of the message as the
WebAuthn *challenge*, writes it into ``clientDataJSON`` beside the origin of the page, and the
authenticator signs ``authenticatorData || SHA-256(clientDataJSON)`` (Web Authentication Level 2
§6.3.3). All three are needed to check it, so together they are the signature::

    {"authenticatorData":"…","clientDataJSON":"…","signature":"…"}

canonical JSON (RFC 8785), each member base64url without padding (RFC 4648 §5).

Rules kept here, beyond the verification procedure (§7.2, done by the `webauthn` library, offline):

- The user was verified (PIN, fingerprint, face), not merely present.
- A page inside a foreign page (``crossOrigin``) does not sign acts.
- One signature has one byte form: canonical JSON, canonical base64url, and for ES256 the rule of
  `ecdsa`. Authenticators promise no low s; :meth:`Passkey.assemble` brings theirs to it, which
  needs no key. The authenticator may still sign one act twice, with another counter or nonce; only
  its owner can bring that about, as with any key. So nothing may hang on an act's envelope being
  the only one of its payload.
- The counter of signatures is not looked at: it is to catch cloned authenticators at a login, and
  synced passkeys leave it at 0. The order of acts is that of the log.

Public keys are COSE keys (RFC 9053) in CTAP2 canonical CBOR: ES256 on P-256, or EdDSA on Ed25519.
"""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from holdshort.errors import BadInput, RegisterError
from holdshort.register.canonical import Json, canonical, digest, parse, parse_canonical
from holdshort.register.keys.ecdsa import EcdsaKey, is_low_s, low_s
from holdshort.register.keys.ed25519 import Ed25519Key
from holdshort.register.keys.public import PublicKey

# {1: 2, 3: -7, -1: 1, -2: x, -3: y} and {1: 1, 3: -8, -1: 6, -2: x}: so few shapes need no reader.
_ES256 = re.compile(
    re.escape(bytes.fromhex("a5010203262001215820"))
    + rb"(.{32})"
    + re.escape(bytes.fromhex("225820"))
    + rb"(.{32})",
    re.DOTALL,
)
_EDDSA = re.compile(re.escape(bytes.fromhex("a4010103272006215820")) + rb"(.{32})", re.DOTALL)
_LABEL = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_ORIGIN = re.compile(rf"(https?)://({_DOMAIN.pattern})(?::[1-9][0-9]{{0,4}})?")
_BASE64URL = re.compile(r"[A-Za-z0-9_-]+")
_LONGEST_CREDENTIAL = 1023  # Web Authentication Level 2 §4, "Credential ID"
_MEMBERS = ("authenticatorData", "clientDataJSON", "signature")


@dataclass(frozen=True)
class Passkey(PublicKey):
    """A WebAuthn credential, bound to the site where it was made.

    ``rp_id`` is the relying party's domain, ``origin`` that of the page that asks for signatures,
    ``credential`` the credential id, ``public`` the COSE key.
    """

    rp_id: str
    origin: str
    credential: bytes
    public: bytes

    def __post_init__(self) -> None:
        form = _ORIGIN.fullmatch(self.origin)
        if not _DOMAIN.fullmatch(self.rp_id) or form is None:
            raise BadInput(
                "A passkey names a domain (rp_id) and an origin, in lower case.",
                do="For example example.org and https://register.example.org.",
            )
        scheme, host = form.groups()
        if host != self.rp_id and not host.endswith(f".{self.rp_id}"):
            raise BadInput(f"The origin {self.origin} is not a place of {self.rp_id}.")
        if scheme != "https" and host != "localhost":
            raise BadInput(f"The origin {self.origin} is not https.")
        if not 1 <= len(self.credential) <= _LONGEST_CREDENTIAL:
            raise BadInput(f"A credential id has 1 to {_LONGEST_CREDENTIAL} bytes.")
        _ = self._inner

    @property
    def type(self) -> str:
        """``webauthn``."""
        return "webauthn"

    @cached_property
    def keyid(self) -> str:
        """Hex SHA-256 of the canonical JSON of :meth:`to_json`."""
        return digest(self.to_json())

    @property
    def material(self) -> str:
        """That of the key that the authenticator holds, whatever site it is bound to."""
        return self._inner.keyid

    def to_json(self) -> dict[str, Json]:
        """``type``, ``rp_id``, ``origin``, and ``credential`` and ``public`` in base64."""
        return {
            "type": "webauthn",
            "rp_id": self.rp_id,
            "origin": self.origin,
            "credential": base64.b64encode(self.credential).decode(),
            "public": base64.b64encode(self.public).decode(),
        }

    @cached_property
    def _inner(self) -> EcdsaKey | Ed25519Key:
        """The key that the authenticator holds; BadInput if ``public`` is none of ours."""
        if form := _ES256.fullmatch(self.public):
            return EcdsaKey(b"\x04" + form[1] + form[2])
        if form := _EDDSA.fullmatch(self.public):
            return Ed25519Key(form[1])
        raise BadInput("A passkey's key is a COSE key for ES256 or EdDSA, in canonical CBOR.")

    @staticmethod
    def challenge(message: bytes) -> bytes:
        """What the browser is given to have ``message`` signed: its SHA-256."""
        return hashlib.sha256(message).digest()

    def assemble(self, authenticator_data: bytes, client_data: bytes, signature: bytes) -> bytes:
        """The one byte form of what ``navigator.credentials.get`` answered.

        BadInput if ``signature`` cannot be one by this type of key. Nothing is verified yet.
        """
        if isinstance(self._inner, EcdsaKey):
            signature = low_s(signature)
        parts = (authenticator_data, client_data, signature)
        return canonical(dict(zip(_MEMBERS, map(_to_base64url, parts), strict=True)))

    def verify(self, signature: bytes, message: bytes) -> None:
        """Return if this passkey signed ``message``; raise RegisterError if it did not.

        ``signature`` is the JSON that :meth:`assemble` makes.
        """
        from webauthn import verify_authentication_response
        from webauthn.helpers import structs
        from webauthn.helpers.exceptions import WebAuthnException

        try:
            authenticator_data, client_data, signed = self._read(signature)
            verify_authentication_response(
                credential=structs.AuthenticationCredential(
                    id=_to_base64url(self.credential),
                    raw_id=self.credential,
                    response=structs.AuthenticatorAssertionResponse(
                        client_data_json=client_data,
                        authenticator_data=authenticator_data,
                        signature=signed,
                    ),
                ),
                expected_challenge=self.challenge(message),
                expected_rp_id=self.rp_id,
                expected_origin=self.origin,
                credential_public_key=self.public,
                credential_current_sign_count=0,
                require_user_verification=True,
            )
        except (BadInput, WebAuthnException) as error:
            refused = self.refused()
            raise RegisterError(f"{refused.what} {_sentence(str(error))}") from None

    def _read(self, signature: bytes) -> tuple[bytes, bytes, bytes]:
        """The three parts of a signature in its one byte form; BadInput otherwise."""
        value = parse_canonical(signature, "signature")
        if not isinstance(value, Mapping) or set(value) != set(_MEMBERS):
            raise BadInput(f"A passkey's signature has exactly the members {', '.join(_MEMBERS)}.")
        authenticator_data, client_data, signed = (_from_base64url(value[m]) for m in _MEMBERS)
        if isinstance(self._inner, EcdsaKey) and not is_low_s(signed):
            raise BadInput("It is not in canonical DER with low s.")
        # Browsers write this JSON, and not canonically; but no member may stand in it twice.
        said = parse(client_data, "clientDataJSON")
        if isinstance(said, Mapping) and said.get("crossOrigin", False) is not False:
            raise BadInput("It was made inside a foreign page.")
        return authenticator_data, client_data, signed


def registered(response: str, challenge: bytes, rp_id: str, origin: str) -> Passkey:
    """The passkey that a browser has just made.

    ``response`` is the JSON of ``navigator.credentials.create`` (``PublicKeyCredential.toJSON``),
    ``challenge`` the random bytes that the browser was given. BadInput if it does not answer them,
    if the user was not verified, or if its type of key is none of ours. No attestation is asked
    for: who owns the passkey is said by whoever enrols its owner.
    """
    from webauthn import verify_registration_response
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        made = verify_registration_response(
            credential=response,
            expected_challenge=challenge,
            expected_rp_id=rp_id,
            expected_origin=origin,
            require_user_verification=True,
        )
    except WebAuthnException as error:
        raise BadInput(f"The passkey was not made as asked: {error}.", where=origin) from None
    return Passkey(rp_id, origin, made.credential_id, made.credential_public_key)


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


def _to_base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _from_base64url(text: Json) -> bytes:
    if isinstance(text, str) and _BASE64URL.fullmatch(text) and len(text) % 4 != 1:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        if _to_base64url(data) == text:
            return data
    raise BadInput("A part of the signature is not canonical base64url.")
