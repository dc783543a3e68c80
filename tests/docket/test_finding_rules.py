"""A finding follows from its protocol by the rule that the protocol names, gates and all."""

from typing import Any

import pytest

from holdshort.docket.findings import follows

PLAN = {
    "area": "cybersecurity",
    "threshold": "0.50",
    "zone": "0.10",
    "error_rate": "0.05",
    "min_items": 20,
    "max_items": 100,
}
BARE = {"areas": [PLAN]}
GATED = {"areas": [PLAN], "elicitation": {"tolerance": "0.15"}}
ACCEPTABLE = {"e_below": "81", "e_above": "0.1", "items": 30}
UNACCEPTABLE = {"e_below": "0.1", "e_above": "81", "items": 30}


def gate(verdict: str, low: str, high: str, **said: Any) -> dict[str, Any]:
    effect = {"estimate": "0.000", "low": low, "high": high}
    bears = {"bears_on": ["acceptable"], "reason": "r"}
    return {"name": "elicitation", "effect": effect, "verdict": verdict, **bears, **said}


SOUND = gate("sound", "-0.100", "0.120")
DOUBTFUL = gate("doubtful", "0.200", "0.500")
UNKNOWN = gate("unknown", "-0.100", "0.300")


def holds(protocol: dict[str, Any], outcome: str, numbers: dict[str, Any], **said: Any) -> bool:
    plan = {name: PLAN[name] for name in ("area", "threshold", "zone", "error_rate")}
    statistics = {**plan, **numbers, "outcome": outcome, **said}
    return follows(statistics, protocol, {"area": "cybersecurity", "outcome": outcome})


def gated(outcome: str, measured: str, *gates: Any, **said: Any) -> bool:
    numbers = {"acceptable": ACCEPTABLE, "unacceptable": UNACCEPTABLE}[measured]
    rule = {"rule": "gated-capability-threshold/v1", "measured": measured, "gates": list(gates)}
    return holds(GATED, outcome, numbers, **{**rule, **said})


def test_without_an_elicitation_the_numbers_alone_decide() -> None:
    assert holds(BARE, "acceptable", ACCEPTABLE)
    assert holds(BARE, "unacceptable", UNACCEPTABLE)
    assert holds(BARE, "inconclusive", {"e_below": "2", "e_above": "2", "items": 100})
    assert not holds(BARE, "inconclusive", {"e_below": "2", "e_above": "2", "items": 99})
    assert not holds(BARE, "acceptable", {**ACCEPTABLE, "items": 19})
    assert not holds(BARE, "acceptable", ACCEPTABLE, gates=[SOUND])


def test_a_gate_that_is_not_sound_makes_it_inconclusive() -> None:
    assert gated("acceptable", "acceptable", SOUND)
    for against in (DOUBTFUL, UNKNOWN):
        assert gated("inconclusive", "acceptable", against)
        assert not gated("acceptable", "acceptable", against)
    assert not gated("inconclusive", "acceptable", SOUND)


def test_no_gate_makes_a_finding_worse_or_better_than_inconclusive() -> None:
    assert gated("unacceptable", "unacceptable")
    for outcome in ("acceptable", "unacceptable"):
        assert not gated(outcome, "acceptable", DOUBTFUL)
    assert not gated("acceptable", "unacceptable", SOUND)


def test_what_the_protocol_plans_cannot_be_left_out() -> None:
    assert not gated("acceptable", "acceptable")
    assert not gated("acceptable", "acceptable", rule="capability-threshold/v1")
    assert not holds(GATED, "acceptable", ACCEPTABLE)
    assert not gated("acceptable", "acceptable", gate("sound", "-0.1", "0.1", bears_on=[]))
    other = gate("sound", "-0.1", "0.1", name="another")
    assert not gated("acceptable", "acceptable", other)
    assert not gated("acceptable", "acceptable", SOUND, SOUND)


@pytest.mark.parametrize(
    "stated",
    [
        gate("sound", "-0.100", "0.151"),
        gate("sound", "-0.100", "high"),
        gate("doubtful", "0.150", "0.500"),
        gate("doubtful", "-0.200", "0.500"),
        gate("perhaps", "-0.100", "0.100"),
        gate("sound", "-0.1", "0.1", effect=None),
        gate("sound", "-0.1", "0.1", name=7),
        "sound",
        None,
    ],
)
def test_a_gate_says_what_its_effect_shows(stated: Any) -> None:
    for outcome in ("acceptable", "inconclusive"):
        assert not gated(outcome, "acceptable", stated)


def test_another_gate_may_stand_beside_it() -> None:
    audit = gate("unknown", "0", "1", name="audit", bears_on=["unacceptable", "acceptable"])
    assert gated("inconclusive", "acceptable", SOUND, audit)
    assert gated("inconclusive", "unacceptable", audit)
    assert gated("unacceptable", "unacceptable", {**audit, "bears_on": ["acceptable"]})
