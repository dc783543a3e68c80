"""An order, a stay and a quashed order, from the court to the gate by the next status snapshot."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from holdshort.gate.check import RegisterView, check
from holdshort.gate.manifest import compute
from holdshort.office.door import Office
from holdshort.office.opening import enrol
from holdshort.register.folder import Folder

LADDER = ["conditions", "fine", "bar-further", "part"]
SOUGHT: dict[str, Any] = {
    "remedy": "whole",
    "considered": LADDER,
    "less_restrictive_options": dict.fromkeys(LADDER, "It would not do."),
}
WHOLE: dict[str, Any] = {"extent": "whole", "audiences": [], "scope": "All."}
PETITION = {"petition": "ef" * 32}
WHY = {"reasons": "The risk stands.", "evidence": "The findings."}


class Court:
    """A register on which weights were cleared, then found unacceptable; and its gate."""

    def __init__(self, office: Office, review: str, weights: Path) -> None:
        self.office, self.review, self.weights = office, review, weights

    def file(self, act: str, by: str, **said: Any) -> None:
        self.office.file(f"restriction.{act}", "bar", by, said)

    @property
    def gate(self) -> str | None:
        """What the gate says of the weights, of what is published now."""
        view = RegisterView(Folder(self.office.place.public), None)
        decision = check(compute(self.weights), view, allow_rehearsal=True)
        assert decision.served == (decision.status == "valid")
        return decision.status

    def order(self) -> None:
        officer = "case-officer"
        findings = [
            entry.index
            for entry in self.office.entries()
            if entry.act.name == "file-finding" and entry.act.case == self.review
        ]
        opening = {"concerns": self.review, "ground": "cybersecurity"}
        self.file("open", officer, **opening, reasons="An unacceptable finding.")
        self.file("draft-petition", officer, **PETITION, **SOUGHT)
        self.file("countersign", "counsel", **PETITION, reasons="Lawful.")
        self.file("review-petition", "reviewer", **PETITION, reasons="Borne out.")
        self.file("file-petition", officer, **PETITION)
        facts = {"technical_facts": "The finding.", "comparable_cases": "None."}
        self.file("give-notice", officer, **SOUGHT, **facts, comparables=[])
        self.file("answer", "developer", answer="It is not so.")
        lifting = {"criteria_for_lifting": "An acceptable finding."}
        self.file("order", "court", **WHY, **lifting, **WHOLE, findings=findings)


@pytest.fixture
def court(tmp_path: Path, scripted: Callable[..., Any]) -> Court:
    weights = tmp_path / "weights"
    weights.mkdir()
    (weights / "model.gguf").write_bytes(bytes(range(250)) * 400)
    scripted(tmp_path / "data", weights=weights)
    outcome = scripted(tmp_path / "data", "reference/solver", weights=weights)
    for party, role in (("counsel", "counsel"), ("reviewer", "technical-reviewer")):
        enrol(outcome.office, party, party, f"authority.{role}", "registrar")
    return Court(outcome.office, outcome.case.id, weights)


def test_an_order_a_stay_and_a_quashed_order_reach_the_gate_at_once(court: Court) -> None:
    assert court.gate == "valid"
    court.order()
    assert court.gate == "suspended"
    court.file("appeal", "developer", because="procedure", grounds="Nobody was heard.")
    court.file("apply-for-stay", "developer", reasons="It cannot be made good later.")
    assert court.gate == "suspended"
    court.file("grant-stay", "court", reasons="It cannot.")
    assert court.gate == "valid"
    court.file(
        "end-stay", "court", **WHY, audiences=[], criteria_for_lifting="An acceptable finding."
    )
    assert court.gate == "suspended"
    court.file("appeal", "developer", because="error-of-fact", grounds="The log shows it.")
    court.file("quash", "court", reasons="It does.")
    assert court.gate == "valid"
