"""``holdshort register prove``: a proof, to be checked offline, that an entry is on the record."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from holdshort.cli.options import DEFAULT_DATA, json_option
from holdshort.cli.output import emit, say, write_all
from holdshort.errors import BadInput

if TYPE_CHECKING:
    from holdshort.register.mirror import Store


@click.command("prove", short_help="Write a proof that an entry is on record.")
@click.argument("entry", type=click.IntRange(min=0))
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    help=f"Folder of the embedded register.  [default: {DEFAULT_DATA}]",
)
@click.option("--register", "place", help="A published register instead: a folder or a URL.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="FILE.tlog-proof; ENTRY by default."
)
@click.option("--embed", is_flag=True, help="Put the entry into the proof's extra line.")
@json_option
def command(
    entry: int,
    data: Path | None,
    place: str | None,
    output: Path | None,
    embed: bool,
    as_json: bool,
) -> None:
    """Prove that ENTRY (its number) stands in the log, in a C2SP tlog-proof file.

    The entry itself goes beside it, as FILE.entry. Whoever has both, and the log's key, can check
    them without a network and without this program.
    """
    from holdshort.cli.verification.place import web_options
    from holdshort.register.folder import published_in
    from holdshort.register.mirror import open_store, protocol
    from holdshort.register.proof import SUFFIX, Proof

    if data is not None and place is not None:
        raise click.UsageError("Give --data or --register, not both.")
    where = place if place is not None else str(data or DEFAULT_DATA)
    if protocol(where) is None:
        where = str(published_in(Path(where)))
    with open_store(where, web_options(where)) as store:
        signed, leaf, path = _read(store, entry)
    proof = Proof(entry, tuple(path), signed, leaf if embed else b"")
    target = output or Path(f"entry-{entry}{SUFFIX}")
    if target.suffix != SUFFIX:
        raise BadInput(f"A proof is a file named *{SUFFIX}.", where=str(target))
    made = [(target, proof.to_bytes())]
    if not embed:
        made.append((target.with_suffix(".entry"), leaf))
    written = write_all(made, what="The proof")
    said = _signers(signed)
    if as_json:
        emit({"entry": entry, "path": len(path), "signed_by": said, "files": written})
        return
    say(f"Proved: entry {entry} stands under the checkpoint signed by {', '.join(said)}.")
    say(f"Written: {', '.join(written)}")
    say("Pin the log's key, and your witnesses', in a C2SP tlog-policy to check it with.")


def _read(store: "Store", entry: int) -> tuple[bytes, bytes, list[bytes]]:
    """The checkpoint, the entry, and its audit path, which was found to lead there."""
    from holdshort.register import merkle, tiles
    from holdshort.register.checkpoint import parse_checkpoint
    from holdshort.register.folder import CHECKPOINT
    from holdshort.register.mirror import read_tile
    from holdshort.register.note import MAX_BYTES, Note
    from holdshort.register.tiles import WIDTH, Tile

    signed = store.look(CHECKPOINT, MAX_BYTES)
    if signed is None:
        raise BadInput("Nothing is published here: there is no checkpoint.", where=store.shown)
    head = parse_checkpoint(Note.parse(signed, CHECKPOINT).text)
    if entry >= head.size:
        raise BadInput(f"There is no entry {entry}: {head.size} are published.", where=store.shown)
    index = entry // WIDTH
    bundle = Tile(None, index, min(WIDTH, head.size - index * WIDTH))
    leaf = tiles.decode_bundle(read_tile(store, bundle), bundle.path)[entry - bundle.start]
    nodes = tiles.TileNodes(head.size, lambda tile: read_tile(store, tile))
    path = merkle.inclusion(entry, head.size, nodes)
    merkle.verify_inclusion(merkle.leaf_hash(leaf), entry, head.size, path, head.root)
    return signed, leaf, path


def _signers(signed: bytes) -> list[str]:
    from holdshort.register.note import Note

    return [each.name for each in Note.parse(signed).signatures]
