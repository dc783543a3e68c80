"""A stranger's replay of a register: whether every act was lawful when it was done.

Signatures and lawfulness are two questions. The fold answers the second, act by act; the first is
answered beside it, in other processes where there are many, for exactly the keys that the fold
finds to be the party's at that place of the log. Both must hold.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from holdshort.docket.docket import Docket
from holdshort.docket.enrolment import vouch
from holdshort.docket.law import Texts, no_texts
from holdshort.errors import HoldshortError, RegisterError
from holdshort.register.canonical import Json
from holdshort.register.charter import Party
from holdshort.register.entry import Entry
from holdshort.register.keys import PublicKey
from holdshort.register.sealing.values import Sealed, is_sealed
from holdshort.register.signatures import Signatures
from holdshort.rulebook.model import Rulebook

_TOLD = 1000


@dataclass(frozen=True)
class Replay:
    """How far the acts could be followed. ``fault`` names the first that could not, and why."""

    docket: Docket
    """Where the cases stand. If a signature is at fault, acts after it may be in it as well."""
    acts: int
    """Acts that hold, from the first on."""
    fault: str | None
    faulty: Entry | None = None
    """The entry at fault, if it could be read."""
    signatures: int = 0
    """How many signatures were checked; those of entries ``verified`` before were not."""


def replay(
    entries: Iterable[Entry],
    book: Rulebook,
    texts: Texts = no_texts,
    *,
    verified: int = 0,
    processes: int | None = None,
    heard: Callable[[int], None] | None = None,
) -> Replay:
    """Fold the entries under their rulebook, up to the first that does not hold.

    ``texts`` are the laws that were adopted since. The signatures of the first ``verified`` entries
    were found to hold before, under the same root. ``processes`` check the others' (default: one a
    processor); ``heard`` is told how many acts are folded, once in a while.
    """
    docket = Docket(book, texts)
    with Signatures(processes) as signatures:
        fold = _Fold(docket, signatures, verified)
        fault: tuple[Entry, str] | None = None
        for entry in entries:
            if signatures.hopeless:
                break
            try:
                fold.take(entry)
            except HoldshortError as error:
                fault = entry, f"entry {entry.index}: {error}"
                break
            if heard and entry.index % _TOLD == 0:
                heard(entry.index)
        forged = signatures.failed()
        count = signatures.count + fold.alone
    if forged:
        why = RegisterError(forged.why, where=f"entry {forged.entry} ({forged.by})")
        return Replay(docket, forged.entry, f"entry {forged.entry}: {why}", None, count)
    if fault:
        return Replay(docket, docket.size, fault[1], fault[0], count)
    return Replay(docket, docket.size, None, None, count)


class _Fold:
    """Admits entries, and has their signatures set aside to be checked.

    Who must sign, with which of his keys, the docket's own rule decides (`enrolment.vouch`). It is
    asked with keys that set a signature aside where they would check it.
    """

    def __init__(self, docket: Docket, signatures: Signatures, verified: int) -> None:
        self._docket = docket
        self._signatures = signatures
        self._verified = verified
        self._aside: dict[str, tuple[Party, Party]] = {}
        self._now: Entry | None = None
        self.alone = 0
        """Signatures that the docket checked itself: those of the charter."""

    def take(self, entry: Entry) -> None:
        """Admit an entry; HoldshortError if it does not hold."""
        docket = self._docket
        if entry.index < self._verified:
            docket.admit(entry, signed=True)
            return
        rule = docket.check(entry.act)
        if docket.charter_ is None:
            docket.admit(entry, checked=rule)
            self.alone += len(entry.envelope.signatures)
            return
        self._now = entry
        try:
            vouch(self._setting_aside(docket.parties[entry.act.by]), rule, entry)
        except RegisterError as error:
            where = error.where or f"entry {entry.index} ({entry.act.by})"
            raise RegisterError(error.what, where=where) from None
        docket.admit(entry, signed=True, checked=rule)

    def _setting_aside(self, party: Party) -> Party:
        """The party with keys that set aside what they would check; made once."""
        known = self._aside.get(party.id)
        if known is None or known[0] is not party:
            keys = tuple(_Aside(key, self._set_aside) for key in party.keys)
            known = self._aside[party.id] = party, replace(party, keys=keys)
        return known[1]

    def _set_aside(self, key: PublicKey, signature: bytes, message: bytes) -> None:
        if self._now is not None:
            self._signatures.add(self._now.index, self._now.act.by, key, signature, message)


class _Aside(PublicKey):
    """A key that has its signatures checked later."""

    def __init__(self, key: PublicKey, take: Callable[[PublicKey, bytes, bytes], None]) -> None:
        self._key = key
        self._take = take
        self._keyid = key.keyid

    @property
    def type(self) -> str:
        """See :attr:`PublicKey.type`."""
        return self._key.type

    @property
    def keyid(self) -> str:
        """See :attr:`PublicKey.keyid`."""
        return self._keyid

    @property
    def material(self) -> str:
        """See :attr:`PublicKey.material`."""
        return self._key.material

    def verify(self, signature: bytes, message: bytes) -> None:
        """Set the signature aside: whether it holds is known at the end."""
        self._take(self._key, signature, message)

    def to_json(self) -> dict[str, Json]:
        """See :meth:`PublicKey.to_json`."""
        return self._key.to_json()


def referenced_blobs(entries: Iterable[Entry]) -> Iterator[tuple[int, str, str]]:
    """What the acts say is published: entry, name, digest; BadInput if a sealed value is none."""
    for entry in entries:
        if entry.index == 0:
            yield 0, "rulebook", entry.act.rulebook
        for artefact in entry.act.artefacts:
            yield entry.index, artefact.name, artefact.sha256
        index = entry.act.fields.get("index")
        if entry.act.type == "register.snapshot" and isinstance(index, str):
            yield entry.index, "index of clearances", index
        for name, value in entry.act.fields.items():
            if is_sealed(value):
                yield entry.index, f"what {name} seals", Sealed.from_json(value, name).blob
