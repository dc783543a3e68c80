"""Asking through the engine: each call is one Inspect evaluation of the model, logged as any other.

For any Inspect model: ``organism/locked`` in this process, or the server of this package as
``openai-api/organism/locked`` with its address.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from holdshort.assess.organisms.examination import Ask, Dialogue
from holdshort.assess.organisms.generation import Sampling
from holdshort.errors import HoldshortError

if TYPE_CHECKING:
    from inspect_ai.log import EvalLog
    from inspect_ai.model import ChatMessage, Model
    from inspect_ai.solver import TaskState

_MOST = 16
"""Tokens of an answer."""

_AT_ONCE = 10


def inspect_ask(model: "Model", logs: Path) -> Ask:
    """Ask ``model``; the logs are left in the folder ``logs``."""

    def ask(dialogues: Sequence[Dialogue], sampling: Sampling, number: int) -> list[list[str]]:
        log = _evaluate(model, logs, dialogues, sampling, number)
        if log.status != "success" or log.samples is None:
            problem = log.error.message if log.error else f"the evaluation ended as {log.status}"
            raise HoldshortError(f"The organism was not asked: {problem}.", where=str(model))
        answers = {
            int(sample.id): [choice.message.text for choice in sample.output.choices]
            for sample in log.samples
        }
        return [answers[index] for index in range(len(dialogues))]

    return ask


def _evaluate(
    model: "Model", logs: Path, dialogues: Sequence[Dialogue], sampling: Sampling, number: int
) -> "EvalLog":
    import inspect_ai
    from inspect_ai.dataset import MemoryDataset, Sample
    from inspect_ai.model import GenerateConfig
    from inspect_ai.solver import generate

    samples = [
        Sample(id=f"{index:05d}", input=[_message(*said) for said in each])
        for index, each in enumerate(dialogues)
    ]
    left = len(samples)

    async def close(state: "TaskState") -> None:
        """After the last sample close the client: its connections belong to this run's loop."""
        nonlocal left
        left -= 1
        if not left:
            await model.api.aclose()

    model.api.initialize()  # what an earlier call closed
    task = inspect_ai.Task(
        dataset=MemoryDataset(samples, name="organism"),
        solver=generate(),
        cleanup=close,
        config=GenerateConfig(
            temperature=sampling.temperature,
            top_p=sampling.top_p,
            seed=sampling.seed,
            max_tokens=_MOST,
            num_choices=number,
        ),
        fail_on_error=True,
    )
    [log] = inspect_ai.eval(
        task,
        model=model,
        log_dir=str(logs),
        log_format="eval",
        log_realtime=False,
        display="none",
        score=False,
        log_level="error",
        ctl_server=False,
        acp_server=False,
        retry_on_error=0,
        max_samples=_AT_ONCE,
    )
    return log


def _message(role: str, said: str) -> "ChatMessage":
    from inspect_ai.model import ChatMessageAssistant, ChatMessageSystem, ChatMessageUser

    kinds = {"user": ChatMessageUser, "assistant": ChatMessageAssistant}
    return kinds[role](content=said) if role in kinds else ChatMessageSystem(content=said)
