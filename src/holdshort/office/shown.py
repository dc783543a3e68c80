"""What was shown to others, held against the database before anything is built on it.

If the published folder, a mirror or a witness knows more of this log than the database does, or
something else, the database is an old copy, and to go on from it would fork the register. Rules
kept here:

- Everybody is asked once, before the first act of a process. Whoever does not answer keeps nobody
  from filing, and is asked again by each publication until it has answered: each mirror for itself,
  the witnesses by their quorum.
- What others rightly know first is no fork: another process of the place may have published it
  meanwhile. So the database is read anew before anybody is contradicted, and a witness is asked
  once more while nobody else publishes.
- Witnesses are shown what was published before, and nothing is signed for the question: if the
  database is an old copy with new acts in it, our own signature would prove the fork.
- A register that was restored (``RESTORED`` stands in the place) goes on once a mirror that shows
  it, or the quorum of witnesses, has been heard; or once a person has taken that file away, who
  knows that nobody was shown more. One that has neither mirrors nor witnesses has nobody to ask.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from holdshort.errors import HoldshortError, RegisterError
from holdshort.office.mirrors import Mirrors, shown_as
from holdshort.office.place import Place
from holdshort.office.storage.database import exclusive
from holdshort.office.storage.sequencer import Head, Sequencer
from holdshort.register.checkpoint import Checkpoint, parse_checkpoint
from holdshort.register.folder import Folder
from holdshort.register.note import Note
from holdshort.register.policy import NONE, Policy

WITNESSES = "the witnesses"

_NEWEST = (
    "Put the newest backup of the database in its place; to go on from an old one would fork the "
    "register."
)


@dataclass
class Shown:
    """What was shown of one register. ``sign`` makes the signed checkpoint of a head.

    Its owner sees to it that one thread at a time is here.
    """

    place: Place
    sequencer: Sequencer
    sign: Callable[[Head], bytes]
    folder: Folder = field(init=False)
    mirrors: Mirrors = field(init=False)
    asked: bool = field(init=False, default=False)
    """Whether all were asked, and none contradicted."""
    waiting: dict[str, HoldshortError | None] = field(init=False)
    """Who has not answered yet, and why not."""
    _heard: bool = field(init=False, default=False)
    """Whether anybody outside has shown this log, or cosigned it."""
    _sizes: dict[str, int] = field(init=False, default_factory=dict)
    """What each witness held last, by its URL."""

    def __post_init__(self) -> None:
        self.folder = Folder(self.place.public)
        self.mirrors = Mirrors(self.place)
        self.waiting = dict.fromkeys((*self.place.settings.mirrors, WITNESSES))

    def confirm(self, *, again: bool = False) -> None:
        """Ask everybody, once; ``again`` also those who did not answer then.

        Raises:
            RegisterError: one of them knows more than the database does, or something else; or the
                register was restored, and nobody has answered.
        """
        if self.asked and not (again and self.waiting):
            return
        try:
            self.sequencer.sync()
            self.published()
            for url in [url for url in self.waiting if url != WITNESSES]:
                self._ask_mirror(url)
            if WITNESSES in self.waiting:
                self._ask_witnesses()
            if self.place.restored.exists():
                self._go_on()
        except BaseException:
            self.asked = False  # whoever was contradicted is asked again before the next act
            raise
        self.asked = True

    def published(self) -> int:
        """How many entries are published here; RegisterError if the database differs."""
        if not self.folder.size():
            return 0
        shown = self.folder.head()
        self._compare(shown, "The published folder")
        return shown.size

    def gathered(self, head: Head, policy: Policy, signed: bytes) -> bytes:
        """A checkpoint of ``head``'s log with the cosignatures that ``policy`` asks for.

        Raises:
            Diverged: a witness holds more than that, or something else.
            RegisterError: the quorum is not met.
        """
        from holdshort.office.witness.gathering import gather

        seconds = self.place.settings.witness_seconds
        return gather(signed, policy, head.tree.consistency, timeout=seconds, sizes=self._sizes)

    # ------------------------------------------------------------------ one after the other

    def _ask_mirror(self, url: str) -> None:
        head = self.sequencer.head
        try:
            shown = self.mirrors.head(url, head.verifier if head else None)
            if shown is None and self.place.restored.exists():
                raise RegisterError("The mirror shows nothing.", where=shown_as(url))
        except HoldshortError as error:
            self.waiting[url] = error
            return
        if shown:
            self._compare(shown, f"The mirror {shown_as(url)}")
            self.mirrors.remember(url, shown.size)
            self._heard = True
        del self.waiting[url]

    def _ask_witnesses(self) -> None:
        """Show the witnesses what was published: one that holds more, or another log, says so."""
        from holdshort.office.witness.gathering import Diverged

        head = self.sequencer.head
        if head is None:
            return  # who they are is not known before the register is open
        policy = policy_of(head)
        try:
            if policy:
                try:
                    self.gathered(head, policy, self._signed_before(head))
                except Diverged as claim:
                    self._ask_once_more(claim.shown, claim)
                self._heard = True
        except Diverged:
            raise
        except RegisterError as error:
            self.waiting[WITNESSES] = error
            return
        del self.waiting[WITNESSES]

    def _ask_once_more(self, shown: bytes | None, claim: RegisterError) -> None:
        """Return if all is well, now that nobody else publishes; else raise what is wrong."""
        with exclusive(self.place.lock):
            self.sequencer.sync()
            head = self.sequencer.head
            if head is None or (shown is not None and not _holds(head, _read(shown))):
                raise claim
            if policy := policy_of(head):
                self.gathered(head, policy, self.sign(head))

    def _signed_before(self, head: Head) -> bytes:
        """The checkpoint that is published, with no signature but the log's; else a new one."""
        if not self.folder.size():
            return self.sign(head)
        note = Note.parse(self.folder.checkpoint())
        own = tuple(each for each in note.signatures if head.verifier.made(each))
        return Note(note.text, own).to_bytes()

    def _go_on(self) -> None:
        """Let a restored register go on, if somebody outside was heard, or there is nobody."""
        head = self.sequencer.head
        outside = bool(self.place.settings.mirrors) or bool(head and policy_of(head))
        if outside and not self._heard:
            told = "; ".join(str(why) for why in self.waiting.values() if why)
            raise RegisterError(
                "This register was restored, and nobody outside could say yet whether they were "
                f"shown more. {told}".rstrip(),
                where=str(self.place.restored),
                do="Bring back a mirror or the witnesses. Only if you know that nobody was shown "
                "more than was restored, remove this file.",
            )
        for url in self.place.settings.mirrors:
            if url in self.waiting:
                self.mirrors.remember(url, 1)  # what it held is not known: not that it is new
        with suppress(FileNotFoundError):
            self.place.restored.unlink()

    def _compare(self, shown: Checkpoint, who: str) -> None:
        head = self.sequencer.head
        if head is None or shown.size > head.size:
            self.sequencer.sync()  # what others have was in the database before
            head = self.sequencer.head
        if head is None or not _holds(head, shown):
            raise RegisterError(
                f"{who} ({shown.size} entries of {shown.origin}) does not agree with the database "
                f"({head.size if head else 0} entries).",
                where=str(self.place.root),
                do=_NEWEST,
            )


def policy_of(head: Head) -> Policy | None:
    """Who must cosign; None if nobody must."""
    if head.witness_policy is None:
        return None
    policy = Policy.parse(head.witness_policy, "witness policy", head.verifier)
    return None if policy.quorum == NONE else policy


def _holds(head: Head, shown: Checkpoint) -> bool:
    """Whether the log continues what was shown of it."""
    return (
        shown.origin == head.verifier.name
        and shown.size <= head.size
        and shown.root == head.root(shown.size)
    )


def _read(signed: bytes) -> Checkpoint:
    return parse_checkpoint(Note.parse(signed).text)
