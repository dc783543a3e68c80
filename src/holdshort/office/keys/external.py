"""Keys that never leave a device or a service: PKCS#11 tokens, cloud key management, Vault.

`securesystemslib` speaks to them; this module gives what it finds the face of a `Signer`, and sees
to it that what comes back is a signature that the register takes: ECDSA with low s, and by the key
that was promised. A device that answers for another key is told at once, not by the docket later.

======== =================================================== ======================================
scheme   example                                             needs
======== =================================================== ======================================
hsm      ``hsm:2?label=holdshort``                           ``PYKCS11LIB``, a PIN, python-pkcs11
awskms   ``awskms:alias/holdshort``                          credentials as boto3 finds them
gcpkms   ``gcpkms:projects/…/cryptoKeyVersions/1``           google-cloud-kms
azurekms ``azurekms://vault.vault.azure.net/keys/name/…``    azure-identity, azure-keyvault-keys
hv       ``hv:name/1``                                       ``VAULT_ADDR``, ``VAULT_TOKEN``, hvac
file2    ``file2:/path/to/key.pem``                          an unencrypted PKCS#8 file elsewhere
======== =================================================== ======================================

Ed25519 and ECDSA P-256 only: `securesystemslib` signs ML-DSA over a digest of its own (TAP 21), not
over the message.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from holdshort.errors import BadInput, KeyFileError, RegisterError
from holdshort.register.keys import EcdsaKey, Ed25519Key, PublicKey
from holdshort.register.keys.ecdsa import low_s

if TYPE_CHECKING:
    # The library exports its names without saying so (no __all__): hence the exceptions to types.
    from securesystemslib.signer import Signer as Device  # type: ignore[attr-defined]
    from securesystemslib.signer import SSlibKey  # type: ignore[attr-defined]

SCHEMES = ("hsm", "awskms", "gcpkms", "azurekms", "hv", "file2")
_P256 = "ecdsa-sha2-nistp256"

T = TypeVar("T")

Secret = Callable[[str], bytes]
"""Asked for what opens a device; the argument says what is asked for."""


class ExternalSigner:
    """A `Signer` whose private half is elsewhere; nothing is opened before it signs."""

    def __init__(self, uri: str, public: PublicKey, secret: Secret) -> None:
        _check(uri)
        if not isinstance(public, Ed25519Key | EcdsaKey):
            raise BadInput(
                f"A key of type {public.type} cannot sign from a device or service yet.",
                where=uri,
                do="Use an ECDSA P-256 or Ed25519 key there.",
            )
        self.uri = uri
        self.public: Ed25519Key | EcdsaKey = public
        self._secret = secret
        self._typed: dict[str, str] = {}
        self._device: Device | None = None

    def __repr__(self) -> str:
        return f"ExternalSigner({self.uri!r}, keyid={self.keyid!r})"

    @property
    def keyid(self) -> str:
        """The id of the public half."""
        return self.public.keyid

    def sign(self, message: bytes) -> bytes:
        """A signature of ``message``, verified.

        KeyFileError if the device or service cannot be reached, refuses, or holds another key.
        """
        try:
            signature = _told(self.uri, lambda: bytes.fromhex(self._open().sign(message).signature))
        except KeyFileError:
            self._typed.clear()  # a wrong PIN is not tried again: devices count
            raise
        try:
            if isinstance(self.public, EcdsaKey):
                signature = low_s(signature)
            self.public.verify(signature, message)
        except (BadInput, RegisterError):
            raise KeyFileError(
                f"The signature that came back is not by the key {self.keyid[:16]}….",
                where=self.uri,
                do="Read its public half anew, and enrol that.",
            ) from None
        return signature

    def _open(self) -> "Device":
        from securesystemslib.signer import Signer as Device  # type: ignore[attr-defined]

        if self._device is None:
            self._device = Device.from_priv_key_uri(self.uri, _foreign(self.public), self._answer)
        return self._device

    def _answer(self, what: str) -> str:
        if what not in self._typed:
            self._typed[what] = self._secret(f"the {what} of {self.uri}").decode()
        return self._typed[what]


def read_public(uri: str, secret: Secret) -> PublicKey:
    """The public half of a key, asked of its device or service.

    Raises:
        BadInput: keys of this scheme cannot be asked, or the key is of a type not used here.
        KeyFileError: the device or service cannot be reached, or refuses.
    """
    scheme = _check(uri)
    if scheme not in _READERS:
        raise BadInput(
            f"The public half of {scheme} keys cannot be read from here.",
            where=uri,
            do="Export it, and write the .signer file by hand.",
        )
    found = _told(uri, lambda: _READERS[scheme](uri, secret))
    return _ours(found, uri)


def _read_hsm(uri: str, secret: Secret) -> "SSlibKey":
    from urllib.parse import parse_qsl, urlparse

    from securesystemslib.signer import HSMSigner  # type: ignore[attr-defined]

    parts = urlparse(uri)
    number = int(parts.path) if parts.path else None
    label = dict(parse_qsl(parts.query)).get("label")
    _, key = HSMSigner.import_(number, label, lambda what: secret(f"the {what} of {uri}").decode())
    return key


def _read_aws(uri: str, _: Secret) -> "SSlibKey":
    from securesystemslib.signer import AWSSigner  # type: ignore[attr-defined]

    return AWSSigner.import_(uri.partition(":")[2], _P256)[1]


def _read_gcp(uri: str, _: Secret) -> "SSlibKey":
    from securesystemslib.signer import GCPSigner  # type: ignore[attr-defined]

    return GCPSigner.import_(uri.partition(":")[2])[1]


_READERS = {"hsm": _read_hsm, "awskms": _read_aws, "gcpkms": _read_gcp}


def _check(uri: str) -> str:
    scheme, colon, _ = uri.partition(":")
    if not colon or scheme not in SCHEMES:
        raise BadInput(
            "This is not the address of a key.",
            where=uri,
            do=f"It starts with one of {', '.join(f'{each}:' for each in SCHEMES)}.",
        )
    return scheme


def _foreign(public: Ed25519Key | EcdsaKey) -> "SSlibKey":
    """The key as `securesystemslib` has it."""
    from cryptography.hazmat.primitives.serialization import load_der_public_key
    from securesystemslib.signer import SSlibKey  # type: ignore[attr-defined]

    scheme = "ed25519" if isinstance(public, Ed25519Key) else _P256
    return SSlibKey.from_crypto(load_der_public_key(public.spki), public.keyid, scheme)


def _ours(found: "SSlibKey", uri: str) -> PublicKey:
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        PublicFormat,
        load_pem_public_key,
    )

    public = found.keyval["public"]
    if found.scheme == "ed25519":
        return Ed25519Key(bytes.fromhex(public))
    if found.scheme == _P256:
        key = load_pem_public_key(public.encode())
        return EcdsaKey(key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))
    raise BadInput(
        f"This is a key for {found.scheme}.",
        where=uri,
        do="Use an ECDSA P-256 or Ed25519 key there.",
    )


def _told(uri: str, ask: Callable[[], T]) -> T:
    """What a device or service answers; whatever goes wrong there as one error of ours."""
    from securesystemslib.exceptions import UnsupportedLibraryError

    try:
        return ask()
    except KeyFileError:
        raise
    except UnsupportedLibraryError as error:
        raise KeyFileError(
            f"A library is missing: {error}.",
            where=uri,
            do="Devices: pip install 'holdshort[hsm]'. AWS: pip install 'holdshort[aws]'.",
        ) from error
    except Exception as error:
        # Each device and service raises errors of its own kinds, which its library does not list.
        raise KeyFileError(
            f"The key could not be used: {type(error).__name__}: {error}".rstrip(": .") + ".",
            where=uri,
        ) from error
