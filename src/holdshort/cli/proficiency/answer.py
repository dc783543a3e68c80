"""``holdshort proficiency answer``: file what was found of the planted models."""

from pathlib import Path

import click

from holdshort.cli.options import data_option, json_option
from holdshort.cli.output import emit, say
from holdshort.errors import BadInput


@click.command("answer", short_help="File what was found of the planted models.")
@click.argument("case")
@click.option("--as", "party", required=True, help="The assessor that is tested.")
@click.option(
    "--answers",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="JSON: for each model and area acceptable, inconclusive or unacceptable.",
)
@data_option
@json_option
def command(case: str, party: str, answers: Path, data: Path, as_json: bool) -> None:
    """File the findings of the planted models in CASE, before anyone opens the table."""
    from holdshort.office.door import Office
    from holdshort.register.canonical import parse

    try:
        found = parse(answers.read_bytes(), str(answers))
    except OSError as error:
        raise BadInput(f"It cannot be read: {error.strerror}.", where=str(answers)) from None
    receipt = Office.open(data).file("proficiency.answer", case, party, {"answers": found})
    if as_json:
        emit({"case": case, "entry": receipt.entry.index})
        return
    say(f"The findings of {party} are on record (entry {receipt.entry.index}).")
