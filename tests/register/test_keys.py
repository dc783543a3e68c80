"""Ed25519 keys and their files: who signed."""

import hashlib
import os
import pickle
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, x25519
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

from holdshort.errors import BadInput, KeyFileError, RegisterError, StorageError
from holdshort.register.canonical import Json
from holdshort.register.keys import Ed25519Key, PrivateKey, PublicKey, generate, load
from holdshort.register.keys.ed25519 import _SMALL_ORDER


def pem(key: Ed25519PrivateKey | ec.EllipticCurvePrivateKey | x25519.X25519PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def write_private(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    path.chmod(0o600)
    return path


def test_a_generated_key_signs_after_it_is_loaded(tmp_path: Path) -> None:
    made = generate(tmp_path / "keys" / "acme.pem")
    loaded = load(tmp_path / "keys" / "acme.pem")
    assert loaded.public == made.public
    made.public.verify(loaded.sign(b"message"), b"message")


def test_a_generated_key_is_for_its_owner_only(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        generate(tmp_path / "keys" / "acme.pem")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "keys" / "acme.pem").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    assert [each.name for each in (tmp_path / "keys").iterdir()] == ["acme.pem"]


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    first = generate(tmp_path / "key.pem")
    with pytest.raises(KeyFileError, match="not touched"):
        generate(tmp_path / "key.pem")
    assert load(tmp_path / "key.pem").public == first.public
    assert len(list(tmp_path.iterdir())) == 1


def test_a_key_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageError):
        generate(tmp_path / "file" / "key.pem")
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o644, 0o666, 0o610])
def test_a_key_that_others_can_use_is_refused(tmp_path: Path, mode: int) -> None:
    generate(tmp_path / "key.pem")
    (tmp_path / "key.pem").chmod(mode)
    with pytest.raises(KeyFileError, match=r"chmod 600 .*key\.pem"):
        load(tmp_path / "key.pem")


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match=r"none\.pem: .*No such file"):
        load(tmp_path / "none.pem")
    with pytest.raises(KeyFileError, match="directory"):
        load(tmp_path)


def test_damaged_and_foreign_keys_are_refused(tmp_path: Path) -> None:
    whole = pem(Ed25519PrivateKey.generate())
    for content in (b"", b"hello", whole[:60], whole.replace(b"M", b"!", 1)):
        with pytest.raises(KeyFileError, match="not a private key"):
            load(write_private(tmp_path / "key.pem", content))
    for other in (ec.generate_private_key(ec.SECP256R1()), x25519.X25519PrivateKey.generate()):
        with pytest.raises(KeyFileError, match="not an Ed25519"):
            load(write_private(tmp_path / "key.pem", pem(other)))


def test_the_key_id_is_the_digest_of_the_der_public_key(key: PrivateKey) -> None:
    assert isinstance(key._key, Ed25519PrivateKey)
    der = key._key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    assert key.keyid == key.public.keyid == hashlib.sha256(der).hexdigest()


def test_a_signature_holds_for_its_message_and_key_only(key: PrivateKey) -> None:
    signature = key.sign(b"message")
    assert signature == key.sign(b"message")
    key.public.verify(signature, b"message")
    other = PrivateKey.from_seed(bytes(32)).public
    for public, sig, message in (
        (key.public, signature, b"massage"),
        (other, signature, b"message"),
        (key.public, signature[:-1], b"message"),
        (key.public, bytes(64), b"message"),
    ):
        with pytest.raises(RegisterError, match="does not verify"):
            public.verify(sig, message)


def test_rfc_8032_test_2_is_reproduced() -> None:
    seed = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
    made = PrivateKey.from_seed(seed)
    assert isinstance(made.public, Ed25519Key)
    assert made.public.raw.hex().startswith("3d4017c3e843895a92b70aa74d1b7ebc")
    assert made.sign(b"\x72").hex().startswith("92a009a9f0d4cab8720e820b5f642540")


def test_a_public_key_survives_json(key: PrivateKey) -> None:
    assert PublicKey.from_json(key.public.to_json()) == key.public
    assert key.public.to_json()["type"] == "ed25519"


@pytest.mark.parametrize(
    "value",
    [
        None,
        {},
        {"type": "ed25519"},
        {"type": "rsa", "public": "A" * 43 + "="},
        {"type": "ed25519", "public": "A" * 44},
        {"type": "ed25519", "public": "A" * 42 + "B="},
        {"type": "ed25519", "public": 7},
        {"type": "ed25519", "public": "A" * 42 + "E=", "use": "sign"},
    ],
)
def test_a_malformed_public_key_is_refused_where_it_stands(value: Json) -> None:
    with pytest.raises(BadInput, match=r"^charter: "):
        PublicKey.from_json(value, "charter")


def test_keys_of_small_order_are_refused() -> None:
    """A point of small order is one that doubling three times takes to the identity."""
    prime = 2**255 - 19
    d = -121665 * pow(121666, prime - 2, prime) % prime

    def doubled_y_squared_terms(y: int) -> int | None:
        # x² from the curve −x² + y² = 1 + d x² y²; then y(2P) = (y² + x²) / (1 − d x² y²)
        x2 = (y * y - 1) * pow(d * y * y + 1, prime - 2, prime) % prime
        below = (1 - d * x2 * y * y) % prime
        return None if not below else (y * y + x2) * pow(below, prime - 2, prime) % prime

    for encoded in _SMALL_ORDER:
        y: int | None = int.from_bytes(encoded, "little") % prime
        for _ in range(3):
            assert y is not None
            y = doubled_y_squared_terms(y)
        assert y == 1
        for sign in (0, 0x80):
            with pytest.raises(BadInput, match="small order"):
                Ed25519Key(encoded[:31] + bytes([encoded[31] | sign]))


def test_nobody_makes_a_second_signature_of_a_first(key: PrivateKey) -> None:
    """S + L is another number for the same scalar; RFC 8032 §5.1.7 has S below L."""
    order = 2**252 + 27742317777372353535851937790883648493
    signature = key.sign(b"message")
    scalar = int.from_bytes(signature[32:], "little") + order
    with pytest.raises(RegisterError, match="does not verify"):
        key.public.verify(signature[:32] + scalar.to_bytes(32, "little"), b"message")


def test_derived_secrets_are_hkdf_of_the_private_key(key: PrivateKey) -> None:
    def mac(with_key: bytes, data: bytes) -> bytes:
        made = HMAC(with_key, SHA256())
        made.update(data)
        return made.finalize()

    extracted = mac(bytes(32), b"a seed that is known to everybody"[:32])
    assert key.derive("review-1 nonce") == mac(extracted, b"review-1 nonce\x01")
    assert key.derive("review-1 nonce") != key.derive("review-2 nonce")


def test_a_private_key_does_not_leak_by_printing_or_pickling(key: PrivateKey) -> None:
    assert repr(key) == f"PrivateKey(keyid={key.keyid!r})"
    with pytest.raises(TypeError):
        pickle.dumps(key)
