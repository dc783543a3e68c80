"""The draw of the assessor: nobody steers it, and anyone can repeat it."""

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from holdshort.docket.drawing import draw_is_witnessed, fixed_root, settled
from holdshort.docket.lots import draw
from holdshort.docket.refusal import Unlawful
from holdshort.register.checkpoint import Checkpoint, parse_checkpoint, sign_checkpoint
from holdshort.register.cosignature import Cosigner
from holdshort.register.keys import PrivateKey
from holdshort.register.merkle import Tree
from holdshort.register.note import Note, NoteSigner

ORIGIN = "holdshort.example/aaif"
ROOT = hashlib.sha256(b"root").digest()

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
        {"lab-b": 1, "lab-a": 1},
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
        "review.reveal-authority", by="officer", value=world.half("officer")
    )
    world.file(
        "review.commit-developer", by="acme", commitment=world.commitment(world.half("acme"))
    )
    assert "Nobody reveals before both" in world.refused(
        "review.reveal-authority", by="officer", value=world.half("officer")
    )
    assert "The developer reveals after the Agency" in world.refused(
        "review.reveal-developer", by="acme", value=world.half("acme")
    )


def test_a_commitment_is_made_once(committed: "World") -> None:
    for side, party in (("developer", "acme"), ("authority", "officer")):
        assert "A commitment is made once" in committed.refused(
            f"review.commit-{side}", by=party, commitment="00" * 32
        )


@pytest.mark.parametrize("value", ["00" * 32, "not hex", "AB" * 32, 7, None])
def test_a_value_that_was_not_committed_to_is_not_revealed(committed: "World", value: Any) -> None:
    committed.witness()
    committed.refused("review.reveal-authority", by="officer", value=value)
    committed.file("review.reveal-authority", by="officer", value=committed.half("officer"))
    committed.refused("review.reveal-developer", by="acme", value=value)


def test_one_officer_does_not_reveal_for_another(committed: "World") -> None:
    committed.enrol("officer-2", "authority.case-officer")
    committed.witness()
    assert "committed to" in committed.refused(
        "review.reveal-authority", by="officer-2", value=committed.half("officer")
    )


def test_nobody_is_assigned_before_both_have_revealed(committed: "World") -> None:
    committed.witness()
    committed.file("review.reveal-authority", by="officer", value=committed.half("officer"))
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
    world.declare_interests("lab-a")
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


# ---------------------------------------------------------------------- the witnessed checkpoint


def test_nobody_reveals_before_the_draw_is_witnessed(committed: "World") -> None:
    assert "Nobody reveals before the draw is witnessed" in committed.refused(
        "review.reveal-authority", by="officer", value=committed.half("officer")
    )


def test_a_later_checkpoint_witnesses_the_draw_as_well(committed: "World") -> None:
    committed.declare("r2", weights="ac" * 32)
    committed.declare("r3", weights="ad" * 32)
    root = committed.case().memory["seed_root"]
    committed.witness()
    committed.reveal()
    committed.file("review.assign", by="officer", **committed.assignment())
    assert committed.case().memory["seed_root"] == root  # of the checkpoint nothing enters the seed


def test_whoever_has_the_checkpoint_may_show_it(committed: "World") -> None:
    committed.file("review.witness-draw", by="acme", **committed.witness_fields())


def test_a_draw_is_witnessed_once(committed: "World") -> None:
    committed.witness()
    assert "witnessed once" in committed.refused(
        "review.witness-draw", by="register", **committed.witness_fields()
    )


def forked(world: "World") -> dict[str, Any]:
    """A checkpoint of another history, in which the last entry never was."""
    true = world.entries[-1]
    entry = world.entry(world.act("review.commit-authority", "officer", commitment="00" * 32))
    world.entries[-1] = replace(entry, index=true.index)
    fields = world.witness_fields()
    world.entries[-1] = true
    return fields


def unsigned(world: "World") -> dict[str, Any]:
    signer = NoteSigner(ORIGIN, world.key("officer"))
    tree = Tree(entry.leaf_hash for entry in world.entries)
    note = sign_checkpoint(Checkpoint(ORIGIN, len(tree), tree.root()), signer)
    return {"checkpoint": note.decode(), "consistency": []}


def ahead(world: "World") -> dict[str, Any]:
    """Signed by the log, of a size that it does not have yet."""
    tree = Tree([*(entry.leaf_hash for entry in world.entries), ROOT])
    signer = NoteSigner(ORIGIN, world.key("register"))
    note = sign_checkpoint(Checkpoint(ORIGIN, len(tree), tree.root()), signer)
    proof = [each.hex() for each in tree.consistency(len(tree) - 1)]
    return {"checkpoint": note.decode(), "consistency": proof}


@pytest.mark.parametrize(
    "made",
    [
        lambda world: world.witness_fields() | {"checkpoint": "no note"},
        lambda world: world.witness_fields() | {"consistency": ["00" * 32]},
        lambda world: world.witness_fields() | {"consistency": [7]},
        lambda world: {"checkpoint": world.checkpoint(3).decode(), "consistency": []},
        forked,
        unsigned,
        ahead,
    ],
    ids="malformed proof-too-long proof-of-numbers before-both forked by-another ahead".split(),
)
def test_a_checkpoint_that_proves_nothing_of_the_draw_is_refused(
    committed: "World", made: Any
) -> None:
    assert "signed by the register and cosigned" in committed.refused(
        "review.witness-draw", by="register", **made(committed)
    )


def cosigner(name: str) -> Cosigner:
    return Cosigner(
        f"{name}.example/w", PrivateKey.from_seed(hashlib.sha256(name.encode()).digest())
    )


@pytest.fixture
def watched(world: "World") -> "World":
    """Two of three witnesses must cosign, from before the draw on."""
    lines = [f"witness {name} {cosigner(name).verifier.vkey}" for name in ("civic", "press", "uni")]
    policy = "\n".join([*lines, "group two 2 civic press uni", "quorum two", ""])
    world.file("register.witnesses", by="root", case="register", witness_policy=policy)
    world.declare()
    for lab in ("lab-a", "lab-b"):
        world.declare_interests(lab)
    world.commit()
    return world


def cosigned(world: "World", *by: str, time: int = 1_800_000_000) -> dict[str, Any]:
    fields = world.witness_fields()
    note = Note.parse(fields["checkpoint"].encode())
    shown = parse_checkpoint(note.text)
    lines = tuple(cosigner(name).cosign(shown, time) for name in by)
    return fields | {"checkpoint": Note(note.text, (*note.signatures, *lines)).to_bytes().decode()}


@pytest.mark.parametrize("by", [(), ("civic",), ("civic", "stranger")])
def test_a_checkpoint_that_too_few_witnesses_cosigned_is_refused(
    watched: "World", by: tuple[str, ...]
) -> None:
    watched.refused("review.witness-draw", by="register", **cosigned(watched, *by))


def test_who_cosigned_and_when_does_not_change_the_draw(watched: "World") -> None:
    """Neither the choice of witnesses nor their clocks are a handle on the seed."""
    won = set()
    for by, time in ((("civic", "press"), 1_800_000_000), (("press", "uni"), 1_900_000_000)):
        fields = cosigned(watched, *by, time=time)
        assert draw_is_witnessed(watched.docket, watched.case(), fields)
        ours, theirs = (bytes.fromhex(watched.half(party)) for party in ("acme", "officer"))
        fixed, candidates = fixed_root(watched.case()), settled(watched.case())
        assert fixed
        assert candidates
        won.add(draw(ours, theirs, *fixed, candidates).seed)
    assert len(won) == 1
    watched.file("review.witness-draw", by="register", **cosigned(watched, "press", "uni"))
    watched.reveal()
    watched.file("review.assign", by="officer", **watched.assignment())


# ---------------------------------------------------------------------- whoever does not reveal


def test_the_developer_reveals_last(committed: "World") -> None:
    committed.witness()
    assert "The developer reveals after the Agency" in committed.refused(
        "review.reveal-developer", by="acme", value=committed.half("acme")
    )


def test_a_draw_that_the_agency_holds_up_is_given_up_by_the_developer(committed: "World") -> None:
    committed.witness()
    assert "not revealed its half in time" in committed.refused("review.void-late-draw", by="acme")
    committed.later(days=7)
    assert "review.void-late-draw" not in committed.open_acts("officer")
    committed.file("review.void-late-draw", by="acme")
    committed.commit(purpose="second draw")
    committed.reveal(purpose="second draw")
    committed.file("review.assign", by="officer", **committed.assignment())


def test_an_agency_that_revealed_in_the_end_is_not_late_for_the_developer(
    committed: "World",
) -> None:
    committed.witness()
    committed.later(days=7)
    committed.file("review.reveal-authority", by="officer", value=committed.half("officer"))
    committed.refused("review.void-late-draw", by="acme")  # it knows the winner now


@pytest.fixture
def refusing(committed: "World") -> "World":
    """The developer knows whom it would draw, and does not reveal."""
    committed.witness()
    committed.file("review.reveal-authority", by="officer", value=committed.half("officer"))
    committed.later(days=30)
    return committed


def test_a_developer_that_refuses_holds_up_nothing_but_its_own_models(refusing: "World") -> None:
    assert refusing.open_acts("acme") & {"void-late-draw", "void-draw", "release-draw"} == set()
    refusing.refused("review.void-late-draw", by="acme")
    refusing.refused("review.void-draw", by="officer", reasons="It refuses.")
    assert "owes its half of the seed in no other draw" in refusing.refused(
        "review.declare", by="acme", case="r2", model="M2", weights="ac" * 32, facts={}
    )
    refusing.declare("r3", by="rival", weights="ad" * 32)
    refusing.file("review.reveal-developer", by="acme", value=refusing.half("acme"))
    refusing.declare("r2", weights="ac" * 32)


def test_the_court_releases_a_developer_whose_value_is_lost(refusing: "World") -> None:
    for party in ("acme", "officer", "accreditor"):
        refusing.refused("review.release-draw", by=party, reasons="Lost.")
    refusing.file("review.release-draw", by="judge", reasons="The disk burnt; the experts agree.")
    refusing.declare("r2", weights="ac" * 32)
    refusing.commit(purpose="second draw")
    refusing.reveal(purpose="second draw")
    refusing.file("review.assign", by="officer", **refusing.assignment())


def test_the_court_releases_nobody_in_time(committed: "World") -> None:
    committed.witness()
    committed.file("review.reveal-authority", by="officer", value=committed.half("officer"))
    assert "has not revealed its half in time" in committed.refused(
        "review.release-draw", by="judge", reasons="Early."
    )


def test_whoever_drops_out_before_the_reveals_stays_in_the_pool(committed: "World") -> None:
    """Nobody's leaving moves the lot to somebody: if the winner has left, the draw is voided."""
    before = committed.case().memory["pool"]
    committed.witness()
    for lab in ("lab-a", "lab-b"):
        committed.suspend(f"accreditation-{lab}")
    committed.reveal()
    assert committed.case().memory["pool"] == before
    committed.refused("review.assign", by="officer", **committed.assignment())
    committed.file("review.void-draw", by="officer", reasons="Nobody is accredited.")
