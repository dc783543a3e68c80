"""Who may do an act: by enrolment, by role, and by the part that a party plays in the case."""

from typing import TYPE_CHECKING

from holdshort.docket.state import Case, Objection
from holdshort.register.act import Act
from holdshort.register.charter import Party
from holdshort.rulebook.model import ActRule

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
    if party.suspended:
        return suspended(party)
    if not rule.permits(party.role):
        says = f"Only {_role(rule.by)} may do this; {act.by} is {_role(party.role)}."
        return [Objection(says, rule.clause.cite)]
    return reserved(docket, rule, party, case, act)


def suspended(party: Party) -> list[Objection]:
    """Whether a party is suspended."""
    return [Objection(f"The party {party.id} is suspended.", HOUSE)] if party.suspended else []


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
