"""Which keys can sign from here, and for whom.

::

    keys/acme.key              acme's first Ed25519 key
    keys/acme.2.key            its second: made by a rotation, beside the first
    keys/acme.ml-dsa-65.key    its ML-DSA-65 key
    keys/acme.<name>.signer    a key that lives elsewhere: {"uri": "hsm:…", "public": {…}}

Rules kept here:

- The register says which keys a party holds; the folder, which of them can sign from here. A file
  whose key the party no longer holds, or does not hold yet, is passed over.
- A file is made once: no key is overwritten or renamed, and an old one stays beside the new.
- A passphrase or PIN is asked for when a key that needs it is to sign, and once.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from itertools import chain, count
from pathlib import Path

from holdshort.errors import BadInput, HoldshortError, KeyFileError
from holdshort.office.keys.external import ExternalSigner, read_public
from holdshort.office.keys.passphrase import from_environment
from holdshort.office.place import Place
from holdshort.register.canonical import canonical, parse
from holdshort.register.keys import PrivateKey, PublicKey, Signer, generate, load
from holdshort.register.keys.files import hinted_keyid, write

_MEMBERS = {"uri", "public"}


class Keyring:
    """The keys folder of a register.

    ``passphrase`` is asked for a secret that the environment does not give (`passphrase`); its
    argument says what for. Without it, the environment alone is asked.
    """

    def __init__(self, place: Place, passphrase: Callable[[str], bytes] | None = None) -> None:
        self._place = place
        self._ask = passphrase
        self._loaded: dict[Path, PrivateKey] = {}
        self._external: dict[Path, ExternalSigner] = {}
        self._listed: dict[str, tuple[int, list[Path]]] = {}

    def signers(self, party: str, keys: Collection[PublicKey]) -> list[Signer]:
        """Those of the party's ``keys`` that can sign from here, in the order of ``keys``.

        KeyFileError if none can, telling what was found; or if a file that is needed is damaged.
        """
        wanted = {key.keyid for key in keys}
        found: dict[str, Signer] = {}
        told: list[str] = []
        for path in self._files(party):
            signer = self._signer(path, wanted)
            if isinstance(signer, str):
                told.append(f"{path.name} holds {signer[:16]}…")
            else:
                found.setdefault(signer.keyid, signer)
        if not found:
            raise self._none(party, keys, told)
        return [found[key.keyid] for key in keys if key.keyid in found]

    def create(
        self, party: str, types: Sequence[str] = ("ed25519",), passphrase: bytes | None = None
    ) -> list[PrivateKey]:
        """Make a new key file of each type: all of them, or none.

        They are encrypted with ``passphrase`` or that of the environment; without one, not at all.
        BadInput if the id cannot name a party or a type cannot be made, StorageError if a file
        cannot be written.
        """
        secret = passphrase or from_environment()
        made: dict[Path, PrivateKey] = {}
        try:
            for kind in types:
                path = self._free(party, kind)
                made[path] = generate(path, kind, secret)
        except HoldshortError:
            _remove(made)
            raise
        self._loaded |= made
        self._listed.pop(party, None)  # its time may be too coarse to show what is made at once
        return list(made.values())

    def own(self, party: str, types: Sequence[str] = ("ed25519",)) -> list[PrivateKey]:
        """The party's first key of each type, made if it is not there yet."""
        keys: list[PrivateKey] = []
        for kind in types:
            path = self._first(party, kind)
            keys += [self._load(path)] if path.exists() else self.create(party, [kind])
        return keys

    def attach(
        self, party: str, name: str, uri: str, public: PublicKey | None = None
    ) -> ExternalSigner:
        """Note that the party has a key elsewhere, in ``keys/<party>.<name>.signer``.

        ``public`` is its public half; without it, the device or service is asked. BadInput if
        ``uri`` is no address of a key or the type cannot sign there; KeyFileError if the name is
        taken or the device does not answer.
        """
        signer = ExternalSigner(uri, public or read_public(uri, self._pin), self._pin)
        path = self._place.key(f"{party}.{name}").with_suffix(".signer")
        write(path, canonical({"uri": uri, "public": signer.public.to_json()}) + b"\n")
        self._external[path] = signer
        self._listed.pop(party, None)
        return signer

    def discard(self, party: str, keys: Collection[PublicKey]) -> None:
        """Delete the files of keys that were just made for an act that was then refused."""
        gone = {key.keyid for key in keys}
        _remove(
            path
            for path in self._files(party)
            if path.suffix == ".key" and not isinstance(self._signer(path, gone), str)
        )

    # ------------------------------------------------------------------ files

    def _files(self, party: str) -> list[Path]:
        """The files that may hold the party's keys: its first, then the others by name.

        The folder is read again when something was added to it or taken away.
        """
        changed = _changed(self._place.keys)
        if self._listed.get(party, (None,))[0] != changed:
            self._listed[party] = changed, self._list(party)
        return self._listed[party][1]

    def _list(self, party: str) -> list[Path]:
        first = self._place.key(party)
        others = [
            path
            for suffix in ("key", "signer")
            for path in self._place.keys.glob(f"{party}.*.{suffix}")
        ]
        return [*([first] if first.exists() else []), *sorted(others)]

    def _signer(self, path: Path, wanted: Collection[str]) -> Signer | str:
        """Who signs with this file; if it is not wanted, the id of its key."""
        if path.suffix == ".signer":
            external = self._external.get(path) or self._read(path)
            self._external[path] = external
            return external if external.keyid in wanted else external.keyid
        hint = None if path in self._loaded else hinted_keyid(path)
        if hint and hint not in wanted:
            return hint
        key = self._load(path)
        return key if key.keyid in wanted else key.keyid

    def _load(self, path: Path) -> PrivateKey:
        if path not in self._loaded:
            self._loaded[path] = load(path, lambda: self._passphrase(path))
        return self._loaded[path]

    def _read(self, path: Path) -> ExternalSigner:
        try:
            value = parse(path.read_bytes(), str(path))
        except OSError as error:
            raise KeyFileError(
                f"The file cannot be read: {error.strerror}.", where=str(path)
            ) from None
        uri = value.get("uri") if isinstance(value, dict) and set(value) == _MEMBERS else None
        if not isinstance(value, dict) or not isinstance(uri, str):
            raise BadInput(
                "A .signer file has exactly the members uri and public.", where=str(path)
            )
        return ExternalSigner(uri, PublicKey.from_json(value["public"], str(path)), self._pin)

    def _first(self, party: str, kind: str) -> Path:
        path = self._place.key(party)
        return path if kind == "ed25519" else path.with_name(f"{party}.{kind}.key")

    def _free(self, party: str, kind: str) -> Path:
        """The first name that no file has."""
        first = self._first(party, kind)
        names = (first.with_name(f"{first.stem}.{number}.key") for number in count(2))
        return next(path for path in chain([first], names) if not path.exists())

    # ------------------------------------------------------------------ secrets

    def _passphrase(self, path: Path) -> bytes:
        secret = from_environment()
        if secret is None and self._ask:
            secret = self._ask(f"the passphrase of {path}")
        return secret or b""

    def _pin(self, what: str) -> bytes:
        secret = from_environment("PIN")
        if secret is None and self._ask:
            secret = self._ask(what)
        if not secret:
            raise KeyFileError(
                f"Nobody gave {what}.", do="Name a file that holds it: HOLDSHORT_PIN_FILE."
            )
        return secret

    def _none(self, party: str, keys: Collection[PublicKey], told: list[str]) -> KeyFileError:
        held = ", ".join(f"{key.keyid[:16]}… ({key.type})" for key in keys) or "none"
        here = "; ".join(told) or "no key file"
        return KeyFileError(
            f"No key of {party} can sign from here. It holds {held}; found: {here}.",
            where=str(self._place.keys),
            do=f"Put one of its keys there as {party}.key, or {party}.<name>.signer.",
        )


def _changed(folder: Path) -> int:
    """When a name in the folder last changed, in nanoseconds; 0 if there is no folder."""
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        return 0


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        with suppress(OSError):
            path.unlink()
