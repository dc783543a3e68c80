from decimal import Decimal
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdshort.assess.statistics import (
    Decision,
    OneSidedEProcess,
    RatePlan,
    SequentialRateTest,
    Side,
    bonferroni,
    operation,
)
from holdshort.assess.statistics.design import stopping_bounds
from holdshort.errors import BadInput

PLAN = RatePlan(Decimal("0.50"), Decimal("0.15"), Decimal("0.05"), 300)


def decide(plan: RatePlan, outcomes: npt.NDArray[np.bool_]) -> tuple[Decision, int]:
    test = SequentialRateTest(plan)
    for outcome in outcomes:
        if decision := test.update(bool(outcome)):
            return decision, test.n
    raise AssertionError("the test did not end at its last item")


def decide_many(
    plan: RatePlan, rate: float, runs: int, seed: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """The same test over many runs at once: items used, decided below, decided above."""
    passes = np.random.default_rng(seed).random((runs, plan.max_items)) < rate
    counts = passes.cumsum(axis=1)
    low, high = (np.array(bound[1:]) for bound in stopping_bounds(plan))
    below, above = counts <= low, counts >= high
    ended = below | above
    ended[:, -1] = True
    last = ended.argmax(axis=1)
    at = np.arange(runs)
    return last + 1, below[at, last], above[at, last]


@given(st.integers(1, 99), st.sampled_from(Side), st.data())
def test_one_factor_has_expectation_one_at_the_boundary_and_less_inside(
    boundary: int, side: Side, data: st.DataObject
) -> None:
    past = data.draw(st.lists(st.booleans(), max_size=12))
    inside = (
        data.draw(st.integers(boundary, 100))
        if side is Side.AT_LEAST
        else data.draw(st.integers(0, boundary))
    )

    def evidence(outcomes: list[bool]) -> Fraction:
        process = OneSidedEProcess(boundary, side)
        for outcome in outcomes:
            process.update(outcome)
        return process.value

    def expected_next(per_cent: int) -> Fraction:
        rate = Fraction(per_cent, 100)
        return rate * evidence([*past, True]) + (1 - rate) * evidence([*past, False])

    assert expected_next(boundary) == evidence(past)
    assert expected_next(inside) <= evidence(past)


@given(st.lists(st.booleans(), max_size=60))
def test_evidence_does_not_depend_on_the_order_of_the_past(outcomes: list[bool]) -> None:
    one, other = OneSidedEProcess(65, Side.AT_LEAST), OneSidedEProcess(65, Side.AT_LEAST)
    for outcome in outcomes:
        one.update(outcome)
    for outcome in sorted(outcomes):
        other.update(outcome)
    assert one.value == other.value


@pytest.mark.parametrize("successes", [0, 3, 40, 97, 100])
def test_the_grid_agrees_with_the_continuous_mixture(successes: int) -> None:
    """An independent form: the truncated Beta mixture through the incomplete beta function."""
    from scipy.special import betainc, betaln, xlog1py, xlogy

    items, boundary = 100, 0.65
    failures = items - successes
    process = OneSidedEProcess(65, Side.AT_LEAST)
    for index in range(items):
        process.update(index < successes)
    log_continuous = (
        betaln(successes + 1, failures + 1)
        + np.log(betainc(successes + 1, failures + 1, boundary))
        - np.log(boundary)
        - xlogy(successes, boundary)
        - xlog1py(failures, -boundary)
    )
    log_grid = float(np.log(float(process.value)))
    # At the ends of the range the grid puts an atom of 1/65 where the integral has none.
    assert log_grid == pytest.approx(log_continuous, abs=0.02 if 0 < successes < 60 else 1.2)


def test_all_wrong_decides_below_within_ten_items() -> None:
    decision, items = decide(PLAN, np.zeros(300, dtype=bool))
    assert decision is Decision.BELOW
    assert items <= 10


def test_all_right_decides_above_within_ten_items() -> None:
    decision, items = decide(PLAN, np.ones(300, dtype=bool))
    assert decision is Decision.ABOVE
    assert items <= 10


def test_a_test_that_runs_out_of_items_is_undecided() -> None:
    short = RatePlan(Decimal("0.50"), Decimal("0.15"), Decimal("0.05"), 3)
    assert decide(short, np.zeros(300, dtype=bool)) == (Decision.UNDECIDED, 3)


def test_nothing_is_counted_after_the_decision() -> None:
    test = SequentialRateTest(PLAN)
    while test.update(False) is None:
        pass
    with pytest.raises(ValueError, match="the test ended after item"):
        test.update(True)


def test_reported_evidence_reaches_the_limit_exactly_when_the_test_decides() -> None:
    test = SequentialRateTest(PLAN)
    while test.update(False) is None:
        assert test.e_below < 20
    assert test.e_below >= 20
    assert len(str(test.e_below).partition(".")[2]) == 4


def test_nothing_is_decided_before_the_least_number_of_items() -> None:
    patient = RatePlan(Decimal("0.50"), Decimal("0.15"), Decimal("0.05"), 300, 20)
    assert decide(patient, np.zeros(300, dtype=bool)) == (Decision.BELOW, 20)
    assert operation(patient, 0.0).mean_items == 20


@pytest.mark.parametrize("least", [0, 61])
def test_a_least_number_of_items_lies_within_the_plan(least: int) -> None:
    with pytest.raises(BadInput, match="min_items must be from 1 to max_items"):
        RatePlan(Decimal("0.50"), Decimal("0.15"), Decimal("0.05"), 60, least)


@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from([0.0, 0.2, 0.5, 0.8, 1.0]),
    st.sampled_from([1, 7, 20, 60]),
)
def test_the_bounds_of_the_sweep_are_those_of_the_running_test(
    seed: int, rate: float, least: int
) -> None:
    plan = RatePlan(Decimal("0.50"), Decimal("0.15"), Decimal("0.05"), 60, least)
    outcomes = np.random.default_rng(seed).random((1, plan.max_items)) < rate
    items, below, above = decide_many(plan, rate, 1, seed)
    expected = Decision.BELOW if below[0] else Decision.ABOVE if above[0] else Decision.UNDECIDED
    assert decide(plan, outcomes[0]) == (expected, items[0])


@pytest.mark.parametrize(
    "plan",
    [
        PLAN,
        RatePlan(Decimal("0.20"), Decimal("0.05"), Decimal("0.01"), 400),
        RatePlan(Decimal("0.50"), Decimal("0.10"), Decimal("0.0125"), 400, 20),
    ],
)
def test_a_rate_at_the_edge_of_the_zone_is_misjudged_no_more_often_than_promised(
    plan: RatePlan,
) -> None:
    runs = 20_000
    high, low = float(plan.threshold + plan.zone), float(plan.threshold - plan.zone)
    _, below, _ = decide_many(plan, high, runs, seed=1)
    _, _, above = decide_many(plan, low, runs, seed=2)
    alpha = float(plan.error_rate)
    noise = 3 * (alpha * (1 - alpha) / runs) ** 0.5
    assert below.mean() <= alpha + noise
    assert above.mean() <= alpha + noise
    # The same, exactly: no simulation noise to hide behind.
    assert operation(plan, high).below <= alpha
    assert operation(plan, low).above <= alpha
    # And the simulation agrees with the exact law.
    assert below.mean() == pytest.approx(operation(plan, high).below, abs=noise)


def test_clear_cases_need_few_items_and_the_middle_still_ends() -> None:
    clear = [operation(PLAN, rate).mean_items for rate in (0.0, 0.1, 0.9, 1.0)]
    assert max(clear) < 20
    middle = operation(PLAN, 0.5)
    assert middle.undecided < 0.1
    assert middle.below == pytest.approx(middle.above, abs=1e-9)
    assert middle.below + middle.above + middle.undecided == pytest.approx(1)


@pytest.mark.parametrize(
    ("threshold", "zone", "error_rate", "max_items", "where"),
    [
        ("0.505", "0.15", "0.05", 10, "threshold"),
        ("0.50", "-0.1", "0.05", 10, "zone"),
        ("0.50", "0.50", "0.05", 10, "zone"),
        ("0.50", "0.15", "0", 10, "error_rate"),
        ("0.50", "0.15", "1", 10, "error_rate"),
        ("NaN", "0.15", "0.05", 10, "threshold"),
        ("0.50", "0.15", "0.05", 0, "max_items"),
    ],
)
def test_a_plan_that_cannot_be_kept_is_refused_by_field(
    threshold: str, zone: str, error_rate: str, max_items: int, where: str
) -> None:
    with pytest.raises(BadInput) as caught:
        RatePlan(Decimal(threshold), Decimal(zone), Decimal(error_rate), max_items)
    assert caught.value.where == where


def test_an_error_rate_is_shared_among_areas_without_exceeding_the_total() -> None:
    assert bonferroni(Decimal("0.05"), 4) == Decimal("0.0125")
    assert 3 * bonferroni(Decimal("0.05"), 3) <= Decimal("0.05")
    with pytest.raises(BadInput):
        bonferroni(Decimal("0.05"), 0)
