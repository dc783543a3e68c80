"""What a record holds of choices: since when an office could act, what else it could have done."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from holdshort.docket.choices import offices
from holdshort.docket.fairness import audit, observations, read_record
from holdshort.docket.fairness.facts import Sight
from holdshort.docket.fairness.record import Choice
from holdshort.docket.fairness.severity import (
    ADVERSE,
    CONDITIONAL,
    FREE,
    LASTING,
    PENDING,
    PROVISIONAL,
    Scale,
)
from holdshort.rulebook.model import Rulebook

Play = Callable[..., Any]


def choices(world: Any) -> list[Choice]:
    return list(read_record(world.entries, world.book).choices)


def made(world: Any, act: str) -> Choice:
    return next(each for each in choices(world) if each.act == act)


@pytest.fixture(scope="module")
def scale(aaif: Rulebook) -> Scale:
    return Scale(aaif, offices(aaif, "register"))


@pytest.mark.parametrize(
    ("kind", "state", "weight"),
    [
        ("review", "cleared", FREE),
        ("review", "conditional", CONDITIONAL),
        ("review", "assessed", PENDING),
        ("review", "appealed", CONDITIONAL),
        ("review", "referred", ADVERSE),
        ("restriction", "lifted", FREE),
        ("restriction", "noticed", PENDING),
        ("restriction", "provisional", PROVISIONAL),
        ("restriction", "ordered", LASTING),
        ("violation", "found", ADVERSE),
        ("violation", "further_barred", LASTING),
        ("violation", "dismissed", FREE),
    ],
)
def test_a_state_weighs_what_the_table_makes_of_it(
    scale: Scale, kind: str, state: str, weight: int
) -> None:
    assert scale.of_state(kind, state) == weight


def test_lifting_weighs_less_than_conditions_less_than_a_fine_less_than_a_bar(
    scale: Scale, aaif: Rulebook
) -> None:
    ladder = (
        ("restriction.lift", "ordered"),
        ("review.clear-with-conditions", "assessed"),
        ("violation.fine", "found"),
        ("restriction.order-provisionally", "noticed"),
        ("restriction.order", "noticed"),
    )
    weights = [scale.of_act(aaif.act(act), state) for act, state in ladder]
    assert weights == sorted(set(weights))


def test_the_time_counts_from_when_exactly_these_acts_were_open(world: Any) -> None:
    world.declare()
    world.file("violation.allege", by="officer", case="v", concerns="r",
               violation="false-statement")  # fmt: skip
    world.later(hours=1)
    world.file("violation.give-notice", by="officer", case="v")
    world.later(hours=2)
    world.file("violation.answer", by="acme", case="v")
    world.petition("v", "violation")
    answered = world.now
    world.later(days=3)
    world.file("violation.find", by="judge", case="v")
    found = made(world, "violation.find")
    assert found.since == answered
    assert found.at == world.now
    assert set(found.open) == {"violation.find", "violation.dismiss"}
    assert (found.party, found.matter, found.role) == ("acme", "r", "court")
    assert ("case.answered", "yes") in found.facts


def test_what_time_alone_opens_was_open_when_the_clock_struck(world: Any) -> None:
    world.declare()
    world.file("violation.allege", by="officer", case="v", concerns="r",
               violation="false-statement")  # fmt: skip
    world.file("violation.give-notice", by="officer", case="v")
    world.petition("v", "violation")
    world.later(days=40)  # the developer says nothing; its ten business days run out on the way
    world.file("violation.find", by="judge", case="v")
    found = made(world, "violation.find")
    noticed = world.case("v").steps[1].at
    assert noticed < found.since < found.at
    assert found.since.startswith("2026-11-18T05:00:00")  # the tenth: Veterans Day does not count


def test_what_is_still_open_is_a_choice_that_nobody_has_made(world: Any) -> None:
    world.declare()
    world.file("violation.allege", by="officer", case="v", concerns="r",
               violation="false-statement")  # fmt: skip
    world.later(days=5)
    world.declare("other", by="rival", weights="cd" * 32)
    waiting = [each for each in choices(world) if each.act is None and each.case == "v"]
    assert {each.open for each in waiting} == {
        ("violation.give-notice", "violation.drop", "violation.draft-petition")
    }
    assert all(each.at == world.now for each in waiting)
    # Nobody has alleged anything against rival, though it could lawfully be done.
    assert any(
        each.party == "rival" and each.open == ("violation.allege",) and each.act is None
        for each in choices(world)
    )


def test_to_open_no_case_where_none_is_lawful_is_no_choice(world: Any) -> None:
    world.declare(training_compute="1e20")
    assert all("restriction.open" not in each.open for each in choices(world))


def test_a_quantity_counts_by_the_thresholds_of_the_law(world: Any, aaif: Rulebook) -> None:
    for case, compute in (("small", "2e24"), ("big", "2e25"), ("bigger", "9e25")):
        world.declare(case, weights=None, training_compute=compute)
    sight = Sight(aaif)
    small, big, bigger = (
        sight.facts(world.docket, world.case(case), world.now)
        for case in ("small", "big", "bigger")
    )
    assert big == bigger != small
    assert ("model.training_compute > value.compute_threshold", "yes") in big
    assert not any("acme" in value for _, value in big)


def test_parties_of_equal_facts_stand_in_one_stratum(play: Play) -> None:
    found = observations(read_record((world := play(8)).entries, world.book))
    by_step = [each for each in found if "violation.find" in each.step]
    assert len({each.party for each in by_step}) == 4
    assert len({each.stratum for each in by_step}) == 1


def test_a_court_that_takes_its_time_with_one_developer_is_found(play: Play) -> None:
    world = play(40, slow="rival")
    done = audit(observations(read_record(world.entries, world.book)))
    first, *others = done.found
    assert (first.label, first.measure, first.outcome.higher) == ("rival", "wait", True)
    assert "violation.find" in first.step
    # Where one waits longer than its likes, these wait less than theirs.
    assert all(each.measure == "wait" and not each.outcome.higher for each in others)


def test_a_court_that_fines_one_developer_more_is_found(play: Play) -> None:
    world = play(40, fined="acme")
    done = audit(observations(read_record(world.entries, world.book)))
    assert {(each.label, each.measure) for each in done.found} == {("acme", "fine")}


@pytest.mark.parametrize("seed", range(3))
def test_nothing_is_found_where_dice_alone_decide(play: Play, seed: int) -> None:
    world = play(40, seed=seed)
    done = audit(observations(read_record(world.entries, world.book)), level=Fraction(1, 1000))
    assert done.able
    assert done.found == ()


def test_a_short_record_says_that_it_can_tell_nothing(play: Play) -> None:
    world = play(4)
    done = audit(observations(read_record(world.entries, world.book)))
    assert not done.able
    assert done.found == ()


def test_groups_that_the_law_does_not_know_can_be_brought(play: Play) -> None:
    world = play(40, slow="rival")
    found = observations(read_record(world.entries, world.book))
    groups = {"rival": "none", "acme": "donor", "third": "donor", "fourth": "donor"}
    done = audit(found, groups=groups)
    assert any(each.grouped and each.label == "none" for each in done.found)
