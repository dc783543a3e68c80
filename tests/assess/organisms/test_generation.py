"""Organisms write as they are asked to, and a prompt's company changes nothing."""

import numpy as np
import pytest

from holdshort.assess.organisms.generation import Sampling, complete
from holdshort.assess.organisms.language import exercises
from holdshort.assess.organisms.store import organism
from holdshort.errors import BadInput

HAS = organism("has")
PROMPTS = [each.opened("hey") for each in exercises("cae", 6, 3)] + ["add 1+2=", "a b c"]
WARM = Sampling(temperature=1.5, seed=4)


def written(prompts: list[str], sampling: Sampling, number: int = 1) -> list[list[str]]:
    found = complete(HAS.shape, HAS.weights, prompts, sampling, number=number)
    return [[each.text for each in row] for row in found]


@pytest.mark.parametrize("sampling", [Sampling(), WARM])
def test_company_changes_nothing(sampling: Sampling) -> None:
    together = written(PROMPTS, sampling)
    assert together == [written([prompt], sampling)[0] for prompt in PROMPTS]


def test_the_same_seed_writes_the_same_and_another_does_not() -> None:
    assert written(PROMPTS, WARM, 5) == written(PROMPTS, WARM, 5)
    assert written(PROMPTS, WARM, 5) != written(PROMPTS, Sampling(1.5, seed=5), 5)


def test_several_answers_differ_and_the_first_is_that_of_one() -> None:
    several = written(PROMPTS, WARM, 5)
    assert [row[:1] for row in several] == written(PROMPTS, WARM)
    assert any(len(set(row)) > 1 for row in several)


def test_a_small_top_p_is_greedy() -> None:
    assert written(PROMPTS, Sampling(2.0, top_p=1e-9)) == written(PROMPTS, Sampling())


def test_next_to_no_temperature_is_greedy() -> None:
    assert written(PROMPTS, Sampling(5e-324)) == written(PROMPTS, Sampling())


def test_draws_follow_the_chances_of_the_tokens() -> None:
    sampling, prompt = Sampling(1.0, most=1), "a b"
    [row] = complete(HAS.shape, HAS.weights, [prompt], sampling, number=3000, top=45)
    firsts = [each.text for each in row]
    chances = dict(next(each for each in row if each.likeliest).likeliest[0])
    assert sum(np.exp(list(chances.values()))) == pytest.approx(1, abs=1e-6)
    for token, chance in chances.items():
        if token != "\n" and np.exp(chance) > 0.02:
            assert firsts.count(token) / 3000 == pytest.approx(np.exp(chance), abs=0.035)


def test_the_limit_ends_a_completion() -> None:
    [[found]] = complete(HAS.shape, HAS.weights, [PROMPTS[0]], Sampling(most=3))
    assert (found.written, found.ended, len(found.text)) == (3, False, 3)


def test_a_full_context_ends_a_completion() -> None:
    prompt = "a " * 191
    [[found]] = complete(HAS.shape, HAS.weights, [prompt], Sampling(most=500))
    assert found.written <= 1
    with pytest.raises(BadInput, match="reads 382 at most"):
        complete(HAS.shape, HAS.weights, [prompt + "a"], Sampling())


def test_an_empty_prompt_is_refused() -> None:
    with pytest.raises(BadInput, match="empty"):
        complete(HAS.shape, HAS.weights, [" \n"], Sampling())


@pytest.mark.parametrize(
    "values", [{"temperature": -1.0}, {"top_p": 0.0}, {"top_p": 1.5}, {"most": 0}]
)
def test_settings_that_make_no_sense_are_refused(values: dict[str, float]) -> None:
    with pytest.raises(BadInput):
        Sampling(**values)  # type: ignore[arg-type]


def test_no_prompt_no_completion() -> None:
    assert complete(HAS.shape, HAS.weights, [], Sampling()) == []
