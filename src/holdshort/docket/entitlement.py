"""Who may do an act: by enrolment, by role, and by the part that a party plays in the case.

A suspended party does nothing, save what a limit of the law keeps open to it as a party of the
case: whoever could suspend a party could otherwise take its appeal away.
"""

from typing import TYPE_CHECKING

from holdshort.docket.state import Case, Objection
from holdshort.register.act import Act
from holdshort.register.charter import Party
from holdshort.rulebook.model import ActRule
from holdshort.rulebook.parties import fitting, reserved_for

if TYPE_CHECKING:
    from holdshort.docket.docket import Docket

HOUSE = "house, the register"


def entitlement(docket: "Docket", rule: ActRule, act: Act, case: Case | None) -> list[Objection]:
    """What keeps the acting party from the act."""
    if rule.effect == "charter":
        opened = Objection("The register has its charter already.", rule.clause.cite)
        return [opened] if docket.charter_ else []
    party = docket.parties.get(act.by)
    if party is None:
        return [Objection(f"The party {act.by} is not enrolled.", HOUSE)]
    if against := silenced(docket, rule, party, case, act.at):
        return against
    if not rule.permits(party.role):
        says = f"Only {_role(rule.by)} may do this; {act.by} is {_role(party.role)}."
        return [Objection(says, rule.clause.cite)]
    return reserved(docket, rule, party, case, act)


def silenced(
    docket: "Docket", rule: ActRule, party: Party, case: Case | None, now: str
) -> list[Objection]:
    """Whether a party is suspended, and the act is no way out that stays open to it."""
    if not party.suspended or _way_out(docket, rule, case, now):
        return []
    return [Objection(f"The party {party.id} is suspended.", HOUSE)]


def _way_out(docket: "Docket", rule: ActRule, case: Case | None, now: str) -> bool:
    """Whether a limit keeps the act open, and the law reserves it for a party of the case.

    An act that is not reserved, such as a court's lifting of a bar, is for others of the office.
    """
    return rule.who is not None and any(
        limit.enabled is not None and limit.kind == rule.kind and limit.enabled.act == rule.name
        for limit in docket.law.of(case, rule.kind, now).limits.values()
    )


def unfit(docket: "Docket", rule: ActRule, act: Act, name: str, party: Party) -> str | None:
    """Why a party cannot be bound as ``name``: its role can not do what is reserved for that part.

    Otherwise whoever names a party could close an act to everyone: an appeal, for instance.
    """
    cases = docket.law.of(docket.cases.get(act.case), rule.kind, act.at).cases
    if fitting(cases, rule.kind, name, (party.role,)):
        return None
    closed = next(
        each for each in reserved_for(cases, rule.kind, name) if not each.permits(party.role)
    )
    return (
        f"{party.id} is {_role(party.role)} and cannot be the {name}: only {_role(closed.by)} may "
        f"do {closed.type}, which is reserved for it."
    )


def reserved(
    docket: "Docket", rule: ActRule, party: Party, case: Case | None, act: Act | None
) -> list[Objection]:
    """Whether the act is reserved for another party of the case, or closed to this one."""
    found = []
    if rule.who:
        of, name = _bound(docket, rule.who, case, act)
        if of is None or of.bound.get(name) != party.id:
            says = f"Only the {name} of {of.id if of else 'the case'} may do this."
            found.append(Objection(says, rule.clause.cite))
    for who in rule.not_by:
        of, name = _bound(docket, who, case, act)
        if of is not None and of.bound.get(name) == party.id:
            says = f"The {name} of {of.id} may not do this."
            found.append(Objection(says, rule.clause.cite))
    return found


def concerned(docket: "Docket", case: Case | None, act: Act | None) -> Case | None:
    """The case that a case, or the act that opens it, concerns."""
    id_ = case.concerns if case else act.fields.get("concerns") if act else None
    return docket.cases.get(id_) if isinstance(id_, str) else None


def _bound(
    docket: "Docket", who: str, case: Case | None, act: Act | None
) -> tuple[Case | None, str]:
    """The case that binds the party called ``holder`` or ``review.holder``, and ``holder``."""
    kind, _, name = who.rpartition(".")
    return (concerned(docket, case, act) if kind else case), name


def _role(role: str) -> str:
    office, _, title = role.partition(".")
    return f"the {office}'s {title.replace('-', ' ')}" if title else f"the {office}"
