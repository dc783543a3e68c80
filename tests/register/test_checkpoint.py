"""Checkpoints: what the log says it is."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
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


@given(st.integers(0, 2**63 - 1), st.binary(min_size=32, max_size=32))
def test_a_checkpoint_survives_its_text(size: int, root: bytes) -> None:
    made = Checkpoint("holdshort.example/aaif", size, root)
    assert parse_checkpoint(made.text()) == made
    assert open_checkpoint(sign_checkpoint(made, LOG), [LOG.verifier]) == made


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


def test_a_key_signs_only_for_its_own_log() -> None:
    with pytest.raises(BadInput, match="cannot sign for"):
        sign_checkpoint(checkpoint(), OTHER)


@pytest.mark.parametrize(
    "wrong", [("", 0, EMPTY_ROOT), ("a\nb", 0, EMPTY_ROOT), ("a", -1, EMPTY_ROOT), ("a", 0, b"x")]
)
def test_what_cannot_be_a_checkpoint_is_refused(wrong: tuple[str, int, bytes]) -> None:
    with pytest.raises(BadInput):
        Checkpoint(*wrong)
