"""Another authority's register: acts under a shipped book, and the proofs that it hands out."""

import hashlib
from collections.abc import Mapping
from typing import Any

from tests.docket.conftest import OPENED, World

from holdshort.docket.docket import Docket
from holdshort.docket.standing import snapshot
from holdshort.docket.state import Case
from holdshort.office.clearance import clearance_fields
from holdshort.register.act import Act
from holdshort.register.canonical import Json
from holdshort.register.charter import NO_WITNESSES
from holdshort.register.checkpoint import Checkpoint, sign_checkpoint
from holdshort.register.cosignature import Cosigner
from holdshort.register.entry import Entry
from holdshort.register.envelope import sign
from holdshort.register.keys import PrivateKey
from holdshort.register.merkle import Tree
from holdshort.register.note import NoteSigner, add_signatures
from holdshort.register.proof import Proof
from holdshort.register.status import Status, encode_list
from holdshort.rulebook.load import open_rulebook

FILLED: Mapping[str, Json] = {"text": "As told.", "digest": "ab" * 32, "object": {}, "list": []}
CAST = ("developer", "assessor", "court")


class Abroad:
    """A register under `eu-gpai`, or another book, that shares the clock of the one at home."""

    def __init__(
        self, home: World, origin: str = "register.example/eu", book: str = "eu-gpai"
    ) -> None:
        self.home, self.origin = home, origin
        self.book = open_rulebook(book)
        self.docket = Docket(self.book)
        self.entries: list[Entry] = []
        self.witness = Cosigner("witness.example", PrivateKey.from_seed(bytes([7]) * 32))
        self._open()

    # ------------------------------------------------------------------ acts

    def key(self, party: str) -> PrivateKey:
        return PrivateKey.from_seed(hashlib.sha256(f"{self.origin} {party}".encode()).digest())

    def file(self, type_: str, by: str, case: str = "model-1", **said: Any) -> Entry:
        """File an act that is lawful there."""
        entry = self.entry(type_, by, case, **said)
        self.docket.admit(entry)
        self.entries.append(entry)
        return entry

    def entry(self, type_: str, by: str, case: str = "model-1", **said: Any) -> Entry:
        """An act as the next entry, signed by its party, lawful or not."""
        rule = self.book.act(type_)
        fields: dict[str, Json] = {
            name: FILLED[field.type.name]
            for name, field in rule.fields.items()
            if field.type.name in FILLED and not field.optional
        }
        at, digest = self.home.now, self.book.digest
        act = Act(self.origin, digest, rule.kind, rule.name, case, by, at, fields | said)
        envelope = sign(act.to_payload(), [self.key(by)])
        return Entry.parse(len(self.entries), envelope.to_bytes())

    def log(self, entry: Entry) -> Entry:
        """Put an entry into the log whether it is lawful or not, as whoever holds its key can."""
        self.entries.append(entry)
        return entry

    def cleared(self, case: str = "model-1") -> Entry:
        """The home register's weights, declared and cleared there, and their status stated."""
        told = {"known_at": self.home.now, "weights": self.home.weights, "model": "Sable 2"}
        covered = {"training_compute": "3e25", "worldwide_turnover": "2e9", "signed_code": True}
        self.file("review.declare", "developer", case, **told, **covered)
        self.file("review.notify", "developer", case)
        fields = clearance_fields(self.docket, self.docket.cases[case], self.home.now)
        issued = self.file("review.issue-clearance", "register", case, **fields)
        self.state()
        return issued

    def issued_unchecked(self, case: str = "model-1") -> Entry:
        """A clearance and its status, as whoever holds the register's key can write them."""
        book, now = self.book, self.home.now
        known = Case(case, "review", "cleared", now, book, OPENED.date(), {})
        known.memory |= {"weights": self.home.weights, "model": "Sable 2"}
        fields = clearance_fields(self.docket, known, now)
        issued = self.log(self.entry("review.issue-clearance", "register", case, **fields))
        listed = {"bits": 2, "lst": encode_list([Status.VALID])}
        changes = [{"index": 0, "status": 0}]
        self.state(count=1, status_list=listed, changes=changes)
        return issued

    def state(self, **said: Any) -> Entry:
        """A status snapshot; one that says otherwise than the record is not checked."""
        fields = snapshot(self.docket, self.home.now).to_fields()
        if said or self.docket.size < len(self.entries):
            stated = [e for e in self.entries if e.act.type == "register.snapshot"]
            fields |= {"sequence": len(stated), "log_size": len(self.entries)}
            return self.log(
                self.entry("register.snapshot", "register", "register", **fields | said)
            )
        return self.file("register.snapshot", "register", "register", **fields)

    def hold(self, case: str = "model-1") -> Entry:
        """The clearance there is suspended, and stated to be."""
        self.file("review.hold", "developer", case)
        return self.state()

    def release(self, case: str = "model-1") -> Entry:
        """It stands again."""
        self.file("review.release", "developer", case)
        return self.state()

    # ------------------------------------------------------------------ proofs

    def find(self, act: str) -> Entry:
        """The newest entry of a type."""
        return next(each for each in reversed(self.entries) if each.act.type == act)

    def checkpoint(self, *, cosigned: bool = False, key: PrivateKey | None = None) -> bytes:
        tree = Tree(each.leaf_hash for each in self.entries)
        head = Checkpoint(self.origin, len(tree), tree.root())
        note = sign_checkpoint(head, NoteSigner(self.origin, key or self.key("register")))
        at = int(self.home.moment.timestamp())
        return add_signatures(note, [self.witness.cosign(head, at)]) if cosigned else note

    def shown(self, entry: Entry, name: str, **how: Any) -> dict[str, str]:
        """An entry with its proof, as fields of an act."""
        tree = Tree(each.leaf_hash for each in self.entries)
        proof = Proof(entry.index, tuple(tree.inclusion(entry.index)), self.checkpoint(**how))
        return {name: entry.leaf.decode(), f"{name}_proof": proof.to_bytes().decode()}

    def status(self, status: str = "valid", **how: Any) -> dict[str, Any]:
        """The newest snapshot, stated as ``status``."""
        newest = self.find("register.snapshot")
        return {"status": status, **self.shown(newest, "foreign_status", **how)}

    def bundle(self, status: str = "valid", **how: Any) -> dict[str, Any]:
        """What a developer hands over."""
        issued = self.find("review.issue-clearance")
        weights = issued.act.fields["clearance"]["https://holdshort.dev/clearance/v1"]["weights"]  # type: ignore[index,call-overload]
        clearance = self.shown(issued, "foreign_clearance", **how)
        return {"weights": weights, **clearance, **self.status(status, **how)}

    def agreement(self, **said: Any) -> dict[str, Any]:
        """The fields of an agreement on this register that accepts its testing everywhere."""
        charter = self.entries[0]
        return {
            "origin": self.origin,
            "charter": charter.leaf_hash.hex(),
            "charter_entry": charter.leaf.decode(),
            "rulebook": self.book.digest,
            "witness_policy": NO_WITNESSES,
            "areas": list(self.home.book.areas),
            "findings": [],
            "equivalents": {},
            "differences": [],
            "conditional": False,
            "directives": False,
            "status_hours": 24,
            **said,
        }

    def _party(self, id_: str, role: str) -> dict[str, Any]:
        return {"id": id_, "name": id_, "role": role, "keys": [self.key(id_).public.to_json()]}

    def _open(self) -> None:
        self.file(
            "register.charter",
            "root",
            "register",
            rehearsal=True,
            rulebook={"id": self.book.id, "digest": self.book.digest},
            status_minutes=60,
            witness_policy=NO_WITNESSES,
            root=self._party("root", "authority.root"),
            registrar=self._party("registrar", "authority.registrar"),
            log_key=self._party("register", "register"),
        )
        for role in CAST:
            stated = self._party(role, role)
            stated["party"] = stated.pop("id")
            self.file("register.enrol", "registrar", "register", **stated)
