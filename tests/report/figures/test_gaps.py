"""Elicitation gaps as a figure."""

import re
import xml.etree.ElementTree as ET

import pytest

from holdshort.errors import BadInput
from holdshort.report.figures.gaps import GapRow, describe, gaps_figure

ROWS = (
    GapRow("Cyber", "prompted over plain", "0.70", "0.49", "0.84", "0.15"),
    GapRow("Cyber", "ungraded over graded", "0", "-0.13", "0.13", "0.15"),
    GapRow("Automated research and development", "best-of over plain", "-0.9", "-2", "2", "0.15"),
)


@pytest.mark.parametrize("width", [340, 860])
def test_it_is_whole_xml_that_needs_nothing_else(width: int) -> None:
    figure = gaps_figure(ROWS, title="T", description=describe(ROWS), width=width)
    ET.fromstring(figure)
    assert not re.search(r"<script|<image|href|url\((?!#)", figure)
    across = [float(each) for each in re.findall(r'c?x[12]?="([-0-9.]+)"', figure)]
    assert all(0 <= each <= width for each in across)


def test_it_says_in_words_what_it_shows() -> None:
    assert describe(ROWS[:1]) == "Cyber, prompted over plain: 0.70 [0.49, 0.84]."


@pytest.mark.parametrize("ends", [("0.8", "0.9"), ("-2.5", "0.9"), ("x", "0.9")])
def test_a_gap_that_cannot_be_drawn_honestly_is_refused(ends: tuple[str, str]) -> None:
    with pytest.raises(BadInput):
        describe([GapRow("Cyber", "a over b", "0.7", *ends, "0.15")])


def test_nothing_to_draw_is_refused() -> None:
    with pytest.raises(BadInput, match="no gap"):
        gaps_figure([], title="T", description="")
