"""Whom the law covers, by the facts that were attested in a case."""

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from holdshort.docket.entitlement import concerned
from holdshort.docket.law import values_on
from holdshort.docket.state import Case
from holdshort.rulebook.expression import Unknown, Value, explain
from holdshort.rulebook.model import Rulebook

if TYPE_CHECKING:
    from holdshort.docket.docket import Docket


def covered(attested: Mapping[str, object], case: Case) -> str:
    """``covered``, ``not covered``, or ``indeterminate`` where a fact is missing."""
    decided = case.book.coverage.when.decide(_readable(attested, case, case.book))
    if isinstance(decided, Unknown):
        return "indeterminate"
    return "covered" if decided is True else "not covered"


def coverage_environment(case: Case) -> Mapping[str, object]:
    """What the coverage clauses read of a case: the facts attested, the dated values."""
    return _readable(_facts(case), case, case.book)


def coverage_reasons(case: Case) -> list[str]:
    """Every comparison that the coverage clause makes, with the values of this case."""
    env = cast("Mapping[str, Value]", _readable(_facts(case), case, case.book))
    return [reason.text for reason in explain(case.book.coverage.when.tree, env)]


def rests_on(docket: "Docket", class_: str | None, case: Case, now: str) -> bool:
    """Whether a duty of this class of those covered may rest on whom the case is about.

    True as well where the facts attested cannot tell: a duty is not lost for want of a fact.
    """
    if class_ is None:
        return True
    attested = _facts(case) or _facts(concerned(docket, case, None))
    book = docket.law_of(case, now)
    return book.coverage.classes[class_].when.decide(_readable(attested, case, book)) is not False


def _readable(attested: Mapping[str, object], case: Case, book: Rulebook) -> Mapping[str, object]:
    """What coverage clauses read: facts by record, values on the day whose law the case keeps."""
    records: dict[str, dict[str, object]] = {}
    for name in book.facts:
        record, _, member = name.partition(".")
        records.setdefault(record, {})
        if name in attested:
            records[record][member] = attested[name]
    return {**records, "value": values_on(book, case.basis), "areas": book.area_words}


def _facts(case: Case | None) -> dict[str, object]:
    """The facts of the law that were attested in a case."""
    facts = case.memory.get("facts") if case else None
    return {
        name: value if isinstance(value, bool) else Decimal(str(value))
        for name, value in (facts.items() if isinstance(facts, dict) else ())
    }
