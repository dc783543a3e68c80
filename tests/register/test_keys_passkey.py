"""Passkeys: an act signed in the browser, checked offline."""

import base64
import hashlib
import json
import socket
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from holdshort.errors import BadInput, RegisterError
from holdshort.register.canonical import canonical
from holdshort.register.envelope import Envelope, Signature, pre_authentication, verify
from holdshort.register.keys import Passkey, PrivateKey, PublicKey
from holdshort.register.keys.ecdsa import ORDER

RP_ID = "example.org"
ORIGIN = "https://register.example.org"
PRESENT, VERIFIED, EXTENDED = 0x01, 0x04, 0x80


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass(frozen=True)
class Authenticator:
    """The part of a passkey device that signs (Web Authentication Level 2 §6.3.3)."""

    key: ec.EllipticCurvePrivateKey | Ed25519PrivateKey

    @property
    def passkey(self) -> Passkey:
        if isinstance(self.key, Ed25519PrivateKey):
            cose = bytes.fromhex("a4010103272006215820") + self.key.public_key().public_bytes_raw()
        else:
            point = self.key.public_key().public_bytes(
                Encoding.X962, PublicFormat.UncompressedPoint
            )
            cose = bytes.fromhex("a5010203262001215820") + point[1:33]
            cose += bytes.fromhex("225820") + point[33:]
        return Passkey(RP_ID, ORIGIN, b"credential", cose)

    def answer(
        self,
        message: bytes,
        *,
        rp_id: str = RP_ID,
        flags: int = PRESENT | VERIFIED,
        counter: int = 0,
        rest: bytes = b"",
        **changes: Any,
    ) -> tuple[bytes, bytes, bytes]:
        """What a browser and this device make of a request to sign ``message``."""
        said = {
            "type": "webauthn.get",
            "challenge": base64url(hashlib.sha256(message).digest()),
            "origin": ORIGIN,
            "crossOrigin": False,
        } | changes
        client_data = json.dumps(said).encode()
        data = hashlib.sha256(rp_id.encode()).digest() + bytes([flags])
        data += counter.to_bytes(4, "big") + rest
        signed = data + hashlib.sha256(client_data).digest()
        if isinstance(self.key, Ed25519PrivateKey):
            return data, client_data, self.key.sign(signed)
        return data, client_data, self.key.sign(signed, ec.ECDSA(SHA256()))

    def sign(self, message: bytes, **changes: Any) -> bytes:
        return self.passkey.assemble(*self.answer(message, **changes))


ES256 = Authenticator(ec.derive_private_key(7, ec.SECP256R1()))
EDDSA = Authenticator(Ed25519PrivateKey.from_private_bytes(bytes(32)))
both = pytest.mark.parametrize("device", [ES256, EDDSA], ids=["ES256", "EdDSA"])


@both
def test_a_passkey_signs_the_digest_of_an_act(device: Authenticator) -> None:
    payload = b'{"act":"determine"}'
    message = pre_authentication("text/plain", payload)
    passkey = device.passkey
    assert passkey.challenge(message) == hashlib.sha256(message).digest()
    envelope = Envelope(payload, "text/plain", (Signature(passkey.keyid, device.sign(message)),))
    assert verify(Envelope.from_bytes(envelope.to_bytes()), {passkey.keyid: passkey}) == [
        passkey.keyid
    ]
    other = Envelope(b'{"act":"bar"}', "text/plain", envelope.signatures)
    with pytest.raises(RegisterError, match="challenge"):
        verify(other, {passkey.keyid: passkey})


@both
def test_a_passkey_survives_json_and_its_id_is_the_digest_of_that(device: Authenticator) -> None:
    value = device.passkey.to_json()
    assert PublicKey.from_json(value) == device.passkey
    assert device.passkey.keyid == hashlib.sha256(canonical(value)).hexdigest()


@both
def test_verification_opens_no_socket(
    device: Authenticator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def opened(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", opened)
    monkeypatch.setattr(socket, "getaddrinfo", opened)
    device.passkey.verify(device.sign(b"message"), b"message")


def test_the_library_of_passkeys_brings_no_client_of_the_network() -> None:
    """It loads the socket module through pyOpenSSL, for certificates; nothing that speaks HTTP."""
    said = "import sys; import webauthn; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, check=True, text=True)
    loaded = set(done.stdout.split())
    clients = {"http.client", "urllib.request", "urllib3", "requests", "httpx", "aiohttp", "ssl"}
    assert loaded & clients == set()


@both
@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"flags": PRESENT}, "not verified"),
        ({"flags": VERIFIED}, "not present"),
        ({"rp_id": "example.com"}, "RP ID"),
        ({"origin": "https://register.example.com"}, "origin"),
        ({"origin": f"{ORIGIN}:8443"}, "origin"),
        ({"type": "webauthn.create"}, "client data type"),
        ({"challenge": base64url(hashlib.sha256(b"another").digest())}, "challenge"),
        ({"challenge": 7}, "malformed"),
        ({"crossOrigin": True}, "foreign page"),
        ({"crossOrigin": "true"}, "foreign page"),
        ({"rest": b"more"}, "malformed"),
        ({"flags": PRESENT | VERIFIED | EXTENDED, "rest": b"\xff"}, "malformed"),
    ],
)
def test_what_was_signed_for_another_purpose_is_refused(
    device: Authenticator, changes: dict[str, Any], why: str
) -> None:
    with pytest.raises(RegisterError, match=rf"does not verify.*{why}"):
        device.passkey.verify(device.sign(b"message", **changes), b"message")


@both
def test_the_counter_of_an_authenticator_is_not_looked_at(device: Authenticator) -> None:
    for counter in (9, 0, 1, 1, 2**32 - 1):
        device.passkey.verify(device.sign(b"message", counter=counter), b"message")


@both
def test_a_browser_may_say_more_about_itself(device: Authenticator) -> None:
    grease = {"other_keys_can_be_added_here": "do not compare clientDataJSON against a template"}
    device.passkey.verify(device.sign(b"message", **grease), b"message")


@both
def test_a_signature_counts_for_its_own_key_only(device: Authenticator) -> None:
    other = Authenticator(ec.derive_private_key(8, ec.SECP256R1()))
    if isinstance(device.key, Ed25519PrivateKey):
        other = Authenticator(Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32))
    with pytest.raises(RegisterError, match="Could not verify"):
        other.passkey.verify(device.sign(b"message"), b"message")


@both
def test_every_changed_part_is_noticed(device: Authenticator) -> None:
    parts = device.answer(b"message")
    for at in range(3):
        changed = list(parts)
        changed[at] = parts[at][:-1] + bytes([parts[at][-1] ^ 1])
        with pytest.raises(RegisterError, match="does not verify"):
            device.passkey.verify(device.passkey.assemble(*changed), b"message")


def test_both_halves_of_an_es256_signature_come_to_one_form() -> None:
    data, client_data, signature = ES256.answer(b"message")
    r, s = decode_dss_signature(signature)
    low, high = (encode_dss_signature(r, half) for half in sorted((s, ORDER - s)))
    forms = {ES256.passkey.assemble(data, client_data, each) for each in (low, high)}
    assert len(forms) == 1
    ES256.passkey.verify(forms.pop(), b"message")
    value = json.loads(ES256.passkey.assemble(data, client_data, low))
    loose = canonical(value | {"signature": base64url(high)})
    with pytest.raises(RegisterError, match="low s"):
        ES256.passkey.verify(loose, b"message")


@both
def test_another_byte_form_of_a_good_signature_is_refused(device: Authenticator) -> None:
    good = device.sign(b"message")
    value = json.loads(good)
    device.passkey.verify(good, b"message")
    for loose in (
        good + b"\n",
        json.dumps(value).encode(),
        canonical(dict(reversed(value.items()))).replace(b"{", b"{ ", 1),
        canonical(value | {"userHandle": "AA"}),
        canonical(value | {"signature": value["signature"] + "="}),
        canonical(value | {"signature": value["signature"] + "A"}),
        canonical(value | {"signature": ""}),
        canonical(value | {"signature": 7}),
        canonical({"signature": value["signature"]}),
        canonical([value]),
        b"",
    ):
        with pytest.raises(RegisterError, match="does not verify"):
            device.passkey.verify(loose, b"message")


def test_a_member_that_stands_twice_in_what_the_browser_said_is_refused() -> None:
    data, client_data, _ = EDDSA.answer(b"message")
    client_data = client_data[:-1] + b', "origin": "' + ORIGIN.encode() + b'"}'
    signed = data + hashlib.sha256(client_data).digest()
    assert isinstance(EDDSA.key, Ed25519PrivateKey)
    signature = EDDSA.passkey.assemble(data, client_data, EDDSA.key.sign(signed))
    with pytest.raises(RegisterError, match="stands twice"):
        EDDSA.passkey.verify(signature, b"message")


@given(st.binary(max_size=60), st.binary(max_size=60), st.binary(max_size=80))
def test_no_parts_raise_anything_but_an_error_of_ours(
    data: bytes, client_data: bytes, signed: bytes
) -> None:
    signature = EDDSA.passkey.assemble(data, client_data, signed)
    with pytest.raises(RegisterError, match="does not verify"):
        EDDSA.passkey.verify(signature, b"message")


@pytest.mark.parametrize(
    "changes",
    [
        {"rp_id": ""},
        {"rp_id": "Example.org"},
        {"rp_id": "ample.org"},
        {"origin": "https://example.com"},
        {"origin": "http://example.org"},
        {"origin": "https://example.org/"},
        {"origin": "https://example.org:0"},
        {"origin": "https://user@example.org"},
        {"credential": b""},
        {"credential": bytes(1024)},
        {"public": b""},
        {"public": bytes.fromhex("a4010103272006215820") + bytes(32)},
        {"public": bytes.fromhex("a5010203262001215820") + bytes(32) + b"\x22\x58\x20" + bytes(32)},
        {"public": EDDSA.passkey.public + b"\0"},
        {"public": b"\x04" + bytes(64)},
    ],
)
def test_a_passkey_that_could_not_be_is_refused(changes: dict[str, Any]) -> None:
    made = EDDSA.passkey
    form = {
        "rp_id": made.rp_id,
        "origin": made.origin,
        "credential": made.credential,
        "public": made.public,
    }
    Passkey(**form)  # type: ignore[arg-type]  # texts and bytes, by name
    with pytest.raises(BadInput):
        Passkey(**form | changes)


def test_a_passkey_and_a_file_key_sign_one_act() -> None:
    file_key = PrivateKey.from_seed(bytes([3]) * 32, "ml-dsa-65")
    passkey = ES256.passkey
    message = pre_authentication("text/plain", b"x")
    signatures = [
        Signature(file_key.keyid, file_key.sign(message)),
        Signature(passkey.keyid, ES256.sign(message)),
    ]
    envelope = Envelope(b"x", "text/plain", tuple(sorted(signatures, key=lambda s: s.keyid)))
    keys = {each.keyid: each for each in (file_key.public, passkey)}
    assert verify(Envelope.from_bytes(envelope.to_bytes()), keys) == sorted(keys)
