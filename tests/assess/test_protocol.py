import dataclasses
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdshort.assess.protocol import Protocol, commitment, draft, item_seed, opens
from holdshort.errors import BadInput
from holdshort.register.canonical import canonical, parse

NONCE = bytes(range(32))
nonces = st.binary(min_size=16, max_size=64)


@pytest.fixture(scope="module")
def protocol() -> Protocol:
    return draft("reference/solver", commitment(NONCE))


def test_the_default_protocol_covers_the_four_areas_at_one_error_rate_in_twenty(
    protocol: Protocol,
) -> None:
    assert {plan.area for plan in protocol.areas} == {
        "automated_rnd",
        "biological_weapons",
        "cybersecurity",
        "loss_of_control",
    }
    assert protocol.total_error_rate == Decimal("0.05")
    assert {plan.error_rate for plan in protocol.areas} == {Decimal("0.0125")}


def test_a_protocol_survives_writing_and_reading_with_its_digest(protocol: Protocol) -> None:
    written = parse(canonical(protocol.to_fields()), "protocol")
    assert isinstance(written, dict)
    read = Protocol.from_fields(written, "protocol")
    assert read == protocol
    assert read.digest == protocol.digest


def test_every_field_moves_the_digest(protocol: Protocol) -> None:
    changed: dict[str, Any] = {
        "model": "reference/null",
        "model_digest": "0" * 64,
        "generation": dataclasses.replace(protocol.generation, seed=1),
        "areas": protocol.areas[:-1],
        "total_error_rate": Decimal("0.06"),
        "item_seed_commitment": "0" * 64,
        "inspect_version": "0",
        "holdshort_version": "0",
    }
    digests = {
        dataclasses.replace(protocol, **{name: value}).digest for name, value in changed.items()
    }
    assert len(digests | {protocol.digest}) == len(changed) + 1


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda f: f.pop("model"), "act.protocol"),
        (lambda f: f.update(surprise=1), "act.protocol"),
        (lambda f: f.update(model=""), "act.protocol.model"),
        (lambda f: f.update(model_digest="abc"), "act.protocol.model_digest"),
        (lambda f: f.update(total_error_rate=5), "act.protocol.total_error_rate"),
        (lambda f: f.update(total_error_rate="x"), "act.protocol.total_error_rate"),
        (lambda f: f.update(total_error_rate="0.01"), "act.protocol.total_error_rate"),
        (lambda f: f.update(stopping_rule="peek"), "act.protocol.stopping_rule"),
        (lambda f: f.update(areas=[]), "act.protocol.areas"),
        (lambda f: f.update(areas=[f["areas"][0]] * 2), "act.protocol.areas"),
        (lambda f: f["areas"][1].update(zone="0.6"), "act.protocol.areas[1].zone"),
        (lambda f: f["areas"][0].update(max_items=0), "act.protocol.areas[0].max_items"),
        (lambda f: f["areas"][0].update(max_items=True), "act.protocol.areas[0].max_items"),
        (lambda f: f["areas"][0].update(area=7), "act.protocol.areas[0].area"),
        (lambda f: f["generation"].update(temperature="-1"), "act.protocol.generation.temperature"),
    ],
)
def test_a_malformed_protocol_is_refused_by_place(
    protocol: Protocol, change: Callable[[Any], object], where: str
) -> None:
    fields = parse(canonical(protocol.to_fields()), "protocol")
    change(fields)
    assert isinstance(fields, dict)
    with pytest.raises(BadInput) as caught:
        Protocol.from_fields(fields, "act.protocol")
    assert caught.value.where == where


def test_an_area_that_is_not_there_is_named(protocol: Protocol) -> None:
    with pytest.raises(BadInput, match="no area 'weather'"):
        protocol.plan("weather")


@given(nonces, nonces)
def test_a_commitment_opens_to_its_own_nonce_only(nonce: bytes, other: bytes) -> None:
    assert opens(commitment(nonce), nonce)
    assert opens(commitment(nonce), other) == (nonce == other)


@given(nonces, nonces, st.integers(1, 8))
def test_the_seed_depends_on_each_share_and_on_where_one_ends(
    assessor: bytes, developer: bytes, moved: int
) -> None:
    seed = item_seed(assessor, developer, "00" * 32)
    assert len(seed) == 32
    assert seed != item_seed(assessor, developer, "01" * 32)
    assert seed != item_seed(assessor, developer + b"x", "00" * 32)
    assert seed != item_seed(
        assessor + developer[:moved], developer[moved:] + b"\0" * 16, "00" * 32
    )


def test_bytes_cannot_move_from_one_nonce_to_the_other() -> None:
    assert item_seed(b"a" * 20, b"a" * 16, "00" * 32) != item_seed(b"a" * 16, b"a" * 20, "00" * 32)


def test_a_nonce_that_could_be_searched_for_is_refused() -> None:
    with pytest.raises(BadInput, match="16 random bytes"):
        commitment(b"short")
    with pytest.raises(BadInput) as caught:
        item_seed(b"a" * 32, b"b" * 15, "00" * 32)
    assert caught.value.where == "developer_nonce"
