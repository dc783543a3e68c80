"""``holdshort init``: open a register."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from holdshort.cli.options import (
    DEFAULT_DATA,
    json_option,
    on,
    read_policy,
    read_public_key,
)
from holdshort.cli.output import emit, next_step, say, write
from holdshort.cli.passphrase import ask

if TYPE_CHECKING:
    from holdshort.office.door import Office, Receipt


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
@click.option(
    "--witnesses",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Who must cosign its checkpoints: a C2SP tlog-policy without log lines. [default: nobody]",
)
@click.option(
    "--root-key",
    "root_keys",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="A public key of the root that is held elsewhere (holdshort key new); repeatable.",
)
@click.option(
    "--root-threshold",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="How many of the root's keys sign what the root does.",
)
@click.option(
    "--draft",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the charter here for the holders of the root's keys to sign; open nothing yet.",
)
@json_option
def command(
    data: Path,
    title: str,
    rulebook: str,
    rehearsal: bool,
    status_minutes: int,
    witnesses: Path | None,
    root_keys: tuple[Path, ...],
    root_threshold: int,
    draft: Path | None,
    as_json: bool,
) -> None:
    """Open a register in DATA: make its keys and file its charter.

    The root's key is made here too, unless it is held elsewhere: then draw up the charter with
    --root-key and --draft, have it signed (holdshort key sign), and enter it (holdshort submit).
    """
    from holdshort.office.opening import Opening, draw_up, open_register
    from holdshort.office.place import Place
    from holdshort.register.charter import NO_WITNESSES
    from holdshort.register.draft import Draft
    from holdshort.rulebook.load import open_rulebook

    book = open_rulebook(rulebook)
    policy = read_policy(witnesses)
    opening = Opening(
        title,
        rehearsal,
        status_minutes=status_minutes,
        witness_policy=policy.text() if policy else NO_WITNESSES,
        root_keys=[read_public_key(path) for path in root_keys],
        root_threshold=root_threshold,
    )
    if not draft:
        tell_opening(*open_register(Place(data), book, opening, ask), data, as_json=as_json)
        return
    act = draw_up(Place(data), book, opening, ask)
    write(draft, Draft(act).to_bytes().decode())
    if as_json:
        emit({"draft": str(draft), "origin": act.register, "threshold": root_threshold})
        return
    say(f"Drew up the charter of {act.register}: {draft}")
    say(f"It takes {root_threshold} of {len(root_keys) or 1} root keys, within a day.")
    next_step(f"holdshort key sign {draft} --key FILE", "by each holder of a root key")


def tell_opening(office: "Office", receipt: "Receipt", data: Path, *, as_json: bool) -> None:
    """Say that a register is open, and what to pin and to keep."""
    charter, book = office.docket.charter, office.book
    if as_json:
        emit(
            {
                "origin": charter.origin,
                "charter": charter.leaf_hash,
                "log_key": charter.verifier.vkey,
                "rulebook": book.digest,
                "rehearsal": charter.rehearsal,
                "root": {
                    "keys": [key.keyid for key in charter.root.keys],
                    "threshold": charter.root.threshold,
                },
                "keys": str(office.place.keys),
            }
        )
        return
    say(f"Opened {charter.origin} under {book.title} ({book.id} {book.version}).")
    say(f"Charter (pin this): {receipt.entry.leaf_hash.hex()}")
    say(f"Log key (for its witnesses): {charter.verifier.vkey}")
    root = charter.root
    say(f"The root acts with {root.threshold} of {len(root.keys)} keys.")
    say(f"Keys that were made here: {office.place.keys} (keep them secret; take the root's away)")
    next_step(f"holdshort party ID --role ROLE --name NAME{on(data)}", "to enrol a party")
