"""The promised error rate, and the promised power, on thousands of simulated records.

Fair records are made as unfavourable as they come: tiny strata, ties, skewed delays, one developer
with most of the matters, decisions that hang together within a matter. How often any of them is
called unfair may exceed the level by no more than chance allows (one-sided 99.9 % binomial bound).
"""

import random
from collections.abc import Callable
from fractions import Fraction

import pytest
from scipy.stats import binom

from holdshort.docket.fairness import Observation, audit
from holdshort.docket.fairness.power import powers, wilson

See = Callable[..., Observation]
LEVEL = Fraction(1, 20)


def tiny(lot: random.Random, seen: See) -> list[Observation]:
    """Strata of two or three matters, many of them."""
    return [
        seen("wait", "s", unit, lot.choice("abcd"), lot.randint(1, 30), facts=unit // 3)
        for unit in range(60)
    ]


def tied(lot: random.Random, seen: See) -> list[Observation]:
    """Two measures that say nearly the same, almost all outcomes equal."""
    found = []
    for unit in range(50):
        party, hard = lot.choice("abc"), lot.random() < 0.15
        found.append(seen("severity", "s", unit, party, 3 if hard else 1, worst=Fraction(3)))
        found.append(seen("unusual", "s", unit, party, int(hard), worst=Fraction(1)))
    return found


def skewed(lot: random.Random, seen: See) -> list[Observation]:
    """Delays with a heavy tail, some of them still running."""
    return [
        seen(
            "wait", f"step {step}", unit, lot.choice("abcde"),
            int(lot.lognormvariate(3, 2)) + 1, facts=unit % 4, open_ended=lot.random() < 0.2,
        )
        for unit in range(40)
        for step in (unit % 2,)
    ]  # fmt: skip


def dominated(lot: random.Random, seen: See) -> list[Observation]:
    """One developer has four matters of five."""
    return [
        seen("fine", "s", unit, lot.choices("abc", (8, 1, 1))[0], lot.randint(1, 9) ** 3)
        for unit in range(50)
    ]


def clustered(lot: random.Random, seen: See) -> list[Observation]:
    """Every matter has a mood of its own, in which all its choices are made."""
    found = []
    for unit in range(36):
        party, mood = lot.choice("abc"), lot.gauss(0, 3)
        for step in range(6):
            delay = round(100 * 2 ** (mood + lot.gauss(0, 0.3)))
            found.append(seen("wait", f"step {step}", unit, party, delay))
            harsh = Fraction(int(mood > 2))
            found.append(seen("severity", f"step {step}", unit, party, harsh, worst=Fraction(1)))
    return found


SCENARIOS = (tiny, tied, skewed, dominated, clustered)


def alarms(make: Callable[[random.Random, See], list[Observation]], seen: See, runs: int) -> int:
    """How many fair records are called unfair in anything."""
    name = make.__name__
    records = (make(random.Random(f"{name} {run}"), seen) for run in range(runs))
    return sum(bool(audit(record, level=LEVEL).found) for record in records)


@pytest.mark.parametrize("make", SCENARIOS, ids=lambda each: each.__name__)
def test_a_fair_record_is_seldom_called_unfair(
    make: Callable[[random.Random, See], list[Observation]], seen: See
) -> None:
    runs = 120
    assert alarms(make, seen, runs) <= binom.ppf(0.999, runs, float(LEVEL))


@pytest.mark.slow
@pytest.mark.parametrize("make", SCENARIOS, ids=lambda each: each.__name__)
def test_over_two_thousand_fair_records_the_rate_is_kept(
    make: Callable[[random.Random, See], list[Observation]], seen: See
) -> None:
    runs = 2000
    assert alarms(make, seen, runs) <= binom.ppf(0.999, runs, float(LEVEL))


def biased(
    lot: random.Random, seen: See, measure: str, effect: float, victim: str = "a"
) -> list[Observation]:
    """Two steps, four developers; one of them is treated worse."""
    found = []
    for unit in range(80):
        party = "abcd"[unit % 4]
        for step in ("one", "two"):
            if measure == "wait":
                value = lot.lognormvariate(3, 0.5) * (1 + effect * (party == victim))
                found.append(seen("wait", step, unit, party, round(value * 1000)))
            else:
                harsh = lot.random() < 0.2 or (party == victim and lot.random() < effect)
                found.append(seen("severity", step, unit, party, int(harsh), worst=Fraction(1)))
    return found


@pytest.mark.slow
@pytest.mark.parametrize(("measure", "effect"), [("wait", 0.6), ("severity", 0.4)])
def test_planted_favouritism_is_found_as_often_as_stated(
    measure: str, effect: float, seen: See
) -> None:
    fair = biased(random.Random(1), seen, measure, 0)
    done = audit(fair, level=LEVEL)
    [stated] = powers(fair, done, effect=Fraction(str(effect)), runs=400, seed="stated")
    runs, hits = 200, 0
    for run in range(runs):
        lot = random.Random(f"planted {run}")
        victim = lot.choice("abcd")
        audited = audit(biased(lot, seen, measure, effect, victim), level=LEVEL)
        hits += any(
            each.label == victim and each.outcome.p <= audited.family.first
            for each in audited.tests
        )
    low, high = wilson(hits, runs)
    assert stated.interval[0] <= high
    assert low <= stated.interval[1]
    assert 0.3 < float(stated.share) < 1, "a power of 0 or 1 shows nothing"
