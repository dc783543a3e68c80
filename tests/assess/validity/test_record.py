"""Rulings on record: chained, appended, one a reviewer."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdshort.assess.validity import Record, read_record, rule
from holdshort.assess.validity.record import START, Ruling
from holdshort.errors import BadInput, EvidenceError

QUEUE = "a" * 64
MOMENT = datetime(2026, 11, 24, 12, tzinfo=UTC)


def chained(*decided: tuple[str, str, str]) -> list[Ruling]:
    previous, found = START, []
    for subject, reviewer, decision in decided:
        found.append(Ruling(QUEUE, subject, reviewer, decision, "", "seen", "then", previous))
        previous = found[-1].digest
    return found


LINES = chained(*((f"item {i}", "ada", "keep") for i in range(6)))


def write(path: Path, subject: str, reviewer: str = "ada", decision: str = "drop") -> Ruling:
    return rule(
        path,
        QUEUE,
        subject=subject,
        reviewer=reviewer,
        decision=decision,
        reason="two options are right",
        clock=lambda: MOMENT,
    )


def test_what_is_ruled_is_read_back_in_order(tmp_path: Path) -> None:
    path = tmp_path / "reviews.jsonl"
    written = [write(path, "b"), write(path, "a")]
    record = read_record(path, QUEUE)
    assert record.rulings == tuple(written)
    assert record.head == written[-1].digest
    assert written[0].decided == "2026-11-24T12:00:00Z"


@given(st.permutations(LINES))
def test_only_the_order_in_which_they_were_made_is_a_record(lines: list[Ruling]) -> None:
    if lines == LINES:
        Record(QUEUE, lines)
    else:
        with pytest.raises(EvidenceError, match="changed, dropped or put in between"):
            Record(QUEUE, lines)


@given(st.integers(0, 4))
def test_a_line_cannot_be_dropped_from_the_middle(at: int) -> None:
    with pytest.raises(EvidenceError, match="changed, dropped or put in between"):
        Record(QUEUE, LINES[:at] + LINES[at + 1 :])


def test_a_changed_line_breaks_the_chain(tmp_path: Path) -> None:
    path = tmp_path / "reviews.jsonl"
    write(path, "a")
    write(path, "b")
    path.write_bytes(path.read_bytes().replace(b'"drop"', b'"keep"', 1))
    with pytest.raises(EvidenceError, match="changed"):
        read_record(path, QUEUE)


def test_a_record_of_another_queue_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "reviews.jsonl", "a")
    with pytest.raises(EvidenceError, match="another queue"):
        read_record(tmp_path / "reviews.jsonl", "b" * 64)


def test_a_reviewer_decides_once_and_nothing_is_written_the_second_time(tmp_path: Path) -> None:
    path = tmp_path / "reviews.jsonl"
    write(path, "a")
    before = path.read_bytes()
    with pytest.raises(EvidenceError, match="has decided"):
        write(path, "a", decision="keep")
    assert path.read_bytes() == before


def test_where_reviewers_differ_nothing_is_decided() -> None:
    lines = chained(("a", "ada", "drop"), ("b", "ada", "drop"), ("a", "bob", "keep"))
    assert set(Record(QUEUE, lines).agreed()) == {"b"}


def test_a_reason_must_be_given(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="must not be empty"):
        rule(tmp_path / "r.jsonl", QUEUE, subject="a", reviewer="ada", decision="drop", reason="")
    assert not (tmp_path / "r.jsonl").exists()


def test_a_line_cut_off_is_named(tmp_path: Path) -> None:
    path = tmp_path / "reviews.jsonl"
    write(path, "a")
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(BadInput, match="cut off"):
        read_record(path, QUEUE)
