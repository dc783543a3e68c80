"""Who may sign the checkpoint of a log that is fetched: settled before the log is.

A log may be of any size that its checkpoint says. So nothing of it is fetched before its key has
signed that; and where the key is not known yet, nothing but the first bundle, in which the charter
of a register names it.
"""

from collections.abc import Callable, Iterable, Sequence

from holdshort.errors import BadInput, HoldshortError, RegisterError
from holdshort.register.charter import read_charter
from holdshort.register.checkpoint import Checkpoint, open_checkpoint
from holdshort.register.entry import Entry
from holdshort.register.note import NoteKey

First = Callable[[], Iterable[bytes]]
"""Gives the first entry of a log, from wherever it stands, one place after the other."""

Signers = Callable[[Checkpoint, First], Sequence[NoteKey] | None]
"""The keys of which one must have signed a checkpoint; None if that is not to be checked."""

_ENDED = "Nothing more was fetched."


class Untrusted(RegisterError):
    """What a mirror serves is not by whom it has to be; ``check`` is ``charter`` or ``checkpoint``.

    Nothing of the log was fetched but, at most, its first bundle.
    """

    def __init__(self, check: str, what: str, *, where: str | None, do: str | None = None) -> None:
        super().__init__(what, where=where, do=do)
        self.check = check


def anyone(_: Checkpoint, __: First) -> None:
    """Whoever will: a log of which no key is known."""


def known(keys: Iterable[NoteKey]) -> Signers:
    """One of these keys."""
    listed = list(keys)
    return lambda head, first: listed


def chartered(pinned: str | None = None, keys: Iterable[NoteKey] = ()) -> Signers:
    """The register's own key: the one of ``keys`` that bears its name, or that the charter names.

    ``pinned`` is the hash of the charter that is trusted.
    """
    listed = list(keys)

    def ask(head: Checkpoint, first: First) -> list[NoteKey]:
        named = [key for key in listed if key.name == head.origin]
        return named or [_of_charter(first, pinned)]

    return ask


def check_signed(
    signed: bytes, head: Checkpoint, signers: Signers, first: First, where: str
) -> None:
    """Return if a signed checkpoint is by whom it has to be; Untrusted if it is not."""
    keys = signers(head, first)
    if keys is None:
        return
    try:
        open_checkpoint(signed, keys, strict=False, where=where)
    except (RegisterError, BadInput) as error:
        raise Untrusted("checkpoint", error.what, where=error.where or where, do=_ENDED) from None


def _of_charter(first: First, pinned: str | None) -> NoteKey:
    fault: HoldshortError = RegisterError("It has no entries, so no charter.", where="entry 0")
    for leaf in first():
        try:
            charter = read_charter(Entry.parse(0, leaf))
        except HoldshortError as error:
            fault = error
            continue
        if pinned not in (None, charter.leaf_hash):
            what = f"The charter is {charter.leaf_hash}, expected {pinned}."
            raise Untrusted("charter", what, where="entry 0", do=_ENDED)
        return charter.verifier
    raise Untrusted("charter", fault.what, where=fault.where, do=_ENDED)
