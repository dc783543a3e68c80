"""What is filed in the cases of changes and of similarly safe models, by stages and scenarios."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.docket.conftest import World

TUNED = "cd" * 32
CRITERIA = ("architecture", "training_method", "assumption", "capability", "safeguards")
MATERIAL = ("new_scenario", "architecture", "method", "use", "elicitation")


def change(world: "World", *true: str, **said: Any) -> dict[str, Any]:
    """The fields that file a change, with the criteria that are true of it."""
    return {
        "concerns": "r",
        "model": "M tuned",
        "weights": TUNED,
        "parents": [world.weights],
        "affected": ["cybersecurity"] if true else [],
        **{name: name in true for name in CRITERIA},
        **said,
    }


def interests(world: "World", kind: str, case: str) -> None:
    told = world.declaration()
    fields = {name: told[name] for name in world.book.act(f"{kind}.declare-interests").fields}
    world.file(f"{kind}.declare-interests", by=world.assessor(), case=case, **fields)


def filed(world: "World", *true: str, by: str = "acme", case: str = "c", **said: Any) -> None:
    world.file("change.file", by=by, case=case, **change(world, *true, **said))
    interests(world, "change", case)


def confirm(world: "World", *true: str, case: str = "c") -> None:
    seen = {name: name in true for name in ("capability", "safeguards")}
    affected = ["cybersecurity"] if true else []
    by = world.assessor()
    world.file("change.confirm", by=by, case=case, affected=affected, **seen)


def light(world: "World", model: str) -> dict[str, Any]:
    """Light results in which the other model solves a fifth."""
    results = {area: {"model": model, "reference": "0.2"} for area in world.book.areas}
    return {"results": results, "evidence": "ab" * 32}


def minor(world: "World", model: str = "0.2") -> None:
    """A minor change, confirmed, and its light test recorded."""
    filed(world)
    confirm(world)
    by = world.assessor()
    world.file("change.record-light-test", by=by, case="c", **light(world, model))


def accepted(world: "World") -> None:
    minor(world)
    world.file("change.accept-minor", by="register", case="c")
    world.file("change.issue-clearance", by="register", case="c", clearance={})


def major(world: "World") -> None:
    filed(world, "capability")
    confirm(world, "capability")


def protocol(world: "World", **said: Any) -> dict[str, Any]:
    """A protocol for the affected area, by the yardstick of the review unless it is said."""
    fields = world.protocol("items", "c", model_digest=TUNED)
    plans = fields["protocol"]["areas"]
    fields["protocol"]["areas"] = [
        {**plan, **said} for plan in plans if plan["area"] == "cybersecurity"
    ]
    return fields


def lock(world: "World", **said: Any) -> None:
    world.file("change.lock-protocol", by=world.assessor(), case="c", **protocol(world, **said))


def tested(world: "World", outcome: str) -> None:
    """A major change whose affected area is tested."""
    major(world)
    lock(world)
    world.file("change.contribute-seed", by="acme", case="c", value=world.secret("c acme items"))
    found = world.finding("cybersecurity", outcome, of="c")
    world.file("change.file-finding", by=world.assessor(), case="c", **found)
    world.file("change.conclude", by=world.assessor(), case="c")


def decide(world: "World", act: str) -> None:
    world.file(f"change.{act}", by="decider", case="c", inputs=world.findings("c"))


def contested(world: "World") -> None:
    accepted(world)
    criteria = {name: name == "capability" for name in CRITERIA}
    by = world.assessor()
    world.file("change.contest", by=by, case="c", evidence="ab" * 32, **criteria)


def claim(world: "World", *true: str, **said: Any) -> None:
    """A claim that a model of the rival is similarly safe."""
    material = {name: name in true for name in MATERIAL}
    fields = {"concerns": "r", "model": "Small", "weights": TUNED, **material, **said}
    world.file("similarity.claim", by="rival", case="s", **fields)


def claimed(world: "World") -> None:
    claim(world)
    interests(world, "similarity", "s")


def confirm_similar(world: "World", model: str = "0.2") -> None:
    material = dict.fromkeys(MATERIAL, False)
    by = world.assessor()
    world.file("similarity.confirm", by=by, case="s", **light(world, model), **material)


def similar(world: "World") -> None:
    claimed(world)
    confirm_similar(world)
    world.file("similarity.clear", by="decider", case="s")
    world.file("similarity.issue-clearance", by="register", case="s", clearance={})


def reference_lost(world: "World") -> None:
    similar(world)
    world.file("review.hold", by="acme")
