"""Suspect keys: the signals, their calibration, and an audit that is blind to one model."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from holdshort.assess.validity.audit import (
    Queue,
    Responses,
    Suspect,
    calibrate,
    queue,
    signals,
)
from holdshort.assess.validity.audit.suspicion import SIGNALS, Signals
from holdshort.errors import BadInput

MODELS = tuple("abcdefgh")


def bank(items: int, bad_share: float, seed: int) -> tuple[Responses, np.ndarray]:
    """Answers by the Rasch model to four options; a bad key is another option than the truth."""
    random = np.random.default_rng(seed)
    ability = np.linspace(0.0, 3.0, len(MODELS))
    difficulty = random.normal(0, 1.2, items)
    knows = random.random((items, len(MODELS))) < 1 / (1 + np.exp(difficulty[:, None] - ability))
    truth = random.integers(0, 4, items)
    given_ = np.where(knows, truth[:, None], random.integers(0, 4, knows.shape))
    bad = random.random(items) < bad_share
    key = np.where(bad, (truth + random.integers(1, 4, items)) % 4, truth)
    letters = np.array(list("ABCD"))
    responses = Responses(
        tuple(f"item {i}" for i in range(items)),
        tuple(letters[key]),
        MODELS,
        tuple(tuple(row) for row in letters[given_]),
    )
    return responses, bad


def test_bad_keys_that_were_planted_come_first() -> None:
    responses, bad = bank(2000, 0.03, 1)
    made = queue(responses, "a")
    planted = {item for item, is_bad in zip(responses.items, bad, strict=True) if is_bad}
    first = [each.item for each in made.suspects[: len(planted)]]
    assert len(planted & set(first)) > 0.8 * len(planted)


def test_the_reversal_is_minus_the_correlation_with_the_score_on_the_other_items() -> None:
    responses, _ = bank(60, 0.1, 2)
    right = np.array(responses.answers) == np.array(responses.keys)[:, None]
    found = signals(responses).values[:, SIGNALS.index("reversal")]
    for i in range(60):
        rest = np.delete(right, i, axis=0).sum(axis=0)
        expected = -np.corrcoef(right[i], rest)[0, 1] if 0 < right[i].sum() < len(MODELS) else 0
        assert found[i] == pytest.approx(expected, abs=1e-9)


def test_consensus_names_the_answer_that_most_gave_instead() -> None:
    responses = Responses(
        ("x", "y"), ("A", "B"), ("a", "b", "c"), (("C", "C", "A"), ("B", "B", "none"))
    )
    found = signals(responses)
    row = dict(zip(SIGNALS, found.values[0], strict=True))
    # C is no key of this bank, and so no option: only A and B are.
    assert row["disagreement"] == pytest.approx(2 / 3)
    assert row["consensus"] == 0
    assert found.others[0] == "B"


def test_calibration_is_the_maximum_of_the_penalised_likelihood() -> None:
    responses, bad = bank(600, 0.1, 3)
    found = signals(responses)
    fitted = calibrate(found, bad, "test")
    z = (found.values - found.values.mean(axis=0)) / found.values.std(axis=0)

    def cost(w: np.ndarray) -> float:
        logit = w[0] + z @ w[1:]
        return float(np.logaddexp(0, logit).sum() - logit[bad].sum() + 0.5 * (w[1:] ** 2).sum())

    best = minimize(cost, np.zeros(len(SIGNALS) + 1), method="BFGS", options={"gtol": 1e-6})
    assert [fitted.intercept, *fitted.weights] == pytest.approx(best.x, abs=1e-3)


def test_calibration_needs_good_keys_and_bad_ones() -> None:
    found = Signals(np.zeros((3, len(SIGNALS))), ("A",) * 3)
    with pytest.raises(BadInput, match="good keys and with bad"):
        calibrate(found, np.array([True, True, True]), "test")


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from("ABCD"), min_size=40, max_size=40))
def test_no_answer_of_the_model_under_test_moves_the_queue(changed: list[str]) -> None:
    responses, _ = bank(40, 0.1, 4)
    column = MODELS.index("c")
    other = Responses(
        responses.items,
        responses.keys,
        MODELS,
        tuple(
            (*row[:column], new, *row[column + 1 :])
            for row, new in zip(responses.answers, changed, strict=True)
        ),
    )
    assert queue(responses, "c").digest == queue(other, "c").digest


def test_a_queue_that_saw_the_model_under_test_is_no_queue() -> None:
    with pytest.raises(BadInput, match="sorted by the answers of the model under test"):
        Queue("a", ("a", "b", "c"), "none", Decimal(1), (Suspect("x", "A", "B", Decimal(0)),))


def test_its_kin_are_left_out_as_well_and_too_few_models_are_refused() -> None:
    responses, _ = bank(20, 0.1, 5)
    assert queue(responses, "a", kin=["b", "c"]).models == tuple("defgh")
    with pytest.raises(BadInput, match="needs the answers of 3 other models"):
        queue(responses, "a", kin=list("bcdef"))


def test_a_bank_of_free_answers_is_refused() -> None:
    responses = Responses(("x", "y"), ("A", "A"), ("a", "b", "c"), (("A",) * 3, ("B",) * 3))
    with pytest.raises(BadInput, match="2 to 26 options"):
        signals(responses)


def test_rows_that_do_not_fit_the_names_are_refused() -> None:
    with pytest.raises(BadInput, match="none named twice"):
        Responses(("x", "x"), ("A", "A"), ("a",), (("A",), ("A",)))
    with pytest.raises(BadInput, match="2 answers of 1 models"):
        Responses(("x",), ("A",), ("a",), (("A", "B"),))
