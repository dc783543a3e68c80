"""When an act takes effect, and that it is entered once.

See ``docs/decisions/0016-when-an-act-takes-effect.md``.
"""

import hashlib
from collections import deque
from dataclasses import replace
from datetime import timedelta

from holdshort.docket.clocks import instant
from holdshort.errors import BadInput
from holdshort.register.act import Act
from holdshort.register.entry import Entry
from holdshort.rulebook.vocabulary import YEARS

SIGNED_WITHIN = timedelta(days=1)
"""How long after it was signed an act can be entered: enough for several people to sign it."""


def taking_effect(act: Act, last_at: str) -> Act:
    """The act as of the instant at which it takes effect: never before the last one.

    Raises:
        BadInput: it was signed too long ago, or at no time that clocks reckon with.
    """
    if int(act.at[:4]) not in YEARS:
        raise BadInput(f"The act is dated {act.at}, beyond the calendar.", where="at")
    if act.at >= last_at:
        return act
    if instant(act.at) + SIGNED_WITHIN < instant(last_at):
        raise BadInput(
            f"The act is dated {act.at}, more than a day before the last one ({last_at}).",
            do="Sign it again with an instant of today.",
        )
    return replace(act, at=last_at)


class Statements:
    """The statements entered within the last day, by their digests."""

    def __init__(self) -> None:
        self._by_age: deque[tuple[str, bytes]] = deque()
        self._digests: set[bytes] = set()

    def check(self, entry: Entry, last_at: str) -> bytes:
        """The digest of an entry's statement, which must not be on the register yet.

        A signature can be left away, or be made again in another form: the statement then is the
        same, and the leaf is not. What is older than a day cannot come again.

        Raises:
            BadInput: it is there.
        """
        while self._by_age and instant(self._by_age[0][0]) + SIGNED_WITHIN < instant(last_at):
            self._digests.remove(self._by_age.popleft()[1])
        digest = hashlib.sha256(entry.envelope.payload).digest()
        if digest in self._digests:
            raise BadInput(
                f"This very {entry.act.type} is on the register already.",
                where=f"entry {entry.index}",
                do="If it is to be done again, file it a second later.",
            )
        return digest

    def add(self, digest: bytes, at: str) -> None:
        """Remember a statement that took effect at ``at``."""
        self._digests.add(digest)
        self._by_age.append((at, digest))
