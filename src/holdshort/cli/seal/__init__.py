"""``holdshort seal``: confidential matter, from its readers' keys to its end."""

import click

from holdshort.cli.lazy import LazyGroup

COMMANDS = {
    "reader": "Make a reader's key for a party.",
    "open": "Read what is sealed in an entry.",
    "disclose": "Hand one sealed field to anyone, with proof.",
    "check": "Check a disclosure against the public register.",
    "redact": "Make a public copy of a document, with proof of what was taken out.",
    "restore": "Put a redacted document together again, and check it.",
    "due": "What must be kept, and what may or must be destroyed.",
    "destroy": "Destroy a party's key to an entry, for good.",
}


@click.group(cls=LazyGroup, package="holdshort.cli.seal", lazy=COMMANDS)
def command() -> None:
    """Seal confidential matter, disclose single fields, destroy keys.

    Matter is sealed when it is filed: `holdshort file … --seal NAME=GROUND --reader PARTY`.
    """
