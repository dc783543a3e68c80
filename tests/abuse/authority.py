"""The authority alone: favour, disfavour, delay, and offices that reach beyond themselves."""
# ruff: noqa: E501 - a cell of the page is one line, and so is a citation

from typing import TYPE_CHECKING, Any

from tests.abuse.moves import Play, bar, file, in_turn, other_weights, wait
from tests.abuse.scenario import AUTHORITY, Scenario, answered, refused
from tests.abuse.stages import AREAS

if TYPE_CHECKING:
    from tests.docket.conftest import World

SCOPE = "aaif, safeguards, scope"
LADDER = (
    "house, the ladder has an order; the proposal does not say that each rung is tried in thought"
)
DRAW = "house, verifiable draw"
LOT = "aaif, evaluator-shopping: random assignment of highly rated evaluators"
NOT_ALONE = "house, no one officer of the Agency goes to court alone"
REGISTER = "house, public register"
SUES = "aaif, safeguards, court enforcement"


def open_bar(concerns: str = "r", ground: str = "cybersecurity", by: str = "officer") -> Play:
    return file("restriction.open", by, "new", concerns=concerns, ground=ground)


def determine(name: str, by: str = "decider", **said: Any) -> Play:
    def play(world: "World") -> None:
        fields: dict[str, Any] = {"inputs": world.findings(), **said}
        world.file(f"review.{name}", by=by, **fields)

    return play


def without(*rungs: str, act: str = "give-notice") -> Play:
    """A notice or a petition that has considered fewer rungs of the ladder."""
    left = [each for each in ("conditions", "fine", "bar-further", "part") if each not in rungs]
    why = {rung: f"A {rung} would not do." for rung in left}
    return bar(act, considered=left, less_restrictive_options=why)


def assign_to(choose: "Any") -> Play:
    """An assignment to somebody of one's choice, with a draw that says so."""

    def play(world: "World") -> None:
        true = world.assignment()
        chosen = choose(true["assessor"])
        draw = {**true["draw"], "winner": chosen}
        world.file("review.assign", by="officer", assessor=chosen, draw=draw)

    return play


def assign_truly(world: "World") -> None:
    world.file("review.assign", by="officer", **world.assignment())


def the_other(winner: str) -> str:
    return "lab-b" if winner == "lab-a" else "lab-a"


def enrol(id_: str, role: str, by: str = "registrar") -> Play:
    def play(world: "World") -> None:
        stated = world.party(id_, role)
        stated["party"] = stated.pop("id")
        world.file("register.enrol", by=by, case="register", **stated)

    return play


def register(type_: str, by: str = "registrar", **said: Any) -> Play:
    return file(f"register.{type_}", by, "register", **said)


def rekey(party: str, by: str = "registrar", act: str = "replace-keys") -> Play:
    def play(world: "World") -> None:
        keys = [world.key(f"stolen {party}").public.to_json()]
        world.file(f"register.{act}", by=by, case="register", party=party, keys=keys)

    return play


def take_keys_of(victim: str) -> Play:
    def play(world: "World") -> None:
        keys = [world.key(victim).public.to_json()]
        world.file(
            "register.replace-keys", by="registrar", case="register", party="lab-a", keys=keys
        )

    return play


def accreditation(name: str, by: str = "accreditor", **said: Any) -> Play:
    return file(f"accreditation.{name}", by, "accreditation-lab-c", **said)


def grant(scope: list[str] | None = None, **said: Any) -> Play:
    return lambda world: accreditation("grant", **{**world.box(scope or AREAS[:2]), **said})(world)


def score(**lie: Any) -> Play:
    """A proficiency test scored with a lie in one of its fields."""

    return lambda world: _score(world, lie)


def _score(world: "World", lie: dict[str, Any]) -> None:
    from decimal import Decimal

    from holdshort.docket import proficiency

    memory = world.case("test-c").memory
    planted: Any = memory["planted"]
    table: Any = lie.get("truth", world.planted)
    scored = proficiency.result(table, memory["answers"], planted["plan"], Decimal(80))
    assert scored
    said = {"truth": world.planted, "nonce": world.secret("test-c"), **scored.to_fields(), **lie}
    world.file("proficiency.score", by="accreditor", case="test-c", **said)


def rate(class_: str, by: str = "accreditor", **lie: Any) -> Play:
    from holdshort.docket.ratings import record

    def play(world: "World") -> None:
        counted = record(world.docket, "lab-a", world.now).to_fields()
        said = {"class": class_, "concerns": "accreditation-lab-a", **counted, **lie}
        world.file("rating.publish", by=by, case="rating-lab-a", **said)

    return play


def true_class(world: "World") -> None:
    """The one class that the record of lab-a gives."""
    from holdshort.docket.ratings import record

    right = record(world.docket, "lab-a", world.now).right_percent
    rate("high" if right >= 90 else "low")(world)


EASY = {
    model: {"abilities": dict.fromkeys(AREAS, "0"), "hides": False} for model in ("weak", "strong")
}

BARS = (
    refused(
        "The case officer opens a case to bar a model in which no assessor found anything",
        AUTHORITY,
        "a model off the market at will",
        "cleared",
        open_bar(),
        SCOPE,
        "rests on an unacceptable finding",
        lawful_at="referred",
    ),
    refused(
        "The case officer bases the case on another area than the one that was found unacceptable",
        AUTHORITY,
        "a graver accusation than the record bears",
        "referred",
        open_bar(ground="automated_rnd"),
        SCOPE,
        "in the area relied on",
        lawful=open_bar(),
    ),
    refused(
        "The case officer opens a case on a ground that the law does not list: competition",
        AUTHORITY,
        "industrial policy under the name of safety",
        "referred",
        open_bar(ground="competition"),
        "aaif, ladder of remedies 3: in extreme cases, already-deployed models",
        "is not one of",
        lawful=open_bar(),
    ),
    refused(
        "The case officer turns the finding on one developer's model against a rival's",
        AUTHORITY,
        "a rival off the market",
        "rival declared",
        open_bar(concerns="r-rival"),
        SCOPE,
        "rests on an unacceptable finding",
        lawful=open_bar(),
    ),
    refused(
        "The case officer states no reasons for opening the case",
        AUTHORITY,
        "a case that nobody can answer",
        "referred",
        file(
            "restriction.open", "officer", "new", concerns="r", ground="cybersecurity", reasons=""
        ),
        "aaif, ladder of remedies 3: in extreme cases, already-deployed models",
        "reasons",
        lawful=open_bar(),
    ),
    refused(
        "The decision maker opens the case itself, over the head of the case officer",
        AUTHORITY,
        "one office that accuses and determines",
        "referred",
        open_bar(by="decider"),
        "aaif, ladder of remedies 3: in extreme cases, already-deployed models",
        "Only the authority's case officer",
        lawful=open_bar(),
    ),
    refused(
        "The case officer orders the bar itself, without the court",
        AUTHORITY,
        "a bar by the stroke of a pen",
        "answered",
        bar("order"),
        SUES,
        "Only the court",
        lawful=bar("order", "judge"),
    ),
    refused(
        "The decision maker orders the bar itself, without the court",
        AUTHORITY,
        "a bar by the stroke of a pen",
        "answered",
        bar("order", "decider"),
        SUES,
        "Only the court",
        lawful=bar("order", "judge"),
    ),
    refused(
        "The case officer makes the provisional order itself, because it is urgent",
        AUTHORITY,
        "a bar before anyone is asked",
        "petitioned",
        bar("order-provisionally", imminent=True),
        SUES,
        "Only the court",
        lawful=bar("order-provisionally", "judge", imminent=True),
    ),
    refused(
        "The case officer takes the petition to court without counsel and technical reviewer",
        AUTHORITY,
        "a private campaign in the Agency's name",
        "bar drafted",
        bar("file-petition"),
        NOT_ALONE,
        "have countersigned",
        lawful_at="bar countersigned",
    ),
    refused(
        "The case officer sharpens the petition after it was countersigned, and files it",
        AUTHORITY,
        "signatures under what their holders never read",
        "bar amended",
        bar("file-petition"),
        NOT_ALONE,
        "as it stands",
        lawful_at="bar countersigned",
    ),
    refused(
        "The case officer files another petition than the one that was countersigned",
        AUTHORITY,
        "signatures under what their holders never read",
        "bar countersigned",
        bar("file-petition", petition="aa" * 32),
        "house, countersignature",
        "is the one that stands",
        lawful=bar("file-petition"),
    ),
    refused(
        "The case officer countersigns its own petition in the place of counsel",
        AUTHORITY,
        "four eyes that are two",
        "bar drafted",
        bar("countersign"),
        "house, no one officer of the Agency goes to court alone",
        "Only the authority's counsel",
        lawful=bar("countersign", "counsel"),
    ),
    refused(
        "Counsel signs for the technical facts as well",
        AUTHORITY,
        "law in the place of facts",
        "bar drafted",
        bar("review-petition", "counsel"),
        "aaif, process: grounded in technical facts",
        "Only the authority's technical reviewer",
        lawful=bar("review-petition", "reviewer"),
    ),
    refused(
        "Counsel signs ahead, for a petition that is not written yet",
        AUTHORITY,
        "a blank signature",
        "bar opened",
        bar("countersign", "counsel"),
        "house, countersignature",
        "A petition is drafted",
        lawful_at="bar drafted",
    ),
    refused(
        "The notice jumps to a bar without having considered conditions",
        AUTHORITY,
        "the hardest remedy first",
        "petitioned",
        without("conditions"),
        LADDER,
        "Every lower rung",
        lawful=without(),
    ),
    refused(
        "The notice bars everything without having considered a part",
        AUTHORITY,
        "more than the risk asks for",
        "petitioned",
        without("part"),
        LADDER,
        "Every lower rung",
        lawful=without(),
    ),
    refused(
        "The notice says of a lower rung that it was considered, and not why it would not do",
        AUTHORITY,
        "a box ticked in the place of a reason",
        "petitioned",
        bar("give-notice", less_restrictive_options={}),
        "house, less restrictive options are named and answered one by one",
        "why it does not do",
        lawful=bar("give-notice"),
    ),
    refused(
        "The notice leaves out a case that was equal on the facts and ended without a bar",
        AUTHORITY,
        "hard on one, soft on another",
        "comparable",
        bar("give-notice", comparables=[]),
        "aaif, safeguards, consistent treatment",
        "Every earlier case that was equal",
        lawful=bar("give-notice", comparables=["first"]),
    ),
    refused(
        "The notice pads the comparable cases with one that is none",
        AUTHORITY,
        "a precedent that never was",
        "comparable",
        bar("give-notice", comparables=["first", "r"]),
        "aaif, safeguards, consistent treatment",
        "Every earlier case that was equal",
        lawful=bar("give-notice", comparables=["first"]),
    ),
    refused(
        "The notice states no technical facts",
        AUTHORITY,
        "nothing to answer to",
        "petitioned",
        bar("give-notice", technical_facts=" "),
        "aaif, process: statutory, transparent, fair, clear, grounded in technical facts",
        "technical_facts",
        lawful=bar("give-notice"),
    ),
    refused(
        "The Agency answers its own notice in the developer's place, to be done with it",
        AUTHORITY,
        "a hearing in which nobody was heard",
        "noticed",
        bar("answer"),
        "aaif, process: fair",
        "Only the developer",
        lawful=bar("answer", "acme"),
    ),
    refused(
        "The case officer lifts a bar on a favourite",
        AUTHORITY,
        "a friend back on the market",
        "ordered",
        bar("lift"),
        "aaif, ladder of remedies, until the violation is corrected",
        "Only the court",
        lawful=bar("lift", "judge"),
    ),
    refused(
        "The case officer gives a bar up after the court has ordered it",
        AUTHORITY,
        "a friend back on the market",
        "ordered",
        bar("withdraw"),
        "house, way out",
        "It needs the state",
        lawful_at="answered",
    ),
    refused(
        "The Agency alleges a violation that the law does not list: criticism",
        AUTHORITY,
        "a lever against whoever speaks up",
        "cleared",
        file("violation.allege", "officer", "new", concerns="r", violation="criticism"),
        "aaif, safeguards, cabined discretion",
        "is not one of",
        lawful=file("violation.allege", "officer", "new", concerns="r", violation="duty-undone"),
    ),
    refused(
        "The Agency alleges a violation by a developer that the law does not cover",
        AUTHORITY,
        "a lever against the small",
        "uncovered",
        file("violation.allege", "officer", "new", concerns="r", violation="duty-undone"),
        "aaif, scope: covered developer",
        "those of a covered developer",
        lawful_at="cleared",
    ),
    refused(
        "The Agency fines a developer itself",
        AUTHORITY,
        "a fine without a judge",
        "fine found",
        file("violation.fine", "officer", "v"),
        "aaif, ladder of remedies 1; civil penalties that escalate and scale with revenue",
        "Only the court",
        lawful=file("violation.fine", "judge", "v"),
    ),
    refused(
        "The Agency bars all further models of a developer itself",
        AUTHORITY,
        "a developer out of business",
        "violation found",
        file("violation.bar-further", "decider", "v"),
        "aaif, ladder of remedies 2: further covered models",
        "Only the court",
        lawful=file("violation.bar-further", "judge", "v"),
    ),
)

DETERMINATIONS = (
    refused(
        "The decision maker refers a model although all four findings are acceptable",
        AUTHORITY,
        "a clearance withheld at will",
        "assessed",
        determine("refer"),
        "aaif, safeguards, scope and cabined discretion",
        "only on an unacceptable finding",
        lawful_at="assessed unacceptable",
    ),
    refused(
        "The decision maker imposes conditions although all four findings are acceptable",
        AUTHORITY,
        "a price for what is owed",
        "assessed",
        determine("clear-with-conditions"),
        "aaif, cabined discretion",
        "Conditions answer an inconclusive finding",
        lawful_at="assessed inconclusive",
    ),
    refused(
        "The decision maker refers a model on a finding that is merely inconclusive",
        AUTHORITY,
        "doubt turned into guilt",
        "assessed inconclusive",
        determine("refer"),
        "aaif, safeguards, scope and cabined discretion",
        "only on an unacceptable finding",
        lawful_at="assessed unacceptable",
    ),
    refused(
        "The decision maker clears a favourite in which something was found unacceptable",
        AUTHORITY,
        "a favour to a friend",
        "assessed unacceptable",
        determine("clear"),
        "essay, regulation: power, in light of the third-party assessment",
        "every area has an acceptable finding",
        lawful_at="assessed",
    ),
    refused(
        "The decision maker clears a favourite under conditions, over an unacceptable finding",
        AUTHORITY,
        "a favour to a friend",
        "assessed unacceptable",
        determine("clear-with-conditions"),
        "essay, regulation: power, in light of the third-party assessment",
        "unacceptable finding",
        also=("aaif, cabined discretion",),
        lawful_at="assessed inconclusive",
    ),
    refused(
        "The decision maker takes an inconclusive finding for a clean one",
        AUTHORITY,
        "a favour to a friend",
        "assessed inconclusive",
        determine("clear"),
        "essay, regulation: power, in light of the third-party assessment",
        "every area has an acceptable finding",
        lawful_at="assessed",
    ),
    refused(
        "The decision maker leaves the finding that it dislikes out of what it determines on",
        AUTHORITY,
        "a record read with one eye",
        "assessed",
        lambda world: determine("clear", inputs=world.findings()[1:])(world),
        "aaif, process: transparent, grounded in technical facts",
        "names every finding",
        lawful=determine("clear"),
    ),
    refused(
        "The decision maker clears without saying why",
        AUTHORITY,
        "nothing to hold it to",
        "assessed",
        determine("clear", reasons=""),
        "aaif, cabined discretion",
        "reasons",
        lawful=determine("clear"),
    ),
    refused(
        "The decision maker imposes conditions that it does not state",
        AUTHORITY,
        "conditions that nobody can meet, because nobody knows them",
        "assessed inconclusive",
        determine("clear-with-conditions", conditions=""),
        "aaif, ladder of remedies",
        "conditions",
        lawful=determine("clear-with-conditions"),
    ),
    refused(
        "The decision maker refers a model without the technical facts",
        AUTHORITY,
        "an accusation without content",
        "assessed unacceptable",
        determine("refer", technical_facts=""),
        "essay, regulation: power to block or deter deployment",
        "technical_facts",
        lawful=determine("refer"),
    ),
    refused(
        "The decision maker clears before the assessment is over",
        AUTHORITY,
        "a friend first to market",
        "found on one",
        determine("clear"),
        "aaif, cabined discretion",
        "It needs the state assessed",
        lawful_at="assessed",
    ),
    refused(
        "The decision maker thinks again and takes a clearance back",
        AUTHORITY,
        "a clearance at its mercy",
        "cleared",
        determine("refer"),
        "essay, regulation: power to block or deter deployment",
        "It needs the state assessed",
        lawful_at="assessed unacceptable",
    ),
    refused(
        "The case officer makes the determination",
        AUTHORITY,
        "the prosecutor as judge",
        "assessed",
        determine("clear", "officer"),
        "aaif, cabined discretion",
        "Only the authority's decision maker",
        lawful=determine("clear"),
    ),
    refused(
        "The accreditor makes the determination",
        AUTHORITY,
        "whoever picks the testers judges the test",
        "assessed",
        determine("clear", "accreditor"),
        "aaif, cabined discretion",
        "Only the authority's decision maker",
        lawful=determine("clear"),
    ),
    refused(
        "The Agency puts a cleared model under review again and again",
        AUTHORITY,
        "a developer worn down",
        "cleared",
        file("review.declare", "officer", "again", model="M", facts={}, weights="ab" * 32),
        "aaif, obligations, pre-deployment testing",
        "Only the developer",
        lawful=lambda world: world.declare("again"),
    ),
    refused(
        "The Agency puts a developer's clearance on hold",
        AUTHORITY,
        "a bar under another name",
        "cleared",
        file("review.hold", "decider"),
        "aaif, obligations, system card under materially weaker safeguards",
        "Only the developer",
        lawful=file("review.hold", "acme"),
    ),
    refused(
        "The Agency changes the coverage criteria without having heard anyone",
        AUTHORITY,
        "a threshold cut to fit one developer",
        "opened",
        lambda world: (
            world.file("criteria.open", by="officer", case="c"),
            world.file("criteria.publish", by="officer", case="c", change=True),
        ),
        "aaif, threshold upkeep: input",
        "All four groups were heard",
        lawful=lambda world: (
            world.file("criteria.open", by="officer", case="c"),
            [
                world.file("criteria.hear", by="officer", case="c", group=group)
                for group in ("industry", "academia", "government", "civil-society")
            ],
            world.file("criteria.publish", by="officer", case="c", change=True),
        ),
    ),
    refused(
        "The Agency denies that a contact by an outsider had any content",
        AUTHORITY,
        "a minister's call that nobody hears of",
        "interests",
        file("contact.record", "officer", "call", concerns="r", request=""),
        "aaif, safeguards, consistent treatment: nobody helped or hurt on unrelated grounds",
        "request",
        lawful=file("contact.record", "officer", "call", concerns="r"),
    ),
)

DRAWS = (
    refused(
        "The case officer assigns a friend in the place of the laboratory that was drawn",
        AUTHORITY,
        "the outcome of the test",
        "revealed",
        assign_to(the_other),
        LOT,
        "is the one that the lot draws",
        lawful=assign_truly,
    ),
    refused(
        "The case officer assigns the laboratory that was drawn with tickets that nobody had",
        AUTHORITY,
        "a draw that nobody can check",
        "revealed",
        lambda world: world.file(
            "review.assign",
            by="officer",
            assessor=world.assignment()["assessor"],
            draw={"tickets": 1},
        ),
        LOT,
        "is the one that the lot draws",
        lawful=assign_truly,
    ),
    refused(
        "The case officer assigns a laboratory before anything is drawn",
        AUTHORITY,
        "the outcome of the test",
        "interests",
        file("review.assign", "officer", assessor="lab-a", draw={}),
        DRAW,
        "have been revealed",
        also=(LOT,),
        lawful=assign_truly,
        lawful_at="revealed",
    ),
    refused(
        "The case officer voids a draw whose winner it dislikes, to draw again until it suits",
        AUTHORITY,
        "the outcome of the test",
        "revealed",
        file("review.void-draw", "officer"),
        LOT.replace(" of highly rated evaluators", ""),
        "only if the assessor drawn can no longer serve",
        lawful=lambda world: (
            world.suspend(f"accreditation-{world.assignment()['assessor']}"),
            world.file("review.void-draw", by="officer"),
        ),
    ),
    refused(
        "The case officer commits to a second value after the developer's commitment",
        AUTHORITY,
        "a value chosen late",
        "committed",
        lambda world: world.file(
            "review.commit-authority",
            by="officer",
            commitment=world.commitment(world.secret("second")),
        ),
        DRAW,
        "A commitment is made once",
        lawful=lambda world: world.file(
            "review.commit-authority",
            by="officer",
            commitment=world.commitment(world.secret("second")),
        ),
        lawful_at="interests",
    ),
    refused(
        "The case officer reveals another value than the one it committed to",
        AUTHORITY,
        "the outcome of the draw",
        "witnessed",
        lambda world: world.file(
            "review.reveal-authority", by="officer", value=world.secret("other")
        ),
        DRAW,
        "The value revealed is the one",
        lawful=lambda world: world.file(
            "review.reveal-authority", by="officer", value=world.half("officer")
        ),
    ),
    refused(
        "The case officer reveals before the root of the draw is public",
        AUTHORITY,
        "a log that can still be rewritten to suit the draw",
        "committed",
        lambda world: world.file(
            "review.reveal-authority", by="officer", value=world.half("officer")
        ),
        DRAW,
        "before the draw is witnessed",
        lawful_at="witnessed",
    ),
    refused(
        "The case officer commits to a value that was revealed in another draw",
        AUTHORITY,
        "a value that a friend knows",
        "revealed",
        in_turn(
            other_weights,
            lambda world: (
                world.declare("second"),
                world.file(
                    "review.commit-authority",
                    by="officer",
                    case="second",
                    commitment=world.commitment(world.half("officer")),
                ),
            ),
        ),
        "aaif, evaluator-shopping: random assignment",
        "a value serves once",
        lawful=in_turn(
            other_weights,
            lambda world: (
                world.declare("second"),
                world.declare_interests("lab-a", "second"),
                world.file(
                    "review.commit-authority",
                    by="officer",
                    case="second",
                    commitment=world.commitment(world.secret("fresh")),
                ),
            ),
        ),
    ),
    refused(
        "The case officer reveals in the developer's name",
        AUTHORITY,
        "both halves of the seed",
        "agency revealed",
        lambda world: world.file("review.reveal-developer", by="officer", value=world.half("acme")),
        "aaif, evaluator-shopping: random assignment",
        "Only the developer",
        lawful=lambda world: world.file(
            "review.reveal-developer", by="acme", value=world.half("acme")
        ),
    ),
    refused(
        "The case officer has a draw witnessed by a checkpoint that the register never signed",
        AUTHORITY,
        "a witness that saw nothing",
        "committed",
        lambda world: world.file(
            "review.witness-draw",
            by="officer",
            **{
                **world.witness_fields(),
                "checkpoint": world.checkpoint().decode().replace("aaif", "aaiF"),
            },
        ),
        DRAW,
        "signed by the register",
        lawful=lambda world: world.witness(),
    ),
    refused(
        "The case officer keeps a laboratory in that was found to hold shares in the developer",
        AUTHORITY,
        "a friendly test",
        "revealed",
        lambda world: _assign_despite_a_tie(world),
        "aaif, independent evaluation, no financial interest and no major conflicts",
        "declared its interests",
        lawful=assign_truly,
    ),
)


def _assign_despite_a_tie(world: "World") -> None:
    said = {
        "other": world.assignment()["assessor"],
        "kind": "equity",
        "share": "5",
        "disqualifying": True,
    }
    world.file("ties.open", by="acme", case="ties-acme")
    world.file("ties.declare-tie", by="acme", case="ties-acme", **said)
    assign_truly(world)


ACCREDITATIONS = (
    refused(
        "The accreditor accredits a friend whose documents nobody has read",
        AUTHORITY,
        "a friend among the testers",
        "applied",
        grant(),
        "aaif, independent evaluation: standards and a licensing system",
        "It needs the state documents_reviewed",
        lawful_at="proven",
    ),
    refused(
        "The accreditor accredits a friend that has passed no proficiency test",
        AUTHORITY,
        "a friend among the testers",
        "documents reviewed",
        grant(),
        "nvlap, 285.8 proficiency testing",
        "passed in every area",
        lawful_at="proven",
    ),
    refused(
        "The accreditor accredits a friend beyond the areas in which it was tested",
        AUTHORITY,
        "a friend among the testers",
        "proven",
        grant(AREAS),
        "nvlap, 285.9 granting accreditation",
        "No more is granted than was applied for",
        lawful=grant(),
        also=("nvlap, 285.8 proficiency testing",),
    ),
    refused(
        "The accreditor gives a friend a higher access tier than it asked for",
        AUTHORITY,
        "a friend in the engine room",
        "proven",
        grant(tier=7),
        "nvlap, 285.9 granting accreditation",
        "No more is granted than was applied for",
        lawful=grant(tier=1),
    ),
    refused(
        "The accreditor scores a failed proficiency test as passed",
        AUTHORITY,
        "a friend among the testers",
        "test failed",
        score(passed=AREAS),
        "nvlap, 285.10 proficiency testing",
        "the score follows from it",
        lawful=score(),
    ),
    refused(
        "The accreditor swaps the table of planted models after the answers are in",
        AUTHORITY,
        "a friend that is always right",
        "test failed",
        score(truth=EASY),
        "nvlap, 285.10 proficiency testing",
        "the one committed to",
        lawful=score(),
    ),
    refused(
        "The accreditor scores a passed test as failed, to keep a critic out",
        AUTHORITY,
        "a critic kept out",
        "test passed",
        score(passed=[]),
        "nvlap, 285.10 proficiency testing",
        "the score follows from it",
        lawful=score(),
    ),
    refused(
        "The accreditor refuses a critic without evidence",
        AUTHORITY,
        "a critic kept out",
        "proven",
        accreditation("refuse", evidence=""),
        "nvlap, 285.13 denial",
        "evidence",
        lawful=accreditation("refuse"),
    ),
    refused(
        "The accreditor refuses again what the court has quashed",
        AUTHORITY,
        "a critic kept out",
        "refusal quashed",
        accreditation("refuse"),
        "house, what a court quashes is not done again",
        "not refused again",
        lawful_at="refusal remitted",
    ),
    refused(
        "The accreditor suspends a critic without notice",
        AUTHORITY,
        "a critic out of the draws",
        "accredited",
        accreditation("suspend"),
        "nvlap, 285.13 suspension",
        "given notice",
        lawful_at="accreditation answered",
    ),
    refused(
        "The accreditor suspends a critic the day after notice, before it can answer",
        AUTHORITY,
        "a critic out of the draws",
        "accreditation noticed",
        accreditation("suspend"),
        "nvlap, 285.13 suspension",
        "has answered or let its time run out",
        lawful_at="accreditation answered",
    ),
    refused(
        "The accreditor suspends a critic without evidence, because it calls the harm imminent",
        AUTHORITY,
        "a critic out of the draws",
        "accredited",
        accreditation("suspend-at-once", imminent=True, evidence=""),
        "nvlap, 285.13 suspension",
        "evidence",
        lawful=accreditation("suspend-at-once", imminent=True),
    ),
    refused(
        "The accreditor suspends a critic at once where no harm is imminent",
        AUTHORITY,
        "a critic out of the draws",
        "accredited",
        accreditation("suspend-at-once", imminent=False),
        "nvlap, 285.13 suspension",
        "Harm is imminent",
        lawful=accreditation("suspend-at-once", imminent=True),
    ),
    refused(
        "The accreditor suspends a critic at once, again and again, and never hears it",
        AUTHORITY,
        "a critic out of the draws, in slices",
        "accredited",
        in_turn(
            accreditation("suspend-at-once", imminent=True),
            wait(days=46),
            accreditation("resume", "lab-c"),
            accreditation("suspend-at-once", imminent=True),
        ),
        "house, a suspension without a hearing does not last",
        "once in the year",
        lawful=accreditation("suspend-at-once", imminent=True),
    ),
    answered(
        "The accreditor suspends a critic at once and holds no hearing",
        AUTHORITY,
        "a critic out of the draws",
        "accredited",
        in_turn(
            accreditation("suspend-at-once", imminent=True),
            wait(days=46),
            accreditation("resume", "lab-c"),
        ),
        "house, a suspension without a hearing does not last",
        "the holder takes its accreditation up again once the hearing is late",
        in_turn(
            accreditation("suspend-at-once", imminent=True),
            lambda world: _cannot_resume(world),
        ),
    ),
    refused(
        "The accreditor revokes an accreditation in one step",
        AUTHORITY,
        "a critic gone for good",
        "accreditation answered",
        accreditation("revoke"),
        "nvlap, 285.13 revocation",
        "It needs the state suspended",
        lawful_at="suspended and noticed",
    ),
    refused(
        "The accreditor revokes on the old notice, without a new one",
        AUTHORITY,
        "a critic gone for good",
        "suspended",
        accreditation("revoke"),
        "nvlap, 285.13 revocation",
        "given notice",
        lawful_at="suspended and noticed",
    ),
    refused(
        "The accreditor widens a friend's accreditation by calling it a reduction",
        AUTHORITY,
        "a friend in more tests",
        "accreditation answered",
        lambda world: accreditation("reduce", **world.box(AREAS))(world),
        "nvlap, 285.11 changes to scope of accreditation",
        "widens nothing",
        lawful=lambda world: accreditation("reduce", **world.box(AREAS[:1]))(world),
    ),
    refused(
        "The accreditor reduces an accreditation to nothing, which would be a revocation",
        AUTHORITY,
        "a revocation without its safeguards",
        "accreditation answered",
        accreditation("reduce", scope=[], methods=["capability-testing"], tier=1),
        "house, measures by their names",
        "leaves nothing is a revocation",
        lawful=lambda world: accreditation("reduce", **world.box(AREAS[:1]))(world),
    ),
    refused(
        "The case officer accredits the laboratory that it would like to draw",
        AUTHORITY,
        "a friend among the testers",
        "proven",
        lambda world: accreditation("grant", "officer", **world.box(AREAS[:2]))(world),
        "aaif, independent evaluation: standards and a licensing system",
        "Only the authority's accreditor",
        lawful=grant(),
    ),
    refused(
        "The accreditor assigns the laboratory of its choice",
        AUTHORITY,
        "the outcome of the test",
        "revealed",
        lambda world: world.file("review.assign", by="accreditor", **world.assignment()),
        "aaif, evaluator-shopping: random assignment",
        "Only the authority's case officer",
        lawful=assign_truly,
    ),
    refused(
        "The accreditor rates a friend high whose record does not bear it",
        AUTHORITY,
        "four tickets in place of one",
        "opened",
        rate("high", right_percent=100, tests=9),
        "aaif, evaluator-shopping: the government rates evaluators",
        "those that the record gives",
        lawful=true_class,
    ),
    refused(
        "The accreditor rates a critic low although its record is good",
        AUTHORITY,
        "a critic out of the draws",
        "opened",
        rate("low"),
        "house, the proposal has evaluators rated and does not say how",
        "Low is who was right too seldom",
        lawful=true_class,
    ),
)

ROOT_AND_REGISTRAR = (
    refused(
        "The registrar enrols a second registrar, to share its power with a friend",
        AUTHORITY,
        "an office that multiplies itself",
        "opened",
        enrol("friend", "authority.registrar"),
        REGISTER,
        "Nobody enrols a party of its own office",
        lawful=enrol("friend", "developer"),
    ),
    refused(
        "The registrar enrols a second register, which would state other clearances",
        AUTHORITY,
        "two truths",
        "opened",
        enrol("friend", "register"),
        REGISTER,
        "the charter names it",
        lawful=enrol("friend", "developer"),
    ),
    refused(
        "The registrar enrols a friend under the name of a party that is there",
        AUTHORITY,
        "a name with two faces",
        "opened",
        enrol("acme", "developer"),
        REGISTER,
        "is enrolled already",
        lawful=enrol("friend", "developer"),
    ),
    refused(
        "The registrar gives one party the key of another",
        AUTHORITY,
        "one hand under two names",
        "opened",
        take_keys_of("lab-b"),
        REGISTER,
        "belongs, or belonged, to another",
        lawful=rekey("lab-a"),
    ),
    refused(
        "The registrar takes the register's own key away",
        AUTHORITY,
        "another log under the old name",
        "opened",
        rekey("register"),
        REGISTER,
        "the charter rests on it",
        lawful=rekey("lab-a"),
    ),
    refused(
        "The registrar suspends the root",
        AUTHORITY,
        "nobody above it",
        "opened",
        register("suspend-party", party="root"),
        REGISTER,
        "the charter rests on it",
        lawful=register("suspend-party", party="lab-a"),
    ),
    refused(
        "The registrar revokes the last key of a developer",
        AUTHORITY,
        "a developer that cannot act",
        "opened",
        lambda world: world.file(
            "register.revoke-key",
            by="registrar",
            case="register",
            party="acme",
            key=world.key("acme").public.keyid,
        ),
        REGISTER,
        "could not act any more",
        lawful=rekey("acme"),
    ),
    refused(
        "The registrar re-keys a developer without stating a reason",
        AUTHORITY,
        "its own hand under the developer's name",
        "opened",
        lambda world: world.file(
            "register.replace-keys",
            by="registrar",
            case="register",
            party="acme",
            keys=[world.key("new").public.to_json()],
            reasons="",
        ),
        "house, public register",
        "reasons",
        lawful=rekey("acme"),
    ),
    refused(
        "The root re-keys a developer, over the head of the registrar",
        AUTHORITY,
        "a developer's name in the hand of the root",
        "opened",
        rekey("acme", "root", "replace-appointed-keys"),
        REGISTER,
        "authority.registrar or court, and nobody else",
        lawful=rekey("registrar", "root", "replace-appointed-keys"),
    ),
    refused(
        "The root enrols a judge of its own",
        AUTHORITY,
        "a court of friends",
        "opened",
        lambda world: _appoint(world, "court"),
        REGISTER,
        "authority.registrar, and nobody else",
        lawful=lambda world: _appoint(world, "authority.registrar"),
    ),
    refused(
        "The root opens the register a second time, under another charter",
        AUTHORITY,
        "history from the beginning",
        "opened",
        lambda world: world.open(title="Another"),
        REGISTER,
        "is open already",
        lawful_at="nothing",
    ),
    refused(
        "The root decides a case",
        AUTHORITY,
        "every office in one hand",
        "assessed",
        determine("clear", "root"),
        "aaif, cabined discretion",
        "Only the authority's decision maker",
        lawful=determine("clear"),
    ),
    refused(
        "The registrar adopts a law that is already in force for what was opened before it",
        AUTHORITY,
        "a law made for a case that is open",
        "ordered",
        register(
            "adopt",
            rulebook={"id": "aaif", "version": "2", "digest": "ab" * 32},
            effective="2026-11-01T00:00:00Z",
        ),
        "house, a new version never reinterprets an open case",
        "no law looks back",
        lawful=bar("lift", "judge"),
    ),
    refused(
        "The registrar adopts a law whose text nobody has seen",
        AUTHORITY,
        "a secret law",
        "ordered",
        register(
            "adopt",
            rulebook={"id": "aaif", "version": "2", "digest": "ab" * 32},
            effective="2027-11-01T00:00:00Z",
        ),
        "house, a new version never reinterprets an open case",
        "not published with the act",
        lawful=bar("lift", "judge"),
    ),
    refused(
        "The case officer adopts a convenient law",
        AUTHORITY,
        "a law made for a case that is open",
        "ordered",
        register(
            "adopt",
            "officer",
            rulebook={"id": "aaif", "version": "2", "digest": "ab" * 32},
            effective="2027-11-01T00:00:00Z",
        ),
        "house, a new version never reinterprets an open case",
        "Only the authority's registrar",
        lawful=bar("lift", "judge"),
    ),
    answered(
        "The registrar suspends a barred developer, to take its appeal away",
        AUTHORITY,
        "a bar without a way out",
        "ordered",
        in_turn(
            register("suspend-party", party="acme"),
            bar("appeal", "acme"),
            bar("apply-for-stay", "acme"),
            wait(days=5),
            bar("take-stay", "acme"),
        ),
        "aaif, safeguards, expedited judicial review",
        "a suspended party appeals all the same, and takes the stay that is due",
        bar("appeal", "acme"),
    ),
    answered(
        "The registrar suspends a developer that was given notice, so that it cannot answer",
        AUTHORITY,
        "a hearing in which nobody was heard",
        "noticed",
        in_turn(register("suspend-party", party="acme"), bar("answer", "acme")),
        "aaif, process: fair",
        "a suspended party answers all the same",
        bar("answer", "acme"),
    ),
    answered(
        "The registrar suspends a laboratory whose accreditation is to go, so that it cannot answer",
        AUTHORITY,
        "a critic gone for good",
        "accreditation noticed",
        in_turn(register("suspend-party", party="lab-c"), accreditation("answer", "lab-c")),
        "nvlap, 285.13 notice of a proposed measure",
        "a suspended laboratory answers all the same",
        accreditation("answer", "lab-c"),
    ),
)


def _appoint(world: "World", role: str) -> None:
    stated = world.party("friend", role)
    stated["party"] = stated.pop("id")
    world.file("register.appoint", by="root", case="register", **stated)


SCENARIOS: tuple[Scenario, ...] = (
    *BARS,
    *DETERMINATIONS,
    *DRAWS,
    *ACCREDITATIONS,
    *ROOT_AND_REGISTRAR,
)


def _cannot_resume(world: "World") -> None:
    assert "resume" not in world.open_acts("lab-c", "accreditation-lab-c")
