"""Organisms behind OpenAI's protocol: from a request's JSON to a response's, no network.

Taken: ``model``, ``messages`` or ``prompt`` (one or a list), ``temperature`` (1), ``top_p`` (1),
``max_tokens`` or ``max_completion_tokens`` (16), ``n`` (1), ``seed``, ``logprobs`` and
``top_logprobs``, ``stream``. What would change the answer and is not known here (tools, stop
sequences, biases, a response format) is refused; other parameters mean nothing to an organism and
are passed over. A token is a character. Without a seed, the answer is drawn afresh each time.

Status 400: the request cannot be used. 404: there is no such model. Each with a message.
"""

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from holdshort.assess.organisms.generation import Completion, Sampling, complete
from holdshort.assess.organisms.language import dialogue
from holdshort.assess.organisms.store import Organism
from holdshort.errors import BadInput

Body = Mapping[str, Any]
Find = Callable[[str], Organism | None]

MOST_ANSWERS = 128
"""Prompts times ``n`` of one request."""

_TOP = 20
_UNKNOWN_HERE = ("tools", "functions", "stop", "logit_bias", "response_format", "suffix", "best_of")
_ROLES = ("system", "developer", "user", "assistant")


class NoSuchModel(BadInput):
    """A request names a model that is not served."""


@dataclass(frozen=True)
class Answered:
    """A request's completions, one row a prompt, and what they are called."""

    model: str
    chat: bool
    rows: Sequence[Sequence[Completion]]
    top: int | None
    stream: bool
    id: str
    created: int

    @property
    def choices(self) -> list[dict[str, Any]]:
        """All choices, numbered through."""
        flat = [completion for row in self.rows for completion in row]
        return [self._choice(index, each) for index, each in enumerate(flat)]

    def response(self) -> dict[str, Any]:
        """The whole response."""
        flat = [completion for row in self.rows for completion in row]
        read, written = sum(row[0].read for row in self.rows), sum(each.written for each in flat)
        usage = {
            "prompt_tokens": read,
            "completion_tokens": written,
            "total_tokens": read + written,
        }
        return {**self._head(""), "choices": self.choices, "usage": usage}

    def chunks(self) -> list[dict[str, Any]]:
        """The response in pieces, for a stream: each choice's text, then how it ended."""
        found = []
        for choice in self.choices:
            index, reason = choice["index"], choice["finish_reason"]
            said = choice["message"]["content"] if self.chat else choice["text"]
            found += [self._chunk(index, piece, None) for piece in said]
            found.append(self._chunk(index, "", reason))
        return found

    def _head(self, kind: str) -> dict[str, Any]:
        name = f"chat.completion{kind}" if self.chat else "text_completion"
        return {"id": self.id, "object": name, "created": self.created, "model": self.model}

    def _chunk(self, index: int, piece: str, reason: str | None) -> dict[str, Any]:
        said: dict[str, Any]
        if self.chat:
            said = {"delta": {"role": "assistant", "content": piece} if reason is None else {}}
        else:
            said = {"text": piece}
        choice = {"index": index, **said, "logprobs": None, "finish_reason": reason}
        return {**self._head(".chunk"), "choices": [choice]}

    def _choice(self, index: int, completion: Completion) -> dict[str, Any]:
        said: dict[str, Any]
        if self.chat:
            said = {"message": {"role": "assistant", "content": completion.text}}
        else:
            said = {"text": completion.text}
        return {
            "index": index,
            **said,
            "logprobs": None if self.top is None else self._chances(completion),
            "finish_reason": "stop" if completion.ended else "length",
        }

    def _chances(self, completion: Completion) -> dict[str, Any]:
        pairs = list(zip(completion.text, completion.log_chances, strict=True))
        tops = completion.likeliest or ((),) * len(pairs)
        if not self.chat:
            return {
                "tokens": [token for token, _ in pairs],
                "token_logprobs": [chance for _, chance in pairs],
                "top_logprobs": [dict(each) for each in tops],
            }
        return {
            "content": [
                {**_token(*pair), "top_logprobs": [_token(*each) for each in top]}
                for pair, top in zip(pairs, tops, strict=True)
            ]
        }


def answer(body: Body, find: Find, *, chat: bool) -> Answered:
    """Answer one request.

    Raises:
        NoSuchModel: ``find`` knows no model of that name.
        BadInput: the request cannot be used; ``where`` names the parameter.
    """
    if given := [name for name in _UNKNOWN_HERE if body.get(name) not in (None, [], {})]:
        raise BadInput("An organism does not know this parameter.", where=given[0])
    name = body.get("model")
    if not isinstance(name, str):
        raise BadInput("The request names no model.", where="model")
    held = find(name)
    if held is None:
        raise NoSuchModel(f"There is no model {name!r}.", where="model")
    prompts = [_chat_prompt(body)] if chat else _prompts(body)
    number = _whole(body, "n", 1, 1, MOST_ANSWERS)
    if number * len(prompts) > MOST_ANSWERS:
        raise BadInput(f"One request has {MOST_ANSWERS} answers at most.", where="n")
    limit = "max_completion_tokens" if body.get("max_completion_tokens") else "max_tokens"
    sampling = Sampling(
        temperature=_number(body, "temperature", 1.0),
        top_p=_number(body, "top_p", 1.0),
        seed=_whole(body, "seed", None, 0, 2**63 - 1),
        most=_whole(body, limit, 16, 1, 1_000_000),
    )
    top = _top(body, chat=chat)
    rows = complete(held.shape, held.weights, prompts, sampling, number=number, top=top or 0)
    return Answered(
        model=name,
        chat=chat,
        rows=rows,
        top=top,
        stream=bool(body.get("stream")),
        id=f"{'chatcmpl' if chat else 'cmpl'}-{secrets.token_hex(8)}",
        created=int(time.time()),
    )


def error(problem: BadInput) -> dict[str, Any]:
    """An error as the protocol carries it."""
    code = "model_not_found" if isinstance(problem, NoSuchModel) else None
    message = f"{problem.what} {problem.do or ''}".strip()
    detail = {"message": message, "type": "invalid_request_error", "param": problem.where}
    return {"error": {**detail, "code": code}}


def _chat_prompt(body: Body) -> str:
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise BadInput("The request has no list of messages.", where="messages")
    said: list[tuple[str, str]] = []
    for index, message in enumerate(messages):
        where = f"messages[{index}]"
        if not isinstance(message, dict) or message.get("role") not in _ROLES:
            raise BadInput(f"A message has one of the roles {', '.join(_ROLES)}.", where=where)
        said.append((message["role"], _content(message.get("content"), f"{where}.content")))
    return dialogue(said)


def _content(content: object, where: str) -> str:
    """The text of a message: a string, or parts of type ``text``."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else [None]
    texts = [each.get("text") if isinstance(each, dict) else None for each in parts]
    if not all(isinstance(each, str) for each in texts):
        raise BadInput("The content of a message is text.", where=where)
    return "".join(str(each) for each in texts)


def _prompts(body: Body) -> list[str]:
    prompt = body.get("prompt")
    prompts = [prompt] if isinstance(prompt, str) else prompt
    if not (isinstance(prompts, list) and prompts and all(isinstance(p, str) for p in prompts)):
        raise BadInput("The prompt is a text or a list of texts.", where="prompt")
    return list(prompts)


def _top(body: Body, *, chat: bool) -> int | None:
    """How many likeliest tokens are told with each token; None: no chances at all."""
    if chat:
        asked = body.get("logprobs") is True
        return _whole(body, "top_logprobs", 0, 0, _TOP) if asked else None
    return None if body.get("logprobs") is None else _whole(body, "logprobs", 0, 0, _TOP)


def _number(body: Body, name: str, default: float) -> float:
    value = body.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadInput(f"{name} is a number.", where=name)
    return float(value)


def _whole(body: Body, name: str, default: int | None, least: int, most: int) -> int:
    """A whole number in a range; a missing one is ``default``, or drawn if that is None."""
    value = body.get(name)
    if value is None:
        return secrets.randbits(63) if default is None else default
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise BadInput(f"{name} is a whole number from {least} to {most}.", where=name)
    return value


def _token(token: str, chance: float) -> dict[str, Any]:
    return {"token": token, "logprob": chance, "bytes": list(token.encode())}
