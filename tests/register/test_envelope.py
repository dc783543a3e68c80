"""Signed envelopes: DSSE, in exactly one byte form."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from securesystemslib.dsse import Envelope as OtherEnvelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import (  # type: ignore[attr-defined]  # exported without __all__
    CryptoSigner,
    SSlibKey,
)

from holdshort.errors import BadInput, RegisterError
from holdshort.register.canonical import canonical
from holdshort.register.envelope import (
    PAYLOAD_TYPE,
    Envelope,
    Signature,
    pre_authentication,
    sign,
    verify,
)
from holdshort.register.keys import PrivateKey

ALICE, BOB = (PrivateKey.from_seed(bytes([number]) * 32) for number in (1, 2))
KEYS = {each.keyid: each.public for each in (ALICE, BOB)}


def other_key(key: PrivateKey) -> SSlibKey:
    public = {"public": key.public.raw.hex()}
    return SSlibKey(key.keyid, "ed25519", "ed25519", public)


def test_the_pre_authentication_encoding_is_that_of_the_specification() -> None:
    encoded = pre_authentication("http://example.com/HelloWorld", b"hello world")
    assert encoded == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"


@given(st.binary(max_size=80), st.sets(st.sampled_from([ALICE, BOB]), min_size=1))
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


def test_an_independent_implementation_verifies_our_envelopes() -> None:
    ours = sign(b'{"a":1}', [ALICE, BOB])
    theirs = OtherEnvelope.from_dict(json.loads(ours.to_bytes()))
    accepted = theirs.verify([other_key(ALICE), other_key(BOB)], threshold=2)
    assert set(accepted) == set(KEYS)
    theirs.payload = b'{"a":2}'
    with pytest.raises(VerificationError):
        theirs.verify([other_key(ALICE)], threshold=1)


def test_we_verify_the_envelopes_of_an_independent_implementation() -> None:
    theirs = OtherEnvelope(b'{"a":1}', PAYLOAD_TYPE, {})
    for key in sorted((ALICE, BOB), key=lambda each: each.keyid):
        theirs.sign(CryptoSigner(key._key, other_key(key)))
    envelope = Envelope.from_bytes(canonical(theirs.to_dict()))
    assert verify(envelope, KEYS) == sorted(KEYS)


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


@given(st.binary(max_size=60))
def test_no_bytes_raise_anything_but_bad_input(data: bytes) -> None:
    with pytest.raises(BadInput):
        Envelope.from_bytes(data)
