"""The log-level check of a published folder, by a stranger who trusts nothing in it.

What is checked, in this order:

1. *checkpoint*: it is well formed, and signed by the keys that the caller trusts;
2. *root*: the entries hash to it;
3. *entries*: every bundle holds the entries that the root commits to, and each is an act;
4. *tiles*: every hash tile is byte for byte what the entries make it;
5. *blobs*: every blob's content has the digest that names it;
6. *files*: nothing else is there, and nothing is missing.

So a change to any byte of any published file fails a check that names the file and, where it is in
an entry, the entry. Bundles and level-0 tiles both state the leaf hashes; the root decides which
of the two is damaged. Whether acts were lawful and blobs complete is for whoever knows the law, and
so is who must have cosigned the checkpoint: the policy stands in the log.

``strict=False`` checks any tlog-tiles log: entries may be anything, and files beyond the
specification's are ignored. Proof files (``.tlog-proof``) are no part of a register's folder.
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from holdshort.errors import BadInput, RegisterError
from holdshort.register import tiles
from holdshort.register.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from holdshort.register.entry import Entry
from holdshort.register.folder import BLOBS, CHECKPOINT, Folder, blob_path
from holdshort.register.merkle import Tree, leaf_hash
from holdshort.register.note import Note, NoteKey, NoteSignature
from holdshort.register.signatures import processors
from holdshort.register.tiles import WIDTH, Tile

Seen = tuple[int, int, int, int, int]
"""A blob's file when its content was hashed: bytes, times of the last change of its content and of
anything about it (ns; the second cannot be set), device, inode."""


def seen_as(status: os.stat_result) -> Seen:
    """How a file is now."""
    times = status.st_mtime_ns, status.st_ctime_ns
    return (status.st_size, *times, status.st_dev, status.st_ino)


_AHEAD = 64
"""Blobs that are hashed at a time, at most."""


def unheard(done: int, total: int) -> None:
    """Tell nobody."""


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


def audit_log(
    folder: Folder | Path,
    verifiers: Iterable[NoteKey] | None,
    *,
    strict: bool = True,
    acts: bool = True,
    cosigned: bool = False,
    blobs: bool = True,
    seen: Mapping[str, Seen] | None = None,
    heard: Callable[[int, int], None] = unheard,
) -> LogAudit:
    """Check a folder; never raises for what it finds there, only if it is no folder (BadInput).

    ``verifiers`` are the keys trusted to sign checkpoints. None leaves signatures unchecked, and
    then a folder that was rewritten as a whole passes. ``cosigned`` lets other keys than those
    sign too, and leaves their lines in ``others`` for the caller to judge. ``acts=False`` leaves
    it to the caller to read entries as acts; ``blobs=False`` leaves blobs alone. ``seen`` are blobs
    that were hashed before: one whose file has not changed since is not hashed again. ``heard`` is
    told how many entries are hashed, and of how many.
    """
    folder = folder if isinstance(folder, Folder) else Folder(folder)
    if not folder.path.is_dir():
        raise BadInput("There is no folder here.", where=str(folder.path))
    known = (seen or {}) if blobs else None
    audit = _Audit(folder, strict=strict, acts=acts, cosigned=cosigned, seen=known)
    return audit.run(verifiers, heard)


@dataclass(frozen=True)
class _Bundle:
    """An entry bundle that is there, as far as it can be read."""

    tile: Tile
    hashes: list[bytes]
    exact: bool
    """Whether the file is nothing but these entries."""


class _Audit:
    """One run over one folder."""

    def __init__(
        self,
        folder: Folder,
        *,
        strict: bool,
        acts: bool,
        cosigned: bool,
        seen: Mapping[str, Seen] | None,
    ) -> None:
        self._path = folder.path
        self._strict = strict
        self._as_acts = strict and acts
        self._cosigned = cosigned
        self._seen = seen
        """Blobs that were hashed before; None if blobs are left alone."""
        self._found = LogAudit(folder=folder)
        # Names of all regular files, relative to the folder; what is accounted for leaves.
        self._names: set[str] = set()

    def run(
        self, verifiers: Iterable[NoteKey] | None, heard: Callable[[int, int], None]
    ) -> LogAudit:
        self._list()
        head = self._checkpoint(verifiers)
        if head is not None:
            bundles = self._bundles(head, heard)
            tree = self._root(head, bundles)
            if tree is not None:
                self._found.tree = tree
                self._entries(bundles, tree)
                self._tiles(tree)
                self._replaced(tree)
            self._blobs()
            self._rest(tree)
        return self._found

    # 1. checkpoint

    def _checkpoint(self, verifiers: Iterable[NoteKey] | None) -> Checkpoint | None:
        data = self._read(CHECKPOINT)
        if data is None:
            self._fail("checkpoint", "The checkpoint is missing.", CHECKPOINT)
            return None
        known = None if verifiers is None else list(verifiers)
        try:
            note = Note.parse(data, CHECKPOINT)
            if known is None:
                head = parse_checkpoint(note.text, CHECKPOINT)
            elif self._strict and self._cosigned:
                own = tuple(s for s in note.signatures if any(key.made(s) for key in known))
                note = Note(note.text, own) if own else note
                head = open_checkpoint(note.to_bytes(), known, strict=True)
                note = Note.parse(data, CHECKPOINT)
            else:
                head = open_checkpoint(data, known, strict=self._strict)
        except RegisterError as error:
            # Without a head that can be trusted there is nothing to hold the rest against.
            self._fail("checkpoint", f"{error.what} Nothing else was checked.", CHECKPOINT)
            return None
        self._found.checkpoint, self._found.note = head, note
        self._found.others = tuple(
            each for each in note.signatures if not any(key.made(each) for key in known or ())
        )
        self._found.signed = known is not None
        signed = "signed by a trusted key" if self._found.signed else "signatures not checked"
        self._pass("checkpoint", f"{head.origin}, {head.size} entries, {signed}")
        return head

    # 2. root

    def _bundles(self, head: Checkpoint, heard: Callable[[int, int], None]) -> list[_Bundle]:
        """Every bundle that is there, in order; each gap is a failure."""
        bundles = []
        complete = 0
        # Only what is there is counted through: the size is a claim, and may be absurd.
        for index in sorted({tile.index for tile in self._left() if tile.level is None}):
            tile = Tile(None, index, min(WIDTH, head.size - index * WIDTH))
            data = self._read(tile.path) if tile.width > 0 else None
            if data is not None:
                if tile.start > complete:
                    self._missing(complete, tile.start)
                bundles.append(_read_bundle(tile, data))
                complete = tile.start + tile.width
                heard(complete, head.size)
        if complete < head.size:
            self._missing(complete, head.size)
        return bundles

    def _missing(self, start: int, stop: int) -> None:
        size = self._found.checkpoint.size if self._found.checkpoint else stop
        tile = Tile(None, start // WIDTH, min(WIDTH, size - start))
        cut = "The log is cut short" if stop == size else "A bundle is missing"
        self._fail("entries", f"{cut}: entries {start} to {stop - 1} are not there.", tile.path)

    def _root(self, head: Checkpoint, bundles: list[_Bundle]) -> Tree | None:
        """The tree that the root commits to, from the bundles or else from the level-0 tiles."""
        hashes = [each for bundle in bundles for each in bundle.hashes]
        for candidate in (hashes, self._stated(head)):
            if len(candidate) == head.size:
                tree = Tree(candidate)
                if tree.root() == head.root:
                    self._pass("root", f"the entries hash to {head.root.hex()}")
                    return tree
        self._fail("root", "Neither entries nor tiles hash to the checkpoint's root.", CHECKPOINT)
        for bundle in bundles:
            path = Tile(0, bundle.tile.index, bundle.tile.width).path
            at = _first_other(bundle.hashes, tiles.split_hashes(self._read(path) or b""))
            if at is not None:
                entry = f"entry {bundle.tile.start + at}"
                where = f"{bundle.tile.path}, {entry}"
                self._fail("entries", f"It is not the entry that {path} names.", where)
                self._fail("tiles", f"It does not name {entry} of {bundle.tile.path}.", path)
        return None

    def _stated(self, head: Checkpoint) -> list[bytes]:
        """The leaf hashes that the level-0 tiles state, up to the first that is missing."""
        stated: list[bytes] = []
        for bundle in tiles.bundles(head.size):
            content = self._read(Tile(0, bundle.index, bundle.width).path)
            if content is None:
                break
            stated += tiles.split_hashes(content)
        return stated

    # 3. entries

    def _entries(self, bundles: list[_Bundle], tree: Tree) -> None:
        for bundle in bundles:
            tile = bundle.tile
            expected = [tree.node(0, tile.start + at) for at in range(tile.width)]
            at = _first_other(bundle.hashes, expected)
            if at is None and not bundle.exact:
                at = tile.width
            if at is None:
                if self._found.sound == tile.start:
                    self._found.sound += len(bundle.hashes)
            elif at < tile.width:
                where = f"{tile.path}, entry {tile.start + at}"
                self._fail("entries", "It is not the entry that the log committed to.", where)
            else:
                self._fail("entries", "Something follows the last entry.", tile.path)
        if self._as_acts:
            self._acts()
        self._pass("entries", f"{self._found.sound} entries")

    def _acts(self) -> None:
        for index, leaf in enumerate(self._found.read()):
            try:
                self._found.entries.append(Entry.parse(index, leaf))
            except RegisterError as error:
                size = self._found.checkpoint.size if self._found.checkpoint else 0
                self._fail("entries", error.what, place_of(index, size))
                return

    # 4. tiles

    def _tiles(self, tree: Tree) -> None:
        count = 0
        for tile in tiles.level_tiles(len(tree)):
            count += 1
            self._compare(tile, tree, self._read(tile.path))
        self._pass("tiles", f"{count} tiles")

    def _replaced(self, tree: Tree) -> None:
        """Narrower tiles and bundles, if a publication left them, must say the same."""
        for tile in self._left():
            if tile.width <= _complete(tile, len(tree)):
                data = self._read(tile.path)
                if tile.level is not None:
                    self._compare(tile, tree, data)
                    continue
                bundle = _read_bundle(tile, data or b"")
                expected = [tree.node(0, tile.start + at) for at in range(tile.width)]
                at = _first_other(bundle.hashes, expected)
                if at is not None or not bundle.exact:
                    where = f"{tile.path}, entry {tile.start + (at or 0)}"
                    self._fail("entries", "It is not the entry that the log committed to.", where)

    def _compare(self, tile: Tile, tree: Tree, data: bytes | None) -> None:
        expected = tiles.tile_bytes(tile.level or 0, tile.index, tile.width, tree.node)
        if data is None:
            self._fail("tiles", "The tile is missing.", tile.path)
        elif data != expected:
            at = _first_other(tiles.split_hashes(data), tiles.split_hashes(expected))
            self._fail("tiles", f"Hash {at} is not what the entries hash to.", tile.path)

    # 5. blobs

    def _blobs(self) -> None:
        names = [name for name in sorted(self._names) if _is_blob(name)]  # others are named below
        self._names.difference_update(names)
        if self._seen is None:
            return
        with ThreadPoolExecutor(processors()) as pool:
            for at in range(0, len(names), _AHEAD):
                part = names[at : at + _AHEAD]
                for name, found in zip(part, pool.map(self._blob, part), strict=True):
                    sha256 = Path(name).name
                    if found is None:
                        what = "The content does not have the digest that names it."
                        self._fail("blobs", what, name)
                        continue
                    self._found.hashed += self._seen.get(sha256) != found
                    self._found.blobs[sha256] = found
        known = len(self._found.blobs) - self._found.hashed
        before = f", {known} unchanged since they were checked" if known else ""
        self._pass("blobs", f"{len(self._found.blobs)} blobs{before}")

    def _blob(self, name: str) -> Seen | None:
        """The file of a blob as it is, if its content has the digest that names it."""
        sha256 = Path(name).name
        try:
            with (self._path / name).open("rb") as file:
                status = os.fstat(file.fileno())
                found = seen_as(status)
                if self._seen and self._seen.get(sha256) == found:
                    return found
                if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
                    return None
        except OSError:
            return None
        return found

    # 6. files

    def _rest(self, tree: Tree | None) -> None:
        for name in sorted(self._names) if self._strict else ():
            if tiles.parse_path(name) is None:
                self._fail("files", "It is no part of a register.", name)
            elif tree is not None:  # without a tree no tile could be placed
                what = f"It is beyond the {len(tree)} entries of the checkpoint."
                self._fail("files", what, name)
        self._pass("files", "every file is accounted for")

    # Reading

    def _list(self) -> None:
        def unreadable(error: OSError) -> None:
            self._fail("files", f"It cannot be read: {error.strerror}.", str(error.filename))

        for parent, folders, files in os.walk(self._path, onerror=unreadable):
            inside = Path(parent)
            for name in (*folders, *files):
                path = inside / name
                relative = path.relative_to(self._path).as_posix()
                if path.is_symlink() or not (path.is_file() or path.is_dir()):
                    if self._strict:
                        self._fail("files", "It is not a plain file or folder.", relative)
                elif path.is_file():
                    self._names.add(relative)

    def _left(self) -> list[Tile]:
        """Tiles and bundles among the files not accounted for yet."""
        named = (tiles.parse_path(name) for name in sorted(self._names))
        return [tile for tile in named if tile is not None]

    def _read(self, name: str) -> bytes | None:
        """The content of a file, which is then accounted for; None if it is not there."""
        path = self._path / name
        self._names.discard(name)
        if not path.is_file():
            return None
        try:
            return path.read_bytes()
        except OSError as error:
            self._fail("files", f"It cannot be read: {error.strerror}.", name)
            return b""

    # Results

    def _fail(self, name: str, detail: str, where: str) -> None:
        printable = where.encode(errors="backslashreplace").decode()  # a name may be any bytes
        self._found.checks.append(Check(name, ok=False, detail=detail, where=printable))

    def _pass(self, name: str, detail: str) -> None:
        if all(check.name != name for check in self._found.checks):
            self._found.checks.append(Check(name, ok=True, detail=detail))


def _read_bundle(tile: Tile, data: bytes) -> _Bundle:
    """The entries of a bundle up to where it is cut short."""
    hashes: list[bytes] = []
    at = 0
    while at + 2 <= len(data):
        stop = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if stop > len(data):
            break
        hashes.append(leaf_hash(data[at + 2 : stop]))
        at = stop
    return _Bundle(tile, hashes, exact=at == len(data))


def place_of(index: int, size: int) -> str:
    """Where entry ``index`` of a log of ``size`` entries stands, for a person."""
    first = index - index % WIDTH
    return f"{Tile(None, index // WIDTH, min(WIDTH, size - first)).path}, entry {index}"


def _is_blob(name: str) -> bool:
    try:
        return name.startswith(f"{BLOBS}/") and name == blob_path(Path(name).name)
    except BadInput:
        return False


def _complete(tile: Tile, size: int) -> int:
    """How many hashes or entries of ``tile`` a log of ``size`` entries has."""
    return min(WIDTH, (size >> tiles.HEIGHT * (tile.level or 0)) - tile.index * WIDTH)


def _first_other(one: Sequence[bytes], other: Sequence[bytes]) -> int | None:
    """Where two sequences first differ, in content or by one ending; None if they are equal."""
    if one == other:
        return None
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))
