"""The checks of a published folder, in their order; the package says what they are."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from holdshort.errors import BadInput, RegisterError
from holdshort.register import tiles
from holdshort.register.audit.blobs import Seen, hashed, is_blob
from holdshort.register.audit.entries import Bundle, first_other, place_of, read_bundle
from holdshort.register.audit.files import Files
from holdshort.register.audit.found import LogAudit
from holdshort.register.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from holdshort.register.entry import Entry
from holdshort.register.folder import CHECKPOINT, Folder
from holdshort.register.merkle import Tree
from holdshort.register.note import Note, NoteKey
from holdshort.register.tiles import WIDTH, Tile


def unheard(done: int, total: int) -> None:
    """Tell nobody."""


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
        self._strict = strict
        self._as_acts = strict and acts
        self._cosigned = cosigned
        self._seen = seen
        """Blobs that were hashed before; None if blobs are left alone."""
        self._found = LogAudit(folder=folder)
        self._files = Files(folder.path, self._found, strict=strict)

    def run(
        self, verifiers: Iterable[NoteKey] | None, heard: Callable[[int, int], None]
    ) -> LogAudit:
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
            self._files.rest(None if tree is None else len(tree))
        return self._found

    # 1. checkpoint

    def _checkpoint(self, verifiers: Iterable[NoteKey] | None) -> Checkpoint | None:
        data = self._files.read(CHECKPOINT)
        if data is None:
            self._found.fail("checkpoint", "The checkpoint is missing.", CHECKPOINT)
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
            self._found.fail("checkpoint", f"{error.what} Nothing else was checked.", CHECKPOINT)
            return None
        self._found.checkpoint, self._found.note = head, note
        self._found.others = tuple(
            each for each in note.signatures if not any(key.made(each) for key in known or ())
        )
        self._found.signed = known is not None
        signed = "signed by a trusted key" if self._found.signed else "signatures not checked"
        self._found.hold("checkpoint", f"{head.origin}, {head.size} entries, {signed}")
        return head

    # 2. root

    def _bundles(self, head: Checkpoint, heard: Callable[[int, int], None]) -> list[Bundle]:
        """Every bundle that is there, in order; each gap is a failure."""
        bundles = []
        complete = 0
        # Only what is there is counted through: the size is a claim, and may be absurd.
        for index in sorted({tile.index for tile in self._files.tiles() if tile.level is None}):
            tile = Tile(None, index, min(WIDTH, head.size - index * WIDTH))
            data = self._files.read(tile.path) if tile.width > 0 else None
            if data is not None:
                if tile.start > complete:
                    self._missing(complete, tile.start)
                bundles.append(read_bundle(tile, data))
                complete = tile.start + tile.width
                heard(complete, head.size)
        if complete < head.size:
            self._missing(complete, head.size)
        return bundles

    def _missing(self, start: int, stop: int) -> None:
        size = self._found.checkpoint.size if self._found.checkpoint else stop
        tile = Tile(None, start // WIDTH, min(WIDTH, size - start))
        cut = "The log is cut short" if stop == size else "A bundle is missing"
        self._found.fail(
            "entries", f"{cut}: entries {start} to {stop - 1} are not there.", tile.path
        )

    def _root(self, head: Checkpoint, bundles: list[Bundle]) -> Tree | None:
        """The tree that the root commits to, from the bundles or else from the level-0 tiles."""
        hashes = [each for bundle in bundles for each in bundle.hashes]
        for candidate in (hashes, self._stated(head)):
            if len(candidate) == head.size:
                tree = Tree(candidate)
                if tree.root() == head.root:
                    self._found.hold("root", f"the entries hash to {head.root.hex()}")
                    return tree
        self._found.fail(
            "root", "Neither entries nor tiles hash to the checkpoint's root.", CHECKPOINT
        )
        for bundle in bundles:
            path = Tile(0, bundle.tile.index, bundle.tile.width).path
            at = first_other(bundle.hashes, tiles.split_hashes(self._files.read(path) or b""))
            if at is not None:
                entry = f"entry {bundle.tile.start + at}"
                where = f"{bundle.tile.path}, {entry}"
                self._found.fail("entries", f"It is not the entry that {path} names.", where)
                self._found.fail("tiles", f"It does not name {entry} of {bundle.tile.path}.", path)
        return None

    def _stated(self, head: Checkpoint) -> list[bytes]:
        """The leaf hashes that the level-0 tiles state, up to the first that is missing."""
        stated: list[bytes] = []
        for bundle in tiles.bundles(head.size):
            content = self._files.read(Tile(0, bundle.index, bundle.width).path)
            if content is None:
                break
            stated += tiles.split_hashes(content)
        return stated

    # 3. entries

    def _entries(self, bundles: list[Bundle], tree: Tree) -> None:
        for bundle in bundles:
            tile = bundle.tile
            expected = [tree.node(0, tile.start + at) for at in range(tile.width)]
            at = first_other(bundle.hashes, expected)
            if at is None and not bundle.exact:
                at = tile.width
            if at is None:
                if self._found.sound == tile.start:
                    self._found.sound += len(bundle.hashes)
            elif at < tile.width:
                where = f"{tile.path}, entry {tile.start + at}"
                self._found.fail("entries", "It is not the entry that the log committed to.", where)
            else:
                self._found.fail("entries", "Something follows the last entry.", tile.path)
        if self._as_acts:
            self._acts()
        self._found.hold("entries", f"{self._found.sound} entries")

    def _acts(self) -> None:
        for index, leaf in enumerate(self._found.read()):
            try:
                self._found.entries.append(Entry.parse(index, leaf))
            except RegisterError as error:
                size = self._found.checkpoint.size if self._found.checkpoint else 0
                self._found.fail("entries", error.what, place_of(index, size))
                return

    # 4. tiles

    def _tiles(self, tree: Tree) -> None:
        count = 0
        for tile in tiles.level_tiles(len(tree)):
            count += 1
            self._compare(tile, tree, self._files.read(tile.path))
        self._found.hold("tiles", f"{count} tiles")

    def _replaced(self, tree: Tree) -> None:
        """Narrower tiles and bundles, if a publication left them, must say the same."""
        for tile in self._files.tiles():
            if tile.width <= _complete(tile, len(tree)):
                data = self._files.read(tile.path)
                if tile.level is not None:
                    self._compare(tile, tree, data)
                    continue
                bundle = read_bundle(tile, data or b"")
                expected = [tree.node(0, tile.start + at) for at in range(tile.width)]
                at = first_other(bundle.hashes, expected)
                if at is not None or not bundle.exact:
                    where = f"{tile.path}, entry {tile.start + (at or 0)}"
                    self._found.fail(
                        "entries", "It is not the entry that the log committed to.", where
                    )

    def _compare(self, tile: Tile, tree: Tree, data: bytes | None) -> None:
        expected = tiles.tile_bytes(tile.level or 0, tile.index, tile.width, tree.node)
        if data is None:
            self._found.fail("tiles", "The tile is missing.", tile.path)
        elif data != expected:
            at = first_other(tiles.split_hashes(data), tiles.split_hashes(expected))
            self._found.fail("tiles", f"Hash {at} is not what the entries hash to.", tile.path)

    # 5. blobs

    def _blobs(self) -> None:
        names = [name for name in self._files.left if is_blob(name)]  # others are told below
        self._files.account(names)
        if self._seen is None:
            return
        for name, sha256, found in hashed(self._files.path, names, self._seen):
            if found is None:
                what = "The content does not have the digest that names it."
                self._found.fail("blobs", what, name)
                continue
            self._found.hashed += self._seen.get(sha256) != found
            self._found.blobs[sha256] = found
        known = len(self._found.blobs) - self._found.hashed
        before = f", {known} unchanged since they were checked" if known else ""
        self._found.hold("blobs", f"{len(self._found.blobs)} blobs{before}")


def _complete(tile: Tile, size: int) -> int:
    """How many hashes or entries of ``tile`` a log of ``size`` entries has."""
    return min(WIDTH, (size >> tiles.HEIGHT * (tile.level or 0)) - tile.index * WIDTH)
