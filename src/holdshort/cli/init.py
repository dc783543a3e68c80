"""``holdshort init``: open a register."""

from pathlib import Path

import click

from holdshort.cli.options import DEFAULT_DATA, json_option, on
from holdshort.cli.output import emit, next_step, say


@click.command("init", short_help="Open a register.")
@click.argument("data", type=click.Path(path_type=Path), default=DEFAULT_DATA)
@click.option("--title", default="Register", show_default=True, help="Name of the register.")
@click.option("--rulebook", default="aaif", show_default=True, help="A shipped book, or a file.")
@click.option(
    "--rehearsal", is_flag=True, help="Mark it a rehearsal: one person plays several parties."
)
@click.option(
    "--status-minutes",
    type=click.IntRange(min=1),
    default=7 * 24 * 60,
    show_default=True,
    help="Longest time between two status snapshots.",
)
@json_option
def command(
    data: Path, title: str, rulebook: str, rehearsal: bool, status_minutes: int, as_json: bool
) -> None:
    """Open a register in DATA: make its keys and file its charter."""
    from holdshort.office.opening import Opening, open_register
    from holdshort.office.place import Place
    from holdshort.rulebook.load import open_rulebook

    book = open_rulebook(rulebook)
    opening = Opening(title, rehearsal, status_minutes=status_minutes)
    office, receipt = open_register(Place(data), book, opening)
    charter = office.docket.charter
    if as_json:
        emit(
            {
                "origin": charter.origin,
                "charter": charter.leaf_hash,
                "rulebook": book.digest,
                "rehearsal": charter.rehearsal,
                "keys": str(office.place.keys),
            }
        )
        return
    say(f"Opened {charter.origin} under {book.title} ({book.id} {book.version}).")
    say(f"Charter (pin this): {receipt.entry.leaf_hash.hex()}")
    say(f"Keys of the registrar and the register: {office.place.keys} (keep them secret)")
    next_step(f"holdshort party ID --role ROLE --name NAME{on(data)}", "to enrol a party")
