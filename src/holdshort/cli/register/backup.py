"""``holdshort register backup``: everything but the keys, to a folder or URL."""

from pathlib import Path

import click

from holdshort.cli.options import data_option, json_option
from holdshort.cli.output import emit, next_step, say
from holdshort.errors import BadInput


@click.command("backup", short_help="Copy everything but the keys to a folder or URL.")
@click.argument("to")
@data_option
@json_option
def command(to: str, data: Path, as_json: bool) -> None:
    """Bring the backup at TO up to the register: only what is new is sent.

    The keys are not in it: keep them apart, in another hand.
    """
    from holdshort.cli.register import archive
    from holdshort.cli.verification.progress import bar
    from holdshort.office.place import Place
    from holdshort.office.storage.database import leaves, open_database
    from holdshort.register.folder import Folder

    place = Place(data)
    if not place.database.exists():
        raise BadInput("There is no register here.", where=str(data), do="Give --data.")
    archive.refuse_here(data, to)
    folder = Folder(place.public)
    folder.checkpoint()  # there is one, or it is told what is missing
    log = list(leaves(open_database(place)))
    with bar(quiet=as_json) as heard:
        made, pushed = archive.make(folder, log, to, None, place.root, heard)
    if as_json:
        emit({"to": to, **vars(made), "documents_sent": pushed.blobs, "keys": False})
        return
    waiting = made.size - made.published
    also = f", {waiting} of them not published yet" if waiting else ""
    say(f"Backed up {made.size} entries{also} to {to}; {pushed.blobs} documents were new.")
    say(
        f"The keys are NOT in it. Keep {place.keys} apart: without them nobody can go on from here."
    )
    next_step(f"holdshort register restore {to} NEW-FOLDER", "to try whether it can be restored")
