"""The register's and the case officer's part in a draw: have it witnessed, assign who was drawn.

Neither decides anything: what they file follows from the record, and the docket refuses any other.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from holdshort.docket.drawing import fixed_root, lot, serving
from holdshort.docket.state import Case
from holdshort.errors import BadInput
from holdshort.office.door import REGISTER, Office, Receipt
from holdshort.register.canonical import Json


@dataclass(frozen=True)
class Advanced:
    """How far a draw was taken: what was filed, and what it waits for now (None: nothing)."""

    receipts: tuple[Receipt, ...]
    waits_for: str | None


def witness_fields(office: Office, case: Case) -> Mapping[str, Json]:
    """The fields of the act that has a draw witnessed, from what is published.

    Raises:
        BadInput: both sides have yet to commit.
        RegisterError: it cannot be published, for want of cosignatures for instance.
    """
    fixed = fixed_root(case)
    if fixed is None:
        raise BadInput("Both sides have yet to commit.", where=case.id)
    office.publish()
    published = office.folder.checkpoint()
    proof = office.folder.prove_consistency(fixed[0], office.folder.head().size)
    return {"checkpoint": published.decode(), "consistency": [each.hex() for each in proof]}


def assign_fields(office: Office, case: Case) -> Mapping[str, Json]:
    """The fields of the assignment that the record gives.

    Raises:
        BadInput: both sides have yet to reveal.
    """
    drawn = lot(office.docket, case, office.now())
    if drawn is None:
        raise BadInput("Both sides have yet to reveal.", where=case.id)
    return {"assessor": drawn.winner, "draw": drawn.to_json()}


def advance(office: Office, case_id: str, officer: str | None = None) -> Advanced:
    """Take a draw as far as register and case officer can: witness it, assign the winner.

    ``officer`` files the assignment; by default whoever committed for the Agency.

    Raises:
        BadInput: there is no such case, or nothing is drawn in it.
        Unlawful: the docket refuses an act.
    """
    case = office.docket.cases.get(case_id)
    if case is None or "draw_witnessed" not in case.facts:
        known = [each.id for each in office.docket.cases.values() if "draw_witnessed" in each.facts]
        raise BadInput(
            f"There is no case {case_id!r} in which an assessor is drawn.",
            do=f"Cases: {', '.join(known) or 'none'}.",
        )
    receipts = []
    if fixed_root(case) and not case.facts["draw_witnessed"]:
        fields = witness_fields(office, case)
        receipts.append(office.file("review.witness-draw", case_id, REGISTER, fields))
        case = office.docket.cases[case_id]
    drawn = lot(office.docket, case, office.now())
    if (
        case.state == "declared"
        and drawn
        and drawn.winner in serving(office.docket, case, office.now())
    ):
        committed = case.done("commit-authority")
        by = officer or (committed.by if committed else "")
        receipts.append(office.file("review.assign", case_id, by, assign_fields(office, case)))
        case = office.docket.cases[case_id]
    return Advanced(tuple(receipts), _waits_for(office, case))


def _waits_for(office: Office, case: Case) -> str | None:
    if case.state != "declared":
        return None
    for side in ("developer", "authority"):
        if not case.facts[f"{side}_committed"]:
            return f"the {side} to commit (review.commit-{side})"
    for side in ("authority", "developer"):
        if not case.facts[f"{side}_revealed"]:
            return f"the {side} to reveal (review.reveal-{side})"
    drawn = lot(office.docket, case, office.now())
    winner = drawn.winner if drawn else "the winner"
    return f"the draw to be voided (review.void-draw): {winner} can no longer serve"
