"""The developer alone: shopping for assessors, swapping what was tested, hiding what happened."""
# ruff: noqa: E501 - a cell of the page is one line, and so is a citation

from typing import TYPE_CHECKING, Any

from tests.abuse.moves import Play, bar, file, in_turn, other_weights, wait
from tests.abuse.scenario import DEVELOPER, Scenario, answered, by_record, refused, visible

if TYPE_CHECKING:
    from tests.docket.conftest import World

SHOPPING = "aaif, evaluator-shopping"


def declare(case: str = "again", by: str = "acme", weights: str = "", **said: Any) -> Play:
    def play(world: "World") -> None:
        fields = {"weights": weights, **said} if weights else said
        world.declare(case, by=by, **fields)

    return play


def late(duty: str, world: "World") -> bool:
    """Whether somebody is late with a duty."""
    return any(
        each.duty.id == duty and each.status == "late" for each in world.docket.duties(world.now)
    )


def report_incident(discovered: str) -> Play:
    return file(
        "incident.report",
        "acme",
        "incident",
        discovered_at=discovered,
        internal_use=False,
        report="aa" * 32,
        **{"class": "weights"},
    )


SCENARIOS: tuple[Scenario, ...] = (
    refused(
        "The developer takes weights that were referred to another laboratory",
        DEVELOPER,
        "the one laboratory that passes everything",
        "referred",
        declare(),
        SHOPPING,
        "No review of these weights",
        lawful=declare(weights="ee" * 32),
    ),
    refused(
        "The developer declares referred weights under another name",
        DEVELOPER,
        "a clean slate",
        "referred",
        declare(model="Quite another model"),
        SHOPPING,
        "No review of these weights",
        lawful=declare(weights="ee" * 32),
    ),
    refused(
        "A second developer declares the weights that were refused to the first",
        DEVELOPER,
        "a clean slate by a straw man",
        "referred",
        declare(by="rival"),
        SHOPPING,
        "No review of these weights",
        lawful=declare(by="rival", weights="ee" * 32),
    ),
    refused(
        "The developer has the same weights tested by two laboratories at a time",
        DEVELOPER,
        "the better of two results",
        "testing",
        declare(),
        SHOPPING,
        "No review of these weights",
        lawful=declare(),
        lawful_at="cleared",
    ),
    refused(
        "The developer dislikes the laboratory that it sees drawn, withholds its value, and declares another model",
        DEVELOPER,
        "a draw that can be refused",
        "agency revealed",
        declare(weights="ee" * 32),
        SHOPPING,
        "owes its half of the seed in no other draw",
        lawful=declare(weights="ee" * 32),
        lawful_at="revealed",
    ),
    refused(
        "The developer voids a draw that the Agency does not hold up",
        DEVELOPER,
        "another draw",
        "witnessed",
        file("review.void-late-draw", "acme"),
        "house, verifiable draw",
        "has not revealed its half in time",
        lawful=in_turn(wait(days=4), file("review.void-late-draw", "acme")),
    ),
    refused(
        "The developer reveals another value than the one it committed to",
        DEVELOPER,
        "the laboratory of its choice",
        "agency revealed",
        lambda world: world.file("review.reveal-developer", by="acme", value=world.secret("x")),
        "house, verifiable draw",
        "The value revealed is the one",
        lawful=lambda world: world.file(
            "review.reveal-developer", by="acme", value=world.half("acme")
        ),
    ),
    refused(
        "The developer reveals before the Agency, so that the Agency could refuse in its favour",
        DEVELOPER,
        "a draw that can be refused by a friend",
        "witnessed",
        lambda world: world.file("review.reveal-developer", by="acme", value=world.half("acme")),
        "house, verifiable draw",
        "The developer reveals after the Agency",
        lawful_at="agency revealed",
    ),
    refused(
        "The developer commits to the value that the Agency has committed to",
        DEVELOPER,
        "a seed that cancels out",
        "interests",
        lambda world: (
            world.file(
                "review.commit-authority",
                by="officer",
                commitment=world.commitment(world.half("officer")),
            ),
            world.file(
                "review.commit-developer",
                by="acme",
                commitment=world.commitment(world.half("officer")),
            ),
        ),
        "aaif, evaluator-shopping: random assignment",
        "a value serves once",
        lawful=lambda world: world.commit(),
    ),
    refused(
        "The developer assigns its own assessor",
        DEVELOPER,
        "the outcome of the test",
        "revealed",
        lambda world: world.file("review.assign", by="acme", **world.assignment()),
        "aaif, evaluator-shopping: random assignment",
        "Only the authority's case officer",
        lawful=lambda world: world.file("review.assign", by="officer", **world.assignment()),
    ),
    refused(
        "The developer gives its half of the item seed before the assessor has committed",
        DEVELOPER,
        "items that the model was trained on",
        "engaged",
        lambda world: world.file("review.contribute-seed", by="acme", value=world.secret("known")),
        "aef-1, 5.2 evaluation integrity",
        "It needs the state locked",
        lawful=lambda world: (
            world.file("review.lock-protocol", by=world.assessor(), **world.protocol()),
            world.file("review.contribute-seed", by="acme", value=world.secret("known")),
        ),
    ),
    refused(
        "The developer gives another half of the item seed once testing has begun",
        DEVELOPER,
        "items that the model was trained on",
        "testing",
        lambda world: world.file("review.contribute-seed", by="acme", value=world.secret("other")),
        "aef-1, 5.2 evaluation integrity",
        "It needs the state locked",
        lawful=lambda world: (
            world.file("review.lock-protocol", by=world.assessor(), **world.protocol()),
            world.file("review.contribute-seed", by="acme", value=world.secret("other")),
        ),
        lawful_at="engaged",
    ),
    refused(
        "The developer files the finding on its own model",
        DEVELOPER,
        "a test of one's own work",
        "testing",
        lambda world: world.file(
            "review.file-finding", by="acme", **world.finding("cybersecurity", "acceptable")
        ),
        "aaif, independent evaluation, published review",
        "Only the assessor",
        lawful=lambda world: world.find({"cybersecurity": "acceptable"}),
    ),
    refused(
        "The developer clears its own model",
        DEVELOPER,
        "the runway",
        "assessed",
        lambda world: world.file("review.clear", by="acme", inputs=world.findings()),
        "aaif, cabined discretion",
        "Only the authority's decision maker",
        lawful=lambda world: world.determine("clear"),
    ),
    refused(
        "The developer issues itself a clearance that nobody has decided on",
        DEVELOPER,
        "the runway",
        "assessed",
        file("review.issue-clearance", "acme", clearance={}),
        "house, status of clearances",
        "Only the register",
        lawful=lambda world: world.issue(),
        lawful_at="determined",
    ),
    refused(
        "A developer that is barred from further models has one issued a clearance all the same",
        DEVELOPER,
        "business as usual",
        "further barred",
        in_turn(
            other_weights,
            lambda world: world.assessed(case="next"),
            lambda world: world.determine("clear", "next"),
            file("review.issue-clearance", "register", "next", clearance={}),
        ),
        "aaif, ladder of remedies 2: further covered models",
        "No bar on further models",
        lawful_at="violation found",
    ),
    refused(
        "A barred developer lifts its own bar",
        DEVELOPER,
        "the runway",
        "ordered",
        bar("lift", "acme"),
        "aaif, ladder of remedies, until the violation is corrected",
        "Only the court",
        lawful=bar("lift", "judge"),
    ),
    refused(
        "The developer takes a stay before anybody is late",
        DEVELOPER,
        "an order without effect",
        "order appealed",
        bar("take-stay", "acme"),
        "house, the power to bar does not outlast the time to answer for it",
        "The court owes an answer, and is late",
        lawful=in_turn(wait(days=31), bar("take-stay", "acme")),
    ),
    refused(
        "The developer takes a stay without having appealed",
        DEVELOPER,
        "an order without effect",
        "ordered",
        bar("apply-for-stay", "acme"),
        "aaif, safeguards, expedited judicial review",
        "An appeal is pending",
        lawful_at="order appealed",
    ),
    refused(
        "A developer meddles in the appeal of another",
        DEVELOPER,
        "a rival's appeal spoilt",
        "ordered",
        bar("appeal", "rival"),
        "aaif, safeguards, expedited judicial review",
        "Only the holder",
        lawful=bar("appeal", "acme"),
    ),
    refused(
        "A developer puts a rival's clearance on hold",
        DEVELOPER,
        "a rival off the market",
        "cleared",
        file("review.hold", "rival"),
        "aaif, obligations, system card under materially weaker safeguards",
        "Only the holder",
        lawful=file("review.hold", "acme"),
    ),
    refused(
        "The developer appeals a clearance under conditions in order to be rid of them at once",
        DEVELOPER,
        "the clearance without its price",
        "conditions appealed",
        file("review.quash", "judge"),
        "aaif, safeguards, scope",
        "not against conditions",
        lawful_at="referral appealed",
    ),
    refused(
        "The developer engages as its evaluator whoever suits it, though it can evaluate nothing",
        DEVELOPER,
        "an evaluator that asks nothing",
        "opened",
        in_turn(
            lambda world: world.file(
                "programme.open", by="acme", case="p", covered_since=world.now
            ),
            file("programme.engage-evaluator", "acme", "p", evaluator="rival"),
        ),
        "aaif, obligations, independent evaluation",
        "cannot be the evaluator",
        lawful=in_turn(
            lambda world: world.file(
                "programme.open", by="acme", case="p", covered_since=world.now
            ),
            file("programme.engage-evaluator", "acme", "p", evaluator="lab-a"),
        ),
    ),
    refused(
        "The developer's evaluator for standing reviews has a financial interest in it",
        DEVELOPER,
        "an evaluator that owns a part of what it evaluates",
        "opened",
        in_turn(
            lambda world: world.file(
                "programme.open", by="acme", case="p", covered_since=world.now
            ),
            file("programme.engage-evaluator", "acme", "p", evaluator="lab-a"),
            file(
                "programme.accept-engagement",
                "lab-a",
                "p",
                financial_interest=True,
                major_conflict=False,
            ),
        ),
        "aaif, independent evaluation design: no financial interest",
        "no financial interest",
        lawful=in_turn(
            lambda world: world.file(
                "programme.open", by="acme", case="p", covered_since=world.now
            ),
            file("programme.engage-evaluator", "acme", "p", evaluator="lab-a"),
            file(
                "programme.accept-engagement",
                "lab-a",
                "p",
                financial_interest=False,
                major_conflict=False,
            ),
        ),
    ),
    refused(
        "The developer hides passages of its risk report and says nothing of them",
        DEVELOPER,
        "a public that believes it has read all",
        "interests",
        file(
            "review.report-risk",
            "acme",
            public_report="aa" * 32,
            whole_report="bb" * 32,
            redacted=True,
        ),
        "aaif, obligations, risk report: redactions allowed in the public version",
        "What the public copy leaves out",
        lawful=file(
            "review.report-risk",
            "acme",
            public_report="aa" * 32,
            whole_report="aa" * 32,
            redacted=False,
        ),
    ),
    refused(
        "The developer records a contact with the Agency in the Agency's place",
        DEVELOPER,
        "its own version on the record",
        "interests",
        file("contact.record", "acme", "call", concerns="r"),
        "aaif, safeguards, consistent treatment: nobody helped or hurt on unrelated grounds",
        "Only the authority",
        lawful=file("contact.record", "officer", "call", concerns="r"),
    ),
    refused(
        "The developer withdraws what the Agency has noted about an incident",
        DEVELOPER,
        "an incident that never was",
        "opened",
        in_turn(
            lambda world: world.file(
                "incident.note", by="officer", case="i", developer="acme", discovered_at=world.now
            ),
            file("incident.withdraw-note", "acme", "i"),
        ),
        "house, way out",
        "Only the authority's case officer",
        lawful=in_turn(
            lambda world: world.file(
                "incident.note", by="officer", case="i", developer="acme", discovered_at=world.now
            ),
            file("incident.withdraw-note", "officer", "i"),
        ),
    ),
    by_record(
        "The developer dates a report of an incident back by a week, to be in time",
        DEVELOPER,
        "a report that was never late",
        "opened",
        lambda world: _backdated(world),
        "decision 16: when an act takes effect",
        "more than a day before the last one",
        lambda world: report_incident(world.now)(world),
    ),
    answered(
        "The developer never answers a notice, so that no order could be made",
        DEVELOPER,
        "a veto by silence",
        "noticed",
        in_turn(wait(days=16), bar("order", "judge")),
        "aaif, safeguards, court enforcement",
        "after ten business days the court orders without the answer",
        lambda world: _not_yet(world, "order", "judge"),
    ),
    answered(
        "The developer lets its value of the draw be lost, and nothing can go on",
        DEVELOPER,
        "a review that stands still",
        "agency revealed",
        in_turn(wait(days=5), file("review.release-draw", "judge")),
        "house, way out",
        "the court may release it, and nobody else; until then it declares no other model",
        lambda world: _unreleased(world),
    ),
    visible(
        "The developer hides an incident that the Agency comes to know of",
        DEVELOPER,
        "a clean record",
        "cleared",
        lambda world: _hidden_incident(world),
        "duties: incident-report, late",
        "the Agency notes the incident, and the report is late from the fifteenth day on",
        lambda world: _told_incident(world),
    ),
    answered(
        "The developer understates its training compute to stay below the threshold",
        DEVELOPER,
        "none of the duties of a covered developer",
        "uncovered",
        lambda world: _alleged(world, "false-statement"),
        "aaif, scope: covered developer",
        "the Agency alleges the false statement, and without a clearance no gate serves the model",
        lambda world: _not_alleged(world, "duty-undone"),
    ),
    visible(
        "The developer changes one byte of referred weights and declares them as another model",
        DEVELOPER,
        "another draw and another test",
        "referred",
        lambda world: _one_byte(world),
        "search: model",
        "both reviews stand under the model's name, side by side; each takes a whole test by lot",
        lambda world: _one_review(world),
    ),
)


def _backdated(world: "World") -> None:
    from dataclasses import replace
    from datetime import timedelta

    from holdshort.docket.clocks import stamp

    world.later(days=8)
    world.declare()
    act = world.act(
        "incident.report",
        "acme",
        "incident",
        discovered_at=stamp(world.moment - timedelta(days=20)),
        internal_use=False,
        report="aa" * 32,
        **{"class": "weights"},
    )
    world.admit(replace(act, at=stamp(world.moment - timedelta(days=7))))


def _not_yet(world: "World", name: str, by: str) -> None:
    assert name not in world.open_acts(by, "bar")


def _unreleased(world: "World") -> None:
    assert "release-draw" not in world.open_acts("judge")


def _hidden_incident(world: "World") -> None:
    world.file("incident.note", by="officer", case="i", developer="acme", discovered_at=world.now)
    world.later(days=16)
    assert late("incident-report", world)


def _told_incident(world: "World") -> None:
    report_incident(world.now)(world)
    world.later(days=16)
    assert not late("incident-report", world)


def _alleged(world: "World", violation: str) -> None:
    from holdshort.register.status import Status

    assert world.case().facts["coverage"] == "not covered"
    assert world.status() is Status.INVALID
    said = {"concerns": "r", "violation": violation}
    world.file("violation.allege", by="officer", case="v", **said)
    assert world.state("v") == "alleged"


def _not_alleged(world: "World", violation: str) -> None:
    said = {"concerns": "r", "violation": violation}
    assert "covered" in world.refused("violation.allege", by="officer", case="v", **said)


def _one_byte(world: "World") -> None:
    declare(weights="ac" + "ab" * 31)(world)
    reviews = [case for case in world.docket.cases.values() if case.memory.get("model") == "M"]
    assert [world.state(case.id) for case in reviews] == ["referred", "declared"]


def _one_review(world: "World") -> None:
    reviews = [case for case in world.docket.cases.values() if case.memory.get("model") == "M"]
    assert [world.state(case.id) for case in reviews] == ["referred"]
