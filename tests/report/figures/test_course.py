"""The course of a test and the map of its items, as figures."""

import re
import xml.etree.ElementTree as ET

import pytest

from holdshort.errors import BadInput
from holdshort.report.figures import course, outcomes

ROW = course.CourseRow(
    "Cyber", "0.5", "0.1", ((1, "1.000", "0.1", "1.000"), (2, "0.500", "0.05", "0.95"))
)
ITEMS = outcomes.OutcomeRow("Cyber", [True, False, True], 3)


def drawn(*rows: course.CourseRow, width: int = 860) -> str:
    return course.course_figure(
        rows, title="T", description=course.describe(rows), width=width, name="c"
    )


def mapped(*rows: outcomes.OutcomeRow, width: int = 860) -> str:
    return outcomes.outcomes_figure(
        rows, title="T", description=outcomes.describe(rows), width=width, name="o"
    )


@pytest.mark.parametrize("width", [340, 860])
def test_both_figures_are_whole_xml_that_needs_nothing_else(width: int) -> None:
    for figure in (drawn(ROW, ROW, ROW, width=width), mapped(ITEMS, width=width)):
        ET.fromstring(figure)
        assert not re.search(r"<script|<image|href|url\((?!#)", figure)


def test_the_course_says_in_words_where_it_ended() -> None:
    assert course.describe([ROW]) == "Cyber: after 2 items, rate 0.500 [0.050, 0.950]."


@pytest.mark.parametrize(
    ("path", "says"),
    [
        (((2, "0.5", "0.1", "0.9"), (2, "0.5", "0.1", "0.9")), "do not increase"),
        (((1, "0.95", "0.1", "0.9"),), "outside of its interval"),
        (((1, "1.5", "0.1", "2"),), "between 0 and 1"),
        (((1, "x", "0.1", "0.9"),), "not a number"),
    ],
)
def test_a_course_that_cannot_be_drawn_honestly_is_refused(
    path: tuple[tuple[int, str, str, str], ...], says: str
) -> None:
    with pytest.raises(BadInput, match=says):
        drawn(course.CourseRow("Cyber", "0.5", "0.1", path))


def test_nothing_to_draw_is_refused() -> None:
    with pytest.raises(BadInput, match="no course"):
        drawn(course.CourseRow("Cyber", "0.5", "0.1", ()))
    with pytest.raises(BadInput, match="no outcomes"):
        mapped(outcomes.OutcomeRow("Cyber", [], 0))


def test_every_item_has_one_mark_and_solved_ones_another_form() -> None:
    row = outcomes.OutcomeRow("Cyber", [n % 3 == 0 for n in range(100)], 100)
    figure = mapped(row)
    legend = 1
    assert figure.count("v10h-10z") == 34 + legend
    assert len(re.findall(r"M[\d.]+ [\d.]+h10(?!v)", figure)) == 66 + legend


def test_of_very_many_items_the_first_are_drawn_and_the_figure_says_so() -> None:
    row = outcomes.OutcomeRow("Cyber", [True] * outcomes.MOST, 1_000_000)
    assert "the first of 1,000,000 are shown" in mapped(row)
    with pytest.raises(BadInput, match="cannot be told apart"):
        mapped(outcomes.OutcomeRow("Cyber", [True] * (outcomes.MOST + 1), 1_000_000))
