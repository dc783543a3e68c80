"""A facts file read against the law: facts by the books' names, events by their ids.

The names, types and units of facts, the events and what is known of a case are those of the
rulebooks. What no book asks for is a slip of the pen and is refused, with what was probably meant.
A quantity is given in the unit of the law; no currency is ever converted into another.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from holdshort.compute.facts import Event, Facts, Stated
from holdshort.compute.reader import Cited, suggestion
from holdshort.compute.units import NUMBER, dimension_of, parse_quantity
from holdshort.docket.calendar import Happening
from holdshort.errors import BadInput
from holdshort.rulebook.expression import as_set
from holdshort.rulebook.model import WORD_LISTS, CaseFact, Fact, FieldType, Rulebook
from holdshort.rulebook.vocabulary import READABLE

_LARGEST = Decimal(10) ** 36
_ELSEWHERE = {
    "model.training_compute": "It is estimated from `training:`; a total of your own stands there "
    "as reported.total, or as a schedule.",
    "developer.ai_revenue": "It stands in the section `developer:`, as ai_revenue.",
    "developer.ai_rnd_spend": "It stands in the section `developer:`, as ai_rnd_spend.",
}
"""Facts that have a place of their own in the file."""


def check_against(facts: Facts, books: Sequence[Rulebook]) -> None:
    """See that every attested fact and every event is one of some book.

    Raises:
        BadInput: an unknown name, another unit or type than the law's, at its line.
    """
    known = {name for book in books for name in book.facts}
    for name, cited in facts.attested.items():
        if name in _ELSEWHERE:
            raise BadInput(
                f"attested.{name} has a place of its own.", where=cited.where, do=_ELSEWHERE[name]
            )
        if name not in known:
            raise _unknown(f"No rulebook asks for a fact {name!r}.", name, known, cited.where)
        asked = [book.facts[name] for book in books if name in book.facts]
        if all(_read(fact, cited.value) is None for fact in asked):
            raise _mistaken(name, cited, asked)
    for event in facts.events:
        _check_event(event, books)


def facts_for(facts: Facts, book: Rulebook) -> dict[str, bool | Decimal]:
    """The facts that the book asks for, in its units; training compute is not among them."""
    found: dict[str, bool | Decimal] = {}
    money = {
        "developer.ai_revenue": facts.developer.ai_revenue,
        "developer.ai_rnd_spend": facts.developer.ai_rnd_spend,
    }
    for name, fact in book.facts.items():
        stated, attested = money.get(name), facts.attested.get(name)
        if stated and stated.unit == fact.unit:
            found[name] = stated.value
        elif attested and (value := _read(fact, attested.value)) is not None:
            found[name] = value
    return found


def happenings_for(facts: Facts, book: Rulebook) -> list[Happening]:
    """The events that the book knows, with what it asks about their cases."""
    found = []
    for event in facts.events:
        if event.event.value not in _events(book):
            continue
        asked = _case_facts(book, event.event.value)
        read = {
            name: _typed(asked[name].type, stated, book)
            for name, stated in event.facts.items()
            if name in asked
        }
        stated = {name: value for name, value in read.items() if value is not None}
        found.append(Happening(event.event.value, event.at.value, stated))
    return found


def _read(fact: Fact, text: str) -> bool | Decimal | None:
    """The value in the type and unit of the law; None if the text is none."""
    if fact.type == "bool":
        return {"true": True, "false": False}.get(text)
    dimension = dimension_of(fact.unit or "")
    try:
        value = parse_quantity(text, dimension)
    except ValueError:
        return None
    return value if 0 <= value <= _LARGEST else None


def _mistaken(name: str, cited: Cited[str], asked: Sequence[Fact]) -> BadInput:
    fact = asked[0]
    if fact.type == "bool":
        what, do = f"attested.{name} is {cited.value!r}, not true or false.", None
    else:
        units = " or ".join(dict.fromkeys(each.unit or "" for each in asked))
        unit = "a number without its unit" if NUMBER.fullmatch(cited.value) else "not in that unit"
        what = f"attested.{name} is asked for in {units}; {cited.value!r} is {unit}."
        do = f"Write it as in '{dimension_of(fact.unit or '').example}'. Nothing is converted."
    return BadInput(what, where=cited.where, do=do)


def _unknown(what: str, word: str, known: set[str], where: str) -> BadInput:
    near = suggestion(word, sorted(known))
    return BadInput(what + near, where=where, do=None if near else f"Known: {_list(known)}.")


def _list(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "none"


# ---------------------------------------------------------------- events


def _check_event(event: Event, books: Sequence[Rulebook]) -> None:
    name, where = event.event.value, event.event.where
    knowing = [book for book in books if name in _events(book)]
    if not knowing:
        known = {each for book in books for each in _events(book)}
        raise _unknown(f"No rulebook knows an event {name!r}.", name, known, where)
    asked = [(book, _case_facts(book, name)) for book in knowing]
    known = {each for _, facts in asked for each in facts}
    for fact, stated in event.facts.items():
        having = [(book, facts[fact].type) for book, facts in asked if fact in facts]
        if not having:
            raise _unknown(f"No rulebook asks {fact!r} about {name}.", fact, known, stated.where)
        if all(_typed(type_, stated, book) is None for book, type_ in having):
            accepted = " or ".join(dict.fromkeys(_accepted(t, book) for book, t in having))
            raise BadInput(
                f"events.facts.{fact} is {', '.join(stated.texts)!r}; possible: {accepted}.",
                where=stated.where,
            )


def _events(book: Rulebook) -> set[str]:
    """The book's events, and the acts that start duties when they are filed."""
    acts = {
        start.act for duty in book.duties.values() for start in duty.starts if start.field is None
    }
    return {*book.events, *acts}


def _case_facts(book: Rulebook, event: str) -> Mapping[str, CaseFact]:
    """What is asked about the case that an event, or an act, belongs to."""
    act = book.events[event].recorded_by[0].act if event in book.events else event
    facts = book.cases[act.partition(".")[0]].facts
    return {
        name: fact
        for name, fact in facts.items()
        if fact.type.name in READABLE and not fact.type.per_area
    }


def _typed(type_: FieldType, stated: Stated, book: Rulebook) -> object:
    """The value as clauses read it; None if the text is no value of the type."""
    words = type_.words(book.areas)
    if type_.name in WORD_LISTS:
        known = as_set(stated.texts)
        return known if set(known) <= set(words) and len(known) == len(stated.texts) else None
    if len(stated.texts) != 1:
        return None
    text = stated.texts[0]
    match type_.name:
        case "bool":
            return {"true": True, "false": False}.get(text)
        case "integer" | "decimal":
            return Decimal(text) if NUMBER.fullmatch(text) else None
        case _:
            return text if text in words else None


def _accepted(type_: FieldType, book: Rulebook) -> str:
    match type_.name:
        case "bool":
            return "true, false"
        case "integer" | "decimal":
            return "a number"
        case name if name in WORD_LISTS:
            return f"a list of {', '.join(type_.words(book.areas))}, each once at most"
        case _:
            return ", ".join(type_.words(book.areas))
