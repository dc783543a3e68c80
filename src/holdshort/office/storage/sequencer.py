"""The sequencer: which act comes next, and that it is there for good.

Many threads file at once. A thread that gets its turn takes the database's write lock, brings the
docket up to what other processes appended, enters whatever has gathered in the meantime in the
order of its arrival, and commits all of it in one transaction. Processes take turns by the write
lock, each with what has gathered in it. Rules kept here:

- Nobody learns of an act before it survives a power cut.
- An act is refused by itself, before anything is written for it; those beside it stand.
- Only the thread whose turn it is touches the docket (:meth:`Sequencer.docket_at_rest`).
- Where a transaction fails, the docket is folded anew from what the log really holds, and an act is
  said to be unrecorded only if that is known. If the connection is lost in the middle of a commit,
  the log is asked.
- What this process has once seen committed is never otherwise later: another database in the place
  of the one that was opened is noticed and refused.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from copy import copy
from dataclasses import dataclass, field

from holdshort.docket.docket import Docket
from holdshort.errors import HoldshortError, RegisterError, StorageError
from holdshort.office.storage.database import append, leaves, writing
from holdshort.office.storage.failure import storage_error
from holdshort.office.storage.turns import Turns
from holdshort.register.entry import Entry
from holdshort.register.merkle import Tree
from holdshort.register.note import NoteVerifier
from holdshort.rulebook.model import ActRule

MOST_AT_ONCE = 1_000
"""Acts of one transaction; more wait for the next one."""

UNKNOWN = (
    "The connection was lost while it was being recorded: it may be on the register or not. "
    "Look before it is filed again."
)

Entered = tuple[Entry, ActRule]
Enter = Callable[[], Entered]
"""Check, sign and admit one act; HoldshortError if it is refused, and then nothing has changed."""


@dataclass(eq=False)
class Ticket:
    """An act on its way into the log."""

    enter: Enter
    entered: Entered | None = None
    fault: BaseException | None = None
    followed_by: Entered | None = None
    """What the register did of itself because of this act or those beside it."""
    unstated: HoldshortError | None = None
    """Why the register could not do what it had to do of itself."""
    settled: bool = False


@dataclass(frozen=True)
class Head:
    """The log as far as it is durable: what may be published."""

    tree: Tree
    """All of the log that this process knows; it may have grown beyond ``size``."""
    size: int
    verifier: NoteVerifier
    """Who signs checkpoints; its name is the log's origin."""
    witness_policy: str | None
    """Text of the policy in force, without its ``log`` line."""

    def root(self, size: int) -> bytes:
        """The root of the first ``size`` entries."""
        return self.tree.root(size)


@dataclass
class Sequencer:
    """The log of one register and the docket over it, shared by the threads of a process.

    ``empty`` makes a docket of no acts; ``follow`` enters what the register has to do of itself
    after others' acts, or returns None.
    """

    alias: str
    empty: Callable[[], Docket]
    follow: Callable[[], Entered | None]
    docket: Docket = field(init=False)
    head: Head | None = field(init=False, default=None)
    _tree: Tree = field(init=False, default_factory=Tree)
    _queue: deque[Ticket] = field(init=False, default_factory=deque)
    _turns: Turns = field(init=False, default_factory=Turns)

    def __post_init__(self) -> None:
        self.docket = self.empty()

    @contextmanager
    def docket_at_rest(self) -> Iterator[Docket]:
        """The docket with everything that is durable in it, and no act on its way."""
        with self._turns.hold():
            self.sync()
            yield self.docket

    def sync(self) -> None:
        """Take in what other processes have appended.

        Raises:
            RegisterError: an entry does not hold, or the log is not the one it was.
        """
        with self._turns.hold():
            if self.docket.size > len(self._tree):
                return  # asked for from within an act that is being entered
            try:
                for leaf in leaves(self.alias, self.docket.size):
                    self._take_in(Entry.parse(self.docket.size, leaf))
            except BaseException:
                self.docket = self.empty()
                raise
            if self.docket.size < len(self._tree):
                self.docket = self.empty()
                raise self._other_log()
            self._set_head()

    def file(self, enters: Sequence[Enter]) -> list[Ticket]:
        """Enter acts in their order; when it returns, each is durable or has its fault.

        Whatever is raised, none of them will be entered any more that was not by then.
        """
        tickets = [Ticket(enter) for enter in enters]
        self._queue.extend(tickets)
        try:
            self._turns.until(lambda: all(each.settled for each in tickets), self._lead)
        except BaseException:
            for ticket in tickets:
                with suppress(ValueError):
                    self._queue.remove(ticket)
            raise
        return tickets

    # ------------------------------------------------------------------ one transaction

    def _lead(self) -> None:
        batch: list[Ticket] = []
        rows: list[Entry] = []
        whole = False
        try:
            with writing(self.alias):
                self.sync()
                batch = self._gathered()
                rows = self._enter(batch)
                append(self.alias, [(each.index, each.leaf, each.leaf_hash) for each in rows])
                whole = True
            self._grow(rows)
            self._settle(batch)
        except BaseException as error:
            self._failed(batch or list(self._queue), rows, error, committing=whole)
            if not isinstance(error, Exception):
                raise

    def _gathered(self) -> list[Ticket]:
        return [self._queue[at] for at in range(min(MOST_AT_ONCE, len(self._queue)))]

    def _enter(self, batch: list[Ticket]) -> list[Entry]:
        """Enter each act into the docket, or note why not; the entries to write."""
        for ticket in batch:
            try:
                ticket.entered = ticket.enter()
            except Exception as error:  # noqa: BLE001 - whatever it is, it is this act's alone
                ticket.fault = error
        entered = [ticket.entered for ticket in batch if ticket.entered]
        if entered:
            try:
                followed = self.follow()
            except HoldshortError as error:
                for ticket in batch:
                    ticket.unstated = error
            else:
                for ticket in batch:
                    ticket.followed_by = followed
                entered += [followed] if followed else []
        return [entry for entry, _ in entered]

    def _grow(self, rows: Sequence[Entry]) -> None:
        for entry in rows:
            self._tree.append(entry.leaf_hash)
        self._set_head()

    def _set_head(self) -> None:
        if self._tree:
            docket = self.docket
            verifier, policy = docket.charter.verifier, docket.witness_policy
            self.head = Head(self._tree, len(self._tree), verifier, policy)

    def _settle(self, batch: Sequence[Ticket]) -> None:
        for ticket in batch:
            ticket.settled = True
            with suppress(ValueError):
                self._queue.remove(ticket)  # they stand at its beginning

    # ------------------------------------------------------------------ a transaction that failed

    def _failed(
        self,
        batch: list[Ticket],
        rows: list[Entry],
        error: BaseException,
        *,
        committing: bool,
    ) -> None:
        """Tell each act's fate: it is in the log, it is not, or nobody can tell."""
        recorded: bool | None = False
        if rows or self.docket.size != len(self._tree):
            self.docket = self.empty()
            try:
                self.sync()
                recorded = committing and self._holds(rows)
            except HoldshortError:
                recorded = None if committing else False
        if recorded:
            self._settle(batch)
        elif isinstance(error, Exception) or recorded is None:
            # What nobody can tell is never entered again, whatever interrupted it.
            fault = self._fault(error, known=recorded is not None)
            for ticket in batch:
                ticket.entered = ticket.followed_by = ticket.unstated = None
                ticket.fault = ticket.fault or copy(fault)
            self._settle(batch)
        else:
            for ticket in batch:  # an interrupt is the leader's own: the others go on without it
                ticket.entered = ticket.followed_by = ticket.unstated = ticket.fault = None

    def _holds(self, rows: Sequence[Entry]) -> bool:
        """Whether the log holds these entries at their places; all or none does."""
        first = rows[0] if rows else None
        return (
            first is not None
            and first.index < len(self._tree)
            and self._tree.node(0, first.index) == first.leaf_hash
        )

    def _fault(self, error: BaseException, *, known: bool) -> Exception:
        from django.db.utils import Error

        if not isinstance(error, Exception):
            return StorageError(f"It was interrupted. {UNKNOWN}", where=self.alias)
        if isinstance(error, Error):
            if known:
                return storage_error(error, self.alias)
            return storage_error(error, self.alias, UNKNOWN)
        if not known and isinstance(error, HoldshortError):
            return StorageError(f"{error.what} {UNKNOWN}", where=error.where)
        return error

    # ------------------------------------------------------------------ reading the log

    def _take_in(self, entry: Entry) -> None:
        """Admit the next entry of the log; one that was seen before need not be verified again."""
        if entry.index < len(self._tree):
            if self._tree.node(0, entry.index) != entry.leaf_hash:
                raise self._other_log()
            self.docket.admit(entry, signed=True)
        else:
            self.docket.admit(entry)
            self._tree.append(entry.leaf_hash)

    def _other_log(self) -> RegisterError:
        return RegisterError(
            f"The database no longer holds the {len(self._tree)} entries that it held.",
            where=self.alias,
            do="Another one was put in its place while this program ran. Put the newest back; to "
            "go on from an old one would fork the register.",
        )
