"""What evidence lacks that was not made under a locked protocol, and why each lack matters.

Some of it no log of Inspect's can have; the rest follows from what this one says of itself.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inspect_ai.log import EvalLog

ALWAYS = {
    "protocol": "Nothing was locked before the run: threshold, items and the rule of stopping could"
    " be chosen after the results were seen.",
    "item seed": "Neither side committed to the items: either could have picked or known them.",
    "weights": "The model is a name. No digest says which weights answered.",
    "marks": "The answers cannot be marked again by program: the scorer's word is taken.",
    "completeness": "Runs and samples that were thrown away before leave no trace in a log.",
    "error rate": "No test with a bounded error rate was run; no finding follows from the totals.",
    "signature": "Nobody has signed for it.",
}


def missing_from(
    logs: "Sequence[EvalLog]", edited: int, unlike: Sequence[str]
) -> list[tuple[str, str]]:
    """What is missing from these logs (headers): (what, why it matters), each once.

    ``edited`` counts samples whose score was changed afterwards; ``unlike`` tells where a total
    that a log states is not the one that its samples give.
    """
    found = list(ALWAYS.items())
    for log in logs:
        found += _of(log)
    if edited:
        found.append(
            (
                "first scores",
                f"{edited} scores were changed after the run; Inspect keeps the change.",
            )
        )
    found += [("agreement", each) for each in unlike]
    return list(dict.fromkeys(found))


def _of(log: "EvalLog") -> Iterator[tuple[str, str]]:
    spec = log.eval
    data = spec.dataset.name or spec.dataset.location or "none"
    yield "data set digest", f"The data set is a name ({data}); what it held is not recorded."
    packages = ", ".join(f"{name} {version}" for name, version in spec.packages.items())
    yield "environment", f"Of what it ran on, {packages or 'nothing'} is recorded."
    if spec.revision is None:
        yield "code", "No revision of the task's code is recorded."
    elif spec.revision.dirty or spec.revision.dirty is None:
        commit = spec.revision.commit
        yield "code", f"The task's code is not that of commit {commit}: it had changes of its own."
    if spec.sandbox is not None:
        yield (
            "sandbox",
            f"The sandbox is a recipe ({spec.sandbox.type}); what ran in it is not bound.",
        )
    if spec.model_generate_config.seed is None:
        yield "generation seed", "Answers were drawn without a seed: asked again, they may differ."
    if log.status != "success":
        yield "end of the run", f"The run ended as {log.status}; what was to follow is not there."
    if log.invalidated:
        yield "validity", "The log holds samples that somebody declared invalid."
