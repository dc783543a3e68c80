"""``holdshort accredit``: who may test models, and what the record says of them."""

import click

from holdshort.cli.lazy import LazyGroup

COMMANDS = {
    "list": "Who is accredited, for what, since when and until when.",
    "show": "The file of one assessor.",
}


@click.group(cls=LazyGroup, package="holdshort.cli.accredit", lazy=COMMANDS)
def command() -> None:
    """Who may test models, and what the record says of them."""
