"""Reading a rulebook.

Everything that can be wrong with a book is found here, at load, with file, line and clause:
names that nothing declares, conditions that do not type-check, states that no act reaches,
numbers without a citation, sources that do not exist. What loads, the docket can run.
"""

import hashlib
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

from holdshort.errors import BadInput
from holdshort.rulebook.cases import read_cases
from holdshort.rulebook.condition import read_condition
from holdshort.rulebook.document import Place, compose
from holdshort.rulebook.expression import BOOL, Type
from holdshort.rulebook.model import (
    Area,
    Calendar,
    CaseKind,
    Check,
    Clocks,
    Coverage,
    DatedValue,
    Duty,
    Fact,
    Gate,
    Limit,
    Penalty,
    Rulebook,
    Source,
    Value,
)
from holdshort.rulebook.parts import Book, read_amount
from holdshort.rulebook.vocabulary import (
    areas_type,
    case_record,
    duty_map,
    fact_records,
    value_record,
)

CONFIDENCES = ("primary", "secondary", "uncertain", "choice")
STATUSES = ("proposal", "in force", "repealed")
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SECTIONS = (
    "rulebook title version jurisdiction status sources time roles areas facts values coverage"
    " duties checks cases gate limits penalties"
).split()


def shipped() -> list[str]:
    """Ids of the rulebooks that come with Holdshort."""
    books = resources.files("holdshort.rulebook") / "books"
    return sorted(book.name.removesuffix(".yaml") for book in books.iterdir())


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
        return read_rulebook(path.read_bytes(), path.name)
    except OSError as error:
        raise BadInput(
            f"There is no rulebook {name!r}: {error.strerror}.",
            do=f"Give a file, or one of: {', '.join(shipped())}.",
        ) from None


def read_rulebook(text: bytes, file: str) -> Rulebook:
    """The rulebook in ``text``; ``file`` is what errors call it."""
    root = compose(text, file)
    parts = root.fields(SECTIONS)
    sources = {id_: _source(id_, place) for id_, place in parts["sources"].items()}
    roles = {id_: place.fields(["says"])["says"].text() for id_, place in parts["roles"].items()}
    clocks = _clocks(parts["time"], sources)
    book = Book(sources, roles, tuple(id_ for id_, _ in parts["areas"].items()), clocks)
    status = parts["status"].fields(["is", "since"])
    areas = {id_: _area(book, id_, place) for id_, place in parts["areas"].items()}
    facts = {id_: _fact(book, id_, place) for id_, place in parts["facts"].items()}
    values = {id_: _value(book, id_, place) for id_, place in parts["values"].items()}
    checks = {
        id_: Check(id_, book.clause(place, place.fields(*book.CLAUSE)))
        for id_, place in parts["checks"].items()
    }
    cases = read_cases(book, parts["cases"], facts, tuple(values), checks)
    return Rulebook(
        id=parts["rulebook"].text(),
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
        duties={id_: _duty(book, id_, place, cases) for id_, place in parts["duties"].items()},
        checks=checks,
        cases=cases,
        gate=_gate(book, parts["gate"], cases),
        limits={
            id_: _limit(book, id_, place, cases, tuple(values))
            for id_, place in parts["limits"].items()
        },
        penalties={id_: _penalty(book, id_, place) for id_, place in parts["penalties"].items()},
    )


def _source(id_: str, place: Place) -> Source:
    parts = place.fields(["title", "url", "confidence"], ["note"])
    return Source(
        id_,
        parts["title"].text(),
        parts["url"].text(),
        parts["confidence"].one_of(CONFIDENCES),
        parts["note"].text() if "note" in parts else None,
    )


def _clocks(place: Place, sources: dict[str, Source]) -> Clocks:
    parts = place.fields(["zone", "day_ends", "calendars", "cite"])
    calendars = {}
    for id_, calendar in parts["calendars"].items():
        fields = calendar.fields(["holidays", "weekend"])
        weekend = frozenset(WEEK.index(day.one_of(WEEK)) for day in fields["weekend"].list())
        calendars[id_] = Calendar(id_, fields["holidays"].text(), weekend)
    cite = Book(sources, {}, (), None).cite(parts["cite"])
    return Clocks(parts["zone"].text(), parts["day_ends"].text(), calendars, cite)


def _area(book: Book, id_: str, place: Place) -> Area:
    parts = place.fields(["title", *book.CLAUSE[0]], book.CLAUSE[1])
    return Area(id_, parts["title"].text(), book.clause(place, parts))


def _fact(book: Book, name: str, place: Place) -> Fact:
    parts = place.fields(["type", "attested_by", "says"], ["unit"])
    kind = parts["type"].one_of(("number", "bool", "text"))
    if name.count(".") != 1:
        raise place.error(f"A fact is named subject.property, not {name!r}.")
    if kind == "number" and "unit" not in parts:
        raise place.error("A number needs a unit.", "Add `unit:`.")
    unit = parts["unit"].text() if "unit" in parts else None
    return Fact(name, kind, unit, book.role(parts["attested_by"]), parts["says"].text())


def _value(book: Book, name: str, place: Place) -> Value:
    parts = place.fields(["unit", "says", "history"])
    history = []
    for entry in parts["history"].list():
        dated = entry.fields(["from", "value", "cite"])
        history.append(
            DatedValue(dated["from"].day(), dated["value"].number(), book.cite(dated["cite"]))
        )
    if not history or history != sorted(history, key=lambda dated: dated.since):
        raise parts["history"].error("The history of a value goes from the oldest to the newest.")
    return Value(name, parts["unit"].text(), parts["says"].text(), tuple(history))


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
        raise place.error(f"No case has the act {place.text()!r}.")
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
    return Duty(
        id=id_,
        owed_by=book.role(parts["owed_by"]),
        owed_to=parts["owed_to"].text(),
        starts=starts,
        met_by=tuple(_known_act(act, cases) for act in met_by),
        within=read_amount(book, parts["within"]),
        every=read_amount(book, parts["every"]) if "every" in parts else None,
        when=read_condition(parts["when"], names, BOOL) if "when" in parts else None,
        clause=book.clause(place, parts),
    )


def _gate(book: Book, place: Place, cases: dict[str, CaseKind]) -> Gate:
    required, optional = book.CLAUSE
    parts = place.fields(["bars", "status", "serve", "undecided", *required], optional)
    bars = {}
    for kind, states in parts["bars"].items():
        if kind not in cases:
            raise states.error(f"There is no case of the kind {kind!r}.")
        bars[kind] = tuple(state.one_of(cases[kind].states) for state in states.list())
    kind_ = cases.get("review")
    if kind_ is None:
        raise place.error("A gate needs a case of the kind 'review'.")
    names = review_names(book, kind_)
    names["barred"] = BOOL
    status = []
    statuses = ("valid", "suspended", "conditional")
    for entry in parts["status"].list():
        fields = entry.fields(["is", "when"])
        status.append((fields["is"].one_of(statuses), read_condition(fields["when"], names, BOOL)))
    return Gate(
        bars,
        tuple(status),
        tuple(served.one_of(statuses) for served in parts["serve"].list()),
        parts["undecided"].one_of(("refuse", "serve")),
        book.clause(place, parts),
    )


def review_names(book: Book, kind: CaseKind) -> dict[str, Type]:
    """Names that a condition on the standing of a case may read."""
    return {
        "state": book.states(kind.states),
        "case": case_record(kind.name, kind.facts, book.areas),
    }


def _limit(
    book: Book, id_: str, place: Place, cases: dict[str, CaseKind], values: Sequence[str]
) -> Limit:
    required, optional = book.CLAUSE
    parts = place.fields(["case", *required], ["always", "enabled", *optional])
    if ("always" in parts) == ("enabled" in parts):
        raise place.error("A limit states either `always:` or `enabled:`.")
    kind = cases[parts["case"].one_of(tuple(cases))]
    names = review_names(book, kind)
    names |= {"areas": areas_type(book.areas), "value": value_record(values), "duty": duty_map()}
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
