"""Whether a transition table can run: what types alone do not show.

- Every state can be reached from the opening of a case, and an opening leads somewhere.
- Whoever an act is reserved for, or closed to, is someone whom an act of that case binds.
- A case that concerns another names it when it is opened.
- An effect finds the fields that it works on, and one act opens the register.
"""

from collections.abc import Iterable, Iterator, Mapping

from holdshort.rulebook.document import Place
from holdshort.rulebook.model import ActRule, CaseKind
from holdshort.rulebook.parties import fitting, reserved_for

NONE = "none"
REGISTER = "register"
CHARTER = f"{REGISTER}.charter"

EFFECTS: Mapping[str, Mapping[str, str]] = {
    "charter": {
        "title": "text",
        "rehearsal": "bool",
        "rulebook": "object",
        "status_minutes": "integer",
        "witness_policy": "text",
        "root": "object",
        "registrar": "object",
        "log_key": "object",
    },
    "adopt": {"rulebook": "object", "effective": "instant"},
    "enrol": {"party": "identifier", "name": "text", "role": "role", "keys": "list"},
    "rotate-keys": {"keys": "list"},
    "replace-keys": {"party": "identifier", "keys": "list"},
    "revoke-key": {"party": "identifier", "key": "digest"},
    "suspend-party": {"party": "identifier"},
    "reinstate-party": {"party": "identifier"},
    "witnesses": {"witness_policy": "text"},
    "snapshot": {
        "sequence": "integer",
        "issued_at": "instant",
        "next_update": "instant",
        "log_size": "integer",
        "log_root": "digest",
        "status_list": "object",
        "index": "digest",
        "count": "integer",
        "changes": "list",
        "witnesses": "integer",
    },
    "coverage": {"model": "text"},
    "weights": {"weights": "digest"},
    "derive": {"weights": "digest", "model": "text"},
    "wanting": {},
    "witness-draw": {"checkpoint": "text", "consistency": "list"},
    "scope": {"audiences": "list of one_of", "territories": "list", "versions": "list"},
    "limitations": {"audiences": "list of one_of", "territories": "list"},
    "void-draw": {},
    "reversal": {},
    "plant": {"commitment": "digest", "models": "list", "plan": "object"},
    "answer": {"answers": "object"},
    "score": {"score": "object"},
    "interests": {"conflict": "bool"},
    "commit": {"commitment": "digest"},
    "reveal": {"value": "digest"},
    "contribute": {"value": "digest"},
    "finding": {"area": "area", "statistics": "object", "evidence": "digest"},
    "clearance": {"clearance": "object"},
    "record": {},
    "tie": {
        "other": "identifier",
        "kind": "one_of",
        "share": "decimal",
        "disqualifying": "bool",
    },
    "end-tie": {"other": "identifier", "kind": "one_of"},
    "petition": {"petition": "digest"},
    "bar-further": {},
    "set-aside": {},
    "foreign-clearance": {
        "concerns": "identifier",
        "weights": "digest",
        "foreign_clearance": "text",
        "foreign_clearance_proof": "text",
        "foreign_status": "text",
        "foreign_status_proof": "text",
        "status": "one_of",
    },
    "foreign-status": {
        "foreign_status": "text",
        "foreign_status_proof": "text",
        "status": "one_of",
    },
    "foreign-finding": {
        "foreign_finding": "text",
        "foreign_finding_proof": "text",
        "area": "area",
        "outcome": "one_of",
    },
}
"""What an act does beyond moving its case, and the fields that it needs for it."""

MAY_BE_LEFT_OUT = frozenset({"scope", "limitations"})
"""Effects whose fields an act may leave out: what they do not say, they do not bound."""

REFUSING = frozenset(
    "charter adopt enrol rotate-keys replace-keys revoke-key suspend-party reinstate-party "
    "witnesses commit weights derive end-tie".split()
)
"""Effects that the record can stand against, whatever the clauses of the act say: a key that is
another's, a value that was used before. An act with one of them cannot be promised to be open."""

OF_PARTIES = frozenset("enrol replace-keys revoke-key suspend-party reinstate-party".split())
"""Effects on another party: an act with one of them can say which parties it is ``about``."""

COVERAGE = {"covered", "not covered", "indeterminate"}


def check_cases(place: Place, cases: Mapping[str, CaseKind], roles: Iterable[str]) -> None:
    """Refuse a table that cannot run; ``place`` is the section ``cases``.

    Raises:
        RulebookError: it cannot; says where and why.
    """
    for kind in cases.values():
        here = place.at(kind.name)
        _opened(here, kind)
        _reached(here, kind)
        _fit(here, kind, cases, tuple(roles))
        _apart(here, kind)
        for act in kind.acts.values():
            acting = here.at("acts", act.name)
            _parties(acting, act, cases)
            _effect(acting, act, kind)
    charters = [act.type for act in _acts(cases) if act.effect == "charter"]
    if charters != [CHARTER]:
        raise place.error(
            f"One act, {CHARTER}, has the effect charter: it opens the register.",
            f"Here it is {', '.join(charters) or 'none'}.",
        )


def bound(kind: CaseKind) -> list[str]:
    """The names under which acts bind parties to a case."""
    return list(dict.fromkeys(name for act in kind.acts.values() for name in act.binds))


def _acts(cases: Mapping[str, CaseKind]) -> Iterator[ActRule]:
    return (act for kind in cases.values() for act in kind.acts.values())


def _opened(place: Place, kind: CaseKind) -> None:
    opening = [act for act in kind.acts.values() if NONE in act.origin]
    if not opening:
        raise place.at("acts").error("No act opens this case.", "Give one `from: none`.")
    for act in opening:
        acting = place.at("acts", act.name)
        if act.to is None or act.origin != (NONE,):
            raise acting.error(
                "An act that opens a case does nothing else, and leads to a state.",
                "Write `from: none` and `to:` a state.",
            )
        field = act.fields.get("concerns")
        if kind.concerns and (field is None or field.type.name != "identifier" or field.optional):
            raise acting.error(
                f"A case that concerns a {kind.concerns} names it when it is opened.",
                "Add a field `concerns:` of the type identifier.",
            )


def _reached(place: Place, kind: CaseKind) -> None:
    reached: set[str] = {NONE}
    while True:
        found = {
            state
            for act in kind.acts.values()
            if reached & set(act.origin)
            for state in (act.to, act.expires.to if act.expires else None)
            if state
        }
        if found <= reached:
            break
        reached |= found
    for state in place.at("states").list():
        if state.text() not in reached:
            raise state.error(
                f"No acts lead from the opening of a case to the state {state.text()!r}.",
                "Give an act `to:` it, or take it out.",
            )


def _fit(
    place: Place, kind: CaseKind, cases: Mapping[str, CaseKind], roles: tuple[str, ...]
) -> None:
    for name in bound(kind):
        if not fitting(cases, kind.name, name, roles):
            acts = [f"{act.type} by {act.by}" for act in reserved_for(cases, kind.name, name)]
            raise place.error(
                f"Nobody can be the {name} of a {kind.name}: no role can do all that is reserved "
                "for it.",
                f"Reserve for it what one role can do. Now: {', '.join(acts)}.",
            )


def _parties(place: Place, act: ActRule, cases: Mapping[str, CaseKind]) -> None:
    kind = cases[act.kind]
    known = (
        [f"{kind.concerns}.{name}" for name in bound(cases[kind.concerns])]
        if (kind.concerns)
        else []
    )
    if act.origin != (NONE,):
        known += bound(kind)
    named = [place.at("who")] if act.who is not None else []
    named += place.at("not_by").list() if act.not_by else []
    for party in named:
        if party.text() not in known:
            raise party.error(
                f"No act has bound a party under the name {party.text()!r}.",
                f"Bound here: {', '.join(known) or 'none'}.",
            )


def _apart(place: Place, kind: CaseKind) -> None:
    """Of acts that do the same to parties, all but one say to which."""
    unbounded: dict[str, ActRule] = {}
    for act in kind.acts.values():
        effect = act.effect if act.effect in OF_PARTIES else None
        if act.about and effect is None:
            raise place.at("acts", act.name, "about").error(
                "It says which parties an act enters, re-keys, suspends or reinstates, and this "
                "act does nothing of it.",
                "Take it out, or add such an effect.",
            )
        if effect is None or act.about:
            continue
        if effect in unbounded:
            raise place.at("acts", act.name).error(
                f"It has the effect {effect} on any party, as {unbounded[effect].type} has.",
                "Say with `about:` which roles one of them is for.",
            )
        unbounded[effect] = act


def _effect(place: Place, act: ActRule, kind: CaseKind) -> None:
    for name, type_ in EFFECTS[act.effect].items() if act.effect else ():
        field = act.fields.get(name)
        left_out = field is None or (field.optional and act.effect not in MAY_BE_LEFT_OUT)
        if left_out or field is None or field.type.name != type_:
            raise place.error(
                f"The effect {act.effect} needs the field {name!r} of the type {type_}.",
                f"Add `{name}:` to `fields:`.",
            )
    if "clearance" in act.fields and act.effect != "clearance":
        raise place.at("fields", "clearance").error(
            "A gate takes what stands under this name for a clearance, and the act issues none.",
            "Add `effect: clearance`, or give the field another name.",
        )
    fact = kind.facts.get("coverage")
    if act.effect == "coverage" and (fact is None or set(fact.type.values) != COVERAGE):
        raise place.error(
            "The effect coverage sets the fact 'coverage'.",
            f"Declare it as one_of {', '.join(sorted(COVERAGE))}.",
        )
