"""``holdshort proficiency``: test assessors with planted models, and publish their ratings."""

import click

from holdshort.cli.lazy import LazyGroup

COMMANDS = {
    "plant": "Plant models of known ability, and commit to the table.",
    "examine": "Test planted models with the shipped suites.",
    "answer": "File what was found of the planted models.",
    "score": "Open the table, and score the test.",
    "rate": "Publish the rating that follows from an assessor's record.",
}


@click.group(cls=LazyGroup, package="holdshort.cli.proficiency", lazy=COMMANDS)
def command() -> None:
    """Test assessors with planted models, and publish their ratings."""
