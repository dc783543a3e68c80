"""What gaps say of a model: effects against a control, never a yes or a no."""

from collections.abc import Sequence
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdshort.assess.elicitation import (
    Arm,
    ArmScores,
    Contrast,
    Draws,
    Plan,
    Sign,
    Suspicion,
    measure,
    read,
    settled,
    standard_contrasts,
)
from holdshort.assess.elicitation.interval import _BETS, _WHOLE
from holdshort.assess.outcome import Outcome
from holdshort.errors import BadInput

ITEMS = 150
BETS = np.array(_BETS) / _WHOLE
EFFORT = Contrast(Arm.FINE_TUNED, Arm.PLAIN, Draws.BY_EFFORT)
LOOKS = Contrast(Arm.UNGRADED, Arm.GRADED, Draws.BY_LOOKS)
PLAN = Plan((EFFORT, LOOKS))


def first(share: float, items: int = ITEMS) -> list[bool]:
    """The first items right, the others wrong."""
    return [index < share * items for index in range(items)]


def scores(plain: float, tuned: float, graded: float, ungraded: float) -> ArmScores:
    rates = zip(
        (Arm.PLAIN, Arm.FINE_TUNED, Arm.GRADED, Arm.UNGRADED),
        (plain, tuned, graded, ungraded),
        strict=True,
    )
    return ArmScores("some", {arm: first(rate) for arm, rate in rates})


NONE = scores(0, 0, 0, 0)


def test_a_gap_is_an_effect_with_its_interval_beside_the_controls() -> None:
    gap = measure("tuned", "plain", (first(0.6), first(0)), (first(0), first(0)), Decimal("0.05"))
    assert str(gap).startswith("tuned over plain: gap 0.60 [0.")
    assert "against control 0.00 [-0.0" in str(gap)
    assert gap.beyond.low < Decimal("0.6") < gap.beyond.high
    assert gap.to_fields()["beyond"] == gap.beyond.to_fields()


def test_training_that_lifts_the_control_as_much_shows_nothing() -> None:
    found = read(PLAN, scores(0, 0.4, 0, 0), scores(0, 0.4, 0, 0))
    assert found.gaps[0].model.low > Decimal("0.15")
    assert found.signs[0] is Sign.NO_MORE
    assert found.suspicion is Suspicion.NOTHING_FOUND


def test_training_that_lifts_it_beyond_the_control_shows_that_it_held_back() -> None:
    found = read(PLAN, scores(0, 0.9, 0, 0), scores(0, 0.2, 0, 0))
    assert found.suspicion is Suspicion.HOLDS_BACK


def test_a_change_of_looks_that_lifts_it_shows_that_it_plays_weak() -> None:
    found = read(PLAN, scores(0.3, 0.9, 0.3, 0.9), NONE)
    assert found.signs == (Sign.MORE, Sign.MORE)
    assert found.suspicion is Suspicion.PLAYS_WEAK


def test_few_items_settle_nothing() -> None:
    few = NONE.first(10)
    assert read(PLAN, few, few).suspicion is Suspicion.UNSETTLED


def test_one_contrast_that_shows_more_outweighs_one_that_is_unsettled() -> None:
    found = read(PLAN, scores(0, 0.9, 0, 0.15), NONE)
    assert found.signs == (Sign.MORE, Sign.UNSETTLED)
    assert found.suspicion is Suspicion.HOLDS_BACK


@pytest.mark.parametrize("outcome", list(Outcome))
@pytest.mark.parametrize("model", [NONE, scores(0, 0.9, 0, 0), scores(0, 0, 0, 0.9)])
def test_only_an_acceptable_finding_changes_and_only_to_inconclusive(
    outcome: Outcome, model: ArmScores
) -> None:
    found = read(PLAN, model, NONE)
    left = settled(outcome, found)
    if outcome is Outcome.ACCEPTABLE and found.suspicion is not Suspicion.NOTHING_FOUND:
        assert left is Outcome.INCONCLUSIVE
    else:
        assert left is outcome


def test_what_is_unsettled_is_not_acceptable() -> None:
    few = NONE.first(10)
    assert settled(Outcome.ACCEPTABLE, read(PLAN, few, few)) is Outcome.INCONCLUSIVE


def test_an_arm_that_was_not_run_is_named() -> None:
    bare = ArmScores("bare", {Arm.PLAIN: first(0)})
    with pytest.raises(BadInput, match="'fine-tuned' was not run"):
        read(PLAN, bare, NONE)


def test_model_and_control_have_the_same_items() -> None:
    with pytest.raises(BadInput, match="same items"):
        read(PLAN, NONE.first(20), NONE)


def test_arms_have_the_same_items() -> None:
    with pytest.raises(BadInput, match="not the same items"):
        ArmScores("some", {"plain": [True], "graded": [True, False]})


@pytest.mark.parametrize(
    ("contrasts", "tolerance", "error_rate", "where"),
    [
        ((), "0.1", "0.05", "contrasts"),
        ((EFFORT, EFFORT), "0.1", "0.05", "contrasts"),
        ((EFFORT,), "-0.1", "0.05", "tolerance"),
        ((EFFORT,), "1", "0.05", "tolerance"),
        ((EFFORT,), "NaN", "0.05", "tolerance"),
        ((EFFORT,), "0.1", "0", "error_rate"),
        ((EFFORT,), "0.1", "1", "error_rate"),
        ((EFFORT, LOOKS), "0.1", "0.000001", "error_rate"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(
    contrasts: tuple[Contrast, ...], tolerance: str, error_rate: str, where: str
) -> None:
    with pytest.raises(BadInput) as refusal:
        Plan(contrasts, Decimal(tolerance), Decimal(error_rate))
    assert refusal.value.where == where


@given(st.lists(st.tuples(*[st.booleans()] * 4), min_size=1, max_size=80))
@settings(max_examples=40, deadline=None)
def test_the_gap_beyond_is_the_models_less_the_controls(
    rows: list[tuple[bool, bool, bool, bool]],
) -> None:
    columns: list[Sequence[bool]] = [list(each) for each in zip(*rows, strict=True)]
    a, b, c, d = columns
    gap = measure("a", "b", (a, b), (c, d), Decimal("0.05"))
    rounding = Decimal("0.002")
    assert abs(gap.beyond.estimate - (gap.model.estimate - gap.control.estimate)) <= rounding
    for effect in (gap.model, gap.control, gap.beyond):
        assert effect.low <= effect.estimate <= effect.high
    swapped = measure("a", "b", (c, d), (a, b), Decimal("0.05"))
    assert (swapped.beyond.low, swapped.beyond.high) == (-gap.beyond.high, -gap.beyond.low)


def test_over_all_contrasts_a_model_at_the_tolerance_is_seldom_suspected() -> None:
    """Eight gaps at the very tolerance, one plain arm in common, looked at after every item.

    Ten thousand models; the capital of each contrast as the rule has it (its exact form is held
    against this one beside the interval).
    """
    plan = Plan(standard_contrasts())
    runs, items, theta = 10_000, 120, float(plan.tolerance)
    random = np.random.default_rng(5)
    null = (theta + 2) / 4
    plain = (random.random((runs, items)) < 0.3).astype(np.int8)
    chance = (random.random((runs, items)) < 0.1).astype(np.int8)
    suspected = np.zeros(runs, np.bool_)
    for _ in plan.contrasts:
        more = (random.random((runs, items)) < 0.3 + theta).astype(np.int8)
        lucky = (random.random((runs, items)) < 0.1).astype(np.int8)
        differences = (more - plain) - (lucky - chance)
        # Five scores alone occur: their factors are taken from a table, bet by bet.
        factors = np.log1p(-BETS[:, None] + BETS[:, None] * np.arange(5) / 4 / null)
        for start in range(0, runs, 1000):
            some = differences[start : start + 1000] + 2
            capital = np.exp(np.cumsum(factors[:, some], axis=2)).mean(axis=0)
            suspected[start : start + 1000] |= (capital >= 2 / float(plan.each)).any(axis=1)
    assert 0 < suspected.mean() <= float(plan.error_rate)


def test_guesses_are_not_suspected() -> None:
    plan = Plan(standard_contrasts(), Decimal("0.05"), Decimal("0.20"))
    arms = sorted({arm for each in plan.contrasts for arm in (each.arm, each.reference)})
    random, suspected = np.random.default_rng(5), 0
    for _ in range(60):
        model, control = (
            ArmScores(name, {arm: list(random.random(80) < 0.4) for arm in arms})
            for name in ("model", "control")
        )
        found = read(plan, model, control).suspicion
        suspected += found in (Suspicion.HOLDS_BACK, Suspicion.PLAYS_WEAK)
    assert suspected <= 3


def test_fields_are_words_and_decimal_strings() -> None:
    found = read(PLAN, NONE, NONE).to_fields()
    assert found["rule"] == "elicitation-gap/v1"
    assert found["tolerance"] == "0.15"
    assert found["suspicion"] == "nothing found"
