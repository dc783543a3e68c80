"""A stranger's replay: signatures are checked apart from the fold, and none is let through."""

from dataclasses import replace
from typing import Any

import pytest

from holdshort.docket.replay import referenced_blobs, replay
from holdshort.register import signatures
from holdshort.register.entry import Entry
from holdshort.register.envelope import Signature


def unsigned(entry: Entry) -> Entry:
    """The same act with a signature that does not hold, by the same key."""
    one = entry.envelope.signatures[0]
    bad = bytes([one.sig[0] ^ 1]) + one.sig[1:]
    envelope = replace(entry.envelope, signatures=(Signature(one.keyid, bad),))
    return Entry.parse(entry.index, envelope.to_bytes())


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches so small that other processes are started for a few acts."""
    monkeypatch.setattr(signatures, "_BATCH", 2)
    monkeypatch.setattr(signatures, "_WORTH_IT", 4)


@pytest.mark.parametrize("processes", [0, 1])
@pytest.mark.usefixtures("small")
def test_a_signature_that_does_not_hold_ends_the_record_at_its_entry(
    world: Any, processes: int
) -> None:
    entries = list(world.entries)
    world.declare()
    whole = replay(world.entries, world.book, processes=processes)
    assert whole.fault is None
    assert whole.signatures == len(world.entries)
    for at in (0, 1, len(entries) - 2):
        forged = [*entries[:at], unsigned(entries[at]), *entries[at + 1 :]]
        found = replay(forged, world.book, processes=processes)
        assert found.fault is not None
        assert found.fault.startswith(f"entry {at}")
        assert found.acts == at


def test_what_was_verified_before_is_folded_and_not_checked_again(world: Any) -> None:
    world.declare()
    size = len(world.entries)
    again = replay(world.entries, world.book, verified=size - 1)
    assert again.fault is None
    assert again.signatures == 1
    assert again.docket.cases == world.docket.cases
    forged = [*world.entries[:-1], unsigned(world.entries[-1])]
    assert replay(forged, world.book, verified=size - 1).fault is not None


def test_the_key_of_another_party_does_not_count(world: Any) -> None:
    act = world.act("review.declare", "acme", model="M", weights="ab" * 32, facts={})
    forged = [*world.entries, world.entry(act, signed_by="rival")]
    found = replay(forged, world.book)
    assert found.fault is not None
    assert found.fault.startswith(f"entry {len(world.entries)}")
    assert found.faulty is forged[-1]


def test_a_party_that_takes_keys_which_did_not_sign_is_refused_by_the_replay_too(
    world: Any,
) -> None:
    """A rotation needs the new key's signature: the fold looks at it itself."""
    keys = [world.key("acme").public.to_json(), world.key("somebody").public.to_json()]
    act = world.act("register.rotate-keys", "acme", "register", keys=keys)
    found = replay([*world.entries, world.entry(act)], world.book)
    assert found.fault is not None
    assert "did not sign" in found.fault


def test_every_document_that_an_act_refers_to_is_named(world: Any) -> None:
    found = list(referenced_blobs(world.entries))
    assert found[0] == (0, "rulebook", world.book.digest)
    sealed = {
        "sealed": {
            "blob": "12" * 32,
            "commitment": "34" * 32,
            "ground": "trade-secret",
            "held_by": ["acme"],
        }
    }
    act = world.act("review.declare", "acme", model="M", notes=sealed)
    assert (len(world.entries), "what notes seals", "12" * 32) in referenced_blobs(
        [world.entry(act)]
    )
