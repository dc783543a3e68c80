"""Which files of a model directory count, and which directories cannot be a model's identity.

Rules:

- Every regular file counts, hidden ones too: a loader may read any of them (weights, tokenizer,
  chat template, ``generation_config.json``, ``*.py`` under ``trust_remote_code``).
- Symbolic links are refused, all of them. A link that leaves the directory, dangles or loops has
  no content of its own; one that stays inside can be turned to another file after the digest
  while every file stays as it was. A download cache made of links is copied with
  ``cp -rL`` first.
- Pipes, sockets and devices are refused: they have no fixed content.
- Names are UTF-8 without control characters or backslashes and stand in the manifest in Unicode
  NFC with ``/``.
- *Twins* are refused: two names in one directory that are equal after NFC or case folding are
  one file on some systems and two on others.
- Directories count through their files only; an empty directory adds nothing.

The directory given may itself be reached through a link; only what lies inside is held to this.
"""

import os
import stat
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from holdshort.errors import BadInput

_KINDS = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a character device",
    stat.S_IFBLK: "a block device",
}


@dataclass(frozen=True)
class Stamp:
    """What must stay the same while a file is read: device, inode, size in bytes, times in ns."""

    device: int
    inode: int
    size: int
    mtime_ns: int
    ctime_ns: int

    @classmethod
    def of(cls, status: os.stat_result) -> "Stamp":
        """The stamp of a ``stat`` result."""
        return cls(
            status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
        )


@dataclass(frozen=True)
class FoundFile:
    """A regular file: where it lies, its name in the manifest, and its stamp when found."""

    place: str
    path: str
    stamp: Stamp


def find_files(directory: Path) -> tuple[FoundFile, ...]:
    """All files of the model in ``directory``, sorted by the UTF-8 bytes of their manifest path.

    BadInput says that the directory is missing, cannot be read, or breaks a rule of this module.
    """
    try:
        root = os.path.realpath(directory, strict=True)
    except OSError as error:
        raise BadInput(
            f"The model directory cannot be opened: {error.strerror or error}.",
            where=str(directory),
            do="Give the directory that holds the model's files.",
        ) from error
    if not os.path.isdir(root):  # noqa: PTH112 - a str path, as os.scandir gives them
        raise BadInput(
            "This is not a directory.",
            where=str(directory),
            do="Give the directory that holds the model's files, not one of them.",
        )
    found: list[FoundFile] = []
    waiting = [(root, "")]
    while waiting:
        place, prefix = waiting.pop()
        _read_directory(place, prefix, found, waiting)
    return tuple(sorted(found, key=lambda file: file.path.encode()))


def _read_directory(
    place: str, prefix: str, found: list[FoundFile], waiting: list[tuple[str, str]]
) -> None:
    """Sort one directory's entries into files and directories still to be read."""
    try:
        with os.scandir(place) as entries:
            listed = [(entry.name, entry.stat(follow_symlinks=False)) for entry in entries]
    except OSError as error:
        raise cannot_read(place, error) from error
    names: dict[str, str] = {}
    for name, status in sorted(listed, key=lambda item: os.fsencode(item[0])):
        inner = os.path.join(place, name)  # noqa: PTH118 - names may not be valid UTF-8 yet
        path = prefix + manifest_name(name, place)
        twin = names.setdefault(folded(name), name)
        if twin != name:
            raise BadInput(
                f"{twin!r} and {name!r} are one name on systems that ignore case or "
                "compose accents.",
                where=place,
                do="Rename or remove one of them.",
            )
        if stat.S_ISDIR(status.st_mode):
            waiting.append((inner, path + "/"))
        elif stat.S_ISREG(status.st_mode):
            found.append(FoundFile(inner, path, Stamp.of(status)))
        else:
            raise _not_a_file(inner, status.st_mode)


def manifest_name(name: str, place: str) -> str:
    """The NFC form of a file's name, or the reason why it cannot stand in a manifest."""
    try:
        name.encode()
    except UnicodeEncodeError as error:
        raise BadInput(
            f"The file name {os.fsencode(name)!r} is not UTF-8.",
            where=place.encode(errors="backslashreplace").decode(),
            do="Rename it: its spelling would depend on the machine that reads it.",
        ) from error
    if "\\" in name or any(unicodedata.category(letter) == "Cc" for letter in name):
        raise BadInput(
            f"The file name {name!r} holds a backslash or a control character.",
            where=place,
            do="Rename it: systems disagree on which file it names.",
        )
    return unicodedata.normalize("NFC", name)


def folded(name: str) -> str:
    """The form in which twins are equal: canonical caseless matching (Unicode 3.13, D145)."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())


def cannot_read(place: str, error: OSError) -> BadInput:
    """The error for a file or directory that the system will not let us read."""
    return BadInput(
        f"This cannot be read: {error.strerror or error}.",
        where=place,
        do="A digest over the rest would not identify the model; make it readable.",
    )


def _not_a_file(place: str, mode: int) -> BadInput:
    if stat.S_ISLNK(mode):
        target = os.readlink(place)  # noqa: PTH115 - a str path
        return BadInput(
            f"This is a symbolic link (to {target!r}); it can be turned to another file "
            "while every file of the model stays as it was.",
            where=place,
            do="Copy the model with the links followed (cp -rL) and digest the copy.",
        )
    kind = _KINDS.get(stat.S_IFMT(mode), "neither a file nor a directory")
    return BadInput(
        f"This is {kind}; it has no fixed content.",
        where=place,
        do="Remove it from the model's directory.",
    )
