"""Reading what may be kept from the public, on which grounds, and for how long.

A sealed value cannot be read by a clause, so nothing that decides may be sealed. Refused is

- a field that a clause of its act reads, or a check of the record, or an effect;
- a field that attests a fact of the law, binds a party, names a case, or states an instant, for
  clocks start with it;
- what a limit asks to be stated where power is used: nobody is barred for secret reasons;
- anything in the register's own case, and in kinds of case that the section says are `public`.

How long matter is kept stands with a duty that keeps something, and only there.
"""

from collections.abc import Iterable, Iterator, Mapping

from holdshort.rulebook.document import Place
from holdshort.rulebook.duties import known_act
from holdshort.rulebook.expression import names
from holdshort.rulebook.model import (
    ActRule,
    CaseKind,
    Confidentiality,
    Duty,
    Ground,
    Limit,
    Matter,
    Public,
    Retention,
)
from holdshort.rulebook.parts import IDENTIFIER, KEBAB, Book
from holdshort.rulebook.soundness import EFFECTS, REGISTER

DESTROYED = ("must", "may", "unknown")
"""Whether matter is destroyed once it need not be kept any longer."""

_SCOPE = ("audiences", "territories", "versions")
_FOREIGN_CLEARANCE = ("foreign_clearance", "foreign_clearance_proof")
_FOREIGN_STATUS = ("foreign_status", "foreign_status_proof")

READ_BY_CHECKS: Mapping[str, tuple[str, ...]] = {
    "accredited": ("assessor",),
    "unconflicted": ("assessor",),
    "proficient": ("scope",),
    "engaged": (),
    "conformance_complete": ("conformance",),
    "opens_commitment": ("value",),
    "draw_witnessed": ("checkpoint", "consistency"),
    "reveals_made": (),
    "rating_true": ("tests", "right_percent", "missed", "late", "reversed"),
    "plan_can_be_tested": ("plan", "models"),
    "answers_complete": ("answers",),
    "score_true": ("truth", "nonce", "score", "passed"),
    "drawn_by_lot": ("assessor", "draw"),
    "winner_can_serve": (),
    "earlier_reviews_cleared": ("weights",),
    "protocol_covers_areas": ("protocol", "commitment"),
    "protocol_binds_model": ("protocol",),
    "finding_follows_protocol": ("statistics", "area", "outcome"),
    "inputs_complete": ("inputs",),
    "redactions_grounded": ("redacted", "redactions", "public_report"),
    "whole_copy_shared": (),  # it reads who holds the whole copy, not what that says
    "reviews_newest_report": ("report",),
    "evidence_independent": ("findings",),
    "lower_rungs_explained": ("considered", "less_restrictive_options"),
    "comparables_named": ("comparables",),
    "countersigns_petition": ("petition",),
    "no_recent_provisional": (),
    "holder_not_barred": (),
    "no_condition_pending": (),
    "conditions_named": ("special_conditions",),
    "proposed_in_time": ("concerns", "feature", "area"),
    "comments_over": (),
    "review_undetermined": ("concerns",),
    "waivable": ("concerns", "what", "of"),
    "waivers_do_not_chain": (),
    "base_holds": ("concerns",),
    "layered_on_base": ("concerns", "parents", "weights"),
    "own_base": ("concerns",),
    "own_review_holds": ("weights",),
    "weights_not_refused": ("weights",),
    "light_results_complete": ("results",),
    "light_results_at_most": ("results",),
    "limitations_as_declared": ("audiences", "territories"),
    "limitations_not_harder": ("audiences", "territories"),
    "protocol_as_base": ("protocol", "commitment"),
    "reference_valid": ("concerns", "weights"),
    "foreign_charter_pinned": ("origin", "charter", "charter_entry", "witness_policy"),
    "differences_stated": ("differences", "equivalents"),
    "agreement_in_force": (),
    "agreement_stands": (),
    "agreement_ended": (),
    "foreign_log_forked": ("first_checkpoint", "second_checkpoint"),
    "foreign_clearance_valid": ("weights", *_FOREIGN_CLEARANCE),
    "foreign_status_true": ("status", *_FOREIGN_CLEARANCE, *_FOREIGN_STATUS),
    "foreign_status_serves": ("status", *_FOREIGN_CLEARANCE, *_FOREIGN_STATUS),
    "foreign_status_recent": (),
    "declared_here": ("weights",),
    "nothing_found_here": ("weights",),
    "differences_answered": ("answers",),
    "gaps_tested": (),
    "foreign_finding_true": (*("area", "outcome", "foreign_finding", "foreign_finding_proof"),),
    "foreign_directive_true": (
        *("agreement", "area", "ground", "weights", "models", "descendants_of", "time"),
        *("alternatives", "unsafe_condition", "likely_in_others", "required_action"),
        *("foreign_directive", "foreign_directive_proof", "foreign_issue", "foreign_issue_proof"),
    ),
    "scope_fits_extent": ("extent", *_SCOPE),
    "scope_named": _SCOPE,
    "directive_grounded": ("area", "ground", "record"),
    "applicability_stated": ("weights", "descendants_of", "models", "supersedes"),
    "successor_stands": ("successor",),
    "directive_applies": ("directive", "concerns"),
    "directive_in_force": (),
    "directive_ended": (),
    "time_as_directed": (),
    "alternative_allowed": (),
    "scope_not_widened": _SCOPE,
    "snapshot_true": (),  # an act of the register's own case
}
"""The fields of an act that each check of the record reads (`holdshort.docket.checks`)."""

READ_BY_EFFECTS: Mapping[str, tuple[str, ...]] = {
    "coverage": ("weights", "parents"),
    "weights": ("model",),
    "derive": ("model", "parents"),
    "limitations": ("conditions", "use_limits"),
    "commit": ("protocol",),
    "foreign-finding": ("statistics", "evidence"),  # of the other register's act
}
"""The fields that an effect reads beside those that it needs (`soundness.EFFECTS`)."""


def read_confidentiality(
    book: Book,
    place: Place | None,
    cases: Mapping[str, CaseKind],
    duties: Mapping[str, Duty],
    limits: Mapping[str, Limit],
) -> Confidentiality:
    """The section ``confidentiality``; an empty one where a book has none.

    Raises:
        RulebookError: it is malformed, or would seal what decides something.
    """
    if place is None:
        return Confidentiality()
    required, optional = book.CLAUSE
    parts = place.fields([*required, "grounds", "matter"], ["retention", "public", *optional])
    grounds = {
        id_: Ground(id_, book.clause(each, each.fields(required, optional)))
        for id_, each in parts["grounds"].named(KEBAB, "trade-secret").items()
    }
    public = _public(book, parts["public"], cases) if "public" in parts else {}
    matter = {
        act: _matter(book, act, each, cases, limits, tuple(grounds), public)
        for act, each in parts["matter"].items()
    }
    retention = parts["retention"].named(KEBAB, "unredacted") if "retention" in parts else {}
    return Confidentiality(
        book.clause(place, parts),
        grounds,
        matter,
        {
            id_: _retention(book, id_, each, tuple(matter), duties)
            for id_, each in retention.items()
        },
        public,
    )


def _public(book: Book, place: Place, cases: Mapping[str, CaseKind]) -> dict[str, Public]:
    """The kinds of case of which nothing may be sealed."""
    required, optional = book.CLAUSE
    found = {}
    for kind, each in place.items():
        if kind not in cases:
            known = ", ".join(cases)
            raise each.error(f"There is no case of the kind {kind!r}.", f"Known: {known}.")
        found[kind] = Public(kind, book.clause(each, each.fields(required, optional)))
    return found


def _matter(
    book: Book,
    act: str,
    place: Place,
    cases: Mapping[str, CaseKind],
    limits: Mapping[str, Limit],
    grounds: tuple[str, ...],
    public: Mapping[str, Public],
) -> Matter:
    required, optional = book.CLAUSE
    parts = place.fields(required, ["fields", "documents", "grounds", *optional])
    kind, _, name = known_act(place, act, cases).partition(".")
    if kind in public:
        raise place.error(
            f"Nothing of a {kind} may be sealed: {public[kind].clause.says}",
            f"Take it out, or {kind!r} out of `public:`.",
        )
    rule = cases[kind].acts[name]
    deciding = dict(_deciding(rule, limits.values()))
    fields = parts["fields"].named_texts(IDENTIFIER, "character") if "fields" in parts else ()
    for field in parts["fields"].list() if "fields" in parts else ():
        if field.text() not in rule.fields:
            known = ", ".join(rule.fields) or "none"
            raise field.error(
                f"{act} has no field {field.text()!r}.", f"Name one of its fields: {known}."
            )
        if field.text() in deciding:
            raise field.error(
                f"{field.text()!r} of {act} cannot be sealed: {deciding[field.text()]}.",
                "Take it out; what decides something is public.",
            )
    documents = "documents" in parts and parts["documents"].flag()
    if not fields and not documents:
        raise place.error(
            "Nothing may be sealed here.", "Name `fields:`, or write `documents: true`."
        )
    stated = (
        [each.one_of(grounds) for each in parts["grounds"].some()] if "grounds" in parts else []
    )
    return Matter(act, fields, documents, tuple(stated) or grounds, book.clause(place, parts))


def _deciding(rule: ActRule, limits: Iterable[Limit]) -> Iterator[tuple[str, str]]:
    """The fields of an act that may not be sealed, each with the reason; the last is the best."""
    for path in _read(rule):
        record, _, member = path.partition(".")
        if record == "act":
            yield member.partition(".")[0], "a clause of the act reads it"
        for name in READ_BY_CHECKS.get(member, ()) if record == "check" else ():
            yield name, f"the check {member} reads it"
    effect = rule.effect or ""
    for name in (*EFFECTS.get(effect, ()), *READ_BY_EFFECTS.get(effect, ())):
        yield name, f"the effect {effect} reads it"
    for name, field in rule.fields.items():
        if field.type.name == "instant":
            yield name, "clocks start with the instants of an act"
        elif field.fact:
            yield name, f"it attests {field.fact}"
        elif name == "concerns":
            yield name, "it says which case this one concerns"
    for bound in rule.binds.values():
        for path in names(bound.tree) if bound else ():
            yield path.removeprefix("act."), "it binds a party to the case"
    for limit in limits:
        if limit.entering and limit.kind == rule.kind and rule.to in limit.entering.states:
            for name in limit.entering.must_state:
                yield name, f"the limit {limit.id} asks that it be stated"
    if rule.kind == REGISTER:
        yield from ((name, "the register's own acts are public") for name in rule.fields)


def _read(rule: ActRule) -> Iterator[str]:
    """Every path that the clauses of an act read."""
    conditions = [each.condition for each in rule.requires]
    for setting in rule.sets:
        conditions += [each for each in (setting.index, setting.value) if each]
    for condition in conditions:
        yield from names(condition.tree)


def _retention(
    book: Book, id_: str, place: Place, sealable: tuple[str, ...], duties: Mapping[str, Duty]
) -> Retention:
    required, optional = book.CLAUSE
    parts = place.fields(["of", "duty", "destroyed", *required], optional)
    acts = [act.one_of(sealable) for act in parts["of"].some()]
    duty = None
    if not parts["duty"].is_unknown:
        keeping = tuple(each.id for each in duties.values() if each.keeps)
        duty = parts["duty"].one_of(keeping)
    destroyed = parts["destroyed"].one_of(DESTROYED)
    return Retention(id_, tuple(acts), duty, destroyed, book.clause(place, parts))
