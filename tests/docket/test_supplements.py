"""Clearances of other kinds of case than the review, and of those that rest on another's."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from holdshort.docket.replay import replay
from holdshort.docket.standing import Standings, bases, clearance_index
from holdshort.register.status import Status
from holdshort.rulebook.model import Bars

if TYPE_CHECKING:
    from tests.docket.conftest import World

    from holdshort.rulebook.model import Rulebook

HERE = "  # What a covered developer owes as such, whatever its models.\n"
KIND = """\
  {kind}:
    title: Supplement
    concerns: {concerns}
    states: [filed, cleared]
    facts:
      issued: {{type: bool, default: false, says: The clearance is issued.}}
    acts:
      file:
        title: File
        by: developer
        from: none
        to: filed
        effect: weights
        fields:
          concerns: {{type: identifier, says: What it changes.}}
          weights: {{type: digest, says: The weights as changed.}}
        says: A change is filed.
        cite: house
      clear:
        title: Clear
        by: authority.decision-maker
        from: filed
        to: cleared
        says: It is cleared.
        cite: house
      certify:
        title: Certify
        by: register
        from: cleared
        effect: clearance
        fields: {{clearance: {{type: object, says: What a gate reads.}}}}
        sets: {{issued: "true"}}
        says: The supplemental clearance is issued.
        cite: house
"""
BAR = """\
  ban:
    title: Ban
    concerns: supplement
    states: [open, standing]
    acts:
      open:
        title: Open
        by: court
        from: none
        to: standing
        fields: {concerns: {type: identifier, says: What it bars.}}
        says: It is barred.
        cite: house
      end: {title: End, by: court, from: standing, to: open, says: It ends., cite: house}
"""
REVIEWS = "    review:\n      - {is: suspended"
LINES = """\
    {kind}:
      - {{is: suspended, when: case.issued && barred}}
      - {{is: valid, when: case.issued}}
"""


@pytest.fixture(scope="module")
def supplemented(amended: "Callable[..., Rulebook]") -> "Rulebook":
    """The law with supplements of reviews, supplements of those, and a ban on the former."""
    kinds = KIND.format(kind="supplement", concerns="review")
    kinds += KIND.format(kind="supplement-of-supplement", concerns="supplement") + BAR
    lines = "".join(LINES.format(kind=kind) for kind in ("supplement", "supplement-of-supplement"))
    book = amended((HERE, kinds + HERE), (REVIEWS, lines + REVIEWS))
    # A book whose gate bars states eight limits on it; what they are is not asked here.
    bars = {**book.gate.bars, "ban": Bars((), ("standing",))}
    return replace(book, gate=replace(book.gate, bars=bars))


@pytest.fixture
def world(make_world: "Callable[..., World]", supplemented: "Rulebook") -> "Iterator[World]":
    played = make_world(supplemented)
    yield played
    replayed = replay(played.entries, played.book)
    assert replayed.fault is None
    assert replayed.docket.clearances == played.docket.clearances


def supplement(world: "World", case: str = "c", of: str = "r", weights: str = "cd" * 32) -> None:
    """A change of ``of``, cleared and certified."""
    kind = "supplement" if world.case(of).kind == "review" else "supplement-of-supplement"
    world.file(f"{kind}.file", by="acme", case=case, concerns=of, weights=weights)
    world.file(f"{kind}.clear", by="decider", case=case)
    world.file(f"{kind}.certify", by="register", case=case, clearance={})


def test_any_kind_that_the_gate_lists_can_hold_a_clearance(world: "World") -> None:
    world.cleared()
    world.file("supplement.file", by="acme", case="c", concerns="r", weights="cd" * 32)
    assert world.status("c") is Status.INVALID
    world.file("supplement.clear", by="decider", case="c")
    world.file("supplement.certify", by="register", case="c", clearance={})
    assert world.status("c") is Status.VALID
    world.snapshot()
    last = world.docket.last_snapshot
    assert last is not None
    assert last.statuses == (Status.VALID, Status.VALID)
    row = json.loads(clearance_index(world.docket, world.now))[1]
    assert (row["case"], row["kind"], row["weights"]) == ("c", "supplement", "cd" * 32)


def test_a_case_of_a_kind_that_the_gate_does_not_list_has_none(world: "World") -> None:
    world.referred()
    world.restrict()
    assert Standings(world.docket, world.now).of(world.case("bar")) is Status.INVALID
    assert bases(world.docket, world.case("bar")) == [world.case("r")]
    assert bases(world.docket, world.case("r")) == []


def test_a_supplement_falls_with_the_clearance_that_it_rests_on(world: "World") -> None:
    world.cleared()
    supplement(world)
    supplement(world, "d", of="c", weights="ef" * 32)
    assert (world.status("c"), world.status("d")) == (Status.VALID, Status.VALID)
    world.file("review.hold", by="acme")
    assert world.status() is Status.SUSPENDED
    assert (world.status("c"), world.status("d")) == (Status.SUSPENDED, Status.SUSPENDED)
    world.file("review.release", by="acme")
    assert (world.status("c"), world.status("d")) == (Status.VALID, Status.VALID)


def test_a_supplement_of_what_was_never_cleared_is_worth_nothing(world: "World") -> None:
    world.assessed()
    supplement(world)
    assert world.status() is Status.INVALID
    assert world.status("c") is Status.SUSPENDED


def test_a_bar_on_a_supplement_bars_what_rests_on_it_and_not_its_base(world: "World") -> None:
    world.cleared()
    supplement(world)
    supplement(world, "d", of="c", weights="ef" * 32)
    supplement(world, "e", of="r", weights="01" * 32)
    world.file("ban.open", by="judge", case="ban", concerns="c")
    stands = {case: world.status(case) for case in ("r", "c", "d", "e")}
    assert stands == {
        "r": Status.VALID,
        "c": Status.SUSPENDED,
        "d": Status.SUSPENDED,
        "e": Status.VALID,
    }
    world.file("ban.end", by="judge", case="ban")
    assert world.status("d") is Status.VALID


def test_a_bar_reaches_the_same_weights_under_another_kind_of_case(world: "World") -> None:
    world.cleared()
    supplement(world, weights=world.weights)
    world.file("ban.open", by="judge", case="ban", concerns="c")
    assert world.status("r") is Status.SUSPENDED


def test_a_bar_that_the_law_of_the_base_does_not_heed_bars_what_rests_on_it(
    amended: "Callable[..., Rulebook]", make_world: "Callable[..., World]", supplemented: "Rulebook"
) -> None:
    heedless = {"supplement": supplemented.gate.clearances["supplement"][1:]}
    gate = replace(supplemented.gate, clearances={**supplemented.gate.clearances, **heedless})
    world = make_world(replace(supplemented, gate=gate))
    world.cleared()
    supplement(world)
    supplement(world, "d", of="c", weights="ef" * 32)
    world.file("ban.open", by="judge", case="ban", concerns="c")
    assert (world.status("c"), world.status("d")) == (Status.VALID, Status.SUSPENDED)


def test_a_chain_of_supplements_however_long_is_walked(world: "World") -> None:
    """Nobody makes the register fail by resting one case on another thousands of times."""
    world.cleared()
    supplement(world)
    first = world.case("c")
    for number in range(3_000):
        of = f"c{number - 1}" if number else "c"
        chained = replace(first, id=f"c{number}", concerns=of, concerned_by=[], memory={})
        world.docket.cases[chained.id] = chained
    assert world.status("c2999") is Status.VALID
    for number in range(3_000):
        del world.docket.cases[f"c{number}"]


@pytest.mark.parametrize("by", ["register", "acme", "decider"])
def test_what_is_no_clearance_carries_none(world: "World", by: str) -> None:
    """A gate reads what the register signs under this name, and does not ask the law about it."""
    world.assessed()
    said: dict[str, Any] = {"clearance": {"predicateType": "svr"}}
    if by == "register":
        fields = world.snapshot_fields() | said
        refusal = world.refused("register.snapshot", by=by, case="register", **fields)
    elif by == "decider":
        refusal = world.refused("review.clear", by=by, inputs=world.findings(), **said)
    else:
        refusal = world.refused("review.publish-system-card", by=by, card="ab" * 32, **said)
    assert "It carries a clearance, and issues none" in refusal
