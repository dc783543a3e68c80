"""``holdshort assess run``: run a locked protocol, and sign what was found."""

from typing import Any

import click

from holdshort.cli.assess.campaigns import Engine, Order, carry_on
from holdshort.cli.assess.cluster import ONLY, Placing, cluster_options
from holdshort.cli.assess.compared import compared_options
from holdshort.cli.assess.testing import (
    OTHERS,
    Named,
    decimal_option,
    model_options,
)

ENGINES = ("inline", "pool", "ray", "kubernetes")


def run_options(function: Any) -> Any:
    """How a campaign is run, for `run` and `resume`."""
    for option in (
        click.option("--file", "file_findings", is_flag=True, help="File what was found."),
        click.option("--seconds", type=click.FloatRange(min=0, min_open=True), help="Stop then."),
        click.option("--price", help="Of a million tokens, in any currency."),
        click.option("--money", help="Spend at most so much, at --price; earlier runs count."),
        click.option(
            "--tokens", type=click.IntRange(min=1), help="Use at most so many; earlier runs count."
        ),
        click.option(
            "--connections",
            type=click.IntRange(min=1),
            default=2,
            show_default=True,
            help="Requests to the model at a time, in each process.",
        ),
        click.option(
            "--unit-items",
            type=click.IntRange(min=1),
            default=20,
            show_default=True,
            help="Items of a unit of work.",
        ),
        click.option("--address", help="With ray: its cluster; left out: Ray on this machine."),
        click.option("--workers", type=click.IntRange(min=1), help="Units at a time."),
        click.option(
            "--engine",
            type=click.Choice(ENGINES),
            default="inline",
            show_default=True,
            help="Where units of work run: in this process, in several here, on a Ray cluster,"
            " or as Jobs that you give to Kubernetes.",
        ),
        click.option(
            "--model", help="As for `assess plan`, where the protocol's name does not lead to it."
        ),
        cluster_options,
        compared_options,
        model_options,
    ):
        function = option(function)
    return function


def order(given: dict[str, Any]) -> Order:
    """What the options say."""
    from holdshort.assess.budget import Budget

    return Order(
        case=given["case"],
        party=given["party"],
        named=Named(
            given["model"],
            given["model_args"],
            given["weights"],
            others={who: given[who.replace("-", "_")] for who in OTHERS},
        ),
        engine=Engine(
            given["engine"],
            given["workers"],
            given["address"],
            given["unit_items"],
            given["connections"],
        ),
        placing=Placing(**{name: given[name] for name in ONLY}),
        budget=Budget(
            given["tokens"],
            decimal_option("--money", given["money"]),
            decimal_option("--price", given["price"]),
            given["seconds"],
        ),
        file=given["file_findings"],
        dry_run=given["dry_run"],
        data=given["data"],
        as_json=given["as_json"],
    )


@click.command("run", short_help="Run a locked protocol, and sign what was found.")
@run_options
def command(**given: Any) -> None:
    """Run the protocol that is locked in CASE until each of its tests decides.

    Every completed sample is on record before it counts. Interrupt it, or lose it, at any point:
    the same command goes on where it was, and nothing is asked or counted twice. A budget stops a
    run and decides nothing.

    At the end the evidence is packed into one file. With --file the findings are signed and filed
    with it. Exit 1: a budget was spent before every test had decided.
    """
    carry_on(order(given), begun=False)
