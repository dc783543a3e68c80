"""What is filed, and what comes of it: the forms that go through the door and those that come back.

They are used as `holdshort.office.door` gives them out.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from holdshort.errors import HoldshortError, StorageError
from holdshort.office.storage.documents import Document
from holdshort.office.storage.sequencer import Ticket
from holdshort.register.act import Artefact
from holdshort.register.canonical import Json
from holdshort.register.entry import Entry
from holdshort.rulebook.model import ActRule

Fields = Mapping[str, Json] | Callable[[str], Mapping[str, Json]]
"""What an act says; as a function of its instant where that must follow from the record. It is
called in the thread that happens to file, and must not file anything itself."""


@dataclass(frozen=True)
class Filing:
    """An act to be filed: see `holdshort.office.door.Office.file`."""

    type: str
    case: str
    by: str
    fields: Fields
    artefacts: Sequence[Artefact | Document] = ()
    origin: str | None = None

    @property
    def documents(self) -> list[Document]:
        """What is to be published with it."""
        return [each for each in self.artefacts if isinstance(each, Document)]

    def named(self, documents: Sequence[Artefact]) -> tuple[Artefact, ...]:
        """Its artefacts, ``documents`` in the place of :attr:`documents`."""
        read = iter(documents)
        return tuple(next(read) if isinstance(each, Document) else each for each in self.artefacts)


@dataclass(frozen=True)
class Receipt:
    """An act that is on the register for good: its entry and the rule that it was filed under."""

    entry: Entry
    rule: ActRule
    followed_by: tuple["Receipt", ...] = ()
    """What the register did of itself because of it, or of acts filed along with it: a new status
    snapshot."""
    unpublished: HoldshortError | None = None
    """Why it could not be published, or not everywhere; None if all is well. It will be."""


class Unpublished(StorageError):
    """An act is on the register for good, but could not be published, or not everywhere."""

    def __init__(self, receipt: Receipt, why: HoldshortError) -> None:
        entry = receipt.entry
        super().__init__(
            f"{entry.act.type} is on the register (entry {entry.index}) but not published yet: "
            f"{why.what}",
            where=why.where,
            do=f"{why.do or 'Mend what stands in the way.'} The next command publishes it. "
            "Do not file it again.",
        )
        self.receipt = receipt


def outcome(ticket: Ticket, unpublished: HoldshortError | None) -> Receipt | HoldshortError:
    """What became of an act whose ticket is settled: its receipt, or its refusal."""
    if isinstance(ticket.fault, HoldshortError):
        return ticket.fault
    assert ticket.entered  # noqa: S101 - a ticket is settled with the one or the other
    followed = (Receipt(*ticket.followed_by),) if ticket.followed_by else ()
    return Receipt(*ticket.entered, followed, ticket.unstated or unpublished)


def only(outcomes: Sequence[Receipt | HoldshortError]) -> Receipt:
    """The only receipt; or raise why there is none, or why its act is not published."""
    (outcome,) = outcomes
    if isinstance(outcome, HoldshortError):
        raise outcome
    if outcome.unpublished:
        raise Unpublished(outcome, outcome.unpublished) from outcome.unpublished
    return outcome
