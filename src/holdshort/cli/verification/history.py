"""Whether a log continues the one that was verified before; if not, both checkpoints are kept."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from holdshort.cli.verification.line import Line
from holdshort.cli.verification.memory import Memory

if TYPE_CHECKING:
    from holdshort.register.audit import LogAudit


class History:
    """What was verified before, held against what is shown now."""

    def __init__(self, memory: Memory | None, audit: "LogAudit", home: Path) -> None:
        self._memory = memory
        self._audit = audit
        self._home = home
        self.verified = 0
        """Entries whose signatures and findings need not be checked again."""

    def lines(self, again: str = "") -> Iterator[Line]:
        """One line if there is a past; ``again`` says what was done all the same."""
        memory, audit = self._memory, self._audit
        head, tree, note = audit.checkpoint, audit.tree, audit.note
        if memory is None or head is None or tree is None or note is None or not audit.signed:
            return
        old = memory.head
        if head.size < old.size:
            says = (
                f"{head.size} entries are shown, {old.size} were verified at {memory.at}: this is "
                "an old copy, or entries were taken back"
            )
        elif tree.root(old.size) != old.root:
            says = (
                f"the log forked: it does not continue the {old.size} entries that were verified "
                f"at {memory.at}"
            )
        else:
            self.verified = old.size if memory.current else 0
            if not memory.current:
                done = "everything was checked again, by another version of this program"
            else:
                done = again or "their signatures, findings and limits were not checked again"
            yield Line(
                "history",
                True,
                f"continues the {old.size} entries that were verified at {memory.at}; {done}",
            )
            return
        yield Line("history", False, f"{says}. {self._keep(memory, note.to_bytes(), head.size)}")

    def _keep(self, memory: Memory, now: bytes, size: int) -> str:
        from holdshort.errors import HoldshortError
        from holdshort.register.mirror import keep_conflict

        try:
            path = keep_conflict(self._home, size, memory.checkpoint, now)
        except (HoldshortError, OSError) as error:
            return f"The two signed checkpoints could not be kept: {error}"
        return f"Both signed checkpoints are kept: {path}"
