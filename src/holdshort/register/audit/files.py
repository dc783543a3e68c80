"""The files of a published folder: each is accounted for by some check, or told at the end."""

import os
from collections.abc import Iterable
from pathlib import Path

from holdshort.register import tiles
from holdshort.register.audit.found import LogAudit
from holdshort.register.tiles import Tile


class Files:
    """All regular files of a folder, by name relative to it; what is accounted for leaves."""

    def __init__(self, path: Path, found: LogAudit, *, strict: bool) -> None:
        self.path = path
        self._found = found
        self._strict = strict
        self._names: set[str] = set()
        self._list()

    @property
    def left(self) -> list[str]:
        """The names of the files not accounted for yet, in order."""
        return sorted(self._names)

    def account(self, names: Iterable[str]) -> None:
        """Nothing more is to be said of these."""
        self._names.difference_update(names)

    def rest(self, size: int | None) -> None:
        """Tell what is no part of a register of ``size`` entries, None if that is not known."""
        for name in self.left if self._strict else ():
            if tiles.parse_path(name) is None:
                self._found.fail("files", "It is no part of a register.", name)
            elif size is not None:  # without a tree no tile could be placed
                what = f"It is beyond the {size} entries of the checkpoint."
                self._found.fail("files", what, name)
        self._found.hold("files", "every file is accounted for")

    def _list(self) -> None:
        def unreadable(error: OSError) -> None:
            self._found.fail("files", f"It cannot be read: {error.strerror}.", str(error.filename))

        for parent, folders, files in os.walk(self.path, onerror=unreadable):
            inside = Path(parent)
            for name in (*folders, *files):
                path = inside / name
                relative = path.relative_to(self.path).as_posix()
                if path.is_symlink() or not (path.is_file() or path.is_dir()):
                    if self._strict:
                        self._found.fail("files", "It is not a plain file or folder.", relative)
                elif path.is_file():
                    self._names.add(relative)

    def tiles(self) -> list[Tile]:
        """Tiles and bundles among the files not accounted for yet."""
        named = (tiles.parse_path(name) for name in self.left)
        return [tile for tile in named if tile is not None]

    def read(self, name: str) -> bytes | None:
        """The content of a file, which is then accounted for; None if it is not there."""
        path = self.path / name
        self._names.discard(name)
        if not path.is_file():
            return None
        try:
            return path.read_bytes()
        except OSError as error:
            self._found.fail("files", f"It cannot be read: {error.strerror}.", name)
            return b""
