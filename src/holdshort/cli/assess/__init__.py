"""``holdshort assess``: a model tested under a locked protocol, and the evidence of it."""

import click

from holdshort.cli.lazy import LazyGroup

COMMANDS = {
    "plan": "Fix how a model will be tested, before it is.",
    "run": "Run a locked protocol, and sign what was found.",
    "resume": "Go on with a campaign that has begun.",
    "verify": "Recompute every number of an evidence bundle from its samples.",
    "redact": "Make a public copy of a bundle, parts of it sealed.",
    "restore": "Get the full bundle back from a public copy.",
    "import": "Bring logs of Inspect's in as evidence of a lower grade.",
    "report": "Lay out what a bundle shows as a page, and on paper.",
    "audit": "Find suspect keys, review them, and see what a finding owes to them.",
    "export": "Write what a bundle shows in the formats of others.",
}


@click.group(cls=LazyGroup, package="holdshort.cli.assess", lazy=COMMANDS)
def command() -> None:
    """Test a model under a locked protocol, and work with the evidence.

    An evidence bundle is one file from which anyone recomputes a finding, without the model.
    """
