import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdshort.errors import BadInput
from holdshort.report.figures.intervals import IntervalRow, describe, interval_figure
from holdshort.report.figures.marks import TONES

SVG = "{http://www.w3.org/2000/svg}"
ROW = IntervalRow("Cybersecurity", "acceptable", "0.03", "0", "0.205", 14, "0.30", "0.05")
EMPTY = replace(ROW, label="Loss of control", outcome="inconclusive", estimate="",
                low="0", high="1", items=0)  # fmt: skip

proportions = st.decimals(min_value=0, max_value=1, allow_nan=False, places=6)


@st.composite
def rows(draw: st.DrawFn) -> IntervalRow:
    low, high = sorted((draw(proportions), draw(proportions)))
    return IntervalRow(
        label=draw(st.text(max_size=200)),
        outcome=draw(st.sampled_from(sorted(TONES))),
        estimate=draw(st.one_of(proportions, st.just(""))),
        low=low,
        high=high,
        items=draw(st.integers(0, 10**9)),
        threshold=draw(proportions),
        zone=draw(proportions),
    )


def figure(*rows: IntervalRow, width: int = 860) -> str:
    return interval_figure(rows, title="Findings", description=describe(rows), width=width)


def words(svg: str) -> list[str]:
    return [label.text or "" for label in ET.fromstring(svg).iter(f"{SVG}text")]


@settings(max_examples=40)
@given(st.lists(rows(), min_size=1, max_size=6), st.sampled_from([320, 340, 599, 600, 860]))
def test_every_label_lies_inside_the_figure(
    labels_outside: Callable[[str], list[str]], rows: list[IntervalRow], width: int
) -> None:
    assert labels_outside(figure(*rows, width=width)) == []


@given(rows(), st.sampled_from([340, 860]))
def test_every_mark_lies_inside_the_figure(row: IntervalRow, width: int) -> None:
    root = ET.fromstring(figure(row, width=width))
    for mark in root.iter(f"{SVG}rect"):
        x, wide = float(mark.attrib["x"]), float(mark.attrib["width"])
        assert wide >= 0
        assert 0 <= x <= x + wide <= width
    for dot in root.iter(f"{SVG}circle"):
        assert 8 <= float(dot.attrib["cx"]) <= width - 8


@pytest.mark.parametrize("width", [340, 860])
def test_a_row_prints_its_numbers_and_names_its_outcome(width: int) -> None:
    printed = words(figure(ROW, width=width))
    assert "0.03 [0.00, 0.21], 14 items" in printed
    assert "threshold 0.3 ± 0.05" in printed
    assert "acceptable" in printed


def test_each_outcome_has_an_outline_and_a_sign_of_its_own() -> None:
    shapes = set()
    for outcome in TONES:
        root = ET.fromstring(figure(replace(ROW, outcome=outcome)))
        shapes.add(tuple(path.attrib["d"] for path in root.iter(f"{SVG}path")))
    assert len(shapes) == len(TONES)


def test_the_threshold_stands_where_the_axis_says() -> None:
    root = ET.fromstring(figure(ROW))
    axis = {
        label.text: float(label.attrib["x"])
        for label in root.iter(f"{SVG}text")
        if label.get("text-anchor") == "middle"
    }
    rule = next(line for line in root.iter(f"{SVG}line") if line.attrib["class"] == "rule")
    expected = axis["0.0"] + 0.3 * (axis["1.0"] - axis["0.0"])
    assert float(rule.attrib["x1"]) == pytest.approx(expected, abs=0.1)


def test_an_area_without_items_has_an_interval_but_no_dot() -> None:
    with_dot, without = (
        sum(1 for _ in ET.fromstring(figure(row)).iter(f"{SVG}circle")) for row in (ROW, EMPTY)
    )
    assert with_dot == without + 1  # the legend keeps its own
    assert "no estimate [0.00, 1.00], 0 items" in " ".join(words(figure(EMPTY)))


def test_decimals_and_strings_draw_the_same_figure() -> None:
    assert figure(ROW) == figure(
        replace(ROW, estimate=Decimal("0.030"), low=Decimal(0), threshold=Decimal("0.3"))
    )


@pytest.mark.parametrize(
    "broken",
    [
        {"outcome": "fine"},
        {"estimate": "1.2"},
        {"low": "-0.1"},
        {"high": "NaN"},
        {"low": "0.5", "high": "0.4"},
        {"threshold": "high"},
    ],
)
def test_what_cannot_be_drawn_honestly_is_refused_with_its_area(broken: dict[str, str]) -> None:
    with pytest.raises(BadInput) as refusal:
        figure(replace(ROW, **broken))  # type: ignore[arg-type]
    assert refusal.value.where is not None
    assert "Cybersecurity" in refusal.value.where


def test_no_rows_are_refused() -> None:
    with pytest.raises(BadInput):
        interval_figure([], title="t", description="d")
