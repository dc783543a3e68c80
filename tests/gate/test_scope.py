"""What a partial bar, or a limited clearance, says of one deployment."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdshort.errors import BadInput, RegisterError
from holdshort.gate.scope import Deployment, limited, restricted, restrictions
from holdshort.register.canonical import Json

WEIGHTS = "ab" * 32
KNOWN: list[Json] = ["internal", "api", "product"]
BARE: dict[str, Json] = {
    "case": "bar",
    "entry": 7,
    "audiences": [],
    "territories": [],
    "versions": [],
    "known_audiences": KNOWN,
}


def row(**said: Json) -> dict[str, Json]:
    return {**BARE, **said}


def told(audiences: str = "", territories: str = "") -> Deployment:
    return Deployment(tuple(audiences.split()), tuple(territories.split()))


@pytest.mark.parametrize(
    ("said", "deployment", "refused"),
    [
        ({"audiences": ["api"]}, told("api"), "for api"),
        ({"audiences": ["api"]}, told("internal"), None),
        ({"audiences": ["api"]}, told("internal api"), "for api"),
        ({"audiences": ["api"]}, told("", "DE"), "Give --audience"),
        ({"audiences": ["api"]}, told("apii"), "'apii' is no audience that the law knows"),
        ({"territories": ["DE"]}, told("api", "DE"), "in DE"),
        ({"territories": ["DE"]}, told("apii", "DE"), "in DE"),
        ({"territories": ["DE"]}, told("api", "FR"), None),
        ({"territories": ["US-CA"]}, told("", "US"), "in US-CA"),
        ({"territories": ["US"]}, told("", "US-CA"), "in US"),
        ({"territories": ["US-CA"]}, told("", "US-NY"), None),
        ({"territories": ["DE"]}, told("api"), "Give --territory"),
        ({"audiences": ["api"], "territories": ["DE"]}, told("api", "DE"), "for api in DE"),
        ({"audiences": ["api"], "territories": ["DE"]}, told("api", "FR"), None),
        ({"audiences": ["api"], "territories": ["DE"]}, told("product"), None),
        ({"audiences": ["api"], "territories": ["DE"]}, told("", "FR"), None),
        ({"audiences": ["api"], "territories": ["DE"]}, told("api"), "Give --territory"),
        ({"audiences": ["api"], "territories": ["DE"]}, told("apii"), "Give --territory"),
        ({"audiences": ["api"], "territories": ["DE"]}, told(), "Give --audience and --territory"),
        ({"versions": [WEIGHTS]}, told("api", "FR"), "they may not run"),
        ({"versions": ["cd" * 32]}, told("api", "FR"), None),
        ({"versions": ["cd" * 32], "audiences": ["api"]}, told(), None),
        ({}, told("api", "FR"), "they may not run"),
    ],
)
def test_a_restriction_refuses_what_it_speaks_of_and_what_nobody_told(
    said: dict[str, Json], deployment: Deployment, refused: str | None
) -> None:
    found = restricted([row(**said)], WEIGHTS, deployment)
    if refused is None:
        assert found == []
    else:
        (says,) = found
        assert says.startswith("bar restricts them (entry 7): ")
        assert refused in says


@pytest.mark.parametrize(
    ("said", "deployment", "refused"),
    [
        ({}, told(), None),
        ({"audiences": ["internal"]}, told("internal"), None),
        ({"audiences": ["internal"]}, told("internal api"), "not for the audience api"),
        ({"audiences": ["internal"]}, told(), "Give --audience"),
        ({"territories": ["US"]}, told("", "US-CA"), None),
        ({"territories": ["US-CA"]}, told("", "US"), "not for the territory US"),
        ({"territories": ["US", "DE"]}, told("", "DE US-CA"), None),
        ({"territories": ["US", "DE"]}, told("api"), "Give --territory"),
        ({"audiences": "internal"}, told("internal"), "make no sense"),
        ({"territories": [1]}, told("", "US"), "make no sense"),
    ],
)
def test_a_limited_clearance_lets_through_what_it_names_alone(
    said: dict[str, Json], deployment: Deployment, refused: str | None
) -> None:
    found = limited({"limitations": [{"case": "a", **said}]}, deployment)
    if refused is None:
        assert found == []
    else:
        assert refused in found[0]


def test_of_several_limitations_each_is_kept() -> None:
    limits: list[Json] = [{"audiences": ["internal", "api"]}, {"audiences": ["internal"]}]
    assert limited({"limitations": limits}, told("internal")) == []
    assert len(limited({"limitations": limits}, told("api"))) == 1
    assert len(limited({"limitations": limits}, told("product"))) == 2
    assert limited({}, told()) == []


@pytest.mark.parametrize("odd", ["internal", {}, None, ["internal"], [None], 1])
def test_limitations_that_make_no_sense_let_nothing_through(odd: Json) -> None:
    assert limited({"limitations": odd}, told("internal", "DE"))


@pytest.mark.parametrize(
    "odd",
    [
        None,
        {},
        "none",
        [None],
        [{}],
        [{k: v for k, v in BARE.items() if k != "versions"}],
        [row(audiences="api")],
        [row(territories=[1])],
        [row(known_audiences=None)],
        [row(), {}],
    ],
)
def test_an_index_whose_restrictions_make_no_sense_is_a_damaged_register(odd: Json) -> None:
    with pytest.raises(RegisterError, match="make no sense"):
        restrictions({"restrictions": odd}, "index")
    with pytest.raises(RegisterError, match="make no sense"):
        restrictions({}, "index")


@pytest.mark.parametrize("place", ["UK", "us", "everywhere", ""])
def test_a_territory_that_is_none_is_refused_before_anything_is_decided(place: str) -> None:
    with pytest.raises(BadInput, match="no territory"):
        Deployment((), (place,))


PLACES = st.lists(st.sampled_from(["US", "US-CA", "US-NY", "DE"]), max_size=2)
AUDIENCES = st.lists(st.sampled_from([str(each) for each in KNOWN]), max_size=2)


@given(AUDIENCES, PLACES, AUDIENCES, PLACES)
def test_who_tells_more_is_never_let_through_more_than_the_whole_of_what_was_told(
    barred: list[Any], where: list[Any], audiences: list[str], places: list[str]
) -> None:
    """A deployment passes a restriction only if each part of it does; and silence never helps."""
    bars = [row(audiences=barred, territories=where)]
    whole = Deployment(tuple(audiences), tuple(places))
    passes = not restricted(bars, WEIGHTS, whole)
    parts = [Deployment((a,), (p,)) for a in audiences for p in places]
    if parts:
        assert passes == all(not restricted(bars, WEIGHTS, part) for part in parts)
    if passes and not (audiences and places):
        anything = [
            Deployment((a,), (p,))
            for a in (audiences or [str(each) for each in KNOWN])
            for p in (places or ["US", "US-CA", "US-NY", "DE", "FR"])
        ]
        assert not any(restricted(bars, WEIGHTS, each) for each in anything)
