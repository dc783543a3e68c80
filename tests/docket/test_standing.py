"""Where clearances stand, and the snapshot that a gate reads."""

import json
from typing import TYPE_CHECKING, Any

import pytest

from holdshort.docket.standing import clearance_index, snapshot
from holdshort.errors import BadInput
from holdshort.register.status import Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.docket.conftest import World

    from holdshort.rulebook.model import Rulebook


def test_the_status_of_a_review_in_every_state(world: "World") -> None:
    world.declare(weights=None)
    before = [world.status()]
    assert world.state() == "declared"
    world.assessed({"cybersecurity": "inconclusive"}, case="r2")
    before.append(world.status("r2"))
    world.file("review.clear-with-conditions", by="decider", case="r2", inputs=world.findings("r2"))
    before.append(world.status("r2"))
    assert before == [Status.INVALID] * 3  # declared, assessed, conditional but not issued
    world.file("review.issue-clearance", by="register", case="r2", clearance={})
    assert world.status("r2") is Status.CONDITIONAL
    world.file("review.appeal", by="acme", case="r2")
    assert world.status("r2") is Status.CONDITIONAL  # whoever appeals loses nothing by it
    assert world.state("r2") == "appealed"


def test_the_developer_may_hold_its_own_clearance_and_release_it(world: "World") -> None:
    world.cleared()
    assert world.open_acts("acme") >= {"hold"}
    assert "is on hold" in world.refused("review.release", by="acme")
    world.file("review.hold", by="acme")
    assert world.status() is Status.SUSPENDED
    assert "not on hold yet" in world.refused("review.hold", by="acme")
    for party in ("rival", "officer", "decider", "judge"):
        world.refused("review.release", by=party)
    world.file("review.release", by="acme")
    assert world.status() is Status.VALID


def test_the_index_names_the_clearance_at_each_place(world: "World") -> None:
    world.cleared()
    issued = world.case().done("issue-clearance")
    assert issued is not None
    assert json.loads(clearance_index(world.docket, world.now)) == [
        {
            "case": "r",
            "kind": "review",
            "entry": issued.index,
            "weights": world.weights,
            "restrictions": [],
        }
    ]


class TestSnapshot:
    """The register states what follows from the record, and nothing else."""

    def test_one_follows_the_other(self, world: "World") -> None:
        world.snapshot()
        world.cleared()
        world.later(minutes=1)
        world.snapshot()
        last = world.docket.last_snapshot
        assert last is not None
        assert (last.sequence, last.statuses) == (1, (Status.VALID,))
        assert last.log_size == world.docket.size - 1
        assert last.next_update == "2026-11-02T15:01:00Z"

    @pytest.mark.parametrize(
        "said",
        [
            {"sequence": 1},
            {"sequence": 2},
            {"issued_at": "2026-11-02T14:00:01Z"},
            {"next_update": "2027-01-01T00:00:00Z"},
            {"log_size": 3},
            {"log_root": "00" * 32},
            {"index": "00" * 32},
            {"count": 0},
            {"count": 2},
            {"changes": []},
            {"changes": [{"index": 0, "status": 1}]},
            {"status_list": {"bits": 2, "lst": "eJxjAAAAAQAB"}},
            {"status_list": {}},
            {"remark": "all is well"},
        ],
        ids=str,
    )
    def test_a_false_one_is_refused(self, world: "World", said: dict[str, Any]) -> None:
        world.cleared()
        # The list in one case above: one clearance, VALID, though it is on hold.
        world.file("review.hold", by="acme")
        fields = world.snapshot_fields() | said
        assert "states what follows from the record" in world.refused(
            "register.snapshot", by="register", case="register", **fields
        )

    def test_one_that_hides_a_hold_is_refused(self, world: "World") -> None:
        world.cleared()
        stale = world.snapshot_fields()
        world.file("review.hold", by="acme")
        fresh = world.snapshot_fields()
        for kept in ("status_list", "changes"):
            world.refused(
                "register.snapshot", by="register", case="register", **(fresh | {kept: stale[kept]})
            )
        world.refused("register.snapshot", by="register", case="register", **stale)

    def test_an_old_one_is_not_stated_again(self, world: "World") -> None:
        fields = world.snapshot_fields()
        world.snapshot()
        world.refused("register.snapshot", by="register", case="register", **fields)

    def test_only_the_register_states_it(self, world: "World") -> None:
        assert "Only the register may do this" in world.refused(
            "register.snapshot", by="registrar", case="register", **world.snapshot_fields()
        )

    def test_there_is_none_at_the_end_of_the_calendar(self, world: "World") -> None:
        with pytest.raises(BadInput, match="beyond the calendar"):
            snapshot(world.docket, "9999-12-31T23:59:59Z")


def test_where_it_cannot_be_told_whether_a_line_holds_no_later_one_counts(
    amended: "Callable[..., Rulebook]", make_world: "Callable[..., World]"
) -> None:
    # A case that does not remember whether it is on hold: the clearance has no worth, rather than
    # that of the next line.
    world = make_world(amended(("held: {type: bool, default: false,", "held: {type: bool,")))
    world.assessed()
    world.determine("clear")
    world.issue()
    assert "held" not in world.case().facts
    assert world.status() is Status.INVALID
