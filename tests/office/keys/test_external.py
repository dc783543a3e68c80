"""Keys in a device (SoftHSM, through PKCS#11) and in a service (AWS KMS, its interface by moto)."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import boto3  # type: ignore[import-untyped]
import pkcs11
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from moto.kms.utils import ECDSAPrivateKey
from moto.server import ThreadedMotoServer
from pkcs11.util.ec import encode_named_curve_parameters

from holdshort.errors import BadInput, KeyFileError
from holdshort.office.keys.external import read_public
from holdshort.office.keys.keyring import Keyring
from holdshort.office.place import Place
from holdshort.register.act import Act
from holdshort.register.entry import Entry
from holdshort.register.envelope import sign, verify
from holdshort.register.keys import EcdsaKey, PublicKey, Signer

SOFTHSM = "/usr/lib/softhsm/libsofthsm2.so"
PIN = "1234"
DEVICE = "hsm:2?label=holdshort"


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A SoftHSM token with a P-256 key pair, number 2, that it made and does not give away."""
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\n")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SOFTHSM2_CONF", str(folder / "softhsm2.conf"))
        environment.setenv("PYKCS11LIB", SOFTHSM)
        subprocess.run(
            [
                "softhsm2-util",
                "--init-token",
                "--free",
                "--label=holdshort",
                "--so-pin=5678",
                f"--pin={PIN}",
            ],
            check=True,
            capture_output=True,
        )
        with (
            pkcs11.lib(SOFTHSM)
            .get_token(token_label="holdshort")
            .open(rw=True, user_pin=PIN) as session
        ):
            for number, curve in ((2, "secp256r1"), (3, "secp384r1")):
                session.create_domain_parameters(
                    pkcs11.KeyType.EC,
                    {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters(curve)},
                    local=True,
                ).generate_keypair(
                    id=bytes([number]),
                    store=True,
                    private_template={pkcs11.Attribute.EXTRACTABLE: False},
                )
        yield


@pytest.fixture
def keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Keyring:
    monkeypatch.setenv("HOLDSHORT_PIN", PIN)
    return Keyring(Place(tmp_path))


def pin(what: str) -> bytes:
    assert what == f"the pin of {DEVICE}"
    return PIN.encode()


def signs_an_act(signer: Signer, public: PublicKey) -> None:
    """Many times: half of what a device makes has a high s, and must come to the one form."""
    act = Act(
        register="holdshort.example/test",
        rulebook="ab" * 32,
        kind="review",
        name="declare",
        case="review-1",
        by="acme",
        at="2026-11-23T10:15:00Z",
        fields={},
        artefacts=(),
    )
    for _ in range(12):
        leaf = sign(act.to_payload(), [signer]).to_bytes()
        entry = Entry.parse(0, leaf)
        assert verify(entry.envelope, {public.keyid: public}) == [public.keyid]


@pytest.mark.usefixtures("token")
def test_a_device_signs_an_act(keyring: Keyring) -> None:
    public = keyring.attach("acme", "device", DEVICE).public
    assert isinstance(public, EcdsaKey)
    assert public == read_public(DEVICE, pin)
    signs_an_act(keyring.signers("acme", [public])[0], public)


@pytest.mark.usefixtures("token")
def test_the_pin_is_asked_for_by_the_address_of_the_device(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HOLDSHORT_PIN", raising=False)
    public = read_public(DEVICE, pin)
    questions: list[str] = []

    def asked(what: str) -> bytes:
        questions.append(what)
        return pin(what)

    signer = Keyring(Place(tmp_path), asked).attach("acme", "device", DEVICE, public)
    for _ in range(2):
        public.verify(signer.sign(b"x"), b"x")
    assert len(questions) == 1
    nobody = Keyring(Place(tmp_path)).signers("acme", [public])[0]
    with pytest.raises(KeyFileError, match=r"Nobody gave the pin of hsm:2.*HOLDSHORT_PIN_FILE"):
        nobody.sign(b"x")


@pytest.mark.usefixtures("token")
@pytest.mark.parametrize(
    ("uri", "why"),
    [
        ("hsm:9?label=holdshort", "could not find"),
        ("hsm:2?label=another", "No PKCS#11 token"),
        ("hsm:x", "invalid literal"),
    ],
)
def test_a_device_that_has_no_such_key_is_told(uri: str, why: str) -> None:
    with pytest.raises(KeyFileError, match=rf"^{uri.replace('?', '.')}: .*{why}"):
        read_public(uri, lambda _: PIN.encode())


@pytest.mark.usefixtures("token")
def test_a_wrong_pin_is_told(keyring: Keyring, monkeypatch: pytest.MonkeyPatch) -> None:
    public = read_public(DEVICE, pin)
    signer = keyring.attach("acme", "device", DEVICE, public)
    monkeypatch.setenv("HOLDSHORT_PIN", "9999")
    with pytest.raises(KeyFileError, match="PinIncorrect"):
        signer.sign(b"x")
    monkeypatch.setenv("HOLDSHORT_PIN", PIN)
    public.verify(signer.sign(b"x"), b"x")


@pytest.mark.usefixtures("token")
def test_a_key_on_another_curve_is_refused() -> None:
    with pytest.raises(BadInput, match="nistp384"):
        read_public("hsm:3?label=holdshort", pin)


@pytest.mark.usefixtures("token")
def test_a_device_with_another_key_than_the_promised_is_told(keyring: Keyring) -> None:
    other = ec.generate_private_key(ec.SECP256R1()).public_key()
    promised = EcdsaKey(other.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))
    signer = keyring.attach("acme", "device", DEVICE, promised)
    with pytest.raises(KeyFileError, match="not by the key"):
        signer.sign(b"x")


@pytest.fixture
def kms_key(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], str]]:
    """Make a key in what speaks as AWS KMS does; not AWS itself."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")

    def make(spec: str) -> str:
        made = boto3.client("kms").create_key(KeySpec=spec, KeyUsage="SIGN_VERIFY")
        identifier: str = made["KeyMetadata"]["KeyId"]
        return f"awskms:{identifier}"

    yield make
    server.stop()


def test_a_service_signs_an_act(
    keyring: Keyring, kms_key: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # AWS signs the digest that it is sent; moto 5.2 hashes it once more.
    def sign_digest(key: ECDSAPrivateKey, digest: bytes, _: str) -> bytes:
        return key.private_key.sign(digest, ec.ECDSA(Prehashed(SHA256())))

    monkeypatch.setattr(ECDSAPrivateKey, "sign", sign_digest)
    uri = kms_key("ECC_NIST_P256")
    public = read_public(uri, pin)
    assert isinstance(public, EcdsaKey)
    keyring.attach("acme", "kms", uri, public)
    signs_an_act(keyring.signers("acme", [public])[0], public)


def test_a_service_that_signs_something_else_is_told(
    keyring: Keyring, kms_key: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def sign_another(key: ECDSAPrivateKey, digest: bytes, _: str) -> bytes:
        return key.private_key.sign(digest[::-1], ec.ECDSA(Prehashed(SHA256())))

    monkeypatch.setattr(ECDSAPrivateKey, "sign", sign_another)
    uri = kms_key("ECC_NIST_P256")
    signer = keyring.attach("acme", "kms", uri, read_public(uri, pin))
    with pytest.raises(KeyFileError, match="not by the key"):
        signer.sign(b"x")


def test_a_service_that_refuses_is_told(kms_key: Callable[[str], str]) -> None:
    with pytest.raises(KeyFileError, match=r"awskms:none: .*NotFoundException"):
        read_public("awskms:none", pin)
    with pytest.raises(KeyFileError, match="Unsupported scheme"):
        read_public(kms_key("RSA_2048"), pin)


def test_schemes_that_cannot_be_asked_are_named() -> None:
    for scheme in ("azurekms:x", "hv:x", "file2:x"):
        with pytest.raises(BadInput, match="cannot be read from here"):
            read_public(scheme, pin)
    with pytest.raises(KeyFileError, match="A library is missing: google-cloud-kms"):
        read_public("gcpkms:projects/x", pin)
