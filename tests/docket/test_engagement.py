"""On which terms an assessor works: access, time, pay, conformance, and what it was starved of."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pytest

from holdshort.docket.conformance import faults, tally

if TYPE_CHECKING:
    from tests.docket.conftest import World

FILE = "engagement-r"


@pytest.fixture
def assessor(world: "World") -> str:
    """The assessor of a review that has opened its engagement."""
    assigned = world.assign()
    world.file("engagement.open", by=assigned, case=FILE, concerns="r")
    return assigned


def test_only_the_assessor_that_was_assigned_opens_it(world: "World") -> None:
    assigned = world.assign()
    other = {"lab-a": "lab-b", "lab-b": "lab-a"}[assigned]
    says = world.refused("engagement.open", by=other, case=FILE, concerns="r")
    assert "Only the assessor of r" in says


class TestFindings:
    """Nothing is found without an engagement."""

    def find(self, world: "World") -> dict[str, Any]:
        committed = world.protocol()
        by = world.assessor()
        world.file("review.lock-protocol", by=by, **committed)
        world.file("review.contribute-seed", by="acme", value=world.secret("r acme items"))
        return world.finding("cybersecurity", "acceptable")

    def test_nothing_is_found_before_terms_are_agreed(self, world: "World", assessor: str) -> None:
        finding = self.find(world)
        says = world.refused("review.file-finding", by=assessor, **finding)
        assert "No engagement of the assessor has agreed terms." in says

    def test_nor_before_the_conformance_is_attached(self, world: "World", assessor: str) -> None:
        finding = self.find(world)
        world.file("engagement.agree-terms", by=assessor, case=FILE, **world.terms())
        says = world.refused("review.file-finding", by=assessor, **finding)
        assert "engagement-r has no conformance attached." in says
        said = {"conformance": world.conformance()}
        world.file("engagement.attach-conformance", by=assessor, case=FILE, **said)
        world.file("review.file-finding", by=assessor, **finding)


class TestTerms:
    """What is agreed ahead."""

    @pytest.mark.parametrize(("days", "short"), [(19, True), (20, False), (0, True)])
    def test_less_time_than_usual_is_lawful_and_shows(
        self, world: "World", assessor: str, days: int, *, short: bool
    ) -> None:
        terms = world.terms(access_days=days)
        world.file("engagement.agree-terms", by=assessor, case=FILE, **terms)
        assert world.case(FILE).facts["short_of_time"] is short

    @pytest.mark.parametrize(
        ("wrong", "says"),
        [
            ({"tier": 8}, "no access tier above the highest"),
            ({"methods": []}, "At least one method"),
            ({"funding": "lottery"}, "is not one of developer, public"),
            ({"timeline": None}, "must state 'timeline'"),
        ],
    )
    def test_terms_that_are_none(
        self, world: "World", assessor: str, wrong: dict[str, Any], says: str
    ) -> None:
        terms = world.terms(**wrong)
        assert says in world.refused("engagement.agree-terms", by=assessor, case=FILE, **terms)

    def test_the_developer_confirms_them_and_new_ones_anew(
        self, world: "World", assessor: str
    ) -> None:
        world.file("engagement.agree-terms", by=assessor, case=FILE, **world.terms())
        assert "Only the holder of r" in world.refused(
            "engagement.confirm-terms", by="rival", case=FILE
        )
        world.file("engagement.confirm-terms", by="acme", case=FILE)
        assert world.case(FILE).facts["confirmed"] is True
        world.file("engagement.agree-terms", by=assessor, case=FILE, **world.terms(tier=0))
        assert world.case(FILE).facts["confirmed"] is False


class TestConformance:
    """Of every condition of AEF-1 it is said what became of it."""

    @pytest.mark.parametrize(
        ("said", "fault"),
        [
            ({"9.9": {"outcome": "fulfilled"}}, "aef-1 has no condition '9.9'."),
            ({"1.1": {"outcome": "splendid"}}, "1.1: the outcome must be one of fulfilled,"),
            ({"1.1": "fulfilled"}, "1.1: the outcome must be one of"),
            ({"1.4": {"outcome": "alternative-means"}}, "1.4: alternative-means needs a just"),
            ({"1.5": {"outcome": "not-applicable", "justification": " "}}, "1.5: not-applicable"),
            ({"1.5": {"outcome": "fulfilled", "justification": 7}}, "must be a text"),
        ],
    )
    def test_a_record_that_is_not_whole_is_refused_and_says_why(
        self, world: "World", assessor: str, said: dict[str, Any], fault: str
    ) -> None:
        world.file("engagement.agree-terms", by=assessor, case=FILE, **world.terms())
        fields = {"conformance": world.conformance(**said)}
        says = world.refused("engagement.attach-conformance", by=assessor, case=FILE, **fields)
        assert fault in says

    @pytest.mark.parametrize(
        ("record", "fault"),
        [
            ({}, "must name a checklist of the book: aef-1."),
            ({"checklist": "aef-2", "conditions": {}}, "must name a checklist"),
            ({"checklist": ["aef-1"]}, "must name a checklist"),
            ({"checklist": "aef-1"}, "has no 'conditions'"),
            ({"checklist": "aef-1", "conditions": {}}, "Conditions left out: 1.1, 1.2, "),
            ([], "It is no object."),
        ],
    )
    def test_a_record_of_another_form_is_none(
        self, world: "World", record: Any, fault: str
    ) -> None:
        assert fault in " ".join(faults(record, world.book.checklists))

    def test_what_is_not_fulfilled_is_on_record_and_stops_nothing(
        self, world: "World", assessor: str
    ) -> None:
        world.file("engagement.agree-terms", by=assessor, case=FILE, **world.terms())
        because = {"outcome": "alternative-means", "justification": "A log was read in its place."}
        record = world.conformance(**{"1.4": {"outcome": "not-fulfilled"}, "1.3": because})
        fields = {"conformance": record}
        world.file("engagement.attach-conformance", by=assessor, case=FILE, **fields)
        counted = tally(record, world.book.checklists["aef-1"])
        assert counted["required"] == {"fulfilled": 13, "not-fulfilled": 1, "alternative-means": 1}
        assert counted["recommended"] == {"fulfilled": 11}


class TestStarvation:
    """What an assessor needs and is not given."""

    def starve(self, world: "World", by: str, of: str) -> None:
        world.file("engagement.record-starvation", by=by, case=FILE, of=of)

    def starved(self, world: "World") -> Mapping[str, object]:
        facts = world.case(FILE).facts
        return {name: value for name, value in facts.items() if name.startswith("starved")}

    def test_it_stands_until_it_is_ended_each_by_itself(
        self, world: "World", assessor: str
    ) -> None:
        self.starve(world, assessor, "time")
        self.starve(world, assessor, "compute")
        world.file("engagement.end-starvation", by=assessor, case=FILE, of="time")
        assert {name for name, value in self.starved(world).items() if value} == {"starved_compute"}

    def test_the_developer_answers_and_cannot_end_it(self, world: "World", assessor: str) -> None:
        self.starve(world, assessor, "access")
        world.refused("engagement.end-starvation", by="acme", case=FILE, of="access")
        (owed,) = (d for d in world.docket.duties(world.now) if d.duty.id == "answer-to-starvation")
        assert (owed.party, owed.status) == ("acme", "running")
        world.file("engagement.answer-starvation", by="acme", case=FILE)
        assert self.starved(world)["starved_access"] is True

    def test_it_states_the_technical_facts(self, world: "World", assessor: str) -> None:
        said = {"of": "time", "technical_facts": ""}
        says = world.refused("engagement.record-starvation", by=assessor, case=FILE, **said)
        assert "technical_facts" in says

    def test_a_starved_evaluation_can_be_alleged_as_a_violation(
        self, world: "World", assessor: str
    ) -> None:
        self.starve(world, assessor, "time")
        said = {"concerns": "r", "violation": "starved-evaluation"}
        world.file("violation.allege", by="officer", case="v", **said)
        assert world.case("v").facts["violation"] == "starved-evaluation"


def test_a_recused_person_stands_on_record(world: "World", assessor: str) -> None:
    for person in ("P. One", "P. Two"):
        world.file("engagement.recuse", by=assessor, case=FILE, person=person, reason="Equity.")
    recorded: Any = world.case(FILE).memory["recorded"]
    assert [each["fields"]["person"] for each in recorded["recuse"]] == ["P. One", "P. Two"]
