"""A large book is decided in several processes, with the verdicts that one would reach."""

from dataclasses import replace

import pytest

from holdshort.rulebook.load import open_rulebook
from holdshort.rulebook.model import Rulebook
from holdshort.rulebook.proof import Result, proving


@pytest.fixture
def book() -> Rulebook:
    return open_rulebook("us-gaaia")


@pytest.fixture
def alone(book: Rulebook) -> list[Result]:
    return timeless(proving.prove(book, None).results)


def timeless(results: tuple[Result, ...]) -> list[Result]:
    return [replace(each, seconds=0.0) for each in results]


def test_the_verdicts_are_the_same_and_told_in_order(
    book: Rulebook, alone: list[Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proving, "WORTH_IT", 1)
    monkeypatch.setattr(proving, "processors", lambda: 2)
    told: list[Result] = []
    proof = proving.prove(book, told.append)
    assert timeless(proof.results) == alone
    assert told == list(proof.results)
    assert [each.limit for each in told] == list(book.limits.values())


def test_where_no_process_can_be_started_they_are_decided_here(
    book: Rulebook, alone: list[Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(processes: int) -> None:
        raise PermissionError("no processes here")

    monkeypatch.setattr(proving, "WORTH_IT", 1)
    monkeypatch.setattr(proving, "processors", lambda: 2)
    monkeypatch.setattr(proving, "spawned", refuse)
    assert timeless(proving.prove(book, None).results) == alone


def test_a_small_book_starts_no_process(book: Rulebook, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(processes: int) -> None:
        raise AssertionError("a process was started")

    monkeypatch.setattr(proving, "spawned", never)
    assert proving.prove(book, None).proven
