"""What every section of a rulebook is read with: clauses, citations, roles, amounts of time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from holdshort.rulebook.document import Place
from holdshort.rulebook.expression import OneOf, Type
from holdshort.rulebook.model import Amount, Clause, Clocks, Source

UNITS = ("hours", "days", "business days", "weeks", "months", "years")


@dataclass(frozen=True)
class Book:
    """The names that the rest of a book refers to."""

    sources: Mapping[str, Source]
    roles: Mapping[str, str]
    areas: tuple[str, ...]
    clocks: Clocks | None

    CLAUSE: ClassVar[tuple[list[str], list[str]]] = (["says", "cite"], ["conflict"])

    def cite(self, place: Place) -> str:
        """A citation; its first word names one of the book's sources."""
        text = place.text()
        source = text.split(",", 1)[0].strip()
        if source not in self.sources:
            raise place.error(
                f"{source!r} is not a source of this book.",
                f"Known: {', '.join(self.sources)}. A citation reads `source, place in it`.",
            )
        return text

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

    def states(self, states: Sequence[str]) -> Type:
        """The type of ``state``."""
        return OneOf(tuple(states))


def read_amount(book: Book, place: Place) -> Amount | None:
    """A length of time, or None for ``unknown``."""
    if not place.is_mapping and place.text() == "unknown":
        return None
    parts = place.fields(["amount", "unit"], ["calendar"])
    number = parts["amount"].number()
    if number <= 0 or number != int(number):
        raise parts["amount"].error("A length of time is a whole number above zero.")
    unit = parts["unit"].one_of(UNITS)
    calendar = None
    if "calendar" in parts:
        calendars = book.clocks.calendars if book.clocks else {}
        calendar = parts["calendar"].one_of(tuple(calendars))
    if (unit == "business days") != (calendar is not None):
        raise place.error("Business days, and only they, name a calendar.")
    return Amount(int(number), unit, calendar)
