"""Special conditions: a further test, where the law has no adequate standard for what is novel.

What may be done with one the rulebook says, in the case kind ``special-condition``, which concerns
a review. Here is read which of them stand for a review, so that three things hold:

- the draw waits for one that is proposed, until it lapses by itself (`no_condition_pending`);
- what is in force is tested, and what came of it is said (`conditions_named`);
- it is proposed soon, and once (`proposed_in_time`), and adopted after comments (`comments_over`).

A special condition adds a test. No clause reads what came of it: it is no ground to refuse.
"""

from typing import TYPE_CHECKING

from holdshort.docket.clocks import due, instant
from holdshort.docket.state import Case
from holdshort.rulebook.model import Amount

if TYPE_CHECKING:
    from holdshort.docket.checks import Question
    from holdshort.docket.docket import Docket

SPECIAL_CONDITION = "special-condition"
PROPOSED = "proposed"
ADOPTED = "adopted"
WINDOW = "special_condition_days"
"""The value of a book that says for how many days after a declaration one may be proposed."""
COMMENTS = "special_condition_comment_days"
"""The value that says for how many days everybody may comment."""


def in_force(docket: "Docket", review: Case, now: str) -> list[str]:
    """The special conditions under which a review is tested, in the order of the log."""
    return _standing(docket, review, ADOPTED, now)


def pending(docket: "Docket", review: Case, now: str) -> list[str]:
    """The special conditions that are proposed for a review and neither adopted nor lapsed."""
    return _standing(docket, review, PROPOSED, now)


# ---------------------------------------------------------------------- checks


def no_condition_pending(question: "Question") -> bool:
    """Nothing is proposed for this review."""
    return question.case is not None and why_pending(question) is None


def conditions_named(question: "Question") -> bool:
    """Each special condition in force for the review is named once, with words; and no other is.

    Where none is in force the field may be left out.
    """
    case, docket = question.case, question.docket
    stated = question.fields.get("special_conditions")
    if case is None:
        return False
    named = _named(stated if stated is not None else [])
    return named is not None and sorted(named) == sorted(in_force(docket, case, question.act.at))


def proposed_in_time(question: "Question") -> bool:
    """The review was opened within the window, and nothing alike was proposed for it before."""
    docket, fields = question.docket, question.fields
    review = _review(question)
    if review is None or not _within(question, WINDOW, review.opened_at):
        return False
    before = (docket.cases[id_] for id_ in review.concerned_by)
    return not any(
        each.kind == question.rule.kind
        and each.facts.get("feature") == fields.get("feature")
        and each.facts.get("area") == fields.get("area")
        for each in before
    )


def comments_over(question: "Question") -> bool:
    """The days for comments have run out since it was proposed."""
    case = question.case
    return (
        case is not None
        and _days(question, COMMENTS) is not None
        and not _within(question, COMMENTS, case.opened_at)
    )


def why_pending(question: "Question") -> str | None:
    """Which proposal the draw waits for, and until when at the latest."""
    docket, case = question.docket, question.case
    waiting = pending(docket, case, question.act.at) if case else []
    if not waiting:
        return None
    lapse = docket.cases[waiting[0]].lapse
    until = f", until {lapse.at} at the latest" if lapse else ""
    return f"{waiting[0]} is proposed{until}."


def why_not_named(question: "Question") -> str | None:
    """Which special conditions there are to speak of."""
    case = question.case
    standing = in_force(question.docket, case, question.act.at) if case else []
    return f"In force: {', '.join(standing) or 'none'}."


# ---------------------------------------------------------------------- reading


def _standing(docket: "Docket", review: Case, state: str, now: str) -> list[str]:
    concerning = (docket.cases[id_] for id_ in review.concerned_by)
    return [
        each.id
        for each in concerning
        if each.kind == SPECIAL_CONDITION and docket.state(each, now) == state
    ]


def _named(stated: object) -> list[str] | None:
    """The cases that a list of ``case`` and ``says`` names; None if it has another form."""
    if not isinstance(stated, list):
        return None
    found = []
    for each in stated:
        if not isinstance(each, dict) or set(each) != {"case", "says"}:
            return None
        if not isinstance(each["says"], str) or not each["says"].strip():
            return None
        found.append(str(each["case"]))
    return found


def _review(question: "Question") -> Case | None:
    case, fields = question.case, question.fields
    return question.docket.cases.get(str(case.concerns if case else fields.get("concerns")))


def _days(question: "Question", value: str) -> Amount | None:
    """The days that the book gives, as they stood when the review, or the case, was opened."""
    case = question.case or _review(question)
    known = question.book.values.get(value)
    dated = known.on(case.basis) if known and case else None
    return Amount(int(dated.value), "days", None) if dated else None


def _within(question: "Question", value: str, start: str) -> bool:
    days = _days(question, value)
    if days is None:
        return False
    over = due(instant(start), days, question.book.clocks)
    return instant(question.act.at) <= over.at
