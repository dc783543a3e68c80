"""Inspect model provider ``gguf/<path>``: weights on this disk, asked through llama.cpp.

The path is a ``.gguf`` file or a directory with exactly one. Requests go over the loopback
address to `holdshort.assess.models.server`, in the OpenAI protocol, by Inspect's own provider for
it; so seed, temperature and usage mean what they mean everywhere in Inspect.

Model arguments: ``path`` (where the weights are, if the name should not say; a protocol names the
model and no folder of one machine), ``parallel`` (answers at once, 2), ``context`` (tokens an
answer may span, 4096), ``threads`` (all cores but one).
"""

from pathlib import Path

from inspect_ai.model import (
    ChatMessage,
    GenerateConfig,
    ModelAPI,
    ModelCall,
    ModelOutput,
    get_model,
    modelapi,
)
from inspect_ai.tool import ToolChoice, ToolInfo

from holdshort.assess.models.server import address, gguf_file


class GgufAPI(ModelAPI):
    """One set of weights."""

    def __init__(
        self,
        model_name: str,
        base_url: str | None = None,
        api_key: str | None = None,
        config: GenerateConfig = GenerateConfig(),  # noqa: B008 - Inspect's own signature
        path: str | None = None,
        parallel: int = 2,
        context: int = 4096,
        threads: int | None = None,
    ) -> None:
        super().__init__(model_name, base_url, api_key, [], config)
        weights = gguf_file(Path(path or model_name))
        self._inner = get_model(
            f"openai-api/gguf/{weights.stem}",
            base_url=address(weights, parallel=parallel, context=context, threads=threads),
            api_key="none",  # the server asks for none; the provider wants one
            memoize=False,
        ).api

    async def generate(
        self,
        input: list[ChatMessage],  # noqa: A002 - Inspect's parameter name
        tools: list[ToolInfo],
        tool_choice: ToolChoice,
        config: GenerateConfig,
    ) -> ModelOutput | tuple[ModelOutput | Exception, ModelCall]:
        """Ask the server."""
        return await self._inner.generate(input, tools, tool_choice, config)

    async def aclose(self) -> None:
        """Close the connections; the server stays for the next task."""
        await self._inner.aclose()

    def should_retry(self, ex: Exception) -> bool:
        """As Inspect's provider decides."""
        return bool(self._inner.should_retry(ex))


@modelapi(name="gguf")
def gguf() -> type[ModelAPI]:
    """The provider class, for Inspect's registry."""
    return GgufAPI
