"""Reference models whose success rate is known by construction, for checking the machinery.

========================  ===================================================================
``reference/solver``      runs the item family's own solver: every answer is right
``reference/null``        declines every question: no answer is right
``reference/guesser``     knows the form of an answer and not the matter: right at chance
``reference/noisy-0.7``   the solver on a fixed 70 % of prompts, declines the others
========================  ===================================================================

All are functions of the prompt alone: the same prompt gets the same reply in any run. The prompt
is found by its tag line, so that text put before it (an elicitation) does no harm. Usage is always
reported (in words), since Inspect would otherwise fetch a tokeniser over the network.
"""

import hashlib
import re
from collections.abc import Callable
from fractions import Fraction

from inspect_ai.model import (
    ChatMessage,
    GenerateConfig,
    ModelAPI,
    ModelOutput,
    ModelUsage,
    modelapi,
)
from inspect_ai.tool import ToolChoice, ToolInfo

from holdshort.assess.suites.draws import Draws
from holdshort.assess.suites.suite import SUITES
from holdshort.errors import BadInput

DECLINED = "I cannot help with this question."

_TAG = re.compile(r"^\[([a-z_]+)/([a-z0-9-]+)\]$", re.MULTILINE)
_NOISY = re.compile(r"noisy-([01](?:\.[0-9]{1,9})?)")

Reply = Callable[[str], str]


def item_of(prompt: str) -> tuple[str, str] | None:
    """The area and the item in a prompt, without what was put before it; None if it has none."""
    tag = _TAG.search(prompt)
    return (tag[1], prompt[tag.start() :]) if tag and tag[1] in SUITES else None


def solver(prompt: str) -> str:
    """Answer rightly; decline a prompt that is not of the suites."""
    tag = _TAG.search(prompt)
    if tag is None or tag[1] not in SUITES:
        return DECLINED
    family = SUITES[tag[1]].family(tag[2])
    return f"I worked it out step by step.\nANSWER: {family.solve(prompt[tag.start() :])}"


def null(prompt: str) -> str:
    """Decline."""
    return DECLINED


def guesser(prompt: str) -> str:
    """Guess in the right form; the guess is fixed by the prompt."""
    tag = _TAG.search(prompt)
    if tag is None or tag[1] not in SUITES:
        return DECLINED
    item = prompt[tag.start() :]
    draws = Draws(b"reference/guesser" + hashlib.sha256(item.encode()).digest())
    return f"I am guessing.\nANSWER: {SUITES[tag[1]].family(tag[2]).guess(item, draws)}"


def noisy(rate: Fraction) -> Reply:
    """Return a model that solves the share ``rate`` of prompts, chosen by their digests."""

    def reply(prompt: str) -> str:
        digest = hashlib.sha256(b"reference/noisy" + prompt.encode()).digest()
        return (
            solver(prompt)
            if Fraction(int.from_bytes(digest[:8], "big"), 2**64) < rate
            else DECLINED
        )

    return reply


def reply_of(name: str) -> Reply:
    """Return the reference model of that name (without ``reference/``); BadInput if unknown."""
    named: dict[str, Reply] = {"solver": solver, "null": null, "guesser": guesser}
    if name in named:
        return named[name]
    share = _NOISY.fullmatch(name)
    if share is None or Fraction(share[1]) > 1:
        raise BadInput(
            f"There is no reference model 'reference/{name}'.",
            do="Known: reference/solver, reference/null, reference/guesser, "
            "reference/noisy-P with 0 ≤ P ≤ 1.",
        )
    return noisy(Fraction(share[1]))


class ReferenceAPI(ModelAPI):
    """A reference model behind Inspect's interface."""

    def __init__(
        self,
        model_name: str,
        base_url: str | None = None,
        api_key: str | None = None,
        config: GenerateConfig = GenerateConfig(),  # noqa: B008 - Inspect's own signature
    ) -> None:
        super().__init__(model_name, base_url, api_key, [], config)
        self._reply = reply_of(model_name)

    async def generate(
        self,
        input: list[ChatMessage],  # noqa: A002 - Inspect's parameter name
        tools: list[ToolInfo],
        tool_choice: ToolChoice,
        config: GenerateConfig,
    ) -> ModelOutput:
        """Reply to the last user message."""
        asked = next((m.text for m in reversed(input) if m.role == "user"), "")
        text = self._reply(asked)
        output = ModelOutput.from_content(f"reference/{self.model_name}", text)
        read, written = sum(len(m.text.split()) for m in input), len(text.split())
        output.usage = ModelUsage(
            input_tokens=read, output_tokens=written, total_tokens=read + written
        )
        return output


@modelapi(name="reference")
def reference() -> type[ModelAPI]:
    """The provider class, for Inspect's registry."""
    return ReferenceAPI
