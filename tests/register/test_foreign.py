"""Another register, verified offline from the hash of its charter: every byte counts."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdshort.errors import BadInput, HoldshortError, RegisterError
from holdshort.register import tiles
from holdshort.register.act import Act
from holdshort.register.canonical import Json, canonical
from holdshort.register.charter import NO_WITNESSES
from holdshort.register.checkpoint import Checkpoint, sign_checkpoint
from holdshort.register.clearance import EXTENSION, SVR
from holdshort.register.cosignature import Cosigner
from holdshort.register.entry import Entry
from holdshort.register.envelope import sign
from holdshort.register.folder import Folder
from holdshort.register.foreign import (
    Trusted,
    read_clearance,
    read_snapshot,
    status_at,
    trust,
)
from holdshort.register.handover import Handover
from holdshort.register.keys import PrivateKey
from holdshort.register.merkle import Tree
from holdshort.register.note import NoteSigner, add_signatures
from holdshort.register.proof import Proof
from holdshort.register.status import Status, StatusSnapshot

ORIGIN, NOW = "register.example/abroad", "2026-11-23T10:15:00Z"
ROOT, REGISTRAR, LOG = (PrivateKey.from_seed(bytes([n]) * 32) for n in (1, 2, 3))
WITNESS = Cosigner("witness.example", PrivateKey.from_seed(bytes([4]) * 32))
WEIGHTS = "ab" * 32


def party(id_: str, role: str, key: PrivateKey) -> dict[str, Any]:
    return {"id": id_, "name": id_, "role": role, "keys": [key.public.to_json()]}


def entry(at: int, type_: str, by: str, key: PrivateKey, case: str = "m", **said: Any) -> Entry:
    kind, _, name = type_.partition(".")
    origin = said.pop("origin", ORIGIN)
    act = Act(origin, "cd" * 32, kind, name, case, by, NOW, said)
    return Entry.parse(at, sign(act.to_payload(), [key]).to_bytes())


CHARTER = entry(
    0,
    "register.charter",
    "root",
    ROOT,
    "register",
    title="Abroad",
    rehearsal=False,
    rulebook={"id": "x", "digest": "cd" * 32},
    status_minutes=60,
    witness_policy=NO_WITNESSES,
    root=party("root", "authority.root", ROOT),
    registrar=party("registrar", "authority.registrar", REGISTRAR),
    log_key=party("register", "register", LOG),
)


def svr(**said: Any) -> dict[str, Any]:
    stated = {"case": "m", "kind": "review", "weights": WEIGHTS, "status_index": 0}
    return {"predicateType": SVR, EXTENSION: {**stated, "model": "M", "serve": ["valid"], **said}}


def issued(at: int = 1, by: str = "register", key: PrivateKey = LOG, **said: Any) -> Entry:
    return entry(at, "review.issue-clearance", by, key, clearance=svr(**said))


def snapshot(at: int = 2, status: Status = Status.VALID, **said: Any) -> Entry:
    later = "2026-11-23T11:15:00Z"
    stated = StatusSnapshot(0, NOW, later, at, "ef" * 32, "ef" * 32, 0, (int(status),))
    fields = {**stated.to_fields(), **said}
    return entry(at, "register.snapshot", "register", LOG, "register", **fields)


@dataclass
class Log:
    """Some entries under a checkpoint of the log's key, or of another."""

    entries: tuple[Entry, ...]
    key: PrivateKey = LOG

    def proof(self, index: int) -> str:
        tree = Tree(each.leaf_hash for each in self.entries)
        head = Checkpoint(ORIGIN, len(tree), tree.root())
        note = sign_checkpoint(head, NoteSigner(ORIGIN, self.key))
        cosigned = add_signatures(note, [WITNESS.cosign(head, 1_795_000_000)])
        return Proof(index, tuple(tree.inclusion(index)), cosigned).to_bytes().decode()


GOOD = Log((CHARTER, issued(), snapshot()))


def pinned(policy: str = NO_WITNESSES) -> Trusted:
    return trust(CHARTER.leaf_hash.hex(), CHARTER.leaf.decode(), policy)


def shown(log: Log, index: int, trusted: Trusted | None = None) -> Entry:
    leaf = log.entries[index].leaf.decode()
    return (trusted or pinned()).entry(leaf, log.proof(index), NOW, "shown")


def test_from_the_charter_alone_a_clearance_and_its_status_are_read() -> None:
    found = read_clearance(pinned(), shown(GOOD, 1), "shown")
    assert (found.weights, found.case, found.entry, found.serve) == (WEIGHTS, "m", 1, ("valid",))
    stated = read_snapshot(pinned(), shown(GOOD, 2), "shown")
    assert status_at(stated, found.status_index, found.entry) is Status.VALID


def test_a_clearance_that_is_limited_says_so() -> None:
    log = Log((CHARTER, issued(limitations=[{"case": "m", "audiences": ["a"], "territories": []}])))
    assert read_clearance(pinned(), shown(log, 1), "shown").limited
    assert not read_clearance(pinned(), shown(GOOD, 1), "shown").limited


def test_another_charter_is_not_the_one_that_is_pinned() -> None:
    with pytest.raises(RegisterError, match="not the pinned"):
        trust("ab" * 32, CHARTER.leaf.decode(), NO_WITNESSES)


def test_a_policy_that_cannot_be_used_is_said() -> None:
    with pytest.raises(BadInput, match="witness_policy"):
        pinned("quorum nobody\n")


def test_a_log_of_the_same_name_under_another_key_is_not_known() -> None:
    with pytest.raises(RegisterError, match="itself did not sign"):
        shown(Log(GOOD.entries, ROOT), 1)


def test_an_act_that_was_meant_for_another_register_does_not_count() -> None:
    stray = entry(1, "review.issue-clearance", "register", LOG, origin="register.example/other")
    with pytest.raises(RegisterError, match="The act is meant for"):
        shown(Log((CHARTER, stray)), 1)


def test_a_quorum_that_we_ask_for_is_met_or_nothing_counts() -> None:
    name = f"witness w {WITNESS.verifier.vkey}\nquorum w\n"
    assert shown(GOOD, 1, pinned(name)).index == 1
    other = Cosigner("other.example", PrivateKey.from_seed(bytes([5]) * 32))
    with pytest.raises(RegisterError, match="The quorum of witnesses is not met"):
        shown(GOOD, 1, pinned(f"witness w {other.verifier.vkey}\nquorum w\n"))


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (issued(by="root", key=ROOT), "by root, not the register's"),
        (issued(key=ROOT), "is not known here"),
        (issued(case="other"), "is another case's"),
        (issued(kind="other"), "is another case's"),
        (issued(weights=None), "names no weights"),
        (issued(status_index=-1), "names no weights, or no status"),
        (issued(status_index=True), "names no weights, or no status"),
        (entry(1, "review.issue-clearance", "register", LOG, clearance={}), "is no clearance"),
        (entry(1, "review.declare", "register", LOG), "is no clearance"),
    ],
)
def test_what_is_no_clearance_of_the_register_is_none(wrong: Entry, why: str) -> None:
    with pytest.raises(RegisterError, match=why):
        read_clearance(pinned(), shown(Log((CHARTER, wrong)), 1), "shown")


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (issued(2), "no snapshot"),
        (snapshot(log_size=1), "of another size than its place says"),
        (snapshot(count=99), "shown"),
        (entry(2, "register.snapshot", "root", ROOT, "register"), "not the register's"),
    ],
)
def test_what_is_no_snapshot_of_the_register_is_none(wrong: Entry, why: str) -> None:
    with pytest.raises(RegisterError) as refusal:
        read_snapshot(pinned(), shown(Log((CHARTER, issued(), wrong)), 2), "shown")
    assert why in str(refusal.value)


def test_a_snapshot_from_before_the_clearance_says_nothing_of_it() -> None:
    stated = read_snapshot(pinned(), shown(GOOD, 2), "shown")
    for index, place in ((0, 2), (1, 1)):
        with pytest.raises(RegisterError, match="older than the clearance"):
            status_at(stated, index, place)


@given(st.data())
def test_no_byte_of_entry_or_proof_can_be_changed(data: st.DataObject) -> None:
    leaf, proof = GOOD.entries[1].leaf, GOOD.proof(1).encode()
    # The cosignature is by a witness for whom this policy does not ask: nothing is checked of it.
    signed = proof.index("— witness.example".encode())
    whole = leaf + proof[:signed]
    place = data.draw(st.integers(0, len(whole) - 1))
    changed = bytearray(whole)
    changed[place] ^= data.draw(st.integers(1, 127))
    told = bytes(changed[: len(leaf)]), bytes(changed[len(leaf) :]) + proof[signed:]
    try:
        one, other = (each.decode() for each in told)
    except UnicodeDecodeError:
        return
    with pytest.raises(HoldshortError):
        pinned().entry(one, other, NOW, "shown")


@pytest.fixture
def published(tmp_path: Path) -> Folder:
    """A register with one clearance, its status, and the index that the snapshot names."""
    folder = Folder(tmp_path / "register")
    rows: list[Json] = [
        {"case": "m", "kind": "review", "entry": 1, "weights": WEIGHTS, "restrictions": []}
    ]
    index = folder.put_blob(canonical(rows))
    entries = (CHARTER, issued(), snapshot(index=index))
    root = Tree(each.leaf_hash for each in entries).root()
    note = sign_checkpoint(Checkpoint(ORIGIN, len(entries), root), NoteSigner(ORIGIN, LOG))
    folder.publish([each.leaf for each in entries], note)
    return folder


def test_what_a_register_hands_over_holds_for_whoever_pins_its_charter(published: Folder) -> None:
    register = Handover(published)
    charter, told = register.charter(), register.clearance("m")
    other = trust(str(charter["charter"]), str(charter["charter_entry"]), NO_WITNESSES)
    leaf, proof = str(told["foreign_clearance"]), str(told["foreign_clearance_proof"])
    assert read_clearance(other, other.entry(leaf, proof, NOW, "shown"), "shown").entry == 1
    assert (told["weights"], told["status"]) == (WEIGHTS, "valid")
    assert set(register.status("m")) == {"status", "foreign_status", "foreign_status_proof"}


def test_a_case_without_clearance_hands_over_nothing(published: Folder) -> None:
    with pytest.raises(BadInput, match="holds no clearance"):
        Handover(published).clearance("somebody")


def test_a_register_that_was_altered_hands_over_nothing(published: Folder) -> None:
    """Its own checkpoint does not lead to the entry."""
    bundle = published.path / "tile/entries/000.p/3"
    bundle.write_bytes(tiles.encode_bundle([CHARTER.leaf, issued(model="N").leaf, snapshot().leaf]))
    with pytest.raises(RegisterError):
        Handover(published).clearance("m")
