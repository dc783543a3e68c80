"""``holdshort assess audit``: from a table of answers to a finding that owes bad keys nothing."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Holdshort = Callable[..., Any]


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    """Sixty items, each fifth keyed wrongly, that the model under test answers rightly."""
    draw = random.Random(1)
    lines = ["item,key,topic,tested,m1,m2,m3,m4"]
    for n in range(60):
        truth = draw.choice("ABCD")
        key = "ABCD"["BCDA".index(truth)] if n % 5 == 0 else truth
        others = [truth if draw.random() < 0.9 else draw.choice("ABCD") for _ in range(4)]
        lines.append(",".join([f"i{n}", key, "x", truth, *others]))
    path = tmp_path / "answers.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture
def queue(holdshort: Holdshort, answers: Path, tmp_path: Path) -> Path:
    path = tmp_path / "queue.json"
    ran = sort(holdshort, answers, path)
    assert ran.code == 0
    assert len(ran.json["to_review"]) == 12
    assert ran.json["models"] == ["m1", "m2", "m3", "m4"]
    return path


def sort(holdshort: Holdshort, answers: Path, out: Path) -> Any:
    given = ("--under-test", "tested", "--share", "0.2", "--ignore", "topic", "--json")
    return holdshort("assess", "audit", "queue", answers, "--out", out, *given)


def review(holdshort: Holdshort, queue: Path, item: str, *decided: str) -> Any:
    said = ("--record", queue.with_name("r.jsonl"), "--by", "ada", "--reason", "read", "--json")
    return holdshort("assess", "audit", "review", queue, item, "--decision", *decided, *said)


def find(holdshort: Holdshort, answers: Path, queue: Path, *more: str) -> Any:
    given = ("--record", queue.with_name("r.jsonl"), "--seed", "s", "--ignore", "topic")
    return holdshort("assess", "audit", "find", answers, queue, *given, *more, "--json")


def suspects(queue: Path) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(queue.read_text())["suspects"]
    return found[:12]


def test_keys_that_reviewers_set_right_are_those_that_were_wrong(
    holdshort: Holdshort, answers: Path, queue: Path
) -> None:
    for each in suspects(queue):
        ran = review(holdshort, queue, each["item"], "rekey", "--key", each["other"])
        assert ran.code == 0
    assert ran.json["open"] == []
    found = find(holdshort, answers, queue, "--threshold", "0.80", "--on-difference", "reviewed")
    assert found.json["audit"]["rekeyed"] == 12
    assert found.json["audit"]["gate"]["effect"]["estimate"] == "0.200"


def test_what_is_no_review_is_refused_and_not_written(holdshort: Holdshort, queue: Path) -> None:
    item = suspects(queue)[0]["item"]
    assert review(holdshort, queue, "i999", "keep").code == 2
    assert review(holdshort, queue, item, "rekey").code == 2
    assert not queue.with_name("r.jsonl").exists()
    assert review(holdshort, queue, item, "keep").code == 0
    assert review(holdshort, queue, item, "drop").code == 2
    assert len(queue.with_name("r.jsonl").read_text().splitlines()) == 1


def test_a_finding_that_hangs_on_open_items_is_not_known(
    holdshort: Holdshort, answers: Path, queue: Path
) -> None:
    ran = find(holdshort, answers, queue, "--threshold", "0.85")
    assert ran.code == 2
    assert ran.json["settled"]["found"] == "inconclusive"


def test_one_that_does_not_stands(holdshort: Holdshort, answers: Path, queue: Path) -> None:
    ran = find(holdshort, answers, queue, "--threshold", "0.30")
    assert ran.code == 0
    assert ran.json["settled"]["found"] == "unacceptable"


def test_a_queue_that_was_changed_does_not_fit_its_reviews(
    holdshort: Holdshort, answers: Path, queue: Path
) -> None:
    review(holdshort, queue, suspects(queue)[0]["item"], "keep")
    queue.write_text(queue.read_text().replace('"share":"0.2"', '"share":"0.1"'))
    assert find(holdshort, answers, queue).code == 2


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("item,a,b,c\nx,A,A,A\n", "no column 'key'"),
        ("item,key,tested,a,b,c\nx,A,A,A\n", "not the columns"),
        ("item,key,tested,a,b\nx,A,A,A,A\ny,B,B,B,B\n", "3 other models"),
        ("item,key,a,b,c,d\nx,A,A,A,A,A\ny,B,A,A,A,A\n", "no answers of 'e' to leave out"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_in_words(
    holdshort: Holdshort, tmp_path: Path, table: str, told: str
) -> None:
    path = tmp_path / "t.csv"
    path.write_text(table)
    out = tmp_path / "q.json"
    given = ["--under-test", "tested", "--out", out]
    given += ["--kin", "e"] if "'e'" in told else []
    ran = holdshort("assess", "audit", "queue", path, *given)
    assert ran.code == 2
    assert told in ran.err
    assert not out.exists()


def test_nothing_is_replaced(holdshort: Holdshort, answers: Path, queue: Path) -> None:
    before = queue.read_text()
    assert sort(holdshort, answers, queue).code == 2
    assert queue.read_text() == before


def test_what_is_no_decimal_is_refused_by_its_option(
    holdshort: Holdshort, answers: Path, queue: Path
) -> None:
    ran = find(holdshort, answers, queue, "--threshold", "half")
    assert ran.code == 2
    assert "no decimal" in ran.out + ran.err
