"""The parties of a rehearsal, all played by whoever runs the review.

Three assessors, one of whom has a conflict to declare, so that the draw has something to draw
from and someone to leave out.
"""

from dataclasses import dataclass

from holdshort.register.canonical import Json

REGISTRAR = "registrar"
ACCREDITOR = "accreditor"
CASE_OFFICER = "case-officer"
DECISION_MAKER = "decision-maker"
DEVELOPER = "developer"
COURT = "court"


@dataclass(frozen=True)
class Member:
    """A party to be enrolled."""

    id: str
    name: str
    role: str


@dataclass(frozen=True)
class Interests:
    """What an assessor declares about this developer."""

    conflict: bool
    funding: str
    statement: str
    funding_share: str = "0"
    """Of this year's revenue, in percent."""

    def to_fields(self) -> dict[str, Json]:
        """The fields of ``review.declare-interests``."""
        return {
            "conflict": self.conflict,
            "ownership": False,
            "control": False,
            "contingent_pay": False,
            "personal_equity": False,
            "equity_recused": False,
            "funding_share": self.funding_share,
            "dual_roles": False,
            "shared_model_lineage": False,
            "paid_by_competitor": False,
            "separate_agreements": self.conflict,
            "funding": self.funding,
            "statement": self.statement,
        }


OFFICES = (
    Member(ACCREDITOR, "Accreditation office of the Agency", "authority.accreditor"),
    Member(CASE_OFFICER, "Case officer of the Agency", "authority.case-officer"),
    Member(DECISION_MAKER, "Decision maker of the Agency", "authority.decision-maker"),
    Member(COURT, "Reviewing court", "court"),
)

ASSESSORS = {
    Member("assessor-beacon", "Beacon Evaluations", "assessor"): Interests(
        conflict=False,
        funding="Pooled assessment fees, paid by the Agency whatever the result.",
        statement="No share, no contract and no shared model lineage with this developer.",
    ),
    Member("assessor-harbour", "Harbour Laboratory", "assessor"): Interests(
        conflict=False,
        funding="Pooled assessment fees, paid by the Agency whatever the result.",
        statement="No share, no contract and no shared model lineage with this developer.",
    ),
    Member("assessor-meridian", "Meridian Consulting", "assessor"): Interests(
        conflict=True,
        funding="Consulting for this developer is a third of this year's income.",
        statement="Declared as a conflict; asks not to be drawn.",
        funding_share="33",
    ),
}
