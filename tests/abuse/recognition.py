"""Mutual recognition misused: bars and favours by agreement, proofs of something else."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.abuse.scenario import AUTHORITY, DEVELOPER, Scenario, refused
from tests.docket.foreign import Abroad

if TYPE_CHECKING:
    from tests.abuse.scenario import Play
    from tests.docket.conftest import World

PROOFS = "house, mutual recognition rests on proofs"


def proposed(world: "World", **said: object) -> Abroad:
    """The weights declared here and cleared abroad, and an agreement proposed."""
    world.declare()
    abroad = Abroad(world)
    abroad.cleared()
    world.later(minutes=1)
    world.file("agreement.propose", by="officer", case="a", **abroad.agreement(**said))
    return abroad


def agreed(world: "World", **said: object) -> Abroad:
    abroad = proposed(world, **said)
    world.file("agreement.conclude", by="decider", case="a")
    return abroad


def applied(world: "World", **said: object) -> Abroad:
    abroad = agreed(world, **said)
    world.file("recognition.apply", by="acme", case="n", concerns="a", **abroad.bundle())
    if not said:
        world.file("recognition.answer-differences", by="acme", case="n", answers={})
    return abroad


def issue(world: "World", by: str = "register") -> None:
    world.file("recognition.recognise", by=by, case="n", clearance={})


def in_service(world: "World") -> Abroad:
    abroad = applied(world)
    issue(world)
    return abroad


def conclude(by: str) -> "Play":
    def play(world: "World") -> None:
        proposed(world)
        world.file("agreement.conclude", by=by, case="a")

    return play


def recognise(by: str) -> "Play":
    def play(world: "World") -> None:
        applied(world)
        issue(world, by)

    return play


def report(*, held: bool) -> "Play":
    def play(world: "World") -> None:
        abroad = in_service(world)
        world.later(minutes=1)
        _ = abroad.hold() if held else abroad.state()
        told = abroad.status("suspended")
        world.file("recognition.report-foreign-status", by="officer", case="n", **told)

    return play


def close_after(days: int) -> "Play":
    def play(world: "World") -> None:
        in_service(world)
        world.file("agreement.terminate", by="decider", case="a")
        world.later(days=days)
        world.file("recognition.close", by="officer", case="n")

    return play


def hide_suspension(*, mended: bool) -> "Play":
    """The holder withdraws what was suspended and applies with a snapshot from before."""

    def play(world: "World") -> None:
        abroad = in_service(world)
        before = abroad.bundle()
        world.later(minutes=1)
        abroad.hold()
        told = abroad.status("suspended")
        world.file("recognition.report-foreign-status", by="rival", case="n", **told)
        world.file("recognition.withdraw", by="acme", case="n")
        world.later(minutes=1)
        if mended:
            abroad.release()
            before = abroad.bundle()
        world.file("recognition.apply", by="acme", case="n2", concerns="a", **before)

    return play


def hand_over(of: Callable[["World"], Abroad] | None = None) -> "Play":
    """The proofs of the register agreed on, or of another."""

    def play(world: "World") -> None:
        told = agreed(world)
        if of:
            told = of(world)
        world.file("recognition.apply", by="acme", case="n", concerns="a", **told.bundle())

    return play


def another_register(world: "World") -> Abroad:
    lenient = Abroad(world, "register.example/lenient")
    lenient.cleared()
    return lenient


def gap(*, tested: bool) -> "Play":
    def play(world: "World") -> None:
        areas = list(world.book.areas)
        applied(world, areas=areas if tested else areas[1:])
        world.file("recognition.answer-differences", by="acme", case="n", answers={})
        issue(world)

    return play


def unanswered(*, answered: bool) -> "Play":
    def play(world: "World") -> None:
        listed = [{"id": "internal-use", "says": "The law there does not reach it."}]
        applied(world, differences=listed)
        if answered:
            told = {"internal-use": "Our framework covers it."}
            world.file("recognition.answer-differences", by="acme", case="n", answers=told)
        issue(world)

    return play


def of_somebody(by: str) -> "Play":
    def play(world: "World") -> None:
        abroad = agreed(world)
        world.file("recognition.apply", by=by, case="n", concerns="a", **abroad.bundle())

    return play


SCENARIOS: tuple[Scenario, ...] = (
    refused(
        "The case officer concludes the agreement on recognition that it has proposed",
        AUTHORITY,
        "a foreign friend's clearances, by one hand",
        "opened",
        conclude("officer"),
        "house, who proposes an agreement does not conclude it",
        "Only the authority's decision maker may do this",
        lawful=conclude("decider"),
    ),
    refused(
        "The decision maker recognises a clearance itself, for a developer that it likes",
        AUTHORITY,
        "a short way for one",
        "opened",
        recognise("decider"),
        "house, nobody decides on a single recognition",
        "Only the register may do this",
        lawful=recognise("register"),
    ),
    refused(
        "The case officer reports a foreign clearance suspended that is not",
        AUTHORITY,
        "a model stopped without the court",
        "opened",
        report(held=False),
        PROOFS,
        "The snapshot says valid",
        lawful=report(held=True),
    ),
    refused(
        "The Agency ends an agreement to stop a model that rests on it, and closes at once",
        AUTHORITY,
        "a bar by giving notice",
        "opened",
        close_after(0),
        "house, mutual recognition",
        "The agreement has ended",
        lawful=close_after(91),
    ),
    refused(
        "The developer withdraws what was suspended and applies with a snapshot from before",
        DEVELOPER,
        "a suspended model in service",
        "opened",
        hide_suspension(mended=False),
        PROOFS,
        "of that register is known",
        lawful=hide_suspension(mended=True),
    ),
    refused(
        "The developer hands over the clearance of a register on which nobody has agreed",
        DEVELOPER,
        "a clearance from the most lenient authority",
        "opened",
        hand_over(another_register),
        PROOFS,
        "is not a known log",
        lawful=hand_over(),
    ),
    refused(
        "A rival takes the proofs of a developer's clearance for its own",
        DEVELOPER,
        "a clearance by copying public files",
        "opened",
        of_somebody("rival"),
        "house, whoever is recognised owes what everybody owes",
        "has declared these very weights in a review here",
        lawful=of_somebody("acme"),
    ),
    refused(
        "The developer has a clearance recognised in an area that nobody has tested",
        DEVELOPER,
        "three areas for four",
        "opened",
        gap(tested=False),
        "aaif, independent evaluation",
        "Still to be tested",
        lawful=gap(tested=True),
    ),
    refused(
        "The developer leaves a difference between the two laws unanswered",
        DEVELOPER,
        "the weaker law everywhere",
        "opened",
        unanswered(answered=False),
        "house, after the differences lists of bilateral aviation agreements",
        "Every difference is answered",
        lawful=unanswered(answered=True),
    ),
)
