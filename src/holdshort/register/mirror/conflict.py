"""Two signed checkpoints of which neither continues the other, kept as evidence."""

from pathlib import Path

from holdshort.errors import RegisterError
from holdshort.register.atomic import Batch
from holdshort.register.checkpoint import Checkpoint, parse_checkpoint
from holdshort.register.note import Note
from holdshort.register.witness import fork


class Conflict(RegisterError):
    """Two signed checkpoints that do not go together; ``evidence`` is the file that keeps both."""

    def __init__(self, what: str, evidence: Path, *, where: str, do: str) -> None:
        super().__init__(what, where=where, do=do)
        self.evidence = evidence


def keep_conflict(folder: Path, size: int, ours: bytes, theirs: bytes) -> Path:
    """Keep two signed checkpoints that contradict each other; the file, the same for the same two.

    Its form is that of :func:`holdshort.register.witness.fork.pair`.
    """
    content = fork.pair(ours, theirs)
    path = folder / f"conflict-{size}.txt"
    number = 1
    while path.exists() and path.read_bytes() != content:
        number += 1
        path = folder / f"conflict-{size}-{number}.txt"
    with Batch(folder) as batch:
        batch.write(path.name, content, replace=path.exists())
        batch.sync()
    return path


def parse_signed(signed: bytes, where: str) -> Checkpoint:
    """What a signed checkpoint says, its signatures unchecked."""
    return parse_checkpoint(Note.parse(signed, where).text, where)
