"""Signed notes, and the checkpoints that are written as notes."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdshort.errors import BadInput, RegisterError
from holdshort.register.keys import Ed25519Key, PrivateKey
from holdshort.register.note import (
    MAX_SIGNATURES,
    Note,
    NoteSignature,
    NoteSigner,
    NoteVerifier,
    Vkey,
    add_signatures,
    by_line,
    key_id,
    open_note,
    parse_signatures,
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
        f"text\n\n{SIGNATURE * 129}".encode(),
        f"te\x7fxt\n\n{SIGNATURE}".encode().replace(b"\x7f", b"\x1f"),
        f"te\nxt\r\n\n{SIGNATURE}".encode(),
        f"te\txt\n\n{SIGNATURE}".encode(),
        "text\n\n— alice.example/log  AAAAAAAA\n".encode(),
        "text\n\n—\u00a0alice.example/log AAAAAAAA\n".encode(),
        "text\n\n— AAAAAAAA\n".encode(),
        f"text\n\n{SIGNATURE}".encode().replace(b"text", b"\xc0\x80"),
        f"text\n\n{SIGNATURE}".encode().replace(b"text", b"\xed\xa0\x80"),
        f"text\n\n{SIGNATURE}".encode("utf-16"),
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
        ("a+00000000+AQ==", "key id"),
        ("a+00000000+", "not a note verifier key"),
        ("a b+00000000+AQ==", "not a note verifier key"),
        (str(Vkey("a", b"\0\0\0\0", 0x02, b"der")), "0x02 is not Ed25519"),
        (str(Vkey("a", key_id("a", 0x06, b"\x05" * 32), 0x06, b"\x05" * 32)), "0x06 is not"),
        (str(Vkey("a", key_id("a", 0x01, b"\x05" * 31), 0x01, b"\x05" * 31)), "32 bytes, not 31"),
    ],
)
def test_a_malformed_verifier_key_is_refused(line: str, what: str) -> None:
    with pytest.raises(BadInput, match=what):
        NoteVerifier.from_vkey(line)


def test_a_verifier_key_survives_its_line() -> None:
    line = vkey(ALICE.name, ALICE.verifier.public)
    assert NoteVerifier.from_vkey(line) == ALICE.verifier


# The 25 code points of Unicode's White_Space property (PropList.txt), which is Go's IsSpace too.
SPACES = [
    *range(0x09, 0x0E),
    *(0x20, 0x85, 0xA0, 0x1680),
    *range(0x2000, 0x200B),
    *(0x2028, 0x2029, 0x202F, 0x205F, 0x3000),
]


@pytest.mark.parametrize("space", SPACES, ids=hex)
def test_no_unicode_space_stands_in_a_key_name(space: int) -> None:
    assert len(SPACES) == 25
    name = f"a{chr(space)}b"
    with pytest.raises(BadInput, match="cannot name"):
        NoteSigner(name, ALICE.private)
    with pytest.raises(BadInput, match="not a note verifier key"):
        Vkey.parse(f"{name}+00000000+/wAA")
    with pytest.raises(RegisterError):
        Note.parse(f"text\n\n— {name} AAAAAAA=\n".encode())


@pytest.mark.parametrize(
    "name", ["a\u200bb", "a\ufeffb", "a\u180eb", "a\x7fb", "a\x80b", "ключ/é", "—"]
)
def test_what_only_looks_like_a_space_may_stand_in_a_key_name(name: str) -> None:
    signer = NoteSigner(name, ALICE.private)
    note, keys = open_note(sign_note("text\n", [signer]), [signer.verifier], strict=True)
    assert (note.signatures[0].name, keys) == (name, [signer.verifier])
    assert NoteVerifier.from_vkey(signer.verifier.vkey) == signer.verifier


@pytest.mark.parametrize("name", ["", "a+b", "+", "a\x00b", "a\x1fb", "a\ud800b"])
def test_a_key_name_is_not_empty_and_has_no_plus_no_control_and_no_half_a_character(
    name: str,
) -> None:
    with pytest.raises(BadInput, match="cannot name"):
        NoteSigner(name, ALICE.private)


def test_the_example_of_the_specification_verifies() -> None:
    """C2SP signed-note v1.0.0, "Example"."""
    key = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
    data = (
        "This is an example message.\n\n"
        "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFX"
        "mRKuwHjG1Yu72IneyaQM=\n"
    ).encode()
    note, keys = open_note(data, [NoteVerifier.from_vkey(key)], strict=True)
    assert note.text == "This is an example message.\n"
    assert [each.vkey for each in keys] == [key]


def test_the_example_with_an_empty_line_in_its_text_is_read() -> None:
    """C2SP signed-note v1.0.0, at its beginning; the key is not published."""
    text = (
        "Ognuno sta solo sul cuor della terra\n"
        "trafitto da un raggio di sole:\n\ned è subito sera.\n"
    )
    line = (
        "— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMou"
        "FSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n"
    )
    note = Note.parse(f"{text}\n{line}".encode())
    assert note.text == text
    assert [str(each) for each in note.signatures] == [line]
    assert note.signatures[0].key_id.hex() == "367ba04b"


def test_text_may_hold_what_is_no_ascii_control_character() -> None:
    text = "delete \x7f, C1 \x80\x85\x9f, separators \u2028\u2029, mark \ufeff\n"
    assert open_note(sign_note(text, [ALICE]), [ALICE.verifier], strict=True)[0].text == text


def test_signatures_of_unknown_types_are_ignored() -> None:
    lines = [
        NoteSignature("log.example", bytes([number] * 4), bytes(number)) for number in range(1, 9)
    ]
    data = add_signatures(sign_note("text\n", [ALICE]), lines)
    note, keys = open_note(data, [ALICE.verifier], strict=False)
    assert keys == [ALICE.verifier]
    assert note.signatures[1:] == tuple(lines)


def test_one_public_key_has_another_id_for_every_signature_type() -> None:
    ids = {key_id("a", number, ALICE.private.public.spki) for number in range(256)}  # type: ignore[attr-defined]
    assert len(ids) == 256


def test_two_known_keys_that_share_name_and_id_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = NoteVerifier("log", key_of(1)), NoteVerifier("log", key_of(2))
    assert len(by_line([one, two, one])) == 2
    monkeypatch.setattr("holdshort.register.note.key_id", lambda *_: b"same")
    colliding = [NoteVerifier("log", key_of(number)) for number in (1, 2)]
    with pytest.raises(BadInput, match=r"Two keys of log share the key id 73616d65"):
        by_line(colliding)


def key_of(seed: int) -> Ed25519Key:
    public = PrivateKey.from_seed(bytes([seed]) * 32).public
    assert isinstance(public, Ed25519Key)
    return public


def test_a_verifier_key_of_an_unknown_type_is_taken_apart_and_put_together() -> None:
    line = "log.example+01020304+/2EgbG9uZ2VyIGlkZW50aWZpZXI="
    found = Vkey.parse(line)
    assert (found.name, found.type, found.public) == ("log.example", 0xFF, b"a longer identifier")
    assert str(found) == line


def test_signatures_are_added_at_the_end_and_once() -> None:
    data = sign_note("text\n", [ALICE])
    line = BOB.sign("text\n")
    added = add_signatures(data, [line, line])
    assert added == data + str(line).encode()
    assert add_signatures(added, [line]) == added
    full = add_signatures(
        data,
        [NoteSignature("w", bytes([number] * 4), b"s") for number in range(MAX_SIGNATURES - 1)],
    )
    with pytest.raises(RegisterError, match="over 128"):
        add_signatures(full, [line])


def test_signature_lines_alone_are_read_as_a_witness_answers_with_them() -> None:
    lines = (ALICE.sign("text\n"), BOB.sign("text\n"))
    assert parse_signatures("".join(map(str, lines)), "answer") == lines
    for wrong in ("", "\n", str(lines[0])[:-1], str(lines[0]) + "\n", "junk\n"):
        with pytest.raises(RegisterError, match=r"^answer: "):
            parse_signatures(wrong, "answer")


NAMES = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"], exclude_characters="+"),
    min_size=1,
    max_size=12,
)
LINES = st.builds(
    NoteSignature, NAMES, st.binary(min_size=4, max_size=4), st.binary(min_size=1, max_size=80)
)


@given(TEXTS, st.lists(LINES, min_size=1, max_size=20).map(tuple))
def test_every_note_is_read_as_it_was_written(
    text: str, signatures: tuple[NoteSignature, ...]
) -> None:
    note = Note(text, signatures)
    assert Note.parse(note.to_bytes()) == note


SIGNED = "— a AAAAAAA=\n".encode()


@given(st.binary(max_size=80) | st.binary(max_size=40).map(lambda data: data + b"\n\n" + SIGNED))
def test_whatever_is_read_as_a_note_is_written_back_as_it_was(data: bytes) -> None:
    try:
        note = Note.parse(data)
    except RegisterError:
        return
    assert note.to_bytes() == data


@pytest.mark.parametrize("text", ["", "no newline", "tab\there\n"])
def test_what_cannot_be_a_note_is_not_signed(text: str) -> None:
    with pytest.raises(BadInput):
        sign_note(text, [ALICE])
    with pytest.raises(BadInput, match="at least one"):
        sign_note("text\n", [])
