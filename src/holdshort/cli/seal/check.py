"""``holdshort seal check``: a stranger's check of a disclosure."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from holdshort.cli.options import json_option
from holdshort.cli.output import emit, next_step, say
from holdshort.cli.seal.entries import published
from holdshort.errors import BadInput, RegisterError

if TYPE_CHECKING:
    from holdshort.register.entry import Entry
    from holdshort.register.folder import Folder
    from holdshort.register.sealing.values import Disclosure, Sealed


@click.command("check")
@click.argument("disclosure", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--register",
    "place",
    type=click.Path(path_type=Path),
    required=True,
    help="The published register.",
)
@click.option("--charter", help="Hash of the charter that is trusted.")
@click.option(
    "--document",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The document that is said to have been sealed.",
)
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    disclosure: Path,
    place: Path,
    charter: str | None,
    document: Path | None,
    as_json: bool,
) -> None:
    """Check that the field in DISCLOSURE says what its author committed to on the register.

    The entry is proven to be in the log under the checkpoint's signature. Whether its author could
    lawfully file it is the question of `holdshort verify`.

    Exit 0: it is so. 1: it is not what was committed to.
    """
    from holdshort.register.folder import Folder, published_in
    from holdshort.register.sealing.values import Disclosure

    try:
        shown = Disclosure.from_bytes(disclosure.read_bytes(), str(disclosure))
    except OSError as error:
        what = f"The file cannot be read: {error.strerror}."
        raise BadInput(what, where=str(disclosure)) from None
    folder = Folder(published_in(place))
    entry, pinned = _proven(folder, shown.entry, charter)
    fault = _fault(folder, shown, entry, document)
    if as_json:
        emit(
            {
                "holds": fault is None,
                "fault": fault,
                "entry": entry.index,
                "act": entry.act.type,
                "by": entry.act.by,
                "at": entry.act.at,
                "field": shown.opening.name,
                "value": shown.opening.value,
                "charter": pinned,
            }
        )
    elif fault:
        say(f"No: {fault}")
    else:
        act = entry.act
        say(f"Yes. In entry {entry.index}, {act.type} of {act.at}, {act.by} committed to")
        say(f"  {shown.opening.name} = {shown.opening.value}")
        say("The entry is in the log, under the signature of its checkpoint.")
        if charter is None:
            say(f"Charter {pinned}: give --charter to trust it.")
        next_step(f"holdshort verify {place}", "to check the whole register")
    ctx.exit(1 if fault else 0)


def _proven(folder: "Folder", index: int, charter: str | None) -> "tuple[Entry, str]":
    """The entry, proven to be in the log that the charter's key signed; hash of the charter."""
    from holdshort.register.charter import read_charter
    from holdshort.register.checkpoint import open_checkpoint
    from holdshort.register.merkle import verify_inclusion

    first, entry = published(folder, 0), published(folder, index)
    opened = read_charter(first)
    if charter not in (None, opened.leaf_hash):
        raise RegisterError(f"The charter is {opened.leaf_hash}, not {charter}.", where="charter")
    head = open_checkpoint(folder.checkpoint(), [opened.verifier], strict=False)
    for each in (first, entry):
        proof = folder.prove(each.index, head.size)
        verify_inclusion(each.leaf_hash, each.index, head.size, proof, head.root)
    return entry, opened.leaf_hash


def _fault(
    folder: "Folder", shown: "Disclosure", entry: "Entry", document: Path | None
) -> str | None:
    """Why the disclosure does not hold; None if it does."""
    from holdshort.office.sealing.filing import CIPHERTEXT, sealed_documents
    from holdshort.register.sealing.values import Setting, check_disclosure, check_opening

    try:
        name = shown.opening.name
        documents = sealed_documents(folder, entry)
        if name.removesuffix(CIPHERTEXT) in documents:
            sealed: Sealed = documents[name.removesuffix(CIPHERTEXT)][0]
            check_opening(shown.opening, sealed, Setting.of(entry.act), f"entry {entry.index}")
        else:
            check_disclosure(shown, entry)
    except RegisterError as error:
        return str(error)
    if document is not None and _digest(document) != shown.opening.value:
        return f"{document} is not the document that was sealed."
    return None


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        what = f"The file cannot be read: {error.strerror}."
        raise BadInput(what, where=str(path)) from None
