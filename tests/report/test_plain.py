import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdshort.report.plain import plain


@pytest.mark.parametrize("char", ["\x00", "\x1b", "\x85", "\u202e", "\u2066", "\u200f", "\ufffe"])
def test_control_and_direction_characters_are_shown_as_replaced(char: str) -> None:
    assert plain(f"a{char}b") == "a\ufffdb"


@pytest.mark.parametrize("text", ["plain", "tab\tline\n", "naïve × 10²⁶", "日本", "עברית", "👩‍🔬"])
def test_ordinary_text_of_any_script_stays_as_it_is(text: str) -> None:
    assert plain(text) == text


@given(st.text())
def test_making_plain_twice_changes_nothing_more(text: str) -> None:
    assert plain(plain(text)) == plain(text)
