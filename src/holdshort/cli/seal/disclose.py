"""``holdshort seal disclose``: one field for anyone."""

from pathlib import Path

import click

from holdshort.cli.options import data_option, json_option
from holdshort.cli.output import emit, next_step, say
from holdshort.cli.seal.entries import ENTRY, PARTY, fresh, published
from holdshort.errors import BadInput


@click.command("disclose")
@ENTRY
@click.option("--field", required=True, help="The sealed field, or DOCUMENT.age for a document.")
@PARTY
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="The disclosure file.",
)
@data_option
@json_option
def command(entry: int, field: str, party: str, output: Path, data: Path, as_json: bool) -> None:
    """Write a file that shows what one sealed field of ENTRY says, and proves it.

    Whoever has the file and the public register can check it, and learns nothing of other fields.
    Of a document it discloses the digest; hand the document over beside it.
    """
    from holdshort.cli.passphrase import ask
    from holdshort.office.place import Place
    from holdshort.office.sealing.filing import open_act
    from holdshort.register.folder import Folder
    from holdshort.register.keys.files import write
    from holdshort.register.sealing.values import Disclosure

    place = Place(data)
    found = published(Folder(place.public), entry)
    openings = open_act(place, found, party, ask).openings
    if field not in openings:
        raise BadInput(
            f"Entry {entry} has no sealed field {field!r}.",
            where="--field",
            do=f"Sealed are: {', '.join(openings)}.",
        )
    disclosure = Disclosure(found.act.register, entry, found.act.type, openings[field])
    write(fresh(output), disclosure.to_bytes())
    if as_json:
        emit({"written": str(output), "entry": entry, "field": field})
        return
    say(f"Written: {output}. It shows {field} of entry {entry} to whoever has it.")
    next_step(f"holdshort seal check {output} --register PLACE", "is how a stranger checks it")
