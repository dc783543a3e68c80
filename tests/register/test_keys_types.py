"""Keys of every type: their ids, their JSON, and the one form of their signatures."""

import base64
import hashlib
import json
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, mldsa
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given
from hypothesis import strategies as st

from holdshort.errors import BadInput, HoldshortError, RegisterError
from holdshort.register.canonical import Json
from holdshort.register.keys import (
    EcdsaKey,
    Ed25519Key,
    MlDsaKey,
    Passkey,
    PrivateKey,
    PublicKey,
    generate,
    load,
)
from holdshort.register.keys.ecdsa import ORDER, low_s

SEED = bytes(range(32))
DEVICE = ec.derive_private_key(int.from_bytes(SEED, "big"), ec.SECP256R1())
POINT = DEVICE.public_key().public_bytes(
    serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
)
COSE = b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20" + POINT[1:33] + b"\x22\x58\x20" + POINT[33:]
KEYS: dict[str, PublicKey] = {
    **{
        type_: PrivateKey.from_seed(SEED, type_).public
        for type_ in ("ed25519", "ml-dsa-44", "ml-dsa-65")
    },
    "ecdsa-p256": EcdsaKey(POINT),
    "webauthn": Passkey("example.org", "https://register.example.org", b"\x01\x02", COSE),
}


def sign_on_device(message: bytes) -> bytes:
    return DEVICE.sign(message, ec.ECDSA(SHA256()))


@pytest.mark.parametrize("type_", KEYS)
def test_a_public_key_survives_json(type_: str) -> None:
    key = KEYS[type_]
    value = json.loads(json.dumps(key.to_json()))
    again = PublicKey.from_json(value)
    assert (again, hash(again), again.keyid) == (key, hash(key), key.keyid)
    assert value["type"] == key.type == type_


@pytest.mark.parametrize("type_", [each for each in KEYS if each != "webauthn"])
def test_a_key_id_is_the_digest_of_what_other_programs_read(type_: str) -> None:
    key = KEYS[type_]
    assert isinstance(key, Ed25519Key | MlDsaKey | EcdsaKey)
    read = serialization.load_der_public_key(key.spki)
    written = read.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    assert written == key.spki
    assert key.keyid == hashlib.sha256(written).hexdigest()


def test_no_two_types_share_a_key_id() -> None:
    assert len({key.keyid for key in KEYS.values()}) == len(KEYS)


@pytest.mark.parametrize("type_", KEYS)
@pytest.mark.parametrize(
    "change",
    [
        lambda value: value | {"use": "sign"},
        lambda value: {"type": value["type"]},
        lambda value: value | {"public": 7},
        lambda value: value | {"public": ""},
        lambda value: value | {"public": value["public"] + "\n"},
        lambda value: value | {"public": value["public"][:-4]},
        lambda value: value | {"public": value["public"].replace("/", "_").replace("+", "-") + "_"},
        lambda value: value | {"public": base64.b64encode(b"short").decode()},
        lambda value: value | {"type": f" {value['type']}"},
        lambda value: value | {"type": None},
        lambda value: [value],
    ],
)
def test_a_malformed_public_key_is_refused_where_it_stands(
    type_: str, change: Callable[[Json], Json]
) -> None:
    with pytest.raises(BadInput, match=r"^charter: "):
        PublicKey.from_json(change(KEYS[type_].to_json()), "charter")


def test_base64_with_unused_bits_is_refused() -> None:
    value = {"type": "ed25519", "public": base64.b64encode(b"\x09" * 32).decode()}
    loose = value | {"public": value["public"][:-2] + "l="}
    assert base64.b64decode(loose["public"]) == base64.b64decode(value["public"])
    PublicKey.from_json(value)
    with pytest.raises(BadInput, match="canonical base64"):
        PublicKey.from_json(loose)


@pytest.mark.parametrize("type_", ["ml-dsa-44", "ml-dsa-65"])
def test_an_ml_dsa_key_signs_after_it_is_loaded(tmp_path: Path, type_: str) -> None:
    made = generate(tmp_path / "key.pem", type_)
    loaded = load(tmp_path / "key.pem")
    assert loaded.public == made.public
    assert made.public.type == type_
    for signature in (made.sign(b"message"), loaded.sign(b"message")):
        made.public.verify(signature, b"message")
        for other, message in (
            (signature, b"massage"),
            (signature[:-1], b"message"),
            (signature + b"\0", b"message"),
            (bytes(len(signature)), b"message"),
            (b"", b"message"),
        ):
            with pytest.raises(RegisterError, match="does not verify"):
                made.public.verify(other, message)


@pytest.mark.parametrize("type_", ["ml-dsa-44", "ml-dsa-65"])
def test_ml_dsa_is_pure_and_has_the_empty_context(type_: str) -> None:
    key = PrivateKey.from_seed(SEED, type_)
    assert isinstance(key._key, mldsa.MLDSA44PrivateKey | mldsa.MLDSA65PrivateKey)
    key.public.verify(key._key.sign(b"message", b""), b"message")
    for foreign in (
        key._key.sign(b"message", b"tuf"),
        key._key.sign(hashlib.sha512(b"m").digest()),
    ):
        with pytest.raises(RegisterError):
            key.public.verify(foreign, b"message")


def test_an_ml_dsa_key_of_another_level_or_length_is_refused() -> None:
    for level, size in ((87, 2592), (44, 1952), (65, 1312), (65, 0)):
        with pytest.raises(BadInput, match="ML-DSA"):
            MlDsaKey(level, bytes(size))


def test_a_key_that_cannot_be_held_here_is_not_made(tmp_path: Path) -> None:
    for type_ in ("ecdsa-p256", "webauthn", "rsa"):
        with pytest.raises(BadInput, match="cannot be held here"):
            generate(tmp_path / "key.pem", type_)
    assert list(tmp_path.iterdir()) == []


def test_keys_of_different_types_made_from_one_seed_derive_different_secrets() -> None:
    secrets = {PrivateKey.from_seed(SEED, each).derive("nonce") for each in list(KEYS)[:3]}
    assert len(secrets) == 3
    assert PrivateKey.from_seed(SEED, "ml-dsa-65").derive("nonce") in secrets


def test_an_ml_dsa_key_does_not_leak_by_printing_or_pickling() -> None:
    key = PrivateKey.from_seed(SEED, "ml-dsa-44")
    assert repr(key) == f"PrivateKey(keyid={key.keyid!r})"
    with pytest.raises(TypeError):
        pickle.dumps(key)


@given(st.binary(max_size=64))
def test_of_two_ecdsa_signatures_that_anyone_can_make_of_one_only_one_counts(
    message: bytes,
) -> None:
    made = sign_on_device(message)
    r, s = decode_dss_signature(made)
    low, high = sorted((s, ORDER - s))
    KEYS["ecdsa-p256"].verify(encode_dss_signature(r, low), message)
    DEVICE.public_key().verify(encode_dss_signature(r, high), message, ec.ECDSA(SHA256()))
    with pytest.raises(RegisterError, match="does not verify"):
        KEYS["ecdsa-p256"].verify(encode_dss_signature(r, high), message)
    assert low_s(made) == low_s(encode_dss_signature(r, high)) == encode_dss_signature(r, low)


def test_loose_der_of_a_good_ecdsa_signature_is_refused() -> None:
    good = low_s(sign_on_device(b"message"))
    KEYS["ecdsa-p256"].verify(good, b"message")
    size = good[1]
    long_length = b"\x30\x81" + good[1:]
    padded_r = bytes([0x30, size + 1, 0x02, good[3] + 1, 0]) + good[4:]
    r, s = decode_dss_signature(good)
    raw = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    for loose in (good + b"\0", good[:-1], long_length, padded_r, raw, b"", b"0\x06\2\1\0\2\1\0"):
        with pytest.raises(RegisterError, match="does not verify"):
            KEYS["ecdsa-p256"].verify(loose, b"message")


def test_a_point_that_is_not_on_the_curve_is_refused() -> None:
    compressed = DEVICE.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint
    )
    for raw in (POINT[:-1] + bytes([POINT[-1] ^ 1]), b"\4" + bytes(64), compressed, b"\0", b""):
        with pytest.raises(BadInput, match=r"P-256"):
            EcdsaKey(raw)


@given(st.sampled_from(sorted(KEYS)), st.binary(max_size=120))
def test_no_bytes_pass_for_a_signature(type_: str, signature: bytes) -> None:
    with pytest.raises(RegisterError):
        KEYS[type_].verify(signature, b"message")


@pytest.mark.parametrize(
    ("file", "type_"),
    [
        ("ed25519_test", "ed25519"),
        ("mldsa_44_verify_test", "ml-dsa-44"),
        ("mldsa_65_verify_test", "ml-dsa-65"),
        ("ecdsa_secp256r1_sha256_test", "ecdsa-p256"),
    ],
)
def test_wycheproofs_signatures_are_told_apart(
    vectors: Callable[[str], Path], file: str, type_: str
) -> None:
    """C2SP Wycheproof. Ours is narrower: the empty context for ML-DSA, low s for ECDSA."""
    groups = json.loads((vectors("wycheproof") / f"{file}.json").read_bytes())["testGroups"]
    cases = [(group, case) for group in groups for case in group["tests"]]
    wrong = [
        case["tcId"] for group, case in cases if _verifies(type_, group, case) != _good(type_, case)
    ]
    assert wrong == []
    assert any(_good(type_, case) for _, case in cases)


def _verifies(type_: str, group: dict[str, Json], case: dict[str, str]) -> bool:
    public = group["publicKey"]
    if isinstance(public, dict):
        public = public["pk"] if type_ == "ed25519" else public["uncompressed"]
    assert isinstance(public, str)
    raw = base64.b64encode(bytes.fromhex(public)).decode()
    try:
        key = PublicKey.from_json({"type": type_, "public": raw})
        key.verify(bytes.fromhex(case["sig"]), bytes.fromhex(case["msg"]))
    except HoldshortError:
        return False
    return True


def _good(type_: str, case: dict[str, str]) -> bool:
    if case["result"] != "valid" or case.get("ctx"):
        return False
    return type_ != "ecdsa-p256" or low_s(bytes.fromhex(case["sig"])).hex() == case["sig"]
