"""What is settled for one review alone: special conditions, issue papers and waivers, misused."""
# ruff: noqa: E501 - a cell of the page is one line, and so is a citation

from typing import TYPE_CHECKING, Any

from tests.abuse.moves import Play, file, in_turn, wait
from tests.abuse.scenario import ASSESSOR, AUTHORITY, COURT, DEVELOPER, Scenario, answered, refused

if TYPE_CHECKING:
    from tests.docket.conftest import World

NOVEL: dict[str, Any] = {"concerns": "r", "feature": "autonomy", "area": "loss_of_control"}
ISSUE: dict[str, Any] = {"concerns": "r", "subject": "method-of-testing"}
WAIVED: dict[str, Any] = {
    "concerns": "r",
    "what": "deadline",
    "of": "risk-report",
    "ground": "force-majeure",
}
LISTED = "house, what may be waived, and why, is listed"
HELD_UP = "house, a proposal that is not adopted in time holds up nothing"
NOTICE = "house, after 14 CFR 11.19 and 11.38: public notice and comments"
PUBLIC = "house, a waiver is public, has an approver with a name, and ends by itself"


def propose(case: str = "s", **said: Any) -> Play:
    return file("special-condition.propose", "officer", case, **(NOVEL | said))


def adopt(by: str = "decider", **said: Any) -> Play:
    return file("special-condition.adopt", by, "s", **said)


def appeal_it(by: str = "acme") -> Play:
    return file("special-condition.appeal", by, "s", because="not-novel")


def issue(side: str, by: str, case: str = "i") -> Play:
    return file(f"issue-paper.open-by-{side}", by, case, **ISSUE)


def conclude(by: str = "decider") -> Play:
    return file("issue-paper.conclude", by, "i", outcome="authority")


def position(side: str, by: str) -> Play:
    return file(f"issue-paper.state-{side}-position", by, "i")


def apply(case: str = "w", by: str = "acme", **said: Any) -> Play:
    return file("waiver.apply", by, case, **(WAIVED | said))


def grant(case: str = "w", by: str = "decider", **said: Any) -> Play:
    return file("waiver.grant", by, case, **({"comparables": []} | said))


def commit_as_agency(world: "World") -> None:
    made = world.commitment(world.half("officer"))
    world.file("review.commit-authority", by="officer", commitment=made)


def lock_without(world: "World") -> None:
    """A review under a special condition, whose protocol does not speak of it."""
    _to_the_lock(world)
    world.file("review.lock-protocol", by=world.assessor(), **world.protocol())


def lock_with(world: "World") -> None:
    _to_the_lock(world)
    told = [{"case": "s", "says": "Ten copies, one threshold."}]
    said = {**world.protocol(), "special_conditions": told}
    world.file("review.lock-protocol", by=world.assessor(), **said)


def _to_the_lock(world: "World") -> None:
    in_turn(propose(), wait(days=31), adopt())(world)
    world.commit()
    world.reveal()
    world.file("review.assign", by="officer", **world.assignment())
    world.engage()


def ended(case: str, state: str) -> Play:
    def play(world: "World") -> None:
        assert world.state(case) == state

    return play


def determine(name: str) -> Play:
    return lambda world: world.determine(name)


CONDITIONS = (
    refused(
        "The case officer proposes a special condition once the draw has begun",
        AUTHORITY,
        "another hurdle when it is known who is not to pass",
        "committed",
        propose(),
        "house, certification basis",
        "before the draw",
        lawful_at="interests",
    ),
    refused(
        "The case officer keeps proposing special conditions so that the draw never begins",
        AUTHORITY,
        "a model held up for good",
        "interests",
        in_turn(propose(), wait(days=31), propose("s2", feature="modality")),
        HELD_UP,
        "soon after the model was declared",
        lawful=in_turn(propose(), propose("s2", feature="modality")),
    ),
    refused(
        "The case officer proposes the same special condition again, to start its time anew",
        AUTHORITY,
        "a model held up for longer",
        "interests",
        in_turn(propose(), propose("s2")),
        HELD_UP,
        "not for the same feature and risk again",
        lawful=in_turn(propose(), propose("s2", area="automated_rnd")),
    ),
    refused(
        "The decision maker adopts a special condition before anybody could comment",
        AUTHORITY,
        "a rule for one, made in the dark",
        "interests",
        in_turn(propose(), wait(days=2), adopt()),
        NOTICE,
        "The time for comments is over",
        lawful=in_turn(propose(), wait(days=31), adopt()),
    ),
    refused(
        "The decision maker adopts a special condition without saying why it asks for no more safety than the book",
        AUTHORITY,
        "a stricter law for one developer",
        "interests",
        in_turn(propose(), wait(days=31), adopt(same_level_of_safety=" ")),
        "house, after 14 CFR 21.16: a level of safety equivalent to that established in the regulations",
        "same_level_of_safety",
        lawful=in_turn(propose(), wait(days=31), adopt()),
    ),
    answered(
        "The Agency leaves a special condition proposed and undecided",
        AUTHORITY,
        "a model held up without a decision",
        "interests",
        in_turn(propose(), wait(days=46), ended("s", "lapsed"), commit_as_agency),
        HELD_UP,
        "the proposal lapses by itself, and the draw goes on",
        in_turn(propose(), ended("s", "proposed")),
    ),
    answered(
        "The court lets the appeal against a special condition lie",
        COURT,
        "a test that no law asks for, by delay",
        "interests",
        in_turn(
            propose(),
            wait(days=31),
            adopt(),
            appeal_it(),
            wait(days=31),
            file("special-condition.end-as-of-right", "acme", "s"),
            ended("s", "withdrawn"),
        ),
        "house, the power to add does not outlast the time to answer for it",
        "the developer ends the special condition as of right",
        in_turn(propose(), wait(days=31), adopt(), appeal_it(), ended("s", "adopted")),
    ),
    refused(
        "The assessor leaves a special condition out of the protocol, as a favour",
        ASSESSOR,
        "a test that is not made",
        "interests",
        lock_without,
        "house, after 14 CFR 21.16",
        "special condition in force",
        lawful=lock_with,
    ),
)

ISSUES = (
    refused(
        "The decision maker concludes an issue that the developer has raised, and on which the Agency never answered",
        AUTHORITY,
        "a question settled by silence",
        "interests",
        in_turn(issue("developer", "acme"), wait(days=40), conclude()),
        "aaif, process: fair",
        "Both positions are stated",
        lawful=in_turn(issue("developer", "acme"), position("authority", "officer"), conclude()),
    ),
    refused(
        "The decision maker concludes an issue before the developer could answer it",
        AUTHORITY,
        "one side of the story",
        "interests",
        in_turn(issue("authority", "officer"), conclude()),
        "aaif, process: fair",
        "has let its time run out",
        lawful=in_turn(issue("authority", "officer"), position("developer", "acme"), conclude()),
    ),
    answered(
        "The case officer opens an issue so that the determination waits for it",
        AUTHORITY,
        "a clearance put off",
        "assessed",
        in_turn(issue("authority", "officer"), determine("clear"), ended("i", "open")),
        "house, an issue that nobody concludes closes by itself",
        "no act asks whether an issue is open, and it closes by itself",
        issue("authority", "officer"),
    ),
)

WAIVERS = (
    refused(
        "A developer asks that a finding be waived",
        DEVELOPER,
        "clearance without a test",
        "interests",
        apply(of="finding"),
        LISTED,
        "is not one of",
        lawful=apply(),
    ),
    refused(
        "The decision maker waives the same for a favourite again and again",
        AUTHORITY,
        "a law that does not hold for one",
        "interests",
        in_turn(apply(), grant(), wait(days=31), apply("w2"), grant("w2", comparables=["w"])),
        "house, waivers do not chain",
        "was not waived for this model within the interval",
        lawful=in_turn(apply(), grant(), wait(days=31), apply("w2")),
    ),
    refused(
        "The decision maker grants a waiver without naming the rival to whom the same was refused",
        AUTHORITY,
        "favour for one of two who are alike",
        "cleared",
        lambda world: _after_a_rival(world, []),
        "aaif, safeguards, consistent treatment",
        "equal on the facts is named",
        lawful=lambda world: _after_a_rival(world, ["w"]),
    ),
    refused(
        "The decision maker grants a waiver in nobody's name",
        AUTHORITY,
        "favour for which nobody answers",
        "interests",
        in_turn(apply(), grant(approver=" ")),
        PUBLIC,
        "approver",
        lawful=in_turn(apply(), grant()),
    ),
    answered(
        "The Agency leaves an application for a waiver unanswered",
        AUTHORITY,
        "a refusal without reasons",
        "interests",
        in_turn(
            apply(),
            wait(days=20),
            ended("w", "unanswered"),
            file("waiver.appeal", "acme", "w", because="procedure"),
            file("waiver.remit", "judge", "w"),
            grant(),
        ),
        "aaif, safeguards, expedited judicial review",
        "silence can be appealed as a refusal can",
        in_turn(apply(), ended("w", "applied")),
    ),
)


def _after_a_rival(world: "World", named: list[str]) -> None:
    """A second application, equal on the facts to one that was refused."""
    world.weights = "ef" * 32
    world.declare("r2", by="rival")
    world.later(minutes=1)
    world.file("waiver.apply", by="rival", case="w", **(WAIVED | {"concerns": "r2"}))
    world.file("waiver.refuse", by="decider", case="w", comparables=[])
    world.weights = "ee" * 32
    world.declare("r3")
    world.file("waiver.apply", by="acme", case="w2", **(WAIVED | {"concerns": "r3"}))
    world.file("waiver.grant", by="decider", case="w2", comparables=named)


SCENARIOS: tuple[Scenario, ...] = (*CONDITIONS, *ISSUES, *WAIVERS)
