"""Changes of cleared models: their class, what each class asks for, and what becomes of them."""

from typing import TYPE_CHECKING, Any

import pytest

from holdshort.docket.directives import lineage
from holdshort.register.status import Status

if TYPE_CHECKING:
    from tests.docket.conftest import World

TUNED = "cd" * 32
CRITERIA = ("architecture", "training_method", "assumption", "capability", "safeguards")


def criteria(*true: str) -> dict[str, bool]:
    return {name: name in true for name in CRITERIA}


def filed(world: "World", *true: str, by: str = "acme", case: str = "c", **said: Any) -> None:
    """A change of the model of ``r``, with the criteria that are true of it."""
    fields: dict[str, Any] = {
        "concerns": "r",
        "model": "M tuned",
        "weights": TUNED,
        "parents": [world.weights],
        "affected": ["cybersecurity"] if true else [],
        **criteria(*true),
        **said,
    }
    world.file("change.file", by=by, case=case, **fields)


def interests(world: "World", case: str = "c", *, conflict: bool = False) -> None:
    told = world.declaration(conflict=conflict)
    fields = {name: told[name] for name in world.book.act("change.declare-interests").fields}
    world.file("change.declare-interests", by=world.assessor(), case=case, **fields)


def seen(*true: str, affected: tuple[str, ...] = ()) -> dict[str, Any]:
    """What the assessor finds of the criteria."""
    found = {name: name in true for name in ("capability", "safeguards")}
    return {**found, "affected": list(affected or (("cybersecurity",) if true else ()))}


def confirmed(world: "World", *true: str, case: str = "c", **said: Any) -> None:
    interests(world, case)
    fields = {**seen(*true), **said}
    world.file("change.confirm", by=world.assessor(), case=case, **fields)


def light(world: "World", model: str = "0.31", reference: str = "0.3") -> dict[str, Any]:
    results = {area: {"model": model, "reference": reference} for area in world.book.areas}
    return {"results": results, "evidence": "ab" * 32}


def accepted(world: "World", *, by: str = "acme", case: str = "c") -> None:
    """A minor change, accepted and with a supplemental clearance."""
    filed(world, by=by, case=case)
    if by != "acme":
        world.file("change.answer-for-base", by="acme", case=case, agrees=True)
    confirmed(world, case=case)
    world.file("change.record-light-test", by=world.assessor(), case=case, **light(world))
    world.file("change.accept-minor", by="register", case=case)
    world.file("change.issue-clearance", by="register", case=case, clearance={})


def protocol(world: "World", *areas: str, **said: Any) -> dict[str, Any]:
    fields = world.protocol("items", "c", model_digest=TUNED)
    plans = [plan for plan in fields["protocol"]["areas"] if plan["area"] in areas]
    fields["protocol"]["areas"] = [{**plan, **said} for plan in plans]
    return fields


def examined(world: "World", outcome: str, *areas: str) -> None:
    """A major change whose affected areas are tested, with one outcome."""
    areas = areas or ("cybersecurity",)
    filed(world, "capability", affected=list(areas))
    confirmed(world, "capability", affected=list(areas))
    by = world.assessor()
    world.file("change.lock-protocol", by=by, case="c", **protocol(world, *areas))
    world.file("change.contribute-seed", by="acme", case="c", value=world.secret("c acme items"))
    for area in areas:
        world.file("change.file-finding", by=by, case="c", **world.finding(area, outcome, of="c"))
    world.file("change.conclude", by=by, case="c")


def decided(world: "World", act: str) -> None:
    world.file(f"change.{act}", by="decider", case="c", inputs=world.findings("c"))


# ---------------------------------------------------------------------- the class


def test_a_minor_change_is_accepted_on_a_light_test_and_gets_its_own_clearance(
    world: "World",
) -> None:
    world.cleared()
    accepted(world)
    assert (world.status("c"), world.status()) == (Status.VALID, Status.VALID)
    assert [each.weights for each in world.docket.clearances] == [world.weights, TUNED]


@pytest.mark.parametrize("criterion", ["architecture", "training_method", "assumption"])
def test_what_changes_the_ground_of_the_safety_case_is_a_new_model(
    world: "World", criterion: str
) -> None:
    world.cleared()
    filed(world, criterion)
    interests(world)
    refusal = world.refused("change.confirm", by=world.assessor(), case="c", **seen("capability"))
    assert "is a new model" in refusal
    told = criteria(criterion)
    fields = {name: told[name] for name in ("architecture", "training_method", "assumption")}
    world.file("change.confirm-new", by=world.assessor(), case="c", **fields)
    assert world.state("c") == "new_review"
    assert not world.open_acts("acme", "c")
    world.declare("again", weights=TUNED, parents=[world.weights])


def test_nobody_chooses_the_class_the_heavier_statement_counts(world: "World") -> None:
    world.cleared()
    filed(world)
    confirmed(world, "capability")
    facts = world.case("c").facts
    assert (facts["major"], facts["misstated"]) == (True, True)
    refusal = world.refused(
        "change.record-light-test", by=world.assessor(), case="c", **light(world)
    )
    assert "enough for a minor change only" in refusal
    refusal = world.refused("change.accept-minor", by="register", case="c")
    assert "Only a minor change" in refusal


def test_the_assessor_cannot_make_light_what_the_developer_itself_called_major(
    world: "World",
) -> None:
    world.cleared()
    filed(world, "safeguards", affected=["cybersecurity", "loss_of_control"])
    interests(world)
    by = world.assessor()
    few = seen(affected=("cybersecurity",))
    assert "calls affected" in world.refused("change.confirm", by=by, case="c", **few)
    both = seen(affected=("cybersecurity", "loss_of_control"))
    world.file("change.confirm", by=by, case="c", **both)
    assert world.case("c").facts["major"] is True
    assert world.case("c").facts["misstated"] is False


def test_a_major_change_affects_something(world: "World") -> None:
    world.cleared()
    filed(world, "capability", affected=[])
    interests(world)
    nothing = {"capability": True, "safeguards": False, "affected": []}
    refusal = world.refused("change.confirm", by=world.assessor(), case="c", **nothing)
    assert "affects at least one area" in refusal


# ---------------------------------------------------------------------- what each asks for


def test_the_numbers_say_what_came_of_a_light_test_and_it_is_made_once(world: "World") -> None:
    world.cleared()
    filed(world)
    confirmed(world)
    by = world.assessor()
    some = {"results": {"cybersecurity": {"model": "0", "reference": "0"}}, "evidence": "ab" * 32}
    assert "every area once" in world.refused("change.record-light-test", by=by, case="c", **some)
    world.file("change.record-light-test", by=by, case="c", **light(world, "0.33", "0.3"))
    again = world.refused("change.record-light-test", by=by, case="c", **light(world))
    assert "once" in again
    assert "The light test is passed" in world.refused(
        "change.accept-minor", by="register", case="c"
    )


def test_a_major_change_is_approved_on_the_affected_areas_by_the_yardstick_of_the_review(
    world: "World",
) -> None:
    world.cleared()
    examined(world, "acceptable", "cybersecurity", "loss_of_control")
    assert "Only the register" in world.refused("change.accept-minor", by="decider", case="c")
    refusal = world.refused("change.refuse", by="decider", case="c", inputs=world.findings("c"))
    assert "not acceptable" in refusal
    decided(world, "approve")
    world.file("change.issue-clearance", by="register", case="c", clearance={})
    assert world.status("c") is Status.VALID


@pytest.mark.parametrize(
    "said",
    [
        {"threshold": "0.6"},
        {"zone": "0.2"},
        {"error_rate": "0.02"},
        {"min_items": 2},
        {"suite": "easy"},
    ],
)
def test_the_yardstick_is_not_softened(world: "World", said: dict[str, Any]) -> None:
    world.cleared()
    filed(world, "capability")
    confirmed(world, "capability")
    by = world.assessor()
    soft = protocol(world, "cybersecurity", **said)
    assert "as locked in the review" in world.refused(
        "change.lock-protocol", by=by, case="c", **soft
    )
    other = protocol(world, "loss_of_control")
    assert "affected areas" in world.refused("change.lock-protocol", by=by, case="c", **other)
    world.file("change.lock-protocol", by=by, case="c", **protocol(world, "cybersecurity"))


def test_a_change_with_a_finding_that_is_not_acceptable_is_refused_and_can_be_appealed(
    world: "World",
) -> None:
    world.cleared()
    examined(world, "unacceptable")
    refusal = world.refused("change.approve", by="decider", case="c", inputs=world.findings("c"))
    assert "Every affected area has an acceptable finding" in refusal
    decided(world, "refuse")
    assert world.status() is Status.VALID, "the model as it was stays cleared"
    world.file("change.appeal", by="acme", case="c", because="error-of-fact")
    world.file("change.quash", by="judge", case="c")
    filed(world, case="d")


def test_what_was_refused_is_not_taken_to_another_case_but_to_a_whole_review(
    world: "World",
) -> None:
    world.cleared()
    examined(world, "unacceptable")
    decided(world, "refuse")
    fields: dict[str, Any] = {
        "concerns": "r",
        "model": "M",
        "weights": TUNED,
        "parents": [world.weights],
        "affected": [],
        **criteria(),
    }
    refusal = world.refused("change.file", by="rival", case="d", **fields)
    assert "They are those of c, which is refused without a clearance" in refusal
    world.declare("again", weights=TUNED)
    assert "They are those of" in world.refused("change.file", by="acme", case="d", **fields)


def test_nobody_withdraws_from_a_finding(world: "World") -> None:
    world.cleared()
    filed(world, "capability")
    confirmed(world, "capability")
    by = world.assessor()
    world.file("change.lock-protocol", by=by, case="c", **protocol(world, "cybersecurity"))
    world.file("change.contribute-seed", by="acme", case="c", value=world.secret("c acme items"))
    assert "withdraw" in world.open_acts("acme", "c")
    found = world.finding("cybersecurity", "unacceptable", of="c")
    world.file("change.file-finding", by=by, case="c", **found)
    assert "once something was found" in world.refused("change.withdraw", by="acme", case="c")


# ---------------------------------------------------------------------- another's model


def test_who_holds_the_base_is_heard_and_has_no_veto(world: "World") -> None:
    world.cleared()
    filed(world, by="rival")
    interests(world)
    by = world.assessor()
    assert "holder of the base" in world.refused("change.confirm", by=by, case="c", **seen())
    assert "Only the holder of r" in world.refused(
        "change.answer-for-base", by="rival", case="c", agrees=True
    )
    world.later(days=16)
    world.file("change.confirm", by=by, case="c", **seen())
    assert world.case("c").facts["heard"] is True


def test_a_supplemental_clearance_is_worth_no_more_than_its_base(world: "World") -> None:
    world.cleared()
    accepted(world, by="rival")
    world.file("review.hold", by="acme")
    assert world.status("c") is Status.SUSPENDED
    world.file("review.release", by="acme")
    assert world.status("c") is Status.VALID


def test_a_change_of_what_is_cleared_under_conditions_is_conditional(world: "World") -> None:
    world.cleared({"cybersecurity": "inconclusive"})
    accepted(world)
    assert (world.status(), world.status("c")) == (Status.CONDITIONAL, Status.CONDITIONAL)


def test_nothing_builds_upon_what_is_not_served(world: "World") -> None:
    world.cleared()
    world.file("review.hold", by="acme")
    fields = {
        "concerns": "r",
        "model": "M",
        "weights": TUNED,
        "parents": [world.weights],
        "affected": [],
        **criteria(),
    }
    refusal = world.refused("change.file", by="acme", case="c", **fields)
    assert "The clearance of r is suspended" in refusal
    world.file("review.release", by="acme")
    wrong: list[dict[str, Any]] = [{"parents": []}, {"weights": world.weights}]
    for said in wrong:
        assert "among the parents" in world.refused(
            "change.file", by="acme", case="c", **(fields | said)
        )
    world.file("change.file", by="acme", case="c", **fields)
    assert lineage(world.docket, world.case("c")) == [world.weights]


def test_the_assessor_of_a_change_is_the_one_that_was_drawn_and_is_fit(world: "World") -> None:
    world.cleared()
    filed(world)
    other = "lab-b" if world.assessor() == "lab-a" else "lab-a"
    assert "Only the assessor of r" in world.refused("change.confirm", by=other, case="c", **seen())
    refusal = world.refused("change.confirm", by=world.assessor(), case="c", **seen())
    assert "has declared no interests in c" in refusal
    interests(world, conflict=True)
    refusal = world.refused("change.confirm", by=world.assessor(), case="c", **seen())
    assert "has declared a conflict" in refusal
    interests(world)
    world.suspend(f"accreditation-{world.assessor()}")
    refusal = world.refused("change.confirm", by=world.assessor(), case="c", **seen())
    assert "holds none for" in refusal


# ---------------------------------------------------------------------- a wrong statement


def contest(world: "World", *true: str) -> dict[str, Any]:
    return {**criteria(*true), "evidence": "ab" * 32}


def test_a_wrong_statement_voids_the_approval_by_the_court_once_the_holder_was_heard(
    world: "World",
) -> None:
    world.cleared()
    accepted(world)
    by = world.assessor()
    assert "a heavier one" in world.refused("change.contest", by=by, case="c", **contest(world))
    world.file("change.contest", by=by, case="c", **contest(world, "capability"))
    assert world.status("c") is Status.VALID, "nothing is lost by a contest alone"
    assert "has answered, or its time" in world.refused("change.void", by="judge", case="c")
    assert "Only the court" in world.refused("change.void", by="decider", case="c")
    world.file("change.answer", by="acme", case="c")
    world.file("change.void", by="judge", case="c")
    assert (world.status("c"), world.status()) == (Status.INVALID, Status.VALID)
    world.file("change.appeal", by="acme", case="c", because="error-of-fact")
    world.file("change.restore", by="judge", case="c")
    assert world.status("c") is Status.VALID
    assert world.case("c").facts["contested"] is False


def test_a_major_change_is_contested_only_as_a_new_model(world: "World") -> None:
    world.cleared()
    examined(world, "acceptable")
    decided(world, "approve")
    by = world.assessor()
    refusal = world.refused("change.contest", by=by, case="c", **contest(world, "safeguards"))
    assert "a heavier one" in refusal
    world.file("change.contest", by=by, case="c", **contest(world, "assumption"))
    world.later(days=16)
    world.file("change.void", by="judge", case="c")
    assert world.state("c") == "voided"


def test_an_application_does_not_wait_for_ever(world: "World") -> None:
    world.cleared()
    filed(world)
    world.later(days=366)
    assert world.state("c") == "withdrawn"
