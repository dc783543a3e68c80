"""``holdshort register restore``: a register's place, made anew from a backup or a mirror."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from holdshort.cli.options import json_option, on
from holdshort.cli.output import emit, next_step, say
from holdshort.errors import BadInput, Refused

if TYPE_CHECKING:
    from holdshort.cli.register.archive import Backup
    from holdshort.cli.verification.place import Subject
    from holdshort.register.folder import Folder

_KEPT = {"register.toml", "keys"}
"""What may be in the folder already: where its database is to be, and the keys to go on with."""


@click.command("restore", short_help="Make a register's place anew from a backup or mirror.")
@click.argument("source", metavar="FROM")
@click.argument("data", type=click.Path(path_type=Path))
@click.option("--size", type=click.IntRange(min=1), help="Only the first so many entries.")
@click.option("--at", "instant", help="Only what was on record at this instant (RFC 3339, UTC).")
@click.option("--charter", help="Hash of the charter that is trusted.")
@json_option
def command(
    source: str,
    data: Path,
    size: int | None,
    instant: str | None,
    charter: str | None,
    as_json: bool,
) -> None:
    """Restore the register in FROM, a backup, mirror or published folder, to the new place DATA.

    FROM is verified wholly first. An earlier point in time gives a place that can be read and not
    written: to go on from it would fork the register. All or nothing: if it fails, DATA is as it
    was.
    """
    from holdshort.register.act import check_instant

    if size is not None and instant is not None:
        raise click.UsageError("Give --size or --at, not both.")
    if instant is not None:
        check_instant(instant, "--at")
    _refuse_taken(data)
    data.parent.mkdir(parents=True, exist_ok=True)
    staging = data.parent / f".{data.name}.{os.urandom(6).hex()}.restore"
    try:
        leaves, published = _fetch(source, staging, charter, quiet=as_json)
        wanted = _wanted(leaves, size, instant)
        frozen = wanted < len(leaves)
        _make(data, staging, leaves[:wanted], frozen=frozen)
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise
    if as_json:
        emit({"data": str(data), "entries": wanted, "of": len(leaves), "frozen": frozen})
        return
    say(f"Restored {wanted} of {len(leaves)} entries to {data}.")
    if frozen:
        say("It can be read and not written: to go on from here would fork the register.")
        next_step(f"holdshort docket{on(data)}", "to see where cases stood then")
        return
    say("Before its first act it asks its mirrors and witnesses whether they were shown more.")
    if wanted > published:
        say(f"{wanted - published} acts are not published yet; the next command publishes them.")
    if not (data / "keys").exists():
        say(f"The keys are not in a backup: put them into {data / 'keys'}.")
    next_step(f"holdshort register check{on(data)}", "before you go on from it")


def _refuse_taken(data: Path) -> None:
    if not data.exists():
        return
    taken = sorted({each.name for each in data.iterdir()} - _KEPT) if data.is_dir() else [data.name]
    if taken:
        raise BadInput(
            f"There is something here already: {taken[0]}.",
            where=str(data),
            do="Restore to a new folder; it may hold register.toml and keys, and nothing else.",
        )


# ---------------------------------------------------------------------- the source


def _fetch(
    source: str, staging: Path, pinned: str | None, *, quiet: bool
) -> tuple[list[bytes], int]:
    """The whole log of ``source``, verified, its published form in ``staging``."""
    from holdshort.cli.register.archive import check_whole, read_index, unpublished
    from holdshort.cli.verification.place import Subject, referred, web_options
    from holdshort.cli.verification.progress import bar
    from holdshort.register.folder import Folder, published_in
    from holdshort.register.mirror import open_store, protocol, pull

    with open_store(source, web_options(source)) as store:
        backup = read_index(store)
        waiting = list(unpublished(store, backup)) if backup else []
    url = f"{source.rstrip('/')}/public" if backup else source
    if protocol(url) is None:
        url = str(published_in(Path(url)))
    folder = Folder(staging / "public")
    folder.path.mkdir(parents=True)

    def named(index: int, leaf: bytes) -> list[str]:
        return list(referred(index, leaf))

    with bar(quiet=quiet) as heard:
        pull(url, folder, heard, options=web_options(url), blobs=named, evidence=staging)
        more = {each for at, leaf in enumerate(waiting, folder.size()) for each in named(at, leaf)}
        _fetch_more(url, folder, more)
    _verify(Subject(folder, staging), pinned, quiet=quiet)
    leaves = [*folder.leaves(), *waiting]
    if backup:
        check_whole(backup, leaves)
        _replay(folder, leaves, backup)
    return leaves, folder.size()


def _fetch_more(url: str, folder: "Folder", digests: set[str]) -> None:
    from holdshort.cli.verification.place import web_options
    from holdshort.register.mirror import pull_blobs

    if digests:
        missing = pull_blobs(url, folder, digests, options=web_options(url)).missing
        if missing:
            raise Refused(f"The backup lacks the document {missing[0]}.", where=url)


def _verify(subject: "Subject", pinned: str | None, *, quiet: bool) -> None:
    """Check the published form as a stranger would; Refused if it does not hold."""
    from holdshort.cli.verification.register import RegisterCheck

    told = []
    for line in RegisterCheck(subject, pinned, None, fresh=True, quiet=quiet).lines():
        if not quiet:
            say(f"{'ok  ' if line.ok else 'FAIL'}  {line.name}: {line.detail}")
        if not line.ok:
            told.append(f"{line.name}: {line.detail}")
    if told:
        raise Refused(
            f"The source does not hold, so nothing was restored: {told[0]}",
            do="Restore from another backup or mirror.",
        )


def _replay(folder: "Folder", leaves: Sequence[bytes], backup: "Backup") -> None:
    """Refused if an act that is not published yet does not hold."""
    from holdshort.docket.law import read_text
    from holdshort.docket.replay import replay
    from holdshort.register.entry import Entry

    entries = [Entry.parse(index, leaf) for index, leaf in enumerate(leaves)]
    digest = entries[0].act.rulebook
    book = read_text(folder.read_blob(digest), digest)
    # Only what stands under the checkpoint was verified before, whatever the backup says of itself.
    fault = replay(entries, book, folder.read_blob, verified=folder.size()).fault
    if fault:
        raise Refused(f"The backup does not hold, so nothing was restored: {fault}")


def _wanted(leaves: Sequence[bytes], size: int | None, instant: str | None) -> int:
    """How many entries to restore."""
    from holdshort.register.entry import Entry

    if size is not None:
        if size > len(leaves):
            raise BadInput(f"There are {len(leaves)} entries, not {size}.", where="--size")
        return size
    if instant is None:
        return len(leaves)
    latest = ""
    for index, leaf in enumerate(leaves):
        # An act that was signed earlier takes effect when it is entered, not before.
        latest = max(latest, Entry.parse(index, leaf).act.at)
        if latest > instant:
            if index == 0:
                raise BadInput(f"The register was opened at {latest}.", where="--at")
            return index
    return len(leaves)


# ---------------------------------------------------------------------- the place


def _make(data: Path, staging: Path, leaves: Sequence[bytes], *, frozen: bool) -> None:
    """Make the place in ``staging``, then put it where it is to be in one step."""
    from holdshort.office.place import Place
    from holdshort.office.storage.database import load, open_database

    place = Place(staging)
    (staging / "verified.json").unlink(missing_ok=True)
    for name in _KEPT:
        _copy(data / name, staging / name)
    if frozen:
        # No checkpoint of so many entries was ever signed by the log.
        shutil.rmtree(staging / "public" / "tile")
        (staging / "public" / "checkpoint").unlink()
        text = f"The first {len(leaves)} entries of a longer log: to be read, not to be gone on.\n"
        place.frozen.write_text(text)
    else:
        place.restored.write_text(
            f"Restored with {len(leaves)} entries. Before its first act this register asks its "
            "mirrors and\nwitnesses whether they were shown more. It takes this file away once one "
            "has answered; do so\nyourself only if you know that nobody was shown more.\n"
        )
    alias = open_database(place)
    load(place, leaves)
    _close(alias)
    old = data.parent / f"{staging.name}.old"
    if data.exists():
        data.rename(old)
    try:
        staging.rename(data)
    except OSError:
        if old.exists():
            old.rename(data)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target)
    elif source.exists():
        shutil.copy2(source, target)


def _close(alias: str) -> None:
    """Leave the database as a process that ends would: its write-ahead log folded in."""
    from django.db import connections

    connections[alias].close()
