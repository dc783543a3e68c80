from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from holdshort.assess.statistics import Decision, RatePlan, SequentialRateTest
from holdshort.assess.stopping import OrderedTest

PLAN = RatePlan(Decimal("0.50"), Decimal("0.15"), Decimal("0.05"), 30)


@given(st.lists(st.booleans(), min_size=30, max_size=30), st.randoms(use_true_random=False))
def test_the_order_of_completion_changes_nothing(outcomes: list[bool], order: object) -> None:
    in_order = SequentialRateTest(PLAN)
    for outcome in outcomes:
        if in_order.update(outcome):
            break
    completed = list(range(30))
    order.shuffle(completed)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    ordered = OrderedTest(PLAN)
    for index in completed:
        ordered.add(index, outcomes[index])
    assert ordered.decision == in_order.decision
    assert ordered.test.n == in_order.n
    assert ordered.test.e_below == in_order.e_below


def test_a_sample_waits_until_all_before_it_are_in() -> None:
    ordered = OrderedTest(PLAN)
    assert ordered.add(1, False) == 0
    assert ordered.add(2, False) == 0
    assert ordered.add(0, False) == 3
    assert ordered.test.n == 3


def test_samples_in_flight_after_the_decision_are_not_counted() -> None:
    ordered = OrderedTest(PLAN)
    index = 0
    while ordered.decision is None:
        ordered.add(index, False)
        index += 1
    counted = ordered.test.n
    assert ordered.decision is Decision.BELOW
    assert ordered.add(index, True) == 0
    assert ordered.test.n == counted
