"""Form is forgiven, content is not."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdshort.assess.suites import answers


@pytest.mark.parametrize(
    ("completion", "answer"),
    [
        ("ANSWER: 42", "42"),
        ("so it is\nanswer : 42.\n", "42"),
        ("**ANSWER:** `flag-a`", "flag-a"),
        ("**ANSWER: 3 7**", "3 7"),
        ("ANSWER: 1\nwait\nANSWER: 2", "2"),
        ("the last ANSWER: 1, no, ANSWER: 2", "2"),
        ("ANSWER:", ""),
        ("forty-two", None),
        ("", None),
    ],
)
def test_the_last_marked_answer_counts(completion: str, answer: str | None) -> None:
    assert answers.extract_answer(completion) == answer


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("1,234,567", "1234567"),
        ("about 12.50 µM", "12.5"),
        ("-7", "-7"),
        ("\u22127", "-7"),
        ("x = 5", "5"),
        ("8.1 × 10^-1 µM", "0.81"),
        ("8.1e-1", "0.81"),
    ],
)
def test_a_number_is_read_however_it_is_written(said: str, value: str) -> None:
    assert answers.same_number(said, value)


@pytest.mark.parametrize("said", ["3 or 4", "none", "", "1e999999999", "nan", "3/4"])
def test_what_is_not_one_number_is_no_number(said: str) -> None:
    assert not answers.same_number(said, "3", within=Decimal("0.5"))


def test_a_tolerance_includes_its_end() -> None:
    assert answers.same_number("1.002", "1.000", within=Decimal("0.002"))
    assert not answers.same_number("1.0021", "1.000", within=Decimal("0.002"))


def test_lists_forgive_separators_but_not_order() -> None:
    assert answers.same_numbers("lines 3 and 7", "3 7")
    assert not answers.same_numbers("7, 3", "3 7")
    assert answers.same_words(
        "192.0.2.1, then 192.0.2.2".replace(" then", ""), "192.0.2.1 192.0.2.2"
    )
    assert answers.same_set("mara, ada and ivo", "ada ivo mara")
    assert not answers.same_set("mara, ada", "ada ivo mara")
    assert answers.same_letters("5'-ACG TTA-3'", "ACGTTA")
    assert answers.same_text("Flag-A  b", "flag-a b")


@given(text=st.text(), target=st.sampled_from(["12", "1.5", "ada ivo", "ACGT"]))
def test_no_text_breaks_a_comparison(text: str, target: str) -> None:
    answers.extract_answer(text)
    for compare in (
        answers.same_letters,
        answers.same_numbers,
        answers.same_set,
        answers.same_text,
        answers.same_words,
    ):
        assert compare(text, target) in (True, False)
    assert answers.same_number(text, "12") in (True, False)
