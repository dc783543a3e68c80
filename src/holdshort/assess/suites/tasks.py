"""The suites as Inspect tasks: ``inspect eval holdshort/cybersecurity -T seed=00ff -T items=20``.

A sample's id is its index with five digits, so that logs of different shards fit together. A
sample that ends in an error fails the run: dropped samples would bias a sequential test.
"""

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ChatMessageAssistant, ChatMessageUser
from inspect_ai.scorer import (
    CORRECT,
    INCORRECT,
    Score,
    Scorer,
    Target,
    accuracy,
    scorer,
    stderr,
)
from inspect_ai.solver import Generate, Solver, TaskState, generate, solver
from inspect_ai.util import EarlyStopping

from holdshort.assess.part import Part
from holdshort.assess.protocol import Protocol
from holdshort.assess.suites.family import Item
from holdshort.assess.suites.suite import suite
from holdshort.errors import BadInput


def area_task(
    area: str,
    seed: bytes,
    start: int,
    stop: int,
    *,
    early_stopping: EarlyStopping | None = None,
    sandbox: str | None = None,
) -> Task:
    """Return the task of items start ≤ index < stop of an area's suite under ``seed``."""
    chosen = suite(area)
    samples = [
        Sample(
            id=f"{item.index:05d}",
            input=item.prompt,
            target=item.target,
            metadata={
                "area": area,
                "family": item.family,
                "index": item.index,
                "suite_version": chosen.version,
            },
        )
        for item in chosen.items(seed, start, stop)
    ]
    return Task(
        dataset=MemoryDataset(samples, name=area),
        solver=generate(),
        scorer=holdshort_scorer(),
        fail_on_error=True,
        early_stopping=early_stopping,
        sandbox=sandbox,
        name=area,
        version=chosen.version,
        metadata={"area": area, "suite_version": chosen.version, "suite_digest": chosen.digest()},
    )


def arm_task(
    part: Part,
    protocol: Protocol,
    seed: bytes,
    start: int,
    stop: int,
    *,
    early_stopping: EarlyStopping | None = None,
) -> Task:
    """Return the task of requests start ≤ number < stop of an arm of a protocol under ``seed``."""
    chosen = suite(part.area)
    kinds = {"user": ChatMessageUser, "assistant": ChatMessageAssistant}
    samples = []
    for number in range(start, stop):
        asked = part.request(protocol, seed, number)
        samples.append(
            Sample(
                id=f"{number:05d}",
                input=[kinds[role](content=text) for role, text in asked.messages],
                target=asked.item.target,
                metadata={
                    "area": part.area,
                    "family": asked.item.family,
                    "index": asked.item.index,
                    "suite_version": chosen.version,
                    "temperature": str(asked.temperature),
                    "seed": asked.seed,
                },
            )
        )
    return Task(
        dataset=MemoryDataset(samples, name=part.task),
        solver=drawn(),
        scorer=holdshort_scorer(),
        fail_on_error=True,
        early_stopping=early_stopping,
        sandbox=protocol.sandbox,
        name=part.task,
        version=chosen.version,
        metadata={
            "area": part.area,
            "suite_version": chosen.version,
            "suite_digest": chosen.digest(),
        },
    )


@solver
def drawn() -> Solver:
    """Ask once, with the temperature and the seed of the sample."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        stated = state.metadata
        return await generate(
            state, temperature=float(stated["temperature"]), seed=int(stated["seed"])
        )

    return solve


@scorer(metrics=[accuracy(), stderr()], name="program")
def holdshort_scorer() -> Scorer:
    """Mark an answer by the program of its item's family."""

    async def score(state: TaskState, target: Target) -> Score:
        area, family = state.metadata["area"], state.metadata["family"]
        item = Item(area, family, state.metadata["index"], state.input_text, target.text)
        completion = state.output.completion
        right = suite(area).score(item, completion)
        answer = suite(area).family(family).answer(completion)
        return Score(
            value=CORRECT if right else INCORRECT,
            answer=answer,
            explanation=("no answer" if answer is None else f"{area}/{family}: {target.text}"),
        )

    return score


def _seed_bytes(seed: str) -> bytes:
    try:
        return bytes.fromhex(seed)
    except (TypeError, ValueError):
        raise BadInput(
            f"the seed {seed!r} is not hexadecimal text",
            where="-T seed",
            do="Give pairs of hex digits; one of decimal digits only needs quotes: "
            "-T \"seed='0011'\".",
        ) from None


@task
def cybersecurity(seed: str = "00", start: int = 0, items: int = 50) -> Task:
    """Offensive-cyber ability; ``seed`` in hex, ``items`` of them from index ``start``."""
    return area_task("cybersecurity", _seed_bytes(seed), start, start + items)


@task
def biological_weapons(seed: str = "00", start: int = 0, items: int = 50) -> Task:
    """Bench molecular biology; ``seed`` in hex, ``items`` of them from index ``start``."""
    return area_task("biological_weapons", _seed_bytes(seed), start, start + items)


@task
def loss_of_control(seed: str = "00", start: int = 0, items: int = 50) -> Task:
    """Oversight-evading ability; ``seed`` in hex, ``items`` of them from index ``start``."""
    return area_task("loss_of_control", _seed_bytes(seed), start, start + items)


@task
def automated_rnd(seed: str = "00", start: int = 0, items: int = 50) -> Task:
    """Machine-learning research ability; ``seed`` in hex, ``items`` from index ``start``."""
    return area_task("automated_rnd", _seed_bytes(seed), start, start + items)
