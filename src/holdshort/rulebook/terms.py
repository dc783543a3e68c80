"""Reading the terms that the rest of a book speaks in: sources, clocks, areas, facts, values."""

import re
from itertools import pairwise
from zoneinfo import ZoneInfo

from holdshort.rulebook.document import Place
from holdshort.rulebook.model import (
    Area,
    Calendar,
    Clocks,
    DatedValue,
    Fact,
    Phase,
    Source,
    Value,
)
from holdshort.rulebook.parts import IDENTIFIER, KEBAB, Book, cited
from holdshort.rulebook.vocabulary import STATUSES

FACT_TYPES = ("number", "bool")
CONFIDENCES = ("primary", "secondary", "uncertain", "choice")
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
OWN = frozenset("state case areas value check duty act barred barred_itself".split())
"""Names that mean something in every clause, and so can name nothing else."""

_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]")


def read_source(id_: str, place: Place) -> Source:
    """Where provisions come from."""
    parts = place.fields(["title", "url", "confidence"], ["note"])
    return Source(
        id_,
        parts["title"].text(),
        parts["url"].text(),
        parts["confidence"].one_of(CONFIDENCES),
        parts["note"].text() if "note" in parts else None,
    )


def read_clocks(place: Place, sources: dict[str, Source]) -> Clocks:
    """How the regime counts time; a zone, a calendar and an end of the day that there are."""
    parts = place.fields(["zone", "day_ends", "calendars", "cite"])
    calendars = {
        id_: _calendar(id_, calendar)
        for id_, calendar in parts["calendars"].named(KEBAB, "us-federal").items()
    }
    zone, day_ends = parts["zone"].text(), parts["day_ends"].text()
    try:
        ZoneInfo(zone)
    except (LookupError, OSError, ValueError):
        raise parts["zone"].error(
            f"{zone!r} is no time zone.", "Give one of the IANA database, like America/New_York."
        ) from None
    if not _TIME.fullmatch(day_ends):
        raise parts["day_ends"].error(f"{day_ends!r} is no time of day.", 'Write "23:59:59".')
    return Clocks(zone, day_ends, calendars, cited(sources, parts["cite"]))


def _calendar(id_: str, place: Place) -> Calendar:
    from holidays.registry import COUNTRIES  # here, for only a book needs them, and they are many

    parts = place.fields(["holidays", "weekend"])
    country = parts["holidays"].text()
    if country not in {alpha2 for _, alpha2, *_ in COUNTRIES.values()}:
        raise parts["holidays"].error(
            f"There is no table of the holidays of {country!r}.",
            "Give a country by its ISO 3166 code, like US.",
        )
    weekend = frozenset(WEEK.index(day.one_of(WEEK)) for day in parts["weekend"].list())
    if len(weekend) == len(WEEK):
        raise parts["weekend"].error("A week needs a business day.", "Take a day out.")
    return Calendar(id_, country, weekend)


def read_phases(book: Book, place: Place) -> tuple[Phase, ...]:
    """What the regime is, and since when."""
    phases = []
    for entry in place.some():
        parts = entry.fields(["is", "since", "cite"])
        status = parts["is"].one_of(STATUSES)
        phases.append(Phase(status, parts["since"].day(), book.cite(parts["cite"])))
    if any(phase.since >= later.since for phase, later in pairwise(phases)):
        raise place.error(
            "The phases of a regime go from the first to the last.", "Order them by `since:`."
        )
    return tuple(phases)


def read_area(book: Book, id_: str, place: Place) -> Area:
    """An enumerated risk."""
    parts = place.fields(["title", *book.CLAUSE[0]], book.CLAUSE[1])
    return Area(id_, parts["title"].text(), book.clause(place, parts))


def read_fact(book: Book, name: str, place: Place) -> Fact:
    """A fact of the law: a number or a yes or no, never a name."""
    parts = place.fields(["type", "attested_by", "says"], ["unit"])
    if parts["type"].text() not in FACT_TYPES:
        raise parts["type"].error(
            f"A fact is a number or a bool, not {parts['type'].text()}: what could say who a party "
            "is, where it comes from or whom it supports is no fact, so like cases stay alike.",
            "State what matters in law as a number or a yes or no.",
        )
    kind = parts["type"].text()
    subject, _, property_ = name.partition(".")
    named = IDENTIFIER.fullmatch(subject) and IDENTIFIER.fullmatch(property_)
    if not named or subject in OWN or subject == "violation":
        raise place.error(
            f"A fact is named subject.property, not {name!r}.",
            "Write it like model.training_compute.",
        )
    if kind == "number" and "unit" not in parts:
        raise place.error("A number needs a unit.", "Add `unit:`.")
    unit = parts["unit"].text() if "unit" in parts else None
    return Fact(name, kind, unit, book.role(parts["attested_by"]), parts["says"].text())


def read_value(book: Book, name: str, place: Place) -> Value:
    """A number that the law sets, with its history."""
    parts = place.fields(["unit", "says", "history"])
    history = []
    for entry in parts["history"].some():
        dated = entry.fields(["from", "value", "cite"], ["conflict"])
        history.append(
            DatedValue(
                dated["from"].day(),
                dated["value"].number(),
                book.cite(dated["cite"]),
                dated["conflict"].text() if "conflict" in dated else None,
            )
        )
    if any(dated.since >= later.since for dated, later in pairwise(history)):
        raise parts["history"].error(
            "The history of a value goes from the oldest to the newest, one value a day.",
            "Put the entries in order.",
        )
    return Value(name, parts["unit"].text(), parts["says"].text(), tuple(history))
