"""``holdshort compute``: training compute from evidence."""

from pathlib import Path

import click

from holdshort.cli.options import json_option
from holdshort.cli.output import emit, next_step, say


@click.group("compute")
def command() -> None:
    """Estimate training compute."""


@command.command("estimate")
@click.argument("facts", type=click.Path(path_type=Path))
@json_option
def estimate(facts: Path, as_json: bool) -> None:
    """Estimate the training compute of the model in FACTS (YAML or JSON), with its interval.

    FACTS may also be the name of a facts file that comes with Holdshort: smollm2-135m,
    llama-3.1-405b.
    """
    from holdshort.compute.decimals import significant
    from holdshort.compute.estimate import estimate as count
    from holdshort.compute.facts import load_facts, shipped
    from holdshort.rulebook.expression import show

    path = facts if facts.exists() or facts.suffix else shipped(str(facts))
    took = count(load_facts(path))
    if as_json:
        emit({"facts": str(facts), **took.to_fields()})
        return
    total, low, high = (show(significant(value, 3)) for value in (took.total, took.low, took.high))
    say(f"{total} FLOP (90 % interval {low} to {high})")
    for method in took.methods:
        say(f"  {method.method}: {show(significant(method.flop, 3))} = {method.derivation}")
    for line in took.left_out:
        say(f"  not used: {line}")
    for line in took.contradictions:
        say(f"  contradiction: {line}")
    next_step(f"holdshort review --facts {facts}", "to put the model under review")
