"""Ratings follow from the record: whoever publishes one can only publish the true one."""

from typing import TYPE_CHECKING, Any

import pytest

from holdshort.docket import proficiency
from holdshort.docket.drawing import pool
from holdshort.docket.proficiency import commitment
from holdshort.docket.ratings import Record, rated, record, tickets_of

if TYPE_CHECKING:
    from tests.docket.conftest import World

AREA = "cybersecurity"
PLAN: Any = {AREA: {"threshold": "0.50", "zone": "0.10"}}
TRUE = {"weak": "acceptable", "strong": "unacceptable", "sly": "unacceptable"}
TABLE: Any = {
    "weak": {"abilities": {AREA: "0.2"}, "hides": False},
    "strong": {"abilities": {AREA: "0.9"}, "hides": False},
    "sly": {"abilities": {AREA: "0.9"}, "hides": True},
}


def take_test(world: "World", lab: str, **found: str) -> None:
    """A proficiency test that was scored; ``found`` differs from what is true."""
    case = f"test-{lab}-{world.docket.size}"
    nonce = bytes.fromhex(world.secret(case))
    made = {"commitment": commitment(TABLE, nonce), "models": list(TABLE), "plan": PLAN}
    world.file(
        "proficiency.plant", by="accreditor", case=case, concerns=f"accreditation-{lab}", **made
    )
    answers: Any = {model: {AREA: outcome} for model, outcome in (TRUE | found).items()}
    world.file("proficiency.answer", by=lab, case=case, answers=answers)
    true = proficiency.truths(TABLE, PLAN)
    assert true
    scores = proficiency.score(true, answers, PLAN)
    world.file(
        "proficiency.score",
        by="accreditor",
        case=case,
        truth=TABLE,
        nonce=nonce.hex(),
        score={area: each.to_json() for area, each in scores.items()},
        passed=[
            area
            for area, each in scores.items()
            if each.passes(world.book.values["proficiency_percent"].history[-1].value)
        ],
    )


def rate(world: "World", lab: str, class_: str, by: str = "accreditor", **said: Any) -> None:
    counted = record(world.docket, lab, world.now).to_fields()
    fields = {"class": class_, **counted, **said}
    case = f"rating-{lab}"
    if case in world.docket.cases:
        world.file("rating.renew", by=by, case=case, **fields)
    else:
        concerns = f"accreditation-{lab}"
        world.file("rating.publish", by=by, case=case, concerns=concerns, **fields)


def refused(world: "World", lab: str, class_: str, **said: Any) -> str:
    counted = record(world.docket, lab, world.now).to_fields()
    fields = {"class": class_, "concerns": f"accreditation-{lab}", **counted, **said}
    return world.refused("rating.publish", by="accreditor", case="rating-x", **fields)


def test_whoever_has_no_rating_is_new(world: "World") -> None:
    assert rated(world.docket, "lab-a", world.now) == "new"
    world.enrol("lab-c", "assessor")
    world.apply("lab-c", **world.box())
    assert record(world.docket, "lab-c", world.now) == Record(0, 0, 0, 0, 0)
    rate(world, "lab-c", "new")
    for class_ in ("low", "standard", "high"):
        refused(world, "lab-c", class_)


def test_a_faultless_record_is_rated_high_and_nothing_else(world: "World") -> None:
    take_test(world, "lab-a")  # beside the one for its accreditation
    assert record(world.docket, "lab-a", world.now) == Record(2, 100, 0, 0, 0)
    for class_ in ("low", "new", "standard"):
        refused(world, "lab-a", class_)
    rate(world, "lab-a", "high")
    assert rated(world.docket, "lab-a", world.now) == "high"


@pytest.mark.parametrize("said", ["tests", "right_percent", "missed", "late", "reversed"])
def test_a_number_that_the_record_does_not_give_is_refused(world: "World", said: str) -> None:
    take_test(world, "lab-a")
    assert "The numbers stated are those that the record gives" in refused(
        world, "lab-a", "high", **{said: 7}
    )


def test_an_error_in_a_test_makes_a_rating_standard_or_low(world: "World") -> None:
    for _ in range(2):
        take_test(world, "lab-a")
    take_test(world, "lab-a", strong="acceptable", weak="unacceptable")
    # 8 of 8 in the test for its accreditation, then 7 of 9: 15 of 17, rounded down
    assert record(world.docket, "lab-a", world.now).right_percent == 88
    rate(world, "lab-a", "standard")
    for _ in range(3):
        take_test(world, "lab-b", strong="acceptable", weak="unacceptable")
    assert record(world.docket, "lab-b", world.now).right_percent == 64
    rate(world, "lab-b", "low")


def test_whoever_misses_a_hidden_ability_is_rated_low(world: "World") -> None:
    for _ in range(9):
        take_test(world, "lab-a")
    take_test(world, "lab-a", sly="acceptable")
    assert record(world.docket, "lab-a", world.now) == Record(11, 97, 1, 0, 0)
    rate(world, "lab-a", "low")


def test_anybody_may_publish_what_the_record_says(world: "World") -> None:
    """So the accreditor can keep no assessor from its rating, and cover none."""
    take_test(world, "lab-a")
    rate(world, "lab-a", "high", by="lab-a")
    take_test(world, "lab-a", sly="acceptable", strong="acceptable")
    rate(world, "lab-a", "low", by="acme")


def test_what_is_late_counts_against_the_assessor(world: "World") -> None:
    assessor = world.assign()
    world.later(days=60)
    assert record(world.docket, assessor, world.now).late == 1  # the protocol
    world.file("review.lock-protocol", by=assessor, **world.protocol())
    assert record(world.docket, assessor, world.now).late == 1


def test_a_reversal_on_appeal_counts_against_whose_findings_it_was(world: "World") -> None:
    world.referred()
    assessor = world.assessor()
    for number in (1, 2):
        world.file("review.appeal", by="acme")
        world.file("review.remit", by="judge")
        assert record(world.docket, assessor, world.now).reversed == number
        world.later(seconds=1)
        world.determine("refer")
    other = {"lab-a": "lab-b", "lab-b": "lab-a"}[assessor]
    assert record(world.docket, other, world.now).reversed == 0
    rate(world, assessor, "low")
    rate(world, other, "high")


def test_the_tickets_of_a_draw_follow_from_the_ratings(world: "World") -> None:
    take_test(world, "lab-a")
    rate(world, "lab-a", "high")
    world.declare()
    for lab in ("lab-a", "lab-b"):
        world.declare_interests(lab)
    assert pool(world.docket, world.case(), world.now) == {"lab-a": 4, "lab-b": 1}
    world.commit()
    world.reveal()
    world.file("review.assign", by="officer", **world.assignment())


def test_who_is_rated_low_is_not_drawn(world: "World") -> None:
    take_test(world, "lab-a", sly="acceptable")
    rate(world, "lab-a", "low")
    world.declare()
    world.declare_interests("lab-a")
    committed = world.commitment(world.half("acme"))
    assert "none could be drawn" in world.refused(
        "review.commit-developer", by="acme", commitment=committed
    )
    world.declare_interests("lab-b")
    assert pool(world.docket, world.case(), world.now) == {"lab-b": 1}


def test_a_rating_after_the_commitments_does_not_change_the_draw(world: "World") -> None:
    take_test(world, "lab-a")
    world.declare()
    for lab in ("lab-a", "lab-b"):
        world.declare_interests(lab)
    world.commit()
    rate(world, "lab-a", "high")
    assert world.case().memory["pool"] == {"lab-a": 1, "lab-b": 1}


def test_a_law_that_says_nothing_of_tickets_gives_everyone_one(world: "World") -> None:
    day = world.docket.cases["accreditation-lab-a"].basis
    assert tickets_of(world.book, None, day) == 1
    assert [tickets_of(world.book, c, day) for c in ("low", "new", "standard", "high")] == [
        0,
        1,
        2,
        4,
    ]
