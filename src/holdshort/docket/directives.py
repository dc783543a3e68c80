"""Safety directives: to whom they apply, who was served, who has complied, who is late.

To what a directive applies is computed from the record, never chosen: from the digest of a model's
weights, from its name, or from its descent as its developer declared it. So the list of whom a
directive concerns is complete whether or not anybody was served (`affected`).

What kinds of case these are, and what may be done in them, the rulebook says. Here is read

- of a case of the kind ``directive``, what the act `draft` stated (effect ``record``);
- of a case of the kind ``compliance``, which directive its opening act named.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from holdshort.docket.fields import is_digest
from holdshort.docket.standing import same_weights
from holdshort.docket.state import Case, Lapse
from holdshort.register.canonical import Json

if TYPE_CHECKING:
    from holdshort.docket.checks import Question
    from holdshort.docket.docket import Docket

DIRECTIVE = "directive"
COMPLIANCE = "compliance"
REVIEW = "review"
STANDING = ("issued", "provisional", "in_force")
"""States of a directive that says something to somebody."""
IN_FORCE = ("provisional", "in_force")
"""States in which a court has put it in force."""
ENDED = ("superseded", "withdrawn")
ANSWERED = ("complied", "alternative", "closed")
"""States of a case of compliance in which nothing is asked any more."""


@dataclass(frozen=True)
class Affected:
    """A clearance to which a directive applies, and how far its holder has come.

    ``state`` is that of the newest case of compliance, ``not served`` without one; ``until`` what
    lapses in it by itself.
    """

    review: str
    holder: str
    model: str
    because: str
    served: str | None
    state: str
    acknowledged: bool
    until: Lapse | None

    @property
    def late(self) -> bool:
        """Whether its time is over without compliance."""
        return self.state == "overdue"

    @property
    def complied(self) -> bool:
        """Whether what is required is done, or met by other means."""
        return self.state in ("complied", "alternative")


def stated(case: Case | None) -> Mapping[str, Json]:
    """What the act that opened a case said, as far as it was put down; empty if it was not."""
    kept = case.memory.get("recorded") if case else None
    opening = kept.get(case.steps[0].act) if case and isinstance(kept, dict) else None
    first = opening[0] if isinstance(opening, list) and opening else None
    fields = first.get("fields") if isinstance(first, dict) else None
    return fields if isinstance(fields, dict) else {}


def directive_of(docket: "Docket", case: Case | None) -> Case | None:
    """The directive that a case of compliance is about."""
    return _named(docket, stated(case).get("directive"))


def why_applies(docket: "Docket", directive: Case, review: Case) -> str | None:
    """Why a directive applies to a model, in words; None if it does not."""
    told = stated(directive)
    weights = review.memory.get("weights")
    if isinstance(weights, str) and weights in _list(told.get("weights")):
        return "by its weights"
    names = dict.fromkeys(str(each.memory.get("model")) for each in same_weights(docket, review))
    for each in _list(told.get("models")):
        model = next((m for m in names if isinstance(each, dict) and _is_model(m, each)), None)
        if model:
            return f"by its name, {model}"
    ancestors = _list(told.get("descendants_of"))
    found = next((each for each in lineage(docket, review) if each in ancestors), None)
    return f"by descent from {found[:12]}…" if found else None


def lineage(docket: "Docket", review: Case) -> list[str]:
    """Digests of all weights from which a model descends, nearest first, as they were declared."""
    found: dict[str, None] = {}
    declared = [case.memory.get("parents") for case in same_weights(docket, review)]
    waiting = [str(each) for parents in declared for each in _list(parents)]
    while waiting:
        digest = waiting.pop(0)
        if digest in found:
            continue
        found[digest] = None
        for case in docket.noted("weights", digest):
            if case.memory.get("weights") == digest:
                waiting += [str(each) for each in _list(case.memory.get("parents"))]
    return list(found)


def affected(docket: "Docket", directive: Case, now: str) -> list[Affected]:
    """Every clearance to which a directive applies, served or not, in the order of issue."""
    found = []
    for id_ in dict.fromkeys(each.case for each in docket.clearances):
        review = docket.cases[id_]
        because = why_applies(docket, directive, review)
        served = list(_served(docket, directive, review))
        if because is None and not served:
            continue
        last = served[-1] if served else None
        state = docket.state(last, now) if last else "not served"
        runs = last.lapse if last and last.lapse and now < last.lapse.at else None
        found.append(
            Affected(
                review.id,
                review.bound.get("holder", ""),
                str(review.memory.get("model")),
                because or "as it was served",
                last.id if last else None,
                state,
                bool(last and last.facts.get("acknowledged")),
                runs,
            )
        )
    return found


# ---------------------------------------------------------------------- checks


def directive_grounded(question: "Question") -> bool:
    """The record named shows the unsafe condition: an unacceptable finding, or an incident.

    A finding counts if its assessor was accredited and unconflicted then; an incident if its
    developer has reported it.
    """
    fields = question.fields
    case = _named(question.docket, fields.get("record"), kind=None)
    if case is None:
        return False
    if fields.get("ground") == "incident":
        return case.kind == "incident" and any(
            step.act in ("report", "report-noted") for step in case.steps
        )
    area = str(fields.get("area"))
    outcomes, findings = case.facts.get("finding"), case.memory.get("findings")
    found = findings.get(area) if isinstance(findings, dict) else None
    return (
        isinstance(outcomes, dict)
        and outcomes.get(area) == "unacceptable"
        and isinstance(found, dict)
        and found.get("independent") is True
    )


def applicability_stated(question: "Question") -> bool:
    """It names digests, and models with their versions; one at least, and each in its form."""
    fields = question.fields
    digests = [*_list(fields.get("weights")), *_list(fields.get("descendants_of"))]
    models = _list(fields.get("models"))
    former = fields.get("supersedes")
    return (
        bool(digests or models)
        and all(is_digest(each) for each in digests)
        and all(_names_model(each) for each in models)
        and (former is None or _named(question.docket, former) is not None)
    )


def successor_stands(question: "Question") -> bool:
    """The successor is issued or in force, and says that it takes the place of this one."""
    successor = _named(question.docket, question.fields.get("successor"))
    return (
        successor is not None
        and question.case is not None
        and question.docket.state(successor, question.act.at) in STANDING
        and stated(successor).get("supersedes") == question.case.id
    )


def directive_applies(question: "Question") -> bool:
    """It stands, applies to the model concerned, which holds a clearance, and is not served yet."""
    return why_not_served(question) is None


def why_not_served(question: "Question") -> str | None:
    """Why a directive cannot be served on a review, in words; None if it can be."""
    docket, now = question.docket, question.act.at
    directive = _named(docket, question.fields.get("directive"))
    review = docket.cases.get(str(question.fields.get("concerns")))
    if directive is None or review is None:
        return "No such directive is on the register."
    if (state := docket.state(directive, now)) not in STANDING:
        return f"{directive.id} is {state}."
    if not any("clearance" in each.memory for each in same_weights(docket, review)):
        return f"{review.id} holds no clearance."
    if why_applies(docket, directive, review) is None:
        return f"{directive.id} does not apply to {review.memory.get('model')}."
    open_ = [c for c in _served(docket, directive, review) if docket.state(c, now) not in ANSWERED]
    return f"It is served on it already, as {open_[-1].id}." if open_ else None


def directive_in_force(question: "Question") -> bool:
    """A court has put the directive in force, and it still is."""
    directive = directive_of(question.docket, question.case)
    return directive is not None and question.docket.state(directive, question.act.at) in IN_FORCE


def time_as_directed(question: "Question") -> bool:
    """The act gives the time that the directive states."""
    within = question.rule.expires.within if question.rule.expires else None
    told = stated(directive_of(question.docket, question.case)).get("time")
    return within is not None and told == f"{within.number}-{within.unit}"


def alternative_allowed(question: "Question") -> bool:
    """The directive allows other means of compliance."""
    return stated(directive_of(question.docket, question.case)).get("alternatives") is True


def directive_ended(question: "Question") -> bool:
    """Nothing rests on the directive: it has ended, or is in force no more where it was.

    A case in which a court has ordered something rests on a directive in force; one in which
    nothing was ordered yet, on one that stands.
    """
    docket, case = question.docket, question.case
    directive = directive_of(docket, case)
    if directive is None or case is None:
        return False
    state = docket.state(directive, question.act.at)
    ordered = docket.state(case, question.act.at) in (
        *("provisional", "continued", "ordered", "overdue", "stayed"),
    )
    return state in ENDED or (ordered and state not in IN_FORCE)


# ---------------------------------------------------------------------- reading


def _served(docket: "Docket", directive: Case, review: Case) -> Iterator[Case]:
    """The cases in which a directive was served on a clearance, in their order.

    On one that rests on a foreign one: in the review in which the same weights were declared.
    """
    same = [review] if review.kind == REVIEW else same_weights(docket, review)
    for id_ in (each for case in same for each in case.concerned_by):
        case = docket.cases[id_]
        if case.kind == COMPLIANCE and stated(case).get("directive") == directive.id:
            yield case


def _named(docket: "Docket", id_: Json, kind: str | None = DIRECTIVE) -> Case | None:
    case = docket.cases.get(id_) if isinstance(id_, str) else None
    return case if case and kind in (None, case.kind) else None


def _names_model(value: Json) -> bool:
    """``{"model": NAME, "versions": [VERSION, …]}``; without versions, all of them."""
    return (
        isinstance(value, dict)
        and isinstance(value.get("model"), str)
        and bool(str(value["model"]).strip())
        and set(value) <= {"model", "versions"}
        and all(isinstance(each, str) and each for each in _list(value.get("versions", [])))
        and isinstance(value.get("versions", []), list)
    )


def _is_model(declared: str, named: Mapping[str, Json]) -> bool:
    """Whether a model as it was declared, ``NAME`` or ``NAME VERSION``, is one of those named."""
    name, versions = str(named.get("model")), [str(each) for each in _list(named.get("versions"))]
    if not versions:
        return declared == name or declared.startswith(f"{name} ")
    return any(declared == f"{name} {version}" for version in versions)


def _list(value: Json) -> list[Json]:
    return list(value) if isinstance(value, list | tuple) else []
