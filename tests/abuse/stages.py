"""Registers at every stage of a matter: each is played once, and folded anew for whoever needs it.

A stage continues another one by acts, which its function files. What is kept of it is its record
alone: the entries, the clock and the weights; a scenario gets a docket that has folded them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tests.abuse.changing import reference_lost
from tests.docket.conftest import CAST, World

from holdshort.docket.docket import Docket
from holdshort.register.entry import Entry
from holdshort.rulebook.model import Rulebook

Step = Callable[[World], object]

CAST_OF_MORE = {"lab-c": "assessor", "second-judge": "court"}
BAD = {"cybersecurity": "unacceptable"}
AREAS = ["cybersecurity", "biological_weapons", "loss_of_control", "automated_rnd"]


def other(world: World, case: str = "r") -> str:
    """The laboratory that was not drawn."""
    return "lab-b" if world.assessor(case) == "lab-a" else "lab-a"


def opened(world: World) -> None:
    world.open()
    for id_, role in (CAST | CAST_OF_MORE).items():
        world.enrol(id_, role)
    for assessor in ("lab-a", "lab-b"):
        world.accredit(assessor)


def interested(world: World) -> None:
    world.declare()
    for assessor in ("lab-a", "lab-b"):
        world.declare_interests(assessor)


def first_reveal(world: World) -> None:
    value = world.half("officer")
    world.file("review.reveal-authority", by="officer", value=value)


def second_reveal(world: World) -> None:
    world.file("review.reveal-developer", by="acme", value=world.half("acme"))


def terms_only(world: World) -> None:
    by, file = world.assessor(), "engagement-r"
    world.file("engagement.open", by=by, case=file, concerns="r")
    world.file("engagement.agree-terms", by=by, case=file, **world.terms())


def lock_without_engagement(world: World) -> None:
    world.file("review.lock-protocol", by=world.assessor(), **world.protocol())
    world.file("review.contribute-seed", by="acme", value=world.secret("r acme items"))


def find(**different: str) -> Step:
    def play(world: World) -> None:
        world.find({area: different.get(area, "acceptable") for area in world.book.areas})
        world.file("review.conclude", by=world.assessor())

    return play


def act(type_: str, by: str, case: str = "r", **said: object) -> Step:
    return lambda world: world.file(type_, by=by, case=case, **said)


def determined(name: str, *, issue: bool = False) -> Step:
    def play(world: World) -> None:
        world.determine(name)
        if issue:
            world.issue()

    return play


def rival_declares(world: World) -> None:
    world.weights = "ef" * 32
    world.declare("r-rival", by="rival")


def comparable(world: World) -> None:
    """A case that was given up, and a second one like it."""
    world.restrict("first", petition=False)
    world.file("restriction.withdraw", by="officer", case="first")
    world.restrict("bar", petition=False)


def provisionally(case: str = "bar") -> Step:
    return act("restriction.order-provisionally", "judge", case, imminent=True)


def provisional_lapsed(world: World) -> None:
    """A provisional order that ended by itself, and a second case on the same ground."""
    world.later(days=8)
    world.restrict("again")


def provisional_stayed(world: World) -> None:
    world.file("restriction.appeal", by="acme", case="bar")
    world.file("restriction.apply-for-stay", by="acme", case="bar")
    world.file("restriction.grant-stay-of-provisional", by="judge", case="bar")


def reviewed_twice(world: World) -> None:
    """Weights that were cleared, and referred in a later review."""
    world.assessed(BAD, case="r2")
    world.determine("refer", case="r2")


def barred(world: World) -> None:
    world.restrict(concerns="r2")
    provisionally()(world)


def alleged(world: World) -> None:
    said = {"concerns": "r", "violation": "duty-undone"}
    world.file("violation.allege", by="officer", case="v", **said)


def violation_noticed(remedy: str) -> Step:
    def play(world: World) -> None:
        world.petition("v", "violation", remedy=remedy)
        world.file("violation.give-notice", by="officer", case="v", remedy=remedy)
        world.file("violation.answer", by="acme", case="v")

    return play


def uncovered(world: World) -> None:
    world.declare(training_compute="1e24")


def applied(world: World) -> None:
    said = {**world.box(AREAS[:2]), "statement": "Able."}
    world.file("accreditation.apply", by="lab-c", case="accreditation-lab-c", **said)


def documents(world: World) -> None:
    world.file("accreditation.review-documents", by="accreditor", case="accreditation-lab-c")


def proven(world: World) -> None:
    world.prove_proficiency("accreditation-lab-c", AREAS[:2])


def planted(world: World) -> None:
    world.plant("accreditation-lab-c", "test-c")


def failed(world: World) -> None:
    """A proficiency test in which everything was found acceptable, also what is not."""
    world.answer("accreditation-lab-c", "test-c", [])


def passed(world: World) -> None:
    world.answer("accreditation-lab-c", "test-c", AREAS)


def granted(world: World) -> None:
    said = world.box(AREAS[:2])
    world.file("accreditation.grant", by="accreditor", case="accreditation-lab-c", **said)


def of_lab_c(name: str, by: str = "accreditor", **said: object) -> Step:
    return act(f"accreditation.{name}", by, "accreditation-lab-c", **said)


def both(*steps: Step) -> Step:
    def play(world: World) -> None:
        for step in steps:
            step(world)

    return play


STAGES: dict[str, tuple[str, Step]] = {
    "nothing": ("", lambda world: None),
    "opened": ("", opened),
    # accreditation
    "applied": ("opened", applied),
    "documents reviewed": ("applied", documents),
    "planted": ("documents reviewed", planted),
    "test failed": ("planted", failed),
    "test passed": ("planted", passed),
    "proven": ("documents reviewed", proven),
    "accredited": ("proven", granted),
    "accreditation refused": ("proven", of_lab_c("refuse")),
    "refusal quashed": (
        "accreditation refused",
        both(of_lab_c("appeal", "lab-c"), of_lab_c("set-aside-refusal", "judge", how="quashed")),
    ),
    "refusal remitted": (
        "accreditation refused",
        both(of_lab_c("appeal", "lab-c"), of_lab_c("set-aside-refusal", "judge", how="remitted")),
    ),
    "accreditation noticed": ("accredited", of_lab_c("give-notice")),
    "accreditation answered": ("accreditation noticed", of_lab_c("answer", "lab-c")),
    "suspended": ("accreditation answered", of_lab_c("suspend")),
    "suspended and noticed": (
        "suspended",
        both(
            lambda world: world.later(hours=1),
            of_lab_c("give-notice"),
            of_lab_c("answer", "lab-c"),
        ),
    ),
    # review
    "interests": ("opened", interested),
    "uncovered": ("opened", uncovered),
    "committed": ("interests", lambda world: world.commit()),
    "witnessed": ("committed", lambda world: world.witness()),
    "agency revealed": ("witnessed", first_reveal),
    "revealed": ("agency revealed", second_reveal),
    "assigned": (
        "revealed",
        lambda world: world.file("review.assign", by="officer", **world.assignment()),
    ),
    "terms": ("assigned", terms_only),
    "not engaged": ("assigned", lock_without_engagement),
    "engaged": ("assigned", lambda world: world.engage()),
    "testing": ("assigned", lambda world: world.lock()),
    "found on one": ("testing", lambda world: world.find({"cybersecurity": "acceptable"})),
    "assessed": ("testing", find()),
    "assessed inconclusive": ("testing", find(cybersecurity="inconclusive")),
    "assessed unacceptable": ("testing", find(**BAD)),
    "determined": ("assessed", determined("clear")),
    "cleared": ("determined", lambda world: world.issue()),
    "conditional": (
        "assessed inconclusive",
        determined("clear-with-conditions", issue=True),
    ),
    "referred": ("assessed unacceptable", determined("refer")),
    "referral appealed": ("referred", act("review.appeal", "acme")),
    "set aside": ("referral appealed", act("review.quash", "judge")),
    "conditions appealed": ("conditional", act("review.appeal", "acme")),
    "rival declared": ("referred", rival_declares),
    # restriction
    "bar opened": ("referred", lambda world: world.restrict(petition=False)),
    "bar drafted": ("bar opened", act("restriction.draft-petition", "officer", "bar")),
    "bar countersigned": (
        "bar drafted",
        both(
            act("restriction.countersign", "counsel", "bar"),
            act("restriction.review-petition", "reviewer", "bar"),
        ),
    ),
    "bar amended": ("bar countersigned", act("restriction.amend-petition", "officer", "bar")),
    "petitioned": ("referred", lambda world: world.restrict()),
    "part sought": (
        "bar opened",
        both(
            lambda world: world.petition(remedy="part"),
            act("restriction.give-notice", "officer", "bar"),
            act("restriction.answer", "acme", "bar"),
        ),
    ),
    "part noticed": (
        "petitioned",
        both(
            act("restriction.give-notice", "officer", "bar", remedy="part"),
            act("restriction.answer", "acme", "bar"),
        ),
    ),
    "comparable": ("referred", comparable),
    "noticed": ("petitioned", act("restriction.give-notice", "officer", "bar")),
    "answered": ("noticed", act("restriction.answer", "acme", "bar")),
    "answered, no petition": (
        "bar opened",
        both(
            act("restriction.give-notice", "officer", "bar"),
            act("restriction.answer", "acme", "bar"),
        ),
    ),
    "provisional": ("petitioned", provisionally()),
    "provisional lapsed": ("provisional", provisional_lapsed),
    "provisional stayed": ("provisional", provisional_stayed),
    "continued": ("provisional", act("restriction.continue-provisionally", "judge", "bar")),
    "ordered": ("answered", act("restriction.order", "judge", "bar")),
    "correction reported": ("ordered", act("restriction.report-correction", "acme", "bar")),
    "order appealed": ("ordered", act("restriction.appeal", "acme", "bar")),
    "stay sought": ("order appealed", act("restriction.apply-for-stay", "acme", "bar")),
    "stayed": ("stay sought", act("restriction.grant-stay", "judge", "bar")),
    "reviewed twice": ("cleared", reviewed_twice),
    "clearance barred": ("reviewed twice", barred),
    # violation
    "alleged": ("cleared", alleged),
    "fine noticed": ("alleged", violation_noticed("fine")),
    "further bar noticed": ("alleged", violation_noticed("bar-further")),
    "fine found": ("fine noticed", act("violation.find", "judge", "v")),
    "fined": ("fine found", act("violation.fine", "judge", "v")),
    "fine appealed": ("fined", act("violation.appeal", "acme", "v")),
    "violation found": ("further bar noticed", act("violation.find", "judge", "v")),
    "further barred": ("violation found", act("violation.bar-further", "judge", "v")),
    "reference lost": ("cleared", reference_lost),
    "further bar appealed": ("further barred", act("violation.appeal", "acme", "v")),
}
"""Each stage: the one that it continues, and how."""


@dataclass(frozen=True)
class Record:
    """What is kept of a stage."""

    entries: tuple[Entry, ...]
    moment: datetime
    weights: str


class Registers:
    """Registers at the stages, under one law."""

    def __init__(self, book: Rulebook) -> None:
        self.book = book
        self._records: dict[str, Record] = {}

    def at(self, stage: str) -> World:
        """A register of one's own at a stage."""
        world = World(self.book)
        if stage:
            kept = self._record(stage)
            world.docket = Docket(self.book)
            for entry in kept.entries:
                world.docket.admit(entry, signed=True)  # checked when the stage was played
            world.entries = list(kept.entries)
            world.moment, world.weights = kept.moment, kept.weights
            world.later(minutes=1)
        return world

    def _record(self, stage: str) -> Record:
        if stage not in self._records:
            before, step = STAGES[stage]
            world = self.at(before)
            step(world)
            self._records[stage] = Record(tuple(world.entries), world.moment, world.weights)
        return self._records[stage]
