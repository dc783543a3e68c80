"""A sealed value binds its author, tells nobody else anything, and opens for its readers alone."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from holdshort.errors import BadInput, Refused, RegisterError
from holdshort.register.act import Act
from holdshort.register.canonical import Json, canonical
from holdshort.register.entry import Entry
from holdshort.register.envelope import sign
from holdshort.register.keys import PrivateKey
from holdshort.register.sealing.age import new_identity, recipient_of
from holdshort.register.sealing.values import (
    Disclosure,
    Opening,
    Sealed,
    Setting,
    check_disclosure,
    is_sealed,
    padded,
    padded_size,
    seal,
    sealed_fields,
    unseal,
)

SETTING = Setting("holdshort.example/test", "review-1", "review.redact", "acme")
NAMES = st.from_regex(r"[a-z][a-z_]{0,20}", fullmatch=True)
VALUES: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


def sealed(opening: Opening, **other: Any) -> Sealed:
    commitment = opening.commitment(SETTING.to_json())
    return replace(Sealed(commitment, "trade-secret", ("acme",), "ab" * 32), **other)


@pytest.fixture(scope="module")
def entry_of(key: PrivateKey) -> Callable[..., Entry]:
    """An entry with these fields, in the setting above."""

    def make(index: int = 7, case: str = "review-1", by: str = "acme", **fields: Json) -> Entry:
        at = "2026-11-23T10:15:00Z"
        act = Act(SETTING.register, "ab" * 32, "review", "redact", case, by, at, fields)
        return Entry.parse(index, sign(act.to_payload(), [key]).to_bytes())

    return make


def disclosure(opening: Opening, **other: Any) -> Disclosure:
    return replace(Disclosure(SETTING.register, 7, SETTING.act, opening), **other)


@given(NAMES, VALUES)
def test_what_was_sealed_can_be_disclosed_and_is_what_it_was(
    entry_of: Callable[..., Entry], name: str, value: Json
) -> None:
    opening = Opening.fresh(name, value)
    entry = entry_of(**{name: sealed(opening).to_json()})
    handed_on = Disclosure.from_bytes(disclosure(opening).to_bytes(), "file")
    assert check_disclosure(handed_on, entry) == sealed_fields(entry.act)[name]
    assert handed_on.opening.value == value


@given(NAMES, VALUES, NAMES, VALUES)
def test_no_other_name_value_or_salt_opens_it(
    entry_of: Callable[..., Entry], name: str, value: Json, other_name: str, other: Json
) -> None:
    assume(name != other_name and canonical(value) != canonical(other))
    opening = Opening.fresh(name, value)
    entry = entry_of(
        **{name: sealed(opening).to_json(), other_name: sealed(Opening.fresh("x", 1)).to_json()}
    )
    for wrong in (
        replace(opening, name=other_name),
        replace(opening, value=other),
        replace(opening, salt=Opening.fresh("x", 1).salt),
    ):
        with pytest.raises(RegisterError, match="not the one that was committed to"):
            check_disclosure(disclosure(wrong), entry)


def test_a_disclosure_is_about_one_entry_of_one_register(entry_of: Callable[..., Entry]) -> None:
    opening = Opening.fresh("unredacted", "cd" * 32)
    entry = entry_of(unredacted=sealed(opening).to_json())
    for other in ({"entry": 8}, {"register": "holdshort.example/other"}, {"act": "review.declare"}):
        with pytest.raises(RegisterError, match="The disclosure is about"):
            check_disclosure(disclosure(opening, **other), entry)
    with pytest.raises(RegisterError, match="no sealed field"):
        check_disclosure(disclosure(opening), entry_of(unredacted="cd" * 32))


def test_a_commitment_copied_into_anothers_act_opens_nothing_there(
    entry_of: Callable[..., Entry],
) -> None:
    opening = Opening.fresh("unredacted", "cd" * 32)
    copied = sealed(opening).to_json()
    for place in ({"by": "rival"}, {"case": "review-2"}):
        with pytest.raises(RegisterError, match="not the one that was committed to"):
            check_disclosure(disclosure(opening), entry_of(**place, unredacted=copied))


@given(st.booleans())
def test_a_guess_of_one_of_two_values_cannot_be_tested(value: bool) -> None:
    """Whatever one computes of the public act and a guess, without the salt, is not the commitment.

    The commitments to the same value are unlike each other, so there is nothing to look for.
    """
    public = {sealed(Opening.fresh("redacted", value)).commitment for _ in range(8)}
    assert len(public) == 8
    for guess in (False, True):
        for salt in ("", "0" * 64):
            content = {**SETTING.to_json(), "name": "redacted", "salt": salt, "value": guess}
            assert hashlib.sha256(canonical(content)).hexdigest() not in public
            unsalted = {n: each for n, each in content.items() if n != "salt"}
            assert hashlib.sha256(canonical(unsalted)).hexdigest() not in public


@given(VALUES, VALUES)
def test_the_disclosure_of_one_field_holds_nothing_of_another(one: Json, other: Json) -> None:
    openings = Opening.fresh("one", one), Opening.fresh("other", other)
    file = disclosure(openings[0]).to_bytes()
    assert openings[0].salt != openings[1].salt
    assert openings[1].salt.encode() not in file
    assert set(Disclosure.from_bytes(file, "file").opening.to_json()) == {"name", "salt", "value"}


def test_the_openings_of_an_act_open_with_its_key_alone() -> None:
    identity, opening = new_identity(), Opening.fresh("unredacted", "cd" * 32)
    blob = seal([opening], SETTING, recipient_of(identity))
    assert unseal(blob, identity, SETTING, "blob") == {"unredacted": opening}
    assert b"cdcd" not in blob
    with pytest.raises(Refused, match="sealed to other readers"):
        unseal(blob, new_identity(), SETTING, "blob")
    with pytest.raises(RegisterError, match="damaged"):
        unseal(blob[:-1] + bytes([blob[-1] ^ 1]), identity, SETTING, "blob")


@pytest.mark.parametrize("member", ["register", "case", "act", "by"])
def test_the_openings_of_one_act_cannot_be_passed_off_for_those_of_another(member: str) -> None:
    identity = new_identity()
    blob = seal([Opening.fresh("a", 1)], SETTING, recipient_of(identity))
    with pytest.raises(RegisterError, match="not for this act"):
        unseal(blob, identity, replace(SETTING, **{member: "other"}), "blob")


def test_the_length_of_what_is_sealed_does_not_tell_short_values_apart() -> None:
    recipient = recipient_of(new_identity())
    yes, no = (len(padded(canonical(value))) for value in ("yes", "no" * 1000))
    assert yes == no == 4096
    assert seal([Opening.fresh("a", "")], SETTING, recipient)[:21] == b"age-encryption.org/v1"


@given(st.integers(0, 10**9))
def test_padding_costs_an_eighth_at_most_beyond_the_least_length(size: int) -> None:
    assert size <= padded_size(size) <= max(4096, size * 1.12)
    assert padded_size(padded_size(size)) == padded_size(size)


@pytest.mark.parametrize(
    "broken",
    [
        {"commitment": "ab"},
        {"blob": "AB" * 32},
        {"ground": "Trade Secret"},
        {"held_by": []},
        {"held_by": ["b", "a"]},
        {"held_by": ["a", "a"]},
        {"held_by": "acme"},
        {"held_by": ["No Party"]},
        {"more": 1},
    ],
)
def test_a_malformed_sealed_value_is_refused(broken: dict[str, Json]) -> None:
    sound = sealed(Opening.fresh("a", 1)).to_json()["sealed"]
    assert isinstance(sound, dict)
    value: Json = {"sealed": {**sound, **broken}}
    assert is_sealed(value)
    with pytest.raises(BadInput):
        Sealed.from_json(value, "field")


@pytest.mark.parametrize(
    "data",
    [
        b"[]",
        b'{"register":"r","entry":-1,"act":"a.b","name":"n","salt":"%s","value":1}' % (b"0" * 64),
        b'{"register":"r","entry":true,"act":"a.b","name":"n","salt":"%s","value":1}' % (b"0" * 64),
        b'{"register":"r","entry":1,"act":"a.b","name":"n","salt":"00","value":1}',
        b'{"register":"r","entry":1,"act":"a.b","name":"","salt":"%s","value":1}' % (b"0" * 64),
        b'{"register":1,"entry":1,"act":"a.b","name":"n","salt":"%s","value":1}' % (b"0" * 64),
        b'{"entry":1,"act":"a.b","name":"n","salt":"%s","value":1}' % (b"0" * 64),
    ],
)
def test_a_malformed_disclosure_is_refused(data: bytes) -> None:
    with pytest.raises(BadInput):
        Disclosure.from_bytes(data, "file")
