"""Checkpoints: what the log says it is."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from holdshort.errors import BadInput, RegisterError
from holdshort.register.checkpoint import (
    Checkpoint,
    open_checkpoint,
    parse_checkpoint,
    sign_checkpoint,
)
from holdshort.register.keys import PrivateKey
from holdshort.register.merkle import EMPTY_ROOT
from holdshort.register.note import NoteSigner, NoteVerifier, sign_note

LOG = NoteSigner("holdshort.example/aaif", PrivateKey.from_seed(bytes(32)))
OTHER = NoteSigner("witness.example", PrivateKey.from_seed(bytes([1]) * 32))
TESSERA = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"


def checkpoint(size: int = 3, **changes: str) -> Checkpoint:
    return Checkpoint(**{"origin": LOG.name, "size": size, "root": EMPTY_ROOT} | changes)  # type: ignore[arg-type]


@example(0, EMPTY_ROOT)
@example(0, bytes(32))
@given(st.integers(0, 2**63 - 1), st.binary(min_size=32, max_size=32))
def test_a_checkpoint_survives_its_text(size: int, root: bytes) -> None:
    made = Checkpoint("holdshort.example/aaif", size, root)
    assert parse_checkpoint(made.text()) == made
    data = sign_checkpoint(made, LOG)
    if size or root == EMPTY_ROOT:
        assert open_checkpoint(data, [LOG.verifier]) == made
    else:
        with pytest.raises(RegisterError, match="no entries"):
            open_checkpoint(data, [LOG.verifier])


def test_checkpoints_of_another_implementation_open(vectors: Callable[[str], Path]) -> None:
    verifier = NoteVerifier.from_vkey(TESSERA)
    for size in range(16):
        data = (vectors("tlog/tessera-log") / f"checkpoint.{size}").read_bytes()
        assert open_checkpoint(data, [verifier]).size == size


@pytest.mark.parametrize(
    "text",
    [
        "",
        "origin\n3\n",
        "origin\n3\nAAAA\n",
        "\n3\n" + checkpoint().text().split("\n")[2] + "\n",
        checkpoint().text()[:-1],
        checkpoint().text() + "\n",
        checkpoint().text().replace("\n3\n", "\n03\n"),
        checkpoint().text().replace("\n3\n", "\n-3\n"),
        checkpoint().text().replace("\n3\n", "\n٣\n"),
        checkpoint().text().replace("\n3\n", f"\n{2**63}\n"),
        checkpoint().text().replace("=\n", "\n"),
        checkpoint().text().replace("uFU=\n", "uFV=\n"),
        checkpoint().text().replace("=\n", "!=\n"),
    ],
)
def test_a_malformed_checkpoint_is_refused(text: str) -> None:
    assert text != checkpoint().text()
    with pytest.raises(RegisterError, match=r"^checkpoint: "):
        parse_checkpoint(text)


def test_a_checkpoint_that_the_log_itself_did_not_sign_is_refused() -> None:
    data = sign_note(checkpoint().text(), [OTHER])
    assert open_checkpoint(data, [OTHER.verifier], strict=False) == checkpoint()
    with pytest.raises(RegisterError, match="itself did not sign"):
        open_checkpoint(data, [OTHER.verifier])


def test_extension_lines_are_read_but_not_in_our_own_registers() -> None:
    data = sign_note(checkpoint().text() + "extra\n", [LOG])
    assert open_checkpoint(data, [LOG.verifier], strict=False).extensions == ("extra",)
    with pytest.raises(RegisterError, match="after its root"):
        open_checkpoint(data, [LOG.verifier])


def test_an_origin_may_be_any_line_and_is_not_taken_for_an_address() -> None:
    """tlog-checkpoint: clients MUST NOT assume that the origin follows the recommended form."""
    for origin in ("two words", "a+b", "ключ", "— dash", "0", "\u2028"):
        assert parse_checkpoint(checkpoint(origin=origin).text()).origin == origin


def test_the_example_of_the_specification_is_read() -> None:
    text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    assert parse_checkpoint(text).size == 20852163
    assert parse_checkpoint(text).text() == text


def test_a_checkpoint_of_the_public_network_opens_beside_signatures_of_other_types() -> None:
    key = (
        "arche2025h1.staging.ct.transparency.dev+ba2f06c0+"
        "AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f"
    )
    path = Path(__file__).parent / "vectors" / "arche2025h1.checkpoint"
    verifiers = [NoteVerifier.from_vkey(key)]
    opened = open_checkpoint(path.read_bytes(), verifiers, strict=False)
    assert (opened.size, opened.extensions) == (1_432_088_532, ())
    with pytest.raises(RegisterError, match="No known key"):
        open_checkpoint(path.read_bytes(), verifiers)


def test_a_key_signs_only_for_its_own_log() -> None:
    with pytest.raises(BadInput, match="cannot sign for"):
        sign_checkpoint(checkpoint(), OTHER)


@pytest.mark.parametrize(
    "wrong",
    [
        ("", 0, EMPTY_ROOT),
        ("a\nb", 0, EMPTY_ROOT),
        ("a\tb", 0, EMPTY_ROOT),
        ("a\ud800", 0, EMPTY_ROOT),
        ("a", -1, EMPTY_ROOT),
        ("a", 1 << 63, EMPTY_ROOT),
        ("a", 0, b"x"),
        ("a", 0, EMPTY_ROOT, ("",)),
        ("a", 0, EMPTY_ROOT, ("one\ntwo",)),
    ],
)
def test_what_cannot_be_a_checkpoint_is_refused(wrong: tuple[str, int, bytes]) -> None:
    with pytest.raises(BadInput):
        Checkpoint(*wrong)
