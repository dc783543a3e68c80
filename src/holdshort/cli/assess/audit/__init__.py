"""``holdshort assess audit``: suspect keys of a bank of items, reviewed before a finding counts."""

import click

from holdshort.cli.lazy import LazyGroup

COMMANDS = {
    "queue": "Sort a bank's items by how suspect their keys are, blind to the model under test.",
    "review": "Put one decision about an item on record.",
    "find": "The finding with all items as keyed, and as reviewed.",
}


@click.group(cls=LazyGroup, package="holdshort.cli.assess.audit", lazy=COMMANDS)
def command() -> None:
    """Audit the keys of a multiple-choice bank.

    ANSWERS is a CSV with the columns item and key, and one for each model.
    """
