"""The form of a backup: the register as it is published, and the acts that are not yet.

::

    public/…                  as published: checkpoint, tiles, entries, documents
    unpublished/000000        entries after the checkpoint, up to 256 a bundle
    backup.json               which register, how many entries, their root; written last

No private key is in it. What is published is signed; what is not is signed by those who acted, and
`backup.json` says how many there were.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from holdshort.errors import BadInput, RegisterError
from holdshort.register import tiles
from holdshort.register.folder import Folder
from holdshort.register.merkle import Frontier, leaf_hash
from holdshort.register.mirror import Pushed, Store, open_store, push
from holdshort.register.mirror.extent import MAX_BUNDLE, Progress
from holdshort.register.tiles import WIDTH

INDEX = "backup.json"
UNPUBLISHED = "unpublished"
_MEMBERS = {"form", "origin", "size", "published", "root", "made_at"}
_FORM = "https://holdshort.dev/backup/v1"


@dataclass(frozen=True)
class Backup:
    """What a backup says of itself."""

    origin: str
    size: int
    published: int
    root: str
    """Hex root over all ``size`` entries."""
    made_at: str


def make(
    folder: Folder,
    leaves: Sequence[bytes],
    to: str,
    options: Mapping[str, Any] | None,
    evidence: Path,
    progress: Progress,
) -> tuple[Backup, Pushed]:
    """Bring the backup at ``to`` up to the folder and to ``leaves``, the whole log.

    Raises:
        Conflict: a backup there is ahead of this register, or of another log.
    """
    pushed = push(folder, f"{to.rstrip('/')}/public", options, evidence=evidence, progress=progress)
    if pushed.size > len(leaves):  # another process published meanwhile, and that was pushed, too
        leaves = [*leaves, *folder.leaves(len(leaves), pushed.size)]
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf_hash(leaf))
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    made = Backup(folder.head().origin, len(leaves), pushed.size, frontier.root().hex(), now)
    waiting = leaves[pushed.size :]
    with open_store(to, options) as store:
        parts = {
            f"{UNPUBLISHED}/{at // WIDTH:06d}": tiles.encode_bundle(waiting[at : at + WIDTH])
            for at in range(0, len(waiting), WIDTH)
        }
        before = store.sizes(UNPUBLISHED)
        for name, content in parts.items():
            store.write(name, content)
        store.seal(INDEX, json.dumps({"form": _FORM, **vars(made)}, indent=1).encode() + b"\n")
        for name in before.keys() - parts.keys():
            store.delete(name)
    return made, pushed


def read_index(store: Store) -> Backup | None:
    """What the backup in ``store`` says of itself; None if it is none.

    Raises:
        RegisterError: the file is damaged.
    """
    content = store.look(INDEX, 1 << 16)
    if content is None:
        return None
    try:
        value = json.loads(content)
    except ValueError:
        value = None
    if not _is_index(value):
        where = f"{store.shown}/{INDEX}"
        raise RegisterError("This is not what a backup says of itself.", where=where)
    return Backup(**{name: value[name] for name in _MEMBERS - {"form"}})


def _is_index(value: Any) -> bool:
    if not isinstance(value, dict) or set(value) != _MEMBERS or value["form"] != _FORM:
        return False
    texts = all(isinstance(value[name], str) for name in ("origin", "root", "made_at"))
    published, size = value["published"], value["size"]
    return texts and type(published) is int and type(size) is int and 0 <= published <= size


def unpublished(store: Store, backup: Backup) -> Iterator[bytes]:
    """The entries after the checkpoint; RegisterError if one is missing."""
    count = backup.size - backup.published
    for number in range(-(-count // WIDTH)):
        name = f"{UNPUBLISHED}/{number:06d}"
        content = store.look(name, MAX_BUNDLE)
        if content is None:
            raise RegisterError("The file is missing.", where=f"{store.shown}/{name}")
        yield from tiles.decode_bundle(content, name)


def check_whole(backup: Backup, leaves: Sequence[bytes]) -> None:
    """RegisterError unless ``leaves`` are all that the backup was made of."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf_hash(leaf))
    if len(leaves) != backup.size or frontier.root().hex() != backup.root:
        raise RegisterError(
            f"Its entries are not the {backup.size} that it was made of.",
            do="Use another backup, or a mirror.",
        )


def refuse_here(data: Path, to: str) -> None:
    """BadInput if a backup would go into the register's own folder."""
    target = Path(to).resolve()
    if "://" not in to and (target == data.resolve() or data.resolve() in target.parents):
        raise BadInput("A backup beside its register is lost with it.", where=to)
