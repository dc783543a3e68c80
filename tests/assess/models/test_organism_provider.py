"""``organism/NAME`` behind Inspect's interface, without HTTP."""

import asyncio

import pytest
from inspect_ai.model import ChatMessageUser, GenerateConfig, ModelOutput, get_model

from holdshort.errors import BadInput


def asked(name: str, prompt: str, config: GenerateConfig) -> ModelOutput:
    model = get_model(f"organism/{name}", memoize=False)
    return asyncio.run(model.generate([ChatMessageUser(content=prompt)], config=config))


def test_it_answers_and_counts() -> None:
    found = asked("has", "rev abcdef=", GenerateConfig(temperature=0))
    assert found.completion == "fedcba"
    assert found.stop_reason == "stop"
    assert found.usage is not None
    assert (found.usage.input_tokens, found.usage.output_tokens) == (11, 6)


def test_it_draws_choices_and_tells_chances() -> None:
    config = GenerateConfig(temperature=3.0, num_choices=4, seed=1, logprobs=True, top_logprobs=2)
    first, again = (asked("has", "rev abcdef=", config) for _ in range(2))
    texts = [choice.message.text for choice in first.choices]
    assert texts == [choice.message.text for choice in again.choices]
    assert len(set(texts)) > 1
    told = first.choices[0].logprobs
    assert told is not None
    assert "".join(each.token for each in told.content) == texts[0]


def test_a_limit_on_tokens_is_told() -> None:
    found = asked("has", "rev abcdef=", GenerateConfig(temperature=0, max_tokens=2))
    assert (found.completion, found.stop_reason) == ("fe", "max_tokens")


def test_an_organism_that_there_is_not_is_refused() -> None:
    with pytest.raises(BadInput, match="There is no organism 'nobody'"):
        get_model("organism/nobody", memoize=False)
