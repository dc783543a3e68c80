"""Facts that the docket computes from the record: the ``checks`` of a rulebook.

Each is a fixed procedure over what is on the register. A rulebook may rely on any of them by
name; a name that stands here no procedure for is refused when the docket is made.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from holdshort.docket import (
    agreements,
    changes,
    conformance,
    directives,
    engagement,
    findings,
    imported,
    limitations,
    proficiency,
    qualification,
    recognition,
    special_conditions,
    waivers,
)
from holdshort.docket.conflicts import why_conflicted
from holdshort.docket.drawing import draw_is_witnessed, lot
from holdshort.docket.entitlement import concerned
from holdshort.docket.fields import decimal, is_digest
from holdshort.docket.filings import (
    redactions_grounded,
    reviews_newest_report,
    whole_copy_shared,
)
from holdshort.docket.issue_papers import review_undetermined
from holdshort.docket.lots import commitment
from holdshort.docket.ratings import holder, record
from holdshort.docket.remedies import (
    comparables_named,
    countersigns_petition,
    evidence_independent,
    holder_not_barred,
    lower_rungs_explained,
    no_recent_provisional,
    scope_fits_extent,
    scope_named,
    scope_not_widened,
)
from holdshort.docket.standing import snapshot
from holdshort.docket.state import Case
from holdshort.errors import BadInput, RulebookError
from holdshort.register.act import Act
from holdshort.register.canonical import Json
from holdshort.register.status import StatusSnapshot
from holdshort.rulebook.model import ActRule, Rulebook

if TYPE_CHECKING:
    from holdshort.docket.docket import Docket


@dataclass(frozen=True)
class Question:
    """What a procedure answers about: an act in a case, as the record stands before it."""

    docket: "Docket"
    rule: ActRule
    act: Act
    case: Case | None

    @property
    def book(self) -> Rulebook:
        """The law of the case."""
        return self.docket.law.of(self.case, self.rule.kind, self.act.at)

    @property
    def fields(self) -> Mapping[str, Json]:
        """What the rulebook asks of the act. Anything more that it says decides nothing."""
        return {name: self.act.fields.get(name) for name in self.rule.fields}


def accredited(question: Question) -> bool:
    """The assessor (named, or acting) holds accreditations in force for what the review asks."""
    return _unqualified(question) is None


def unconflicted(question: Question) -> bool:
    """The assessor (named, or acting) has declared no conflict here, and the record shows none."""
    return _conflicted(question) is None


def proficient(question: Question) -> bool:
    """A proficiency test that still counts was passed in every area that the act is about.

    Those are the areas in its field ``scope``, or else those that the accreditation covers.
    """
    return question.case is not None and not _untested(question)


def engaged(question: Question) -> bool:
    """The engagement of the review's assessor has terms, and its conformance is on record."""
    return question.case is not None and engagement.engaged(question.docket, question.case)


def conformance_complete(question: Question) -> bool:
    """The record in the field ``conformance`` fills in a checklist of the book, whole."""
    return not list(_nonconformance(question))


def opens_commitment(question: Question) -> bool:
    """The value revealed is the one that the acting party committed to in this case."""
    value = question.fields.get("value")
    committed = _memory(question.case, "commitments").get(question.act.by)
    return is_digest(value) and commitment(bytes.fromhex(str(value))) == committed


def drawn_by_lot(question: Question) -> bool:
    """The draw in the act is the one that the record gives, and its winner is the one named."""
    if question.case is None:
        return False
    drawn = lot(question.docket, question.case, question.act.at)
    return (
        drawn is not None
        and question.fields.get("assessor") == drawn.winner
        and question.fields.get("draw") == drawn.to_json()
    )


def draw_witnessed(question: Question) -> bool:
    """The checkpoint in the act is signed, cosigned, and continues the root of the draw."""
    return question.case is not None and draw_is_witnessed(
        question.docket, question.case, question.fields
    )


def reveals_made(question: Question) -> bool:
    """No other draw waits for a value that the acting party has committed to.

    So nobody who dislikes a winner leaves the draw standing and takes other weights to another.
    """
    return not any(
        "authority" in revealed and "developer" not in revealed
        for case in question.docket.noted("reveal owed", question.act.by)
        if (revealed := _memory(case, "revealed"))
    )


def rating_true(question: Question) -> bool:
    """The numbers in the act are those that the record gives of the assessor."""
    docket = question.docket
    party = holder(docket, concerned(docket, question.case, question.act))
    if party is None:
        return False
    found = record(docket, party, question.act.at).to_fields()
    return all(question.fields.get(name) == value for name, value in found.items())


def answers_complete(question: Question) -> bool:
    """A finding is stated for each planted model in each area that is tested, and no other."""
    planted = _memory(question.case, "planted")
    answers = question.fields.get("answers")
    return proficiency.complete(answers, planted.get("models"), planted.get("plan"))


def plan_can_be_tested(question: Question) -> bool:
    """Each area of the plan is one of the law, with a threshold and a zone inside 0 and 1."""
    plan, models = question.fields.get("plan"), question.fields.get("models")
    names = [str(each) for each in _list(models)]
    return (
        isinstance(plan, dict)
        and bool(plan)
        and 0 < len(set(names)) == len(names)
        and all(area in question.book.areas and _within(plan[area]) for area in plan)
    )


def score_true(question: Question) -> bool:
    """The table is the one committed to, of the models named, and the score follows from it."""
    case, said = question.case, question.fields
    planted = _memory(case, "planted")
    table = said.get("truth")
    percent = question.book.values.get("proficiency_percent")
    dated = percent.on(case.basis) if percent and case else None
    if dated is None or case is None or not isinstance(table, dict):
        return False
    if not proficiency.opens(table, said.get("nonce"), planted.get("commitment")):
        return False
    true = proficiency.result(table, case.memory.get("answers"), planted.get("plan"), dated.value)
    return (
        true is not None
        and sorted(table) == sorted(str(each) for each in _list(planted.get("models")))
        and said.get("score") == true.to_fields()["score"]
        and sorted(map(str, _list(said.get("passed")))) == sorted(true.passed)
    )


def winner_can_serve(question: Question) -> bool:
    """The assessor that the lot draws is accredited and unconflicted, or may well be again.

    What others do to it in a day, without a hearing, loses it no draw: neither the registrar, who
    suspends a party, nor the accreditor, who suspends an accreditation at once.
    """
    docket, case, now = question.docket, question.case, question.act.at
    drawn = lot(docket, case, now) if case else None
    if case is None or drawn is None or why_conflicted(docket, case, drawn.winner):
        return False
    return qualification.qualified(docket, drawn.winner, case, now, paused=True)


def earlier_reviews_cleared(question: Question) -> bool:
    """Every earlier review of these weights led to a clearance, or was set aside by the law.

    None will do too, and so will a model of which no weights are stated.

    So nobody takes weights that were not cleared, or not yet, to another draw and another test,
    while weights that are in service can always be reviewed again.
    """
    weights = question.fields.get("weights")
    return weights is None or all(
        "clearance" in case.memory or "set_aside" in case.memory
        for case in question.docket.noted("weights", weights)
        if case.kind == question.rule.kind and case.memory.get("weights") == weights
    )


def protocol_covers_areas(question: Question) -> bool:
    """The protocol names every area of the law once, with a test that can be carried out.

    Every plan has a threshold and an indifference zone around it, an error rate, and a least and a
    largest number of items; the areas' error rates add up to the total at most.
    """
    protocol = question.fields.get("protocol")
    if not isinstance(protocol, dict):
        return False
    plans = list(findings.plans(protocol))
    rules = ("stopping_rule", "finding_rule", "correction", "item_seed_commitment")
    total = decimal(protocol.get("total_error_rate"))
    rates = [decimal(plan.get("error_rate")) for plan in plans]
    return (
        sorted(str(plan.get("area")) for plan in plans) == sorted(question.book.areas)
        and all(isinstance(protocol.get(rule), str) for rule in rules)
        and protocol.get("item_seed_commitment") == question.fields.get("commitment")
        and all(_can_be_tested(plan) for plan in plans)
        and total is not None
        and 0 < total < 1
        and sum(Fraction(rate or 1) for rate in rates) <= total
    )


def protocol_binds_model(question: Question) -> bool:
    """The protocol names the weights that were declared (or none, if none were)."""
    protocol = question.fields.get("protocol")
    declared = question.case.memory.get("weights") if question.case else None
    return isinstance(protocol, dict) and protocol.get("model_digest") == declared


def finding_follows_protocol(question: Question) -> bool:
    """The finding was tested against the locked plan, and follows from it by the plan's rule.

    See `holdshort.docket.findings`.
    """
    fields = question.fields
    locked = question.case.memory.get("protocol") if question.case else None
    return findings.follows(fields.get("statistics"), locked, fields)


def inputs_complete(question: Question) -> bool:
    """The determination's inputs are exactly the entries of the findings on record."""
    filed = _memory(question.case, "findings").values()
    entries = sorted(int(str(found["entry"])) for found in filed if isinstance(found, dict))
    return bool(entries) and question.fields.get("inputs") == entries


def snapshot_true(question: Question) -> bool:
    """The snapshot is the one that follows from the record."""
    try:
        stated = StatusSnapshot.from_fields(question.act.fields)  # a gate reads it whole, too
    except BadInput:
        return False
    return stated == snapshot(question.docket, question.act.at)


Procedure = Callable[[Question], bool]

CHECKS: Mapping[str, Procedure] = {
    procedure.__name__: procedure
    for procedure in (
        accredited,
        unconflicted,
        proficient,
        engaged,
        conformance_complete,
        opens_commitment,
        draw_witnessed,
        reveals_made,
        rating_true,
        plan_can_be_tested,
        answers_complete,
        score_true,
        drawn_by_lot,
        winner_can_serve,
        earlier_reviews_cleared,
        protocol_covers_areas,
        protocol_binds_model,
        finding_follows_protocol,
        inputs_complete,
        redactions_grounded,
        whole_copy_shared,
        reviews_newest_report,
        evidence_independent,
        lower_rungs_explained,
        comparables_named,
        countersigns_petition,
        no_recent_provisional,
        holder_not_barred,
        directives.directive_grounded,
        directives.applicability_stated,
        directives.successor_stands,
        directives.directive_applies,
        directives.directive_in_force,
        directives.time_as_directed,
        directives.alternative_allowed,
        directives.directive_ended,
        special_conditions.no_condition_pending,
        special_conditions.conditions_named,
        special_conditions.proposed_in_time,
        special_conditions.comments_over,
        review_undetermined,
        waivers.waivable,
        waivers.waivers_do_not_chain,
        agreements.foreign_charter_pinned,
        agreements.differences_stated,
        agreements.agreement_in_force,
        agreements.agreement_stands,
        agreements.agreement_ended,
        agreements.foreign_log_forked,
        recognition.foreign_clearance_valid,
        recognition.foreign_status_true,
        recognition.foreign_status_serves,
        recognition.foreign_status_recent,
        recognition.declared_here,
        recognition.nothing_found_here,
        recognition.differences_answered,
        recognition.gaps_tested,
        imported.foreign_finding_true,
        imported.foreign_directive_true,
        scope_fits_extent,
        scope_named,
        scope_not_widened,
        limitations.limitations_as_declared,
        limitations.limitations_not_harder,
        changes.base_holds,
        changes.layered_on_base,
        changes.own_base,
        changes.weights_not_refused,
        changes.light_results_complete,
        changes.light_results_at_most,
        changes.protocol_as_base,
        changes.reference_valid,
        changes.own_review_holds,
        snapshot_true,
    )
}


def computable(book: Rulebook, checks: Mapping[str, Procedure]) -> None:
    """Refuse a book that relies on a check that no procedure computes.

    Raises:
        RulebookError: says which, and where the book names it.
    """
    for check in book.checks.values():
        if check.id not in checks:
            raise RulebookError(
                f"No procedure computes the check {check.id!r}.",
                where=check.clause.where,
                do=f"Known: {', '.join(checks)}.",
            )


def is_accredited(docket: "Docket", party: str, now: str, review: Case | None = None) -> bool:
    """Whether ``party`` holds accreditations in force for all that a review asks.

    Areas × methods × access tier: see `holdshort.docket.qualification`.
    """
    return qualification.qualified(docket, party, review, now)


def independent(docket: "Docket", case: Case, party: str, now: str) -> bool:
    """Whether ``party`` is accredited, and has declared its interests here and no conflict."""
    return why_conflicted(docket, case, party) is None and is_accredited(docket, party, now, case)


def _assessor(question: Question) -> str:
    named = question.fields.get("assessor")
    return named if isinstance(named, str) else question.act.by


def _unqualified(question: Question) -> str | None:
    who, now = _assessor(question), question.act.at
    return qualification.why_unqualified(question.docket, who, question.case, now)


def _conflicted(question: Question) -> str | None:
    if question.case is None:
        return "There is no case in which interests could be declared."
    return why_conflicted(question.docket, question.case, _assessor(question))


def _untested(question: Question) -> list[str]:
    case = question.case
    stated = question.fields.get("scope")
    asked = stated if isinstance(stated, list) else case.facts.get("scope") if case else None
    areas = [str(area) for area in asked] if isinstance(asked, list | tuple) else []
    if case is None:
        return areas
    return qualification.unproven(question.docket, case, areas, question.act.at)


def _untested_in_words(question: Question) -> str | None:
    areas = _untested(question)
    return f"No test that still counts was passed in {', '.join(areas)}." if areas else None


def _nonconformance(question: Question) -> Iterator[str]:
    return conformance.faults(question.fields.get("conformance"), question.book.checklists)


def _memory(case: Case | None, name: str) -> Mapping[str, Json]:
    value = case.memory.get(name) if case else None
    return value if isinstance(value, dict) else {}


def _list(value: Json) -> Sequence[Json]:
    return value if isinstance(value, list) else ()


def _within(limits: Json) -> bool:
    stated = limits if isinstance(limits, dict) else {}
    threshold, zone = (decimal(stated.get(name)) for name in ("threshold", "zone"))
    if threshold is None or zone is None:
        return False
    return threshold - zone > 0 and threshold + zone < 1


def _can_be_tested(plan: Mapping[str, Json]) -> bool:
    numbers = (decimal(plan.get(name)) for name in ("threshold", "zone"))
    least, most = findings.count(plan.get("min_items")), findings.count(plan.get("max_items"))
    return all(number is not None for number in numbers) and 0 < least <= most


def _nonconforming(question: Question) -> str | None:
    return " ".join(_nonconformance(question)) or None


def _unengaged(question: Question) -> str | None:
    case = question.case
    return engagement.why_not_engaged(question.docket, case) if case else None


EXPLANATIONS: Mapping[str, Callable[[Question], str | None]] = {
    "accredited": _unqualified,
    "unconflicted": _conflicted,
    "proficient": _untested_in_words,
    "engaged": _unengaged,
    "directive_applies": directives.why_not_served,
    "base_holds": changes.why_base_does_not_hold,
    "reference_valid": changes.why_reference_invalid,
    "weights_not_refused": changes.why_weights_refused,
    "light_results_at_most": changes.why_light_results_exceed,
    "no_condition_pending": special_conditions.why_pending,
    "conditions_named": special_conditions.why_not_named,
    "waivable": waivers.why_not_waivable,
    "foreign_charter_pinned": agreements.why_not_pinned,
    "foreign_clearance_valid": recognition.why_clearance_not_valid,
    "foreign_status_true": recognition.why_status_not_true,
    "foreign_status_serves": recognition.why_status_does_not_serve,
    "gaps_tested": recognition.why_not_tested,
    "foreign_finding_true": imported.why_finding_not_true,
    "foreign_directive_true": imported.why_directive_not_true,
    "conformance_complete": _nonconforming,
}
"""What a check found that it answered with no, in words, for the refusal."""
