"""``holdshort assess resume``: go on with a campaign that has begun."""

from typing import Any

import click

from holdshort.cli.assess.campaigns import carry_on
from holdshort.cli.assess.run import order, run_options


@click.command("resume", short_help="Go on with a campaign that has begun.")
@run_options
def command(**given: Any) -> None:
    """Go on with the campaign of CASE, as `assess run` does, and refuse to begin one.

    What was asked before the end of the last run is on record and is not asked again, wherever
    units of work ran.
    """
    carry_on(order(given), begun=True)
