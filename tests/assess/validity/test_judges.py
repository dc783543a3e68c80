"""A judge model held against people."""

from decimal import Decimal

import numpy as np
import pytest
from scipy.stats import binomtest

from holdshort.assess.outcome import Outcome
from holdshort.assess.statistics import RatePlan
from holdshort.assess.validity import Record, Verdict
from holdshort.assess.validity.judges import (
    Calibrated,
    JudgePlan,
    calibrated,
    rogan_gladen,
    share,
    to_label,
)
from holdshort.assess.validity.record import START, Ruling
from holdshort.errors import BadInput, EvidenceError
from holdshort.register.canonical import canonical, digest

RATE = RatePlan(Decimal("0.50"), Decimal("0.10"), Decimal("0.05"), 2000, 20)
PLAN = JudgePlan(RATE, labels=300)
SEED = b"kept until the verdicts are in"


def labelled(
    verdicts: dict[str, bool], truth: dict[str, bool], plan: JudgePlan = PLAN, skip: int = 0
) -> Record:
    drawn = to_label(tuple(verdicts), SEED, plan.labels)
    queue, previous, lines = digest(drawn), START, []
    for sample in drawn[skip:]:
        word = "pass" if truth[sample] else "fail"
        lines.append(Ruling(queue, sample, "ada", word, "", "read", "then", previous))
        previous = lines[-1].digest
    return Record(queue, lines)


def judged(
    rate: float,
    sensitivity: float,
    specificity: float,
    *,
    seed: int = 1,
    skip: int = 0,
    measured: Outcome = Outcome.ACCEPTABLE,
) -> Calibrated:
    random = np.random.default_rng(seed)
    truth = {f"s{n}": bool(random.random() < rate) for n in range(1000)}
    verdicts = {
        name: bool(random.random() < (sensitivity if good else 1 - specificity))
        for name, good in truth.items()
    }
    record = labelled(verdicts, truth, skip=skip)
    return calibrated(PLAN, verdicts, SEED, record, measured)


@pytest.mark.parametrize(("hits", "number"), [(0, 10), (10, 10), (7, 10), (151, 160)])
def test_the_interval_is_that_of_clopper_and_pearson(hits: int, number: int) -> None:
    found = share([True] * hits + [False] * (number - hits), Decimal("0.05"))
    exact = binomtest(hits, number).proportion_ci(0.95, method="exact")
    assert float(found.low) == pytest.approx(exact.low, abs=0.001)
    assert float(found.high) == pytest.approx(exact.high, abs=0.001)
    assert float(found.low) <= exact.low
    assert float(found.high) >= exact.high


def test_the_correction_turns_the_judges_errors_back() -> None:
    true, sensitivity, specificity = Decimal("0.3"), Decimal("0.9"), Decimal("0.8")
    seen = true * sensitivity + (1 - true) * (1 - specificity)
    assert rogan_gladen(seen, sensitivity, specificity) == true


def test_a_good_judge_is_sound_and_its_record_can_be_filed() -> None:
    found = judged(0.15, 0.95, 0.97)
    assert found.gate.verdict is Verdict.SOUND
    assert found.corrected is not None
    assert found.corrected.low <= Decimal("0.15") <= found.corrected.high
    canonical(found.to_fields())


def test_a_judge_worse_than_demanded_is_doubtful() -> None:
    assert judged(0.3, 0.95, 0.55).gate.verdict is Verdict.DOUBTFUL
    assert judged(0.3, 0.50, 0.95).gate.verdict is Verdict.DOUBTFUL


def test_a_judge_that_is_about_as_good_as_demanded_is_unknown() -> None:
    assert judged(0.3, 0.82, 0.95).gate.verdict is Verdict.UNKNOWN


def test_labels_that_are_missing_leave_a_judge_unknown() -> None:
    found = judged(0.15, 0.95, 0.97, skip=1)
    assert found.gate.verdict is Verdict.UNKNOWN
    assert found.gate.reason.startswith("1 of the drawn")


def test_a_judge_at_chance_corrects_nothing() -> None:
    found = judged(0.5, 0.5, 0.5)
    assert found.corrected is None
    assert found.gate.effect is None


def test_a_finding_that_the_correction_does_not_bear_out_is_unknown() -> None:
    for measured in (Outcome.ACCEPTABLE, Outcome.UNACCEPTABLE):
        rate = 0.58 if measured is Outcome.ACCEPTABLE else 0.42
        found = judged(rate, 0.93, 0.93, measured=measured)
        assert found.gate.verdict is Verdict.UNKNOWN
        assert "not settled" in found.gate.reason


def test_the_corrected_interval_covers_as_often_as_it_says() -> None:
    missed = 0
    for seed in range(150):
        found = judged(0.35, 0.9, 0.85, seed=seed)
        assert found.corrected is not None
        missed += not found.corrected.low <= Decimal("0.35") <= found.corrected.high
    assert missed <= 8


def test_nobody_picks_what_is_labelled() -> None:
    verdicts = {f"s{n}": True for n in range(10)}
    plan = JudgePlan(RATE, labels=5)
    drawn = to_label(tuple(verdicts), SEED, 5)
    assert drawn == to_label(tuple(reversed(list(verdicts))), SEED, 5)
    assert drawn != to_label(tuple(verdicts), b"another", 5)
    other = next(name for name in verdicts if name not in drawn)
    line = Ruling(digest(drawn), other, "ada", "pass", "", "read", "then", START)
    with pytest.raises(EvidenceError, match="was not drawn"):
        calibrated(plan, verdicts, SEED, Record(digest(drawn), [line]), Outcome.ACCEPTABLE)
    with pytest.raises(EvidenceError, match="other samples"):
        calibrated(plan, verdicts, SEED, Record("a" * 64), Outcome.ACCEPTABLE)
    word = Ruling(digest(drawn), drawn[0], "ada", "good", "", "read", "then", START)
    with pytest.raises(EvidenceError, match="A label is"):
        calibrated(plan, verdicts, SEED, Record(digest(drawn), [word]), Outcome.ACCEPTABLE)


def test_demands_that_chance_meets_are_refused() -> None:
    with pytest.raises(BadInput, match="no better than chance"):
        JudgePlan(RATE, Decimal("0.50"), Decimal("0.50"))
