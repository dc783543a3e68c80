"""What holds for one review in particular is told in one place."""

from typing import TYPE_CHECKING

from holdshort.docket.particulars import particulars, said

if TYPE_CHECKING:
    from tests.docket.conftest import World


def test_a_review_tells_what_holds_for_it_until_when_and_by_whose_name(world: "World") -> None:
    world.declare()
    told = {"concerns": "r", "feature": "autonomy", "area": "loss_of_control"}
    world.file("special-condition.propose", by="officer", case="s", **told)
    told = {"concerns": "r", "subject": "evidence"}
    world.file("issue-paper.open-by-developer", by="acme", case="i", **told)
    told = {"what": "form", "of": "risk-report", "ground": "conflicting-law", "concerns": "r"}
    world.file("waiver.apply", by="acme", case="w", **told)
    world.file("waiver.grant", by="decider", case="w", comparables=[], approver="A. Person")
    found = {each.case: each for each in particulars(world.docket, world.case(), world.now)}
    assert list(found) == ["s", "i", "w"]
    assert (found["s"].state, found["s"].until) == ("proposed", "2026-12-18T04:59:59Z")
    assert found["s"].about == "autonomy, in loss_of_control"
    assert found["i"].about == "evidence; no conclusion"
    assert found["w"].about == "form of risk-report, conflicting-law; granted by A. Person"
    world.later(days=100)
    states = [each.state for each in particulars(world.docket, world.case(), world.now)]
    assert states == ["lapsed", "closed", "ended"]
    assert all(not each.until for each in particulars(world.docket, world.case(), world.now))


def test_everything_that_was_stated_in_one_is_told_in_its_order(world: "World") -> None:
    world.declare()
    told = {"what": "form", "of": "risk-report", "ground": "conflicting-law", "concerns": "r"}
    world.file("waiver.apply", by="acme", case="w", **told)
    world.file("waiver.refuse", by="decider", case="w", comparables=[])
    world.file("waiver.appeal", by="acme", case="w", because="procedure")
    acts = [(each.act, each.by) for each in said(world.case("w"))]
    assert acts == [("apply", "acme"), ("refuse", "decider"), ("appeal", "acme")]
    assert dict(said(world.case("w"))[1].words) == {"reasons": "Because of what the record says."}
