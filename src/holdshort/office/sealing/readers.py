"""Who can read sealed matter from here: readers' identities, and the keys of sealed acts.

::

    keys/acme.age                     acme's reader identity (age), mode 0600
    keys/acme.age.pub                 its recipient, age1…: what the register enrols
    keys/sealed/<blob>/acme.age       the key of one sealed act, encrypted to acme

Every sealed act has a key of its own, and each of its readers holds a copy that only that reader
can open. None of it is published: see ``docs/decisions/0018-sealing.md``. Rules kept here:

- A file is made once and never overwritten; destroyed, it is gone, and the act stays sealed.
- A copy can be handed over as it is: it says nothing to anyone but its reader.
"""

import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path

from holdshort.errors import BadInput, KeyFileError, StorageError
from holdshort.office.keys.passphrase import from_environment
from holdshort.office.place import Place
from holdshort.register.act import check_identifier
from holdshort.register.charter import Party
from holdshort.register.keys.files import write
from holdshort.register.sealing.age import (
    check_recipient,
    decrypt,
    encrypt,
    identity_file,
    new_identity,
    read_identity,
    recipient_of,
)

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_LARGEST = 1 << 16

Ask = Callable[[str], bytes]
"""Asks a person for a passphrase, telling what for."""


def identity_path(place: Place, party: str) -> Path:
    """Where a party's identity stands; BadInput if the id cannot name one."""
    check_identifier(party, "party id")
    return place.keys / f"{party}.age"


def make_reader(place: Place, party: str, passphrase: bytes | None = None) -> str:
    """Make an identity for a party that reads here; its recipient.

    It is locked with ``passphrase`` or that of the environment; without one, not at all.

    Raises:
        KeyFileError: there is one already.
        StorageError: it cannot be written.
    """
    path, identity = identity_path(place, party), new_identity()
    recipient = recipient_of(identity)
    write(path, identity_file(identity, passphrase or from_environment()))
    write(path.with_name(f"{path.name}.pub"), f"{recipient}\n".encode())
    return recipient


def own_recipient(place: Place, party: str) -> str | None:
    """The recipient of a party whose identity stands here; None if there is none."""
    path = identity_path(place, party)
    stated = path.with_name(f"{path.name}.pub")
    if stated.exists():
        return check_recipient(stated.read_text("utf-8", errors="replace").strip(), str(stated))
    return recipient_of(read_identity(_private(path), str(path))) if path.exists() else None


def recipient_for(place: Place, party: Party) -> str:
    """Where matter for a party is sealed to: as enrolled; a party of this place, to its own.

    Raises:
        BadInput: the party has no recipient, or another one here than on the register.
    """
    own = own_recipient(place, party.id)
    if party.reader is None and own is None:
        raise BadInput(
            f"{party.id} has no reader's key: nothing can be sealed to it.",
            do=f"Make one: holdshort seal reader {party.id}; or have its recipient enrolled.",
        )
    if party.reader and own and party.reader != own:
        raise BadInput(
            f"The identity of {party.id} here is not the one that the register names.",
            where=str(identity_path(place, party.id)),
            do="Put the right one in its place.",
        )
    return check_recipient(party.reader or own, f"reader of {party.id}")


def load_identity(place: Place, party: str, ask: Ask | None = None) -> str:
    """A party's identity.

    Raises:
        KeyFileError: there is none here, others can read it, or it does not open.
    """
    path = identity_path(place, party)

    def passphrase(where: str) -> bytes:
        secret = from_environment() or (ask(f"the passphrase of {where}") if ask else None)
        if not secret:
            raise KeyFileError(
                "The identity is locked, and there is no passphrase.",
                where=where,
                do="Name a file that holds it: HOLDSHORT_PASSPHRASE_FILE.",
            )
        return secret

    return read_identity(_private(path), str(path), passphrase)


# ---------------------------------------------------------------- the keys of sealed acts


def held_path(place: Place, blob: str, party: str) -> Path:
    """Where a party's copy of the key of a sealed act stands."""
    return place.keys / "sealed" / blob / identity_path(place, party).name


def hold(place: Place, blob: str, key: str, readers: Mapping[str, str]) -> list[Path]:
    """Put a copy of an act's ``key`` there for each reader, given its recipient; all or none.

    Raises:
        StorageError: it cannot be written.
    """
    made: list[Path] = []
    try:
        for party, recipient in readers.items():
            path = held_path(place, blob, party)
            write(path, encrypt(f"{key}\n".encode(), [recipient]))
            made.append(path)
    except BaseException:
        release(made)
        raise
    return made


def take(place: Place, blob: str, party: str, ask: Ask | None = None) -> str:
    """The key of a sealed act, from the copy of a party.

    Raises:
        KeyFileError: the party holds none here: it was never given one, or destroyed it.
        Refused: the copy is another reader's.
    """
    path = held_path(place, blob, party)
    if not path.exists():
        raise KeyFileError(
            f"{party} holds no key to it here: it was never given one, or has destroyed it.",
            where=str(path),
            do="Ask another holder for its disclosure; without a key nobody can open it.",
        )
    wrapped = _private(path)
    return read_identity(decrypt(wrapped, [load_identity(place, party, ask)], str(path)), str(path))


def holders(place: Place, blob: str) -> list[str]:
    """The parties that hold a key to a sealed act here."""
    folder = place.keys / "sealed" / blob
    return sorted(path.stem for path in folder.glob("*.age")) if folder.is_dir() else []


def release(paths: list[Path]) -> None:
    """Destroy copies of keys, for good.

    Raises:
        StorageError: one could not be removed; it is still there.
    """
    for path in paths:
        try:
            path.unlink(missing_ok=True)
            _sync(path.parent)
            if not any(path.parent.iterdir()):
                path.parent.rmdir()
        except FileNotFoundError:
            continue
        except OSError as error:
            raise StorageError(
                f"The key could not be destroyed: {error.strerror}.", where=str(path)
            ) from error


def _private(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            data = file.read(_LARGEST)
    except OSError as error:
        raise KeyFileError(
            f"The reader's key cannot be read: {error.strerror}.",
            where=str(path),
            do=f"Make one: holdshort seal reader {path.stem}",
        ) from None
    if mode & _OTHERS:
        raise KeyFileError(
            f"The key can be used by others than its owner (mode {stat.S_IMODE(mode):04o}).",
            where=str(path),
            do=f"Run: chmod 600 {path}",
        )
    return data


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
