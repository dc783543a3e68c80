"""The data sheet of a clearance is computed from the record, and leaves out no case."""

import json
from typing import TYPE_CHECKING

import pytest

from holdshort.docket.sheet import DataSheet, data_sheet
from holdshort.errors import BadInput

if TYPE_CHECKING:
    from tests.docket.conftest import World


def sheet(world: "World", case: str = "r") -> DataSheet:
    return data_sheet(world.docket, world.case(case), world.now)


def test_it_states_the_model_the_law_of_the_day_and_what_was_found(world: "World") -> None:
    world.cleared()
    told = sheet(world)
    assert (told.model, told.weights, told.status) == ("M", world.weights, "valid")
    assert (told.holder, told.assessor) == ("acme", world.assessor())
    assert (told.basis.law, told.basis.digest) == ("aaif", world.book.digest)
    assert told.basis.day == str(world.case().basis)
    values = {each.name: each for each in told.basis.values}
    assert values["compute_threshold"].cite == "aaif, scope: covered developer (i)"
    assert {each.area for each in told.findings} == set(world.book.areas)
    assert {each.outcome for each in told.findings} == {"acceptable"}
    assert sorted(each.entry for each in told.findings if each.entry) == world.findings()
    assert [each.act for each in told.history][-1] == "issue-clearance"


def test_before_anything_is_found_it_says_so(world: "World") -> None:
    world.declare()
    told = sheet(world)
    assert (told.status, told.clearance_entry, told.assessor) == ("invalid", None, None)
    assert {(each.outcome, each.entry) for each in told.findings} == {("none", None)}


def test_every_case_that_concerns_it_is_on_it_whatever_its_kind(world: "World") -> None:
    world.referred()
    world.ordered()
    told = sheet(world)
    subjects = {each.case: each.subject for each in told.related}
    assert subjects["engagement-r"] == "", "nothing that its opening had to state"
    assert {(each.case, each.kind) for each in told.related} == {
        ("engagement-r", "engagement"),
        ("bar", "restriction"),
    }
    assert [each.case for each in told.related if each.open] == ["engagement-r", "bar"]
    (bar,) = told.bars
    assert (bar.case, bar.state, dict(bar.scope)) == ("bar", "ordered", {})
    world.file("restriction.lift", by="judge", case="bar")
    told = sheet(world)
    assert told.bars == ()
    closed = {each.case for each in told.related if not each.open}
    assert closed == {"bar"}


def test_a_partial_bar_is_on_it_with_what_it_bars(world: "World") -> None:
    world.referred()
    world.ordered(remedy="whole")
    assert sheet(world).bars[0].until is not None
    world.file("restriction.lift", by="judge", case="bar")
    world.restrict("part", petition=True)
    world.file("restriction.give-notice", by="officer", case="part")
    world.file("restriction.answer", by="acme", case="part")
    world.file("restriction.order", by="judge", case="part", audiences=["api"], territories=["DE"])
    (bar,) = sheet(world).bars
    assert dict(bar.scope) == {"audiences": ["api"], "territories": ["DE"]}


def test_a_case_that_can_hold_no_clearance_has_no_sheet(world: "World") -> None:
    world.referred()
    world.restrict()
    with pytest.raises(BadInput, match="can hold no clearance"):
        sheet(world, "bar")


def test_programs_read_it_as_json(world: "World") -> None:
    world.cleared()
    told = json.loads(json.dumps(sheet(world).to_json()))
    assert told["basis"]["law"] == "aaif"
    assert told["status"] == "valid"


def test_a_change_is_on_the_sheet_of_its_base_with_what_it_is_about(world: "World") -> None:
    world.cleared()
    criteria = ("architecture", "training_method", "assumption", "capability", "safeguards")
    world.file(
        "change.file",
        by="rival",
        case="c",
        concerns="r",
        model="M tuned",
        weights="cd" * 32,
        parents=[world.weights],
        affected=[],
        what_changed="Its style.",
        **dict.fromkeys(criteria, False),
    )
    (row,) = sheet(world).supplements
    assert (row.case, row.subject, row.status, row.open) == ("c", "Its style.", "invalid", True)
    told = sheet(world, "c")
    assert told.parents == (world.weights,)
    assert told.rests_on == (("r", "valid"),)
    assert {each.case for each in told.findings} == {"r"}
