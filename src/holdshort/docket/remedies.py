"""Checks on remedies: what the record must bear out before a bar is asked for, or ordered.

They are procedures that a rulebook may name (`holdshort.docket.checks`). Which remedy there is, on
which ground and for how long, the book says; here is only how the record answers.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from holdshort.docket.clocks import due, instant
from holdshort.docket.comparables import exact
from holdshort.docket.scopes import named, widens
from holdshort.docket.standing import same_weights
from holdshort.docket.state import Case, Step
from holdshort.register.canonical import Json
from holdshort.rulebook.model import Amount

if TYPE_CHECKING:
    from holdshort.docket.checks import Question

INTERVAL = "provisional_interval"
"""The value of a book that says how many months pass between two provisional orders."""


def evidence_independent(question: "Question") -> bool:
    """The findings named are findings of the case, from assessors fit to make them.

    Each entry is a finding of the review that the case concerns, one of them the finding in the
    area that is the ground, and each was filed by an assessor that was accredited and unconflicted
    then.
    """
    case = question.case
    review = question.docket.cases.get(case.concerns) if case and case.concerns else None
    entries = question.fields.get("findings")
    if case is None or review is None or not isinstance(entries, list) or not entries:
        return False
    findings = _shelf(review, "findings")
    found = {each.get("entry"): each for each in findings.values() if isinstance(each, dict)}
    ground = findings.get(str(case.facts.get("ground")))
    return (
        isinstance(ground, dict)
        and ground.get("entry") in entries
        and all(
            isinstance(entry, int) and entry in found and found[entry].get("independent") is True
            for entry in entries
        )
    )


def scope_fits_extent(question: "Question") -> bool:
    """A bar on a part names audiences, territories or versions; a bar on the whole names none."""
    return named(question.fields) == (question.fields.get("extent") == "part")


def scope_named(question: "Question") -> bool:
    """It names audiences, territories or versions: something is still barred, and not all."""
    return named(question.fields)


def scope_not_widened(question: "Question") -> bool:
    """Whatever the act's scope bars, the scope that was stated last barred too."""
    last = _shelf(question.case, "stated_scope") if question.case else {}
    return not widens(question.fields, last)


def lower_rungs_explained(question: "Question") -> bool:
    """For every rung that was considered, and for no other, it says why that one does not do."""
    considered = question.fields.get("considered")
    why = question.fields.get("less_restrictive_options")
    return (
        isinstance(considered, list)
        and isinstance(why, dict)
        and set(map(str, considered)) == set(why)
        and all(isinstance(text, str) and text.strip() for text in why.values())
    )


def comparables_named(question: "Question") -> bool:
    """Every earlier case that was equal on the facts is named, and only cases of this kind are."""
    case, docket = question.case, question.docket
    stated = question.fields.get("comparables")
    if case is None or not isinstance(stated, list):
        return False
    known = [docket.cases.get(each) for each in stated if isinstance(each, str)]
    return (
        len(known) == len(stated)
        and all(each and each.kind == case.kind and each.id != case.id for each in known)
        and set(exact(docket, case, question.act.at)) <= set(stated)
    )


def countersigns_petition(question: "Question") -> bool:
    """The digest is that of the petition as it stands, drafted or amended last."""
    standing = question.case.memory.get("petition") if question.case else None
    return standing is not None and question.fields.get("petition") == standing


def no_recent_provisional(question: "Question") -> bool:
    """No provisional order was made on these weights and this ground within the interval.

    One that came after it is no bar, if since then a finding on the ground was filed: what is new
    can be urgent again. Where the book sets no interval, there is never a second one without it.
    """
    case, docket = question.case, question.docket
    review = docket.cases.get(case.concerns) if case and case.concerns else None
    if case is None or review is None:
        return False
    reviews = same_weights(docket, review)
    ground = str(case.facts.get("ground"))
    found = [_entry(_shelf(each, "findings").get(ground)) for each in reviews]
    return not any(
        step.index > max(found, default=-1) and _recent(question, step.at)
        for each in reviews
        for id_ in each.concerned_by
        if (bar := docket.cases[id_]).kind == case.kind and bar.facts.get("ground") == ground
        for step in _provisional(bar)
    )


def holder_not_barred(question: "Question") -> bool:
    """No bar on further models stands against the developer of this case."""
    case, docket = question.case, question.docket
    holder = case.bound.get("holder") if case else None
    return holder is not None and not any(
        docket.state(bar, question.act.at) == bar.memory.get("bars_further")
        for bar in docket.noted("bars_further", holder)
    )


def _provisional(bar: Case) -> list[Step]:
    """The steps by which a case came to a provisional bar from where nothing was barred."""
    bars = bar.book.gate.bars.get(bar.kind)
    if bars is None:
        return []
    return [
        step for step in bar.steps if step.to in bars.provisional and step.origin not in bars.states
    ]


def _recent(question: "Question", at: str) -> bool:
    basis = question.case.basis if question.case else None
    value = question.book.values.get(INTERVAL)
    dated = value.on(basis) if value and basis else None
    if dated is None:
        return True
    over = due(instant(at), Amount(int(dated.value), "months", None), question.book.clocks)
    return instant(question.act.at) <= over.at


def _shelf(case: Case, name: str) -> Mapping[str, Json]:
    value = case.memory.get(name)
    return value if isinstance(value, dict) else {}


def _entry(finding: Json) -> int:
    entry = finding.get("entry") if isinstance(finding, dict) else None
    return entry if isinstance(entry, int) else -1
