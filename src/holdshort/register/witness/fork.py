"""Proof that a log forked: it signed two trees of which neither continues the other.

Two checkpoints **of one size** with different roots, both signed by the log's key, prove it by
themselves: anyone with that key can check them, and nobody without it can make them
(C2SP tlog-checkpoint, "Signatures").

Two checkpoints **of different sizes** prove nothing by themselves. It takes the entries of the log
that the larger one describes: if their first n do not have the root of the smaller, it forked.

A kept pair is one file, both notes with an empty line between them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from holdshort.errors import RegisterError
from holdshort.register.checkpoint import Checkpoint, open_checkpoint
from holdshort.register.merkle import Frontier, leaf_hash
from holdshort.register.note import NoteKey


@dataclass(frozen=True)
class Fork:
    """A log's two signed checkpoints that exclude each other, the smaller first."""

    first: Checkpoint
    second: Checkpoint

    def __str__(self) -> str:
        first, second = self.first, self.second
        if first.size == second.size:
            return f"{first.origin} signed two different trees of {first.size} entries."
        return (
            f"{first.origin} signed a tree of {first.size} entries that is not the beginning of"
            f" the one of {second.size} that it signed too."
        )


def check_fork(
    a: bytes, b: bytes, verifier: NoteKey, entries: Iterable[bytes] | None = None
) -> Fork | None:
    """The fork that two signed checkpoints prove, or None if they do not contradict each other.

    ``entries`` are those of the log, from the first on, and needed if the sizes differ; the
    checkpoints prove which they are.

    Raises:
        RegisterError: ``verifier`` signed not both, they are of different logs, or it takes the
            log's entries and these are not there or not those of the larger checkpoint.
    """
    first, second = sorted(
        (
            open_checkpoint(data, [verifier], strict=False, where=where)
            for data, where in ((a, "first checkpoint"), (b, "second checkpoint"))
        ),
        key=lambda each: each.size,
    )
    if first.origin != second.origin:
        raise RegisterError(f"One is of {first.origin}, the other of {second.origin}.")
    if first.size == second.size:
        return Fork(first, second) if first.root != second.root else None
    if entries is None:
        raise RegisterError(
            f"Checkpoints of different sizes, {first.size} and {second.size}, prove nothing alone.",
            do="Give the log's entries as well, or two checkpoints of one size.",
        )
    roots = _roots(entries, first.size, second.size)
    if roots[1] != second.root:
        raise RegisterError(f"The entries are not those of the checkpoint of {second.size}.")
    return Fork(first, second) if roots[0] != first.root else None


def pair(a: bytes, b: bytes) -> bytes:
    """Two signed checkpoints as one file; the same two give the same bytes."""
    return b"\n".join(sorted((a, b)))


def split_pair(data: bytes, where: str = "pair of checkpoints") -> tuple[bytes, bytes]:
    """The two signed checkpoints of a kept pair; RegisterError if these are not two notes."""
    parts = data.split(b"\n\n")  # text, signatures, text, signatures: none holds an empty line
    if len(parts) != 4:
        raise RegisterError("The file does not hold two signed checkpoints.", where=where)
    return b"\n\n".join(parts[:2]) + b"\n", b"\n\n".join(parts[2:])


def _roots(entries: Iterable[bytes], small: int, large: int) -> tuple[bytes, bytes]:
    """The roots of the first ``small`` and of the first ``large`` entries."""
    frontier = Frontier()
    roots = {0: frontier.root()}
    for entry in entries:
        frontier.append(leaf_hash(entry))
        if frontier.size in (small, large):
            roots[frontier.size] = frontier.root()
        if frontier.size == large:
            return roots[small], roots[large]
    raise RegisterError(f"There are {frontier.size} entries, not {large}.")
