"""``holdshort register``: a register's upkeep, and the proofs that it hands out."""

import click

from holdshort.cli.lazy import LazyGroup

COMMANDS = {
    "publish": "Bring what is published, and its mirrors, up to date.",
    "check": "The operator's check: database, published folder, mirrors, keys.",
    "backup": "Copy everything but the keys to a folder or URL.",
    "restore": "Make a register's place anew from a backup or mirror.",
    "prove": "Write a proof, checked offline, that an entry is on record.",
    "issue": "Issue the clearance that a case has come to.",
    "export": "Write proofs for another register: a clearance, its status.",
    "search": "Find acts in a whole register, replayed, so that none is left out.",
}


@click.group(cls=LazyGroup, package="holdshort.cli.register", lazy=COMMANDS)
def command() -> None:
    """Publish, check, back up, prove, search and export a register."""
