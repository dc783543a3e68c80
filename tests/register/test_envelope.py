"""Signed envelopes: DSSE, in exactly one byte form."""

import base64
import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import mldsa
from hypothesis import given
from hypothesis import strategies as st
from securesystemslib.dsse import Envelope as OtherEnvelope
from securesystemslib.exceptions import UnverifiedSignatureError, VerificationError
from securesystemslib.signer import (  # type: ignore[attr-defined]  # exported without __all__
    CryptoSigner,
    Key,
    SSlibKey,
)
from securesystemslib.signer import (  # type: ignore[attr-defined]
    Signature as OtherSignature,
)

from holdshort.errors import BadInput, RegisterError
from holdshort.register.canonical import canonical
from holdshort.register.envelope import (
    PAYLOAD_TYPE,
    Envelope,
    Signature,
    add,
    pre_authentication,
    sign,
    verify,
)
from holdshort.register.keys import PrivateKey

ALICE, BOB = (PrivateKey.from_seed(bytes([number]) * 32) for number in (1, 2))
CAROL = PrivateKey.from_seed(bytes([3]) * 32, "ml-dsa-65")
DAVE = PrivateKey.from_seed(bytes([4]) * 32, "ml-dsa-44")
EVERYONE = (ALICE, BOB, CAROL, DAVE)
KEYS = {each.keyid: each.public for each in EVERYONE}


class PureKey(SSlibKey):
    """An ML-DSA key over the message itself; the other library signs a digest of it (TAP 21)."""

    def verify_signature(self, signature: OtherSignature, data: bytes) -> None:
        public = self._crypto_key()
        assert isinstance(public, mldsa.MLDSA44PublicKey | mldsa.MLDSA65PublicKey)
        try:
            public.verify(bytes.fromhex(signature.signature), data)
        except InvalidSignature as error:
            raise UnverifiedSignatureError from error


def other_key(key: PrivateKey) -> SSlibKey:
    reader = SSlibKey if key.public.type == "ed25519" else PureKey
    made = SSlibKey.from_crypto(key._key.public_key())
    return reader(key.keyid, made.keytype, made.scheme, made.keyval)


def test_the_pre_authentication_encoding_is_that_of_the_specification() -> None:
    encoded = pre_authentication("http://example.com/HelloWorld", b"hello world")
    assert encoded == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"


@given(st.binary(max_size=80), st.sets(st.sampled_from(EVERYONE), min_size=1))
def test_an_envelope_survives_its_byte_form_and_verifies(
    payload: bytes, signers: set[PrivateKey]
) -> None:
    envelope = sign(payload, signers)
    assert Envelope.from_bytes(envelope.to_bytes()) == envelope
    assert verify(envelope, KEYS) == sorted(key.keyid for key in signers)


def test_the_byte_form_is_canonical_json() -> None:
    data = sign(b'{"a":1}', [ALICE, BOB]).to_bytes()
    assert data == canonical(json.loads(data))


def test_the_order_of_signers_does_not_matter() -> None:
    assert sign(b"x", [ALICE, BOB]) == sign(b"x", [BOB, ALICE])


@given(st.sets(st.sampled_from(EVERYONE), min_size=1), st.sets(st.sampled_from(EVERYONE)))
def test_signatures_can_be_added_one_after_another(
    first: set[PrivateKey], then: set[PrivateKey]
) -> None:
    envelope = sign(b"x", first)
    if first & then:
        with pytest.raises(BadInput, match="each key once"):
            add(envelope, then)
        return
    whole = add(envelope, then)
    assert verify(Envelope.from_bytes(whole.to_bytes()), KEYS) == sorted(
        key.keyid for key in first | then
    )
    assert set(envelope.signatures) <= set(whole.signatures)


def test_what_is_added_covers_the_type_of_the_payload() -> None:
    assert verify(add(sign(b"x", [ALICE], "text/plain"), [BOB]), KEYS) == sorted(
        [ALICE.keyid, BOB.keyid]
    )


@pytest.mark.parametrize("signers", [[ALICE], [ALICE, BOB], [CAROL, ALICE], EVERYONE])
def test_an_independent_implementation_verifies_our_envelopes(signers: list[PrivateKey]) -> None:
    ours = sign(b'{"a":1}', signers)
    theirs = OtherEnvelope.from_dict(json.loads(ours.to_bytes()))
    keys: list[Key] = [other_key(each) for each in signers]
    assert set(theirs.verify(keys, threshold=len(keys))) == {each.keyid for each in signers}
    theirs.payload = b'{"a":2}'
    with pytest.raises(VerificationError):
        theirs.verify(keys[:1], threshold=1)


def test_we_verify_the_envelopes_of_an_independent_implementation() -> None:
    theirs = OtherEnvelope(b'{"a":1}', PAYLOAD_TYPE, {})
    for key in sorted((ALICE, BOB), key=lambda each: each.keyid):
        theirs.sign(CryptoSigner(key._key, other_key(key)))
    envelope = Envelope.from_bytes(canonical(theirs.to_dict()))
    assert verify(envelope, KEYS) == sorted([ALICE.keyid, BOB.keyid])


@pytest.mark.parametrize("key", [CAROL, DAVE], ids=lambda key: key.public.type)
def test_the_ml_dsa_of_an_independent_implementation_is_ours_over_its_digest(
    key: PrivateKey,
) -> None:
    """It signs ``"tuf" || 1 || SHA-512(message)`` (TAP 21) where DSSE, and we, sign the message."""
    theirs = OtherEnvelope(b'{"a":1}', PAYLOAD_TYPE, {})
    made = theirs.sign(CryptoSigner(key._key, SSlibKey.from_crypto(key._key.public_key())))
    signature = bytes.fromhex(made.signature)
    digest = hashlib.sha512(theirs.pae()).digest()
    key.public.verify(signature, b"tuf\x01" + digest)
    with pytest.raises(RegisterError, match="does not verify"):
        key.public.verify(signature, theirs.pae())


def test_every_flipped_bit_of_an_envelope_is_noticed() -> None:
    data = sign(b'{"a":1}', [ALICE]).to_bytes()
    for at in range(len(data)):
        for bit in range(8):
            damaged = bytearray(data)
            damaged[at] ^= 1 << bit
            with pytest.raises((BadInput, RegisterError)):
                verify(Envelope.from_bytes(bytes(damaged)), KEYS)


def test_a_signature_by_an_unknown_key_spoils_the_envelope() -> None:
    with pytest.raises(RegisterError, match="not known here"):
        verify(sign(b"x", [ALICE, BOB]), {ALICE.keyid: ALICE.public})


def test_a_key_filed_under_the_id_of_another_is_not_used() -> None:
    with pytest.raises(RegisterError, match="not known here"):
        verify(sign(b"x", [ALICE]), {ALICE.keyid: BOB.public})


def test_one_bad_signature_among_good_ones_spoils_the_envelope() -> None:
    good = sign(b"x", [ALICE, BOB])
    bad = Signature(good.signatures[1].keyid, good.signatures[0].sig)
    with pytest.raises(RegisterError, match="does not verify"):
        verify(Envelope(b"x", PAYLOAD_TYPE, (good.signatures[0], bad)), KEYS)


def test_a_payload_signed_as_one_type_does_not_pass_for_another() -> None:
    signed = sign(b"x", [ALICE], "text/plain")
    with pytest.raises(RegisterError, match="does not verify"):
        verify(Envelope(b"x", PAYLOAD_TYPE, signed.signatures), KEYS)


def test_nobodys_envelope_and_one_key_twice_are_refused() -> None:
    with pytest.raises(BadInput, match="at least one"):
        sign(b"x", [])
    with pytest.raises(BadInput, match="each key once"):
        sign(b"x", [ALICE, ALICE])


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda e: e | {"note": "x"}, "exactly the members"),
        (lambda e: {k: e[k] for k in ("payload", "signatures")}, "exactly the members"),
        (lambda e: e | {"signatures": []}, "at least one signature"),
        (lambda e: e | {"signatures": e["signatures"] * 2}, "each key once"),
        (lambda e: e | {"signatures": e["signatures"][::-1]}, "ascending"),
        (lambda e: e | {"payload": e["payload"].rstrip("=")}, "cut short|one byte form"),
        (lambda e: e | {"payload": "eDF="}, "one byte form"),
        (lambda e: e | {"payload": "eD-_"}, "one byte form"),
        (lambda e: e | {"payloadType": "a b"}, "one byte form"),
        (lambda e: e | {"signatures": [{"sig": "AA=="}]}, "keyid and sig"),
        (lambda e: e | {"signatures": [{"keyid": "x", "sig": "AA=="}]}, "one byte form"),
    ],
)
def test_another_form_is_refused_with_the_reason(
    change: Callable[[dict[str, Any]], dict[str, Any]], what: str
) -> None:
    envelope = json.loads(sign(b"x", [ALICE, BOB]).to_bytes())
    with pytest.raises(BadInput, match=rf"^act\.json: .*({what})"):
        Envelope.from_bytes(canonical(change(envelope)), "act.json")


def test_loose_json_of_a_good_envelope_is_refused() -> None:
    data = sign(b"x", [ALICE]).to_bytes()
    for loose in (data + b"\n", b" " + data, json.dumps(json.loads(data)).encode()):
        with pytest.raises(BadInput, match="one byte form"):
            Envelope.from_bytes(loose)


@given(st.text("+/AQgwBEZ059z=", max_size=9), st.text("AQgwBEIM=", max_size=6))
def test_whatever_is_read_is_written_again_as_it_was(payload: str, sig: str) -> None:
    """Base64 has many loose forms: unused bits, padding too much or too little."""
    data = (
        f'{{"payload":"{payload}","payloadType":"a/b",'
        f'"signatures":[{{"keyid":"{"0" * 64}","sig":"{sig}"}}]}}'
    ).encode()
    strict = all(_is_canonical(each) for each in (payload, sig))
    try:
        read = Envelope.from_bytes(data)
    except BadInput:
        assert not strict
    else:
        assert strict
        assert read.to_bytes() == data


def _is_canonical(text: str) -> bool:
    try:
        return base64.b64encode(base64.b64decode(text, validate=True)).decode() == text
    except ValueError:
        return False


def test_signatures_with_a_comma_too_many_are_refused() -> None:
    data = sign(b"x", [ALICE, BOB]).to_bytes()
    for loose in (data.replace(b"}]", b"},]"), data.replace(b"},{", b"}{"), b"[" + data):
        with pytest.raises(BadInput):
            Envelope.from_bytes(loose)


@given(st.binary(max_size=60))
def test_no_bytes_raise_anything_but_bad_input(data: bytes) -> None:
    with pytest.raises(BadInput):
        Envelope.from_bytes(data)
