"""What a gate has seen: a register may grow, and do nothing else."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from holdshort.errors import BadInput, RegisterError, StorageError
from holdshort.gate.check import RegisterView
from holdshort.gate.memory import remember
from holdshort.register.checkpoint import Checkpoint, sign_checkpoint
from holdshort.register.folder import Folder
from holdshort.register.merkle import Tree, leaf_hash
from holdshort.register.note import NoteSigner

Scripted = Callable[..., Any]


def view(public: Path) -> RegisterView:
    return RegisterView(Folder(public))


def test_the_first_time_it_remembers_and_then_follows(tmp_path: Path, scripted: Scripted) -> None:
    outcome = scripted(tmp_path / "data")
    public, memory = tmp_path / "data" / "public", tmp_path / "seen"
    remember(memory, view(public))
    assert memory.read_bytes() == (public / "checkpoint").read_bytes()
    remember(memory, view(public))
    outcome.office.file("review.hold", outcome.case.id, "developer", {"reasons": "Unsafe."})
    remember(memory, view(public))
    assert memory.read_bytes() == (public / "checkpoint").read_bytes()


def test_an_old_copy_is_refused_and_not_remembered(tmp_path: Path, scripted: Scripted) -> None:
    """Yesterday's register, every signature in order, from before the suspension."""
    outcome = scripted(tmp_path / "data")
    public, memory = tmp_path / "data" / "public", tmp_path / "seen"
    old = Path(shutil.copytree(public, tmp_path / "old"))
    outcome.office.file("review.hold", outcome.case.id, "developer", {"reasons": "Unsafe."})
    remember(memory, view(public))
    seen = memory.read_bytes()
    with pytest.raises(RegisterError, match="went back") as refused:
        remember(memory, view(old))
    assert refused.value.exit_code == 2
    assert memory.read_bytes() == seen


def test_a_forked_register_is_refused(tmp_path: Path, scripted: Scripted) -> None:
    outcome = scripted(tmp_path / "data")
    office, public = outcome.office, tmp_path / "data" / "public"
    memory = tmp_path / "seen"
    remember(memory, view(public))
    leaves = list(office.folder.leaves())
    leaves = [*leaves[:-2], *leaves[-1:], *leaves[1:4]]
    origin = office.docket.charter.origin
    head = Checkpoint(origin, len(leaves), Tree(map(leaf_hash, leaves)).root())
    signed = sign_checkpoint(head, NoteSigner(origin, office.key("register")))
    Folder(tmp_path / "fork").publish(leaves, signed)
    with pytest.raises(RegisterError, match=r"does not (continue|lead)"):
        remember(memory, view(tmp_path / "fork"))


def test_another_register_is_refused(tmp_path: Path, scripted: Scripted) -> None:
    scripted(tmp_path / "one")
    scripted(tmp_path / "two")
    remember(tmp_path / "seen", view(tmp_path / "one" / "public"))
    with pytest.raises(RegisterError, match="seen before"):
        remember(tmp_path / "seen", view(tmp_path / "two" / "public"))


def test_a_memory_that_was_tampered_with_is_not_believed(
    tmp_path: Path, scripted: Scripted
) -> None:
    scripted(tmp_path / "data")
    memory = tmp_path / "seen"
    memory.write_text("nothing of the kind")
    with pytest.raises(RegisterError, match="seen before"):
        remember(memory, view(tmp_path / "data" / "public"))


def test_a_memory_that_cannot_be_kept_is_said_so(tmp_path: Path, scripted: Scripted) -> None:
    scripted(tmp_path / "data")
    register = view(tmp_path / "data" / "public")
    with pytest.raises(BadInput, match="cannot be read"):
        remember(tmp_path, register)
    (tmp_path / "file").write_text("")
    with pytest.raises((BadInput, StorageError)):
        remember(tmp_path / "file" / "seen", register)
