"""What a check of a published folder found, and the entries that it found sound."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from holdshort.errors import RegisterError
from holdshort.register import tiles
from holdshort.register.audit.blobs import Seen
from holdshort.register.checkpoint import Checkpoint
from holdshort.register.entry import Entry
from holdshort.register.folder import Folder
from holdshort.register.merkle import Tree, leaf_hash
from holdshort.register.note import Note, NoteSignature


@dataclass(frozen=True)
class Check:
    """One thing that was checked: ``where`` names the file, and the entry if it is in one."""

    name: str
    ok: bool
    detail: str
    where: str | None = None


@dataclass
class LogAudit:
    """What a check of a folder found. ``checks`` holds every failure, or one success per name."""

    checkpoint: Checkpoint | None = None
    signed: bool = False
    """Whether the checkpoint's signatures were checked, and hold."""
    note: Note | None = None
    """The checkpoint with its signature lines."""
    others: tuple[NoteSignature, ...] = ()
    """Its lines by other keys than the trusted ones: nothing was checked of them."""
    sound: int = 0
    """How many entries, from the first on, are those that the root commits to."""
    entries: list[Entry] = field(default_factory=list)
    """The same as acts; empty for a log that is not a register, or if nobody asked for them."""
    blobs: dict[str, Seen] = field(default_factory=dict)
    """Every blob that is there, whole, by hex SHA-256. Which should be there, only acts say."""
    hashed: int = 0
    """How many of them were hashed now; the others' files are as they were last time."""
    tree: Tree | None = None
    """The tree under the checkpoint, if entries or tiles hash to it."""
    folder: Folder | None = None
    checks: list[Check] = field(default_factory=list)

    @property
    def leaves(self) -> list[bytes]:
        """The entries, up to the first that is damaged or missing."""
        return list(self.read())

    def read(self) -> Iterator[bytes]:
        """The same, read again a bundle at a time, and held against the root once more.

        Raises:
            RegisterError: the folder changed while it was checked.
        """
        if self.tree is None or self.folder is None:
            return
        size = len(self.tree)
        for tile in tiles.bundles(size):
            if tile.start >= self.sound:
                return
            for at, leaf in enumerate(tiles.decode_bundle(self.folder.tile(tile), tile.path)):
                if leaf_hash(leaf) != self.tree.node(0, tile.start + at):
                    raise RegisterError("It changed while it was checked.", where=tile.path)
                yield leaf

    @property
    def ok(self) -> bool:
        """Whether every check passed."""
        return all(check.ok for check in self.checks)

    @property
    def failures(self) -> list[Check]:
        """The checks that failed."""
        return [check for check in self.checks if not check.ok]

    def fail(self, name: str, detail: str, where: str) -> None:
        """A check of this name does not hold, of what ``where`` names."""
        printable = where.encode(errors="backslashreplace").decode()  # a name may be any bytes
        self.checks.append(Check(name, ok=False, detail=detail, where=printable))

    def hold(self, name: str, detail: str) -> None:
        """All of the checks of this name hold, unless one was found not to."""
        if all(check.name != name for check in self.checks):
            self.checks.append(Check(name, ok=True, detail=detail))
