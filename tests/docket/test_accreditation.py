"""Who may test: accreditation, conflicts of interest, and what an office may not do."""

from typing import TYPE_CHECKING, Any

import pytest

from holdshort.docket.checks import is_accredited
from holdshort.docket.drawing import lot, pool

if TYPE_CHECKING:
    from tests.docket.conftest import World


def apply(world: "World", assessor: str, scope: list[str] | None = None) -> None:
    world.enrol(assessor, "assessor")
    areas = scope or list(world.book.areas)
    case = f"accreditation-{assessor}"
    world.file("accreditation.apply", by=assessor, case=case, scope=areas, statement="Able.")


def test_nobody_accredits_itself(world: "World") -> None:
    apply(world, "lab-c")
    assert "Only the authority's accreditor may do this; lab-c is the assessor" in world.refused(
        "accreditation.grant", by="lab-c", case="accreditation-lab-c", scope=["cybersecurity"]
    )


@pytest.mark.parametrize("party", ["officer", "decider", "registrar", "acme", "lab-a", "judge"])
def test_no_other_office_accredits(world: "World", party: str) -> None:
    apply(world, "lab-c")
    assert "Only the authority's accreditor" in world.refused(
        "accreditation.grant", by=party, case="accreditation-lab-c", scope=["cybersecurity"]
    )


def test_an_accreditation_is_for_areas_that_there_are(world: "World") -> None:
    apply(world, "lab-c")
    tried: tuple[Any, ...] = ([], ["weather"], "cybersecurity", [["cybersecurity"]], [{}])
    for scope in tried:
        world.refused(
            "accreditation.grant", by="accreditor", case="accreditation-lab-c", scope=scope
        )


def test_reasons_are_part_of_the_decision(world: "World") -> None:
    apply(world, "lab-c")
    assert "must state 'reasons'" in world.refused(
        "accreditation.grant",
        by="accreditor",
        case="accreditation-lab-c",
        scope=["cybersecurity"],
        reasons=None,
    )


def test_an_assessor_needs_every_area(world: "World") -> None:
    apply(world, "lab-c")
    case = "accreditation-lab-c"
    world.file("accreditation.grant", by="accreditor", case=case, scope=["cybersecurity"])
    assert not is_accredited(world.docket, "lab-c", world.now)


def test_two_accreditations_may_make_up_one(world: "World") -> None:
    areas = list(world.book.areas)
    world.enrol("lab-c", "assessor")
    for case, scope in (("one", areas[:2]), ("two", areas[2:])):
        world.file("accreditation.apply", by="lab-c", case=case, scope=scope, statement="Able.")
        world.file("accreditation.grant", by="accreditor", case=case, scope=scope)
    assert is_accredited(world.docket, "lab-c", world.now)
    world.file("accreditation.withdraw", by="lab-c", case="two")
    assert not is_accredited(world.docket, "lab-c", world.now)


def test_a_suspended_accreditation_is_none_until_it_is_reinstated(world: "World") -> None:
    case = "accreditation-lab-a"
    world.file("accreditation.suspend", by="accreditor", case=case)
    assert not is_accredited(world.docket, "lab-a", world.now)
    world.file("accreditation.reinstate", by="accreditor", case=case)
    assert is_accredited(world.docket, "lab-a", world.now)


def test_only_its_holder_gives_an_accreditation_back(world: "World") -> None:
    assert "Only the holder of accreditation-lab-a" in world.refused(
        "accreditation.withdraw", by="lab-b", case="accreditation-lab-a"
    )


class TestPool:
    """Who can be drawn."""

    def test_a_conflicted_assessor_cannot_be_drawn_or_assigned(self, world: "World") -> None:
        world.declare()
        world.declare_interests("lab-a", conflict=True)
        world.declare_interests("lab-b")
        assert pool(world.docket, world.case(), world.now) == {"lab-b": 1}
        world.commit()
        world.reveal()
        fields = world.assignment()
        assert fields["assessor"] == "lab-b"
        assert "declared no conflict" in world.refused(
            "review.assign", by="officer", **(fields | {"assessor": "lab-a"})
        )

    def test_ownership_and_pay_by_result_are_conflicts(self, world: "World") -> None:
        world.declare()
        for interest in ("ownership", "contingent_pay"):
            fields: dict[str, Any] = {
                "conflict": False,
                "ownership": False,
                "contingent_pay": False,
                "funding": "acme",
                "statement": "None.",
                interest: True,
            }
            assert "are conflicts and must be declared as such" in world.refused(
                "review.declare-interests", by="lab-a", **fields
            )
            world.file("review.declare-interests", by="lab-a", **(fields | {"conflict": True}))

    def test_an_assessor_that_declared_nothing_cannot_be_drawn(self, world: "World") -> None:
        world.declare()
        world.declare_interests("lab-b")
        assert pool(world.docket, world.case(), world.now) == {"lab-b": 1}

    def test_the_last_declaration_counts(self, world: "World") -> None:
        world.declare()
        world.declare_interests("lab-a")
        world.declare_interests("lab-a", conflict=True)
        assert pool(world.docket, world.case(), world.now) == {}

    def test_an_assessor_accredited_in_one_area_cannot_be_drawn(self, world: "World") -> None:
        world.enrol("lab-c", "assessor")
        world.accredit("lab-c", ["cybersecurity"])
        world.declare()
        world.declare_interests("lab-c")
        assert pool(world.docket, world.case(), world.now) == {}

    def test_a_suspended_party_cannot_be_drawn(self, world: "World") -> None:
        world.declare()
        world.declare_interests("lab-a")
        world.declare_interests("lab-b")
        world.file("register.suspend-party", by="registrar", case="register", party="lab-a")
        assert pool(world.docket, world.case(), world.now) == {"lab-b": 1}

    def test_nobody_joins_once_both_sides_have_committed(self, world: "World") -> None:
        world.declare()
        world.declare_interests("lab-a")
        world.commit()
        world.declare_interests("lab-b")
        world.reveal()
        drawn = lot(world.docket, world.case(), world.now)
        assert drawn is not None
        assert [each.party for each in drawn.tickets] == ["lab-a"]

    def test_nobody_commits_while_nobody_can_be_drawn(self, world: "World") -> None:
        world.declare()
        for side, party in (("developer", "acme"), ("authority", "officer")):
            assert "none could be drawn" in world.refused(
                f"review.commit-{side}", by=party, commitment=world.commitment(world.half(party))
            )
        world.declare_interests("lab-b")
        world.commit()
        world.reveal()
        assert world.assignment()["assessor"] == "lab-b"
