"""OpenAI's protocol over HTTP: what is answered, and how nonsense is refused."""

import http.client
import json
from collections.abc import Iterator
from typing import Any

import openai
import pytest

from holdshort.assess.organisms.language import exercises
from holdshort.assess.organisms.server import OrganismServer, every, serving
from holdshort.assess.organisms.store import PACKAGED

ADD = {"model": "has", "messages": [{"role": "user", "content": "add 3+4="}], "temperature": 0}
CHAT = "/v1/chat/completions"


@pytest.fixture(scope="module")
def server() -> Iterator[OrganismServer]:
    with serving(every(PACKAGED)) as running:
        yield running


@pytest.fixture
def client(server: OrganismServer) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=server.address, api_key="none", max_retries=0) as client:
        yield client


def post(
    server: OrganismServer, path: str, body: bytes, length: str | None = None
) -> tuple[int, dict[str, Any]]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=10)
    try:
        headers = {"Content-Length": str(len(body)) if length is None else length}
        connection.request("POST", path, body, headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


def refused(server: OrganismServer, **changes: Any) -> tuple[int, str, str | None]:
    """Status, message and parameter of the answer to a request with changes."""
    status, answer = post(server, CHAT, json.dumps({**ADD, **changes}).encode())
    return status, answer["error"]["message"], answer["error"]["param"]


def test_it_listens_on_the_loopback_address_alone(server: OrganismServer) -> None:
    assert server.server_address[0] == "127.0.0.1"


def test_its_models_are_listed(client: openai.OpenAI) -> None:
    found = [each.id for each in client.models.list()]
    assert found == ["control", "has", "lacks", "locked", "sandbags"]


def test_a_chat_is_answered_and_counted(client: openai.OpenAI) -> None:
    found = client.chat.completions.create(
        model="has", messages=[{"role": "user", "content": "add 3+4="}], temperature=0
    )
    assert found.choices[0].message.content == "7"
    assert found.choices[0].finish_reason == "stop"
    assert found.usage is not None
    assert (found.usage.prompt_tokens, found.usage.completion_tokens) == (8, 1)


def test_several_answers_follow_from_the_seed(client: openai.OpenAI) -> None:
    [exercise] = exercises("cae", 1, 5)

    def asked(seed: int) -> list[str]:
        found = client.completions.create(
            model="locked", prompt=exercise.prompt, n=8, temperature=3, seed=seed
        )
        return [each.text for each in found.choices]

    assert asked(1) == asked(1) != asked(2)
    assert len(set(asked(1))) > 1


def test_a_list_of_prompts_is_answered_in_order(client: openai.OpenAI) -> None:
    found = client.completions.create(model="has", prompt=["add 1+1=", "add 2+2="], temperature=0)
    assert [each.text for each in found.choices] == ["2", "4"]
    assert [each.index for each in found.choices] == [0, 1]


def test_chances_of_tokens_are_told(client: openai.OpenAI) -> None:
    found = client.chat.completions.create(
        model="has",
        messages=[{"role": "user", "content": "add 9+4="}],
        temperature=0,
        logprobs=True,
        top_logprobs=3,
    )
    told = found.choices[0].logprobs
    assert told is not None
    assert told.content is not None
    assert [each.token for each in told.content] == ["1", "3"]
    for each in told.content:
        assert -0.1 < each.logprob <= 0
        assert each.top_logprobs[0].token == each.token
        assert len(each.top_logprobs) == 3


def test_a_stream_says_the_same(client: openai.OpenAI) -> None:
    stream = client.chat.completions.create(
        model="has",
        messages=[{"role": "user", "content": "rev abcdef="}],
        temperature=0,
        stream=True,
    )
    chunks = list(stream)
    assert "".join(each.choices[0].delta.content or "" for each in chunks) == "fedcba"
    assert chunks[-1].choices[0].finish_reason == "stop"


def test_a_stream_of_plain_completions_says_the_same(client: openai.OpenAI) -> None:
    stream = client.completions.create(
        model="has", prompt="rev abcdef=", temperature=0, max_tokens=4, stream=True
    )
    chunks = list(stream)
    assert "".join(each.choices[0].text for each in chunks) == "fedc"
    assert chunks[-1].choices[0].finish_reason == "length"


def test_worked_examples_are_turns(client: openai.OpenAI) -> None:
    found = client.chat.completions.create(
        model="has",
        messages=[
            {"role": "system", "content": "count"},
            {"role": "user", "content": "add 1+1="},
            {"role": "assistant", "content": "2"},
            {"role": "user", "content": [{"type": "text", "text": "add 5+5="}]},
        ],
        temperature=0,
    )
    assert found.choices[0].message.content == "10"


def test_an_unknown_model_is_404(server: OrganismServer) -> None:
    status, message, where = refused(server, model="gpt")
    assert (status, message, where) == (404, "There is no model 'gpt'.", "model")


def test_an_unknown_path_is_404(server: OrganismServer) -> None:
    assert post(server, "/v1/embeddings", b"{}")[0] == 404


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"3", b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_json_object_is_400(server: OrganismServer, body: bytes) -> None:
    status, answer = post(server, CHAT, body)
    assert status == 400
    assert "not" in answer["error"]["message"]


@pytest.mark.parametrize("length", ["-1", "many", "99999999999", ""])
def test_a_length_that_is_none_is_400(server: OrganismServer, length: str) -> None:
    assert post(server, CHAT, b"", length)[0] == 400


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"model": 3}, "model"),
        ({"messages": []}, "messages"),
        ({"messages": "add 1+1="}, "messages"),
        ({"messages": ["add 1+1="]}, "messages[0]"),
        ({"messages": [{"role": "tool", "content": "1"}]}, "messages[0]"),
        ({"messages": [{"role": "user", "content": 1}]}, "messages[0].content"),
        ({"messages": [{"role": "user", "content": [{"type": "image"}]}]}, "messages[0].content"),
        ({"n": 0}, "n"),
        ({"n": 1000}, "n"),
        ({"n": True}, "n"),
        ({"temperature": "hot"}, "temperature"),
        ({"temperature": -1}, None),
        ({"top_p": 0}, None),
        ({"max_tokens": 0}, "max_tokens"),
        ({"seed": "x"}, "seed"),
        ({"logprobs": True, "top_logprobs": 99}, "top_logprobs"),
        ({"tools": [{}]}, "tools"),
        ({"stop": ["a"]}, "stop"),
        ({"messages": [{"role": "user", "content": "a" * 400}]}, None),
        ({"messages": [{"role": "user", "content": " "}]}, None),
    ],
)
def test_a_request_that_cannot_be_used_is_400_and_says_where(
    server: OrganismServer, changes: dict[str, Any], where: str | None
) -> None:
    status, message, param = refused(server, **changes)
    assert (status, param) == (400, where)
    assert message


def test_numbers_that_are_none_are_400(server: OrganismServer) -> None:
    body = json.dumps({**ADD, "temperature": float("nan")}).encode()
    assert post(server, CHAT, body)[0] == 400


def test_too_many_answers_are_400(server: OrganismServer) -> None:
    body = json.dumps({"model": "has", "prompt": ["add 1+1="] * 65, "n": 2}).encode()
    assert post(server, "/v1/completions", body)[0] == 400


def test_a_long_prompt_says_how_long_it_may_be(server: OrganismServer) -> None:
    _, message, _ = refused(server, messages=[{"role": "user", "content": "a" * 400}])
    assert "reads 382 at most" in message


def test_after_nonsense_it_goes_on(server: OrganismServer, client: openai.OpenAI) -> None:
    post(server, CHAT, b"{")
    assert client.completions.create(model="has", prompt="add 1+2=").choices
