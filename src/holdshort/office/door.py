"""The one door for acts.

    office = Office.open(Path("holdshort-data"))
    receipt = office.file("review.declare", "review-1", "acme", {...})

An act enters the register in one transaction: take the write lock, bring the docket up to date,
ask it whether the act is lawful, sign, append (`holdshort.office.storage.sequencer`). Only then is
it published (`holdshort.office.publishing`). Rules kept here:

- Nothing reaches the log that the docket refused, and nothing leaves it again.
- The documents of an act are written before its turn comes, and seen once it is found lawful.
- Threads may file at once on one office: their acts share transactions and publications. Nobody
  has a receipt before the act is durable.
- Publishing follows the database and may be late, never ahead: a crash between the two is made
  good when the register is opened next. So is a status snapshot that is due.
- What is signed here is read back from its own bytes before it is entered; what was signed
  elsewhere goes the same way from there on.

``docket`` is the working copy of whichever thread files: it may hold an act that is not durable
yet. Read it where nobody else files meanwhile, as a command does; elsewhere within
:meth:`Office.reading`.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from holdshort.docket.clocks import instant, stamp
from holdshort.docket.docket import Docket
from holdshort.docket.law import read_text
from holdshort.docket.standing import clearance_index, snapshot
from holdshort.docket.statements import SIGNED_WITHIN
from holdshort.errors import BadInput, HoldshortError, KeyFileError
from holdshort.office.filing import Fields, Filing, Receipt, Unpublished, only, outcome
from holdshort.office.keys.keyring import Keyring
from holdshort.office.place import Place
from holdshort.office.publishing import Publisher
from holdshort.office.storage.database import leaves, open_database
from holdshort.office.storage.documents import Document, Papers, drafted
from holdshort.office.storage.sequencer import Enter, Entered, Sequencer, Ticket
from holdshort.register.act import Act, Artefact
from holdshort.register.canonical import Json
from holdshort.register.charter import read_party
from holdshort.register.entry import Entry
from holdshort.register.envelope import Envelope, sign
from holdshort.register.folder import Folder
from holdshort.register.keys import PrivateKey, PublicKey, Signer
from holdshort.register.tiles import check_entry
from holdshort.rulebook.model import ActRule, Rulebook

if TYPE_CHECKING:
    from holdshort.register.mirror import Pushed

__all__ = ["REGISTER", "Document", "Fields", "Filing", "Office", "Receipt", "Unpublished"]

REGISTER = "register"
"""Case id of the register's own case, and party id of the register itself."""

CLOCKS_DIFFER = 5
"""Seconds by which the clock of whoever signed an act elsewhere may be ahead of ours."""


class Office:
    """An embedded register: its database, its published folder, its parties' keys.

    ``passphrase`` is asked for what unlocks a key, as `holdshort.office.keys.keyring` says.
    """

    def __init__(
        self, place: Place, book: Rulebook, passphrase: Callable[[str], bytes] | None = None
    ) -> None:
        self.place = place
        self.keyring = Keyring(place, passphrase)
        self._founding = book
        self._offered: Mapping[str, bytes] = {}
        self._sequencer = Sequencer(open_database(place), self._empty, self._follow)
        self._publisher = Publisher(place, self._sequencer, self._log_signer)
        self.folder = self._publisher.folder

    @classmethod
    def open(cls, root: Path, passphrase: Callable[[str], bytes] | None = None) -> "Office":
        """The register in ``root``.

        Raises:
            BadInput: there is none.
            RegisterError: its database or its published folder is damaged, or one is not the
                other's.
        """
        place = Place(root)
        if not place.database.exists():
            raise BadInput(
                "There is no register here.", where=str(root), do="Run `holdshort init` first."
            )
        first = next(leaves(open_database(place), 0, 1), None)
        if first is None:
            raise BadInput(
                "The register is not open yet.", where=str(root), do="Run `holdshort init`."
            )
        digest = Entry.parse(0, first).act.rulebook
        book = read_text(Folder(place.public).read_blob(digest), digest)
        office = cls(place, book, passphrase)
        if place.frozen.exists():
            office.sync()
        else:
            office.publish()
            office.restate()
        return office

    @staticmethod
    def is_open(root: Path) -> bool:
        """Whether a charter has been filed in ``root``."""
        return next(leaves(open_database(Place(root)), 0, 1), None) is not None

    @property
    def docket(self) -> Docket:
        """The working copy of whichever thread files; see the top of this module."""
        return self._sequencer.docket

    def reading(self) -> AbstractContextManager[Docket]:
        """The docket of all that is durable, at rest: acts of other threads wait meanwhile."""
        return self._sequencer.docket_at_rest()

    @property
    def book(self) -> Rulebook:
        """The law in force now: what is opened is opened under it."""
        return self.docket.law.at(self.now())

    def law_of(self, case: str, type_: str) -> Rulebook:
        """The law under which an act of this type is filed in a case now."""
        kind = type_.partition(".")[0]
        return self.docket.law.of(self.docket.cases.get(case), kind, self.now())

    # ------------------------------------------------------------------ acts

    def sync(self) -> None:
        """Take into the docket what other processes have appended."""
        self._sequencer.sync()

    def file(
        self,
        type_: str,
        case: str,
        by: str,
        fields: Fields,
        artefacts: Sequence[Artefact | Document] = (),
        *,
        origin: str | None = None,
    ) -> Receipt:
        """File an act, signed with the party's keys from the keys folder.

        ``artefacts`` are published already, or are documents that are published now if the act
        is lawful. ``origin`` names the register in its charter, before which it has no name.

        Raises:
            Unlawful: the docket refuses it; every reason with its clause.
            BadInput: the rulebook knows no such act, or a field that it does not know is given.
            Busy: another process holds the database.
            StorageError: the disk is full or unwritable, the server cannot be reached.
            Unpublished: it is on the register all the same; only its publication failed.
        """
        return only(self.file_all([Filing(type_, case, by, fields, artefacts, origin)]))

    def file_all(self, filings: Sequence[Filing]) -> list[Receipt | HoldshortError]:
        """File many acts in their order, together; a receipt or the refusal of each.

        A refusal does not touch the others. Whether an act is published, its receipt tells.
        """
        with ExitStack() as drafts:
            return self._enter_all([self._drafting(filing, drafts) for filing in filings])

    def submit(self, envelope: Envelope, documents: Sequence[Document] = ()) -> Receipt:
        """File an act that was signed elsewhere, by as many keys as its party demands.

        ``documents`` are published with it, if its artefacts name them.

        Raises:
            RegisterError: the signatures do not hold or are too few.
            BadInput: it is no act of this register, is dated in the future, or does not name a
                document that is given. And all that :meth:`file` raises.
        """
        act = Entry.parse(self.docket.size, envelope.to_bytes()).act
        ahead = (instant(act.at) - datetime.now(UTC)).total_seconds()
        if ahead > CLOCKS_DIFFER:
            raise BadInput(
                f"The act is dated {act.at}, which is yet to come.",
                do="Set the clock of whoever signed it, and sign it again.",
            )
        if -ahead > SIGNED_WITHIN.total_seconds():
            raise BadInput(
                f"The act is dated {act.at}, more than a day ago.",
                do="Sign it again with an instant of today.",
            )
        time.sleep(max(0.0, ahead))  # else all later acts would be dated in the future, too
        with drafted(self.folder, documents) as papers:
            for artefact in papers.artefacts:
                if artefact not in act.artefacts:
                    raise BadInput("The act names no such document.", where=artefact.name)

            def enter() -> Entered:
                entry = self._read_back(envelope)
                with self._at_hand(entry.act, papers):
                    rule = self.docket.check(entry.act)
                    _known(rule, entry.act.fields)
                    return self._admit(rule, entry, papers, checked=entry.act)

            return only(self._enter_all([enter]))

    def snapshot(self) -> Receipt:
        """State where every clearance stands, as the register."""
        return only(self.file_all([self._snapshot()]))

    def restate(self) -> Receipt | None:
        """A new snapshot, if a gate that reads the last one would not know what is true now."""
        with self.reading():
            due = self._restatement_is_due()
        return self.snapshot() if due else None

    def key(self, party: str) -> PrivateKey:
        """A party's Ed25519 key file: what secrets are derived from, and checkpoints signed with.

        Raises:
            KeyFileError: none of its keys that is a file here is of this type.
        """
        held = self.docket.parties[party].keys if party in self.docket.parties else ()
        wanted = [key for key in held if key.type == "ed25519"]
        for signer in self.keyring.signers(party, wanted):
            if isinstance(signer, PrivateKey):
                return signer
        raise KeyFileError(f"No Ed25519 key file of {party} is here.", where=str(self.place.keys))

    def now(self) -> str:
        """The instant of the next act: now, and never before the last one."""
        return max(stamp(datetime.now(UTC)), self.docket.last_at)

    def entries(self) -> Iterator[Entry]:
        """Every entry, in order."""
        for index, leaf in enumerate(leaves(self._sequencer.alias)):
            yield Entry.parse(index, leaf)

    def publish(self) -> None:
        """Bring the published folder, and the mirrors with it, up to the database.

        Raises:
            RegisterError: what is published is not the beginning of what the database holds, or
                the quorum of witnesses is not met.
            StorageError: it cannot be written.
        """
        self._writable()
        self.sync()
        head = self._sequencer.head
        if head and (fault := self._publisher.reach(head.size)):
            raise fault

    def mirror(self, url: str, **how: Any) -> "Pushed":
        """Bring a mirror up to what is published; see :meth:`.Publisher.mirror`."""
        self._writable()
        return self._publisher.mirror(url, **how)

    def compose(self, filing: Filing, artefacts: Sequence[Artefact] = ()) -> Act:
        """The act that a filing asks for, dated now, for someone to sign; nothing is filed.

        Raises:
            BadInput: the rulebook knows no such act, or a field that it does not know is given.
        """
        at = self.now()
        said = filing.fields(at) if callable(filing.fields) else filing.fields
        law = self.law_of(filing.case, filing.type)
        rule = law.act(filing.type)
        _known(rule, said)
        origin = filing.origin or self.docket.charter.origin
        return Act(
            origin,
            law.digest,
            rule.kind,
            rule.name,
            filing.case,
            filing.by,
            at,
            said,
            tuple(artefacts),
        )

    def _writable(self) -> None:
        if self.place.frozen.exists():
            raise BadInput(
                "This is the register as it was once, to be read: to go on from it would fork it.",
                where=str(self.place.frozen),
                do="Go on where the register went on, or restore all of it.",
            )

    # ------------------------------------------------------------------ one act, in its turn

    def _enter_all(self, enters: Sequence[Enter]) -> list[Receipt | HoldshortError]:
        """Have acts entered, then published; what became of each."""
        self._writable()
        self._publisher.confirm()
        tickets = self._sequencer.file(enters)
        last = max((_last(each) for each in tickets if each.entered), default=None)
        unpublished = self._publisher.reach(last + 1) if last is not None else None
        for ticket in tickets:
            if ticket.fault and not isinstance(ticket.fault, HoldshortError):
                raise ticket.fault  # a defect, not a refusal
        return [outcome(ticket, unpublished) for ticket in tickets]

    def _drafting(self, filing: Filing, drafts: ExitStack) -> Enter:
        """How a filing is entered when its turn comes; its documents are drafted now."""
        try:
            papers = drafts.enter_context(drafted(self.folder, filing.documents))
        except HoldshortError as error:
            return _refusing(error)
        return self._entering(filing, papers)

    def _entering(self, filing: Filing, papers: Papers) -> Enter:
        artefacts = filing.named(papers.artefacts)

        def enter() -> Entered:
            act = self.compose(filing, artefacts)
            with self._at_hand(act, papers):
                rule = self.docket.check(act)
                entry = self._read_back(sign(act.to_payload(), self._signers(act)))
                return self._admit(rule, entry, papers, checked=act)

        return enter

    def _signers(self, act: Act) -> list[Signer]:
        """All keys of the party that can sign from here."""
        party = self.docket.parties.get(act.by)
        if party is None:  # the root of a register is entered by the charter that it signs
            party = read_party(act.fields.get("root"), 0)
        return self.keyring.signers(act.by, party.keys)

    def _read_back(self, envelope: Envelope) -> Entry:
        """The next entry, from nothing but its bytes."""
        leaf = envelope.to_bytes()
        check_entry(leaf)  # what no log can hold must not get as far as the database
        return Entry.parse(self.docket.size, leaf)

    def _admit(self, rule: ActRule, entry: Entry, papers: Papers, *, checked: Act) -> Entered:
        """Enter a lawful act whose signatures hold, its documents published before."""
        self.docket.vouch(rule, entry)  # before any document is published
        with papers.placed():
            # It need not be checked again if it reads back as the very act that was.
            found = rule if entry.act == checked else None
            self.docket.admit(entry, signed=True, checked=found)
        return entry, rule

    # ------------------------------------------------------------------ of itself

    def _follow(self) -> Entered | None:
        """What the register has to do of itself after others' acts."""
        if not self._restatement_is_due():
            return None
        return self._entering(self._snapshot(), Papers(self.folder))()

    def _restatement_is_due(self) -> bool:
        if not self.docket.clearances:
            return False
        last, now = self.docket.last_snapshot, self.now()
        if not last or now >= last.next_update or last.witnesses != self.docket.witness_entry:
            return True
        follows = snapshot(self.docket, now)
        return (follows.statuses, follows.index) != (last.statuses, last.index)

    def _snapshot(self) -> Filing:
        def stated(at: str) -> Mapping[str, Json]:
            self.folder.put_blob(clearance_index(self.docket, at))
            return snapshot(self.docket, at).to_fields()

        return Filing("register.snapshot", REGISTER, REGISTER, stated)

    # ------------------------------------------------------------------ inside

    def _log_signer(self, public: PublicKey) -> Signer:
        return self.keyring.signers(REGISTER, [public])[0]

    def _empty(self) -> Docket:
        return Docket(self._founding, self._text)

    def _text(self, digest: str) -> bytes:
        """The text of a law: published, or about to be."""
        return self._offered.get(digest) or self.folder.read_blob(digest)

    @contextmanager
    def _at_hand(self, act: Act, papers: Papers) -> Iterator[None]:
        """A law that is to be adopted can be read, and proven, before it is published."""
        if papers.papers and self.law_of(act.case, act.type).act(act.type).effect == "adopt":
            self._offered = papers.contents()
        try:
            yield
        finally:
            self._offered = {}


def _known(rule: ActRule, said: Mapping[str, Json]) -> None:
    """BadInput if a field is said that the rule does not know."""
    unknown = sorted(set(said) - set(rule.fields))
    if unknown:
        known = ", ".join(rule.fields) or "no fields"
        raise BadInput(f"{rule.type} has no field {unknown[0]!r}.", do=f"It has: {known}.")


def _refusing(error: HoldshortError) -> Enter:
    def enter() -> Entered:
        raise error

    return enter


def _last(ticket: Ticket) -> int:
    """The last entry that was made for an act."""
    return max(each[0].index for each in (ticket.entered, ticket.followed_by) if each)
