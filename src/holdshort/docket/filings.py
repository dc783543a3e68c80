"""What is filed beside the test: reports that are whole for some and redacted for the public.

Checks over one act that carries the digests of two copies of a document. What the whole copy says
no check reads; who can read it, and why others cannot, is public.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from holdshort.errors import BadInput, RegisterError
from holdshort.register.sealing.redaction import passages
from holdshort.register.sealing.values import Sealed, is_sealed

if TYPE_CHECKING:
    from holdshort.docket.checks import Question

REPORT = "report-risk"
WHOLE = "whole_report"


def redactions_grounded(question: "Question") -> bool:
    """Each passage that the public copy leaves out is stated, on a ground on which it may be.

    A copy that leaves nothing out states nothing, and keeps nothing from anybody.
    """
    fields = question.fields
    statement = fields.get("redactions")
    if fields.get("redacted") is not True:
        return statement is None and _readers(question, WHOLE) is None
    matter = question.book.confidentiality.matter.get(question.rule.type)
    if matter is None or not isinstance(statement, Mapping):
        return False
    try:
        taken = passages(statement)
    except RegisterError:
        return False
    return (
        bool(taken)
        and statement["public"] == fields.get("public_report")
        and all(each["ground"] in matter.grounds for each in taken)
    )


def whole_copy_shared(question: "Question") -> bool:
    """Whoever the public copy leaves something out for, the Agency and the evaluators read it all.

    The evaluators are the assessor of the review, and whoever is engaged in a programme of its
    developer.
    """
    readers = _readers(question, WHOLE)
    if readers is None:
        return True
    parties = question.docket.parties
    offices = {each for each in readers if each in parties and _is_authority(parties[each].role)}
    return bool(offices) and readers >= set(_evaluators(question))


def reviews_newest_report(question: "Question") -> bool:
    """The report reviewed is the newest that the developer of this programme has filed."""
    holder = question.case.bound.get("holder") if question.case else None
    filed = [
        step.index
        for case in question.docket.bound("review", "holder", holder)
        for step in case.steps
        if step.act == REPORT
    ]
    return bool(filed) and question.fields.get("report") == max(filed)


def _readers(question: "Question", name: str) -> set[str] | None:
    """Who can read a field that is sealed; None if it is not."""
    value = question.act.fields.get(name)
    if not is_sealed(value):
        return None
    try:
        return set(Sealed.from_json(value, name).held_by)
    except BadInput:
        return set()


def _is_authority(role: str) -> bool:
    return role.partition(".")[0] == "authority"


def _evaluators(question: "Question") -> Iterator[str]:
    if question.case is None:
        return
    if "assessor" in question.case.bound:
        yield question.case.bound["assessor"]
    for case in question.docket.bound("programme", "holder", question.act.by):
        if case.facts.get("engaged") is True and "evaluator" in case.bound:
            yield case.bound["evaluator"]
