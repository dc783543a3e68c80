"""Mutual recognition: what another authority's register has cleared, accepted on its proofs.

An *agreement* says, once and for everybody, which register is relied on (its charter, pinned by its
hash; the law under which it clears; whose cosignatures are asked for) and how far: the areas of
this law that its testing covers, in which others its findings will do, and how the two laws differ.
A *recognition* is one clearance of that register, accepted here. Nobody decides on it: what the
agreement asks for is computed from the record and from the proofs that an act carries
(`holdshort.register.foreign`), so every replay checks them again.

Rules kept here:

- A foreign status counts if it is newer than the one shown before. One that lets weights be served
  must also be recent (`status_hours` of the agreement), and not older than any that was shown of
  that register: nobody hides a suspension behind a snapshot from before it.
- One that does not let them be served may be of any age beyond that: who has it may show it.
- An area that the agreement does not accept is tested here: by a finding in a review of the very
  same weights, or by an imported one where the agreement takes those for enough.
- The weights are declared here first, so that duties, directives and bars find them.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from holdshort.docket.agreements import (
    ENDED,
    agreement_of,
    differences,
    fault,
    is_text,
    items,
    members,
    shown,
    trusted,
)
from holdshort.docket.clocks import instant
from holdshort.docket.directives import stated
from holdshort.docket.entitlement import concerned
from holdshort.docket.state import Case
from holdshort.errors import RegisterError
from holdshort.register.canonical import Json
from holdshort.register.entry import Entry
from holdshort.register.foreign import (
    ForeignClearance,
    Trusted,
    read_clearance,
    read_snapshot,
    status_at,
)
from holdshort.register.status import StatusSnapshot
from holdshort.rulebook.model import ActRule

if TYPE_CHECKING:
    from holdshort.docket.checks import Question
    from holdshort.docket.docket import Docket

REVIEW = "review"

_AHEAD = 300
"""Seconds by which another register's clock may be ahead of ours."""


# ---------------------------------------------------------------------- clearances and statuses


def foreign_clearance_valid(question: "Question") -> bool:
    """The clearance is in the agreement's log, signed, of these weights, and under its law."""
    return why_clearance_not_valid(question) is None


def why_clearance_not_valid(question: "Question") -> str | None:
    """What does not hold of the foreign clearance in an act."""
    return fault(question, _clearance)


def foreign_status_true(question: "Question") -> bool:
    """The status stated is that of the snapshot, which is proven, and newer than the last one."""
    return why_status_not_true(question) is None


def why_status_not_true(question: "Question") -> str | None:
    """What does not hold of the foreign status in an act."""
    return fault(question, _status)


def foreign_status_serves(question: "Question") -> bool:
    """Weights are served there under the status stated, and the snapshot is recent enough."""
    return why_status_does_not_serve(question) is None


def why_status_does_not_serve(question: "Question") -> str | None:
    """Why a foreign status lets nothing be served here."""
    return fault(question, _serves)


def foreign_status_recent(question: "Question") -> bool:
    """The status that was shown last in this case is recent enough, and the newest shown."""
    case = question.case
    last = members(case.memory.get("foreign")) if case else {}
    agreement = concerned(question.docket, case, question.act)
    issued_at, sequence = last.get("issued_at"), last.get("sequence")
    if agreement is None or not isinstance(issued_at, str) or not isinstance(sequence, int):
        return False
    return _age(issued_at, question.act.at) <= _hours(
        agreement
    ) * 3600 and sequence >= newest_shown(question.docket, agreement)


# ---------------------------------------------------------------------- what is asked for here


def declared_here(question: "Question") -> bool:
    """The developer has declared the very same weights in a review here, and was not set aside."""
    docket, weights = question.docket, question.fields.get("weights")
    return any(
        review.bound.get("holder") == question.act.by for review in _reviews(docket, weights)
    )


def nothing_found_here(question: "Question") -> bool:
    """No finding in a review of these weights here is unacceptable."""
    weights = _weights(question)
    return not any(
        outcome == "unacceptable"
        for review in _reviews(question.docket, weights)
        for outcome in members(review.facts.get("finding")).values()
    )


def differences_answered(question: "Question") -> bool:
    """Every difference that the agreement lists is answered in words, and no other."""
    agreement = concerned(question.docket, question.case, question.act)
    answers = question.fields.get("answers")
    if agreement is None or not isinstance(answers, dict):
        return False
    listed = {str(each.get("id")) for each in differences(agreement)}
    return set(answers) == listed and all(is_text(each) for each in answers.values())


def gaps_tested(question: "Question") -> bool:
    """Every area that the foreign basis does not cover has an acceptable finding."""
    return not untested(question)


def why_not_tested(question: "Question") -> str | None:
    """The areas that are still to be tested, in words."""
    areas = untested(question)
    return f"Still to be tested: {', '.join(areas)}." if areas else None


def untested(question: "Question") -> list[str]:
    """The areas of the law that neither the agreement, nor a finding here, nor an import covers.

    A difference that is settled by a test makes its area one that is tested here, imported or not.
    """
    case, docket = question.case, question.docket
    agreement = concerned(docket, case, question.act)
    areas = list(question.book.areas)
    if agreement is None or case is None:
        return areas
    told = stated(agreement)
    tests = {str(each["test"]) for each in differences(agreement) if "test" in each}
    imported = members(case.memory.get("imported_findings"))
    enough = {
        area
        for area in items(told.get("findings"))
        if members(imported.get(str(area))).get("outcome") == "acceptable" and area not in tests
    }
    covered = {area for area in items(told.get("areas")) if area not in tests}
    here = _found_acceptable(docket, case.memory.get("weights"))
    return [area for area in areas if area not in covered | enough | here]


# ---------------------------------------------------------------------- effects


def remember_clearance(docket: "Docket", case: Case, rule: ActRule, entry: Entry) -> None:
    """The foreign clearance that a case is about, its weights, and the status shown with it."""
    fields, agreement = entry.act.fields, docket.cases[str(case.concerns)]
    found = _read_clearance(trusted(agreement), fields, entry.act.at)
    case.memory["weights"] = found.weights
    case.memory["model"] = found.model
    docket.note("weights", found.weights, case)
    docket.note("foreign", stated(agreement).get("charter"), case)
    case.memory["foreign"] = {
        "case": found.case,
        "entry": found.entry,
        "status_index": found.status_index,
        "serve": list(found.serve),
    }
    remember_status(docket, case, rule, entry)


def remember_status(docket: "Docket", case: Case, rule: ActRule, entry: Entry) -> None:
    """The foreign status that was shown last."""
    fields, at = entry.act.fields, entry.act.at
    snapshot = _read_status(trusted(docket.cases[str(case.concerns)]), fields, at)
    case.memory["foreign"] = {
        **members(case.memory.get("foreign")),
        "sequence": snapshot.sequence,
        "issued_at": snapshot.issued_at,
        "shown_in": entry.index,
    }


# ---------------------------------------------------------------------- reading


def newest_shown(docket: "Docket", agreement: Case) -> int:
    """The highest sequence of a snapshot that was shown of the agreement's register; -1 if none."""
    known = (
        members(case.memory.get("foreign")).get("sequence")
        for case in docket.noted("foreign", stated(agreement).get("charter"))
    )
    return max((each for each in known if isinstance(each, int)), default=-1)


def _clearance(question: "Question") -> None:
    agreement = agreement_of(question)
    found = _read_clearance(trusted(agreement), question.fields, question.act.at)
    if found.weights != question.fields.get("weights"):
        raise RegisterError(f"It is of the weights {found.weights[:12]}…", where="weights")
    if found.rulebook != stated(agreement).get("rulebook"):
        raise RegisterError("It was given under another law than the agreement names.")
    if found.limited:
        raise RegisterError("It is limited there to some audiences or territories.")
    for each in question.docket.noted("foreign", stated(agreement).get("charter")):
        same = members(each.memory.get("foreign")).get("entry") == found.entry
        if same and question.docket.state(each, question.act.at) != ENDED:
            raise RegisterError(f"It is before this register already, in {each.id}.")


def _status(question: "Question") -> None:
    agreement = agreement_of(question)
    snapshot = _read_status(trusted(agreement), question.fields, question.act.at)
    status = status_at(snapshot, *_place(question))
    if status.name.lower() != question.fields.get("status"):
        raise RegisterError(f"The snapshot says {status.name.lower()}.", where="status")
    if _age(snapshot.issued_at, question.act.at) < -_AHEAD:
        raise RegisterError(f"The snapshot is of {snapshot.issued_at}, which is yet to come.")
    last = members(question.case.memory.get("foreign")).get("sequence") if question.case else None
    if isinstance(last, int) and snapshot.sequence <= last:
        raise RegisterError(
            f"The snapshot has the number {snapshot.sequence}, and {last} was shown before."
        )


def _serves(question: "Question") -> None:
    agreement = agreement_of(question)
    now = question.act.at
    snapshot = _read_status(trusted(agreement), question.fields, now)
    if question.fields.get("status") not in _served(question):
        raise RegisterError(f"There, what is {question.fields.get('status')} is not served.")
    age, hours = _age(snapshot.issued_at, now), _hours(agreement)
    if age > hours * 3600:
        raise RegisterError(
            f"The snapshot is of {snapshot.issued_at}; the agreement takes {hours} hours at most."
        )
    newest = newest_shown(question.docket, agreement)
    if snapshot.sequence < newest:
        raise RegisterError(
            f"The snapshot has the number {snapshot.sequence}; {newest} of that register is known."
        )


def _read_clearance(other: Trusted, fields: Mapping[str, Json], now: str) -> ForeignClearance:
    entry = shown(other, fields, "foreign_clearance", now)
    return read_clearance(other, entry, "foreign_clearance")


def _read_status(other: Trusted, fields: Mapping[str, Json], now: str) -> StatusSnapshot:
    return read_snapshot(other, shown(other, fields, "foreign_status", now), "foreign_status")


def _place(question: "Question") -> tuple[int, int]:
    """Place in the status list and in the log of the clearance that a status is shown of."""
    kept = members(question.case.memory.get("foreign")) if question.case else {}
    index, entry = kept.get("status_index"), kept.get("entry")
    if isinstance(index, int) and isinstance(entry, int):
        return index, entry
    other = trusted(agreement_of(question))
    found = _read_clearance(other, question.fields, question.act.at)
    return found.status_index, found.entry


def _served(question: "Question") -> tuple[str, ...]:
    """The statuses under which the other law has the weights served."""
    kept = members(question.case.memory.get("foreign")) if question.case else {}
    if "serve" in kept:
        return tuple(str(each) for each in items(kept["serve"]))
    other = trusted(agreement_of(question))
    return _read_clearance(other, question.fields, question.act.at).serve


def _weights(question: "Question") -> Json:
    """The weights that a case is about, or that the act which opens it names."""
    return question.case.memory.get("weights") if question.case else question.fields.get("weights")


def _reviews(docket: "Docket", weights: Json) -> Iterator[Case]:
    """The reviews of these weights here that count."""
    for case in docket.noted("weights", weights):
        own = case.kind == REVIEW and case.memory.get("weights") == weights
        if own and "set_aside" not in case.memory:
            yield case


def _found_acceptable(docket: "Docket", weights: Json) -> set[Json]:
    """Areas in which an independent assessor found these weights acceptable here."""
    found: set[Json] = set()
    for review in _reviews(docket, weights):
        findings = members(review.memory.get("findings"))
        for area, outcome in members(review.facts.get("finding")).items():
            if outcome == "acceptable" and members(findings.get(area)).get("independent") is True:
                found.add(area)
    return found


def _hours(agreement: Case) -> int:
    hours = stated(agreement).get("status_hours")
    return hours if isinstance(hours, int) else 0


def _age(issued_at: str, now: str) -> float:
    """Seconds since an instant."""
    return (instant(now) - instant(issued_at)).total_seconds()
