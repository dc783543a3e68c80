"""A hand that rewrites a published register as whoever holds its keys could."""

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from holdshort.office.place import Place
from holdshort.register.act import PREDICATE_TYPES
from holdshort.register.canonical import canonical
from holdshort.register.checkpoint import Checkpoint, sign_checkpoint
from holdshort.register.entry import Entry
from holdshort.register.envelope import sign
from holdshort.register.folder import Folder
from holdshort.register.keys import load
from holdshort.register.merkle import Tree, leaf_hash
from holdshort.register.note import NoteSigner


class Operator:
    """An unlawful operator: has every key of the register, and publishes what it likes."""

    def __init__(self, data: Path) -> None:
        self.place = Place(data)
        self.folder = Folder(self.place.public)
        self.leaves = list(self.folder.leaves())

    def entry(self, index: int) -> Entry:
        return Entry.parse(index, self.leaves[index])

    def find(self, act: str) -> list[int]:
        """Where the act was done."""
        return [i for i in range(len(self.leaves)) if self.entry(i).act.type == act]

    def sign(self, index: int, change: Callable[[dict[str, Any]], None], by: str = "") -> bytes:
        """Entry ``index`` saying something else, signed by the party that it names."""
        statement = json.loads(self.entry(index).envelope.payload)
        change(statement)
        key = load(self.place.key(by or statement["predicate"]["by"]))
        return sign(canonical(statement), [key]).to_bytes()

    def act(self, act: str, case: str, by: str, fields: Mapping[str, Any]) -> bytes:
        """An act made of the last one: same register, law and instant."""

        def change(statement: dict[str, Any]) -> None:
            kind, _, name = act.partition(".")
            said = {"kind": kind, "act": name, "case": case, "by": by, "fields": dict(fields)}
            statement["predicate"] |= said
            statement["predicateType"] = f"{PREDICATE_TYPES}{act}/v1"
            from holdshort.register.act import case_digest

            digest = case_digest(statement["predicate"]["register"], case)
            statement["subject"] = [{"name": case, "digest": {"sha256": digest}}]

        return self.sign(len(self.leaves) - 1, change)

    def state_anew(self) -> None:
        """Let every snapshot state the root of the log as it is now."""
        for at in self.find("register.snapshot"):
            root = Tree(map(leaf_hash, self.leaves[:at])).root().hex()

            def change(statement: dict[str, Any], root: str = root) -> None:
                statement["predicate"]["fields"]["log_root"] = root

            self.leaves[at] = self.sign(at, change)

    def publish(self, to: Path) -> Path:
        """The register with these leaves, under a checkpoint by its own key."""
        shutil.copytree(self.place.public, to)
        shutil.rmtree(to / "tile")
        (to / "checkpoint").unlink()
        origin = self.entry(0).act.register
        head = Checkpoint(origin, len(self.leaves), Tree(map(leaf_hash, self.leaves)).root())
        signer = NoteSigner(origin, load(self.place.key("register")))
        Folder(to).publish(self.leaves, sign_checkpoint(head, signer))
        return to


@pytest.fixture
def operator() -> Callable[[Path], Operator]:
    """The operator of the register in a data folder."""
    return Operator


@pytest.fixture
def fast_law(monkeypatch: pytest.MonkeyPatch) -> None:
    """The law of a register read once a test: for tests that verify a hundred times."""
    from functools import lru_cache

    from holdshort.rulebook import load as loading

    monkeypatch.setattr(loading, "read_rulebook", lru_cache(loading.read_rulebook))
