"""Publishing what is on the register: signed by the log, cosigned by witnesses, copied to mirrors.

Rules kept here:

- What is published follows the database and may be late, never ahead. No lock of the database is
  held meanwhile: acts go on being filed while witnesses take their time.
- One publisher at a time among all processes of the place, always for the newest state, for all who
  wait: a checkpoint never goes back.
- A checkpoint is published with the cosignatures that the policy in force asks for, or not at all:
  the folder keeps its last one, the acts stay on the register, the next publication tries again.
- Before its first write a process compares its database with all that was shown to others: the
  published folder, the mirrors, the witnesses. If one of them knows more than the database, or
  something else, the database is an old copy, and to go on from it would fork the register.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from holdshort.errors import HoldshortError, RegisterError, StorageError
from holdshort.office.place import Place
from holdshort.office.storage.database import exclusive, leaves
from holdshort.office.storage.sequencer import Head, Sequencer
from holdshort.office.storage.turns import Turns
from holdshort.register.checkpoint import (
    Checkpoint,
    open_checkpoint,
    parse_checkpoint,
    sign_checkpoint,
)
from holdshort.register.folder import CHECKPOINT, Folder
from holdshort.register.keys import PublicKey, Signer
from holdshort.register.note import MAX_BYTES, Note, NoteSigner
from holdshort.register.policy import NONE, Policy

_NEWEST = (
    "Put the newest backup of the database in its place; to go on from an old one would fork the "
    "register."
)


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
    _published: int = field(init=False, default=0)
    _unmirrored: bool = field(init=False, default=False)
    _confirmed: bool = field(init=False, default=False)
    _attempts: int = field(init=False, default=0)
    _failed: _Attempt | None = field(init=False, default=None)
    _sizes: dict[str, int] = field(init=False, default_factory=dict)
    """What each witness held last, by its URL."""
    _turns: Turns = field(init=False, default_factory=Turns)

    def __post_init__(self) -> None:
        self.folder = Folder(self.place.public)

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
            RegisterError: one of them knows more than the database does, or something else.
        """
        if self._confirmed:
            return
        with self._turns.hold():
            self.sequencer.sync()
            head = self.sequencer.head
            self._agree(head)
            for url in self.place.settings.mirrors:
                if shown := _mirror_head(url, head):
                    if head and shown.size > head.size:
                        self.sequencer.sync()  # another process may have published meanwhile
                        head = self.sequencer.head
                    self._compare(shown, head, f"The mirror {url}")
            if head:
                self._ask_witnesses(head)
            self._confirmed = True

    # ------------------------------------------------------------------ one publication

    def _attempt(self) -> None:
        self._attempts += 1
        head = self.sequencer.head
        if head is None:
            raise RegisterError("The register is not open.", do="Run `holdshort init`.")
        try:
            self._published = self._publish(head)
        except HoldshortError as error:
            self._failed = _Attempt(self._attempts, head.size, error)

    def _publish(self, head: Head) -> int:
        if self._agree(head) >= head.size and not self._unmirrored:
            return head.size
        self.confirm()
        with exclusive(self.place.lock):
            start = self._agree(head)  # another process may have published meanwhile
            if start < head.size:
                fresh = list(leaves(self.sequencer.alias, start, head.size))
                self.folder.publish(fresh, self._cosigned(head, self._signed(head)), start=start)
                self._unmirrored = True
            if self._unmirrored:
                self._mirror()
                self._unmirrored = False
        return head.size

    def _signed(self, head: Head) -> bytes:
        log = head.verifier
        checkpoint = Checkpoint(log.name, head.size, head.root(head.size))
        return sign_checkpoint(checkpoint, NoteSigner(log.name, self.key(log.public)))

    def _cosigned(self, head: Head, signed: bytes) -> bytes:
        """The checkpoint with the cosignatures that the policy in force asks for."""
        policy = _policy(head)
        if policy is None:
            return signed
        from holdshort.office.witness.gathering import gather

        seconds = self.place.settings.witness_seconds
        return gather(signed, policy, head.tree.consistency, timeout=seconds, sizes=self._sizes)

    def _mirror(self) -> None:
        """Copy what is published to every mirror, and then tell which of them failed."""
        failed = []
        for url in self.place.settings.mirrors:
            try:
                _push(self.folder, url)
            except HoldshortError as error:
                failed.append((url, str(error)))
        if failed:
            url, why = failed[0]
            more = f" (and {len(failed) - 1} more)" if len(failed) > 1 else ""
            raise StorageError(
                f"It is published here, but not on the mirror{more}: {why}", where=url
            )

    # ------------------------------------------------------------------ what others were shown

    def _agree(self, head: Head | None) -> int:
        """How many entries are published here; RegisterError if the database differs."""
        shown = self.folder.head() if self.folder.size() else None
        if shown is None:
            return 0
        if head is None or shown.size > head.size:
            self.sequencer.sync()  # what is published was in the database before
            head = self.sequencer.head
        self._compare(shown, head, "The published folder")
        return shown.size

    def _compare(self, shown: Checkpoint, head: Head | None, who: str) -> None:
        size = head.size if head else 0
        if (
            head is None
            or shown.origin != head.verifier.name
            or shown.size > size
            or shown.root != head.root(shown.size)
        ):
            raise RegisterError(
                f"{who} ({shown.size} entries of {shown.origin}) does not agree with the database "
                f"({size} entries).",
                where=str(self.place.root),
                do=_NEWEST,
            )

    def _ask_witnesses(self, head: Head) -> None:
        """Show the head to the witnesses: one that holds a later or another one answers so.

        That too few answer is no reason not to file: what is filed then is not published before
        enough of them have seen it.
        """
        policy = _policy(head)
        if policy is None:
            return
        from holdshort.office.witness.gathering import collect

        seconds = self.place.settings.witness_seconds
        collect(
            self._signed(head),
            policy,
            head.tree.consistency,
            timeout=seconds,
            sizes=self._sizes,
        )


def _policy(head: Head) -> Policy | None:
    """Who must cosign; None if nobody must."""
    if head.witness_policy is None:
        return None
    policy = Policy.parse(head.witness_policy, "witness policy", head.verifier)
    return None if policy.quorum == NONE else policy


def _mirror_head(url: str, head: Head | None) -> Checkpoint | None:
    """What a mirror shows of this log; None if nothing is there, or it cannot be reached.

    Only what the log's key signed counts: whoever can write to a mirror must not be able to stop
    the register. One that is not open yet takes anything that is there for its own.
    """
    from holdshort.register.mirror import Unreachable, open_store

    try:
        with open_store(url) as store:
            data = store.look(CHECKPOINT, MAX_BYTES)
        if data is None:
            return None
        if head is None:
            return parse_checkpoint(Note.parse(data).text)
        return open_checkpoint(data, [head.verifier], strict=False)
    except (Unreachable, RegisterError):
        return None  # what is wrong there is told when it is pushed to


def _push(folder: Folder, url: str) -> None:
    """Bring a mirror up to what is published here."""
    from holdshort.register.mirror import push

    push(folder, url)
