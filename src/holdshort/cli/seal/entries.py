"""What the commands of ``holdshort seal`` share: the entry that they are about."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from holdshort.errors import BadInput

if TYPE_CHECKING:
    from holdshort.register.entry import Entry
    from holdshort.register.folder import Folder

ENTRY = click.argument("entry", type=click.IntRange(min=0))
PARTY = click.option("--as", "party", required=True, help="The party that reads.")


def published(folder: "Folder", index: int) -> "Entry":
    """An entry of a published register; BadInput if there is no such entry."""
    from holdshort.register.entry import Entry

    size = folder.head().size
    if index >= size:
        raise BadInput(f"There is no entry {index}: the register has {size}, from 0.")
    return Entry.parse(index, folder.leaf(index))


def fresh(path: Path) -> Path:
    """A file that is to be written and is not there yet; secrets replace nothing."""
    if path.exists():
        raise BadInput("There is a file here already.", where=str(path), do="Name another.")
    return path
