"""Reading a rulebook.

Everything that can be wrong with a book is found here, at load, with file, line and clause:
names that nothing declares, conditions that do not type-check, states that no act reaches,
numbers without a citation, sources that do not exist. What loads, the docket can run.
"""

import hashlib
import re
from collections.abc import ItemsView, Sequence
from difflib import get_close_matches
from importlib import resources
from pathlib import Path
from typing import NamedTuple

from holdshort.errors import BadInput
from holdshort.rulebook.cases import read_cases
from holdshort.rulebook.condition import read_condition
from holdshort.rulebook.document import Place, compose
from holdshort.rulebook.expression import BOOL, Type
from holdshort.rulebook.model import (
    CaseKind,
    Check,
    Coverage,
    Duty,
    Fact,
    Gate,
    Limit,
    Penalty,
    Rulebook,
)
from holdshort.rulebook.parts import IDENTIFIER, KEBAB, Book, read_amount
from holdshort.rulebook.terms import (
    read_area,
    read_clocks,
    read_fact,
    read_source,
    read_value,
)
from holdshort.rulebook.vocabulary import (
    areas_type,
    case_record,
    duty_map,
    fact_records,
    value_record,
)

REVIEW = "review"
"""The kind of case whose clearances a gate reads."""

_ROLE = re.compile(r"[a-z][a-z-]*(?:\.[a-z][a-z-]*)?")
STATUSES = ("proposal", "in force", "repealed")
SECTIONS = (
    "rulebook title version jurisdiction status sources time roles areas facts values coverage"
    " duties checks cases gate limits penalties"
).split()


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
    parts = root.fields(SECTIONS)
    sources = {
        id_: read_source(id_, place) for id_, place in _some(parts["sources"], KEBAB, "aef-1")
    }
    roles = {
        id_: place.fields(["says"])["says"].text()
        for id_, place in _some(parts["roles"], _ROLE, "authority.registrar")
    }
    clocks = read_clocks(parts["time"], sources)
    named = dict(_some(parts["areas"], IDENTIFIER, "loss_of_control"))
    book = Book(sources, roles, tuple(named), clocks)
    status = parts["status"].fields(["is", "since"])
    areas = {id_: read_area(book, id_, place) for id_, place in named.items()}
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
    names = Names(tuple(values), tuple(duties))
    cases = read_cases(book, parts["cases"], facts, names.values, checks, names.duties)
    return Rulebook(
        id=_book_id(parts["rulebook"]),
        title=parts["title"].text(),
        version=parts["version"].text(),
        jurisdiction=parts["jurisdiction"].text(),
        status=status["is"].one_of(STATUSES),
        since=status["since"].day(),
        digest=hashlib.sha256(text).hexdigest(),
        text=text,
        sources=sources,
        clocks=clocks,
        roles=roles,
        areas=areas,
        facts=facts,
        values=values,
        coverage=_coverage(book, parts["coverage"], facts, tuple(values)),
        duties={id_: _duty(book, id_, place, cases) for id_, place in duties.items()},
        checks=checks,
        cases=cases,
        gate=_gate(book, parts["gate"], cases),
        limits={
            id_: _limit(book, id_, place, cases, names)
            for id_, place in parts["limits"].named(KEBAB, "way-out").items()
        },
        penalties={
            id_: _penalty(book, id_, place)
            for id_, place in parts["penalties"].named(KEBAB, "false-statement").items()
        },
    )


class Names(NamedTuple):
    """What clauses anywhere in a book may name."""

    values: tuple[str, ...]
    duties: tuple[str, ...]


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


def _coverage(book: Book, place: Place, facts: dict[str, Fact], values: Sequence[str]) -> Coverage:
    required, optional = book.CLAUSE
    parts = place.fields(["when", "compute_counts", "otherwise", *required], optional)
    names: dict[str, Type] = {
        **fact_records(facts),
        "value": value_record(values),
        "areas": areas_type(book.areas),
    }
    return Coverage(
        read_condition(parts["when"], names, BOOL),
        book.clause(place, parts),
        book.clause(parts["compute_counts"], parts["compute_counts"].fields(*book.CLAUSE)),
        book.clause(parts["otherwise"], parts["otherwise"].fields(*book.CLAUSE)),
    )


def _known_act(place: Place, cases: dict[str, CaseKind]) -> str:
    kind, _, name = place.text().partition(".")
    if kind not in cases or name not in cases[kind].acts:
        acts = [f"{each.name}.{act}" for each in cases.values() for act in each.acts]
        near = get_close_matches(place.text(), acts, 1)
        raise place.error(
            f"No case has the act {place.text()!r}.",
            f"Did you mean {near[0]!r}?" if near else "Write it like review.declare.",
        )
    return place.text()


def _duty(book: Book, id_: str, place: Place, cases: dict[str, CaseKind]) -> Duty:
    required, optional = book.CLAUSE
    parts = place.fields(
        ["owed_by", "owed_to", "starts", "within", *required],
        ["met_by", "every", "when", *optional],
    )
    starts = _known_act(parts["starts"], cases)
    kind = cases[starts.partition(".")[0]]
    names: dict[str, Type] = {"case": case_record(kind.name, kind.facts, book.areas)}
    met_by = parts["met_by"].list() if "met_by" in parts else []
    for act in met_by:
        if not _known_act(act, cases).startswith(f"{kind.name}."):
            raise act.error(
                f"{act.text()!r} is not done in the case in which the duty starts.",
                f"Name an act of the kind {kind.name}.",
            )
    every = read_amount(book, parts["every"]) if "every" in parts else None
    if "every" in parts and (every is None or parts["within"].is_unknown):
        raise parts["every"].error(
            "What comes again needs a time, for the first time and for every other.",
            "Leave `every:` out where the source sets none.",
        )
    return Duty(
        id=id_,
        owed_by=book.role(parts["owed_by"]),
        owed_to=parts["owed_to"].text(),
        starts=starts,
        met_by=tuple(_known_act(act, cases) for act in met_by),
        within=read_amount(book, parts["within"]),
        every=every,
        when=read_condition(parts["when"], names, BOOL) if "when" in parts else None,
        clause=book.clause(place, parts),
    )


def _gate(book: Book, place: Place, cases: dict[str, CaseKind]) -> Gate:
    required, optional = book.CLAUSE
    parts = place.fields(["bars", "status", "serve", "undecided", *required], optional)
    review = cases.get(REVIEW)
    if review is None:
        raise place.error(f"A gate needs a case of the kind {REVIEW!r}.", "Add it under `cases:`.")
    bars = {}
    for kind, states in parts["bars"].items():
        if kind not in cases or cases[kind].concerns != REVIEW:
            known = [each.name for each in cases.values() if each.concerns == REVIEW]
            raise states.error(
                f"There is no case of the kind {kind!r} that concerns a {REVIEW}.",
                f"Known: {', '.join(known) or 'none'}.",
            )
        bars[kind] = tuple(state.one_of(cases[kind].states) for state in states.some())
    names = {**standing_names(book, review), "barred": BOOL}
    status = []
    for entry in parts["status"].some():
        fields = entry.fields(["is", "when"])
        when = read_condition(fields["when"], names, BOOL)
        status.append((fields["is"].one_of(("valid", "suspended", "conditional")), when))
    return Gate(
        bars,
        tuple(status),
        tuple(served.one_of(("valid", "conditional")) for served in parts["serve"].list()),
        parts["undecided"].one_of(("refuse", "serve")),
        book.clause(place, parts),
    )


def standing_names(book: Book, kind: CaseKind) -> dict[str, Type]:
    """Names that a condition on the standing of a case may read."""
    return {
        "state": book.states(kind.states),
        "case": case_record(kind.name, kind.facts, book.areas),
    }


def _limit(book: Book, id_: str, place: Place, cases: dict[str, CaseKind], known: Names) -> Limit:
    required, optional = book.CLAUSE
    parts = place.fields(["case", *required], ["always", "enabled", *optional])
    if ("always" in parts) == ("enabled" in parts):
        raise place.error(
            "A limit states either `always:` or `enabled:`.",
            "Write a formula under `always:`, or an act and a `while:` under `enabled:`.",
        )
    kind = cases[parts["case"].one_of(tuple(cases))]
    names = standing_names(book, kind)
    names["areas"] = areas_type(book.areas)
    names["value"] = value_record(known.values)
    names["duty"] = duty_map(known.duties)
    if kind.concerns:
        other = cases[kind.concerns]
        names[kind.concerns] = case_record(other.name, other.facts, book.areas)
    always = read_condition(parts["always"], names, BOOL) if "always" in parts else None
    act = while_ = None
    if "enabled" in parts:
        fields = parts["enabled"].fields(["act", "while"])
        act = fields["act"].one_of(tuple(kind.acts))
        while_ = read_condition(fields["while"], names, BOOL)
    return Limit(id_, kind.name, always, act, while_, book.clause(place, parts))


def _penalty(book: Book, id_: str, place: Place) -> Penalty:
    required, optional = book.CLAUSE
    parts = place.fields(["amount", *required], optional)
    return Penalty(id_, parts["amount"].text(), book.clause(place, parts))
