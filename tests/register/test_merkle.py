"""The Merkle tree: RFC 6962 hashing, proofs, and their verification."""

import base64
import json
import re
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


def verdict(check: Callable[[], None]) -> str | None:
    """Why the case fails; None if it passes."""
    try:
        check()
    except RegisterError as error:
        return error.what
    return None


SIZE, MATCH = "There is no entry", "is not under this root"
LONG, SHORT = "proof is too long", "proof is too short"
OLD, NEW = "does not lead to the old root", "does not continue"
WIDTH, NOTHING, TWO = "bytes long", "proves nothing", "Two different roots"

# By what each published case says of itself (digits as #), the faults that it may show. A place or
# a size that is moved shows as whichever of place, length and hash it first contradicts.
INCLUSION_FAULTS = {
    "leafIdx (plus|sub|XOR) #": (SIZE, SHORT, MATCH),
    "treeSize (mul|div) #": (SIZE, SHORT, LONG),
    "(preceding|trailing) garbage": (WIDTH,),
    "(preceding|trailing) root": (LONG,),
    "inserted component": (LONG,),
    "removed component": (SHORT,),
    r"modified proof\[#\] bit #": (MATCH,),
    "random root": (MATCH,),
    "wrong leaf": ("leaf hash is not 32 bytes",),
    "empty root": (SIZE, MATCH, "root is not 32 bytes", "leaf hash is not 32 bytes"),
    "empty leaf": ("leaf hash is not 32 bytes",),
    "empty root and leaf": ("leaf hash is not 32 bytes",),
    "random leaf|empty root and random leaf": (SIZE, MATCH, "root is not 32 bytes"),
}
CONSISTENCY_FAULTS = {
    "size# (plus|sub|XOR|mul|div) #": (NOTHING, SHORT, LONG),
    "(preceding|trailing) garbage": (WIDTH,),
    "(preceding|trailing) (root|proof )#": (LONG,),
    "truncated proof": (SHORT,),
    "empty proof|sizes do not watch and proof is empty": ("proof is empty",),
    "modified proof# bit #|swapped roots": (OLD, NEW),
    "wrong root#": (WIDTH,),
    r"size# is greater than size#( again)?|.*\bzero\b.*": (NOTHING,),
    "sizes are equal .one. but roots are not|roots do not not match and sizes are one": (TWO,),
    "sizes match but proof is not empty and sizes are one": (LONG,),
}


def assert_faults(
    found: list[tuple[str, str | None, bool]], faults: dict[str, tuple[str, ...]]
) -> None:
    """Each case that must fail fails for a reason that fits it, and no other case fails."""
    used = set()
    for desc, what, fails in found:
        if not fails:
            assert what is None, desc
            continue
        name = re.sub(r"\d+|@", "#", desc).replace("##", "#")
        pattern = next((each for each in faults if re.fullmatch(each, name)), None)
        assert pattern is not None, f"no fault is stated for {name!r}"
        assert what is not None, desc
        assert any(fault in what for fault in faults[pattern]), f"{desc}: {what}"
        used.add(pattern)
    assert used == set(faults)


def test_all_98_published_inclusion_cases_pass_or_fail_for_their_reason(
    vectors: Callable[[str], Path],
) -> None:
    found: list[tuple[str, str | None, bool]] = []
    for case in cases("inclusion", vectors):
        proof = [unpack(each) for each in case["proof"] or []]  # type: ignore[attr-defined]
        what = verdict(
            lambda case=case, proof=proof: verify_inclusion(  # type: ignore[misc]
                unpack(case["leafHash"]),
                case["leafIdx"],
                case["treeSize"],
                proof,
                unpack(case["root"]),
            )
        )
        found.append((str(case["desc"]), what, bool(case["wantErr"])))
    assert_faults(found, INCLUSION_FAULTS)


def test_all_98_published_consistency_cases_pass_or_fail_for_their_reason(
    vectors: Callable[[str], Path],
) -> None:
    found: list[tuple[str, str | None, bool]] = []
    for case in cases("consistency", vectors):
        proof = [unpack(each) for each in case["proof"] or []]  # type: ignore[attr-defined]
        what = verdict(
            lambda case=case, proof=proof: verify_consistency(  # type: ignore[misc]
                case["size1"],
                case["size2"],
                proof,
                unpack(case["root1"]),
                unpack(case["root2"]),
            )
        )
        found.append((str(case["desc"]), what, bool(case["wantErr"])))
    assert_faults(found, CONSISTENCY_FAULTS)


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


@pytest.mark.parametrize("wrong", [b"", b"short", bytes(31), bytes(33)])
def test_a_root_or_a_leaf_that_is_no_hash_proves_nothing(wrong: bytes) -> None:
    proof = TREE.consistency(3, 7)
    for roots, what in (
        ((wrong, wrong), "old"),
        ((wrong, TREE.root(7)), "old"),
        ((TREE.root(3), wrong), "new"),
    ):
        with pytest.raises(RegisterError, match=f"The {what} root is not 32 bytes long"):
            verify_consistency(3, 7, proof, *roots)
    with pytest.raises(RegisterError, match="The root is not 32 bytes long"):
        verify_inclusion(LEAVES[0], 0, 1, [], wrong)
    with pytest.raises(RegisterError, match="The leaf hash is not 32 bytes long"):
        verify_inclusion(wrong, 0, 1, [], wrong)


def test_nothing_is_proven_from_or_in_an_empty_tree() -> None:
    for sizes in ((0, 0), (0, 1), (1, 0), (-1, 1)):
        with pytest.raises(RegisterError, match="proves nothing"):
            verify_consistency(*sizes, [], EMPTY_ROOT, EMPTY_ROOT)
    for place in ((0, 0), (-1, 0), (-1, 1), (1, 1)):
        with pytest.raises(RegisterError, match="There is no entry"):
            verify_inclusion(EMPTY_ROOT, *place, [], EMPTY_ROOT)


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
