"""``holdshort assess``: the evidence of assessments, read by others than who made it."""

import click

from holdshort.cli.lazy import LazyGroup

COMMANDS = {
    "verify": "Recompute every number of an evidence bundle from its samples.",
    "import": "Bring logs of Inspect's in as evidence of a lower grade.",
    "report": "Lay out what a bundle shows as a page, and on paper.",
    "audit": "Find suspect keys, review them, and see what a finding owes to them.",
    "export": "Write what a bundle shows in the formats of others.",
}


@click.group(cls=LazyGroup, package="holdshort.cli.assess", lazy=COMMANDS)
def command() -> None:
    """Work with the evidence of assessments.

    An evidence bundle is one file from which anyone recomputes a finding, without the model.
    """
