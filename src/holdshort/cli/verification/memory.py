"""What was verified last, so that the next run need not do it again, and notices a fork.

Kept in the reader's own cache: the signed checkpoint that held, which files held the documents, and
a digest of the program that checked. Another version of the program checks everything again, and
compares with the old checkpoint all the same.

Whoever can write there could have the program skip a check; and could as well change the program.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from holdshort.errors import HoldshortError, StorageError
from holdshort.register.audit import Seen
from holdshort.register.checkpoint import Checkpoint

STATE = "verified.json"
LOG_STATE = "log.json"
"""Of a check of the log alone, which says nothing of signatures and findings."""

_ROOMS = ("register", "docket", "rulebook", "assess")
"""The packages whose code decides whether a register holds."""


@dataclass(frozen=True)
class Memory:
    """What held when it was verified last."""

    checkpoint: bytes
    """The signed note."""
    at: str
    blobs: Mapping[str, Seen] = field(default_factory=dict)
    proven: tuple[str, ...] = ()
    """Digests of the rulebooks whose limits were proven."""
    current: bool = True
    """Whether this very program verified it, so that its work need not be done again."""

    @property
    def head(self) -> Checkpoint:
        """What the checkpoint says."""
        from holdshort.register.checkpoint import parse_checkpoint
        from holdshort.register.note import Note

        return parse_checkpoint(Note.parse(self.checkpoint).text)


def cache_home() -> Path:
    """Where this program keeps what it can do without."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if Path(base).is_absolute() else Path.home() / ".cache") / "holdshort"


def recall(home: Path, state: str = STATE) -> Memory | None:
    """What is remembered in ``home``; None if there is nothing that can be read."""
    try:
        value = json.loads((home / state).read_bytes())
        memory = Memory(
            checkpoint=value["checkpoint"].encode(),
            at=str(value["at"]),
            blobs={name: _seen(seen) for name, seen in value["blobs"].items()},
            proven=tuple(value["proven"]),
            current=value["checks"] == version(),
        )
        _ = memory.head
    except (OSError, ValueError, KeyError, TypeError, AttributeError, HoldshortError):
        return None
    return memory


def remember(home: Path, memory: Memory, state: str = STATE) -> bool:
    """Keep it for the next run; False if that cannot be, which is no reason to fail."""
    from holdshort.register.atomic import Batch

    value: dict[str, Any] = {
        "checks": version(),
        "checkpoint": memory.checkpoint.decode(),
        "at": memory.at,
        "blobs": memory.blobs,
        "proven": sorted(memory.proven),
    }
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        with Batch(home) as batch:
            batch.write(state, json.dumps(value).encode(), replace=True)
            batch.sync()
    except (OSError, StorageError):
        return False
    return True


def _seen(value: Any) -> Seen:
    """BadInput's kin, ValueError, if it is of another program's form."""
    size, modified, changed, device, inode = map(int, value)
    return size, modified, changed, device, inode


@cache
def version() -> str:
    """A digest of the code that checks, and of the library that verifies signatures."""
    import cryptography

    import holdshort

    root = Path(holdshort.__file__).parent
    hashed = hashlib.sha256(f"{holdshort.__version__} {cryptography.__version__}\n".encode())
    paths = [path for room in _ROOMS for path in (root / room).rglob("*.py")]
    for path in sorted([*paths, *(root / "cli" / "verification").glob("*.py")]):
        hashed.update(f"{path.relative_to(root)}\n".encode() + path.read_bytes())
    return hashed.hexdigest()
