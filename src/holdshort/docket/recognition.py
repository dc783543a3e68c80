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

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from holdshort.docket.clocks import instant
from holdshort.docket.directives import stated
from holdshort.docket.entitlement import concerned
from holdshort.docket.state import Case
from holdshort.errors import HoldshortError, RegisterError
from holdshort.register.canonical import Json
from holdshort.register.entry import Entry
from holdshort.register.foreign import (
    ForeignClearance,
    Trusted,
    read_clearance,
    read_snapshot,
    status_at,
    trust,
)
from holdshort.register.status import StatusSnapshot
from holdshort.register.witness.fork import check_fork
from holdshort.rulebook.model import ActRule

if TYPE_CHECKING:
    from holdshort.docket.checks import Question
    from holdshort.docket.docket import Docket

AGREEMENT = "agreement"
IN_FORCE = "in_force"
STANDING = (IN_FORCE, "ending")
"""States of an agreement in which a status can be shown anew."""
ENDED = "ended"
REVIEW = "review"

_AHEAD = 300
"""Seconds by which another register's clock may be ahead of ours."""


# ---------------------------------------------------------------------- agreements


def foreign_charter_pinned(question: "Question") -> bool:
    """The charter carried is the one whose hash is pinned, and is that of the origin named."""
    return _fault(question, _pinned) is None


def why_not_pinned(question: "Question") -> str | None:
    """What does not hold of the charter that an agreement carries."""
    return _fault(question, _pinned)


def differences_stated(question: "Question") -> bool:
    """Each difference has an id of its own and its words, and names areas of this law alone.

    ``{"id": …, "says": …}``, and ``"test": AREA`` where it is settled by a finding here. The
    equivalents lead from areas of the other law to areas of this one.
    """
    areas, fields = question.book.areas, question.fields
    listed = _list(fields.get("differences"))
    found = [each for each in listed if isinstance(each, dict)]
    names = [each.get("id") for each in found]
    equivalents = fields.get("equivalents")
    return (
        len(found) == len(listed)
        and len({str(name) for name in names}) == len(names)
        and all(_is_text(each.get("id")) and _is_text(each.get("says")) for each in found)
        and all(set(each) <= {"id", "says", "test"} for each in found)
        and all(each.get("test") in (None, *areas) for each in found)
        and (equivalents is None or isinstance(equivalents, dict))
        and all(area in areas for area in _object(equivalents).values())
    )


def agreement_in_force(question: "Question") -> bool:
    """The agreement concerned is in force."""
    return _agreement_state(question) == IN_FORCE


def agreement_stands(question: "Question") -> bool:
    """The agreement concerned is in force, or runs out after notice."""
    return _agreement_state(question) in STANDING


def agreement_ended(question: "Question") -> bool:
    """The agreement concerned has ended."""
    return _agreement_state(question) == ENDED


def foreign_log_forked(question: "Question") -> bool:
    """The log of the agreement's register signed two trees of one size: both are in the act."""

    def forked(question: "Question") -> None:
        if question.case is None:
            raise RegisterError("There is no agreement.")
        one, other = (
            str(question.fields.get(name)).encode()
            for name in ("first_checkpoint", "second_checkpoint")
        )
        if check_fork(one, other, trusted(question.case).charter.verifier) is None:
            raise RegisterError("The two checkpoints are of the same tree.")

    return _fault(question, forked) is None


# ---------------------------------------------------------------------- clearances and statuses


def foreign_clearance_valid(question: "Question") -> bool:
    """The clearance is in the agreement's log, signed, of these weights, and under its law."""
    return why_clearance_not_valid(question) is None


def why_clearance_not_valid(question: "Question") -> str | None:
    """What does not hold of the foreign clearance in an act."""
    return _fault(question, _clearance)


def foreign_status_true(question: "Question") -> bool:
    """The status stated is that of the snapshot, which is proven, and newer than the last one."""
    return why_status_not_true(question) is None


def why_status_not_true(question: "Question") -> str | None:
    """What does not hold of the foreign status in an act."""
    return _fault(question, _status)


def foreign_status_serves(question: "Question") -> bool:
    """Weights are served there under the status stated, and the snapshot is recent enough."""
    return why_status_does_not_serve(question) is None


def why_status_does_not_serve(question: "Question") -> str | None:
    """Why a foreign status lets nothing be served here."""
    return _fault(question, _serves)


def foreign_status_recent(question: "Question") -> bool:
    """The status that was shown last in this case is recent enough, and the newest shown."""
    case = question.case
    last = _object(case.memory.get("foreign")) if case else {}
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
        for outcome in _object(review.facts.get("finding")).values()
    )


def differences_answered(question: "Question") -> bool:
    """Every difference that the agreement lists is answered in words, and no other."""
    agreement = concerned(question.docket, question.case, question.act)
    answers = question.fields.get("answers")
    if agreement is None or not isinstance(answers, dict):
        return False
    listed = {str(each.get("id")) for each in _differences(agreement)}
    return set(answers) == listed and all(_is_text(each) for each in answers.values())


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
    tests = {str(each["test"]) for each in _differences(agreement) if "test" in each}
    imported = _object(case.memory.get("imported_findings"))
    enough = {
        area
        for area in _list(told.get("findings"))
        if _object(imported.get(str(area))).get("outcome") == "acceptable" and area not in tests
    }
    covered = {area for area in _list(told.get("areas")) if area not in tests}
    here = _found_acceptable(docket, case.memory.get("weights"))
    return [area for area in areas if area not in covered | enough | here]


def foreign_finding_true(question: "Question") -> bool:
    """The finding stands in the agreement's log, in the case of the clearance, as it is stated."""
    return why_finding_not_true(question) is None


def why_finding_not_true(question: "Question") -> str | None:
    """What does not hold of an imported finding."""
    return _fault(question, _finding)


def foreign_directive_true(question: "Question") -> bool:
    """The directive was drafted and issued in the log of an agreement that accepts directives."""
    return why_directive_not_true(question) is None


def why_directive_not_true(question: "Question") -> str | None:
    """What does not hold of an imported directive."""
    return _fault(question, _directive)


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
        **_object(case.memory.get("foreign")),
        "sequence": snapshot.sequence,
        "issued_at": snapshot.issued_at,
        "shown_in": entry.index,
    }


def remember_finding(docket: "Docket", case: Case, rule: ActRule, entry: Entry) -> None:
    """An imported finding, under its area: it never stands among the findings made here."""
    fields, at = entry.act.fields, entry.act.at
    found = _entry(trusted(docket.cases[str(case.concerns)]), fields, "foreign_finding", at)
    kept = _object(case.memory.get("imported_findings"))
    said = {
        "imported": True,
        "outcome": fields["outcome"],
        "entry": entry.index,
        "foreign_entry": found.index,
        "statistics": found.act.fields.get("statistics"),
        "evidence": found.act.fields.get("evidence"),
    }
    case.memory["imported_findings"] = {**kept, str(fields["area"]): said}


# ---------------------------------------------------------------------- reading


def trusted(agreement: Case) -> Trusted:
    """The register that an agreement relies on.

    Raises:
        HoldshortError: the agreement does not pin one.
    """
    told = stated(agreement)
    return _trusted(told)


def newest_shown(docket: "Docket", agreement: Case) -> int:
    """The highest sequence of a snapshot that was shown of the agreement's register; -1 if none."""
    shown = (
        _object(case.memory.get("foreign")).get("sequence")
        for case in docket.noted("foreign", stated(agreement).get("charter"))
    )
    return max((each for each in shown if isinstance(each, int)), default=-1)


def _trusted(told: Mapping[str, Json]) -> Trusted:
    charter, leaf, policy = (
        str(told.get(name)) for name in ("charter", "charter_entry", "witness_policy")
    )
    return trust(charter, leaf, policy)


def _pinned(question: "Question") -> None:
    found, origin = _trusted(question.fields), question.fields.get("origin")
    if found.charter.origin != origin:
        raise RegisterError(f"The charter is that of {found.charter.origin}.", where="origin")
    if origin == question.docket.charter.origin:
        raise RegisterError("That is this register.", where="origin")
    if found.charter.rehearsal and not question.docket.charter.rehearsal:
        raise RegisterError("It is a rehearsal: no authority stands behind it.", where="charter")


def _clearance(question: "Question") -> None:
    agreement = _agreement(question)
    found = _read_clearance(trusted(agreement), question.fields, question.act.at)
    if found.weights != question.fields.get("weights"):
        raise RegisterError(f"It is of the weights {found.weights[:12]}…", where="weights")
    if found.rulebook != stated(agreement).get("rulebook"):
        raise RegisterError("It was given under another law than the agreement names.")
    for each in question.docket.noted("foreign", stated(agreement).get("charter")):
        same = _object(each.memory.get("foreign")).get("entry") == found.entry
        if same and question.docket.state(each, question.act.at) != ENDED:
            raise RegisterError(f"It is before this register already, in {each.id}.")


def _status(question: "Question") -> None:
    agreement = _agreement(question)
    snapshot = _read_status(trusted(agreement), question.fields, question.act.at)
    status = status_at(snapshot, *_place(question))
    if status.name.lower() != question.fields.get("status"):
        raise RegisterError(f"The snapshot says {status.name.lower()}.", where="status")
    if _age(snapshot.issued_at, question.act.at) < -_AHEAD:
        raise RegisterError(f"The snapshot is of {snapshot.issued_at}, which is yet to come.")
    last = _object(question.case.memory.get("foreign")).get("sequence") if question.case else None
    if isinstance(last, int) and snapshot.sequence <= last:
        raise RegisterError(
            f"The snapshot has the number {snapshot.sequence}, and {last} was shown before."
        )


def _serves(question: "Question") -> None:
    agreement = _agreement(question)
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


def _finding(question: "Question") -> None:
    agreement, fields, case = _agreement(question), question.fields, question.case
    foreign = _object(case.memory.get("foreign")) if case else {}
    found = _entry(trusted(agreement), fields, "foreign_finding", question.act.at)
    said = found.act.fields
    if found.act.name != "file-finding" or found.act.case != foreign.get("case"):
        raise RegisterError(
            f"Entry {found.index} is {found.act.type} in {found.act.case}, no finding in "
            f"{foreign.get('case')}."
        )
    area = str(said.get("area"))
    if _object(stated(agreement).get("equivalents")).get(area, area) != fields.get("area"):
        raise RegisterError(f"The finding is in {area}.", where="area")
    if said.get("outcome") != fields.get("outcome"):
        raise RegisterError(f"The finding is {said.get('outcome')}.", where="outcome")


COPIED = (
    *("ground", "weights", "models", "descendants_of", "time", "alternatives"),
    *("unsafe_condition", "likely_in_others", "required_action"),
)
"""What an imported directive says as the other authority said it."""


def _directive(question: "Question") -> None:
    docket, fields, now = question.docket, question.fields, question.act.at
    agreement = docket.cases.get(str(fields.get("agreement")))
    if agreement is None or agreement.kind != AGREEMENT or docket.state(agreement, now) != IN_FORCE:
        raise RegisterError("There is no such agreement in force.", where="agreement")
    told = stated(agreement)
    if told.get("directives") is not True:
        raise RegisterError("The agreement does not accept directives.", where="agreement")
    other = trusted(agreement)
    drafted = _entry(other, fields, "foreign_directive", now)
    issued = _entry(other, fields, "foreign_issue", now)
    if drafted.act.type != "directive.draft":
        raise RegisterError(f"Entry {drafted.index} is {drafted.act.type}.")
    issues = ("directive.issue", "directive.issue-immediately")
    if issued.act.type not in issues or issued.act.case != drafted.act.case:
        raise RegisterError(f"Entry {issued.index} does not issue {drafted.act.case}.")
    said = drafted.act.fields
    area = str(said.get("area"))
    if _object(told.get("equivalents")).get(area, area) != fields.get("area"):
        raise RegisterError(f"The directive is about {area}.", where="area")
    for name in COPIED:
        if said.get(name) != question.act.fields.get(name):
            raise RegisterError("The directive says something else there.", where=name)


def _read_clearance(other: Trusted, fields: Mapping[str, Json], now: str) -> ForeignClearance:
    entry = _entry(other, fields, "foreign_clearance", now)
    return read_clearance(other, entry, "foreign_clearance")


def _read_status(other: Trusted, fields: Mapping[str, Json], now: str) -> StatusSnapshot:
    return read_snapshot(other, _entry(other, fields, "foreign_status", now), "foreign_status")


def _entry(other: Trusted, fields: Mapping[str, Json], name: str, now: str) -> Entry:
    return other.entry(str(fields.get(name)), str(fields.get(f"{name}_proof")), now, name)


def _agreement(question: "Question") -> Case:
    found = concerned(question.docket, question.case, question.act)
    if found is None:
        raise RegisterError("No agreement is named.", where="concerns")
    return found


def _agreement_state(question: "Question") -> str | None:
    found = concerned(question.docket, question.case, question.act)
    return question.docket.state(found, question.act.at) if found else None


def _place(question: "Question") -> tuple[int, int]:
    """Place in the status list and in the log of the clearance that a status is shown of."""
    kept = _object(question.case.memory.get("foreign")) if question.case else {}
    index, entry = kept.get("status_index"), kept.get("entry")
    if isinstance(index, int) and isinstance(entry, int):
        return index, entry
    other = trusted(_agreement(question))
    shown = _read_clearance(other, question.fields, question.act.at)
    return shown.status_index, shown.entry


def _served(question: "Question") -> tuple[str, ...]:
    """The statuses under which the other law has the weights served."""
    kept = _object(question.case.memory.get("foreign")) if question.case else {}
    if "serve" in kept:
        return tuple(str(each) for each in _list(kept["serve"]))
    other = trusted(_agreement(question))
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
        findings = _object(review.memory.get("findings"))
        for area, outcome in _object(review.facts.get("finding")).items():
            if outcome == "acceptable" and _object(findings.get(area)).get("independent") is True:
                found.add(area)
    return found


def _differences(agreement: Case) -> list[Mapping[str, Json]]:
    return [each for each in _list(stated(agreement).get("differences")) if isinstance(each, dict)]


def _hours(agreement: Case) -> int:
    hours = stated(agreement).get("status_hours")
    return hours if isinstance(hours, int) else 0


def _age(issued_at: str, now: str) -> float:
    """Seconds since an instant."""
    return (instant(now) - instant(issued_at)).total_seconds()


def _fault(question: "Question", of: Callable[["Question"], None]) -> str | None:
    """What a procedure finds wrong, in words; None if nothing is."""
    try:
        of(question)
    except HoldshortError as error:
        return f"{error.where}: {error.what}" if error.where else error.what
    return None


def _list(value: Json) -> list[Json]:
    return list(value) if isinstance(value, list | tuple) else []


def _object(value: object) -> Mapping[str, Json]:
    return value if isinstance(value, dict) else {}


def _is_text(value: Json) -> bool:
    return isinstance(value, str) and bool(value.strip())
