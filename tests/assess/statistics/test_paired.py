"""Two models on the same items: equals are seldom told apart, and pairs save items."""

import csv
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdshort.assess.statistics.betting import Array
from holdshort.assess.statistics.paired import (
    Better,
    PairedTest,
    difference_sequence,
    paired_crossing,
)
from holdshort.errors import BadInput

RUNS, ITEMS, ERROR = 10_000, 200, 0.05
SLACK = 3 * (ERROR * (1 - ERROR) / RUNS) ** 0.5
RESPONSES = Path(__file__).parents[4] / "shared/data/assess/mmlu_redux_responses.csv"


def equals(random: np.random.Generator, unlike: Array) -> tuple[Array, Array]:
    """Both models pass alike but where ``unlike`` (chance, items last), there a coin decides."""
    shape = (RUNS, ITEMS)
    base = random.random(shape) < 0.6
    differ = random.random(shape) < unlike
    coin = random.random(shape) < 0.5
    return np.where(differ, coin, base).astype(float), np.where(differ, ~coin, base).astype(float)


@pytest.mark.parametrize("unlike", [0.02, 0.3, 1.0])
def test_equals_are_told_apart_at_most_as_promised(unlike: float) -> None:
    first, second = equals(np.random.default_rng(3), np.full(ITEMS, unlike))
    _, said = paired_crossing(first, second, ERROR)
    assert float((said != 0).mean()) <= ERROR + SLACK


def test_how_often_they_differ_may_change_with_the_items() -> None:
    first, second = equals(np.random.default_rng(4), np.where(np.arange(ITEMS) < 100, 0.05, 0.9))
    _, said = paired_crossing(first, second, ERROR)
    assert float((said != 0).mean()) <= ERROR + SLACK


def test_a_lead_of_the_margin_is_not_called_more_than_it() -> None:
    random = np.random.default_rng(5)
    chance = random.random((RUNS, ITEMS))
    first, second = (chance < 0.2).astype(float), (chance > 0.9).astype(float)  # 0.2 against 0.1
    _, said = paired_crossing(first, second, ERROR, margin=0.1)
    assert float((said > 0).mean()) <= ERROR / 2 + SLACK
    assert not (said < 0).any()


def test_the_exact_test_keeps_its_error_on_equals() -> None:
    random = np.random.default_rng(6)
    wrong = 0
    for _ in range(2_000):
        test = PairedTest(Decimal("0.05"))
        for outcome in random.random(60) < 0.5:
            if test.update(bool(outcome), not outcome) is not Better.UNDECIDED:
                wrong += 1
                break
    assert wrong / 2_000 <= ERROR + 3 * (ERROR * (1 - ERROR) / 2_000) ** 0.5


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=40))
def test_items_on_which_both_do_alike_change_nothing(pairs: list[tuple[bool, bool]]) -> None:
    every, unlike = PairedTest(Decimal("0.0001")), PairedTest(Decimal("0.0001"))
    for first, second in pairs:
        every.update(first, second)
        if first != second:
            unlike.update(first, second)
    assert (every.e_first, every.e_second) == (unlike.e_first, unlike.e_second)
    assert every.wins + every.losses == unlike.items


def test_the_better_one_is_named_whichever_place_it_has() -> None:
    for place, expected in ((0, Better.FIRST), (1, Better.SECOND)):
        test = PairedTest(Decimal("0.05"))
        while test.update(place == 0, place == 1) is Better.UNDECIDED:
            pass
        assert test.decision is expected
        assert test.items < 12
        with pytest.raises(ValueError, match="ended"):
            test.update(True, True)


def test_the_difference_is_covered_by_its_sequence() -> None:
    random = np.random.default_rng(9)
    hits = 0
    for _ in range(300):
        chance = random.random(120)
        first, second = (chance < 0.7).astype(float), (chance < 0.5).astype(float)
        low, high = difference_sequence(first, second, ERROR)
        hits += bool(((low <= 0.2) & (high >= 0.2)).all())
    assert hits / 300 >= 1 - ERROR - 3 * (ERROR * (1 - ERROR) / 300) ** 0.5


def test_pairs_of_real_models_need_fewer_items_than_two_rates() -> None:
    if not RESPONSES.exists():
        pytest.skip("../shared/data is not beside the project")
    with RESPONSES.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    strong, weak = "anthropic_claude-3-5-sonnet-20240620", "google_gemini-1.5-pro-001"
    first = np.array([float(row[strong] == row["key"]) for row in rows])
    second = np.array([float(row[weak] == row["key"]) for row in rows])
    random = np.random.default_rng(12)
    order = random.permuted(np.tile(np.arange(len(rows)), (40, 1)), axis=1)
    other = random.permuted(np.tile(np.arange(len(rows)), (40, 1)), axis=1)
    together, said = paired_crossing(first[order], second[order], ERROR, pool=len(rows))
    apart, _ = paired_crossing(first[order], second[other], ERROR, pool=len(rows))
    assert (said == 1).all()
    assert float(together.mean()) < float(apart.mean())


@pytest.mark.parametrize(
    ("first", "second", "margin"),
    [([[1.0, 0.0]], [[1.0]], 0.0), ([[1.0]], [[2.0]], 0.0), ([[1.0]], [[0.0]], 1.0)],
)
def test_what_are_no_pairs_is_refused(
    first: list[list[float]], second: list[list[float]], margin: float
) -> None:
    with pytest.raises(BadInput):
        paired_crossing(np.array(first), np.array(second), ERROR, margin=margin)
