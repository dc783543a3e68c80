"""``holdshort proficiency rate``: publish the rating that follows from an assessor's record."""

from pathlib import Path

import click

from holdshort.cli.options import data_option, json_option
from holdshort.cli.output import emit, say


@click.command("rate", short_help="Publish the rating that follows from an assessor's record.")
@click.argument("accreditation")
@click.option("--as", "party", required=True, help="Who publishes it: the accreditor, or anyone.")
@data_option
@json_option
def command(accreditation: str, party: str, data: Path, as_json: bool) -> None:
    """Publish the rating of the assessor whose accreditation is the case ACCREDITATION."""
    from holdshort.office.door import Office
    from holdshort.office.rating import publish

    receipt = publish(Office.open(data), accreditation, party)
    said = receipt.entry.act.fields
    if as_json:
        emit({"case": receipt.entry.act.case, "entry": receipt.entry.index, "rating": dict(said)})
        return
    say(f"Rated {said['class']} (entry {receipt.entry.index}):")
    for name in ("tests", "right_percent", "missed", "late", "reversed"):
        say(f"  {name.replace('_', ' ')}: {said[name]}")
