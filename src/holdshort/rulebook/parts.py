"""What every section of a rulebook is read with: clauses, citations, roles, amounts of time."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from holdshort.rulebook.document import Place
from holdshort.rulebook.model import ANYONE, Amount, Clause, Clocks, Source

UNITS: Mapping[str, int] = {
    "hours": 24 * 36_525,
    "days": 36_525,
    "business days": 25_000,
    "weeks": 5_200,
    "months": 1_200,
    "years": 100,
}
"""Units of time, and how many of each make a century: longer, a law sets no time."""

IDENTIFIER = re.compile(r"[a-z][a-z0-9_]{0,63}")
"""What a clause can read by name."""

KEBAB = re.compile(r"(?=.{1,64}\Z)[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
"""What an act is filed under, and what people refer to."""


@dataclass(frozen=True)
class Book:
    """The names that the rest of a book refers to."""

    sources: Mapping[str, Source]
    roles: Mapping[str, str]
    areas: tuple[str, ...]
    clocks: Clocks

    CLAUSE: ClassVar[tuple[list[str], list[str]]] = (["says", "cite"], ["conflict"])

    def cite(self, place: Place) -> str:
        """A citation; its first word names one of the book's sources."""
        return cited(self.sources, place)

    def clause(self, place: Place, parts: Mapping[str, Place]) -> Clause:
        """The sentence, citation and conflict of a provision."""
        return Clause(
            parts["says"].text(),
            self.cite(parts["cite"]),
            parts["conflict"].text() if "conflict" in parts else None,
            place.where,
        )

    def role(self, place: Place) -> str:
        """A role of the book, or an office (``authority``) that several roles share."""
        offices = {role.split(".")[0] for role in self.roles}
        return place.one_of([*self.roles, *sorted(offices - set(self.roles))])

    def actor(self, place: Place) -> str:
        """Who may do an act: a role, an office, or anyone who is enrolled."""
        return ANYONE if place.text() == ANYONE else self.role(place)


def cited(sources: Mapping[str, Source], place: Place) -> str:
    """A citation of one of ``sources``."""
    text = place.text()
    source = text.split(",", 1)[0].strip()
    if source not in sources:
        raise place.error(
            f"{source!r} is not a source of this book.",
            f"Known: {', '.join(sources)}. A citation reads `source, place in it`.",
        )
    return text


def read_amount(book: Book, place: Place, *, zero: bool = False) -> Amount | None:
    """A length of time, or None for ``unknown``; nothing at all only where ``zero`` may be."""
    if place.is_unknown:
        return None
    parts = place.fields(["amount", "unit"], ["calendar"])
    number = parts["amount"].number()
    unit = parts["unit"].one_of(tuple(UNITS))
    if not (0 < number <= UNITS[unit] or (zero and number == 0)) or number != int(number):
        raise parts["amount"].error(
            "A length of time is a whole number above zero, and no longer than a century.",
            "Where the source sets no time, write `unknown`.",
        )
    calendar = None
    if "calendar" in parts:
        calendar = parts["calendar"].one_of(tuple(book.clocks.calendars))
    if (unit == "business days") != (calendar is not None):
        raise place.error(
            "Business days, and only they, name a calendar.",
            "Add `calendar:`." if calendar is None else "Take `calendar:` out, or count in them.",
        )
    return Amount(int(number), unit, calendar)
