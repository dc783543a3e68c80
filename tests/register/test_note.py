"""Signed notes, and the checkpoints that are written as notes."""

import base64
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdshort.errors import BadInput, RegisterError
from holdshort.register.keys import PrivateKey
from holdshort.register.note import (
    Note,
    NoteSigner,
    NoteVerifier,
    open_note,
    sign_note,
    vkey,
)

# The key of the log that transparency-dev/tessera ships for its tests (Apache-2.0).
TESSERA = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"
TEXTS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters=list(map(chr, range(32)))),
    max_size=20,
).map(lambda text: text + "\n")

ALICE, BOB = (
    NoteSigner(f"{name}.example/log", PrivateKey.from_seed(bytes([seed]) * 32))
    for seed, name in enumerate(("alice", "bob"), 1)
)


def test_a_note_signed_by_another_implementation_opens(vectors: Callable[[str], Path]) -> None:
    folder = vectors("tlog/tessera-log")
    verifier = NoteVerifier.from_vkey(TESSERA)
    assert verifier.vkey == TESSERA
    for path in sorted(folder.glob("checkpoint*")):
        note, keys = open_note(path.read_bytes(), [verifier], strict=True)
        assert keys == [verifier]
        assert note.to_bytes() == path.read_bytes()


@given(TEXTS)
def test_a_note_opens_under_each_of_its_keys(text: str) -> None:
    data = sign_note(text, [ALICE, BOB])
    verifiers = [ALICE.verifier, BOB.verifier]
    note, keys = open_note(data, verifiers, strict=True)
    assert note.text == text
    assert keys == verifiers
    assert open_note(data, [BOB.verifier], strict=False)[1] == [BOB.verifier]


@pytest.mark.parametrize("strict", [True, False])
def test_every_flipped_bit_of_a_note_is_noticed(strict: bool) -> None:
    data = sign_note("origin\n7\n", [ALICE])
    for at in range(len(data)):
        for bit in range(8):
            damaged = bytearray(data)
            damaged[at] ^= 1 << bit
            with pytest.raises(RegisterError):
                open_note(bytes(damaged), [ALICE.verifier], strict=strict)


def test_a_line_by_an_unknown_key_is_ignored_unless_the_reader_is_strict() -> None:
    data = sign_note("text\n", [ALICE, BOB])
    open_note(data, [ALICE.verifier], strict=False)
    with pytest.raises(RegisterError, match="No known key"):
        open_note(data, [ALICE.verifier], strict=True)


def test_a_key_that_shares_the_name_but_not_the_id_is_unknown() -> None:
    impostor = NoteSigner(ALICE.name, BOB.private)
    with pytest.raises(RegisterError, match="no signature by a known key"):
        open_note(sign_note("text\n", [impostor]), [ALICE.verifier], strict=False)


def test_a_bad_signature_by_a_known_key_spoils_the_note_beside_good_ones() -> None:
    good, bad = ALICE.sign("text\n"), BOB.sign("other\n")
    with pytest.raises(RegisterError, match=r"bob\.example/log does not verify"):
        open_note(
            Note("text\n", (good, bad)).to_bytes(), [ALICE.verifier, BOB.verifier], strict=False
        )


def test_one_key_counts_once() -> None:
    data = sign_note("text\n", [ALICE, ALICE])
    assert open_note(data, [ALICE.verifier], strict=False)[1] == [ALICE.verifier]
    with pytest.raises(RegisterError, match="twice"):
        open_note(data, [ALICE.verifier], strict=True)


def test_sixteen_signatures_are_accepted() -> None:
    signers = [
        NoteSigner(f"w{number}", PrivateKey.from_seed(bytes([number]) * 32)) for number in range(16)
    ]
    _, keys = open_note(
        sign_note("text\n", signers), [each.verifier for each in signers], strict=True
    )
    assert len(keys) == 16


def test_the_text_reaches_to_the_last_blank_line() -> None:
    data = sign_note("one\n\n— alice.example/log AAAA\n\ntwo\n", [ALICE])
    assert open_note(data, [ALICE.verifier], strict=True)[0].text.endswith("\n\ntwo\n")


SIGNATURE = str(ALICE.sign("text\n"))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"text\n",
        b"text\n\n",
        b"text" + SIGNATURE.encode(),
        f"text\n\n{SIGNATURE}".rstrip("\n").encode(),
        f"text\n\n{SIGNATURE}junk".encode(),
        f"text\n\n{SIGNATURE}junk\n".encode(),
        f"text\n\n {SIGNATURE}".encode(),
        f"text\n\n{SIGNATURE[:-1]} \n".encode(),
        f"text\n\n{SIGNATURE}".replace("—", "-").encode(),
        f"text\r\n\n{SIGNATURE}".encode(),
        f"te\x00xt\n\n{SIGNATURE}".encode(),
        f"text\n\n{SIGNATURE}".encode() + b"\xff",
        "text\n\n— alice.example/log AAAA\n".encode(),
        "text\n\n— alice+log AAAAAAAA\n".encode(),
        "text\n\n— alice\u00a0log AAAAAAAA\n".encode(),
        "text\n\n— alice.example/log AAAAAAB=\n".encode(),
        "text\n\n— alice.example/log AAAAA\n".encode(),
        f"text\n\n{SIGNATURE * 65}".encode(),
        b"x" * (1 << 20) + f"\n\n{SIGNATURE}".encode(),
    ],
)
def test_a_malformed_note_is_refused(data: bytes) -> None:
    with pytest.raises(RegisterError, match=r"^checkpoint: "):
        Note.parse(data, "checkpoint")


def test_base64_with_stray_low_bits_is_refused() -> None:
    line = str(ALICE.sign("text\n"))
    assert line.endswith("=\n")  # 68 bytes: the last letter carries two bits that mean nothing
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    last = alphabet.index(line[-3])
    for stray in (1, 2, 3):
        loose = f"{line[:-3]}{alphabet[last + stray]}=\n"
        with pytest.raises(RegisterError, match="canonical base64"):
            Note.parse(f"text\n\n{loose}".encode())


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("", "not a note verifier key"),
        ("name+00000000", "not a note verifier key"),
        (TESSERA + "\n", "not a note verifier key"),
        (TESSERA[:-1], "not a note verifier key"),
        (TESSERA.replace("33d7b496", "33D7B496"), "not a note verifier key"),
        (TESSERA.replace("33d7b496", "33d7b497"), "this key's is 33d7b496"),
        (TESSERA.replace("example", "exbmple"), "key id"),
        ("a+00000000+" + base64.b64encode(b"\x06" + b"\x05" * 32).decode(), "0x06 is not Ed25519"),
    ],
)
def test_a_malformed_verifier_key_is_refused(line: str, what: str) -> None:
    with pytest.raises(BadInput, match=what):
        NoteVerifier.from_vkey(line)


def test_a_verifier_key_survives_its_line() -> None:
    line = vkey(ALICE.name, ALICE.private.public)
    assert NoteVerifier.from_vkey(line) == ALICE.verifier


@pytest.mark.parametrize("name", ["", "two words", "a+b", "a\u2003b", "a\nb"])
def test_a_key_name_with_space_or_plus_is_refused(name: str) -> None:
    with pytest.raises(BadInput):
        NoteSigner(name, ALICE.private)


@pytest.mark.parametrize("text", ["", "no newline", "tab\there\n"])
def test_what_cannot_be_a_note_is_not_signed(text: str) -> None:
    with pytest.raises(BadInput):
        sign_note(text, [ALICE])
    with pytest.raises(BadInput, match="at least one"):
        sign_note("text\n", [])
