"""Private keys at rest: encrypted, and opened only by whoever has the passphrase."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from asn1crypto.keys import EncryptedPrivateKeyInfo  # type: ignore[import-untyped]
from asn1crypto.pem import unarmor  # type: ignore[import-untyped]
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from holdshort.errors import BadInput, KeyFileError
from holdshort.register.keys import PrivateKey, generate, load
from holdshort.register.keys.encryption import ITERATIONS
from holdshort.register.keys.files import hinted_keyid


def unasked() -> bytes:
    raise AssertionError("the passphrase was asked for")


@pytest.mark.parametrize("type_", ["ed25519", "ml-dsa-44", "ml-dsa-65"])
def test_an_encrypted_key_opens_with_its_passphrase_only(tmp_path: Path, type_: str) -> None:
    path = tmp_path / "key.pem"
    made = generate(path, type_, "pässphrase".encode())
    assert load(path, lambda: "pässphrase".encode()).public == made.public
    with pytest.raises(KeyFileError, match=r"key\.pem: The passphrase is wrong, or"):
        load(path, lambda: b"another")
    for nothing in (None, bytes):
        with pytest.raises(KeyFileError, match=r"encrypted.*no passphrase.*PASSPHRASE_FILE"):
            load(path, nothing)


def test_the_passphrase_of_a_key_that_is_not_encrypted_is_not_asked_for(tmp_path: Path) -> None:
    made = generate(tmp_path / "key.pem")
    assert load(tmp_path / "key.pem", unasked).public == made.public


def test_an_encrypted_file_does_not_hold_the_key(tmp_path: Path) -> None:
    made = generate(tmp_path / "key.pem", passphrase=b"secret")
    content = (tmp_path / "key.pem").read_bytes()
    _, _, der = unarmor(content[content.index(b"-----") :])
    assert isinstance(made._key, Ed25519PrivateKey)
    assert made._key.private_bytes_raw() not in der


def test_the_cost_of_a_guess_is_what_is_documented() -> None:
    """Read with an independent ASN.1 reader: PBES2, PBKDF2-HMAC-SHA-256, AES-256-CBC."""
    key = PrivateKey.from_seed(bytes(32))
    first, second = (
        EncryptedPrivateKeyInfo.load(unarmor(key.to_pem(b"secret"))[2]) for _ in range(2)
    )
    scheme = first["encryption_algorithm"]
    assert scheme["algorithm"].native == "pbes2"
    assert (scheme.kdf, scheme.kdf_hmac, scheme.kdf_iterations) == ("pbkdf2", "sha256", ITERATIONS)
    assert (scheme.encryption_cipher, scheme.key_length) == ("aes", 32)
    assert ITERATIONS >= 600_000
    assert len(scheme.kdf_salt) == len(scheme.encryption_iv) == 16
    again = second["encryption_algorithm"]
    assert scheme.kdf_salt != again.kdf_salt
    assert scheme.encryption_iv != again.encryption_iv


def test_the_key_id_before_the_pem_is_a_hint_and_no_more(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    made = generate(path, passphrase=b"secret")
    assert hinted_keyid(path) == made.keyid
    content = path.read_bytes().replace(made.keyid.encode(), b"0" * 64)
    path.write_bytes(content)
    assert hinted_keyid(path) == "0" * 64
    assert load(path, lambda: b"secret").keyid == made.keyid
    generate(tmp_path / "open.pem")
    assert hinted_keyid(tmp_path / "open.pem") is None


def test_a_key_that_another_program_encrypted_is_read(tmp_path: Path) -> None:
    key = Ed25519PrivateKey.generate()
    path = tmp_path / "key.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"secret"),
        )
    )
    path.chmod(0o600)
    assert hinted_keyid(path) is None
    assert load(path, lambda: b"secret").public == PrivateKey(key).public


def test_every_damage_to_an_encrypted_key_is_told(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    generate(path, passphrase=b"secret")
    content = path.read_bytes()
    pem = content[content.index(b"-----") :]
    for damaged in (
        pem[:80],
        pem.replace(b"M", b"!", 1),
        re.sub(rb"\n.{8}", b"\nAAAAAAAA", pem, count=1),
    ):
        path.write_bytes(damaged)
        with pytest.raises(KeyFileError, match="passphrase is wrong, or the file is damaged"):
            load(path, lambda: b"secret")


def test_an_empty_passphrase_encrypts_nothing(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="empty"):
        generate(tmp_path / "key.pem", passphrase=b"")
    assert list(tmp_path.iterdir()) == []


def test_the_keys_load_nothing_heavy_and_nothing_of_the_network() -> None:
    """A gate verifies Ed25519 within its start-up time; passkeys load their library when used."""
    said = "import sys; import holdshort.register.keys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, check=True, text=True)
    loaded = set(done.stdout.split())
    unwanted = {"webauthn", "socket", "ssl", "http", "securesystemslib", "asn1crypto", "OpenSSL"}
    assert loaded & unwanted == set()
    assert "holdshort.register.keys.passkey" in loaded
