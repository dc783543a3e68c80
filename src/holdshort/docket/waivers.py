"""Waivers: a deadline put off, or another form accepted; in public, by name, and for a time.

What may be done with one the rulebook says, in the case kind ``waiver``. Here stand the two things
that a book cannot say of itself:

- *what can be waived at all* (`waivable`): a filing that the developer owes, and on whose lateness
  nothing turns. If any act, limit or clearance of the book reads how a duty stands, waiving it
  would move power, and it cannot be waived; nor can what is not a filing, so no finding, appeal or
  order;
- *what a waiver does* (`put_off`): the filing that would be due while it stands is due when it
  ends. What was late before stays late.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from holdshort.docket.clocks import Due, due, instant
from holdshort.docket.state import Case
from holdshort.rulebook.condition import Condition
from holdshort.rulebook.expression import names
from holdshort.rulebook.expression.unparse import key_suffix
from holdshort.rulebook.model import Amount, Rulebook

if TYPE_CHECKING:
    from holdshort.docket.checks import Question
    from holdshort.docket.docket import Docket

WAIVER = "waiver"
GRANTED = "granted"
INTERVAL = "waiver_interval_months"
"""The value of a book that says for how many months the same is not waived again."""
DEADLINE = "deadline"


def put_off(docket: "Docket", case: Case, duty: str, ends: Due) -> Due:
    """When a duty of ``case`` is due, with the waivers of its deadline that were granted before.

    A waiver counts if the duty would be due while it stands.
    """
    for waiver in _waivers(docket, case):
        if waiver.facts.get("what") != DEADLINE or waiver.facts.get("of") != duty:
            continue
        for start, end in _granted(waiver):
            if instant(start) <= ends.at < instant(end):
                told = f"{ends.derivation}; put off by the waiver {waiver.id} to {end}"
                ends = replace(ends, at=instant(end), derivation=told)
    return ends


# ---------------------------------------------------------------------- checks


def waivable(question: "Question") -> bool:
    """What is to be waived is a filing on which no power rests; see `why_not_waivable`."""
    return why_not_waivable(question) is None


def waivers_do_not_chain(question: "Question") -> bool:
    """No waiver of the same for this model was granted within the interval of the book.

    Where the book sets no interval, the same is waived once.
    """
    case, docket = question.case, question.docket
    concerned = docket.cases.get(case.concerns) if case and case.concerns else None
    if case is None or concerned is None:
        return False
    return not any(
        _recent(question, case, start)
        for other in _waivers(docket, concerned)
        if all(other.facts.get(name) == case.facts.get(name) for name in ("what", "of"))
        for start, _ in _granted(other)
    )


def why_not_waivable(question: "Question") -> str | None:
    """Why something cannot be waived, in words; None if it can."""
    fields, book = question.fields, question.book
    id_ = str(fields.get("of"))
    duty = book.duties.get(id_)
    concerned = question.docket.cases.get(str(fields.get("concerns")))
    if duty is None or concerned is None:
        return f"There is no duty {id_!r} of such a case."
    if duty.filing is None or duty.owed_by != "developer":
        return f"{id_} is no filing of a developer."
    if any(act.partition(".")[0] != concerned.kind for act in duty.met_by):
        return f"{id_} is not filed in a {concerned.kind}."
    if id_ in read_duties(book):
        return f"An act, a limit or a clearance turns on whether {id_} is late."
    if fields.get("what") == DEADLINE and duty.within is None:
        return f"{id_} has no deadline that is counted from an act."
    return None


def read_duties(book: Rulebook) -> frozenset[str]:
    """The duties whose standing some clause of a book reads: on these, power rests."""
    paths = {path for condition in _conditions(book) for path in names(condition.tree)}
    if "duty" in paths:  # by a key that is computed: it could be any of them
        return frozenset(book.duties)
    return frozenset(id_ for id_ in book.duties if f"duty{key_suffix(id_)}" in paths)


# ---------------------------------------------------------------------- reading


def _conditions(book: Rulebook) -> Iterator[Condition]:
    for kind in book.cases.values():
        for act in kind.acts.values():
            yield from (each.condition for each in act.requires)
            yield from (each.value for each in act.sets)
            yield from (each.index for each in act.sets if each.index)
    for limit in book.limits.values():
        yield from [limit.always] if limit.always else []
        yield from [limit.enabled.while_] if limit.enabled else []
    for lines in book.gate.clearances.values():
        yield from (when for _, when in lines)


def _waivers(docket: "Docket", case: Case) -> list[Case]:
    concerning = (docket.cases[id_] for id_ in case.concerned_by)
    return [each for each in concerning if each.kind == WAIVER]


def _granted(waiver: Case) -> Iterator[tuple[str, str]]:
    """From when to when a waiver stood, or stands."""
    for step, after in zip(waiver.steps, [*waiver.steps[1:], None], strict=True):
        if step.to == GRANTED:
            end = after.at if after else waiver.lapse.at if waiver.lapse else step.at
            yield step.at, end


def _recent(question: "Question", case: Case, at: str) -> bool:
    value = question.book.values.get(INTERVAL)
    dated = value.on(case.basis) if value else None
    if dated is None:
        return True
    over = due(instant(at), Amount(int(dated.value), "months", None), question.book.clocks)
    return instant(question.act.at) <= over.at
