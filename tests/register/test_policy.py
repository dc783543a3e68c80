"""Trust policies: whether enough others, of enough operators, stand behind a checkpoint."""

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdshort.errors import BadInput, RegisterError
from holdshort.register.checkpoint import Checkpoint, sign_checkpoint
from holdshort.register.cosignature import (
    CosignatureVerifier,
    Cosigner,
    ed25519_message,
    subtree_message,
)
from holdshort.register.keys import PrivateKey
from holdshort.register.merkle import EMPTY_ROOT
from holdshort.register.note import (
    NoteSignature,
    NoteSigner,
    NoteVerifier,
    add_signatures,
    sign_note,
)
from holdshort.register.policy import Cosigned, Group, Policy, WitnessEntry

VECTORS = Path(__file__).parent / "vectors"
NOW = 1_795_000_000
LOG = NoteSigner("log.example/a", PrivateKey.from_seed(bytes(32)))
HEAD = Checkpoint(LOG.name, 7, bytes(range(32)))


def cosigner(name: str, seed: int, key_type: str = "ed25519") -> Cosigner:
    return Cosigner(name, PrivateKey.from_seed(bytes([seed]) * 32, key_type))


ROME = cosigner("acme.example/rome", 1)
OSLO = cosigner("acme.example/oslo", 2, "ml-dsa-44")
CIVIC = cosigner("civic.example", 3)
PRESS = cosigner("press.example", 4, "ml-dsa-44")
WITNESSES = {"acme/rome": ROME, "acme/oslo": OSLO, "civic": CIVIC, "press": PRESS}
LINES = "".join(f"witness {name} {each.verifier.vkey}\n" for name, each in WITNESSES.items())
TWO_OF_THREE = LINES + (
    "group acme any acme/rome acme/oslo\ngroup majority 2 acme civic press\nquorum majority\n"
)
POLICY = Policy.parse(TWO_OF_THREE, log=LOG.verifier)


def signed(*by: str, time: int = NOW, head: Checkpoint = HEAD) -> bytes:
    return add_signatures(
        sign_note(head.text(), [LOG]), [WITNESSES[name].cosign(head, time) for name in by]
    )


def refusal(data: bytes, policy: Policy = POLICY, **at: int) -> str:
    with pytest.raises(RegisterError) as caught:
        policy.check(data, **at)  # type: ignore[arg-type]
    assert caught.value.where == "checkpoint"
    return caught.value.what


def test_a_checkpoint_with_its_quorum_is_opened_and_tells_who_cosigned_when() -> None:
    data = signed("civic", "press")
    cosigned = POLICY.check(data)
    assert cosigned.checkpoint == HEAD
    assert cosigned.note.to_bytes() == data
    assert cosigned.log == LOG.verifier
    assert cosigned.cosigned_by == {"civic": NOW, "press": NOW}
    assert cosigned.unknown == ()


@pytest.mark.parametrize("by", [set(each) for n in range(5) for each in combinations(WITNESSES, n)])
def test_the_quorum_is_met_by_two_of_three_operators_and_no_fewer(by: set[str]) -> None:
    operators = {name.partition("/")[0] for name in by}
    data = signed(*sorted(by))
    if len(operators) >= 2:
        assert set(POLICY.check(data).cosigned_by) == by
    else:
        assert "quorum of witnesses is not met" in refusal(data)


def test_one_operator_with_two_witnesses_never_meets_two_of_three() -> None:
    """sigstore-go GHSA-9vcr-p3rj-q5q6: a threshold counted per entry, met by one party alone."""
    assert refusal(signed("acme/rome", "acme/oslo")) == (
        "The quorum of witnesses is not met; it lacks 1 of majority "
        "[civic (has not cosigned); press (has not cosigned)]."
    )
    for members in ("acme/rome acme/oslo civic", "press acme/oslo acme/rome"):
        with pytest.raises(BadInput) as caught:
            Policy.parse(LINES + f"group majority 2 {members}\nquorum majority\n")
        assert "The operator acme stands behind both" in caught.value.what
        assert caught.value.where == "policy, line 5"
        assert "group of 'any'" in str(caught.value)


def test_an_operator_who_does_not_say_so_is_known_by_the_host_of_its_key_names() -> None:
    lines = f"witness rome {ROME.verifier.vkey}\nwitness oslo {OSLO.verifier.vkey}\n"
    lines += f"witness civic {CIVIC.verifier.vkey}\n"
    with pytest.raises(BadInput, match=r"operator acme\.example stands behind both rome and oslo"):
        Policy.parse(lines + "group g 2 rome oslo civic\nquorum g\n")
    assert Policy.parse(lines + "group g any rome oslo civic\nquorum g\n").met({"oslo"})


def test_the_host_of_a_key_name_is_the_same_in_capitals() -> None:
    loud = cosigner("ACME.example/paris", 5)
    lines = f"witness rome {ROME.verifier.vkey}\nwitness paris {loud.verifier.vkey}\n"
    with pytest.raises(BadInput, match="stands behind both"):
        Policy.parse(lines + "group g all rome paris\nquorum g\n")


def test_two_witnesses_of_one_host_cannot_pass_for_two_operators_by_naming_one_only() -> None:
    lines = f"witness acme/rome {ROME.verifier.vkey}\nwitness oslo {OSLO.verifier.vkey}\n"
    with pytest.raises(BadInput, match=r"line 2: acme/rome and oslo are both of acme\.example"):
        Policy.parse(lines + "quorum none\n")


def test_two_operators_may_share_a_host_when_both_are_named() -> None:
    lines = f"witness alice/w {ROME.verifier.vkey}\nwitness bob/w {OSLO.verifier.vkey}\n"
    policy = Policy.parse(lines + "group g 2 alice/w bob/w\nquorum g\n")
    assert [each.operator for each in policy.witnesses] == ["alice", "bob"]


def test_an_operator_does_not_count_twice_through_groups_either() -> None:
    groups = "group one any acme/rome civic\ngroup two any acme/oslo press\n"
    with pytest.raises(BadInput, match="operator acme stands behind both one and two"):
        Policy.parse(LINES + groups + "group g 2 one two\nquorum g\n")
    with pytest.raises(BadInput, match="operator acme stands behind both acme/oslo and one"):
        Policy.parse(LINES + groups[: groups.index("group two")] + "group g all acme/oslo one\n")


OPERATORS = ["acme", "bolt", "civic", "delta"]
POOL = [
    WitnessEntry(f"{operator}/{at}", cosigner(f"{operator}{at}.example", 10 * n + at).verifier)
    for n, operator in enumerate(OPERATORS, 2)
    for at in (1, 2, 3)
]


@st.composite
def trees(draw: st.DrawFn) -> tuple[Group, ...]:
    """Any groups over twelve witnesses of four operators, whether a policy may have them or not."""
    free = [each.name for each in POOL]
    groups: list[Group] = []
    for at in range(draw(st.integers(1, 5))):
        members = draw(st.lists(st.sampled_from(free), min_size=1, max_size=4, unique=True))
        groups.append(Group(f"g{at}", draw(st.integers(1, len(members))), tuple(members)))
        free = [name for name in free if name not in members] + [f"g{at}"]
    return tuple(groups)


@settings(max_examples=300, deadline=None)
@given(trees())
def test_no_group_is_met_by_fewer_operators_than_its_threshold(groups: tuple[Group, ...]) -> None:
    """Also as any other implementation reads the file: nothing but k of n members is counted."""
    behind: dict[str, set[str]] = {each.name: {each.operator} for each in POOL}
    shared = False
    for group in groups:
        operators = [operator for member in group.members for operator in behind[member]]
        behind[group.name] = set(operators)
        shared |= group.k > 1 and len(operators) > len(set(operators))
    if shared:
        with pytest.raises(BadInput, match="would count twice"):
            Policy((), tuple(POOL), groups, groups[-1].name)
        return
    policy = Policy((), tuple(POOL), groups, groups[-1].name)
    for number in range(len(OPERATORS)):
        for corrupt in combinations(OPERATORS, number):
            cosigned = {each.name for each in POOL if each.operator in corrupt}
            for group in groups:
                as_quorum = replace(policy, quorum=group.name)
                assert not as_quorum.met(cosigned) or number >= group.k


def test_a_checkpoint_that_nobody_needs_to_cosign_is_opened_with_the_logs_signature() -> None:
    policy = Policy.parse("quorum none\n", log=LOG.verifier)
    assert policy.check(signed()).cosigned_by == {}
    assert policy.check(signed("civic")).unknown == (CIVIC.cosign(HEAD, NOW),)


def test_the_log_may_be_given_when_the_policy_is_asked() -> None:
    policy = Policy.parse(TWO_OF_THREE)
    data = signed("civic", "press")
    assert policy.check(data, LOG.verifier) == POLICY.check(data)
    with pytest.raises(BadInput, match="names no log"):
        policy.check(data)
    other = NoteSigner(LOG.name, PrivateKey.from_seed(bytes([9]) * 32))
    with pytest.raises(RegisterError, match="itself did not sign"):
        POLICY.check(data, other.verifier)


def test_any_one_of_the_logs_is_enough_but_only_for_its_own_origin() -> None:
    other = NoteSigner("log.example/b", PrivateKey.from_seed(bytes([9]) * 32))
    policy = Policy.parse(f"log {LOG.verifier.vkey}\nlog {other.verifier.vkey}\nquorum none\n")
    there = Checkpoint(other.name, 3, bytes(32))
    assert policy.check(sign_checkpoint(there, other)).log == other.verifier
    assert policy.check(sign_note(HEAD.text(), [other, LOG])).log == LOG.verifier
    assert "log.example/a itself did not sign" in refusal(sign_note(HEAD.text(), [other]), policy)
    stranger = sign_note(Checkpoint("log.example/c", 3, bytes(32)).text(), [LOG])
    assert "log.example/c itself did not sign" in refusal(stranger, policy)


def test_a_log_that_signs_with_ml_dsa_needs_no_time_and_covers_no_extension() -> None:
    log = cosigner(LOG.name, 9, "ml-dsa-44")
    policy = Policy.parse("quorum none\n", log=log.verifier)

    def made(head: Checkpoint) -> bytes:
        message = subtree_message(log.name, 0, head.origin, 0, head.size, head.root)
        line = NoteSignature(log.name, log.verifier.key_id, bytes(8) + log.private.sign(message))
        return f"{head.text()}\n{line}".encode()

    assert policy.check(made(HEAD)).checkpoint == HEAD
    extended = Checkpoint(HEAD.origin, HEAD.size, HEAD.root, ("anything",))
    assert "does not cover the lines after the root" in refusal(made(extended), policy)
    both = Policy.parse(f"log {log.verifier.vkey}\nlog {LOG.verifier.vkey}\nquorum none\n")
    data = add_signatures(made(extended), [LOG.sign(extended.text())])
    assert both.check(data).log == LOG.verifier


@pytest.mark.parametrize("name", WITNESSES)
def test_a_bad_cosignature_of_a_known_witness_spoils_the_checkpoint(name: str) -> None:
    """signed-note, "Signatures": clients SHOULD reject the whole note."""
    elsewhere = WITNESSES[name].cosign(Checkpoint(LOG.name, 8, bytes(32)), NOW)
    data = add_signatures(signed("civic", "press"), [elsewhere])
    assert f"cosignature of {WITNESSES[name].name} does not verify" in refusal(data)


def test_a_bad_signature_of_the_log_spoils_the_checkpoint() -> None:
    data = add_signatures(signed("civic", "press"), [LOG.sign("another text\n")])
    assert "signature of log.example/a does not verify" in refusal(data)


def test_lines_of_unknown_keys_are_told_and_not_checked() -> None:
    line = NoteSignature("press.example", b"othr", b"anything")
    cosigned = POLICY.check(add_signatures(signed("civic", "press"), [line]))
    assert cosigned.unknown == (line,)


def test_the_latest_of_several_cosignatures_counts() -> None:
    data = add_signatures(
        signed("civic", "press"), [CIVIC.cosign(HEAD, NOW + 60), CIVIC.cosign(HEAD, NOW - 60)]
    )
    assert POLICY.check(data).cosigned_by == {"civic": NOW + 60, "press": NOW}


def test_a_witness_that_cosigned_twice_counts_once() -> None:
    data = add_signatures(signed("civic"), [CIVIC.cosign(HEAD, NOW + each) for each in (1, 2)])
    assert "lacks 1 of majority" in refusal(data)


def test_an_old_cosignature_does_not_count_when_its_age_is_asked_for() -> None:
    data = signed("civic", "press")
    assert POLICY.check(data, now=NOW + 600, max_age=600).cosigned_by == {
        "civic": NOW,
        "press": NOW,
    }
    assert refusal(data, now=NOW + 601, max_age=600) == (
        "The quorum of witnesses is not met; it lacks 2 of majority [1 of acme "
        "[acme/rome (has not cosigned); acme/oslo (has not cosigned)]; "
        "civic (cosigned at 2026-11-18T11:06:40Z, over 600 seconds ago); "
        "press (cosigned at 2026-11-18T11:06:40Z, over 600 seconds ago)]."
    )
    with pytest.raises(BadInput, match="without the time now"):
        POLICY.check(data, max_age=600)


def test_a_cosignature_of_the_future_does_not_count() -> None:
    data = signed("civic", "press")
    assert POLICY.check(data, now=NOW - 300).cosigned_by == {"civic": NOW, "press": NOW}
    assert "press (cosigned at 2026-11-18T11:06:40Z, which is in the future)" in refusal(
        data, now=NOW - 301
    )
    far = signed("civic", "press", time=(1 << 63) - 1)
    assert "9223372036854775807 s, which is in the future" in refusal(far, now=NOW)


def test_a_cosignature_without_a_time_does_not_count() -> None:
    message = subtree_message(PRESS.name, 0, HEAD.origin, 0, HEAD.size, HEAD.root)
    line = NoteSignature(PRESS.name, PRESS.verifier.key_id, bytes(8) + PRESS.private.sign(message))
    assert "press (cosigned without a time)" in refusal(add_signatures(signed("civic"), [line]))
    timeless = NoteSignature(
        CIVIC.name,
        CIVIC.verifier.key_id,
        bytes(8) + CIVIC.private.sign(ed25519_message(HEAD, 0)),
    )
    assert "states no time" in refusal(add_signatures(signed("press"), [timeless]))


def test_a_subtree_that_is_not_the_whole_tree_is_no_checkpoint() -> None:
    message = subtree_message(PRESS.name, 0, HEAD.origin, 4, HEAD.size, HEAD.root)
    line = NoteSignature(PRESS.name, PRESS.verifier.key_id, bytes(8) + PRESS.private.sign(message))
    assert "press.example does not verify" in refusal(add_signatures(signed("civic"), [line]))


def test_an_empty_log_with_a_root_of_its_own_is_refused() -> None:
    policy = Policy.parse("quorum none\n", log=LOG.verifier)
    assert policy.check(signed(head=Checkpoint(LOG.name, 0, EMPTY_ROOT))).checkpoint.size == 0
    assert "no entries" in refusal(signed(head=Checkpoint(LOG.name, 0, bytes(32))), policy)


@pytest.mark.parametrize("data", [b"", b"text\n", sign_note("not a checkpoint\n", [LOG])])
def test_what_is_no_checkpoint_is_refused(data: bytes) -> None:
    refusal(data)


def test_every_flipped_bit_of_a_cosigned_checkpoint_is_noticed() -> None:
    """Save in the name and key id of a line that the quorum does not need: it becomes unknown."""
    policy = Policy.parse(LINES + "group g 2 civic acme/rome\nquorum g\n", log=LOG.verifier)
    data = signed("civic", "acme/rome")
    for at in range(len(data)):
        damaged = bytearray(data)
        damaged[at] ^= 1 << at % 8
        with pytest.raises(RegisterError):
            policy.check(bytes(damaged))


def test_a_checkpoint_of_the_public_network_meets_a_policy_of_the_public_network() -> None:
    """Signed by its log with Ed25519 beside an RFC 6962 signature, cosigned by four witnesses."""
    log = NoteVerifier.from_vkey(
        "arche2025h1.staging.ct.transparency.dev+ba2f06c0+"
        "AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f"
    )
    text = (VECTORS / "witnesses.policy").read_bytes()
    data = (VECTORS / "arche2025h1.checkpoint").read_bytes()
    cosigned: Cosigned = Policy.parse(text, log=log).check(data, now=1_779_573_100, max_age=600)
    assert cosigned.checkpoint.size == 1_432_088_532
    assert set(cosigned.cosigned_by) == {"little-garden", "smartit", "remora", "stagemole"}
    assert [each.key_id.hex() for each in cosigned.unknown] == ["cd333cb1"]
    five = text.replace(b"network 3", b"network all")
    assert "it lacks 1 of network [navigli (has not cosigned)]" in refusal(
        data, Policy.parse(five, log=log)
    )


def test_one_operator_with_an_old_and_a_post_quantum_key_is_one_member() -> None:
    data = (VECTORS / "coachandhorses2026h1.checkpoint").read_bytes()
    post_quantum = CosignatureVerifier.from_vkey(
        (VECTORS / "navigli-ml-dsa-44.vkey").read_text().strip()
    )
    classical = Policy.parse((VECTORS / "witnesses.policy").read_bytes()).witnesses[-1].verifier
    both = f"witness a {classical.vkey}\nwitness b {post_quantum.vkey}\n"
    with pytest.raises(BadInput, match="stands behind both a and b"):
        Policy.parse(both + "group g 2 a b\nquorum g\n")
    policy = Policy.parse(both + "group g any a b\nquorum g\n")
    assert policy.met({"a"})
    assert policy.met({"b"})
    # The log's own key is not published with the checkpoint, so nobody is taken for the log here.
    with pytest.raises(RegisterError, match="itself did not sign"):
        policy.check(data, LOG.verifier)
