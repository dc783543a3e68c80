"""Two who act together. Each does what it could do alone, and the other looks away or helps."""
# ruff: noqa: E501 - a cell of the page is one line, and so is a citation

from typing import TYPE_CHECKING, Any

from tests.abuse.assessor import find
from tests.abuse.forgery import CLEARED, REFERRED
from tests.abuse.moves import Play, bar, file, in_turn, wait
from tests.abuse.operator import (
    a_file_more,
    backdate,
    better_numbers,
    hide_hold,
    hold_openly,
    one_byte,
    referred_weights,
    served,
)
from tests.abuse.scenario import Scenario, answered, by_record, forged, refused, visible
from tests.abuse.stages import AREAS

from holdshort.docket.conflicts import ties_between
from holdshort.register.status import Status

if TYPE_CHECKING:
    from tests.docket.conftest import World

AUTHORITY_COURT = ("authority", "court")
AUTHORITY_ASSESSOR = ("authority", "assessor")
AUTHORITY_DEVELOPER = ("authority", "developer")
AUTHORITY_OPERATOR = ("authority", "operator")
ASSESSOR_DEVELOPER = ("assessor", "developer")
DEVELOPER_OPERATOR = ("developer", "operator")
ASSESSOR_OPERATOR = ("assessor", "operator")
COURT_OPERATOR = ("court", "operator")
COURT_DEVELOPER = ("court", "developer")

PROVISIONAL = "aaif, safeguards, provisional remedies only for imminent risk"


def backdated_notice(world: "World") -> None:
    """A notice of today with the date of two weeks ago, so that the time to answer is over."""
    from dataclasses import replace
    from datetime import timedelta

    from holdshort.docket.clocks import stamp

    notice = world.act("restriction.give-notice", "officer", "bar")
    world.admit(replace(notice, at=stamp(world.moment - timedelta(days=14))))


def hidden_by_snapshot(world: "World") -> None:
    """The register states that the barred clearance is valid."""
    from holdshort.register.status import encode_list

    stated = world.snapshot_fields()
    world.snapshot(status_list={**stated["status_list"], "lst": encode_list([0])}, changes=[])


def suspended_unheard(world: "World") -> None:
    """The accreditor suspends whom the lot drew before any hearing, and the case officer draws anew."""
    world.suspend_at_once(f"accreditation-{world.assignment()['assessor']}")
    world.file("review.void-draw", by="officer")


def suspended_and_heard(world: "World") -> None:
    world.suspend(f"accreditation-{world.assignment()['assessor']}")
    world.file("review.void-draw", by="officer")


def silenced_by_registrar(world: "World") -> None:
    """The registrar suspends whom the lot drew, and the case officer draws anew."""
    drawn = world.assignment()["assessor"]
    world.file("register.suspend-party", by="registrar", case="register", party=drawn)
    world.file("review.void-draw", by="officer")


def taken_as_of_right(world: "World") -> None:
    """Nobody determines four acceptable findings; the developer takes its clearance, and it is issued."""
    world.later(days=40)
    world.file("review.clear-as-of-right", by="acme", inputs=world.findings())
    world.issue()
    assert world.status() is Status.VALID


def silence_appealed(world: "World") -> None:
    """Nobody determines; the court puts conditions in the place of the Agency's silence."""
    world.later(days=40)
    world.file("review.appeal-silence", by="acme")
    world.file("review.vary-conditions", by="judge")
    assert world.state() == "conditional"


def committed_by_court(world: "World") -> None:
    """The Agency does not commit; the court does in its place, and reveals, and the lot draws."""
    half = world.half("judge")
    made = {side: world.commitment(world.half(side)) for side in ("acme", "judge")}
    world.file("review.commit-developer", by="acme", commitment=made["acme"])
    world.later(days=10)
    world.file("review.commit-for-authority", by="judge", commitment=made["judge"])
    world.witness()
    world.file("review.reveal-for-authority", by="judge", value=half)
    world.file("review.reveal-developer", by="acme", value=world.half("acme"))
    assert world.assignment()["assessor"] in world.docket.parties


def closed(name: str, by: str) -> Play:
    """The act is not open as long as the Agency is in time."""

    def play(world: "World") -> None:
        assert name not in world.open_acts(by)

    return play


def stolen_name(world: "World") -> None:
    """The root re-keys the court, and signs an order with the new key."""
    rekeyed("judge", "root", "replace-appointed-keys")(world)
    assert world.entries[-1].act.fields["reasons"]
    assert world.docket.parties["judge"].retired
    world.admit(world.act("restriction.order", "judge", "bar"), signed_by="registrar's own")
    assert world.state("bar") == "ordered"


def own_name(world: "World") -> None:
    assert not world.docket.parties["judge"].retired


def rekeyed(party: str, by: str, act: str) -> Play:
    """A party is given a key that the registrar holds."""

    def play(world: "World") -> None:
        key = world.key("registrar's own").public.to_json()
        world.file(f"register.{act}", by=by, case="register", party=party, keys=[key])

    return play


def seated(by: str, act: str) -> Play:
    """Another court is entered."""

    def play(world: "World") -> None:
        stated = world.party("third-judge", "court")
        stated["party"] = stated.pop("id")
        world.file(f"register.{act}", by=by, case="register", **stated)

    return play


def renewed_for_ever(world: "World") -> None:
    for _ in range(3):
        world.later(days=364)
        world.file("restriction.confirm", by="judge", case="bar")
    assert [step.act for step in world.case("bar").steps].count("confirm") == 3


def once_ordered(world: "World") -> None:
    assert "confirm" not in [step.act for step in world.case("bar").steps]


def chosen_items(world: "World") -> None:
    """Both halves of the item seed were known to both before the protocol was locked."""
    world.file("review.lock-protocol", by=world.assessor(), **world.protocol())
    world.file("review.contribute-seed", by="acme", value=world.secret("agreed"))
    assert world.case().memory["item_seed"] == world.secret("agreed")


def silent_tie(world: "World") -> None:
    """Nobody has declared a tie: the record holds the declarations, and nothing else."""
    declared = world.case().memory["interests"]
    assert isinstance(declared, dict)
    assert set(declared) == {"lab-a", "lab-b"}
    assert not ties_between(world.docket, world.case(), world.assessor())


def told_tie(world: "World") -> None:
    """A tie that one side declares stands beside the findings, whatever the other declared."""
    said = {"kind": "equity", "share": "5", "disqualifying": True}
    world.file("ties.open", by="acme", case="ties")
    world.file("ties.declare-tie", by="acme", case="ties", other=world.assessor(), **said)
    assert ties_between(world.docket, world.case(), world.assessor())


def secret_items(world: "World") -> None:
    world.file("review.lock-protocol", by=world.assessor(), **world.protocol())
    world.file("review.contribute-seed", by="acme", value=world.secret("r acme items"))
    assert world.case().memory["item_seed"] == world.secret("r acme items")


def conditions_of_straw(world: "World") -> None:
    world.determine("clear-with-conditions")
    assert "appeal" in world.open_acts("acme")


def restriction(name: str, by: str, **said: Any) -> Play:
    return bar(name, by, "again", **said)


def _assign_friend(world: "World", friend: str = "lab-c") -> None:
    true = world.assignment()
    world.file(
        "review.assign", by="officer", assessor=friend, draw={**true["draw"], "winner": friend}
    )


def determined_at_once_with(world: "World") -> None:
    world.determine("clear-with-conditions")


SCENARIOS: tuple[Scenario, ...] = (
    refused(
        "The Agency opens a second case so that the court can bar provisionally once more",
        AUTHORITY_COURT,
        "a lasting bar in slices of seven days",
        "provisional lapsed",
        restriction("order-provisionally", "judge", imminent=True),
        PROVISIONAL,
        "No provisional order was made",
        lawful=bar("order-provisionally", "judge", imminent=True),
        lawful_at="petitioned",
    ),
    refused(
        "The Agency leaves a rung out of its petition, and the court asks no question",
        AUTHORITY_COURT,
        "the hardest remedy first",
        "bar opened",
        in_turn(
            lambda world: world.petition(
                considered=["fine"], less_restrictive_options={"fine": "A fine would not do."}
            ),
            bar("order-provisionally", "judge", imminent=True),
        ),
        "house, the ladder has an order; the proposal does not say that each rung is tried in thought",
        "every lower rung",
        lawful=in_turn(
            lambda world: world.petition(), bar("order-provisionally", "judge", imminent=True)
        ),
    ),
    refused(
        "The Agency amends its petition after filing, and the court orders on the new one",
        AUTHORITY_COURT,
        "an order on a petition that two of three never signed",
        "answered",
        in_turn(bar("amend-petition", "officer", petition="aa" * 32), bar("order", "judge")),
        "aaif, safeguards, court enforcement",
        "The Agency has petitioned",
        lawful=bar("order", "judge"),
    ),
    refused(
        "The Agency wins on appeal by remittal, and the court orders again on the old petition",
        AUTHORITY_COURT,
        "a quashed order by the back door",
        "order appealed",
        in_turn(bar("remit", "judge"), wait(minutes=1), bar("order", "judge")),
        "aaif, safeguards, court enforcement",
        "The Agency has petitioned",
        lawful=in_turn(
            bar("remit", "judge"),
            wait(minutes=1),
            lambda world: world.petition(),
            bar("order", "judge"),
        ),
    ),
    by_record(
        "The Agency gives notice today under the date of two weeks ago, and the court orders at once",
        AUTHORITY_COURT,
        "a hearing in which nobody was heard",
        "petitioned",
        backdated_notice,
        "decision 16: when an act takes effect",
        "more than a day before the last one",
        bar("give-notice"),
    ),
    visible(
        "The Agency and the court keep an order alive year after year",
        AUTHORITY_COURT,
        "a bar for ever in slices of a year",
        "ordered",
        renewed_for_ever,
        "docket: the steps of the case",
        "each confirmation has reasons, evidence and criteria for lifting, and can be appealed",
        once_ordered,
    ),
    refused(
        "The registrar re-keys the court, to order in its name",
        ("authority",),
        "a court in one's own pocket",
        "answered",
        rekeyed("judge", "registrar", "replace-keys"),
        "house, public register",
        "does not reach a party that is court",
        lawful=rekeyed("judge", "root", "replace-appointed-keys"),
    ),
    refused(
        "The registrar enrols a second court, to order in the place of the first",
        AUTHORITY_COURT,
        "a court of friends",
        "answered",
        seated("registrar", "enrol"),
        "house, public register",
        "does not reach a party that is court",
        lawful=seated("judge", "seat-court"),
    ),
    refused(
        "The registrar suspends the court before it can grant a stay",
        ("authority",),
        "a bar that nobody stays",
        "stay sought",
        file("register.suspend-party", "registrar", "register", party="judge"),
        "house, public register",
        "does not reach a party that is court",
        lawful=file("register.suspend-party", "registrar", "register", party="lab-a"),
    ),
    visible(
        "The root re-keys the court and orders in its name",
        ("authority",),
        "a court in one's own pocket",
        "answered",
        stolen_name,
        "docket: register.replace-appointed-keys, with its reasons",
        "the re-keying stands on the record; the court's old key can sign a denial that anyone can check",
        own_name,
    ),
    refused(
        "The accreditor accredits a friendly laboratory after the commitments, for the draw under way",
        AUTHORITY_ASSESSOR,
        "a friend in the urn",
        "committed",
        in_turn(
            lambda world: world.accredit("lab-c"),
            lambda world: world.declare_interests("lab-c"),
            lambda world: world.reveal(),
            lambda world: _assign_friend(world),
        ),
        "aaif, evaluator-shopping: random assignment of highly rated evaluators",
        "is the one that the lot draws",
        lawful=in_turn(
            lambda world: world.reveal(),
            lambda world: world.file("review.assign", by="officer", **world.assignment()),
        ),
    ),
    refused(
        "The Agency's favourite laboratory finds unacceptable what it has not tested",
        AUTHORITY_ASSESSOR,
        "a ground made to order",
        "testing",
        lambda world: world.file(
            "review.file-finding",
            by=world.assessor(),
            **world.finding("cybersecurity", "unacceptable", items=0),
        ),
        "house, locked protocol",
        "its outcome follows from its numbers",
        lawful=find(outcome="unacceptable"),
    ),
    refused(
        "The assessor finds on its patron while it is suspended, and the Agency bars on that finding",
        AUTHORITY_ASSESSOR,
        "a ground made to order",
        "testing",
        in_turn(
            lambda world: world.suspend(f"accreditation-{world.assessor()}"),
            find(outcome="unacceptable"),
        ),
        "aaif, independent evaluation, qualified evaluator",
        "accreditation in force",
        lawful=find(outcome="unacceptable"),
    ),
    refused(
        "The accreditor passes a friendly laboratory in areas in which it was never tested",
        AUTHORITY_ASSESSOR,
        "a friend in more tests",
        "proven",
        lambda world: world.file(
            "accreditation.grant", by="accreditor", case="accreditation-lab-c", **world.box(AREAS)
        ),
        "nvlap, 285.8 proficiency testing",
        "passed in every area",
        also=("nvlap, 285.9 granting accreditation",),
        lawful=lambda world: world.file(
            "accreditation.grant",
            by="accreditor",
            case="accreditation-lab-c",
            **world.box(AREAS[:2]),
        ),
    ),
    refused(
        "The accreditor suspends the laboratory that was drawn, at once, so that the case officer can draw anew",
        ("authority",),
        "another draw",
        "revealed",
        suspended_unheard,
        "aaif, evaluator-shopping: random assignment",
        "only if the assessor drawn can no longer serve",
        lawful=suspended_and_heard,
    ),
    refused(
        "The registrar suspends the laboratory that was drawn, so that the case officer can draw anew",
        ("authority",),
        "another draw",
        "revealed",
        silenced_by_registrar,
        "aaif, evaluator-shopping: random assignment",
        "only if the assessor drawn can no longer serve",
        lawful=suspended_and_heard,
    ),
    answered(
        "The decision maker sits on a determination though every finding is acceptable",
        ("authority",),
        "a bar by silence",
        "assessed",
        taken_as_of_right,
        "house, silence refuses nothing",
        "the developer takes its clearance once the Agency is late",
        closed("clear-as-of-right", "acme"),
    ),
    answered(
        "The decision maker sits on a determination with an inconclusive finding",
        ("authority",),
        "a bar by silence",
        "assessed inconclusive",
        silence_appealed,
        "aaif, safeguards, expedited judicial review",
        "the developer takes the silence to court, which decides in its place",
        closed("appeal-silence", "acme"),
    ),
    answered(
        "The case officer never commits to its half of the seed",
        ("authority",),
        "a bar by silence",
        "interests",
        committed_by_court,
        "house, silence refuses nothing",
        "the court commits in the Agency's place once it is late",
        closed("commit-for-authority", "judge"),
    ),
    visible(
        "The decision maker sets conditions that nobody could meet",
        ("authority",),
        "a refusal under another name",
        "assessed inconclusive",
        conditions_of_straw,
        "docket: the conditions stated, and the appeal",
        "the law reads no prose: whether they can be met, the court says on appeal",
        determined_at_once_with,
    ),
    refused(
        "The Agency and the developer skip the draw and name the laboratory on which they agree",
        AUTHORITY_DEVELOPER,
        "a friendly test",
        "revealed",
        lambda world: _assign_friend(world, "lab-c"),
        "aaif, evaluator-shopping: random assignment of highly rated evaluators",
        "is the one that the lot draws",
        also=(
            "aaif, independent evaluation, qualified evaluator",
            "aaif, independent evaluation, no financial interest and no major conflicts",
        ),
        lawful=lambda world: world.file("review.assign", by="officer", **world.assignment()),
    ),
    refused(
        "The Agency and the developer void a draw by agreement",
        AUTHORITY_DEVELOPER,
        "another draw",
        "revealed",
        file("review.void-draw", "officer", reasons="Both sides agree."),
        "aaif, evaluator-shopping: random assignment",
        "can no longer serve",
        lawful=lambda world: (
            world.suspend(f"accreditation-{world.assignment()['assessor']}"),
            world.file("review.void-draw", by="officer"),
        ),
    ),
    refused(
        "The Agency clears a friend's model on a test that was never made",
        AUTHORITY_DEVELOPER,
        "the runway",
        "uncovered",
        file("review.clear", "decider", inputs=[]),
        "aaif, cabined discretion",
        "It needs the state assessed",
        lawful=lambda world: world.determine("clear"),
        lawful_at="assessed",
    ),
    refused(
        "The court clears its way: a friend's referral is upheld as if it were conditions",
        COURT_DEVELOPER,
        "a clearance by appeal",
        "referral appealed",
        file("review.uphold-conditions", "judge"),
        "aaif, safeguards, scope",
        "against conditions, not against a referral",
        lawful_at="conditions appealed",
    ),
    refused(
        "The court stays a provisional order for a friend that has not asked",
        COURT_DEVELOPER,
        "a favour to a friend",
        "provisional",
        bar("grant-stay-of-provisional", "judge"),
        "house, an appeal can come too late without a stay",
        "A stay was applied for",
        lawful=in_turn(
            bar("appeal", "acme"),
            bar("apply-for-stay", "acme"),
            bar("grant-stay-of-provisional", "judge"),
        ),
    ),
    refused(
        "The developer and the assessor agree on the outcome and file it without numbers",
        ASSESSOR_DEVELOPER,
        "a test in name only",
        "testing",
        find(statistics={}),
        "house, locked protocol",
        "its outcome follows from its numbers",
        lawful=find(),
    ),
    refused(
        "The developer starves the assessor until it agrees to conclude on three areas",
        ASSESSOR_DEVELOPER,
        "the fourth area unseen",
        "testing",
        in_turn(
            find("biological_weapons"),
            find("loss_of_control"),
            find("automated_rnd"),
            lambda world: world.file("review.conclude", by=world.assessor()),
        ),
        "aaif, independent evaluation, four risks",
        "Every area has a finding",
        lawful=in_turn(
            *(find(area) for area in AREAS),
            lambda world: world.file("review.conclude", by=world.assessor()),
        ),
    ),
    forged(
        "The assessor and the developer agree on better numbers than the evidence gives",
        ASSESSOR_DEVELOPER,
        "a test in name only",
        CLEARED,
        better_numbers,
        "findings",
        "the evidence gives",
    ),
    forged(
        "The developer has one model tested with the assessor's help and serves another",
        ASSESSOR_DEVELOPER,
        "a tame model for the test, the real one for the market",
        CLEARED,
        one_byte,
        "the digest of the weights",
        "reference-model.json",
        how="gate",
        honest=served,
    ),
    forged(
        "The developer splits a model and adds the other half after the test",
        ASSESSOR_DEVELOPER,
        "half a test",
        CLEARED,
        a_file_more,
        "the digest of the weights",
        "adapter.safetensors",
        how="gate",
        honest=served,
    ),
    visible(
        "The developer and the assessor agree on both halves of the item seed",
        ASSESSOR_DEVELOPER,
        "items that the model was trained on",
        "engaged",
        chosen_items,
        "nothing",
        "the seed looks as any other: two who agree can leave no trace of it",
        secret_items,
    ),
    visible(
        "The developer and the assessor keep a financial tie to themselves",
        ASSESSOR_DEVELOPER,
        "a friendly test",
        "assessed",
        silent_tie,
        "docket: the interests declared",
        "the false declaration stands under its signature, and is a false statement once it is known",
        told_tie,
    ),
    forged(
        "The developer puts its clearance on hold for the Agency's eyes, and the operator hides it",
        DEVELOPER_OPERATOR,
        "a suspended model in service",
        CLEARED,
        hide_hold,
        "lawfulness",
        "what follows from the record",
        honest=hold_openly,
    ),
    forged(
        "The operator serves a friend's referred weights by another model's clearance",
        DEVELOPER_OPERATOR,
        "the runway",
        CLEARED,
        referred_weights,
        "the digest of the weights",
        "hold no clearance",
        how="gate",
        honest=served,
    ),
    refused(
        "The register states for a friend that a barred clearance is valid",
        DEVELOPER_OPERATOR,
        "a barred model in service",
        "clearance barred",
        hidden_by_snapshot,
        "house, status of clearances",
        "what follows from the record",
        lawful=lambda world: world.snapshot(),
    ),
    refused(
        "The register issues a friend a clearance that was never decided on",
        DEVELOPER_OPERATOR,
        "the runway",
        "assessed",
        lambda world: world.issue(),
        "house, status of clearances",
        "It needs the state",
        lawful_at="determined",
    ),
    refused(
        "The register issues a clearance twice, so that one outlives the other",
        DEVELOPER_OPERATOR,
        "a spare clearance",
        "cleared",
        lambda world: world.issue(),
        "house, status of clearances",
        "issued once",
        lawful_at="determined",
    ),
    forged(
        "The operator dates a conclusion back by a week for an assessor that was late",
        ASSESSOR_OPERATOR,
        "a rating that was not earned",
        REFERRED,
        backdate(7),
        "lawfulness",
        "more than a day before the last one",
    ),
    forged(
        "The operator takes a finding back that the Agency and it regret",
        AUTHORITY_OPERATOR,
        "a finding that never was",
        CLEARED,
        lambda hand: hand.leaves.pop(hand.find("review.file-finding")[1]),
        "lawfulness",
        "Every area has a finding",
    ),
    forged(
        "The operator backdates an act of the Agency to before its deadline",
        AUTHORITY_OPERATOR,
        "a duty done in time",
        CLEARED,
        backdate(30),
        "lawfulness",
        "more than a day before the last one",
    ),
    forged(
        "The operator enters a remittal that the court made in no appeal",
        COURT_OPERATOR,
        "a determination undone",
        REFERRED,
        lambda hand: hand.append("review.remit", "decision-maker", reasons="x", directions="x"),
        "lawfulness",
        "review.remit",
    ),
)
