"""Entries: leaves read all the way to the act."""

from collections.abc import Callable

import pytest

from holdshort.errors import RegisterError
from holdshort.register.entry import Entry
from holdshort.register.envelope import sign
from holdshort.register.keys import PrivateKey
from holdshort.register.merkle import leaf_hash


def test_an_entry_holds_envelope_act_and_leaf_hash(
    make_leaf: Callable[..., bytes], key: PrivateKey
) -> None:
    leaf = make_leaf(3)
    entry = Entry.parse(17, leaf)
    assert entry.act.case == "review-3"
    assert entry.envelope.keyids == [key.keyid]
    assert entry.leaf_hash == leaf_hash(leaf)


def test_a_leaf_that_is_no_act_is_named_by_its_place(key: PrivateKey) -> None:
    for leaf in (b"", b"{}", sign(b"{}", [key]).to_bytes()):
        with pytest.raises(RegisterError, match=r"^entry 17"):
            Entry.parse(17, leaf)


def test_an_act_signed_as_another_payload_type_is_refused(
    make_leaf: Callable[..., bytes], key: PrivateKey
) -> None:
    payload = Entry.parse(0, make_leaf(1)).envelope.payload
    with pytest.raises(RegisterError, match="payload type"):
        Entry.parse(0, sign(payload, [key], "text/plain").to_bytes())
