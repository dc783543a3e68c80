"""Where a witness keeps its things, and what it is told to follow.

::

    witness/
    ├── witness.toml        name, key files, logs; made by `init`, extended by `add-log`, or by hand
    ├── keys/ed25519.key    private keys, mode 0600
    ├── keys/ml-dsa-44.key
    └── state/              what it cosigned last: see :mod:`holdshort.register.witness.state`

.. code:: toml

    name = "witness.example/w1"
    keys = ["keys/ed25519.key", "keys/ml-dsa-44.key"]

    [[log]]
    origin = "holdshort.dev/aaif/963858d4b1b3"
    key = "holdshort.dev/aaif/963858d4b1b3+1f0c8d2e+AWRI…"

Rules kept here:

- A folder is made once, whole or not at all; nothing that is there is overwritten.
- Key files are encrypted if the environment has a passphrase
  (:mod:`holdshort.office.keys.passphrase`).
- Two entries of one origin are two keys of one log.
- An unknown or misspelt setting is an error: a witness that ignored one would follow other logs
  than its operator believes.
"""

import json
import os
import shutil
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from holdshort.errors import BadInput, StorageError
from holdshort.office.keys.passphrase import from_environment
from holdshort.register.cosignature import CosignatureVerifier, Cosigner
from holdshort.register.keys import generate, load
from holdshort.register.note import ED25519, NoteKey, NoteVerifier, Vkey
from holdshort.register.witness.state import FolderState
from holdshort.register.witness.witness import KnownLog, Witness

_SETTINGS = {"name", "keys", "log"}
_LOG = {"origin", "key"}
_HEAD = """\
# A witness: `holdshort witness serve` reads this file, and reads it again when it changes.
# Never copy keys/ and state/ to a second witness that runs, nor bring state/ back from a backup:
# a witness that forgot what it cosigned is no witness.
"""


@dataclass(frozen=True)
class Settings:
    """What ``witness.toml`` says."""

    name: str
    keys: tuple[Path, ...]
    logs: tuple[KnownLog, ...]


@dataclass(frozen=True)
class WitnessPlace:
    """The folder of one witness."""

    root: Path

    @property
    def config(self) -> Path:
        """The settings."""
        return self.root / "witness.toml"

    @property
    def state(self) -> FolderState:
        """What the witness cosigned last."""
        return FolderState(self.root / "state")

    def create(self, name: str, *, ml_dsa: bool) -> tuple[CosignatureVerifier, ...]:
        """Make keys, settings and an empty state; what the public knows the witness by.

        Raises:
            BadInput: there is a witness here, or ``name`` cannot name one.
            StorageError: the folder cannot be written.
        """
        types = ("ed25519", *(("ml-dsa-44",) if ml_dsa else ()))
        names = [f"keys/{type_}.key" for type_ in types]
        _check_name(name)
        if self.root.exists() and any(self.root.iterdir()):
            raise BadInput(
                "There is something here already; it was not touched.",
                where=str(self.root),
                do="Give another folder.",
            )
        draft = WitnessPlace(self.root.with_name(f".{self.root.name}.{os.urandom(8).hex()}"))
        try:
            made = draft._fill(name, dict(zip(names, types, strict=True)))
            draft.root.rename(self.root)  # an empty folder may give way
        except OSError as error:
            raise StorageError(
                f"The witness could not be made: {error.strerror}.", where=str(self.root)
            ) from None
        finally:
            shutil.rmtree(draft.root, ignore_errors=True)
        return made

    def _fill(self, name: str, keys: Mapping[str, str]) -> tuple[CosignatureVerifier, ...]:
        """Keys by file and type, an empty state, and settings that name them."""
        secret = from_environment()
        made = [generate(self.root / file, type_, secret) for file, type_ in keys.items()]
        FolderState.create(self.root / "state")
        listed = ", ".join(map(_toml, keys))
        self._write(f"{_HEAD}\nname = {_toml(name)}\nkeys = [{listed}]\n")
        return tuple(Cosigner(name, key).verifier for key in made)

    def settings(self) -> Settings:
        """Read ``witness.toml``; BadInput says what is wrong with it."""
        try:
            said = tomllib.loads(self._text())
        except tomllib.TOMLDecodeError as error:
            raise BadInput(f"The settings cannot be read: {error}.", where=self._where) from None
        self._check(said, _SETTINGS, "the settings", {"name", "keys"})
        name, keys, logs = said["name"], said["keys"], said.get("log", [])
        if not isinstance(name, str) or not isinstance(logs, list):
            raise BadInput("'name' is a text, and each log a [[log]].", where=self._where)
        if not (isinstance(keys, list) and keys and all(isinstance(key, str) for key in keys)):
            raise BadInput("'keys' is a list of one or more files.", where=self._where)
        _check_name(name)
        files = tuple(self.root / key for key in keys)
        return Settings(name, files, tuple(self._logs(logs)))

    def witness(self) -> Witness:
        """The witness at work: its keys loaded, its state at hand.

        Raises:
            KeyFileError: a private key is missing or open to others.
            BadInput: the settings cannot be used.
            StorageError: the state is gone.
        """
        settings = self.settings()
        cosigners = [
            Cosigner(settings.name, load(file, lambda: from_environment() or b""))
            for file in settings.keys
        ]
        if len({each.verifier.vkey for each in cosigners}) < len(cosigners):
            raise BadInput("One key is named twice.", where=self._where)
        witness = Witness(cosigners, settings.logs, self.state)
        for origin in witness.logs:
            witness.latest(origin)
        return witness

    def add_log(self, origin: str, key: str) -> bool:
        """Follow a log; False if it is followed already, by this key.

        Raises:
            BadInput: the key cannot be used, or the witness's keys cannot cosign this origin.
        """
        read = read_log_key(key)
        if any(log.origin == origin and read in log.keys for log in self.settings().logs):
            return False
        text = self._text()
        more = f"\n[[log]]\norigin = {_toml(origin)}\nkey = {_toml(key)}\n"
        known = KnownLog(origin, (read,))
        Witness(self.witness().cosigners, [known], self.state)  # refuses what it cannot cosign
        self._write(text if text.endswith("\n") else f"{text}\n", more)
        return True

    @property
    def _where(self) -> str:
        return str(self.config)

    def _text(self) -> str:
        try:
            return self.config.read_text()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            raise BadInput(
                f"There is no witness here: its settings cannot be read, {reason}.",
                where=self._where,
                do="Make one with `holdshort witness init`.",
            ) from None

    def _write(self, *parts: str) -> None:
        from holdshort.register.atomic import Batch

        with Batch(self.root) as batch:
            batch.seal(self.config.name, "".join(parts).encode())

    def _logs(self, tables: list[Any]) -> list[KnownLog]:
        keys: dict[str, list[NoteKey]] = {}
        for table in tables:
            self._check(table, _LOG, "a [[log]]", _LOG)
            origin, line = table["origin"], table["key"]
            if not isinstance(origin, str) or not isinstance(line, str):
                raise BadInput("'origin' and 'key' of a log are texts.", where=self._where)
            keys.setdefault(origin, []).append(read_log_key(line))
        return [KnownLog(origin, tuple(dict.fromkeys(known))) for origin, known in keys.items()]

    def _check(self, table: Any, known: set[str], what: str, needed: set[str]) -> None:
        if not isinstance(table, Mapping):
            raise BadInput(f"Write {what} as a table.", where=self._where)
        unknown, missing = set(table) - known, needed - set(table)
        if unknown:
            raise BadInput(f"{min(unknown)!r} is not known in {what}.", where=self._where)
        if missing:
            raise BadInput(f"{what.capitalize()} lacks {min(missing)!r}.", where=self._where)


def read_log_key(line: str) -> NoteKey:
    """The key of a log as a vkey: Ed25519 (0x01) or, as a cosignature, ML-DSA-44; else BadInput."""
    if Vkey.parse(line).type == ED25519:
        return NoteVerifier.from_vkey(line)
    return CosignatureVerifier.from_vkey(line)


def register_log(place: Path) -> tuple[str, str, str]:
    """Origin, vkey and charter hash of a published register, its own signatures checked.

    Whether this is the register that is meant, only the charter's hash can tell: compare it.

    Raises:
        RegisterError: there is none, or it contradicts itself.
    """
    from holdshort.register import merkle
    from holdshort.register.charter import read_charter
    from holdshort.register.checkpoint import open_checkpoint
    from holdshort.register.entry import Entry
    from holdshort.register.folder import Folder, published_in

    folder = Folder(published_in(place))
    signed = folder.checkpoint()
    entry = Entry.parse(0, folder.leaf(0))
    charter = read_charter(entry)
    head = open_checkpoint(signed, [charter.verifier], strict=False)
    proof = folder.prove(0, head.size)
    merkle.verify_inclusion(entry.leaf_hash, 0, head.size, proof, head.root)
    return charter.origin, charter.verifier.vkey, charter.leaf_hash


def _check_name(name: str) -> None:
    """BadInput if a witness cannot be called so, whatever its keys."""
    from holdshort.register.note import check_name

    check_name(name)
    if len(name.encode()) > 255:
        raise BadInput("The name of a witness has at most 255 bytes.")


def _toml(text: str) -> str:
    """A TOML basic string: JSON's form, once DEL is escaped too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
