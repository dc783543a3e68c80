"""Operating limitations: the developer's own, or an answer to an inconclusive finding."""

from typing import TYPE_CHECKING, Any

from holdshort.office.clearance import clearance_fields
from holdshort.register.clearance import EXTENSION

if TYPE_CHECKING:
    from tests.docket.conftest import World

HERE: dict[str, Any] = {"audiences": ["internal"], "territories": ["US"]}


def declared(world: "World", **said: Any) -> None:
    """An assessed model, all acceptable, whose developer limits it itself."""
    declare = world.declare
    world.declare = (  # type: ignore[method-assign]
        lambda case="r", by="acme", **more: declare(case, by, **said, **more)
    )
    world.assessed()


def limits(world: "World") -> Any:
    stated: Any = clearance_fields(world.docket, world.case(), world.now)["clearance"]
    return stated[EXTENSION].get("limitations")


def clear(world: "World", act: str = "clear", **said: Any) -> None:
    world.file(f"review.{act}", by="decider", inputs=world.findings(), **said)


def test_a_clearance_is_limited_to_what_the_developer_declared(world: "World") -> None:
    declared(world, **HERE, use_limits="No medical use.")
    others: list[dict[str, Any]] = [{}, HERE | {"audiences": []}, HERE | {"territories": ["US-CA"]}]
    for said in others:
        refusal = world.refused("review.clear", by="decider", inputs=world.findings(), **said)
        assert "to no fewer" in refusal
    clear(world, **HERE)
    world.issue()
    assert limits(world) == [{"case": "r", **HERE}]
    kept: Any = world.case().memory["limitations"]
    assert kept["words"] == "No medical use."


def test_where_every_finding_is_acceptable_the_agency_limits_nothing(world: "World") -> None:
    world.assessed()
    refusal = world.refused("review.clear", by="decider", inputs=world.findings(), **HERE)
    assert "the developer itself has declared" in refusal
    clear(world)
    assert limits(world) is None


def test_conditions_that_answer_an_inconclusive_finding_may_limit(world: "World") -> None:
    world.assessed({"cybersecurity": "inconclusive"})
    clear(world, "clear-with-conditions", **HERE, conditions="Watch it.")
    world.issue()
    assert limits(world) == [{"case": "r", **HERE}]
    kept: Any = world.case().memory["limitations"]
    assert kept["words"] == "Watch it."


def test_the_court_makes_limitations_no_harder_and_the_clearance_is_issued_anew(
    world: "World",
) -> None:
    world.assessed({"cybersecurity": "inconclusive"})
    clear(world, "clear-with-conditions", **HERE)
    world.issue()
    world.file("review.appeal", by="acme", because="disproportionate")
    harder: list[dict[str, Any]] = [
        {"audiences": ["api"], "territories": ["US"]},
        {"audiences": ["internal"], "territories": ["US-CA"]},
    ]
    for said in harder:
        refusal = world.refused("review.vary-conditions", by="judge", **said)
        assert "forbidden that was allowed" in refusal
    world.file("review.vary-conditions", by="judge", audiences=["api", "internal"])
    assert world.status().name == "CONDITIONAL", "the clearance stands until it is issued anew"
    world.later(minutes=1)
    world.issue()
    assert limits(world) == [{"case": "r", "audiences": ["api", "internal"], "territories": []}]
    assert "issued once" in world.refused("review.issue-clearance", by="register", clearance={})


def test_a_territory_that_is_none_is_refused(world: "World") -> None:
    fields: dict[str, Any] = {"model": "M", "weights": world.weights, "facts": {}}
    fields["territories"] = ["UK"]
    assert "'UK' is no territory" in world.refused("review.declare", by="acme", **fields)
    world.assessed({"cybersecurity": "inconclusive"})
    refusal = world.refused(
        "review.clear-with-conditions",
        by="decider",
        inputs=world.findings(),
        territories=["Europe"],
    )
    assert "'Europe' is no territory" in refusal
