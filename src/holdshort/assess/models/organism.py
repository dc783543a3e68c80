"""Inspect model provider ``organism/<name>``: a model organism, in this process.

Model argument: ``folder``, where its weights are, if it is not one that comes with the package (a
fine-tuned one, for example). Temperature, top-p, seed, number of choices and log-probabilities mean
what they mean in Inspect. Without a seed the answer is that of seed 0: a test of the engine is to
be repeatable.
"""

from pathlib import Path

from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessage,
    ChatMessageAssistant,
    GenerateConfig,
    Logprob,
    Logprobs,
    ModelAPI,
    ModelOutput,
    ModelUsage,
    TopLogprob,
    modelapi,
)
from inspect_ai.tool import ToolChoice, ToolInfo

from holdshort.assess.organisms.generation import Completion, Sampling, complete
from holdshort.assess.organisms.language import dialogue
from holdshort.assess.organisms.store import organism as find

_MOST = 16
"""Tokens of an answer if nothing is said: the longest of the tasks has seven."""


class OrganismAPI(ModelAPI):
    """One organism."""

    def __init__(
        self,
        model_name: str,
        base_url: str | None = None,
        api_key: str | None = None,
        config: GenerateConfig = GenerateConfig(),  # noqa: B008 - Inspect's own signature
        folder: str | None = None,
    ) -> None:
        super().__init__(model_name, base_url, api_key, [], config)
        self._organism = find(model_name, Path(folder) if folder else None)

    async def generate(
        self,
        input: list[ChatMessage],  # noqa: A002 - Inspect's parameter name
        tools: list[ToolInfo],
        tool_choice: ToolChoice,
        config: GenerateConfig,
    ) -> ModelOutput:
        """Complete the dialogue."""
        sampling = Sampling(
            temperature=1.0 if config.temperature is None else config.temperature,
            top_p=1.0 if config.top_p is None else config.top_p,
            seed=abs(config.seed or 0),
            most=config.max_tokens or _MOST,
        )
        [found] = complete(
            self._organism.shape,
            self._organism.weights,
            [dialogue((message.role, message.text) for message in input)],
            sampling,
            number=config.num_choices or 1,
            top=(config.top_logprobs or 0) if config.logprobs else 0,
        )
        read, written = found[0].read, sum(each.written for each in found)
        return ModelOutput(
            model=f"organism/{self.model_name}",
            choices=[_choice(each, chances=bool(config.logprobs)) for each in found],
            usage=ModelUsage(input_tokens=read, output_tokens=written, total_tokens=read + written),
        )


def _choice(completion: Completion, *, chances: bool) -> ChatCompletionChoice:
    tops = completion.likeliest or ((),) * completion.written
    listed = [
        Logprob(
            token=token,
            logprob=chance,
            bytes=list(token.encode()),
            top_logprobs=[
                TopLogprob(token=other, logprob=at, bytes=list(other.encode())) for other, at in top
            ],
        )
        for token, chance, top in zip(completion.text, completion.log_chances, tops, strict=True)
    ]
    return ChatCompletionChoice(
        message=ChatMessageAssistant(content=completion.text),
        stop_reason="stop" if completion.ended else "max_tokens",
        logprobs=Logprobs(content=listed) if chances else None,
    )


@modelapi(name="organism")
def organism() -> type[ModelAPI]:
    """The provider class, for Inspect's registry."""
    return OrganismAPI
