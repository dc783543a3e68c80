from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdshort.assess.ledger import Ledger, Line, parse_lines, read_lines
from holdshort.errors import BadInput, EvidenceError


def line(index: int, completion: str = "ANSWER: 4") -> Line:
    return Line(
        index=index,
        family="sums",
        prompt_sha256="0" * 64,
        completion=completion,
        correct=True,
        model="reference/solver",
        started="2026-11-23T10:15:00Z",
        completed="2026-11-23T10:15:01Z",
        input_tokens=3,
        output_tokens=2,
        stop_reason="stop",
        uuid=f"sample-{index}",
        eval_id="eval",
    )


@given(st.text())
def test_any_completion_survives_writing_and_reading(completion: str) -> None:
    written = line(0, completion)
    assert parse_lines(written.to_bytes(), "ledger") == [written]


def test_what_was_recorded_is_there_after_opening_again(tmp_path: Path) -> None:
    path = tmp_path / "samples.jsonl"
    ledger = Ledger(path)
    ledger.append(line(1))
    ledger.append(line(0, ""))
    ledger.close()
    again = Ledger(path)
    assert dict(again.lines) == {1: line(1), 0: line(0, "")}
    again.close()


@pytest.mark.parametrize("cut", [1, 40, 200])
def test_a_line_torn_by_a_crash_is_cut_off_and_the_rest_kept(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "samples.jsonl"
    path.write_bytes(line(0).to_bytes() + line(1).to_bytes()[:-cut])
    ledger = Ledger(path)
    assert list(ledger.lines) == [0]
    ledger.append(line(1))
    ledger.close()
    assert read_lines(path) == [line(0), line(1)]


def test_no_item_is_on_record_twice(tmp_path: Path) -> None:
    path = tmp_path / "samples.jsonl"
    ledger = Ledger(path)
    ledger.append(line(0))
    with pytest.raises(EvidenceError, match="item 0 is on record twice"):
        ledger.append(line(0, "another draw"))
    ledger.close()
    assert read_lines(path) == [line(0)]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"{}\n", "ledger, line 1"),
        (line(0).to_bytes().replace(b'"correct":true', b'"correct": true'), "canonical"),
        (line(0).to_bytes().replace(b"true", b'"yes"'), "ledger, line 1.correct"),
        (line(0).to_bytes()[:-1], "cut off"),
        (line(0).to_bytes() + b"junk\n", "ledger, line 2"),
    ],
)
def test_a_line_that_is_none_is_refused_by_place(data: bytes, says: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse_lines(data, "ledger")
    assert says in str(caught.value)
