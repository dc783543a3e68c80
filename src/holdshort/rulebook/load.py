"""Reading a rulebook.

Everything that can be wrong with a book is found here, at load, with file, line and clause:
names that nothing declares, conditions that do not type-check, states that no act reaches,
numbers without a citation, sources that do not exist. What loads, the docket can run.
"""

import hashlib
import re
from collections.abc import ItemsView
from importlib import resources
from pathlib import Path

from holdshort.errors import BadInput
from holdshort.rulebook.cases import read_cases
from holdshort.rulebook.checklists import read_checklists
from holdshort.rulebook.confidentiality import read_confidentiality
from holdshort.rulebook.coverage import read_coverage
from holdshort.rulebook.document import Place, compose
from holdshort.rulebook.duties import read_duty, read_events
from holdshort.rulebook.limits import Names, read_gate, read_limits, read_penalty
from holdshort.rulebook.model import Check, Rulebook
from holdshort.rulebook.parts import IDENTIFIER, KEBAB, Book
from holdshort.rulebook.terms import (
    read_area,
    read_clocks,
    read_fact,
    read_phases,
    read_source,
    read_value,
)

_ROLE = re.compile(r"[a-z][a-z-]*(?:\.[a-z][a-z-]*)?")
SECTIONS = (
    "rulebook title version jurisdiction status sources time roles areas facts values coverage"
    " events duties checks cases gate limits penalties"
).split()
OPTIONAL = ("confidentiality", "checklists")
"""A book without the first lets nothing be kept from the public, one without the other asks for no
record of conditions. Books from before them are still read."""


def shipped() -> list[str]:
    """Ids of the rulebooks that come with Holdshort."""
    books = resources.files("holdshort.rulebook") / "books"
    names = (book.name for book in books.iterdir())
    return sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml"))


def open_rulebook(name: str) -> Rulebook:
    """A shipped rulebook by its id, or one from a file.

    Raises:
        BadInput: neither a shipped id nor a readable file.
        RulebookError: the file is no rulebook; says where and why.
    """
    if name in shipped():
        book = resources.files("holdshort.rulebook") / "books" / f"{name}.yaml"
        return read_rulebook(book.read_bytes(), f"{name}.yaml")
    path = Path(name)
    try:
        text = path.read_bytes()
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise BadInput(
            f"There is no rulebook {name!r}: {why}.",
            do=f"Give a file, or one of: {', '.join(shipped())}.",
        ) from None
    return read_rulebook(text, path.name)


def read_rulebook(text: bytes, file: str) -> Rulebook:
    """The rulebook in ``text``; ``file`` is what errors call it.

    Raises:
        RulebookError: it is malformed; says where, why and what to do.
    """
    root = compose(text, file)
    parts = root.fields(SECTIONS, OPTIONAL)
    book = _terms(parts)
    areas = {id_: read_area(book, id_, place) for id_, place in parts["areas"].items()}
    facts = {id_: read_fact(book, id_, place) for id_, place in parts["facts"].items()}
    values = {
        id_: read_value(book, id_, place)
        for id_, place in parts["values"].named(IDENTIFIER, "compute_threshold").items()
    }
    checks = {
        id_: Check(id_, book.clause(place, place.fields(*book.CLAUSE)))
        for id_, place in parts["checks"].named(IDENTIFIER, "drawn_by_lot").items()
    }
    duties = parts["duties"].named(KEBAB, "risk-report")
    names = Names(facts, tuple(values), tuple(duties))
    cases = read_cases(book, parts["cases"], facts, names.values, checks, names.duties)
    coverage = read_coverage(book, parts["coverage"], facts, names.values)
    events = read_events(book, parts["events"], cases)
    penalties = {
        id_: read_penalty(book, id_, place, names)
        for id_, place in parts["penalties"].named(KEBAB, "false-statement").items()
    }
    classes = tuple(coverage.classes)
    gate = read_gate(book, parts["gate"], cases)
    owed = {
        id_: read_duty(book, id_, place, cases, events, classes, tuple(penalties))
        for id_, place in duties.items()
    }
    limits = read_limits(book, parts["limits"], cases, names, gate)
    return Rulebook(
        id=_book_id(parts["rulebook"]),
        title=parts["title"].text(),
        version=parts["version"].text(),
        jurisdiction=parts["jurisdiction"].text(),
        phases=read_phases(book, parts["status"]),
        digest=hashlib.sha256(text).hexdigest(),
        text=text,
        sources=book.sources,
        clocks=book.clocks,
        roles=book.roles,
        areas=areas,
        facts=facts,
        values=values,
        coverage=coverage,
        events=events,
        duties=owed,
        checks=checks,
        cases=cases,
        gate=gate,
        limits=limits,
        penalties=penalties,
        confidentiality=read_confidentiality(
            book, parts.get("confidentiality"), cases, owed, limits
        ),
        checklists=read_checklists(book, parts.get("checklists")),
    )


def _terms(parts: dict[str, Place]) -> Book:
    """The names that the rest of the book refers to."""
    sources = {
        id_: read_source(id_, place) for id_, place in _some(parts["sources"], KEBAB, "aef-1")
    }
    roles = {
        id_: place.fields(["says"])["says"].text()
        for id_, place in _some(parts["roles"], _ROLE, "authority.registrar")
    }
    areas = tuple(id_ for id_, _ in _some(parts["areas"], IDENTIFIER, "loss_of_control"))
    return Book(sources, roles, areas, read_clocks(parts["time"], sources))


def _some(place: Place, form: re.Pattern[str], like: str) -> ItemsView[str, Place]:
    found = place.named(form, like)
    if not found:
        raise place.error("At least one is expected here.", "Write it below.")
    return found.items()


def _book_id(place: Place) -> str:
    id_ = place.text()
    if not KEBAB.fullmatch(id_):
        raise place.error(f"{id_!r} is no id of a rulebook.", "Write it like us-ca-sb53.")
    return id_
