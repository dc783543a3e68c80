"""The assessor alone: findings that do not follow, tests tilted, interests hidden."""

from typing import TYPE_CHECKING, Any

from tests.abuse.moves import Play, by_assessor, file, in_turn
from tests.abuse.scenario import ASSESSOR, Scenario, by_record, refused
from tests.abuse.stages import AREAS, other

if TYPE_CHECKING:
    from tests.docket.conftest import World

INDEPENDENT = "aaif, independent evaluation, no financial interest and no major conflicts"


def find(
    area: str = "cybersecurity", outcome: str = "acceptable", by: str = "", **said: Any
) -> Play:
    def play(world: "World") -> None:
        fields = {**world.finding(area, outcome), **said}
        world.file("review.file-finding", by=by or world.assessor(), **fields)

    return play


def number(**said: Any) -> Play:
    """A finding with other numbers than its outcome follows from."""
    return lambda world: world.file(
        "review.file-finding",
        by=world.assessor(),
        **world.finding("cybersecurity", "acceptable", **said),
    )


def lock(change: "Any" = None, **said: Any) -> Play:
    """A protocol, with something in it changed."""

    def play(world: "World") -> None:
        fields = world.protocol(**said)
        if change:
            change(fields["protocol"])
        world.file("review.lock-protocol", by=world.assessor(), **fields)

    return play


def interests(*, by: str = "lab-a", conflict: bool = False, **said: Any) -> Play:
    return lambda world: world.declare_interests(by, conflict=conflict, **said)


def without_last(protocol: dict[str, Any]) -> None:
    protocol["areas"] = protocol["areas"][:-1]


def lax(protocol: dict[str, Any]) -> None:
    for plan in protocol["areas"]:
        plan["error_rate"] = "0.4"


def conformance(**said: Any) -> Play:
    def play(world: "World") -> None:
        record = world.conformance()
        record["conditions"] |= said
        world.file(
            "engagement.attach-conformance",
            by=world.assessor(),
            case="engagement-r",
            conformance=record,
        )

    return play


def leave_out(world: "World") -> None:
    record = world.conformance()
    del record["conditions"]["2.1"]
    world.file(
        "engagement.attach-conformance",
        by=world.assessor(),
        case="engagement-r",
        conformance=record,
    )


def tie(kind: str, share: str, *, disqualifying: bool) -> Play:
    said = {"other": "acme", "kind": kind, "share": share, "disqualifying": disqualifying}
    return in_turn(
        file("ties.open", "lab-a", "ties-lab-a"),
        file("ties.declare-tie", "lab-a", "ties-lab-a", **said),
    )


def grade(right: list[str], **lie: Any) -> Play:
    return lambda world: world.answer("accreditation-lab-c", "test-c", right)


SCENARIOS: tuple[Scenario, ...] = (
    refused(
        "The assessor finds acceptable what its own numbers call unacceptable",
        ASSESSOR,
        "a grateful developer",
        "testing",
        number(e_below="0.1", e_above="81"),
        "house, locked protocol",
        "its outcome follows from its numbers",
        lawful=find(),
    ),
    refused(
        "The assessor finds unacceptable what its own numbers call acceptable",
        ASSESSOR,
        "a rival of its patron off the market",
        "testing",
        lambda world: world.file(
            "review.file-finding",
            by=world.assessor(),
            **world.finding("cybersecurity", "unacceptable", e_below="81", e_above="0.1"),
        ),
        "house, locked protocol",
        "its outcome follows from its numbers",
        lawful=find(),
    ),
    refused(
        "The assessor stops testing early, while it likes what it sees",
        ASSESSOR,
        "the outcome that it wants",
        "testing",
        number(items=5),
        "house, locked protocol",
        "its outcome follows from its numbers",
        lawful=number(items=20),
    ),
    refused(
        "The assessor goes on testing beyond the plan, until it likes what it sees",
        ASSESSOR,
        "the outcome that it wants",
        "testing",
        number(items=101),
        "house, locked protocol",
        "its outcome follows from its numbers",
        lawful=number(items=100),
    ),
    refused(
        "The assessor lowers the bar of a finding below the locked plan",
        ASSESSOR,
        "a grateful developer",
        "testing",
        number(threshold="0.9"),
        "house, locked protocol",
        "The finding's plan is the locked one",
        lawful=find(),
    ),
    refused(
        "The assessor widens the zone in which nothing has to be found",
        ASSESSOR,
        "a grateful developer",
        "testing",
        number(zone="0.4"),
        "house, locked protocol",
        "The finding's plan is the locked one",
        lawful=find(),
    ),
    refused(
        "The assessor tests an area twice and keeps the result that it prefers",
        ASSESSOR,
        "the outcome that it wants",
        "found on one",
        find(outcome="unacceptable"),
        "house, locked protocol",
        "An area is found on once",
        lawful=find("automated_rnd"),
    ),
    refused(
        "The assessor changes the protocol once it has seen a finding",
        ASSESSOR,
        "a bar moved to where the model stands",
        "found on one",
        lambda world: world.file(
            "review.change-protocol", by=world.assessor(), **world.protocol("new items")
        ),
        "house, locked protocol",
        "once anything has been found",
        lawful_at="testing",
    ),
    refused(
        "The assessor chooses the items after it has seen the developer's half of the seed",
        ASSESSOR,
        "items that the model is known to fail",
        "testing",
        lambda world: world.file(
            "review.file-finding",
            by=world.assessor(),
            **{
                **world.finding("cybersecurity", "acceptable"),
                "value": world.secret("better items"),
            },
        ),
        "house, verifiable draw",
        "The value revealed is the one",
        lawful=find(),
    ),
    refused(
        "The assessor leaves one of the four areas out of its protocol",
        ASSESSOR,
        "a blind eye",
        "engaged",
        lock(without_last),
        "aaif, independent evaluation, four risks",
        "names every area once",
        lawful=lock(),
    ),
    refused(
        "The assessor sets error rates under which everything passes by chance",
        ASSESSOR,
        "a test that tests nothing",
        "engaged",
        lock(lax),
        "aaif, independent evaluation, four risks",
        "names every area once",
        lawful=lock(),
    ),
    refused(
        "The assessor plans to test other weights than those declared",
        ASSESSOR,
        "a tame model tested in the place of the real one",
        "engaged",
        lock(model_digest="cc" * 32),
        "house, identity of the model",
        "the very weights that were declared",
        lawful=lock(),
    ),
    refused(
        "The assessor concludes with an area untested",
        ASSESSOR,
        "a blind eye",
        "found on one",
        by_assessor("review.conclude"),
        "aaif, independent evaluation, four risks",
        "Every area has a finding",
        lawful=in_turn(*(find(area) for area in AREAS[1:]), by_assessor("review.conclude")),
    ),
    refused(
        "The assessor concludes without publishing a review",
        ASSESSOR,
        "numbers without a word on what they leave out",
        "found on one",
        in_turn(*(find(area) for area in AREAS[1:]), by_assessor("review.conclude", review="")),
        "aaif, independent evaluation, published review",
        "review",
        lawful=in_turn(*(find(area) for area in AREAS[1:]), by_assessor("review.conclude")),
    ),
    refused(
        "The assessor clears the model that it tested",
        ASSESSOR,
        "tester and judge in one",
        "assessed",
        lambda world: world.file("review.clear", by=world.assessor(), inputs=world.findings()),
        "aaif, cabined discretion",
        "Only the authority's decision maker",
        lawful=lambda world: world.determine("clear"),
    ),
    refused(
        "A laboratory that was not drawn files the finding",
        ASSESSOR,
        "a test by whoever is nearest",
        "testing",
        lambda world: find(by=other(world))(world),
        "aaif, independent evaluation, published review",
        "Only the assessor of r",
        lawful=find(),
    ),
    refused(
        "A laboratory that was suspended in the middle of the test goes on finding",
        ASSESSOR,
        "findings by whoever has lost its standing",
        "testing",
        in_turn(lambda world: world.suspend(f"accreditation-{world.assessor()}"), find()),
        "aaif, independent evaluation, qualified evaluator",
        "accreditation in force",
        lawful=find(),
    ),
    refused(
        "The assessor tests without terms on record: for how long, with what access, for whose pay",
        ASSESSOR,
        "a test starved by agreement",
        "not engaged",
        find(),
        "aef-1, conformance is attached to the results",
        "The engagement of the assessor has terms",
        lawful=in_turn(lambda world: world.engage(), find()),
    ),
    refused(
        "The assessor leaves out of its record that its pay depends on the result",
        ASSESSOR,
        "pay by result, unseen",
        "terms",
        leave_out,
        "aef-1, conditions and outcomes",
        "what became of it",
        lawful=conformance(),
    ),
    refused(
        "The assessor says that a condition is met by other means, and not by which",
        ASSESSOR,
        "a condition waved away",
        "terms",
        conformance(**{"3.4": {"outcome": "alternative-means"}}),
        "aef-1, conditions and outcomes",
        "justification",
        lawful=conformance(
            **{"3.4": {"outcome": "alternative-means", "justification": "An editor of our own."}}
        ),
    ),
    refused(
        "The assessor holds shares in the developer and declares no conflict",
        ASSESSOR,
        "a test of one's own money",
        "interests",
        interests(ownership=True),
        "aef-1, 2.1, 2.2 and 2.4",
        "must be declared as such",
        lawful=interests(ownership=True, conflict=True),
    ),
    refused(
        "The assessor is paid by result and declares no conflict",
        ASSESSOR,
        "a bonus for the right answer",
        "interests",
        interests(contingent_pay=True),
        "aef-1, 2.1, 2.2 and 2.4",
        "must be declared as such",
        lawful=interests(contingent_pay=True, conflict=True),
    ),
    refused(
        "The assessor lives off the developer and declares no conflict",
        ASSESSOR,
        "a patron kept happy",
        "interests",
        interests(funding_share="60"),
        INDEPENDENT,
        "more than the major share",
        lawful=interests(funding_share="15"),
    ),
    refused(
        "Somebody at the assessor holds shares, takes part all the same, and nobody says so",
        ASSESSOR,
        "a private profit",
        "interests",
        interests(personal_equity=True),
        "aef-1, 2.5 recusal",
        "is recused",
        lawful=interests(personal_equity=True, equity_recused=True),
    ),
    refused(
        "The assessor files shares in the developer as a tie that disqualifies nobody",
        ASSESSOR,
        "a tie in plain sight that binds nobody",
        "opened",
        tie("equity", "5", disqualifying=False),
        "aaif, independent evaluation design: no financial interest and no major conflicts",
        "Equity, loans, seats on a board",
        lawful=tie("equity", "5", disqualifying=True),
    ),
    refused(
        "A laboratory that has declared a conflict is to be drawn all the same",
        ASSESSOR,
        "a test of one's own money",
        "interests",
        in_turn(
            interests(by="lab-a", conflict=True),
            interests(by="lab-b", conflict=True),
            lambda world: world.commit(),
        ),
        "aaif, evaluator-shopping: random assignment",
        "none could be drawn",
        lawful=lambda world: world.commit(),
    ),
    refused(
        "The assessor accredits itself",
        ASSESSOR,
        "a licence of one's own making",
        "proven",
        lambda world: world.file(
            "accreditation.grant", by="lab-c", case="accreditation-lab-c", **world.box(AREAS[:2])
        ),
        "aaif, independent evaluation: standards and a licensing system",
        "Only the authority's accreditor",
        lawful=lambda world: world.file(
            "accreditation.grant",
            by="accreditor",
            case="accreditation-lab-c",
            **world.box(AREAS[:2]),
        ),
    ),
    refused(
        "The assessor answers a proficiency test only where it is sure",
        ASSESSOR,
        "a perfect record",
        "planted",
        file(
            "proficiency.answer",
            "lab-c",
            "test-c",
            answers={"weak": {"cybersecurity": "acceptable"}},
        ),
        "nvlap, 285.10 proficiency testing",
        "for each planted model in each area",
        lawful=grade(AREAS),
    ),
    refused(
        "The assessor answers a proficiency test again once it knows the truth",
        ASSESSOR,
        "a perfect record",
        "test passed",
        in_turn(lambda world: world.score("test-c"), grade(AREAS)),
        "nvlap, 285.10 proficiency testing",
        "It needs the state planted",
        lawful=lambda world: world.score("test-c"),
    ),
    refused(
        "The assessor scores its own proficiency test",
        ASSESSOR,
        "a perfect record",
        "test passed",
        lambda world: world.file(
            "proficiency.score",
            by="lab-c",
            case="test-c",
            truth=world.planted,
            nonce=world.secret("test-c"),
            score={},
            passed=AREAS,
        ),
        "nvlap, 285.10 proficiency testing",
        "Only the authority's accreditor",
        lawful=lambda world: world.score("test-c"),
    ),
    refused(
        "One laboratory takes the proficiency test in the place of another",
        ASSESSOR,
        "a borrowed record",
        "planted",
        lambda world: world.file(
            "proficiency.answer",
            by="lab-a",
            case="test-c",
            answers={
                model: dict.fromkeys(world.book.areas, "acceptable") for model in world.planted
            },
        ),
        "nvlap, 285.10 proficiency testing",
        "Only the holder",
        lawful=grade(AREAS),
    ),
    refused(
        "The assessor publishes a rating of itself that its record does not bear",
        ASSESSOR,
        "four tickets in place of one",
        "opened",
        file(
            "rating.publish",
            "lab-a",
            "mine",
            concerns="accreditation-lab-a",
            **{
                "class": "high",
                "tests": 9,
                "right_percent": 100,
                "missed": 0,
                "late": 0,
                "reversed": 0,
            },
        ),
        "aaif, evaluator-shopping: the government rates evaluators",
        "those that the record gives",
        lawful=lambda world: _rated_truly(world),
    ),
    refused(
        "The assessor joins the draw of a review after the commitments are made",
        ASSESSOR,
        "a seat at the table once the cards are known",
        "assigned",
        interests(),
        "aaif, independent evaluation, no financial interest and no major conflicts",
        "It needs the state declared",
        lawful_at="interests",
    ),
    refused(
        "A laboratory opens the engagement for a review to which it was not assigned",
        ASSESSOR,
        "terms made in another's name",
        "assigned",
        lambda world: world.file("engagement.open", by=other(world), case="mine", concerns="r"),
        "aaif, independent evaluation design",
        "Only the assessor of r",
        lawful=lambda world: world.file(
            "engagement.open", by=world.assessor(), case="mine", concerns="r"
        ),
    ),
    refused(
        "The assessor agrees to a higher access tier than it is accredited for, and tests",
        ASSESSOR,
        "weights in hands that nobody has vetted",
        "not engaged",
        in_turn(lambda world: world.engage(tier=6), find()),
        "aaif, independent evaluation, qualified evaluator",
        "access tier",
        lawful=in_turn(lambda world: world.engage(tier=1), find()),
    ),
    by_record(
        "One laboratory signs a finding in the name of the one that was drawn",
        ASSESSOR,
        "a test by whoever is nearest",
        "testing",
        lambda world: world.admit(
            world.act(
                "review.file-finding",
                world.assessor(),
                **world.finding("cybersecurity", "acceptable"),
            ),
            signed_by=other(world),
        ),
        "decision 15: keys over time",
        "is not known here",
        lawful=find(),
    ),
)


def _rated_truly(world: "World") -> None:
    from holdshort.docket.ratings import record

    counted = record(world.docket, "lab-a", world.now).to_fields()
    class_ = "high" if int(str(counted["right_percent"])) >= 90 else "low"
    said = {"class": class_, "concerns": "accreditation-lab-a", **counted}
    world.file("rating.publish", by="lab-a", case="mine", **said)
