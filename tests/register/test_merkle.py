"""The Merkle tree: RFC 6962 hashing, proofs, and their verification."""

import base64
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdshort.errors import BadInput, RegisterError
from holdshort.register.merkle import (
    EMPTY_ROOT,
    Frontier,
    Tree,
    leaf_hash,
    node_hash,
    verify_consistency,
    verify_inclusion,
)

LEAVES = [leaf_hash(str(number).encode()) for number in range(600)]
TREE = Tree(LEAVES)
SIZES = st.integers(1, 600)


def mth(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962 §2.1, as it is written there."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(mth(leaves[:split]), mth(leaves[split:]))


def cases(kind: str, vectors: Callable[[str], Path]) -> list[dict[str, object]]:
    found = sorted(vectors("tlog/merkle").glob(f"{kind}/**/*.json"))
    assert len(found) == 98
    return [json.loads(path.read_bytes()) for path in found]


def unpack(value: object) -> bytes:
    assert isinstance(value, str)
    return base64.b64decode(value)


def verdict(check: Callable[[], None]) -> bool:
    try:
        check()
    except RegisterError:
        return False
    return True


def test_all_98_published_inclusion_cases_get_the_expected_verdict(
    vectors: Callable[[str], Path],
) -> None:
    for case in cases("inclusion", vectors):
        proof = [unpack(each) for each in case["proof"] or []]  # type: ignore[attr-defined]
        accepted = verdict(
            lambda case=case, proof=proof: verify_inclusion(  # type: ignore[misc]
                unpack(case["leafHash"]),
                case["leafIdx"],
                case["treeSize"],
                proof,
                unpack(case["root"]),
            )
        )
        assert accepted is not case["wantErr"], case["desc"]


def test_all_98_published_consistency_cases_get_the_expected_verdict(
    vectors: Callable[[str], Path],
) -> None:
    for case in cases("consistency", vectors):
        proof = [unpack(each) for each in case["proof"] or []]  # type: ignore[attr-defined]
        accepted = verdict(
            lambda case=case, proof=proof: verify_consistency(  # type: ignore[misc]
                case["size1"],
                case["size2"],
                proof,
                unpack(case["root1"]),
                unpack(case["root2"]),
            )
        )
        assert accepted is not case["wantErr"], case["desc"]


def test_the_empty_root_is_that_of_rfc_6962() -> None:
    assert Tree().root() == EMPTY_ROOT == Frontier().root()
    assert EMPTY_ROOT.hex().startswith("e3b0c44298fc1c14")


@given(st.integers(0, 600))
def test_every_root_is_the_textbook_definition(size: int) -> None:
    frontier = Frontier()
    for each in LEAVES[:size]:
        frontier.append(each)
    assert TREE.root(size) == mth(LEAVES[:size]) == frontier.root()
    assert frontier.size == size


@given(SIZES, st.data())
def test_every_inclusion_proof_verifies_and_no_other_leaf_passes(
    size: int, data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, size - 1))
    proof = TREE.inclusion(index, size)
    verify_inclusion(LEAVES[index], index, size, proof, TREE.root(size))
    with pytest.raises(RegisterError):
        verify_inclusion(leaf_hash(b"other"), index, size, proof, TREE.root(size))
    for wrong in {index - 1, index + 1} & set(range(size)):
        with pytest.raises(RegisterError):
            verify_inclusion(LEAVES[index], wrong, size, proof, TREE.root(size))


@given(SIZES, SIZES)
def test_every_consistency_proof_verifies_and_no_other_root_passes(one: int, two: int) -> None:
    old, new = sorted((one, two))
    proof = TREE.consistency(old, new)
    verify_consistency(old, new, proof, TREE.root(old), TREE.root(new))
    for roots in ((TREE.root(old), EMPTY_ROOT), (EMPTY_ROOT, TREE.root(new))):
        with pytest.raises(RegisterError):
            verify_consistency(old, new, proof, *roots)


@given(st.integers(2, 600), st.data())
def test_a_proof_with_a_node_more_or_less_fails(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    proof = TREE.inclusion(index, size)
    for wrong in (proof[:-1], proof[1:], [*proof, EMPTY_ROOT], [EMPTY_ROOT, *proof]):
        with pytest.raises(RegisterError):
            verify_inclusion(LEAVES[index], index, size, wrong, TREE.root(size))


def test_a_proof_names_why_it_fails() -> None:
    with pytest.raises(RegisterError, match="too short"):
        verify_inclusion(LEAVES[0], 0, 4, [], TREE.root(4))
    with pytest.raises(RegisterError, match="not under this root"):
        verify_inclusion(LEAVES[1], 0, 2, [LEAVES[1]], TREE.root(2))
    with pytest.raises(RegisterError, match="Two different roots"):
        verify_consistency(3, 3, [], TREE.root(3), TREE.root(4))
    with pytest.raises(RegisterError, match="does not continue"):
        verify_consistency(2, 4, TREE.consistency(2, 4), TREE.root(2), TREE.root(5))
    with pytest.raises(RegisterError, match="not 32 bytes"):
        verify_inclusion(LEAVES[0], 0, 2, [b"short"], TREE.root(2))


def test_what_the_tree_does_not_hold_is_bad_input() -> None:
    for ask in (
        lambda: TREE.root(601),
        lambda: TREE.inclusion(5, 5),
        lambda: TREE.inclusion(-1, 5),
        lambda: TREE.consistency(0, 5),
        lambda: TREE.consistency(6, 5),
    ):
        with pytest.raises(BadInput):
            ask()


def test_a_proof_in_a_large_tree_hashes_only_the_right_border(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hashed = []
    monkeypatch.setattr(
        "holdshort.register.merkle.node_hash",
        lambda left, right: hashed.append(1) or node_hash(left, right),  # type: ignore[func-returns-value]
    )
    TREE.inclusion(0, 599)
    assert len(hashed) <= 10
