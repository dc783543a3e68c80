"""What holds in every case at any time: the ``always`` limits of a rulebook.

They are proven before a rulebook is adopted. The docket asks them again after every act, since a
proof is only as good as the prover: an act after which a limit fails, or may fail, is undone.
"""

from typing import TYPE_CHECKING

from holdshort.docket.environment import of_limit
from holdshort.docket.state import Case, Objection
from holdshort.rulebook.expression import Unknown
from holdshort.rulebook.model import Limit

if TYPE_CHECKING:
    from holdshort.docket.docket import Docket


def broken_limits(docket: "Docket", case: Case, now: str) -> list[Objection]:
    """Limits that do not hold at ``now`` for a case, or for those that concern it."""
    touched = [case, *(docket.cases[id_] for id_ in case.concerned_by)]
    return [
        _objection(limit, answer)
        for each in touched
        for limit in docket.law_of(each, now).limits.values()
        if limit.kind == each.kind and limit.always
        if (answer := limit.always.decide(of_limit(docket, each, now))) is not True
    ]


def _objection(limit: Limit, answer: object) -> Objection:
    says = f"It would break the limit {limit.id!r}: {limit.clause.says}"
    if isinstance(answer, Unknown):
        missing = ", ".join(sorted(answer.names))
        says = f"{says} That cannot be told while {missing} is unknown."
    return Objection(says, limit.clause.cite)
