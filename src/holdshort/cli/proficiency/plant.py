"""``holdshort proficiency plant``: models of known ability, and a commitment to what they can."""

import json
import os
from pathlib import Path

import click

from holdshort.cli.options import data_option, json_option, on
from holdshort.cli.output import emit, next_step, say
from holdshort.errors import BadInput


@click.command("plant", short_help="Plant models of known ability, and commit to the table.")
@click.argument("case")
@click.option("--accreditation", required=True, help="The accreditation of the assessor tested.")
@click.option("--as", "party", required=True, help="The accreditor.")
@click.option(
    "--models", type=click.IntRange(min=4), default=8, show_default=True, help="How many."
)
@click.option("--area", "areas", multiple=True, help="An area to test; repeatable. [default: all]")
@click.option(
    "--secret",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="New file for the table, which the accreditor keeps to itself.",
)
@data_option
@json_option
def command(
    case: str,
    accreditation: str,
    party: str,
    models: int,
    areas: tuple[str, ...],
    secret: Path,
    data: Path,
    as_json: bool,
) -> None:
    """Draw a table of planted models into a new file, and file the commitment to it as CASE."""
    from holdshort.assess.proficiency import draw_table
    from holdshort.docket.proficiency import commitment
    from holdshort.office.door import Office

    office = Office.open(data)
    table = draw_table(models, areas or None)
    try:
        handle = os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise BadInput(
            f"It cannot be written: {error.strerror}.", where=str(secret), do="Give a new file."
        ) from None
    with os.fdopen(handle, "w") as file:
        file.write(json.dumps(table.secret(), indent=2) + "\n")
    try:
        receipt = office.file(
            "proficiency.plant",
            case,
            party,
            {
                "concerns": accreditation,
                "models": list(table.models),
                "plan": table.plan,
                "commitment": commitment(table.truth, table.nonce),
            },
        )
    except BaseException:
        secret.unlink()  # it opens nothing
        raise
    if as_json:
        emit({"case": case, "entry": receipt.entry.index, "models": table.models})
        return
    say(f"{models} models are planted (entry {receipt.entry.index}): {', '.join(table.models)}.")
    say(f"The table is in {secret}. Whoever reads it knows the answers.")
    say(f"Inspect finds them as planted/{table.models[0]} … with -M table={secret}.")
    next_step(
        f"holdshort proficiency score {case} --as {party} --secret {secret}{on(data)}", "later"
    )
