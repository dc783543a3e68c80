"""The mirrors of a register: what each held, what it shows now, and bringing it up to date.

A mirror that is away often looks like an empty one: a disk that is not mounted leaves an empty
folder, or none. To believe it would be to let an old database go on where a mirror knows better,
and to fill the mount point. So the place remembers in ``mirrors.json`` what each mirror held:

    {"/srv/mirror": 41, "s3://acme-register/public": 41}

Rules kept here:

- A mirror that shows fewer entries than it held is away: it says nothing, and is sent nothing.
- One that was never brought anything may be empty.
- What is remembered only grows. Only a person can say that a mirror was lost, by its name
  (``holdshort register publish --anew``); then it may be empty again.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from holdshort.errors import RegisterError
from holdshort.office.place import Place
from holdshort.office.storage.database import exclusive
from holdshort.register.atomic import Batch
from holdshort.register.checkpoint import Checkpoint
from holdshort.register.folder import Folder
from holdshort.register.note import NoteKey

if TYPE_CHECKING:
    from holdshort.register.mirror import Pushed


def shown_as(url: str) -> str:
    """The URL as it may be told and kept: without user and password."""
    return re.sub(r"(?<=://)[^/@]*@", "", url)


@dataclass(frozen=True)
class Mirrors:
    """The mirrors of one place."""

    place: Place

    def head(self, url: str, log: NoteKey | None) -> Checkpoint | None:
        """What a mirror shows; None if it shows nothing, and never held anything.

        Only what ``log`` signed counts: whoever can write to a mirror must not be able to stop the
        register. One that is not open yet, without a key, takes anything there for its own.

        Raises:
            HoldshortError: it cannot be read, shows what the log did not sign, or less than it
                held.
        """
        from holdshort.register.mirror import Unreachable, mirror_head

        held = self.held(url)  # asked before: another process may be bringing it more
        found = mirror_head(url, keys=None if log is None else [log])
        size = found.size if found else 0
        if size < held:
            raise Unreachable(
                f"The mirror shows {size or 'no'} entries, and held {held} or more: it is not "
                "there, or it was put back.",
                where=shown_as(url),
                do="Mount it or bring it back. If it was lost: `holdshort register publish --anew` "
                "with its name.",
            )
        return found

    def bring(self, folder: Folder, url: str, log: NoteKey, **how: Any) -> "Pushed":
        """Bring a mirror up to ``folder``; ``how`` is for :func:`holdshort.register.mirror.push`.

        Raises:
            HoldshortError: what :meth:`head` raises, and what ``push`` does.
        """
        from holdshort.register.mirror import push

        self.head(url, log)
        pushed = push(folder, url, **how)
        self.remember(url, pushed.size)
        return pushed

    # ------------------------------------------------------------------ what is remembered

    def held(self, url: str) -> int:
        """How many entries a mirror held at least; 0 if it was never brought any."""
        return self._read().get(shown_as(url), 0)

    def remember(self, url: str, size: int) -> None:
        """Note that a mirror holds ``size`` entries."""
        if self.held(url) < size:
            with exclusive(self._lock):
                known = self._read()
                self._write({**known, shown_as(url): max(size, known.get(shown_as(url), 0))})

    def forget(self, urls: Iterable[str]) -> None:
        """A person says that these mirrors were lost."""
        lost = {shown_as(url) for url in urls}
        if lost & self._read().keys():
            with exclusive(self._lock):
                known = self._read()
                self._write({url: size for url, size in known.items() if url not in lost})

    @property
    def _lock(self) -> Path:
        return self.place.mirrored.with_name(".mirrors.lock")

    def _read(self) -> dict[str, int]:
        path = self.place.mirrored
        try:
            said = json.loads(path.read_bytes())
        except FileNotFoundError:
            return {}
        except (OSError, ValueError):
            said = None
        if not isinstance(said, dict) or not all(type(size) is int for size in said.values()):
            raise RegisterError(
                "What the mirrors held cannot be read.",
                where=str(path),
                do="Mend the file: the URL of each mirror, and how many entries it holds.",
            )
        return said

    def _write(self, known: dict[str, int]) -> None:
        path = self.place.mirrored
        content = json.dumps(dict(sorted(known.items())), indent=1).encode() + b"\n"
        with Batch(path.parent) as batch:
            batch.write(path.name, content, replace=True)
            batch.sync()
