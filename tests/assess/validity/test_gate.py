"""Gates, and what they leave of a finding."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdshort.assess.elicitation import Arm, ArmScores, Contrast, Draws, Plan, read, settled
from holdshort.assess.elicitation.gap import Effect
from holdshort.assess.outcome import Outcome
from holdshort.assess.validity import Gate, Verdict, from_elicitation, settle, verdict_of
from holdshort.errors import BadInput
from holdshort.register.canonical import canonical

SMALL = Effect(Decimal("0.010"), Decimal("-0.020"), Decimal("0.040"))


def gate(verdict: Verdict, *bears_on: Outcome, name: str = "audit") -> Gate:
    return Gate(name, SMALL, verdict, "told", bears_on or tuple(Outcome))


@pytest.mark.parametrize("measured", Outcome)
def test_sound_gates_leave_the_finding_as_it_was(measured: Outcome) -> None:
    kept = settle(measured, [gate(Verdict.SOUND)], ["audit"])
    assert kept.found is measured
    assert kept.reasons == ()


@pytest.mark.parametrize("verdict", [Verdict.DOUBTFUL, Verdict.UNKNOWN])
@pytest.mark.parametrize("measured", Outcome)
def test_doubt_and_not_knowing_make_a_finding_inconclusive(
    verdict: Verdict, measured: Outcome
) -> None:
    kept = settle(measured, [gate(verdict)])
    assert kept.found is Outcome.INCONCLUSIVE
    assert kept.reasons == ("audit: told",)


def test_a_gate_says_nothing_of_a_finding_that_it_does_not_bear_on() -> None:
    doubt = gate(Verdict.DOUBTFUL, Outcome.UNACCEPTABLE)
    assert settle(Outcome.ACCEPTABLE, [doubt]).found is Outcome.ACCEPTABLE
    assert settle(Outcome.UNACCEPTABLE, [doubt]).found is Outcome.INCONCLUSIVE


def test_a_check_that_the_protocol_demands_and_nobody_ran_is_unknown() -> None:
    kept = settle(Outcome.ACCEPTABLE, [], ["cheating"])
    assert kept.found is Outcome.INCONCLUSIVE
    assert "was not run" in kept.reasons[0]


@given(
    st.sampled_from(Outcome),
    st.lists(st.sampled_from(Verdict), max_size=5),
    st.lists(st.sampled_from(Outcome), min_size=1),
)
def test_no_gate_ever_makes_a_finding_acceptable_or_unacceptable(
    measured: Outcome, verdicts: list[Verdict], bears_on: list[Outcome]
) -> None:
    gates = [gate(v, *bears_on, name=str(i)) for i, v in enumerate(verdicts)]
    kept = settle(measured, gates)
    assert kept.found in {measured, Outcome.INCONCLUSIVE}
    canonical(kept.to_fields())


def test_two_answers_to_one_question_are_refused() -> None:
    with pytest.raises(BadInput, match="listed twice"):
        settle(Outcome.ACCEPTABLE, [gate(Verdict.SOUND), gate(Verdict.DOUBTFUL)])


def test_what_was_not_measured_is_not_sound() -> None:
    with pytest.raises(BadInput, match="nothing measured"):
        Gate("audit", None, Verdict.SOUND, "told")


def test_an_interval_is_sound_below_the_tolerance_doubtful_above_it_and_unknown_around_it() -> None:
    assert verdict_of(SMALL, Decimal("0.040")) is Verdict.SOUND
    assert verdict_of(SMALL, Decimal("0.030")) is Verdict.UNKNOWN
    assert verdict_of(SMALL, Decimal("-0.030")) is Verdict.DOUBTFUL


@pytest.mark.parametrize("more", [0, 8, 120])
@pytest.mark.parametrize("draws", Draws)
@pytest.mark.parametrize("measured", Outcome)
def test_the_gate_of_an_elicitation_reading_settles_as_the_reading_does(
    more: int, draws: Draws, measured: Outcome
) -> None:
    plan = Plan((Contrast(Arm.PROMPTED, Arm.PLAIN, draws),))
    failed = [False] * 120
    model = ArmScores("m", {Arm.PLAIN: failed, Arm.PROMPTED: [i < more for i in range(120)]})
    control = ArmScores("c", {Arm.PLAIN: failed, Arm.PROMPTED: failed})
    reading = read(plan, model, control)
    assert settle(measured, [from_elicitation(reading)]).found is settled(measured, reading)
