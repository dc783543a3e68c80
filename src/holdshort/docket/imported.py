"""What is imported from another authority's register beside its clearances: findings, directives.

Who filed a finding there, or issued a directive, its own register has judged when it entered the
act. Here it counts by standing in that log. Rules kept here:

- An imported finding never stands among the findings made here. It fills a gap only where the
  agreement takes it for enough; one that is unacceptable stands in the way wherever it is.
- An imported directive says what it says there, word for word, and goes the way of every other one.
"""

from typing import TYPE_CHECKING

from holdshort.docket.agreements import (
    AGREEMENT,
    IN_FORCE,
    agreement_of,
    fault,
    members,
    shown,
    trusted,
)
from holdshort.docket.directives import stated
from holdshort.docket.state import Case
from holdshort.errors import RegisterError
from holdshort.register.entry import Entry
from holdshort.rulebook.model import ActRule

if TYPE_CHECKING:
    from holdshort.docket.checks import Question
    from holdshort.docket.docket import Docket

COPIED = (
    *("ground", "weights", "models", "descendants_of", "time", "alternatives"),
    *("unsafe_condition", "likely_in_others", "required_action"),
)
"""What an imported directive says as the other authority said it."""


def foreign_finding_true(question: "Question") -> bool:
    """The finding stands in the agreement's log, in the case of the clearance, as it is stated."""
    return why_finding_not_true(question) is None


def why_finding_not_true(question: "Question") -> str | None:
    """What does not hold of an imported finding."""
    return fault(question, _finding)


def foreign_directive_true(question: "Question") -> bool:
    """The directive was drafted and issued in the log of an agreement that accepts directives."""
    return why_directive_not_true(question) is None


def why_directive_not_true(question: "Question") -> str | None:
    """What does not hold of an imported directive."""
    return fault(question, _directive)


def remember_finding(docket: "Docket", case: Case, rule: ActRule, entry: Entry) -> None:
    """An imported finding, under its area: it never stands among the findings made here."""
    fields, at = entry.act.fields, entry.act.at
    found = shown(trusted(docket.cases[str(case.concerns)]), fields, "foreign_finding", at)
    kept = members(case.memory.get("imported_findings"))
    said = {
        "imported": True,
        "outcome": fields["outcome"],
        "entry": entry.index,
        "foreign_entry": found.index,
        "statistics": found.act.fields.get("statistics"),
        "evidence": found.act.fields.get("evidence"),
    }
    case.memory["imported_findings"] = {**kept, str(fields["area"]): said}


def _finding(question: "Question") -> None:
    agreement, fields, case = agreement_of(question), question.fields, question.case
    foreign = members(case.memory.get("foreign")) if case else {}
    found = shown(trusted(agreement), fields, "foreign_finding", question.act.at)
    said = found.act.fields
    if found.act.name != "file-finding" or found.act.case != foreign.get("case"):
        raise RegisterError(
            f"Entry {found.index} is {found.act.type} in {found.act.case}, no finding in "
            f"{foreign.get('case')}."
        )
    area = str(said.get("area"))
    if members(stated(agreement).get("equivalents")).get(area, area) != fields.get("area"):
        raise RegisterError(f"The finding is in {area}.", where="area")
    if said.get("outcome") != fields.get("outcome"):
        raise RegisterError(f"The finding is {said.get('outcome')}.", where="outcome")


def _directive(question: "Question") -> None:
    docket, fields, now = question.docket, question.fields, question.act.at
    agreement = docket.cases.get(str(fields.get("agreement")))
    if agreement is None or agreement.kind != AGREEMENT or docket.state(agreement, now) != IN_FORCE:
        raise RegisterError("There is no such agreement in force.", where="agreement")
    told = stated(agreement)
    if told.get("directives") is not True:
        raise RegisterError("The agreement does not accept directives.", where="agreement")
    other = trusted(agreement)
    drafted = shown(other, fields, "foreign_directive", now)
    issued = shown(other, fields, "foreign_issue", now)
    if drafted.act.type != "directive.draft":
        raise RegisterError(f"Entry {drafted.index} is {drafted.act.type}.")
    issues = ("directive.issue", "directive.issue-immediately")
    if issued.act.type not in issues or issued.act.case != drafted.act.case:
        raise RegisterError(f"Entry {issued.index} does not issue {drafted.act.case}.")
    said = drafted.act.fields
    area = str(said.get("area"))
    if members(told.get("equivalents")).get(area, area) != fields.get("area"):
        raise RegisterError(f"The directive is about {area}.", where="area")
    for name in COPIED:
        if said.get(name) != question.act.fields.get(name):
            raise RegisterError("The directive says something else there.", where=name)
