"""Strict reading of a manifest's JSON: what is not exactly a manifest is refused.

A manifest arrives from whoever wants its model cleared, so nothing in it is taken on trust:
unknown, missing and duplicate keys, numbers with a fraction, paths that leave the directory, twins,
entries out of order and chunk lists that do not fit the size are all located errors.
"""

import math
import re
import unicodedata
from itertools import pairwise
from typing import NoReturn

from holdshort.errors import BadInput
from holdshort.gate.model_directory import folded
from holdshort.register.canonical import MAX_INTEGER
from holdshort.register.canonical import parse as parse_json

TYPE = "https://holdshort.dev/manifest/v1"
ALGORITHM = "sha256"

_HEX = re.compile(r"[0-9a-f]{64}")
_KEYS = ("algorithm", "chunk_size", "files", "type")
_FILE_KEYS = ("chunks", "path", "size")

Entry = tuple[str, int, tuple[str, ...]]


def parse(data: bytes | str, where: str) -> tuple[int, tuple[Entry, ...]]:
    """Chunk size in bytes and entries ``(path, size, chunk digests)`` of a manifest.

    BadInput says why the text is not a manifest and at which entry of ``where``.
    """
    text = data.encode() if isinstance(data, str) else data
    document = _mapping(parse_json(text, where), _KEYS, where)
    if document["type"] != TYPE:
        _refuse(f"The type is {document['type']!r}; it must be {TYPE!r}.", where)
    if document["algorithm"] != ALGORITHM:
        _refuse(f"The algorithm is {document['algorithm']!r}; only {ALGORITHM!r} is known.", where)
    chunk_size = _integer(document["chunk_size"], "chunk_size", where, least=1)
    files = document["files"]
    if not isinstance(files, list):
        _refuse("'files' is not a list.", where)
    entries = tuple(
        _entry(file, chunk_size, f"{where}: files[{number}]") for number, file in enumerate(files)
    )
    if not sum(size for _, size, _ in entries):
        _refuse("No file in it has any content.", where)
    _check_order(entries, where)
    _check_twins(entries, where)
    return chunk_size, entries


def _mapping(value: object, keys: tuple[str, ...], where: str) -> dict[str, object]:
    if not isinstance(value, dict):
        _refuse("This is not a JSON object.", where)
    if sorted(value) != list(keys):
        _refuse(f"The keys are {', '.join(sorted(value))}; they must be {', '.join(keys)}.", where)
    return value


def _integer(value: object, name: str, where: str, *, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= MAX_INTEGER:
        _refuse(
            f"{name!r} is {value!r}; it must be a whole number of bytes, {least} or more.", where
        )
    return value


def _entry(value: object, chunk_size: int, where: str) -> Entry:
    file = _mapping(value, _FILE_KEYS, where)
    path = _path(file["path"], where)
    size = _integer(file["size"], "size", where, least=0)
    chunks = file["chunks"]
    if not isinstance(chunks, list) or not all(
        isinstance(chunk, str) and _HEX.fullmatch(chunk) for chunk in chunks
    ):
        _refuse("'chunks' must be a list of SHA-256 digests in lower-case hexadecimal.", where)
    if len(chunks) != math.ceil(size / chunk_size):
        _refuse(f"{len(chunks)} chunks cannot make up {size} bytes.", where)
    return path, size, tuple(chunks)


def _path(value: object, where: str) -> str:
    if not isinstance(value, str) or not value:
        _refuse("'path' must be a text.", where)
    bad_part = any(part in ("", ".", "..") for part in value.split("/"))
    bad_letter = "\\" in value or any(unicodedata.category(c) in ("Cc", "Cs") for c in value)
    if bad_part or bad_letter or unicodedata.normalize("NFC", value) != value:
        _refuse(f"The path {value!r} is not a relative '/'-separated path in Unicode NFC.", where)
    return value


def _check_order(entries: tuple[Entry, ...], where: str) -> None:
    names = [path.encode() for path, _, _ in entries]
    for before, after in pairwise(names):
        if before >= after:
            _refuse(f"{after.decode()!r} is out of order or stands twice.", where)


def _check_twins(entries: tuple[Entry, ...], where: str) -> None:
    """Refuse names of files or directories that are equal after folding, and files inside files."""
    spelled: dict[str, str] = {}
    files = {folded(path) for path, _, _ in entries}
    for path, _, _ in entries:
        parts = path.split("/")
        for length in range(1, len(parts) + 1):
            step = "/".join(parts[:length])
            if spelled.setdefault(folded(step), step) != step:
                _refuse(
                    f"{spelled[folded(step)]!r} and {step!r} are one name on some systems.", where
                )
            if length < len(parts) and folded(step) in files:
                _refuse(f"{step!r} is both a file and a directory.", where)


def _refuse(what: str, where: str) -> NoReturn:
    raise BadInput(what, where=where)
