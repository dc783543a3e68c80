"""Offline proofs that an entry is on the record."""

import base64
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdshort.errors import BadInput, RegisterError
from holdshort.register.checkpoint import Checkpoint, sign_checkpoint
from holdshort.register.cosignature import Cosigner
from holdshort.register.keys import PrivateKey
from holdshort.register.merkle import Tree, leaf_hash
from holdshort.register.note import NoteSigner, add_signatures
from holdshort.register.policy import Policy
from holdshort.register.proof import HEADER, MAX_BYTES, MAX_EXTRA, Proof, verify_proof

NOW = 1_795_000_000
LOG = NoteSigner("log.example/a", PrivateKey.from_seed(bytes(32)))
WITNESS = Cosigner("witness.example", PrivateKey.from_seed(bytes([1]) * 32, "ml-dsa-44"))
POLICY = Policy.parse(f"witness w {WITNESS.verifier.vkey}\nquorum w\n", log=LOG.verifier)
LEAVES = [b"entry %d" % number for number in range(37)]
TREE = Tree(map(leaf_hash, LEAVES))


def cosigned(size: int = len(LEAVES), log: NoteSigner = LOG) -> bytes:
    head = Checkpoint(log.name, size, TREE.root(size))
    return add_signatures(sign_checkpoint(head, log), [WITNESS.cosign(head, NOW)])


DATA = cosigned()


def proof(index: int = 5, extra: bytes = b"") -> Proof:
    return Proof(index, tuple(TREE.inclusion(index)), DATA, extra)


@pytest.mark.parametrize("size", range(1, 38))
def test_every_entry_of_every_size_is_proven(size: int) -> None:
    data = cosigned(size)
    for index in range(size):
        made = Proof(index, tuple(TREE.inclusion(index, size)), data)
        read = Proof.parse(made.to_bytes())
        assert read == made
        assert verify_proof(read, LEAVES[index], POLICY).checkpoint.size == size


def test_a_proof_has_the_form_of_the_specification() -> None:
    lines = [base64.b64encode(each).decode() for each in proof().path]
    head = "\n".join(["c2sp.org/tlog-proof@v1", "index 5", *lines, "", ""])
    assert proof().to_bytes() == head.encode() + DATA
    with_extra = proof(extra=b"what the application likes").to_bytes()
    assert with_extra == proof().to_bytes().replace(
        b"@v1\n", b"@v1\nextra d2hhdCB0aGUgYXBwbGljYXRpb24gbGlrZXM=\n"
    )


def test_the_head_of_the_specifications_example_is_read() -> None:
    """C2SP tlog-proof; the signatures there are elided, so a checkpoint of ours follows."""
    path = [
        "gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=",
        "B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=",
        "EKNzoDWG8LGC0Yp9o+sv3qllpMP9uHQ9B20KNL+Q1zs=",
        "RoopEkOdqkYqMB4MJXrbt/hMjOxsVn0IrWjpz1ZMMes=",
        "AHCioX9nLjsrse6YhjRRmk1WUEirVOLLRoOQ6vfO5vk=",
    ]
    extra = "extra YWdlLXYxLjIuMS1kYXJ3aW4tYXJtNjQudGFyLmd6kYXJ3aW4tYXJ"
    lines = [HEADER, extra[: extra.rindex("kYXJ")], "index 73894", *path, "", ""]
    read = Proof.parse("\n".join(lines).encode() + DATA)
    assert (read.index, read.extra) == (73894, b"age-v1.2.1-darwin-arm64.tar.gz")
    assert [base64.b64encode(each).decode() for each in read.path] == path


def test_a_proof_of_the_only_entry_has_no_path() -> None:
    made = Proof(0, (), cosigned(1))
    assert made.to_bytes().startswith(b"c2sp.org/tlog-proof@v1\nindex 0\n\nlog.example/a\n1\n")
    assert verify_proof(Proof.parse(made.to_bytes()), LEAVES[0], POLICY).cosigned_by == {"w": NOW}


def test_another_entry_place_or_path_is_refused() -> None:
    path = proof().path
    for leaf, made in (
        (b"another", proof()),
        (LEAVES[5], Proof(6, path, DATA)),
        (LEAVES[5], Proof(5, path[:-1], DATA)),
        (LEAVES[5], Proof(5, (*path, path[0]), DATA)),
        (LEAVES[5], Proof(37, path, DATA)),
    ):
        with pytest.raises(RegisterError, match=r"^proof: "):
            verify_proof(made, leaf, POLICY)


def test_a_proof_for_a_checkpoint_that_the_policy_does_not_trust_is_refused() -> None:
    bare = sign_checkpoint(Checkpoint(LOG.name, 37, TREE.root()), LOG)
    with pytest.raises(RegisterError, match=r"^a\.tlog-proof: .*w \(has not cosigned\)"):
        verify_proof(Proof(5, proof().path, bare), LEAVES[5], POLICY, where="a.tlog-proof")
    stranger = NoteSigner("log.example/b", PrivateKey.from_seed(bytes([8]) * 32))
    with pytest.raises(RegisterError, match="not a known log"):
        verify_proof(Proof(5, proof().path, cosigned(log=stranger)), LEAVES[5], POLICY)
    with pytest.raises(RegisterError, match="over 60 seconds ago"):
        verify_proof(proof(), LEAVES[5], POLICY, now=NOW + 61, max_age=60)


HEAD = f"{HEADER}\n".encode()
HASH = base64.b64encode(bytes(32))
TOO_LONG = base64.b64encode(bytes(MAX_EXTRA + 1))


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "no blank line"),
        (b"wrong\nindex 0\n\n" + DATA, "begins with the line"),
        (HEAD.replace(b"v1", b"v2") + b"index 0\n\n" + DATA, "begins with the line"),
        (b" " + HEAD + b"index 0\n\n" + DATA, "begins with the line"),
        (HEAD.replace(b"\n", b"\r\n") + b"index 0\n\n" + DATA, "begins with the line"),
        (HEAD + b"\n" + DATA, "does not state the index"),
        (HEAD + b"extra AAAA\n\n" + DATA, "does not state the index"),
        (HEAD + b"index 0\nextra AAAA\n\n" + DATA, "audit path is not canonical base64"),
        (HEAD + b"extra AAAA\nextra AAAA\nindex 0\n\n" + DATA, "does not state the index"),
        (HEAD + b"extra \nindex 0\n\n" + DATA, "extra line"),
        (HEAD + b"extra\nindex 0\n\n" + DATA, "extra line"),
        (HEAD + b"extra  AAAA\nindex 0\n\n" + DATA, "extra line"),
        (HEAD + b"extraAAAA\nindex 0\n\n" + DATA, "extra line"),
        (HEAD + b"extra !!not!!\nindex 0\n\n" + DATA, "extra line"),
        (HEAD + b"extra AAB=\nindex 0\n\n" + DATA, "extra line"),
        (HEAD + b"index -5\n\n" + DATA, "does not state the index"),
        (HEAD + b"index 05\n\n" + DATA, "does not state the index"),
        (HEAD + b"index 0x5\n\n" + DATA, "does not state the index"),
        (HEAD + b"index five\n\n" + DATA, "does not state the index"),
        (HEAD + b"index  5\n\n" + DATA, "does not state the index"),
        (HEAD + b"index 5 \n\n" + DATA, "does not state the index"),
        (HEAD + b"Index 5\n\n" + DATA, "does not state the index"),
        (HEAD + b"index 9999999999999999999\n\n" + DATA, "cannot be the place"),
        (HEAD + b"index 0\n!!not!!\n\n" + DATA, "audit path is not canonical base64"),
        (HEAD + b"index 0\n" + base64.b64encode(bytes(64)) + b"\n\n" + DATA, "hashes of 32"),
        (HEAD + b"index 0\n" + base64.b64encode(bytes(31)) + b"\n\n" + DATA, "hashes of 32"),
        (HEAD + b"index 0\n" + 64 * (HASH + b"\n") + b"\n" + DATA, "at most 63"),
        (HEAD + b"index 0\n" + DATA, "audit path is not canonical base64"),
        (HEAD + b"index 0\n\n\n" + DATA, "three lines"),
        (HEAD + b"index 0\n\n", "no blank line before its signatures"),
        (HEAD + b"index 0\n\n" + DATA[:-1], "no blank line before its signatures"),
        (HEAD + b"index 0\n\n" + DATA + b"\n", "no blank line before its signatures"),
        (HEAD + b"index 0\n\n" + DATA + b"x\n", "not a signature line"),
        (HEAD + "index ٠\n\n".encode() + DATA, "no blank line"),
        (HEAD + b"extra " + TOO_LONG + b"\nindex 0\n\n" + DATA, "has over 65536 bytes"),
        (bytes(MAX_BYTES + 1), "larger than"),
    ],
)
def test_a_malformed_proof_is_refused(data: bytes, what: str) -> None:
    with pytest.raises(RegisterError, match=rf"^x\.tlog-proof: .*({what})"):
        Proof.parse(data, "x.tlog-proof")


@pytest.mark.parametrize(
    "make",
    [
        lambda: Proof(-1, (), DATA),
        lambda: Proof(1 << 63, (), DATA),
        lambda: Proof(0, (b"short",), DATA),
        lambda: Proof(0, (bytes(32),) * 64, DATA),
        lambda: Proof(0, (), b"not a checkpoint"),
        lambda: Proof(0, (), DATA, bytes(MAX_EXTRA + 1)),
    ],
)
def test_what_cannot_be_a_proof_is_not_made(make: Callable[[], Proof]) -> None:
    with pytest.raises(BadInput):
        make()


@given(
    st.integers(0, 2**63 - 1),
    st.lists(st.binary(min_size=32, max_size=32), max_size=63).map(tuple),
    st.binary(max_size=200),
)
def test_every_proof_is_read_as_it_was_written(
    index: int, path: tuple[bytes, ...], extra: bytes
) -> None:
    made = Proof(index, path, DATA, extra)
    assert Proof.parse(made.to_bytes()) == made


def test_every_flipped_bit_of_a_proof_is_noticed() -> None:
    data = proof(extra=b"e").to_bytes()
    start, stop = data.index(b"extra "), data.index(b"index ")
    for at in range(len(data)):
        damaged = bytearray(data)
        damaged[at] ^= 1 << at % 8
        if start <= at < stop:  # nothing authenticates the extra data, so it may read otherwise
            continue
        with pytest.raises(RegisterError):
            verify_proof(Proof.parse(bytes(damaged)), LEAVES[5], POLICY)


@given(st.binary(max_size=60) | st.binary(max_size=60).map(lambda data: HEAD + data + DATA))
def test_whatever_is_read_as_a_proof_is_written_back_as_it_was(data: bytes) -> None:
    try:
        read = Proof.parse(data)
    except RegisterError:
        return
    assert read.to_bytes() == data
