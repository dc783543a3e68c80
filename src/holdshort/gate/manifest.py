"""The identity of a model: the digest of a canonical manifest of its directory.

The manifest lists every file that a loader could read (the rules stand in
:mod:`holdshort.gate.model_directory`) with its name, its size and the SHA-256 of each 64 MiB chunk.
Its canonical JSON (RFC 8785) is, for a directory with one three-byte file::

    {"algorithm":"sha256","chunk_size":67108864,
     "files":[{"chunks":["ba7816bf…"],"path":"weights.gguf","size":3}],
     "type":"https://holdshort.dev/manifest/v1"}

and the SHA-256 of those bytes is the model's digest. Names and sizes are inside, so two files that
exchange their names make another model; the root digest of OpenSSF Model Signing v1.0, taken over
the file digests alone, does not tell those apart. Chunks let the work run in parallel and let a
loader check each piece as it is read.

Files are read with ``preadv`` into one buffer per thread, never mapped: a mapped file that is cut
short under the reader kills the process. Memory does not grow with the size of the model.
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from holdshort.errors import BadInput
from holdshort.gate import manifest_json
from holdshort.gate.model_directory import FoundFile, Stamp, cannot_read, find_files
from holdshort.register.canonical import Json, canonical

CHUNK = 64 * 1024 * 1024
_BUFFER = 1024 * 1024
_MOST_IN_A_JOB = 64
# A listed file may be replaced by a pipe or a link between listing and opening: neither may be
# followed, nor may opening it wait.
_OPEN = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK

Progress = Callable[[int, int], None]
Chunk = tuple[int, int]
"""Number of a file in the list, number of a chunk in the file."""


@dataclass(frozen=True)
class FileEntry:
    """One file: relative ``/``-separated NFC path, size in bytes, hex SHA-256 of each chunk."""

    path: str
    size: int
    chunks: tuple[str, ...]


@dataclass(frozen=True)
class Manifest:
    """What a model consists of. ``files`` are sorted by the UTF-8 bytes of their path."""

    chunk_size: int
    files: tuple[FileEntry, ...]
    algorithm: str = manifest_json.ALGORITHM

    @property
    def total_size(self) -> int:
        """Size of all files in bytes."""
        return sum(file.size for file in self.files)

    def to_json(self) -> bytes:
        """The canonical JSON (RFC 8785) over which the digest is taken."""
        files: list[Json] = [
            {"path": file.path, "size": file.size, "chunks": list(file.chunks)}
            for file in self.files
        ]
        return canonical(
            {
                "type": manifest_json.TYPE,
                "algorithm": self.algorithm,
                "chunk_size": self.chunk_size,
                "files": files,
            }
        )

    @classmethod
    def from_json(cls, data: bytes | str, *, where: str = "manifest") -> "Manifest":
        """Read a manifest, refusing whatever :meth:`to_json` could not have written.

        White space and the order of keys are free; the digest is taken over the canonical form.
        BadInput names the text (``where``) and the entry that is wrong.
        """
        chunk_size, entries = manifest_json.parse(data, where)
        return cls(chunk_size, tuple(FileEntry(*entry) for entry in entries))

    @property
    def digest(self) -> str:
        """The model's identity: hex SHA-256 of :meth:`to_json`."""
        return hashlib.sha256(self.to_json()).hexdigest()

    def describe_difference(self, other: "Manifest") -> list[str]:
        """Sentences that say how ``other`` (what was found) departs from this manifest.

        Empty exactly when the digests are equal.
        """
        mine = {file.path: file for file in self.files}
        theirs = {file.path: file for file in other.files}
        sentences = []
        if self.chunk_size != other.chunk_size:
            sentences.append(
                f"chunks are {other.chunk_size} bytes, not {self.chunk_size}: "
                "only names and sizes can be compared"
            )
        for path in sorted(mine.keys() | theirs.keys(), key=str.encode):
            if path not in theirs:
                sentences.append(f"missing file {path}")
            elif path not in mine:
                sentences.append(f"extra file {path} ({theirs[path].size} bytes)")
            else:
                sentences.extend(_file_difference(mine[path], theirs[path], self, other))
        return sentences


def _file_difference(
    mine: FileEntry, theirs: FileEntry, self: Manifest, other: Manifest
) -> Iterator[str]:
    if mine.size != theirs.size:
        yield f"{mine.path}: size {theirs.size} bytes, not {mine.size}"
    if self.chunk_size != other.chunk_size:
        return
    size = self.chunk_size
    common = min(mine.size, theirs.size)
    # The last chunk of the shorter file is compared only if it is whole in both.
    whole = len(mine.chunks) if mine.size == theirs.size else common // size
    start: int | None = None
    for number in range(whole + 1):
        differs = number < whole and mine.chunks[number] != theirs.chunks[number]
        if differs and start is None:
            start = number * size
        elif not differs and start is not None:
            yield f"{mine.path}: bytes {start}–{min(number * size, common) - 1} differ"
            start = None


def compute(
    directory: Path,
    *,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Manifest:
    """The manifest of the model in ``directory``; every file in it counts.

    ``threads`` read at once; by default as many as the processors that this process may use.
    ``progress`` is called in the caller's thread with bytes done and bytes in all. BadInput says
    that the directory is missing, empty or breaks a rule of :mod:`holdshort.gate.model_directory`,
    or that a file cannot be read or changed meanwhile.
    """
    if threads is not None and threads < 1:
        raise BadInput(f"{threads} threads cannot read anything.", do="Give 1 or more.")
    files = find_files(directory)
    total = sum(file.stamp.size for file in files)
    if not total:
        raise BadInput(
            "There is no file with any content in it.",
            where=str(directory),
            do="An empty directory is no model; give the one that holds the weights.",
        )
    chunks = _hash_all(files, threads or len(os.sched_getaffinity(0)), total, progress)
    _check_unchanged(directory, files)
    entries = (
        FileEntry(file.path, file.stamp.size, tuple(digests))
        for file, digests in zip(files, chunks, strict=True)
    )
    return Manifest(CHUNK, tuple(entries))


def _hash_all(
    files: tuple[FoundFile, ...], threads: int, total: int, progress: Progress | None
) -> list[list[str]]:
    """Digests of all chunks, file by file; ``hashlib`` lets the threads run at once."""
    digests: list[list[str]] = [[""] * -(-file.stamp.size // CHUNK) for file in files]
    pool = ThreadPoolExecutor(threads, thread_name_prefix="digest")
    try:
        jobs = {pool.submit(_hash_chunks, files, job): job for job in _jobs(files)}
        done = 0
        for finished in as_completed(jobs):
            for (index, part), digest in zip(jobs[finished], finished.result(), strict=True):
                digests[index][part] = digest
                done += _chunk_size(files[index], part)
            if progress is not None:
                progress(done, total)
    finally:
        pool.shutdown(cancel_futures=True)
    return digests


def _chunk_size(file: FoundFile, part: int) -> int:
    return min(CHUNK, file.stamp.size - part * CHUNK)


def _jobs(files: tuple[FoundFile, ...]) -> Iterator[list[Chunk]]:
    """Chunks in jobs of up to 64 MiB or 64 files: handing over small files singly costs more."""
    job: list[Chunk] = []
    held = 0
    for index, file in enumerate(files):
        for part in range(-(-file.stamp.size // CHUNK)):
            size = _chunk_size(file, part)
            if job and (held + size > CHUNK or len(job) == _MOST_IN_A_JOB):
                yield job
                job, held = [], 0
            job.append((index, part))
            held += size
    if job:
        yield job


def _hash_chunks(files: tuple[FoundFile, ...], job: list[Chunk]) -> list[str]:
    largest = max(_chunk_size(files[index], part) for index, part in job)
    buffer = memoryview(bytearray(min(_BUFFER, largest)))
    return [_hash_chunk(files[index], part, buffer) for index, part in job]


def _hash_chunk(file: FoundFile, part: int, buffer: memoryview) -> str:
    """Hex SHA-256 of chunk number ``part``, the file being the one that was listed."""
    try:
        descriptor = os.open(file.place, _OPEN)
    except OSError as error:
        raise cannot_read(file.place, error) from error
    try:
        _check_stamp(descriptor, file)
        start, left = part * CHUNK, _chunk_size(file, part)
        state = hashlib.sha256()
        while left:
            got = os.preadv(descriptor, [buffer[:left]], start)
            if not got:
                raise _changed(file.place)
            state.update(buffer[:got])
            start += got
            left -= got
        _check_stamp(descriptor, file)
    except OSError as error:
        raise cannot_read(file.place, error) from error
    finally:
        os.close(descriptor)
    return state.hexdigest()


def _check_stamp(descriptor: int, file: FoundFile) -> None:
    if Stamp.of(os.fstat(descriptor)) != file.stamp:
        raise _changed(file.place)


def _check_unchanged(directory: Path, before: tuple[FoundFile, ...]) -> None:
    """List the directory again: a file added, removed or rewritten meanwhile makes it void."""
    after = find_files(directory)
    if after == before:
        return
    differing = set(before) ^ set(after)
    raise _changed(min(file.place for file in differing))


def _changed(place: str) -> BadInput:
    return BadInput(
        "This changed while the model was being read, so no digest describes it.",
        where=place,
        do="Stop whatever writes to the model's directory and try again.",
    )
