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
    from holdshort.compute.facts import find_facts, load_facts
    from holdshort.rulebook.expression import show

    took = count(load_facts(find_facts(facts)))
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
    next_step(f"holdshort review --model NAME --facts {facts}", "to put that model under review")
