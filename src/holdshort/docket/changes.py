"""Changes of a cleared model, and what is held against a model that is cleared: checks and effects.

They are procedures that a rulebook may name (`holdshort.docket.checks`). Which criteria make which
class of change, and what each class asks for, the book says; here is only how the record answers.

A case that concerns a review builds upon it: that review is the *base*. Rules kept here:

- Nothing builds upon a base whose model may not be served.
- Nobody takes weights that were found wanting, or that are under review, to this shorter way.
- Light results are numbers; what came of them nobody states.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from holdshort.docket import findings
from holdshort.docket.entitlement import concerned
from holdshort.docket.fields import decimal
from holdshort.docket.law import values_on
from holdshort.docket.standing import status_of
from holdshort.docket.state import Case
from holdshort.register.canonical import Json
from holdshort.register.status import Status
from holdshort.rulebook.model import Rulebook

if TYPE_CHECKING:
    from holdshort.docket.checks import Question

REVIEW = "review"
MARGIN = "light_margin"
"""The value of a book by which a light benchmark may exceed that of the model held against."""
ITEMS = ("min_items", "max_items")
"""What a plan for a change may set anew; all else in it is the yardstick."""


def base_of(question: "Question") -> Case | None:
    """The review that the case, or the act that opens it, builds upon."""
    return concerned(question.docket, question.case, question.act)


def base_holds(question: "Question") -> bool:
    """The base holds a clearance under which its model may be served now."""
    return why_base_does_not_hold(question) is None


def why_base_does_not_hold(question: "Question") -> str | None:
    """Why nothing can build upon the base, in words; None if it can."""
    base = base_of(question)
    if base is None:
        return "There is no such review."
    status = status_of(question.docket, base, question.act.at).name.lower()
    if status in base.book.gate.serve:
        return None
    return f"The clearance of {base.id} is {status}."


def layered_on_base(question: "Question") -> bool:
    """The weights of the base are known, are among the parents stated, and are not these."""
    base = base_of(question)
    weights = base.memory.get("weights") if base else None
    parents = question.fields.get("parents")
    return (
        isinstance(weights, str)
        and isinstance(parents, list)
        and weights in parents
        and question.fields.get("weights") != weights
    )


def own_base(question: "Question") -> bool:
    """The acting party holds the base."""
    base = base_of(question)
    return base is not None and base.bound.get("holder") == question.act.by


def weights_not_refused(question: "Question") -> bool:
    """Nothing stands against these weights on the record: see :func:`why_weights_refused`."""
    return why_weights_refused(question) is None


def why_weights_refused(question: "Question") -> str | None:
    """The case in which these weights wait for a clearance, or were found wanting; in words.

    Of a review it is enough that it was declared and led to no clearance. Another case counts once
    something was found in it: nobody blocks another's change by filing its weights first.
    """
    docket, weights = question.docket, question.fields.get("weights")
    for case in docket.noted("weights", weights):
        cleared = "clearance" in case.memory or "set_aside" in case.memory
        counts = case.kind == REVIEW or "findings" in case.memory or "wanting" in case.memory
        if case.memory.get("weights") == weights and counts and not cleared:
            state = docket.state(case, question.act.at)
            return f"They are those of {case.id}, which is {state} without a clearance."
    return None


def light_results_complete(question: "Question") -> bool:
    """There is a share for either model in every area of the law, and in nothing else."""
    return _light(question.fields.get("results"), question.book) is not None


def light_results_at_most(question: "Question") -> bool:
    """In no area the model solves more than the other, beyond the margin of the law."""
    return not list(_exceeding(question))


def why_light_results_exceed(question: "Question") -> str | None:
    """The areas in which it solves more, in words; None if there is none."""
    areas = list(_exceeding(question))
    return f"It solves more in {', '.join(areas)}." if areas else None


def protocol_as_base(question: "Question") -> bool:
    """The protocol tests the affected areas, and only them, by the yardstick of the base."""
    case, base = question.case, base_of(question)
    if case is None or base is None:
        return False
    locked = {plan.get("area"): plan for plan in findings.plans(base.memory.get("protocol"))}
    plans = list(findings.plans(question.fields.get("protocol")))
    affected = case.facts.get("affected")
    wanted = sorted(map(str, affected)) if isinstance(affected, list | tuple) else []
    protocol = question.fields.get("protocol")
    rules = ("stopping_rule", "finding_rule", "elicitation")
    before = base.memory.get("protocol")
    return (
        isinstance(protocol, dict)
        and isinstance(before, dict)
        and sorted(str(plan.get("area")) for plan in plans) == wanted
        and all(protocol.get(rule) == before.get(rule) for rule in rules)
        and protocol.get("item_seed_commitment") == question.fields.get("commitment")
        and all(_same_yardstick(plan, locked.get(plan.get("area"), {})) for plan in plans)
    )


def reference_valid(question: "Question") -> bool:
    """The base holds a valid clearance, and is of other weights."""
    return why_reference_invalid(question) is None


def why_reference_invalid(question: "Question") -> str | None:
    """Why the base can be no reference, in words; None if it can."""
    base = base_of(question)
    if base is None:
        return "There is no such review."
    weights = _weights(question)
    if weights is not None and base.memory.get("weights") == weights:
        return f"{base.id} is of these very weights."
    status = status_of(question.docket, base, question.act.at)
    if status is Status.VALID:
        return None
    return f"The clearance of {base.id} is {status.name.lower()}."


def own_review_holds(question: "Question") -> bool:
    """A review of the very weights of the case holds a clearance under which they may be served."""
    docket, weights = question.docket, _weights(question)
    return weights is not None and any(
        status_of(docket, case, question.act.at).name.lower() in case.book.gate.serve
        for case in docket.noted("weights", weights)
        if case.kind == REVIEW and case.memory.get("weights") == weights
    )


def _weights(question: "Question") -> Json:
    """The weights of the case, or those that the act which opens it names."""
    kept = question.case.memory.get("weights") if question.case else None
    return kept or question.fields.get("weights")


def _same_yardstick(plan: Mapping[str, Json], locked: Mapping[str, Json]) -> bool:
    """The same suite, threshold, zone and error rate, and no fewer items at the least."""
    least, most = findings.count(plan.get("min_items")), findings.count(plan.get("max_items"))
    return (
        bool(locked)
        and {name: each for name, each in plan.items() if name not in ITEMS}
        == {name: each for name, each in locked.items() if name not in ITEMS}
        and 0 < least <= most
        and least >= findings.count(locked.get("min_items"))
    )


def _exceeding(question: "Question") -> Iterator[str]:
    found = _light(question.fields.get("results"), question.book)
    day = question.case.basis if question.case else None
    margin = values_on(question.book, day).get(MARGIN, 0) if day else 0
    if found is None:
        yield from question.book.areas
        return
    for area, (model, reference) in found.items():
        if model > reference + Decimal(str(margin)):
            yield area


def _light(results: Json, book: Rulebook) -> dict[str, tuple[Decimal, Decimal]] | None:
    """``{area: {"model": "0.1", "reference": "0.2"}}`` read; None if that is not what it is."""
    if not isinstance(results, dict) or set(results) != set(book.areas):
        return None
    found = {}
    for area, each in results.items():
        told = each if isinstance(each, dict) else {}
        model, reference = decimal(told.get("model")), decimal(told.get("reference"))
        if model is None or reference is None or model > 1 or reference > 1:
            return None
        found[area] = (model, reference)
    return found
