"""Whoever tries to move a case from outside is put on the record."""

from typing import TYPE_CHECKING

import pytest

from holdshort.docket.contacts import contacts

if TYPE_CHECKING:
    from tests.docket.conftest import World

SAID = {
    "outsider": "A. N. Other",
    "office_held": "Minister for Trade",
    "request": "That the model of a rival be held back.",
    "answer": "That this is not possible.",
}


@pytest.fixture
def contacted(world: "World") -> "World":
    world.declare()
    world.file("contact.record", by="officer", case="contact-1", concerns="r", **SAID)
    return world


@pytest.mark.parametrize("party", ["officer", "decider", "counsel", "accreditor", "registrar"])
def test_any_office_of_the_agency_records_one(world: "World", party: str) -> None:
    world.declare()
    world.file("contact.record", by=party, case="contact-1", concerns="r", **SAID)


def test_so_does_the_court(world: "World") -> None:
    world.declare()
    world.file("contact.record-by-court", by="judge", case="contact-1", concerns="r", **SAID)


@pytest.mark.parametrize("stated", list(SAID))
def test_it_says_who_in_what_office_asked_what_and_was_told_what(
    world: "World", stated: str
) -> None:
    world.declare()
    said = {**SAID, stated: ""}
    assert stated in world.refused(
        "contact.record", by="officer", case="contact-1", concerns="r", **said
    )


def test_two_business_days_are_given_for_it(world: "World") -> None:
    world.declare()
    received = world.now
    world.later(days=3)
    world.file("contact.record", by="officer", case="c", concerns="r", received_at=received, **SAID)
    (item,) = [d for d in world.docket.duties(world.now) if d.duty.id == "record-of-contact"]
    assert item.status == "late"


def test_the_case_shows_it_and_so_do_the_cases_that_concern_the_review(world: "World") -> None:
    world.referred()
    world.restrict()
    world.file("contact.record", by="officer", case="c", concerns="r", asked="restrict", **SAID)
    for case in ("r", "bar"):
        (found,) = contacts(world.docket, world.case(case))
        assert (found.id, found.facts["asked"]) == ("c", "restrict")


def test_the_developer_may_comment(contacted: "World") -> None:
    contacted.refused("contact.comment", by="rival", case="contact-1", comment="I know him.")
    contacted.file("contact.comment", by="acme", case="contact-1", comment="We did not ask.")


def test_it_changes_nothing_in_the_case(contacted: "World") -> None:
    assert contacted.state() == "declared"
