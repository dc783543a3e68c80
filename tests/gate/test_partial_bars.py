"""A partial order from the court to the gate: filed, stated by the register, verified, asked for.

The weights were found wanting in a review here, and are cleared in deference to another
authority's clearance, as a book could have it. The court restricts them for one audience in one
territory.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from holdshort.gate.check import Decision, RegisterView, check
from holdshort.gate.manifest import compute
from holdshort.gate.scope import Deployment
from holdshort.office.clearance import clearance_fields
from holdshort.office.door import Office
from holdshort.office.opening import enrol
from holdshort.register.clearance import EXTENSION
from holdshort.register.folder import Folder
from holdshort.rulebook.load import open_rulebook, read_rulebook
from holdshort.rulebook.model import Rulebook

RUNGS = ["conditions", "fine", "bar-further", "part"]
SOUGHT: dict[str, Any] = {
    "remedy": "whole",
    "considered": RUNGS,
    "less_restrictive_options": dict.fromkeys(RUNGS, "It would not do."),
}
HERE = "  # What a covered developer owes as such, whatever its models.\n"
RECOGNITION = """\
  deference:
    title: Deference
    states: [granted]
    facts:
      issued: {type: bool, default: false, says: The clearance is issued.}
    acts:
      grant:
        title: Grant
        by: authority.decision-maker
        from: none
        to: granted
        effect: weights
        fields: {weights: {type: digest, says: The weights.}}
        says: Another authority's clearance is accepted.
        cite: house
      certify:
        title: Certify
        by: register
        from: granted
        effect: clearance
        fields: {clearance: {type: object, says: What a gate reads.}}
        sets: {issued: "true"}
        says: The clearance is issued.
        cite: house
"""
REVIEWS = "    review:\n      - {is: suspended"
LINES = """\
    deference:
      - {is: suspended, when: case.issued && barred}
      - {is: valid, when: case.issued}
"""


@pytest.fixture(scope="module")
def book() -> Rulebook:
    """The law, and in it that deference to another authority clears."""
    text = open_rulebook("aaif").text.decode()
    for old, new in (
        (HERE, RECOGNITION + HERE),
        (REVIEWS, LINES + REVIEWS),
    ):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return read_rulebook(text.encode(), "partial.yaml")


class Recognised:
    """A register on which weights are cleared in deference, after a review that found against."""

    def __init__(self, outcome: Any, weights: Path) -> None:
        self.office: Office = outcome.office
        self.review = outcome.case.id
        self.weights = weights
        self.manifest = compute(weights)
        for party, role in (("counsel", "counsel"), ("reviewer", "technical-reviewer")):
            enrol(self.office, party, party, f"authority.{role}", "registrar")

    def recognise(self, limitations: dict[str, Any] | None = None) -> None:
        office = self.office
        said = {"weights": self.manifest.digest}
        office.file("deference.grant", "a", "decision-maker", said)
        case = office.docket.cases["a"]
        if limitations:
            case.memory["limitations"] = limitations
        fields = clearance_fields(office.docket, case, office.now())
        office.file("deference.certify", "a", "register", fields)

    def order(self, case: str = "bar", ground: str = "cybersecurity", **said: Any) -> int:
        self.office.file(
            "restriction.open",
            case,
            "case-officer",
            {"concerns": self.review, "ground": ground, "reasons": "A finding."},
        )
        self._petition(case)
        stated = dict.fromkeys(("reasons", "evidence", "scope"), "As shown.")
        named = any(said.get(name) for name in ("audiences", "territories", "versions"))
        fields = {
            "imminent": True,
            "findings": self._findings(),
            "extent": "part" if named else "whole",
            "audiences": [],
            **stated,
            **said,
        }
        return self.office.file(
            "restriction.order-provisionally", case, "court", fields
        ).entry.index

    def _petition(self, case: str) -> None:
        """The petition, signed by three offices of the Agency."""
        digest = {"petition": "ef" * 32}
        for act, party, said in (
            ("draft-petition", "case-officer", SOUGHT),
            ("countersign", "counsel", {"reasons": "Lawful."}),
            ("review-petition", "reviewer", {"reasons": "Borne out."}),
            ("file-petition", "case-officer", {}),
        ):
            self.office.file(f"restriction.{act}", case, party, {**digest, **said})

    def _findings(self) -> list[Any]:
        return [
            entry.index
            for entry in self.office.entries()
            if entry.act.name == "file-finding" and entry.act.case == self.review
        ]

    def ask(self, audiences: str = "", territories: str = "") -> Decision:
        deployment = Deployment(tuple(audiences.split()), tuple(territories.split()))
        view = RegisterView(Folder(self.office.place.public))
        return check(self.manifest, view, deployment=deployment, allow_rehearsal=True)

    def snapshots(self) -> int:
        return sum(entry.act.name == "snapshot" for entry in self.office.entries())


@pytest.fixture
def recognised(tmp_path: Path, scripted: Callable[..., Any]) -> Recognised:
    weights = tmp_path / "weights"
    weights.mkdir()
    (weights / "model.gguf").write_bytes(b"weights")
    outcome = scripted(tmp_path / "data", "reference/solver", weights=weights)
    return Recognised(outcome, weights)


def test_a_partial_order_refuses_what_it_speaks_of_and_lets_the_rest_run(
    recognised: Recognised,
) -> None:
    recognised.recognise()
    assert recognised.ask().status == "valid"
    entry = recognised.order(audiences=["api"], territories=["DE"])
    refused = recognised.ask("api", "DE")
    assert not refused.served
    assert refused.status == "conditional"
    assert refused.reasons == (
        f"bar restricts them (entry {entry}): they may not run for api in DE.",
    )
    assert recognised.ask("internal", "DE").served
    assert recognised.ask("api", "FR").served
    silent = recognised.ask()
    assert not silent.served
    assert "Give --audience and --territory" in silent.reasons[0]
    answer = recognised.ask("internal").to_json()
    assert answer["audiences"] == ["internal"]
    (restriction,) = [dict(each) for each in recognised.ask("internal").restrictions]
    assert answer["restrictions"] == [restriction]
    assert restriction["territories"] == ["DE"]


def test_an_order_that_names_nothing_refuses_everything(recognised: Recognised) -> None:
    recognised.recognise()
    recognised.order()
    refused = recognised.ask("internal", "FR")
    assert not refused.served
    assert refused.status == "suspended"


def test_the_register_states_a_new_restriction_at_once_though_no_status_changes(
    recognised: Recognised,
) -> None:
    recognised.recognise()
    recognised.order(audiences=["api"])
    before = recognised.snapshots()
    notice = ("technical_facts", "comparable_cases")
    said = {**SOUGHT, **dict.fromkeys(notice, "As shown."), "comparables": []}
    recognised.office.file("restriction.give-notice-of-order", "bar", "case-officer", said)
    assert recognised.snapshots() == before, "nothing changed for a gate"
    assert recognised.ask("internal", "FR").status == "conditional"
    recognised.order("another", "loss_of_control", territories=["FR"])
    assert recognised.snapshots() == before + 1
    refused = recognised.ask("internal", "FR")
    assert (refused.status, refused.served) == ("conditional", False)
    for case in ("bar", "another"):
        recognised.office.file("restriction.lift", case, "court", {"reasons": "Mended."})
    assert recognised.ask().status == "valid"


def test_a_stranger_computes_the_index_again(
    recognised: Recognised, holdshort: Callable[..., Any]
) -> None:
    recognised.recognise()
    recognised.order(territories=["US-CA"])
    ran = holdshort("verify", recognised.office.place.public, "--json")
    checks = {each["name"]: each for each in ran.json["checks"]}
    for name in ("lawfulness", "snapshots"):
        assert checks[name]["ok"], checks[name]
    snapshot = recognised.office.docket.last_snapshot
    assert snapshot is not None
    rows = json.loads(recognised.office.folder.read_blob(snapshot.index))
    assert [each["territories"] for each in rows[0]["restrictions"]] == [["US-CA"]]


def test_a_clearance_that_is_limited_is_for_what_it_names(recognised: Recognised) -> None:
    recognised.recognise({"audiences": ["internal"], "territories": ["US"]})
    acts = [each.act for each in recognised.office.entries() if each.act.name == "certify"]
    clearance = acts[0].fields["clearance"]
    assert isinstance(clearance, dict)
    extension = clearance[EXTENSION]
    assert isinstance(extension, dict)
    assert extension["limitations"] == [
        {"case": "a", "audiences": ["internal"], "territories": ["US"]}
    ]
    assert recognised.ask("internal", "US-CA").served
    assert not recognised.ask("api", "US").served
    assert not recognised.ask("internal", "DE").served
    assert "Give --audience" in recognised.ask("", "US").reasons[0]


def test_the_command_line_asks_for_whom_and_where(
    recognised: Recognised, holdshort: Callable[..., Any]
) -> None:
    recognised.recognise()
    recognised.order(audiences=["api"], territories=["DE"])

    def ask(*more: str) -> Any:
        asked = ("gate", "check", recognised.weights, "--register", recognised.office.place.public)
        return holdshort(*asked, "--allow-rehearsal", *more)

    assert ask("--audience", "internal", "--audience", "api", "--territory", "FR").code == 0
    refused = ask("--audience", "api", "--territory", "FR", "--territory", "DE")
    assert refused.code == 1
    assert "they may not run for api in DE" in refused.out
    assert "--audience api --territory FR --territory DE" in refused.out
    silent = ask("--audience", "api")
    assert silent.code == 1
    assert "Give --territory" in silent.out
    wrong = ask("--territory", "UK")
    assert wrong.code == 2
    assert "'UK' is no territory" in wrong.err
