"""``holdshort proficiency score``: open the table of planted models, and score the test."""

from decimal import Decimal
from pathlib import Path

import click

from holdshort.cli.options import data_option, json_option
from holdshort.cli.output import emit, say, table
from holdshort.errors import BadInput


@click.command("score", short_help="Open the table, and score the test.")
@click.argument("case")
@click.option("--as", "party", required=True, help="The accreditor.")
@click.option(
    "--secret",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="The table that `plant` wrote.",
)
@data_option
@json_option
def command(case: str, party: str, secret: Path, data: Path, as_json: bool) -> None:
    """Open the commitment in CASE; the score follows from the table, the findings and the law."""
    from holdshort.docket import proficiency
    from holdshort.office.door import Office
    from holdshort.register.canonical import parse

    try:
        held = parse(secret.read_bytes(), str(secret))
    except OSError as error:
        raise BadInput(f"It cannot be read: {error.strerror}.", where=str(secret)) from None
    office = Office.open(data)
    found = office.docket.cases.get(case)
    planted = found.memory.get("planted") if found else None
    if found is None or not isinstance(planted, dict):
        raise BadInput(f"There is no proficiency test {case!r}.")
    truth = held.get("truth") if isinstance(held, dict) else None
    value = found.book.values["proficiency_percent"].on(found.basis)
    percent = value.value if value else Decimal(100)
    scored = proficiency.result(truth, found.memory.get("answers"), planted["plan"], percent)
    if scored is None or not isinstance(held, dict):
        raise BadInput("This is no table of planted models.", where=str(secret))
    fields = {"truth": truth, "nonce": held.get("nonce"), **scored.to_fields()}
    receipt = office.file("proficiency.score", case, party, fields)
    if as_json:
        emit({"case": case, "entry": receipt.entry.index, **scored.to_fields()})
        return
    table(
        ("area", "asked", "right", "missed", ""),
        [
            (area, *map(str, each.to_json().values()), "passed" * (area in scored.passed))
            for area, each in scored.scores.items()
        ],
    )
    done = f"{len(scored.passed)} of {len(scored.scores)} areas passed"
    say(f"Scored (entry {receipt.entry.index}): {done}.")
