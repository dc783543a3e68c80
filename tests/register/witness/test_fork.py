"""A proof that a log forked can be checked by anyone, and made by nobody without its key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdshort.errors import RegisterError
from holdshort.register.checkpoint import Checkpoint
from holdshort.register.keys import PrivateKey
from holdshort.register.merkle import EMPTY_ROOT, Tree, leaf_hash
from holdshort.register.note import NoteSigner, sign_note
from holdshort.register.witness.fork import check_fork, pair, split_pair

ORIGIN = "log.example/one"
LOG = NoteSigner(ORIGIN, PrivateKey.from_seed(b"the key of a log that may lie ..".ljust(32)))
OTHER = NoteSigner(ORIGIN, PrivateKey.from_seed(b"the key of somebody else".ljust(32)))


def entries(story: str, size: int) -> list[bytes]:
    return [f"{story} {number}".encode() for number in range(size)]


def signed(story: str, size: int, origin: str = ORIGIN, signer: NoteSigner = LOG) -> bytes:
    root = Tree(map(leaf_hash, entries(story, size))).root()
    return sign_note(Checkpoint(origin, size, root).text(), [signer])


def test_two_trees_of_one_size_prove_a_fork() -> None:
    found = check_fork(signed("a", 5), signed("b", 5), LOG.verifier)
    assert found is not None
    assert str(found) == f"{ORIGIN} signed two different trees of 5 entries."


def test_the_same_tree_twice_proves_nothing() -> None:
    assert check_fork(signed("a", 5), signed("a", 5), LOG.verifier) is None


def test_a_checkpoint_by_another_key_proves_nothing() -> None:
    for a, b in (("a", "b"), ("b", "a")):
        with pytest.raises(RegisterError, match="no signature by a known key"):
            check_fork(signed(a, 5), signed(b, 5, signer=OTHER), LOG.verifier)


def test_checkpoints_of_two_logs_under_one_key_prove_nothing() -> None:
    with pytest.raises(RegisterError, match="One is of"):
        check_fork(signed("a", 5), signed("b", 5, "log.example/two"), LOG.verifier)


def test_two_sizes_prove_nothing_without_the_logs_entries() -> None:
    with pytest.raises(RegisterError, match="prove nothing alone"):
        check_fork(signed("b", 5), signed("a", 9), LOG.verifier)


def test_two_sizes_prove_a_fork_with_the_entries_of_the_larger() -> None:
    found = check_fork(signed("a", 9), signed("b", 5), LOG.verifier, entries("a", 9))
    assert found is not None
    assert (found.first.size, found.second.size) == (5, 9)
    assert "not the beginning" in str(found)
    assert check_fork(signed("a", 9), signed("a", 5), LOG.verifier, entries("a", 12)) is None


def test_entries_that_are_not_the_larger_checkpoints_prove_nothing() -> None:
    with pytest.raises(RegisterError, match="not those of the checkpoint of 9"):
        check_fork(signed("a", 9), signed("b", 5), LOG.verifier, entries("b", 9))
    with pytest.raises(RegisterError, match="There are 8 entries, not 9"):
        check_fork(signed("a", 9), signed("b", 5), LOG.verifier, entries("a", 8))


def test_an_empty_log_is_the_beginning_of_every_log() -> None:
    empty = sign_note(Checkpoint(ORIGIN, 0, EMPTY_ROOT).text(), [LOG])
    assert check_fork(empty, signed("a", 3), LOG.verifier, entries("a", 3)) is None


def test_a_pair_is_one_file_and_two_again_in_either_order() -> None:
    a, b = signed("a", 5), signed("b", 5)
    assert pair(a, b) == pair(b, a)
    assert set(split_pair(pair(a, b))) == {a, b}


@pytest.mark.parametrize("data", [b"", b"\n\n", signed("a", 5), pair(signed("a", 5), b"") * 2])
def test_a_file_that_is_no_pair_is_refused(data: bytes) -> None:
    with pytest.raises(RegisterError):
        check_fork(*split_pair(data), LOG.verifier)


@given(st.integers(1, 30), st.integers(1, 30), st.integers(0, 30))
def test_a_fork_is_found_exactly_where_the_smaller_is_no_beginning_of_the_larger(
    small: int, large: int, common: int
) -> None:
    small, large = sorted((small, large))
    other = [*entries("a", min(common, small)), *entries("b", small)[common:]]
    root = Tree(map(leaf_hash, other)).root()
    theirs = sign_note(Checkpoint(ORIGIN, small, root).text(), [LOG])
    found = check_fork(theirs, signed("a", large), LOG.verifier, entries("a", large))
    assert (found is not None) == (common < small)
