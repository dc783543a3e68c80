"""The one door for acts.

    office = Office.open(Path("holdshort-data"))
    receipt = office.file("review.declare", "review-1", "acme", {...})

An act enters the register in one transaction: take the write lock, bring the docket up to date,
ask it whether the act is lawful, sign, append. Only then is it published. Rules kept here:

- Nothing reaches the log that the docket refused, and nothing leaves it again.
- Publishing follows the database and may be late, never ahead: a crash between the two is made
  good when the register is opened next.
- One publisher at a time, and always the newest state, so that a checkpoint never goes back.
"""

import fcntl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from holdshort.docket.clocks import stamp
from holdshort.docket.docket import Docket
from holdshort.docket.standing import clearance_index, snapshot
from holdshort.errors import BadInput, RegisterError, StorageError
from holdshort.office.database import open_database, storage_error
from holdshort.office.place import Place
from holdshort.register.act import Act, Artefact
from holdshort.register.canonical import Json
from holdshort.register.checkpoint import Checkpoint, sign_checkpoint
from holdshort.register.entry import Entry
from holdshort.register.envelope import sign
from holdshort.register.folder import Folder
from holdshort.register.keys import PrivateKey, load
from holdshort.register.merkle import Tree
from holdshort.register.note import NoteSigner
from holdshort.rulebook.load import read_rulebook
from holdshort.rulebook.model import ActRule, Rulebook

REGISTER = "register"
"""Case id of the register's own case, and party id of the register itself."""


@dataclass(frozen=True)
class Receipt:
    """An act that is on the register for good: its entry and the rule that it was filed under."""

    entry: Entry
    rule: ActRule
    followed_by: tuple["Receipt", ...] = ()
    """What the register did of itself because of it: a new status snapshot."""


class Office:
    """An embedded register: its database, its published folder, its parties' keys."""

    def __init__(self, place: Place, book: Rulebook) -> None:
        self.place = place
        self.book = book
        self.folder = Folder(place.public)
        self.docket = Docket(book)
        self.tree = Tree()
        self._alias = open_database(place.database)

    @classmethod
    def open(cls, root: Path) -> "Office":
        """The register in ``root``.

        Raises:
            BadInput: there is none.
        """
        place = Place(root)
        if not place.database.exists():
            raise BadInput(
                "There is no register here.", where=str(root), do="Run `holdshort init` first."
            )
        alias = open_database(place.database)
        first = next(_rows(alias, 0), None)
        if first is None:
            raise BadInput(
                "The register is not open yet.", where=str(root), do="Run `holdshort init`."
            )
        digest = Entry.parse(0, first).act.rulebook
        text = Folder(place.public).open_blob(digest).read_bytes()
        office = cls(place, read_rulebook(text, f"rulebook {digest[:12]}"))
        office.publish()
        return office

    @staticmethod
    def is_open(root: Path) -> bool:
        """Whether a charter has been filed in ``root``."""
        return next(_rows(open_database(Place(root).database), 0), None) is not None

    # ------------------------------------------------------------------ acts

    def sync(self) -> None:
        """Take into the docket what other processes have appended."""
        for leaf in _rows(self._alias, self.docket.size):
            self._take(Entry.parse(self.docket.size, leaf))

    def file(
        self,
        type_: str,
        case: str,
        by: str,
        fields: Mapping[str, Json],
        artefacts: Sequence[Artefact] = (),
        *,
        origin: str | None = None,
    ) -> Receipt:
        """File an act, signed with the party's key from the keys folder.

        ``origin`` names the register in its charter, before which it has no name.

        Raises:
            Unlawful: the docket refuses it; every reason with its clause.
            BadInput: the rulebook knows no such act, or a field that it does not know is given.
            StorageError: the disk is full or unwritable; nothing was recorded.
        """
        rule = self.book.act(type_)
        _known_fields(rule, fields)
        with self._transaction():
            self.sync()
            act = Act(
                origin or self.docket.charter.origin,
                self.book.digest,
                rule.kind,
                rule.name,
                case,
                by,
                self.now(),
                fields,
                tuple(artefacts),
            )
            self.docket.check(act)
            entry = self._sign(act)
            self._append(entry)
        self.publish()
        follow = rule.effect != "snapshot" and self._standing_changed()
        return Receipt(entry, rule, (self.snapshot(),) if follow else ())

    def snapshot(self) -> Receipt:
        """State where every clearance stands, as the register."""
        self.sync()
        self.folder.put_blob(clearance_index(self.docket))
        for _ in range(3):
            try:
                return self.file(
                    "register.snapshot",
                    REGISTER,
                    REGISTER,
                    snapshot(self.docket, self.now()).to_fields(),
                )
            except RegisterError:
                self.sync()  # another process appended in between: state it anew
        raise RegisterError("The register is too busy for a snapshot.", do="Try again.")

    def _standing_changed(self) -> bool:
        """Whether a gate that reads the last snapshot would not know of this act."""
        if not self.docket.clearances:
            return False
        last = self.docket.last_snapshot
        return last is None or snapshot(self.docket, self.now()).statuses != last.statuses

    def key(self, party: str) -> PrivateKey:
        """Private key of a party that acts from here."""
        return load(self.place.key(party))

    def now(self) -> str:
        """The instant of the next act: now, and never before the last one."""
        return max(stamp(datetime.now(UTC)), self.docket.last_at)

    def entries(self) -> Iterator[Entry]:
        """Every entry, in order."""
        for index, leaf in enumerate(_rows(self._alias, 0)):
            yield Entry.parse(index, leaf)

    # ------------------------------------------------------------------ publishing

    def publish(self) -> None:
        """Bring the published folder up to the database."""
        self.sync()
        if self.docket.size == 0:
            return
        with _exclusive(self.place.lock):
            self.sync()
            signer = NoteSigner(self.docket.charter.origin, self.key(REGISTER))
            checkpoint = Checkpoint(self.docket.charter.origin, len(self.tree), self.tree.root())
            start = self.folder.size()
            fresh = list(_rows(self._alias, start))
            if fresh or start == 0:
                self.folder.publish(fresh, sign_checkpoint(checkpoint, signer), start=start)

    # ------------------------------------------------------------------ inside

    def _sign(self, act: Act) -> Entry:
        envelope = sign(act.to_payload(), [self.key(act.by)])
        return Entry.parse(self.docket.size, envelope.to_bytes())

    def _append(self, entry: Entry) -> None:
        from holdshort.office.models import LogEntry

        self._take(entry)
        LogEntry.objects.using(self._alias).create(
            index=entry.index, leaf=entry.leaf, leaf_hash=entry.leaf_hash
        )

    def _take(self, entry: Entry) -> None:
        self.docket.admit(entry)
        self.tree.append(entry.leaf_hash)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """One transaction; if it fails, the docket is rebuilt from what is really in the log."""
        from django.db import transaction
        from django.db.utils import DatabaseError

        try:
            with transaction.atomic(using=self._alias):
                yield
        except BaseException as error:
            self._reload()
            if isinstance(error, DatabaseError):
                raise storage_error(error, self.place.database) from None
            raise

    def _reload(self) -> None:
        size = sum(1 for _ in _rows(self._alias, 0))
        if size < self.docket.size:
            self.docket, self.tree = Docket(self.book), Tree()


def _rows(alias: str, start: int) -> Iterator[bytes]:
    from holdshort.office.models import LogEntry

    rows = LogEntry.objects.using(alias).filter(index__gte=start).order_by("index")
    for leaf in rows.values_list("leaf", flat=True).iterator():
        yield bytes(leaf)


def _known_fields(rule: ActRule, fields: Mapping[str, Json]) -> None:
    unknown = sorted(set(fields) - set(rule.fields))
    if unknown:
        known = ", ".join(rule.fields) or "no fields"
        raise BadInput(f"{rule.type} has no field {unknown[0]!r}.", do=f"It has: {known}.")


@contextmanager
def _exclusive(path: Path) -> Iterator[None]:
    try:
        handle = path.open("w")
    except OSError as error:
        raise StorageError(
            f"The register cannot be published: {error.strerror}.", where=str(path)
        ) from None
    with handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
