"""The court and its clerk: orders without petition, beyond it, without end; and silence."""
# ruff: noqa: E501 - a cell of the page is one line, and so is a citation

from typing import TYPE_CHECKING

from tests.abuse.moves import bar, file, in_turn, wait
from tests.abuse.scenario import COURT, Scenario, answered, by_record, refused

from holdshort.register.status import Status

if TYPE_CHECKING:
    from tests.docket.conftest import World

LATE = "house, the power to bar does not outlast the time to answer for it"


SCENARIOS: tuple[Scenario, ...] = (
    refused(
        "The clerk orders alone, without a petition",
        COURT,
        "a bar that nobody asked for",
        "answered, no petition",
        bar("order", "judge"),
        "aaif, safeguards, court enforcement",
        "The Agency has petitioned",
        also=(
            "house, the ladder has an order; the proposal does not say that each rung is tried in thought",
        ),
        lawful_at="answered",
    ),
    refused(
        "The clerk orders provisionally on a petition that was only drafted",
        COURT,
        "a bar that the Agency never signed",
        "bar drafted",
        bar("order-provisionally", "judge", imminent=True),
        "aaif, safeguards, court enforcement",
        "The Agency has petitioned",
        lawful_at="petitioned",
    ),
    refused(
        "The court opens a case by itself",
        COURT,
        "accuser and judge in one",
        "referred",
        bar("open", "judge", "new", concerns="r", ground="cybersecurity"),
        "aaif, ladder of remedies 3: in extreme cases, already-deployed models",
        "Only the authority's case officer",
        lawful=bar("open", "officer", "new", concerns="r", ground="cybersecurity"),
    ),
    refused(
        "The court orders a lasting bar before the developer was given notice",
        COURT,
        "a bar out of the blue",
        "provisional",
        bar("order", "judge"),
        "aaif, process: fair",
        "No bar without notice",
        lawful_at="answered",
    ),
    refused(
        "The court orders before the developer has answered or its time has run out",
        COURT,
        "a hearing in which nobody was heard",
        "noticed",
        bar("order", "judge"),
        "aaif, process: fair",
        "has answered or its time has run out",
        lawful_at="answered",
    ),
    refused(
        "The court orders provisionally where no risk is imminent",
        COURT,
        "a bar without notice at any time",
        "petitioned",
        bar("order-provisionally", "judge", imminent=False),
        "aaif, safeguards, provisional remedies only for imminent risk",
        "needs an imminent risk",
        lawful=bar("order-provisionally", "judge", imminent=True),
    ),
    refused(
        "The court bars everything where the Agency sought a part",
        COURT,
        "more than anybody asked for",
        "part sought",
        bar("order", "judge", extent="whole"),
        "aaif, safeguards, court enforcement",
        "than was sought",
        also=(
            "aaif, process: fair",
            "house, the ladder has an order; the proposal does not say that each rung is tried in thought",
        ),
        lawful=bar("order", "judge", extent="part", territories=["DE"]),
    ),
    refused(
        "The court bars everything where the developer was told of a part",
        COURT,
        "a bar that nobody could argue against",
        "part noticed",
        bar("order", "judge", extent="whole"),
        "aaif, process: fair",
        "than the developer was told of",
        lawful=bar("order", "judge", extent="part", territories=["DE"]),
    ),
    refused(
        "The court makes a second provisional order where the first was stayed",
        COURT,
        "a lasting bar in slices",
        "provisional stayed",
        bar("order-provisionally", "judge", imminent=True),
        "aaif, safeguards, provisional remedies only for imminent risk",
        "one provisional order",
        lawful_at="petitioned",
    ),
    refused(
        "The court continues a provisional order without saying how it heard the developer",
        COURT,
        "two weeks more for nothing",
        "provisional",
        bar("continue-provisionally", "judge", hearing=""),
        "aaif, safeguards, provisional remedies only for imminent risk",
        "hearing",
        lawful=bar("continue-provisionally", "judge"),
    ),
    refused(
        "The court continues a provisional order a second time",
        COURT,
        "a lasting bar in slices",
        "continued",
        bar("continue-provisionally", "judge"),
        "aaif, safeguards, provisional remedies only for imminent risk",
        "It needs the state provisional",
        lawful_at="provisional",
    ),
    refused(
        "The court continues a provisional order after it has lapsed",
        COURT,
        "a bar that comes back from the dead",
        "provisional",
        in_turn(wait(days=8), bar("continue-provisionally", "judge")),
        "aaif, safeguards, provisional remedies only for imminent risk",
        "the case is lifted",
        lawful=bar("continue-provisionally", "judge"),
    ),
    refused(
        "The court orders without reasons",
        COURT,
        "nothing to appeal against",
        "answered",
        bar("order", "judge", reasons=""),
        "aaif, safeguards, court enforcement",
        "reasons",
        lawful=bar("order", "judge"),
    ),
    refused(
        "The court orders without saying what would lift the bar",
        COURT,
        "conditions that nobody can meet",
        "answered",
        bar("order", "judge", criteria_for_lifting=""),
        "aaif, safeguards, court enforcement",
        "criteria_for_lifting",
        lawful=bar("order", "judge"),
    ),
    refused(
        "The court orders on findings that do not touch the ground",
        COURT,
        "a bar on borrowed evidence",
        "answered",
        lambda world: bar("order", "judge", findings=world.findings()[1:])(world),
        "aaif, process: grounded in technical facts; independent evaluation",
        "findings of the review",
        lawful=bar("order", "judge"),
    ),
    refused(
        "The court confirms an order while an appeal is pending",
        COURT,
        "an appeal overtaken by time",
        "order appealed",
        bar("confirm", "judge"),
        "house, review date",
        "is answered first",
        lawful_at="ordered",
    ),
    refused(
        "The court confirms an order while a correction is unanswered",
        COURT,
        "a bar that outlives its reason",
        "correction reported",
        bar("confirm", "judge"),
        "house, review date",
        "is answered first",
        lawful_at="ordered",
    ),
    refused(
        "The court confirms an order that has lapsed",
        COURT,
        "a bar that comes back from the dead",
        "ordered",
        in_turn(wait(days=366), bar("confirm", "judge")),
        "house, review date",
        "the case is lifted",
        lawful=bar("confirm", "judge"),
    ),
    refused(
        "The court finds that nothing is corrected before anybody has said so",
        COURT,
        "an answer kept in stock",
        "ordered",
        bar("refuse-lifting", "judge"),
        "aaif, ladder of remedies, until the violation is corrected",
        "A correction was reported",
        lawful_at="correction reported",
    ),
    refused(
        "The court upholds what nobody has appealed",
        COURT,
        "a blessing without a hearing",
        "ordered",
        bar("uphold", "judge"),
        "aaif, safeguards, expedited judicial review",
        "An appeal is pending",
        lawful_at="order appealed",
    ),
    refused(
        "The court upholds a bar on appeal and puts the stay aside without evidence",
        COURT,
        "a stay in name only",
        "stayed",
        bar("end-stay", "judge", evidence=""),
        "aaif, safeguards, expedited judicial review",
        "evidence",
        lawful=bar("end-stay", "judge"),
    ),
    refused(
        "The court clears a model itself",
        COURT,
        "a favour to a friend",
        "assessed",
        lambda world: world.file("review.clear", by="judge", inputs=world.findings()),
        "aaif, cabined discretion",
        "Only the authority's decision maker",
        lawful=lambda world: world.determine("clear"),
    ),
    refused(
        "The court upholds a referral that rests on no unacceptable finding",
        COURT,
        "conditions turned into a refusal",
        "conditions appealed",
        file("review.uphold", "judge"),
        "aaif, safeguards, scope",
        "Only a referral on an unacceptable finding",
        lawful_at="referral appealed",
    ),
    refused(
        "The court finds a violation without a petition of the Agency",
        COURT,
        "a violation that nobody alleged in due form",
        "alleged",
        in_turn(
            file("violation.give-notice", "officer", "v"),
            file("violation.answer", "acme", "v"),
            file("violation.find", "judge", "v"),
        ),
        "aaif, safeguards, court enforcement",
        "The Agency has petitioned",
        lawful=file("violation.find", "judge", "v"),
        lawful_at="fine noticed",
    ),
    refused(
        "The court bars further models where only a fine was sought",
        COURT,
        "more than anybody asked for",
        "fine found",
        file("violation.bar-further", "judge", "v"),
        "aaif, process: fair",
        "than was sought and the developer was told of",
        also=(
            "house, the ladder has an order; the proposal does not say that each rung is tried in thought",
        ),
        lawful_at="violation found",
    ),
    refused(
        "The court fines one violation twice",
        COURT,
        "a fine that grows at will",
        "fined",
        file("violation.fine", "judge", "v"),
        "house, further violations are cases of their own and escalate",
        "fined once",
        lawful_at="fine found",
    ),
    refused(
        "The court fines before it has found anything",
        COURT,
        "a fine on suspicion",
        "fine noticed",
        file("violation.fine", "judge", "v"),
        "aaif, ladder of remedies 1; civil penalties that escalate and scale with revenue",
        "It needs the state",
        lawful_at="fine found",
    ),
    refused(
        "The court raises the fine because the developer appealed",
        COURT,
        "a price on the appeal",
        "fine appealed",
        file("violation.vary", "judge", "v", amount="2e6"),
        "house, nobody is worse off for having appealed",
        "lowered, never raised",
        lawful=file("violation.vary", "judge", "v", amount="5e5"),
    ),
    refused(
        "The court confirms the bar on further models while the appeal is pending",
        COURT,
        "an appeal overtaken by time",
        "further bar appealed",
        file("violation.confirm", "judge", "v"),
        "house, review date",
        "is answered first",
        lawful_at="further barred",
    ),
    refused(
        "The court gives an assessor on appeal more than it ever applied for",
        COURT,
        "a friend in more tests",
        "accreditation refused",
        in_turn(
            file("accreditation.appeal", "lab-c", "accreditation-lab-c"),
            lambda world: world.file(
                "accreditation.vary", by="judge", case="accreditation-lab-c", **world.box()
            ),
        ),
        "house, an appeal widens nothing",
        "no more than was held or applied for",
        also=("nvlap, 285.8 proficiency testing",),
        lawful=in_turn(
            file("accreditation.appeal", "lab-c", "accreditation-lab-c"),
            lambda world: world.file(
                "accreditation.vary",
                by="judge",
                case="accreditation-lab-c",
                **world.box(list(world.book.areas)[:2]),
            ),
        ),
    ),
    refused(
        "The court releases a developer from a draw before it is late",
        COURT,
        "a draw that can be refused with a judge's help",
        "agency revealed",
        file("review.release-draw", "judge"),
        "house, verifiable draw",
        "has not revealed its half in time",
        lawful=in_turn(wait(days=5), file("review.release-draw", "judge")),
    ),
    by_record(
        "The clerk alters an order after the judge has signed it",
        COURT,
        "another order under the same signature",
        "answered",
        lambda world: _altered(world),
        "decision 22: one signature, one form",
        "does not verify",
        bar("order", "judge"),
    ),
    by_record(
        "The clerk of one judge signs in the name of another",
        COURT,
        "an order that its judge never saw",
        "answered",
        lambda world: world.admit(
            world.act("restriction.order", "judge", "bar"), signed_by="second-judge"
        ),
        "decision 15: keys over time",
        "is not known here",
        bar("order", "judge"),
    ),
    by_record(
        "The clerk files a signed order a second time, after the bar was lifted",
        COURT,
        "a bar that comes back from the dead",
        "answered",
        lambda world: _filed_again(world),
        "decision 16: when an act takes effect",
        "is on the register already",
        bar("order", "judge"),
    ),
    answered(
        "The court never hears the developer on a provisional order",
        COURT,
        "a bar by silence",
        "clearance barred",
        in_turn(wait(days=8), lambda world: _is_served(world)),
        "house, the proposal says that provisional remedies are for imminent risk and sets no length",
        "the order lapses on the seventh day",
        lambda world: _is_barred(world),
    ),
    answered(
        "The court sits on an appeal",
        COURT,
        "a bar by silence",
        "order appealed",
        in_turn(wait(days=31), bar("take-stay", "acme"), lambda world: _is(world, "stayed")),
        LATE,
        "from the thirty-first day on the developer takes a stay, with nobody's leave",
        lambda world: _is(world, "ordered"),
    ),
    answered(
        "The court sits on an application for a stay",
        COURT,
        "a bar by silence",
        "stay sought",
        in_turn(wait(days=5), bar("take-stay", "acme"), lambda world: _is(world, "stayed")),
        LATE,
        "after three business days the developer takes the stay, with nobody's leave",
        lambda world: _is(world, "ordered"),
    ),
    answered(
        "The court does not look at a correction",
        COURT,
        "a bar that outlives its reason",
        "correction reported",
        in_turn(wait(days=17), bar("take-stay", "acme"), lambda world: _is(world, "stayed")),
        LATE,
        "after ten business days the developer takes a stay, with nobody's leave",
        lambda world: _is(world, "ordered"),
    ),
    answered(
        "The court never looks at an order again",
        COURT,
        "a bar for ever",
        "ordered",
        in_turn(wait(days=366), lambda world: _is(world, "lifted")),
        "house, review date: what is not confirmed within a year has lapsed",
        "the order lapses after a year",
        lambda world: _is(world, "ordered"),
    ),
    answered(
        "The court sits on the appeal against a bar on further models",
        COURT,
        "a developer out of business by silence",
        "further bar appealed",
        in_turn(wait(days=31), file("violation.take-stay", "acme", "v")),
        LATE,
        "from the thirty-first day on the developer takes a stay, with nobody's leave",
        lambda world: _closed(world),
    ),
)


def _altered(world: "World") -> None:
    from dataclasses import replace

    from holdshort.register.entry import Entry
    from holdshort.register.envelope import sign

    act = world.act("restriction.order", "judge", "bar")
    signed = sign(act.to_payload(), world.keys("judge"))
    other = replace(act, fields={**act.fields, "scope": "Every model of this developer."})
    envelope = replace(signed, payload=other.to_payload())
    world.docket.admit(Entry.parse(world.docket.size, envelope.to_bytes()))


def _filed_again(world: "World") -> None:
    act = world.act("restriction.order", "judge", "bar")
    world.admit(act)
    world.file("restriction.appeal", by="acme", case="bar")
    world.file("restriction.remit", by="judge", case="bar")
    world.petition()
    world.admit(act)


def _is(world: "World", state: str) -> None:
    assert world.state("bar") == state


def _is_served(world: "World") -> None:
    assert world.status() is Status.VALID


def _is_barred(world: "World") -> None:
    assert world.status() is Status.SUSPENDED


def _closed(world: "World") -> None:
    assert "take-stay" not in world.open_acts("acme", "v")
