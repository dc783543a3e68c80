"""The shorter way of a model that is no more dangerous than one that is cleared, and its end."""

from typing import TYPE_CHECKING, Any

import pytest

from holdshort.docket.sheet import data_sheet
from holdshort.office.clearance import clearance_fields
from holdshort.register.clearance import EXTENSION
from holdshort.register.status import Status

if TYPE_CHECKING:
    from tests.docket.conftest import World

SMALL = "cd" * 32
CRITERIA = ("new_scenario", "architecture", "method", "use", "elicitation")


def criteria(*true: str) -> dict[str, Any]:
    return {name: name in true for name in CRITERIA}


def claim(*true: str, **said: Any) -> dict[str, Any]:
    return {"concerns": "r", "model": "Small", "weights": SMALL, **criteria(*true), **said}


def interests(world: "World", *, conflict: bool = False) -> None:
    told = world.declaration(conflict=conflict)
    fields = {name: told[name] for name in world.book.act("similarity.declare-interests").fields}
    world.file("similarity.declare-interests", by=world.assessor(), case="s", **fields)


def light(world: "World", model: str = "0.2", **said: str) -> dict[str, Any]:
    results = {
        area: {"model": said.get(area, model), "reference": "0.2"} for area in world.book.areas
    }
    return {"results": results, "evidence": "ab" * 32, **criteria()}


def claimed(world: "World", by: str = "rival") -> None:
    world.cleared()
    world.file("similarity.claim", by=by, case="s", **claim())
    interests(world)


def cleared(world: "World", by: str = "rival") -> None:
    claimed(world, by)
    world.file("similarity.confirm", by=world.assessor(), case="s", **light(world))
    world.file("similarity.clear", by="decider", case="s")
    world.file("similarity.issue-clearance", by="register", case="s", clearance={})


def test_a_model_is_cleared_on_an_assessor_s_confirmation_with_numbers(world: "World") -> None:
    cleared(world)
    assert world.status("s") is Status.VALID
    assert [each.weights for each in world.docket.clearances] == [world.weights, SMALL]


@pytest.mark.parametrize("criterion", CRITERIA)
def test_what_differs_materially_is_reviewed(world: "World", criterion: str) -> None:
    world.cleared()
    refusal = world.refused("similarity.claim", by="rival", case="s", **claim(criterion))
    assert "is reviewed" in refusal
    world.file("similarity.claim", by="rival", case="s", **claim())
    interests(world)
    found = {**light(world), **criteria(criterion)}
    refusal = world.refused("similarity.confirm", by=world.assessor(), case="s", **found)
    assert "Nothing material differs" in refusal


def test_in_no_area_it_does_more_than_the_reference(world: "World") -> None:
    claimed(world)
    more = light(world, loss_of_control="0.23")
    refusal = world.refused("similarity.confirm", by=world.assessor(), case="s", **more)
    assert "It solves more in loss_of_control" in refusal
    world.file(
        "similarity.confirm", by=world.assessor(), case="s", **light(world, cybersecurity="0.22")
    )


def test_the_decision_maker_cannot_clear_what_nobody_has_confirmed(world: "World") -> None:
    claimed(world)
    assert "needs the state confirmed" in world.refused("similarity.clear", by="decider", case="s")


def test_the_assessor_has_no_conflict_with_whoever_claims(world: "World") -> None:
    world.cleared()
    world.file("similarity.claim", by="rival", case="s", **claim())
    by = world.assessor()
    refusal = world.refused("similarity.confirm", by=by, case="s", **light(world))
    assert "has declared no interests in s" in refusal
    interests(world, conflict=True)
    assert "declared a conflict" in world.refused(
        "similarity.confirm", by=by, case="s", **light(world)
    )
    other = "lab-b" if by == "lab-a" else "lab-a"
    refusal = world.refused("similarity.confirm", by=other, case="s", **light(world))
    assert "Only the assessor of r" in refusal


def test_the_reference_is_valid_reviewed_itself_and_another_model(world: "World") -> None:
    world.cleared({"cybersecurity": "inconclusive"})
    refusal = world.refused("similarity.claim", by="rival", case="s", **claim())
    assert "The clearance of r is conditional" in refusal


def test_no_model_is_its_own_reference(world: "World") -> None:
    world.cleared()
    own = claim(weights=world.weights)
    assert "these very weights" in world.refused("similarity.claim", by="acme", case="s", **own)


def test_what_is_similar_is_no_reference_itself(world: "World") -> None:
    cleared(world)
    chain = claim(concerns="s", weights="ef" * 32)
    refusal = world.refused("similarity.claim", by="rival", case="t", **chain)
    assert "It must concern a review" in refusal


def test_once_denied_it_is_not_claimed_again_but_reviewed(world: "World") -> None:
    claimed(world)
    world.file("similarity.deny", by=world.assessor(), case="s")
    refusal = world.refused("similarity.claim", by="rival", case="t", **claim())
    assert "They are those of s, which is denied" in refusal
    world.declare("own", by="rival", weights=SMALL)


# ---------------------------------------------------------------------- the end


def test_while_the_reference_is_valid_anybody_renews_it(world: "World") -> None:
    cleared(world)
    world.later(days=170)
    world.file("similarity.renew", by="judge", case="s")
    world.later(days=170)
    assert world.status("s") is Status.VALID


def test_when_the_reference_loses_its_status_it_ends_within_six_months_by_itself(
    world: "World",
) -> None:
    cleared(world)
    world.later(days=30)
    world.file("similarity.renew", by="rival", case="s")
    world.later(days=1)
    world.file("review.hold", by="acme")
    refusal = world.refused("similarity.renew", by="rival", case="s")
    assert "The clearance of r is suspended" in refusal
    assert world.status("s") is Status.VALID, "its holder has time for a review"
    world.later(days=183)
    assert (world.state("s"), world.status("s")) == ("ended", Status.INVALID)


def test_noting_the_loss_starts_the_duty_and_no_new_six_months(world: "World") -> None:
    cleared(world)
    assert "The reference is valid" in world.refused("similarity.note-loss", by="judge", case="s")
    lapse = world.case("s").lapse
    world.file("review.hold", by="acme")
    world.later(days=100)
    world.file("similarity.note-loss", by="judge", case="s")
    assert world.case("s").lapse == lapse
    owed = {each.duty.id: each for each in world.docket.duties(world.now) if each.case == "s"}
    assert owed["review-after-loss"].status == "running"
    world.file("review.release", by="acme")
    world.file("similarity.renew", by="rival", case="s")
    assert world.case("s").facts["lost"] is False


def test_a_review_of_its_own_takes_its_place(world: "World") -> None:
    cleared(world, by="acme")
    assert "A review of these very weights" in world.refused(
        "similarity.replace", by="acme", case="s"
    )
    world.weights = SMALL
    world.assessed(case="own")
    world.determine("clear", "own")
    world.file("review.issue-clearance", by="register", case="own", clearance={})
    world.file("similarity.replace", by="acme", case="s")
    assert (world.status("s"), world.status("own")) == (Status.INVALID, Status.VALID)


def test_its_clearance_is_limited_as_that_of_the_reference(world: "World") -> None:
    cleared(world)
    memory = world.case().memory
    before, memory["limitations"] = memory["limitations"], {"audiences": ["internal"]}
    stated: Any = clearance_fields(world.docket, world.case("s"), world.now)["clearance"]
    assert stated[EXTENSION]["limitations"] == [
        {"case": "r", "audiences": ["internal"], "territories": []}
    ]
    memory["limitations"] = before


def test_a_bar_on_its_very_weights_bars_it_at_once(world: "World") -> None:
    cleared(world, by="acme")
    world.weights = SMALL
    world.assessed({"cybersecurity": "unacceptable"}, case="own")
    world.determine("refer", "own")
    world.ordered(concerns="own")
    assert world.status("s") is Status.SUSPENDED
    assert world.status() is Status.VALID
    bars = data_sheet(world.docket, world.case("s"), world.now).bars
    assert [each.case for each in bars] == ["bar"]
