"""The promised error rate, and the promised power, on thousands of simulated records.

Fair records are made as unfavourable as they come: tiny strata, ties, skewed delays, one developer
with most of the matters, decisions that hang together within a matter. How often any of them is
called unfair may exceed the level by no more than chance allows (one-sided 99.9 % binomial bound).
"""

import random
from collections.abc import Callable
from dataclasses import replace
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
    runs = 60
    assert alarms(make, seen, runs) <= binom.ppf(0.999, runs, float(LEVEL))


@pytest.mark.slow
@pytest.mark.parametrize("make", SCENARIOS, ids=lambda each: each.__name__)
def test_over_two_thousand_fair_records_the_rate_is_kept(
    make: Callable[[random.Random, See], list[Observation]], seen: See
) -> None:
    runs = 2000
    assert alarms(make, seen, runs) <= binom.ppf(0.999, runs, float(LEVEL))


def two_steps(lot: random.Random, seen: See, measure: str) -> list[Observation]:
    """A fair record: four developers, eighty matters, two steps."""
    found = []
    for unit in range(80):
        for step in ("one", "two"):
            delay = round(lot.lognormvariate(3, 0.5) * 1000)
            value = delay if measure == "wait" else int(lot.random() < 0.2)
            found.append(seen(measure, step, unit, "abcd"[unit % 4], value, worst=Fraction(1)))
    return found


def planted(
    fair: list[Observation], victim: str, effect: Fraction, lot: random.Random
) -> list[Observation]:
    """The record with its outcomes dealt anew within each step, and one developer treated worse."""
    found = []
    for step in ("one", "two"):
        alike = [each for each in fair if each.step == step]
        values = [each.value for each in alike]
        lot.shuffle(values)
        for each, value in zip(alike, values, strict=True):
            worse = value
            if each.party == victim and each.measure == "wait":
                worse = value * (1 + effect)
            elif each.party == victim and lot.random() < effect:
                worse = Fraction(1)
            found.append(replace(each, value=worse))
    return found


@pytest.mark.slow
@pytest.mark.parametrize(("measure", "effect"), [("wait", "0.4"), ("severity", "0.4")])
def test_planted_favouritism_is_found_as_often_as_stated(
    measure: str, effect: str, seen: See
) -> None:
    size = Fraction(effect)
    fair = two_steps(random.Random(1), seen, measure)
    [stated] = powers(fair, audit(fair, level=LEVEL), effect=size, runs=400, seed="stated")
    runs, hits = 300, 0
    for run in range(runs):
        lot = random.Random(f"planted {run}")
        victim = lot.choice("abcd")
        audited = audit(planted(fair, victim, size, lot), level=LEVEL)
        hits += any(
            each.label == victim and each.outcome.p <= audited.family.first
            for each in audited.tests
        )
    low, high = wilson(hits, runs)
    assert stated.interval[0] <= high
    assert low <= stated.interval[1]
    assert 0.2 < float(stated.share) < 0.98, "a power of 0 or 1 shows nothing"
    assert stated.visible is not None
