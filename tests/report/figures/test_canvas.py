import re
import xml.etree.ElementTree as ET
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdshort.report.figures.canvas import Canvas, coordinate, fit, width_of

SVG = "{http://www.w3.org/2000/svg}"


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_the_estimate_is_never_below_what_a_browser_measured(
    measured: Callable[[str], float], text: str
) -> None:
    assert width_of(text, 1, bold=True) >= measured(text) - 1e-9


@given(st.text(), st.floats(30, 400), st.integers(1, 3))
def test_fitted_lines_keep_to_their_room_and_number(text: str, room: float, lines: int) -> None:
    fitted = fit(text, 14, room, lines=lines)
    assert 1 <= len(fitted) <= lines
    assert all(width_of(line, 14) <= room + 1e-6 for line in fitted)


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=30), st.floats(40, 300))
def test_a_label_loses_letters_only_where_an_ellipsis_says_so(text: str, room: float) -> None:
    kept = "".join(fit(text, 14, room, lines=2))
    assert kept == text or (kept.endswith("…") and text.startswith(kept[:-1]))


def test_lines_break_between_words_where_they_can() -> None:
    assert fit("Automated research and development", 17, 180, lines=3, bold=True) == [
        "Automated",
        "research and",
        "development",
    ]


def test_a_very_long_label_is_fitted_at_once() -> None:
    assert fit("x" * 1_000_000, 14, 100)[0].endswith("…")


@pytest.mark.parametrize(
    ("value", "written"), [(0.0, "0"), (-0.04, "0"), (3.0, "3"), (2.345, "2.3"), (-1.25, "-1.2")]
)
def test_lengths_are_written_to_a_tenth(value: float, written: str) -> None:
    assert coordinate(value) == written


@given(st.text())
def test_any_text_gives_well_formed_svg_that_names_itself(text: str) -> None:
    canvas = Canvas(200, text)
    canvas.text(0, 20, text, size=14, room=200)
    root = ET.fromstring(canvas.render(40, title=text, description=text))
    title, desc = root[0], root[1]
    assert (title.tag, desc.tag) == (f"{SVG}title", f"{SVG}desc")
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-labelledby"] == f"{title.attrib['id']} {desc.attrib['id']}"
    assert not re.search(r"\s", title.attrib["id"])


def test_a_script_without_measured_widths_is_held_to_its_room_by_the_browser() -> None:
    canvas = Canvas(200, "x")
    canvas.text(0, 20, "\ufdfd\ufdfd", size=14, room=50)  # one character, drawn ten em wide
    label = next(ET.fromstring(canvas.render(40, title="", description="")).iter(f"{SVG}text"))
    assert float(label.attrib["textLength"]) <= 50


def test_a_figure_loads_nothing_and_follows_the_scheme() -> None:
    svg = Canvas(200, "x").render(40, title="t", description="d")
    assert "prefers-color-scheme:dark" in svg
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)|@import|href|<script|<image", svg)
