"""A published register in the hands of somebody who holds every key of it."""

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.cli.conftest import Operator

from holdshort.errors import HoldshortError
from holdshort.gate.check import RegisterView, check
from holdshort.gate.manifest import compute
from holdshort.gate.memory import remember
from holdshort.register.checkpoint import Checkpoint, sign_checkpoint
from holdshort.register.folder import Folder
from holdshort.register.keys import PrivateKey, load
from holdshort.register.merkle import Tree, leaf_hash
from holdshort.register.note import NoteSigner, NoteVerifier

CLEARED = "reference/null"
REFERRED = "reference/solver"


class Forgery(Operator):
    """One register's files, and everything that its operator could do to them."""

    def __init__(self, data: Path, scratch: Path, others: Callable[[str], Path]) -> None:
        super().__init__(data)
        self.data, self.scratch, self.others = data, scratch, others
        self.more: list[str] = []
        """Further arguments of ``holdshort verify``: a pinned charter, for instance."""
        self._published: Path | None = None

    @property
    def public(self) -> Path:
        """What is published of the leaves as they are now; made once."""
        if self._published is None:
            self._published = self.publish(self.scratch / "forged")
        return self._published

    @property
    def review(self) -> str:
        """The case of the review."""
        return self.entry(self.find("review.declare")[0]).act.case

    @property
    def weights(self) -> Path:
        """The weights that were reviewed."""
        return next(each for each in (self.data / "models").iterdir() if each.is_dir())

    @property
    def verifier(self) -> NoteVerifier:
        """The public key under which the log is known."""
        return NoteSigner(self.entry(0).act.register, load(self.place.key("register"))).verifier

    def charter(self) -> str:
        """The digest of the charter, as whoever relies on the register pins it."""
        return leaf_hash(self.leaves[0]).hex()

    def change(self, act: str, change: Callable[[dict[str, Any]], None], by: str = "") -> None:
        """Let the last act of a type say something else, under its party's key or another."""
        at = self.find(act)[-1]
        self.leaves[at] = self.sign(at, change, by)
        self.state_anew()

    def say(self, act: str, by: str = "", **said: Any) -> None:
        """Let the last act of a type state other fields."""
        self.change(act, lambda statement: statement["predicate"]["fields"].update(said), by)

    def append(self, act: str, by: str, case: str = "", **fields: Any) -> None:
        """One more act at the end."""
        self.leaves.append(self.act(act, case or self.review, by, fields))

    def head(self, leaves: list[bytes], key: PrivateKey | None = None) -> bytes:
        """A checkpoint of some leaves, signed by the register's key or another."""
        origin = self.entry(0).act.register
        head = Checkpoint(origin, len(leaves), Tree(map(leaf_hash, leaves)).root())
        return sign_checkpoint(head, NoteSigner(origin, key or load(self.place.key("register"))))

    def file(self, name: str) -> Path:
        """A published file, by its path or the folder that it stands alone in."""
        path = self.public / name
        return path if path.is_file() else min(path.iterdir())

    def spoil(self, name: str) -> None:
        """One bit of a published file, turned."""
        path = self.file(name)
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)

    def blob(self, act: str, field: str) -> Path:
        """The published document that an act names."""
        from holdshort.register.folder import blob_path

        digest = self.entry(self.find(act)[0]).act.fields[field]
        return self.public / blob_path(str(digest))

    def ask(
        self,
        weights: Path | None = None,
        *,
        public: Path | None = None,
        now: datetime | None = None,
        charter: str | None = None,
        rehearsal: bool = True,
        memory: Path | None = None,
    ) -> str:
        """Why the gate does not serve the weights; nothing if it does."""
        try:
            view = RegisterView(Folder(public or self.public), charter)
            if memory:
                remember(memory, view)
            answer = check(
                compute(weights or self.weights), view, allow_rehearsal=rehearsal, now=now
            )
        except HoldshortError as error:
            return str(error)
        return "" if answer.served else " ".join(answer.reasons)

    def copy_of_weights(self) -> Path:
        """The weights, to be changed."""
        return Path(shutil.copytree(self.weights, self.scratch / "weights"))
