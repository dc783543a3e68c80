"""Certificates: a change made light, a base that is no more, limits that nobody found a ground for."""
# ruff: noqa: E501 - a cell of the page is one line, and so is a citation

from typing import TYPE_CHECKING

from tests.abuse import changing
from tests.abuse.moves import file, in_turn, wait
from tests.abuse.scenario import (
    ASSESSOR,
    AUTHORITY,
    DEVELOPER,
    Scenario,
    answered,
    refused,
)

from holdshort.register.status import Status

if TYPE_CHECKING:
    from tests.docket.conftest import World

AUTHORITY_DEVELOPER = ("authority", "developer")
ASSESSOR_DEVELOPER = ("assessor", "developer")
NEW_MODEL = "house, after 14 CFR 21.19 and 21.101(b): a change so great is a new design"
LIGHT = "house, after 14 CFR 21.95: a minor change is approved by an accepted method"
SIMILAR = "house, after the EU code of practice, safety and security, appendix 2"


def waited_for_the_base(world: "World") -> None:
    """The holder of the base says nothing; its time runs out and the change goes on."""
    changing.filed(world, by="rival")
    world.later(days=16)
    changing.confirm(world)
    assert world.state("c") == "classified"


def base_is_waited_for(world: "World") -> None:
    """Before its time is over, its answer is waited for."""
    changing.filed(world, by="rival")
    assert "confirm" not in world.open_acts(world.assessor(), "c")


def lapsed_with_the_reference(world: "World") -> None:
    """Nobody files that the reference is lost: the clearance ends all the same."""
    world.later(days=184)
    assert world.status("s") is Status.INVALID


def stands_while_it_may(world: "World") -> None:
    """Before, it stands."""
    world.later(days=100)
    assert world.status("s") is Status.VALID


SCENARIOS: tuple[Scenario, ...] = (
    refused(
        "The assessor makes a minor change of what its developer itself calls a new architecture",
        ASSESSOR_DEVELOPER,
        "a new model without a review",
        "cleared",
        in_turn(
            lambda world: changing.filed(world, "architecture", affected=[]),
            lambda world: changing.confirm(world),
        ),
        NEW_MODEL,
        "is a new model",
        lawful=in_turn(lambda world: changing.filed(world), lambda world: changing.confirm(world)),
    ),
    refused(
        "The register accepts a change whose light test has failed",
        ASSESSOR_DEVELOPER,
        "a more capable model under an old clearance",
        "cleared",
        in_turn(
            lambda world: changing.minor(world, "0.3"),
            lambda world: world.file("change.accept-minor", by="register", case="c"),
        ),
        LIGHT,
        "The light test is passed",
        lawful=in_turn(
            lambda world: changing.minor(world),
            lambda world: world.file("change.accept-minor", by="register", case="c"),
        ),
    ),
    refused(
        "The assessor tests a change until it passes",
        ASSESSOR,
        "the luckiest of many tests",
        "cleared",
        in_turn(
            lambda world: changing.minor(world, "0.3"),
            lambda world: world.file(
                "change.record-light-test",
                by=world.assessor(),
                case="c",
                **changing.light(world, "0.1"),
            ),
        ),
        "house, nobody tests until it passes",
        "once",
        lawful=lambda world: changing.minor(world, "0.1"),
    ),
    refused(
        "The assessor softens the threshold for a change",
        ASSESSOR,
        "a major change that any model would pass",
        "cleared",
        in_turn(
            lambda world: changing.major(world), lambda world: changing.lock(world, threshold="0.9")
        ),
        "house, after 14 CFR 21.97: a major change is shown with data",
        "as locked in the review",
        lawful=in_turn(lambda world: changing.major(world), lambda world: changing.lock(world)),
    ),
    refused(
        "The developer takes a change that was refused to another case",
        DEVELOPER,
        "another test of what was found wanting",
        "cleared",
        in_turn(
            lambda world: changing.tested(world, "unacceptable"),
            lambda world: changing.decide(world, "refuse"),
            lambda world: changing.filed(world, case="d"),
        ),
        "aaif, evaluator-shopping",
        "which is refused without a clearance",
        lawful=in_turn(
            lambda world: changing.tested(world, "unacceptable"),
            lambda world: changing.decide(world, "refuse"),
            lambda world: changing.filed(world, case="d", weights="ef" * 32),
        ),
    ),
    refused(
        "The developer withdraws a change once the finding is bad, to file it again",
        DEVELOPER,
        "another test of what was found wanting",
        "cleared",
        in_turn(
            lambda world: changing.major(world),
            lambda world: changing.lock(world),
            lambda world: world.file(
                "change.contribute-seed", by="acme", case="c", value=world.secret("c acme items")
            ),
            lambda world: world.file(
                "change.file-finding",
                by=world.assessor(),
                case="c",
                **world.finding("cybersecurity", "unacceptable", of="c"),
            ),
            lambda world: world.file("change.withdraw", by="acme", case="c"),
        ),
        "aaif, evaluator-shopping",
        "once something was found",
        lawful=in_turn(
            lambda world: changing.major(world),
            lambda world: changing.lock(world),
            lambda world: world.file("change.withdraw", by="acme", case="c"),
        ),
    ),
    refused(
        "The Agency approves a friend's change in spite of an unacceptable finding",
        AUTHORITY_DEVELOPER,
        "the runway for a friend",
        "cleared",
        in_turn(
            lambda world: changing.tested(world, "unacceptable"),
            lambda world: changing.decide(world, "approve"),
        ),
        "essay, regulation: power, in light of the third-party assessment",
        "Every affected area has an acceptable finding",
        lawful=in_turn(
            lambda world: changing.tested(world, "acceptable"),
            lambda world: changing.decide(world, "approve"),
        ),
    ),
    refused(
        "The Agency refuses a change though every finding is acceptable",
        AUTHORITY,
        "a block without a ground",
        "cleared",
        in_turn(
            lambda world: changing.tested(world, "acceptable"),
            lambda world: changing.decide(world, "refuse"),
        ),
        "aaif, safeguards, scope and cabined discretion",
        "not acceptable",
        lawful=in_turn(
            lambda world: changing.tested(world, "unacceptable"),
            lambda world: changing.decide(world, "refuse"),
        ),
    ),
    refused(
        "The Agency voids an approved change by itself",
        AUTHORITY,
        "a bar without the court",
        "cleared",
        in_turn(
            lambda world: changing.contested(world),
            lambda world: world.file("change.void", by="decider", case="c"),
        ),
        "aaif, safeguards, court enforcement",
        "Only the court may do this",
        lawful=in_turn(
            lambda world: changing.contested(world),
            lambda world: world.file("change.answer", by="acme", case="c"),
            lambda world: world.file("change.void", by="judge", case="c"),
        ),
    ),
    answered(
        "Whoever holds the base sits on a rival's change of it",
        DEVELOPER,
        "a veto over what others make of an open model",
        "cleared",
        waited_for_the_base,
        "house, the holder of the base is heard and has no veto",
        "its time to answer runs out, and the change goes on",
        base_is_waited_for,
    ),
    refused(
        "The developer builds upon a clearance that is on hold",
        DEVELOPER,
        "weights in service whose base is not",
        "cleared",
        in_turn(
            lambda world: world.file("review.hold", by="acme"), lambda world: changing.filed(world)
        ),
        "house, after 14 CFR 21.113: a supplemental certificate rests on one that is in force",
        "The clearance of r is suspended",
        lawful=lambda world: changing.filed(world),
    ),
    refused(
        "The Agency clears a model whose findings are all acceptable, for nobody but itself",
        AUTHORITY,
        "a block by limits, without a ground",
        "assessed",
        lambda world: world.file(
            "review.clear", by="decider", inputs=world.findings(), audiences=["internal"]
        ),
        "aaif, cabined discretion",
        "the developer itself has declared",
        lawful=lambda world: world.determine("clear"),
    ),
    refused(
        "The assessor confirms as similarly safe what solves more than the reference",
        ASSESSOR_DEVELOPER,
        "a more dangerous model without a review",
        "cleared",
        in_turn(
            lambda world: changing.claimed(world),
            lambda world: changing.confirm_similar(world, "0.3"),
        ),
        f"{SIMILAR}: light benchmarks",
        "It solves more in",
        lawful=in_turn(
            lambda world: changing.claimed(world), lambda world: changing.confirm_similar(world)
        ),
    ),
    refused(
        "The holder renews a clearance whose reference has lost its status",
        DEVELOPER,
        "a clearance that rests on nothing, for ever",
        "cleared",
        in_turn(
            lambda world: changing.reference_lost(world),
            lambda world: world.file("similarity.renew", by="rival", case="s"),
        ),
        f"{SIMILAR}: safe reference models",
        "The clearance of r is suspended",
        lawful=in_turn(changing.similar, wait(days=1), file("similarity.renew", "rival", "s")),
    ),
    answered(
        "Nobody files that a reference has lost its status",
        AUTHORITY_DEVELOPER,
        "a clearance that rests on nothing, for ever",
        "reference lost",
        lapsed_with_the_reference,
        f"{SIMILAR}: six months when the reference loses its status",
        "the clearance ends by itself, six months after the reference was last valid at the latest",
        stands_while_it_may,
    ),
)
