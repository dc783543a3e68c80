"""What is to be verified: a folder as it stands, or a copy of what a URL serves.

A copy is the command's own from when it is fetched to the command's end (`verification.lock`).
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from holdshort.cli.verification.memory import cache_home, recall
from holdshort.cli.verification.progress import Bar
from holdshort.errors import BadInput, HoldshortError

if TYPE_CHECKING:
    from holdshort.register.folder import Folder
    from holdshort.register.mirror import Pulled, Signers
    from holdshort.register.note import NoteKey


@dataclass(frozen=True)
class Subject:
    """The folder to check, where things about it are kept, and where it came from."""

    folder: "Folder"
    home: Path | None
    """Folder for what is remembered; None: by the log's name, once that is known."""
    url: str | None = None
    pulled: "Pulled | None" = None

    def keep(self, name: str) -> Path:
        """Where things about the log of this name are kept."""
        if self.home is not None:
            return self.home
        return cache_home() / "registers" / hashlib.sha256(name.encode()).hexdigest()[:32]


def local(place: Path) -> Subject:
    """The published folder at or in ``place``.

    Raises:
        BadInput: nothing is, or was, published there.
        Busy: it is a copy, and a command that brings it up to date does not end.
    """
    from holdshort.cli.verification.lock import LOCK, undisturbed
    from holdshort.register.folder import CHECKPOINT, Folder, published_in

    folder = Folder(published_in(place))
    if not (folder.path / CHECKPOINT).exists() and not (folder.path / "tile").exists():
        raise BadInput(
            "Nothing is published here: there is neither a checkpoint nor a tile.",
            where=str(place),
            do="Give the folder of a register, or the one that holds the file 'checkpoint'.",
        )
    if (folder.path.parent / LOCK).exists():
        _to_the_end(undisturbed(folder.path.parent, _waits))
    return Subject(folder, None)


def home_of(url: str, copy: Path | None) -> Path:
    """The folder that holds the copy of what ``url`` serves."""
    if copy is not None:
        return copy
    readable = re.sub(r"[^a-z0-9.]+", "-", url.partition("://")[2].lower()).strip("-")[:60]
    digest = hashlib.sha256(url.rstrip("/").encode()).hexdigest()[:16]
    return cache_home() / "copies" / f"{readable}-{digest}"


def signers(
    home: Path, keys: "Sequence[NoteKey]", charter: str | None, *, log_only: bool
) -> "Signers":
    """Who may have signed the checkpoint that is served for the copy in ``home``.

    Of a register, the log's key among ``keys`` or the one that its charter names. Of any log, one
    of ``keys``; without them nobody is known, unless the copy was verified as a register before.
    """
    from holdshort.register.mirror import anyone, chartered, known

    if not log_only:
        return chartered(charter, keys)
    if keys:
        return known(keys)
    return chartered() if recall(home) else anyone


def fetched(
    url: str,
    home: Path,
    heard: Bar,
    *,
    documents: bool,
    fresh: bool,
    signed_by: "Signers | None" = None,
) -> Subject:
    """Bring the copy in ``home`` up to what ``url`` serves.

    By default it is a register, and what its charter names has to have signed.

    Raises:
        Conflict: it serves less than before, or something else.
        Untrusted: it serves what is not by whom it has to be.
        Busy: another command is at work on this copy, and does not end.
        HoldshortError: it cannot be fetched whole.
    """
    from holdshort.cli.verification.lock import alone
    from holdshort.register.folder import Folder
    from holdshort.register.mirror import chartered, pull

    folder = Folder(home / "public")
    home.mkdir(parents=True, exist_ok=True)
    _to_the_end(alone(home, _waits))
    pulled = pull(
        url,
        folder,
        heard,
        options=web_options(url),
        signers=signed_by or chartered(),
        blobs=referred if documents else None,
        evidence=home,
        fresh=fresh,
    )
    return Subject(folder, home, url, pulled)


def _to_the_end(held: AbstractContextManager[None]) -> None:
    """Hold something until the command has ended."""
    click.get_current_context().with_resource(held)


def _waits(whom: str) -> None:
    click.echo(whom, err=True)


def referred(index: int, leaf: bytes) -> Iterable[str]:
    """The documents that an entry refers to; none if it is no act, which the audit tells."""
    from holdshort.docket.replay import referenced_blobs
    from holdshort.register.entry import Entry

    try:
        found = [sha256 for _, _, sha256 in referenced_blobs([Entry.parse(index, leaf)])]
    except HoldshortError:
        return []
    return [sha256 for sha256 in found if _is_digest(sha256)]


def web_options(url: str) -> Mapping[str, Any] | None:
    """How long to wait for a web server: it may take its time, but not stand still."""
    if not url.startswith(("http://", "https://")):
        return None
    import aiohttp

    waits = aiohttp.ClientTimeout(total=None, sock_connect=15, sock_read=60)
    return {"client_kwargs": {"timeout": waits}}


def _is_digest(text: str) -> bool:
    return re.fullmatch(r"[0-9a-f]{64}", text) is not None
