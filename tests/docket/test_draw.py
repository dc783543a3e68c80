"""The draw of the assessor: nobody steers it, and anyone can repeat it."""

from typing import TYPE_CHECKING, Any

import pytest

from holdshort.docket.lots import draw
from holdshort.docket.refusal import Unlawful

if TYPE_CHECKING:
    from tests.docket.conftest import World


@pytest.fixture
def committed(world: "World") -> "World":
    """Both assessors have declared their interests, and both sides have committed."""
    world.declare()
    world.declare_interests("lab-a")
    world.declare_interests("lab-b")
    world.commit()
    return world


@pytest.fixture
def revealed(committed: "World") -> "World":
    committed.reveal()
    return committed


def test_the_lot_can_be_drawn_again_from_what_is_public(revealed: "World") -> None:
    memory = revealed.case().memory
    fixed, said = memory["seed_root"], memory["revealed"]
    assert isinstance(fixed, dict)
    assert isinstance(said, dict)
    # The root of the log right after the second commitment: entries up to it, and no other.
    second = revealed.case().done("commit-authority")
    assert second is not None
    assert fixed["size"] == second.index + 1
    again = draw(
        bytes.fromhex(str(said["developer"])),
        bytes.fromhex(str(said["authority"])),
        second.index + 1,
        bytes.fromhex(str(fixed["root"])),
        ["lab-b", "lab-a"],
    )
    assert revealed.assignment() == {"assessor": again.winner, "draw": again.to_json()}
    revealed.file("review.assign", by="officer", **revealed.assignment())
    assert revealed.assessor() == again.winner
    assert revealed.state() == "assigned"


def test_the_root_is_the_one_of_the_log_after_the_second_commitment(committed: "World") -> None:
    root = committed.docket.frontier.root().hex()
    assert committed.case().memory["seed_root"] == {"size": committed.docket.size, "root": root}


def test_another_than_the_winner_is_not_assigned(revealed: "World") -> None:
    fields = revealed.assignment()
    other = {"lab-a": "lab-b", "lab-b": "lab-a"}[fields["assessor"]]
    assert "the one that the lot draws" in revealed.refused(
        "review.assign", by="officer", **(fields | {"assessor": other})
    )


@pytest.mark.parametrize(
    "tamper",
    [
        lambda drawn: drawn | {"seed": "00" * 32},
        lambda drawn: drawn | {"log_size": drawn["log_size"] + 1},
        lambda drawn: drawn | {"log_root": "00" * 32},
        lambda drawn: drawn | {"tickets": drawn["tickets"][:1]},
        lambda drawn: drawn | {"tickets": drawn["tickets"][::-1]},
        lambda drawn: drawn | {"tickets": [*drawn["tickets"], drawn["tickets"][0]]},
        lambda drawn: (
            drawn | {"tickets": [ticket | {"ticket": "00" * 32} for ticket in drawn["tickets"]]}
        ),
        lambda drawn: drawn | {"remark": "and something else"},
        lambda drawn: {},
    ],
    ids="seed size root missing order twice ticket more empty".split(),
)
def test_a_tampered_draw_is_refused(revealed: "World", tamper: Any) -> None:
    fields = revealed.assignment()
    assert "the one that the lot draws" in revealed.refused(
        "review.assign", by="officer", **(fields | {"draw": tamper(fields["draw"])})
    )


def test_nobody_reveals_before_both_have_committed(world: "World") -> None:
    world.declare()
    world.declare_interests("lab-a")
    assert "Nobody reveals before both" in world.refused(
        "review.reveal-developer", by="acme", value=world.half("acme")
    )
    world.file(
        "review.commit-developer", by="acme", commitment=world.commitment(world.half("acme"))
    )
    for side, party in (("developer", "acme"), ("authority", "officer")):
        assert "Nobody reveals before both" in world.refused(
            f"review.reveal-{side}", by=party, value=world.half(party)
        )


def test_a_commitment_is_made_once(committed: "World") -> None:
    for side, party in (("developer", "acme"), ("authority", "officer")):
        assert "A commitment is made once" in committed.refused(
            f"review.commit-{side}", by=party, commitment="00" * 32
        )


@pytest.mark.parametrize("value", ["00" * 32, "not hex", "AB" * 32, 7, None])
def test_a_value_that_was_not_committed_to_is_not_revealed(committed: "World", value: Any) -> None:
    committed.refused("review.reveal-developer", by="acme", value=value)


def test_one_officer_does_not_reveal_for_another(committed: "World") -> None:
    committed.enrol("officer-2", "authority.case-officer")
    assert "committed to" in committed.refused(
        "review.reveal-authority", by="officer-2", value=committed.half("officer")
    )


def test_nobody_is_assigned_before_both_have_revealed(committed: "World") -> None:
    committed.file("review.reveal-developer", by="acme", value=committed.half("acme"))
    assert "Both halves of the seed have been revealed" in committed.refused(
        "review.assign", by="officer", assessor="lab-a", draw={}
    )


def test_a_stranger_is_not_assigned(revealed: "World") -> None:
    fields = revealed.assignment()
    for stranger in ("nobody", "acme", "judge"):
        revealed.refused("review.assign", by="officer", **(fields | {"assessor": stranger}))


def test_dropping_the_winner_does_not_let_the_next_ticket_win(revealed: "World") -> None:
    before = revealed.assignment()
    winner = before["assessor"]
    revealed.suspend(f"accreditation-{winner}")
    assert revealed.assignment() == before
    assert "accreditation in force" in revealed.refused("review.assign", by="officer", **before)


def test_a_draw_whose_winner_dropped_out_is_voided_and_drawn_anew(revealed: "World") -> None:
    winner = revealed.assignment()["assessor"]
    revealed.suspend(f"accreditation-{winner}")
    revealed.file("review.void-draw", by="officer", reasons="The winner lost its accreditation.")
    revealed.refused("review.assign", by="officer", assessor="lab-a", draw={})
    # A value that has been revealed hides nothing any more: both need new ones.
    with pytest.raises(Unlawful, match="has been made before"):
        revealed.commit()
    revealed.commit(purpose="second draw")
    revealed.reveal(purpose="second draw")
    fields = revealed.assignment()
    assert fields["assessor"] != winner
    revealed.file("review.assign", by="officer", **fields)


def test_nobody_commits_to_what_somebody_else_committed_to(world: "World") -> None:
    world.declare()
    committed = world.commitment(world.half("acme"))
    world.file("review.commit-developer", by="acme", commitment=committed)
    assert "has been made before" in world.refused(
        "review.commit-authority", by="officer", commitment=committed
    )


def test_nor_to_what_was_revealed_in_another_case(revealed: "World") -> None:
    revealed.declare("r2", weights="ac" * 32)
    committed = revealed.commitment(revealed.half("acme"))
    assert "has been made before" in revealed.refused(
        "review.commit-developer", by="acme", case="r2", commitment=committed
    )


def test_a_draw_whose_winner_can_serve_is_not_voided(revealed: "World") -> None:
    assert "can no longer serve" in revealed.refused(
        "review.void-draw", by="officer", reasons="Another would suit better."
    )


def test_weights_under_review_are_not_taken_to_another_draw(revealed: "World") -> None:
    with pytest.raises(Unlawful, match="No review of these weights is under way"):
        revealed.declare("r2")


def test_weights_that_were_referred_are_not_taken_to_another_test(world: "World") -> None:
    world.referred()
    with pytest.raises(Unlawful, match="or ended without a clearance"):
        world.declare("r2")


def test_weights_in_service_can_be_reviewed_again(world: "World") -> None:
    world.cleared()
    world.declare("r2")
