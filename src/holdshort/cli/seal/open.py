"""``holdshort seal open``: what a reader may read."""

from pathlib import Path

import click

from holdshort.cli.options import data_option, json_option
from holdshort.cli.output import emit, next_step, say
from holdshort.cli.seal.entries import ENTRY, PARTY, fresh, published


@click.command("open")
@ENTRY
@PARTY
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="Put the sealed documents into this folder, mode 0600.",
)
@data_option
@json_option
def command(entry: int, party: str, output: Path | None, data: Path, as_json: bool) -> None:
    """Print what PARTY can read of the sealed matter of ENTRY.

    Every value is checked against what its author committed to in public.
    """
    from holdshort.cli.passphrase import ask
    from holdshort.office.place import Place
    from holdshort.office.sealing.filing import CIPHERTEXT, open_act
    from holdshort.register.folder import Folder
    from holdshort.register.keys.files import write

    place = Place(data)
    found = published(Folder(place.public), entry)
    opened = open_act(place, found, party, ask)
    names = {name + CIPHERTEXT for name in opened.documents}
    fields = {n: each.value for n, each in opened.openings.items() if n not in names}
    written = [fresh(output / Path(name).name) for name in opened.documents] if output else []
    for path, content in zip(written, opened.documents.values(), strict=False):
        write(path, content)
    if as_json:
        sizes = {name: len(content) for name, content in opened.documents.items()}
        paths = [str(path) for path in written]
        emit(
            {"entry": entry, "act": found.act.type, "fields": fields}
            | {"documents": sizes, "written": paths}
        )
        return
    say(f"Entry {entry}, {found.act.type} by {found.act.by} in {found.act.case}; as committed to:")
    for name, value in fields.items():
        say(f"  {name} = {value}")
    for name, content in opened.documents.items():
        say(f"  {name}, {len(content):,} bytes")
    for path in written:
        say(f"Written: {path}")
    if fields:
        name = next(iter(fields))
        next_step(
            f"holdshort seal disclose {entry} --field {name} --as {party} --output FILE",
            "to show one of them to someone else",
        )
