"""Facts that the docket computes from the record: the ``checks`` of a rulebook.

Each is a fixed procedure over what is on the register. A rulebook may rely on any of them by
name; a name that stands here no procedure for is refused when the docket is made.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from holdshort.docket.fields import decimal, is_digest
from holdshort.docket.lots import Draw, commitment, draw
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
    """The assessor (named, or acting) holds an accreditation in force for every area."""
    return is_accredited(question.docket, _assessor(question), question.act.at)


def unconflicted(question: Question) -> bool:
    """The assessor (named, or acting) has declared its interests here, and no conflict."""
    interests = _memory(question.case, "interests")
    declared = interests.get(_assessor(question))
    return isinstance(declared, dict) and declared.get("conflict") is False


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


def winner_can_serve(question: Question) -> bool:
    """The assessor that the lot draws is still enrolled, accredited and unconflicted."""
    if question.case is None:
        return False
    drawn = lot(question.docket, question.case, question.act.at)
    serving = pool(question.docket, question.case, question.act.at)
    return drawn is not None and drawn.winner in serving


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
    plans = list(_plans(protocol))
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
    """The finding was tested against the locked plan, and its outcome follows from its numbers.

    Rule ``capability-threshold/v1``: evidence of 1/error rate against "at or above the zone" is
    *acceptable*, against "at or below the zone" *unacceptable*, neither before the plan's least
    number of items; neither of them after the last item of the plan is *inconclusive*. No test goes
    on after that item.
    """
    fields = question.fields
    statistics = fields.get("statistics")
    locked = question.case.memory.get("protocol") if question.case else None
    if not isinstance(statistics, dict) or not isinstance(locked, dict):
        return False
    plan = next((p for p in _plans(locked) if p.get("area") == fields.get("area")), None)
    if plan is None or statistics.get("area") != fields.get("area"):
        return False
    if any(statistics.get(name) != plan.get(name) for name in ("threshold", "zone", "error_rate")):
        return False
    return statistics.get("outcome") == fields.get("outcome") == _outcome(statistics, plan)


def inputs_complete(question: Question) -> bool:
    """The determination's inputs are exactly the entries of the findings on record."""
    findings = _memory(question.case, "findings").values()
    entries = sorted(int(str(found["entry"])) for found in findings if isinstance(found, dict))
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
        opens_commitment,
        drawn_by_lot,
        winner_can_serve,
        earlier_reviews_cleared,
        protocol_covers_areas,
        protocol_binds_model,
        finding_follows_protocol,
        inputs_complete,
        evidence_independent,
        lower_rungs_explained,
        comparables_named,
        countersigns_petition,
        no_recent_provisional,
        holder_not_barred,
        scope_fits_extent,
        scope_named,
        scope_not_widened,
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


def is_accredited(docket: "Docket", party: str, now: str) -> bool:
    """Whether an accreditation of ``party`` is in force for every area of the law."""
    granted: set[object] = set()
    for case in docket.cases.values():
        if (
            case.kind == "accreditation"
            and case.bound.get("holder") == party
            and docket.state(case, now) == "granted"
        ):
            scope = case.facts.get("scope")
            granted.update(scope if isinstance(scope, list | tuple) else ())
    return granted >= set(docket.law.at(now).areas)


def independent(docket: "Docket", case: Case, party: str, now: str) -> bool:
    """Whether ``party`` is accredited, and has declared its interests here and no conflict."""
    declared = _memory(case, "interests").get(party)
    unconflicted_ = isinstance(declared, dict) and declared.get("conflict") is False
    return unconflicted_ and is_accredited(docket, party, now)


def pool(docket: "Docket", case: Case, now: str) -> list[str]:
    """Assessors that may serve: enrolled, accredited, interests declared, no conflict."""
    interests = _memory(case, "interests")
    return sorted(
        party.id
        for party in docket.parties.values()
        if party.role == "assessor"
        and not party.suspended
        and isinstance(declared := interests.get(party.id), dict)
        and declared.get("conflict") is False
        and is_accredited(docket, party.id, now)
    )


def lot(docket: "Docket", case: Case, now: str) -> Draw | None:
    """The draw that the record gives; None before both reveal, or if nobody can be drawn.

    Who is in the draw is settled with the first reveal. From then on one side can know the seed and
    so the winner: nobody may join or leave in order to change it.
    """
    revealed = _memory(case, "revealed")
    fixed = _memory(case, "seed_root")
    settled = case.memory.get("pool")
    candidates = [str(party) for party in _list(settled)] if settled else pool(docket, case, now)
    size, root = fixed.get("size"), fixed.get("root")
    developer = revealed.get("developer")
    authority = revealed.get("authority")
    if not (candidates and isinstance(size, int) and developer and authority):
        return None
    halves = bytes.fromhex(str(developer)), bytes.fromhex(str(authority))
    return draw(*halves, size, bytes.fromhex(str(root)), candidates)


def _assessor(question: Question) -> str:
    named = question.fields.get("assessor")
    return named if isinstance(named, str) else question.act.by


def _memory(case: Case | None, name: str) -> Mapping[str, Json]:
    value = case.memory.get(name) if case else None
    return value if isinstance(value, dict) else {}


def _list(value: Json) -> Sequence[Json]:
    return value if isinstance(value, list) else ()


def _plans(protocol: Mapping[str, Json]) -> Iterator[Mapping[str, Json]]:
    return (plan for plan in _list(protocol.get("areas")) if isinstance(plan, dict))


def _can_be_tested(plan: Mapping[str, Json]) -> bool:
    numbers = (decimal(plan.get(name)) for name in ("threshold", "zone"))
    least, most = _count(plan.get("min_items")), _count(plan.get("max_items"))
    return all(number is not None for number in numbers) and 0 < least <= most


def _count(value: Json) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _outcome(statistics: Mapping[str, Json], plan: Mapping[str, Json]) -> str | None:
    below, above = decimal(statistics.get("e_below")), decimal(statistics.get("e_above"))
    rate = decimal(plan.get("error_rate"))
    items = _count(statistics.get("items"))
    least, most = _count(plan.get("min_items")), _count(plan.get("max_items"))
    if below is None or above is None or not rate or not 0 < least <= items <= most:
        return None
    enough = 1 / Fraction(rate)
    if below >= enough:
        return "acceptable"
    if above >= enough:
        return "unacceptable"
    return "inconclusive" if items == most else None
