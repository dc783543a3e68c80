"""What is to be verified: a folder as it stands, or a copy of what a URL serves."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from holdshort.cli.verification.memory import cache_home
from holdshort.cli.verification.progress import Bar
from holdshort.errors import BadInput, HoldshortError

if TYPE_CHECKING:
    from holdshort.register.folder import Folder
    from holdshort.register.mirror import Pulled


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
    """The published folder at or in ``place``; BadInput if nothing is, or was, published there."""
    from holdshort.register.folder import CHECKPOINT, Folder, published_in

    folder = Folder(published_in(place))
    if not (folder.path / CHECKPOINT).exists() and not (folder.path / "tile").exists():
        raise BadInput(
            "Nothing is published here: there is neither a checkpoint nor a tile.",
            where=str(place),
            do="Give the folder of a register, or the one that holds the file 'checkpoint'.",
        )
    return Subject(folder, None)


def home_of(url: str, copy: Path | None) -> Path:
    """The folder that holds the copy of what ``url`` serves."""
    if copy is not None:
        return copy
    readable = re.sub(r"[^a-z0-9.]+", "-", url.partition("://")[2].lower()).strip("-")[:60]
    digest = hashlib.sha256(url.rstrip("/").encode()).hexdigest()[:16]
    return cache_home() / "copies" / f"{readable}-{digest}"


def fetched(url: str, home: Path, heard: Bar, *, documents: bool, fresh: bool) -> Subject:
    """Bring the copy in ``home`` up to what ``url`` serves.

    Raises:
        Conflict: it serves less than before, or something else.
        HoldshortError: it cannot be fetched whole.
    """
    from holdshort.register.folder import Folder
    from holdshort.register.mirror import pull

    folder = Folder(home / "public")
    home.mkdir(parents=True, exist_ok=True)
    pulled = pull(
        url,
        folder,
        heard,
        options=web_options(url),
        blobs=referred if documents else None,
        evidence=home,
        fresh=fresh,
    )
    return Subject(folder, home, url, pulled)


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
