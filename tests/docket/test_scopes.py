"""Partial bars: for whom, where and of which weights an order holds."""

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from holdshort.docket.replay import replay
from holdshort.docket.scopes import end_scope
from holdshort.docket.standing import clearance_index
from holdshort.register.status import Status

if TYPE_CHECKING:
    from tests.docket.conftest import World

    from holdshort.rulebook.model import Rulebook

AUDIENCES = ["internal", "api", "product"]
HERE = "  # What a covered developer owes as such, whatever its models.\n"
RECOGNITION = """\
  deference:
    title: Deference
    states: [granted]
    facts:
      issued: {type: bool, default: false, says: The clearance is issued.}
    acts:
      grant:
        title: Grant
        by: authority.decision-maker
        from: none
        to: granted
        effect: weights
        fields: {weights: {type: digest, says: The weights.}}
        says: Another authority's clearance is accepted.
        cite: house
      rename:
        title: Rename
        by: authority.decision-maker
        from: granted
        effect: weights
        fields: {weights: {type: digest, says: The weights.}}
        says: It is about other weights after all.
        cite: house
      certify:
        title: Certify
        by: register
        from: granted
        effect: clearance
        fields: {clearance: {type: object, says: What a gate reads.}}
        sets: {issued: "true"}
        says: The clearance is issued.
        cite: house
  supplement:
    title: Supplement
    concerns: deference
    states: [granted]
    facts:
      issued: {type: bool, default: false, says: The clearance is issued.}
    acts:
      grant:
        title: Grant
        by: authority.decision-maker
        from: none
        to: granted
        effect: weights
        fields:
          concerns: {type: identifier, says: What it supplements.}
          weights: {type: digest, says: The weights.}
        says: A supplement is accepted.
        cite: house
      certify:
        title: Certify
        by: register
        from: granted
        effect: clearance
        fields: {clearance: {type: object, says: What a gate reads.}}
        sets: {issued: "true"}
        says: The clearance is issued.
        cite: house
"""
REVIEWS = "    review:\n      - {is: suspended"
LINES = "".join(
    f"    {kind}:\n"
    "      - {is: suspended, when: case.issued && barred}\n"
    "      - {is: valid, when: case.issued}\n"
    for kind in ("deference", "supplement")
)


@pytest.fixture(scope="module")
def partial(amended: "Callable[..., Rulebook]") -> "Rulebook":
    """The law, and in it that clearances of other authorities are recognised."""
    return amended(
        (HERE, RECOGNITION + HERE),
        (REVIEWS, LINES + REVIEWS),
    )


@pytest.fixture
def world(make_world: "Callable[..., World]", partial: "Rulebook") -> "Iterator[World]":
    """Weights that one authority cleared and another found wanting; a case to restrict them."""
    played = make_world(partial)
    played.referred()
    played.file("deference.grant", by="decider", case="a", weights=played.weights)
    played.file("deference.certify", by="register", case="a", clearance={})
    assert played.status("a") is Status.VALID
    played.restrict()
    yield played
    replayed = replay(played.entries, played.book)
    assert replayed.fault is None
    assert replayed.docket.cases == played.docket.cases


def provisionally(world: "World", **said: Any) -> int:
    fields = {"imminent": True, "audiences": [], **said}
    return world.file("restriction.order-provisionally", by="judge", case="bar", **fields).index


def order(world: "World", **said: Any) -> int:
    fields = {"audiences": [], **said}
    return world.file("restriction.order", by="judge", case="bar", **fields).index


def restrictions(world: "World", place: int = 0) -> list[Any]:
    """What the index says that a clearance is restricted by."""
    rows = json.loads(clearance_index(world.docket, world.now))
    return list(rows[place]["restrictions"])


def test_an_order_that_names_nothing_bars_the_whole(world: "World") -> None:
    provisionally(world)
    assert world.status("a") is Status.SUSPENDED
    assert restrictions(world) == []


@pytest.mark.parametrize(
    "said",
    [
        {"audiences": ["api", "product"]},
        {"territories": ["DE", "US-CA"]},
        {"versions": ["ab" * 32]},
        {"audiences": ["api"], "territories": ["FR"], "versions": ["cd" * 32, "ab" * 32]},
    ],
    ids=str,
)
def test_an_order_that_names_something_restricts_and_does_not_suspend(
    world: "World", said: dict[str, Any]
) -> None:
    entry = provisionally(world, **said)
    assert world.status("a") is Status.CONDITIONAL
    assert restrictions(world) == [
        {
            "case": "bar",
            "entry": entry,
            "audiences": [],
            "territories": [],
            "versions": [],
            "known_audiences": AUDIENCES,
            **said,
        }
    ]
    world.snapshot()
    world.snapshot_fields()


def test_an_order_on_other_versions_leaves_these_alone(world: "World") -> None:
    provisionally(world, versions=["cd" * 32])
    assert world.status("a") is Status.VALID
    assert restrictions(world) == []


def test_what_is_suspended_or_worth_nothing_does_not_become_conditional(world: "World") -> None:
    provisionally(world, audiences=["api"])
    assert world.status("r") is Status.INVALID


def test_the_scope_is_that_of_the_last_order(world: "World") -> None:
    provisionally(world, audiences=["api"], territories=["DE"])
    world.file("restriction.give-notice-of-order", by="officer", case="bar")
    world.file("restriction.answer-under-order", by="acme", case="bar")
    entry = order(world, audiences=["product"])
    (found,) = restrictions(world)
    assert (found["entry"], found["audiences"], found["territories"]) == (entry, ["product"], [])
    assert world.status("a") is Status.CONDITIONAL


def test_a_later_order_that_names_nothing_bars_the_whole(world: "World") -> None:
    provisionally(world, audiences=["api"])
    world.file("restriction.give-notice-of-order", by="officer", case="bar")
    world.file("restriction.answer-under-order", by="acme", case="bar")
    order(world)
    assert world.status("a") is Status.SUSPENDED


def test_an_act_without_a_scope_leaves_the_scope_of_the_order(world: "World") -> None:
    provisionally(world, audiences=["api"])
    world.file("restriction.appeal", by="acme", case="bar")
    world.file("restriction.uphold", by="judge", case="bar")
    assert [each["audiences"] for each in restrictions(world)] == [["api"]]


def test_the_scope_ends_when_the_bar_is_lifted(world: "World") -> None:
    provisionally(world, audiences=["api"])
    world.file("restriction.lift", by="judge", case="bar")
    assert "scope" not in world.case("bar").memory
    assert world.status("a") is Status.VALID
    assert restrictions(world) == []


def test_a_restriction_ends_when_the_order_lapses_and_the_index_with_it(world: "World") -> None:
    provisionally(world, audiences=["api"])
    world.snapshot()
    before = world.docket.last_snapshot
    world.later(days=15)
    assert world.status("a") is Status.VALID
    assert restrictions(world) == []
    fields = world.snapshot_fields()
    assert before is not None
    assert fields["index"] != before.index


def test_a_bar_after_one_that_lapsed_is_whole_until_another_scope_is_stated(
    make_world: "Callable[..., World]", partial: "Rulebook"
) -> None:
    world = make_world(partial)
    world.referred()
    world.restrict()
    provisionally(world, audiences=["api"])
    case = world.case("bar")
    end_scope(case, ("provisional", "provisional", "ordered"))
    assert "scope" in case.memory
    end_scope(case, ("opened", "opened", "provisional"))
    assert "scope" in case.memory
    end_scope(case, ("provisional", "lifted", "ordered"))
    assert "scope" not in case.memory


def test_a_supplement_is_restricted_with_its_base(world: "World") -> None:
    for case, weights in (("b", "cd" * 32), ("c", "ef" * 32)):
        world.file("supplement.grant", by="decider", case=case, concerns="a", weights=weights)
        world.file("supplement.certify", by="register", case=case, clearance={})
    provisionally(world, territories=["DE"], versions=[world.weights, "cd" * 32])
    assert [world.status(case) for case in "abc"] == [
        Status.CONDITIONAL,
        Status.CONDITIONAL,
        Status.VALID,  # a version of which the order does not speak
    ]
    assert [len(restrictions(world, place)) for place in range(3)] == [1, 1, 0]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"territories": ["UK"]}, "'UK' is no territory"),
        ({"territories": ["DE", 1]}, "1 is no territory"),
        ({"territories": [["DE"]]}, "is no territory"),
        ({"versions": ["v2"]}, "'v2' is no version"),
        ({"versions": [None]}, "None is no version"),
        ({"audiences": ["everyone"]}, "a list of words out of internal, api, product"),
        ({"audiences": None}, "must state 'audiences'"),
        ({"territories": "DE"}, "is not a list"),
    ],
    ids=str,
)
def test_a_scope_that_means_nothing_is_refused(
    world: "World", said: dict[str, Any], why: str
) -> None:
    fields = {"imminent": True, "audiences": [], **said}
    assert why in world.refused("restriction.order-provisionally", by="judge", case="bar", **fields)


def test_a_snapshot_that_hides_a_restriction_is_refused(world: "World") -> None:
    world.snapshot()
    provisionally(world, audiences=["api"])
    first = world.snapshot_fields()
    world.snapshot()
    world.file("restriction.give-notice-of-order", by="officer", case="bar")
    world.file("restriction.answer-under-order", by="acme", case="bar")
    order(world, audiences=["product"])
    fresh = world.snapshot_fields()
    assert first["status_list"] == fresh["status_list"], "the statuses alone would not show it"
    refusal = world.refused(
        "register.snapshot", by="register", case="register", **(fresh | {"index": first["index"]})
    )
    assert "states what follows from the record" in refusal


def test_the_weights_of_a_case_are_named_once(world: "World") -> None:
    assert world.case("a").memory["weights"] == world.weights
    assert "names its weights already" in world.refused(
        "deference.rename", by="decider", case="a", weights="cd" * 32
    )
