"""The limits of a law are proven beside the replay of a large register, before that of a small."""

import os

import pytest

from holdshort.cli.verification import proving as module
from holdshort.cli.verification.proving import WORTH_IT, proving

WHERE = b"str(__import__('os').getpid())"
"""Says in which process it was worked out."""

HERE = str(os.getpid())


@pytest.fixture(autouse=True)
def _expressions_for_laws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "unproven", eval)
    monkeypatch.setattr(module, "processors", lambda: 2)


def test_a_small_register_waits_for_no_other_process() -> None:
    with proving(WHERE, WORTH_IT - 1) as unkept:
        assert unkept() == HERE


def test_beside_a_large_register_another_process_proves() -> None:
    with proving(WHERE, WORTH_IT) as unkept:
        assert unkept() not in (None, HERE)


def test_with_one_processor_there_is_nothing_beside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "processors", lambda: 1)
    with proving(WHERE, WORTH_IT) as unkept:
        assert unkept() == HERE


def test_a_process_that_dies_is_not_a_proof() -> None:
    dies = f"'refuted' if __import__('os').getpid() == {HERE} else __import__('os')._exit(1)"
    with proving(dies.encode(), WORTH_IT) as unkept:
        assert unkept() == "refuted"
