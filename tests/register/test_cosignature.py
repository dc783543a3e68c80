"""Cosignatures: others who have seen the log."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdshort.errors import BadInput, RegisterError
from holdshort.register.checkpoint import Checkpoint, parse_checkpoint
from holdshort.register.cosignature import (
    MAX_TIME,
    CosignatureVerifier,
    Cosigner,
    ed25519_message,
    subtree_message,
)
from holdshort.register.keys import Ed25519Key, PrivateKey
from holdshort.register.merkle import EMPTY_ROOT
from holdshort.register.note import (
    Note,
    NoteKey,
    NoteSignature,
    NoteSigner,
    Vkey,
    add_signatures,
    key_id,
    open_note,
    sign_note,
)

VECTORS = Path(__file__).parent / "vectors"
ED25519 = Cosigner("witness.example/w1", PrivateKey.from_seed(bytes([1]) * 32))
ML_DSA = Cosigner("witness.example/w1", PrivateKey.from_seed(bytes([2]) * 32, "ml-dsa-44"))
BOTH = pytest.mark.parametrize("cosigner", [ED25519, ML_DSA], ids=["0x04", "0x06"])
NOW = 1_795_000_000

# C2SP tlog-cosignature, its example. The keys behind it are not published.
EXAMPLE = """\
example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzG\
ku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyi\
n1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
"""


def checkpoint(**changes: object) -> Checkpoint:
    made: dict[str, object] = {"origin": "log.example/a", "size": 7, "root": bytes(range(32))}
    return Checkpoint(**(made | changes))  # type: ignore[arg-type]


def verify_all(name: str, verifiers: list[CosignatureVerifier]) -> list[int]:
    note = Note.parse((VECTORS / name).read_bytes(), name)
    head = parse_checkpoint(note.text, name)
    return [
        verifier.verify(signature, head)
        for signature in note.signatures
        for verifier in verifiers
        if verifier.made(signature)
    ]


def public_witnesses() -> list[CosignatureVerifier]:
    lines = (VECTORS / "witnesses.policy").read_text().splitlines()
    return [
        CosignatureVerifier.from_vkey(line.split()[2])
        for line in lines
        if line.startswith("witness ")
    ]


def test_four_witnesses_of_the_public_network_verify() -> None:
    times = verify_all("arche2025h1.checkpoint", public_witnesses())
    assert times == [1_779_573_024] * 4


def test_both_keys_of_a_witness_of_the_public_network_verify() -> None:
    post_quantum = CosignatureVerifier.from_vkey(
        (VECTORS / "navigli-ml-dsa-44.vkey").read_text().strip()
    )
    times = verify_all("coachandhorses2026h1.checkpoint", [*public_witnesses(), post_quantum])
    assert times == [1_785_704_691] * 2


@pytest.mark.parametrize("change", ["origin", "size", "root"])
def test_a_cosignature_of_the_public_network_holds_for_no_other_checkpoint(change: str) -> None:
    note = Note.parse((VECTORS / "coachandhorses2026h1.checkpoint").read_bytes())
    head = parse_checkpoint(note.text)
    other = {"origin": head.origin + "x", "size": head.size + 1, "root": bytes(32)}
    made = Checkpoint(**(vars(head) | {change: other[change]}))
    post_quantum = CosignatureVerifier.from_vkey(
        (VECTORS / "navigli-ml-dsa-44.vkey").read_text().strip()
    )
    for verifier, signature in zip(
        [public_witnesses()[-1], post_quantum], note.signatures[1:], strict=True
    ):
        with pytest.raises(RegisterError, match="does not verify"):
            verifier.verify(signature, made)


def test_the_example_of_the_specification_has_the_form_that_it_describes() -> None:
    note = Note.parse(EXAMPLE.encode())
    line = note.signatures[1]
    assert note.to_bytes() == EXAMPLE.encode()
    assert (line.name, len(line.signature)) == ("witness.example.com/w1", 8 + 64)
    time = int.from_bytes(line.signature[:8], "big")
    assert ed25519_message(parse_checkpoint(note.text), time).decode() == (
        "cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\n"
        "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    )


def test_the_ml_dsa_message_is_the_structure_of_the_specification() -> None:
    """ "ML-DSA-44 signed message", written out octet by octet."""
    message = subtree_message("w", 0x0102, "log", 0, 7, bytes(range(32)))
    assert message.hex(" ") == (
        "73 75 62 74 72 65 65 2f 76 31 0a 00 "  # subtree/v1 \n \0
        "01 77 "  # w
        "00 00 00 00 00 00 01 02 "  # timestamp
        "03 6c 6f 67 "  # log
        "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 07 " + bytes(range(32)).hex(" ")
    )


@BOTH
@settings(max_examples=20, deadline=None)
@given(
    size=st.integers(1, 2**63 - 1),
    root=st.binary(min_size=32, max_size=32),
    time=st.integers(1, MAX_TIME),
)
def test_a_cosignature_gives_its_time_back(
    cosigner: Cosigner, size: int, root: bytes, time: int
) -> None:
    head = checkpoint(size=size, root=root)
    assert cosigner.verifier.verify(cosigner.cosign(head, time), head) == time


@BOTH
def test_a_cosignature_holds_for_no_other_checkpoint_time_or_name(cosigner: Cosigner) -> None:
    head = checkpoint()
    line = cosigner.cosign(head, NOW)
    for other in (
        checkpoint(origin="log.example/b"),
        checkpoint(size=8),
        checkpoint(root=bytes(32)),
    ):
        with pytest.raises(RegisterError, match="does not verify"):
            cosigner.verifier.verify(line, other)
    later = NoteSignature(line.name, line.key_id, (NOW + 1).to_bytes(8) + line.signature[8:])
    with pytest.raises(RegisterError, match="does not verify"):
        cosigner.verifier.verify(later, head)
    renamed = CosignatureVerifier("witness.example/w2", cosigner.verifier.public)
    with pytest.raises(RegisterError, match="not a cosignature of"):
        renamed.verify(line, head)


def test_only_the_ml_dsa_cosignature_commits_to_the_cosigners_name() -> None:
    """ "Ed25519 signed message": hence one key must not cosign under two names."""
    head = checkpoint()
    for cosigner, commits in ((ED25519, False), (ML_DSA, True)):
        renamed = CosignatureVerifier("witness.example/w2", cosigner.verifier.public)
        moved = NoteSignature(renamed.name, renamed.key_id, cosigner.cosign(head, NOW).signature)
        if commits:
            with pytest.raises(RegisterError, match="does not verify"):
                renamed.verify(moved, head)
        else:
            assert renamed.verify(moved, head) == NOW


def test_extension_lines_stand_under_the_ed25519_cosignature_only() -> None:
    head, other = checkpoint(extensions=("one",)), checkpoint(extensions=("two",))
    assert ML_DSA.verifier.verify(ML_DSA.cosign(head, NOW), other) == NOW
    with pytest.raises(RegisterError, match="does not verify"):
        ED25519.verifier.verify(ED25519.cosign(head, NOW), other)


@BOTH
@pytest.mark.parametrize("time", [0, -1, MAX_TIME + 1])
def test_a_witness_states_a_time(cosigner: Cosigner, time: int) -> None:
    with pytest.raises(BadInput, match="not a time"):
        cosigner.cosign(checkpoint(), time)


def test_an_ml_dsa_cosignature_without_a_time_is_read_as_such() -> None:
    """A log that signs with ML-DSA-44 makes no statement on what a witness saw."""
    head, verifier = checkpoint(), ML_DSA.verifier
    message = subtree_message(verifier.name, 0, head.origin, 0, head.size, head.root)
    line = NoteSignature(verifier.name, verifier.key_id, bytes(8) + ML_DSA.private.sign(message))
    assert verifier.verify(line, head) == 0


def test_an_ed25519_cosignature_without_a_time_is_refused() -> None:
    head, verifier = checkpoint(), ED25519.verifier
    signature = bytes(8) + ED25519.private.sign(ed25519_message(head, 0))
    with pytest.raises(RegisterError, match="states no time"):
        verifier.verify(NoteSignature(verifier.name, verifier.key_id, signature), head)


@BOTH
def test_a_time_beyond_2_to_the_63_is_refused(cosigner: Cosigner) -> None:
    line = cosigner.cosign(checkpoint(), NOW)
    late = NoteSignature(line.name, line.key_id, (1 << 63).to_bytes(8) + line.signature[8:])
    with pytest.raises(RegisterError, match=r"beyond 2\^63 - 1"):
        cosigner.verifier.verify(late, checkpoint())


@BOTH
def test_a_cosignature_of_another_length_is_refused(cosigner: Cosigner) -> None:
    line = cosigner.cosign(checkpoint(), NOW)
    for wrong in (line.signature[:-1], line.signature + b"\0", b"\0"):
        with pytest.raises(RegisterError, match="another length"):
            cosigner.verifier.verify(NoteSignature(line.name, line.key_id, wrong), checkpoint())


@BOTH
def test_an_empty_log_is_cosigned_with_the_root_of_the_empty_tree_only(
    cosigner: Cosigner,
) -> None:
    empty = checkpoint(size=0, root=EMPTY_ROOT)
    assert cosigner.verifier.verify(cosigner.cosign(empty, NOW), empty) == NOW
    with pytest.raises(RegisterError, match="no entries"):
        cosigner.cosign(checkpoint(size=0), NOW)


def test_one_note_carries_the_logs_signature_and_both_kinds_of_cosignature() -> None:
    log = NoteSigner("log.example/a", PrivateKey.from_seed(bytes(32)))
    head = checkpoint()
    data = add_signatures(
        sign_note(head.text(), [log]), [each.cosign(head, NOW) for each in (ED25519, ML_DSA)]
    )
    keys: list[NoteKey] = [log.verifier, ED25519.verifier, ML_DSA.verifier]
    assert open_note(data, keys, strict=True)[1] == keys
    assert open_note(data, [log.verifier], strict=False)[1] == [log.verifier]
    assert ED25519.verifier.key_id != ML_DSA.verifier.key_id


def test_a_cosigner_that_is_known_spoils_a_note_that_is_no_checkpoint() -> None:
    log = NoteSigner("log.example/a", PrivateKey.from_seed(bytes(32)))
    line = ED25519.cosign(checkpoint(), NOW)
    data = add_signatures(sign_note("not a checkpoint\n", [log]), [line])
    with pytest.raises(RegisterError, match="three lines"):
        open_note(data, [log.verifier, ED25519.verifier], strict=False)


@BOTH
def test_a_verifier_key_survives_its_line(cosigner: Cosigner) -> None:
    line = cosigner.verifier.vkey
    assert CosignatureVerifier.from_vkey(line) == cosigner.verifier
    found = Vkey.parse(line)
    assert found.key_id == key_id(found.name, found.type, found.public)


@pytest.mark.parametrize("signature_type", [0x01, 0x02, 0x05, 0x07, 0xFF])
def test_a_key_of_another_type_does_not_cosign(signature_type: int) -> None:
    public = ED25519.verifier.public.raw
    line = Vkey("w", key_id("w", signature_type, public), signature_type, public)
    with pytest.raises(BadInput, match=rf"{signature_type:#04x} and 32 bytes does not cosign"):
        CosignatureVerifier.from_vkey(str(line))


@pytest.mark.parametrize(("signature_type", "size"), [(4, 31), (4, 1312), (6, 32), (6, 1952)])
def test_a_key_of_another_length_does_not_cosign(signature_type: int, size: int) -> None:
    public = bytes([5]) * size
    line = Vkey("w", key_id("w", signature_type, public), signature_type, public)
    with pytest.raises(BadInput, match="does not cosign"):
        CosignatureVerifier.from_vkey(str(line))


def test_ml_dsa_65_and_ecdsa_do_not_cosign() -> None:
    with pytest.raises(BadInput, match="ML-DSA-65 does not cosign"):
        Cosigner("w", PrivateKey.from_seed(bytes(32), "ml-dsa-65"))


def test_a_name_or_an_origin_beyond_255_bytes_does_not_fit_ml_dsa() -> None:
    long = "é" * 128
    with pytest.raises(BadInput, match="256 bytes"):
        CosignatureVerifier(long, ML_DSA.verifier.public)
    assert CosignatureVerifier(long, Ed25519Key(ED25519.verifier.public.raw)).name == long
    with pytest.raises(BadInput, match="256 bytes"):
        ML_DSA.cosign(checkpoint(origin=long), NOW)
    line = ML_DSA.cosign(checkpoint(), NOW)
    with pytest.raises(RegisterError, match="256 bytes"):
        ML_DSA.verifier.verify(line, checkpoint(origin=long))


@pytest.mark.parametrize(
    "wrong",
    [
        ("w", 1, "log", 8, 13, EMPTY_ROOT),  # a time goes with a whole tree only
        ("w", -1, "log", 0, 13, EMPTY_ROOT),
        ("w", MAX_TIME + 1, "log", 0, 13, EMPTY_ROOT),
        ("w", 0, "log", 13, 8, EMPTY_ROOT),
        ("w", 0, "log", -1, 8, EMPTY_ROOT),
        ("w", 0, "log", 0, 1 << 64, EMPTY_ROOT),
        ("w", 0, "log", 0, 8, b"short"),
        ("", 0, "log", 0, 8, EMPTY_ROOT),
        ("w", 0, "", 0, 8, EMPTY_ROOT),
    ],
)
def test_what_cannot_be_a_subtree_has_no_message(
    wrong: tuple[str, int, str, int, int, bytes],
) -> None:
    with pytest.raises(BadInput):
        subtree_message(*wrong)
    assert subtree_message("w", 0, "log", 8, 13, EMPTY_ROOT).startswith(b"subtree/v1\n\0")
