"""The limits on power, enforced after every act even where the table forgot a guard.

Each test takes a guard (with whatever makes it redundant) out of a copy of the book and shows that
the limit then stops the act, and that nothing of the act remains.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from holdshort.docket.limits import broken_limits
from holdshort.docket.refusal import Unlawful

if TYPE_CHECKING:
    from tests.docket.conftest import World

    from holdshort.rulebook.model import Rulebook

Amend = Callable[..., "Rulebook"]
MakeWorld = Callable[..., "World"]

ANY = '- if: "true"'
OPENING = ('- if: review.finding[act.ground] == "unacceptable"', ANY)
IMMINENT = ("- if: act.imminent", ANY)
PROVISIONAL_GROUND = (
    "only for imminent risk\n          " + '- if: review.finding[case.ground] == "unacceptable"',
    "only for imminent risk\n          " + ANY,
)
ORDER_GROUND = (
    "requires:\n          " + '- if: review.finding[case.ground] == "unacceptable"',
    "requires:\n          " + ANY,
)
FITTING = '{if: "true", says: Any., cite: house}'
PROVISIONAL_EVIDENCE = (
    "{if: check.evidence_independent}\n        must_state: [reasons, evidence, scope]",
    f"{FITTING}\n        must_state: [reasons, evidence, scope]",
)
ORDER_EVIDENCE = (
    "{if: check.evidence_independent}\n        must_state: [reasons, evidence, scope, criteria",
    f"{FITTING}\n        must_state: [reasons, evidence, scope, criteria",
)
BARE = "\n            says: No bar without notice."
NOTICE = (f"- if: case.noticed{BARE}", f"{ANY}{BARE}")
TOLD = ('- if: case.remedy == "whole" || (case.remedy == "part" && act.extent == "part")', ANY)
LATE = '|| duty["answer-to-notice"] == "late"\n'
FAIR = 'says: No bar without notice.\n            cite: "aaif, process: fair"\n          '
HEARING = (
    f"{FAIR}- if: >-\n              case.answered\n              {LATE}",
    f"{FAIR}- if: >-\n              true || case.answered\n              {LATE}",
)
ONCE = ('- if: case.finding[act.area] == "none"', ANY)


def stopped(world: "World", limit: str, type_: str, by: str, case: str, **said: object) -> None:
    """The table lets the act pass, the limit stops it, and the docket is as it was."""
    before = world.image()
    act = world.act(type_, by, case, **said)
    assert world.docket.check(act).type == type_
    with pytest.raises(Unlawful, match=f"It would break the limit '{limit}'") as refusal:
        world.admit(act)
    assert refusal.value.clause == world.book.limits[limit].clause.cite
    assert world.image() == before


def test_no_bar_without_an_unacceptable_finding(amended: Amend, make_world: MakeWorld) -> None:
    world = make_world(amended(OPENING, PROVISIONAL_GROUND, PROVISIONAL_EVIDENCE))
    world.declare()
    world.restrict()
    stopped(world, "grounds", "restriction.order-provisionally", "judge", "bar", imminent=True)
    assert world.state("bar") == "opened"


def test_nor_a_lasting_one(amended: Amend, make_world: MakeWorld) -> None:
    world = make_world(amended(OPENING, ORDER_GROUND, ORDER_EVIDENCE))
    world.declare()
    world.restrict()
    world.file("restriction.give-notice", by="officer", case="bar")
    world.file("restriction.answer", by="acme", case="bar")
    stopped(world, "grounds", "restriction.order", "judge", "bar")


def test_no_provisional_bar_without_imminent_risk(amended: Amend, make_world: MakeWorld) -> None:
    world = make_world(amended(IMMINENT))
    world.referred()
    world.restrict()
    world.file("restriction.give-notice", by="officer", case="bar")
    stopped(world, "imminence", "restriction.order-provisionally", "judge", "bar", imminent=False)
    world.file("restriction.order-provisionally", by="judge", case="bar", imminent=True)


def test_no_lasting_bar_without_notice(amended: Amend, make_world: MakeWorld) -> None:
    world = make_world(amended(NOTICE, HEARING, TOLD))
    world.referred()
    world.restrict()
    world.file("restriction.order-provisionally", by="judge", case="bar", imminent=True)
    stopped(world, "notice", "restriction.order", "judge", "bar")


def test_no_lasting_bar_before_the_developer_was_heard(
    amended: Amend, make_world: MakeWorld
) -> None:
    world = make_world(amended(HEARING))
    world.referred()
    world.restrict()
    world.file("restriction.give-notice", by="officer", case="bar")
    stopped(world, "hearing", "restriction.order", "judge", "bar")
    world.later(days=16)
    world.file("restriction.order", by="judge", case="bar")


def test_no_referral_without_an_unacceptable_finding(amended: Amend, make_world: MakeWorld) -> None:
    guard = '- if: areas.exists(a, case.finding[a] == "unacceptable")\n            says: A model is'
    world = make_world(amended((guard, guard.replace("areas.exists", "true || areas.exists"))))
    world.assessed("inconclusive")
    stopped(world, "referral", "review.refer", "decider", "r", inputs=world.findings())


def test_no_clearance_against_an_unacceptable_finding(
    amended: Amend, make_world: MakeWorld
) -> None:
    guard = '- if: areas.all(a, case.finding[a] == "acceptable")'
    clause = (
        "\n            says: A model is cleared when every area has an acceptable finding."
        '\n            cite: "essay, regulation: power, in light of the third-party assessment"'
        "\n        signed_with"
    )
    world = make_world(amended((guard + clause, ANY + clause)))
    world.assessed({"loss_of_control": "unacceptable"})
    stopped(world, "clearance", "review.clear", "decider", "r", inputs=world.findings())


def test_an_act_in_one_case_does_not_break_a_limit_on_another(
    amended: Amend, make_world: MakeWorld
) -> None:
    # The assessor withdraws the finding on which the bar stands.
    world = make_world(amended(ONCE))
    assessor = world.assign()
    world.lock()
    world.find({"cybersecurity": "unacceptable"})
    world.restrict()
    world.file("restriction.order-provisionally", by="judge", case="bar", imminent=True)
    fields = world.finding("cybersecurity", "acceptable")
    stopped(world, "grounds", "review.file-finding", assessor, "r", **fields)
    assert world.state("bar") == "provisional"


def test_a_limit_left_in_doubt_stops_the_act_too(amended: Amend, make_world: MakeWorld) -> None:
    book = amended(
        (
            "imminent: {type: bool, default: false, says: Imminent risk",
            "imminent: {type: bool, says: Imminent risk",
        ),
        (
            "\"!(state in ['provisional', 'continued']) || case.imminent\"",
            "\"state != 'opened' || case.imminent\"",
        ),
    )
    world = make_world(book)
    world.referred()
    before = world.image()
    with pytest.raises(Unlawful, match=r"cannot be told while case\.imminent is unknown"):
        world.restrict()
    assert world.image() == before
    assert "bar" not in world.docket.cases


def test_the_book_as_it_is_breaks_no_limit(world: "World") -> None:
    world.referred()
    world.restrict()
    world.file("restriction.order-provisionally", by="judge", case="bar", imminent=True)
    for case in world.docket.cases.values():
        assert broken_limits(world.docket, case, world.now) == []
        assert broken_limits(world.docket, case, "2030-01-01T00:00:00Z") == []
