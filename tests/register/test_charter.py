"""The charter: a register's first entry, read from nothing but itself."""

from collections.abc import Mapping
from typing import Any

import pytest

from holdshort.errors import BadInput, RegisterError
from holdshort.register.act import Act
from holdshort.register.charter import NO_WITNESSES, Charter, read_charter, read_party
from holdshort.register.entry import Entry
from holdshort.register.envelope import sign
from holdshort.register.keys import PrivateKey

ROOT = PrivateKey.from_seed(bytes(range(3, 35)))
REGISTRAR = PrivateKey.from_seed(bytes(range(32)))
REGISTER = PrivateKey.from_seed(bytes(range(1, 33)))
STRANGER = PrivateKey.from_seed(bytes(range(2, 34)))


def party(id_: str, role: str, *keys: PrivateKey, threshold: int = 1) -> dict[str, Any]:
    stated = [key.public.to_json() for key in keys]
    return {
        "id": id_,
        "name": id_.title(),
        "role": role,
        "keys": stated,
        "threshold": threshold,
    }


FIELDS: Mapping[str, Any] = {
    "title": "Test",
    "rehearsal": False,
    "rulebook": {"id": "test", "digest": "ab" * 32, "version": "1"},
    "witness_policy": NO_WITNESSES,
    "status_minutes": 5,
    "root": party("root", "authority.root", ROOT),
    "registrar": party("registrar", "authority.registrar", REGISTRAR),
    "log_key": party("register", "register", REGISTER),
}


def entry(
    *,
    keys: tuple[PrivateKey, ...] = (ROOT,),
    index: int = 0,
    name: str = "charter",
    by: str = "root",
    leave_out: str = "",
    **fields: Any,
) -> Entry:
    """A first entry with other fields, another signer, another place."""
    said = {each: value for each, value in {**FIELDS, **fields}.items() if each != leave_out}
    act = Act(
        "holdshort.example/test",
        "ab" * 32,
        "register",
        name,
        "register",
        by,
        "2026-11-23T10:15:00Z",
        said,
    )
    return Entry.parse(index, sign(act.to_payload(), keys).to_bytes())


def test_it_names_the_law_the_registrar_the_registers_key_and_itself() -> None:
    first = entry()
    charter = read_charter(first)
    assert charter == Charter(
        origin="holdshort.example/test",
        title="Test",
        rehearsal=False,
        rulebook="ab" * 32,
        root=read_party(FIELDS["root"], 0),
        registrar=read_party(FIELDS["registrar"], 0),
        register=read_party(FIELDS["log_key"], 0),
        witness_policy=NO_WITNESSES,
        status_minutes=5,
        leaf_hash=first.leaf_hash.hex(),
    )
    assert charter.verifier.name == charter.origin
    assert charter.verifier.public == REGISTER.public


@pytest.mark.parametrize("said", [True, None, "false", 0])
def test_only_a_plain_no_makes_it_no_rehearsal(said: object) -> None:
    assert read_charter(entry(rehearsal=said)).rehearsal
    assert read_charter(entry(leave_out="rehearsal")).rehearsal


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"index": 1}, "first entry"),
        ({"name": "enrol"}, "first entry"),
        ({"keys": (STRANGER,)}, "signature|signed"),
        ({"keys": (REGISTER,)}, "signature|signed"),
        ({"keys": (REGISTRAR,)}, "signature|signed"),
        ({"keys": (ROOT, STRANGER)}, "signature|signed"),
        ({"by": "someone"}, "not by the root"),
        ({"leave_out": "root"}, "A party is an object"),
        ({"leave_out": "witness_policy"}, "witness_policy"),
        ({"witness_policy": {}}, "witness_policy"),
        ({"leave_out": "registrar"}, "A party is an object"),
        ({"leave_out": "log_key"}, "A party is an object"),
        ({"registrar": "me"}, "A party is an object"),
        ({"registrar": {"id": "registrar"}}, "states name, role, keys"),
        ({"log_key": {**party("r", "register", REGISTER), "keys": [{}]}}, "keys of r, 0"),
        ({"leave_out": "title"}, "a title"),
        ({"title": 7}, "a title"),
        ({"leave_out": "status_minutes"}, "status_minutes"),
        ({"status_minutes": 0}, "status_minutes"),
        ({"status_minutes": "5"}, "status_minutes"),
        ({"status_minutes": True}, "status_minutes"),
    ],
)
def test_what_is_no_charter_is_refused_with_its_place(change: dict[str, Any], says: str) -> None:
    broken = entry(**change)
    with pytest.raises(RegisterError, match=says) as refused:
        read_charter(broken)
    assert f"entry {broken.index}" in str(refused.value.where)


def test_it_takes_as_many_of_the_roots_keys_as_the_root_says() -> None:
    root = party("root", "authority.root", ROOT, STRANGER, REGISTRAR, threshold=2)
    registrar = party("registrar", "authority.registrar", PrivateKey.from_seed(bytes(32)))
    for keys in ((ROOT, STRANGER), (STRANGER, REGISTRAR), (ROOT, STRANGER, REGISTRAR)):
        assert read_charter(entry(keys=keys, root=root, registrar=registrar)).root.threshold == 2
    with pytest.raises(RegisterError, match="1 of the keys of root signed; it takes 2 of 3"):
        read_charter(entry(keys=(ROOT,), root=root, registrar=registrar))


@pytest.mark.parametrize(
    ("keys", "threshold", "says"),
    [
        ((), 1, "list of 1 to 16"),
        ((ROOT,) * 17, 1, "list of 1 to 16"),
        ((ROOT, ROOT), 1, "twice"),
        ((ROOT,), 0, "threshold is from 1 to the 1 keys"),
        ((ROOT,), 2, "threshold is from 1"),
        ((ROOT,), True, "threshold is from 1"),
        ((ROOT,), "1", "threshold is from 1"),
    ],
)
def test_a_threshold_that_cannot_be_met_is_refused(
    keys: tuple[PrivateKey, ...], threshold: Any, says: str
) -> None:
    with pytest.raises(BadInput, match=says):
        read_party(party("root", "authority.root", *keys, threshold=threshold), 0)


def test_checkpoints_are_signed_by_one_ed25519_key() -> None:
    two = party("register", "register", REGISTER, STRANGER)
    with pytest.raises(RegisterError, match="one Ed25519 key"):
        read_charter(entry(log_key=two))


def test_a_charter_changed_after_it_was_signed_is_refused() -> None:
    from holdshort.register.envelope import Envelope

    first, other = entry(), entry(title="Another")
    forged = Envelope(
        other.envelope.payload, other.envelope.payload_type, first.envelope.signatures
    )
    with pytest.raises(RegisterError, match="charter"):
        read_charter(Entry.parse(0, forged.to_bytes()))


def test_a_party_reads_back_as_it_was_written() -> None:
    read = read_party(FIELDS["registrar"], 3)
    assert read.to_json() == FIELDS["registrar"]
    assert (read.entry, read.suspended) == (3, False)


@pytest.mark.parametrize("change", [{"id": 3}, {"name": None}, {"role": ["developer"]}])
def test_a_party_is_described_in_texts(change: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match="are texts"):
        read_party({**FIELDS["registrar"], **change}, 3)


def test_a_party_id_that_could_name_a_file_elsewhere_is_refused() -> None:
    with pytest.raises(BadInput, match="party id"):
        read_party({**FIELDS["registrar"], "id": "../registrar"}, 3)


@pytest.mark.parametrize("value", [None, [], "party", 3])
def test_a_party_that_is_no_object_is_refused(value: Any) -> None:
    with pytest.raises(BadInput, match="entry 3"):
        read_party(value, 3)


def test_what_a_party_lacks_is_named() -> None:
    with pytest.raises(BadInput, match="states name, keys"):
        read_party({"id": "a", "role": "developer"}, 3)
