"""Publishing what is on the register: signed by the log, cosigned by witnesses, copied to mirrors.

Rules kept here:

- What is published follows the database and may be late, never ahead. No lock of the database is
  held meanwhile: acts go on being filed while witnesses take their time.
- One publisher at a time among all processes of the place, always for the newest state, for all who
  wait: a checkpoint never goes back.
- A checkpoint is published with the cosignatures that the policy in force asks for, or not at all:
  the folder keeps its last one, the acts stay on the register, the next publication tries again.
- Before its first write a process compares its database with all that was shown to others
  (`holdshort.office.shown`); before each publication, with those who did not answer then. As long
  as the quorum of witnesses has not answered, no new checkpoint is signed.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from holdshort.errors import HoldshortError, RegisterError, StorageError
from holdshort.office.mirrors import shown_as
from holdshort.office.place import Place
from holdshort.office.shown import WITNESSES, Shown, policy_of
from holdshort.office.storage.database import exclusive, leaves
from holdshort.office.storage.sequencer import Head, Sequencer
from holdshort.office.storage.turns import Turns
from holdshort.register.checkpoint import Checkpoint, sign_checkpoint
from holdshort.register.folder import Folder
from holdshort.register.keys import PublicKey, Signer
from holdshort.register.note import NoteSigner

if TYPE_CHECKING:
    from holdshort.register.mirror import Pushed


@dataclass(frozen=True)
class _Attempt:
    """A publication that failed: its number, how many entries it was of, and why."""

    number: int
    size: int
    fault: HoldshortError


@dataclass
class Publisher:
    """Publishes one register. ``key`` gives what signs for the log's key."""

    place: Place
    sequencer: Sequencer
    key: Callable[[PublicKey], Signer]
    folder: Folder = field(init=False)
    _shown: Shown = field(init=False)
    _published: int = field(init=False, default=0)
    _unmirrored: bool = field(init=False, default=False)
    _attempts: int = field(init=False, default=0)
    _failed: _Attempt | None = field(init=False, default=None)
    _turns: Turns = field(init=False, default_factory=Turns)

    def __post_init__(self) -> None:
        self._shown = Shown(self.place, self.sequencer, self._signed)
        self.folder = self._shown.folder

    def reach(self, size: int) -> HoldshortError | None:
        """Have at least ``size`` entries published, by this thread or another; why that failed."""
        head, before = self.sequencer.head, self._attempts
        if head is None or head.size < size:
            return RegisterError(
                f"The log does not hold {size} entries.", where=str(self.place.root)
            )

        def failed() -> HoldshortError | None:
            last = self._failed
            return last.fault if last and last.number > before and last.size >= size else None

        self._turns.until(lambda: self._published >= size or failed() is not None, self._attempt)
        return failed() if self._published < size else None

    def confirm(self) -> None:
        """Compare the database with what others were shown, once.

        Raises:
            RegisterError: one of them knows more than the database does, or something else; or the
                register was restored, and nobody has answered.
        """
        if not self._shown.asked:
            with self._turns.hold():
                self._shown.confirm()

    def mirror(self, url: str, **how: Any) -> "Pushed":
        """Bring a mirror up to what is published; for ``how`` see :func:`push`.

        Raises:
            RegisterError: nothing is published; or what :meth:`confirm` raises.
            HoldshortError: the mirror is away, is ahead, or cannot be written.
        """
        with self._turns.hold():
            self._shown.confirm(again=True)
            self.folder.checkpoint()
            return self._shown.mirrors.bring(self.folder, url, self._head().verifier, **how)

    # ------------------------------------------------------------------ one publication

    def _attempt(self) -> None:
        self._attempts += 1
        head = self._head()
        try:
            self._published = self._publish(head)
        except HoldshortError as error:
            self._failed = _Attempt(self._attempts, head.size, error)

    def _head(self) -> Head:
        if self.sequencer.head is None:
            raise RegisterError("The register is not open.", do="Run `holdshort init`.")
        return self.sequencer.head

    def _publish(self, head: Head) -> int:
        if self._shown.published() >= head.size and not self._unmirrored:
            return head.size
        self._shown.confirm(again=True)
        if silent := self._shown.waiting.get(WITNESSES):
            raise silent
        with exclusive(self.place.lock):
            start = self._shown.published()  # another process may have published meanwhile
            if start < head.size:
                head, signed = self._cosigned(head)
                fresh = list(leaves(self.sequencer.alias, start, head.size))
                self.folder.publish(fresh, signed, start=start)
                self._unmirrored = True
            if self._unmirrored:
                self._mirror(head)
                self._unmirrored = False
        return head.size

    def _signed(self, head: Head) -> bytes:
        log = head.verifier
        checkpoint = Checkpoint(log.name, head.size, head.root(head.size))
        return sign_checkpoint(checkpoint, NoteSigner(log.name, self.key(log.public)))

    def _cosigned(self, head: Head) -> tuple[Head, bytes]:
        """The checkpoint with the cosignatures that the policy in force asks for, and its head."""
        from holdshort.office.witness.client import Diverged

        policy, signed = policy_of(head), self._signed(head)
        if policy is None:
            return head, signed
        try:
            return head, self._shown.gathered(head, policy, signed)
        except Diverged:
            # A process that had more cosigned, and ended before it was published?
            self.sequencer.sync()
            newest = self._head()
            if newest.size == head.size:
                raise
            return self._cosigned(newest)

    def _mirror(self, head: Head) -> None:
        """Copy what is published to every mirror, and then tell which of them failed."""
        failed = []
        for url in self.place.settings.mirrors:
            try:
                if away := self._shown.waiting.get(url):
                    raise away  # it was asked a moment ago
                self._shown.mirrors.bring(self.folder, url, head.verifier)
            except HoldshortError as error:
                failed.append((url, str(error)))
        if failed:
            url, why = failed[0]
            more = f" (and {len(failed) - 1} more)" if len(failed) > 1 else ""
            raise StorageError(
                f"It is published here, but not on the mirror{more}: {why}", where=shown_as(url)
            )
